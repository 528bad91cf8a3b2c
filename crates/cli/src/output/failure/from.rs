//! What the crates below say, as the end of a command: which exit code, and what to type now.

use quorate_device as device;
use quorate_node::NodeError;
use quorate_relay::client::RelayError;
use quorate_vault::failure as ceremony;
use quorate_vault::store::StoreError;

use super::{Failure, Kind, Named, remedy};
use crate::output::plain;

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let (kind, hint) = match &error {
            StoreError::WrongPassphrase { .. } => {
                (Kind::Locked, "check the passphrase; what it locks cannot be opened without it")
            }
            StoreError::Foreign { .. } => {
                (Kind::Unreadable, "move that file away, or name another home with --home")
            }
            StoreError::Damaged { .. } => (
                Kind::Unreadable,
                "keep the file and check the disk; the other devices of the vault can reshare without this one",
            ),
            StoreError::Newer { .. } => (Kind::Unreadable, "install the later version"),
            StoreError::Full { .. } => (Kind::Full, "make room, then try again"),
            StoreError::Refused(_) => {
                (Kind::Refused, "see 'quorate vault show' for what this device holds")
            }
            StoreError::NotFound(_) => (Kind::NotFound, "see 'quorate vault list'"),
            StoreError::Io { .. } => (
                Kind::Unreadable,
                "let the other process end, if there is one; check that the file is yours and that the disk works",
            ),
        };
        Self::new(kind, error.to_string(), hint)
    }
}

impl From<ceremony::Failure> for Failure {
    fn from(failure: ceremony::Failure) -> Self {
        let ceremony::Failure { kind, message, hint, blamed, suspects, aborted_by } = failure;
        let aborted_by = aborted_by.map(String::from);
        let named = Box::new(Named { blamed, suspects, aborted_by });
        Self { kind: Kind::Ceremony(kind), message, hint: remedy::words(&hint), named }
    }
}

impl From<RelayError> for Failure {
    fn from(error: RelayError) -> Self {
        let kind = match &error {
            RelayError::Address { .. } => Kind::Invalid,
            _ => Kind::Unreachable,
        };
        let text = error.to_string();
        let (message, hint) = text.split_once("; ").unwrap_or((&text, "check the relay's address"));
        Self::new(kind, message, hint)
    }
}

impl From<NodeError> for Failure {
    fn from(error: NodeError) -> Self {
        let (kind, hint) = match &error {
            NodeError::Url => (Kind::Invalid, "give it as http://host:port or https://host/path"),
            NodeError::Family(_) => {
                (Kind::Invalid, "see 'quorate address' for the chains that there are")
            }
            NodeError::Unreachable { .. } => {
                (Kind::Unreachable, "check the URL, or try another node")
            }
            NodeError::WrongChain { .. } => {
                (Kind::Invalid, "give the URL of a node of the chain that you mean")
            }
            NodeError::Insufficient { .. } => {
                (Kind::Invalid, "send less, or fund the address first")
            }
            NodeError::NoToken { .. } => (Kind::Invalid, "check the address of the contract"),
            NodeError::Refused { .. } => {
                (Kind::Unexpected, "nothing was broadcast; the node's words say what it wants")
            }
            NodeError::Uncertain { .. } => (
                Kind::AfterBroadcast,
                "look for the transaction by its hash; do not pay again before you have",
            ),
            NodeError::NotIncluded => (
                Kind::AfterBroadcast,
                "look for the transaction by its hash; it can still be included",
            ),
        };
        Self::new(kind, error.to_string(), hint)
    }
}

impl From<device::Failure> for Failure {
    fn from(failure: device::Failure) -> Self {
        // Names that others chose stand in these sentences.
        let message = plain(&failure.to_string());
        let (kind, hint) = match failure {
            device::Failure::Ceremony(failure) => return failure.into(),
            device::Failure::Store(error) => return error.into(),
            device::Failure::Relay(error) => return error.into(),
            device::Failure::NeitherThereNorNearby { nearby, .. } => {
                return Self { message, ..Self::from(*nearby) };
            }
            device::Failure::Advertised { url, why } => {
                let message = format!("the address of --advertise is '{}', but {why}", plain(&url));
                let hint = "give it as http://host:port or https://host/path";
                return Self::new(Kind::Invalid, message, hint);
            }
            device::Failure::NoVault { held, .. } => {
                let held: Vec<String> =
                    held.iter().map(|name| format!("'{}'", plain(name))).collect();
                let hint = if held.is_empty() {
                    "this device holds no vaults; see --home".to_owned()
                } else {
                    format!("this device holds {}", held.join(", "))
                };
                return Self::new(Kind::NotFound, message, hint);
            }
            device::Failure::Unusable { .. } => (Kind::Unexpected, "start again with a fresh link"),
            device::Failure::Interrupted => (Kind::Interrupted, "nothing was lost"),
            device::Failure::NoHome(_) => (
                Kind::NotFound,
                "make one with 'quorate keygen', join one with 'quorate join', or name another home with --home",
            ),
            device::Failure::SeveralVaults { .. } => {
                (Kind::NotFound, "give a name, or more of the key")
            }
            device::Failure::CannotServe(_) => (Kind::Unexpected, "name a relay with --relay"),
            device::Failure::Nowhere => {
                (Kind::Invalid, "give its address with --relay http://ADDRESS:18080")
            }
            device::Failure::CannotSearch(_) | device::Failure::NotNearby { .. } => (
                Kind::Unreachable,
                "put both devices on one network that lets multicast through, or give the relay's address with \
                 --relay http://ADDRESS:18080",
            ),
        };
        Self::new(kind, message, hint)
    }
}

#[cfg(test)]
mod tests {
    use quorate_chain::U256;

    use super::*;

    #[test]
    fn each_trouble_with_a_node_has_its_exit_code() {
        let (node, why) = (|| "host:1".to_owned(), || "why".to_owned());
        let found = U256::from(5);
        let other = NodeError::WrongChain { node: node(), chain: "Ethereum", expected: 1, found };
        for (error, code) in [
            (NodeError::Url, 10),
            (NodeError::Family("Bitcoin"), 10),
            (NodeError::Unreachable { node: node(), why: why() }, 3),
            (other, 10),
            (NodeError::Refused { node: node(), message: why() }, 1),
            (NodeError::Uncertain { node: node(), why: why() }, 8),
            (NodeError::NotIncluded, 8),
        ] {
            assert_eq!(Failure::from(error).code(), code);
        }
    }

    #[test]
    fn each_trouble_of_the_store_has_its_exit_code() {
        let place = || "/h/store".to_owned();
        let what = || "x".to_owned();
        for (error, code) in [
            (StoreError::WrongPassphrase { place: place() }, 4),
            (StoreError::Foreign { place: place() }, 11),
            (StoreError::Damaged { place: place(), what: what() }, 11),
            (StoreError::Newer { place: place(), found: 2, known: 1 }, 11),
            (StoreError::Full { place: place() }, 1),
            (StoreError::Refused(what()), 7),
            (StoreError::NotFound(what()), 5),
            (StoreError::Io { place: place(), what: what() }, 11),
        ] {
            assert_eq!(Failure::from(error).code(), code);
        }
    }

    #[test]
    fn each_trouble_of_a_device_has_its_exit_code() {
        let interrupted = device::Failure::Interrupted;
        let advertised = quorate_wire::relay_api::BaseUrl::parse("no url");
        let nearby = || device::Failure::NotNearby { what: "nothing".into(), seconds: 30 };
        let there = quorate_wire::relay_api::BaseUrl::parse("http://host:1").unwrap();
        let there = RelayError::Failing { relay: there, status: 503 };
        let neither = device::Failure::NeitherThereNorNearby {
            there: there.clone(),
            nearby: Box::new(nearby()),
        };
        for (failure, code) in [
            (there.into(), 3),
            (neither, 3),
            (nearby(), 3),
            (device::Failure::CannotSearch("no multicast".into()), 3),
            (device::Failure::Nowhere, 10),
            (device::Failure::Advertised { url: "x".into(), why: advertised.unwrap_err() }, 10),
            (device::Failure::CannotServe(std::io::Error::other("full")), 1),
            (device::Failure::Unusable { what: "a name", why: "long".into() }, 1),
            (interrupted, 130),
            (device::Failure::NoHome("/h".into()), 5),
            (device::Failure::SeveralVaults { wanted: "02ab".into(), named: vec![] }, 5),
        ] {
            assert_eq!(Failure::from(failure).code(), code);
        }
    }

    #[test]
    fn a_name_that_others_chose_cannot_move_the_cursor() {
        let what = "no relay named 'Vultisig\u{1b}[2J' was found on the local network".to_owned();
        let failure = Failure::from(device::Failure::NotNearby { what, seconds: 30 });
        assert!(failure.message.contains("no relay named 'Vultisig\u{fffd}[2J'"), "{failure:?}");
        assert!(failure.hint.contains("one network") && failure.hint.contains("--relay"));

        let held = vec!["Sav\u{202e}ings".to_owned(), "Daily".to_owned()];
        let failure = Failure::from(device::Failure::NoVault { wanted: "x".into(), held });
        assert_eq!(failure.hint, "this device holds 'Sav\u{fffd}ings', 'Daily'");
    }
}
