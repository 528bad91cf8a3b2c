//! Why a command did not do what was asked: what happened, to which device or file, and what to do now.

use quorate_node::NodeError;
use quorate_relay::client::RelayError;
use quorate_vault::failure as ceremony;
use quorate_vault::store::StoreError;
use serde::ser::{Serialize, SerializeStruct, Serializer};

/// What kind of failure; each has an exit code (`spec/cli.md` 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The program or its surroundings broke.
    Unexpected,
    /// The disk is full.
    Full,
    /// The command line does not parse.
    Usage,
    /// The relay or a node does not answer.
    Unreachable,
    /// The passphrase does not open the store.
    Locked,
    /// No such vault, session or transaction.
    NotFound,
    /// A check of the protocol failed, or a peer gave up.
    Aborted,
    /// A device fell silent.
    Silent,
    /// Another device said no, or was interrupted.
    RefusedByPeer,
    /// More devices came than were asked for.
    Surplus,
    /// The devices do not hold the same result.
    ViewsDiffer,
    /// A person here, or a rule, said no.
    Refused,
    /// The transaction is out; something after that failed.
    AfterBroadcast,
    /// The identical payment is out already.
    AlreadyBroadcast,
    /// What was given is not valid.
    Invalid,
    /// The store cannot be read: damaged, foreign, newer, or the system says no.
    Unreadable,
    /// Something had to be asked, and there is nobody to ask.
    NeedsAnswer,
    /// Ctrl-C.
    Interrupted,
}

impl Kind {
    fn code(self) -> u8 {
        match self {
            Self::Unexpected | Self::Full => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::Locked => 4,
            Self::NotFound => 5,
            Self::Aborted
            | Self::Silent
            | Self::RefusedByPeer
            | Self::Surplus
            | Self::ViewsDiffer => 6,
            Self::Refused => 7,
            Self::AfterBroadcast => 8,
            Self::AlreadyBroadcast => 9,
            Self::Invalid => 10,
            Self::Unreadable => 11,
            Self::NeedsAnswer => 12,
            Self::Interrupted => 130,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Unexpected => "unexpected",
            Self::Full => "disk_full",
            Self::Usage => "usage",
            Self::Unreachable => "unreachable",
            Self::Locked => "locked",
            Self::NotFound => "not_found",
            Self::Aborted => "aborted",
            Self::Silent => "silent",
            Self::RefusedByPeer | Self::Refused => "refused",
            Self::Surplus => "surplus",
            Self::ViewsDiffer => "views_differ",
            Self::AfterBroadcast => "after_broadcast",
            Self::AlreadyBroadcast => "already_broadcast",
            Self::Invalid => "invalid",
            Self::Unreadable => "unreadable",
            Self::NeedsAnswer => "needs_answer",
            Self::Interrupted => "interrupted",
        }
    }
}

/// A device that is certainly to blame.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Blamed {
    /// The device.
    pub(crate) party: String,
    /// The check that its message failed, such as `DKG 2.3`.
    pub(crate) check: String,
    /// `retry` or `ban`.
    pub(crate) consequence: &'static str,
}

/// The devices that a failure names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Named {
    /// Certainly to blame.
    pub(crate) blamed: Vec<Blamed>,
    /// At least one of them is wrong.
    pub(crate) suspects: Vec<String>,
    /// It gave up first.
    pub(crate) aborted_by: Option<String>,
}

/// A command that ended without its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What kind.
    pub(crate) kind: Kind,
    /// What happened, naming the device or the file.
    pub(crate) message: String,
    /// What to do now.
    pub(crate) hint: String,
    /// Which devices it is about.
    pub(crate) named: Box<Named>,
}

impl Failure {
    /// A failure that names no device.
    pub(crate) fn new(kind: Kind, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: hint.into(), named: Box::default() }
    }

    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        self.kind.code()
    }

    /// Whether the same command may succeed if it is simply run again.
    pub(crate) fn retryable(&self) -> bool {
        matches!(self.code(), 3 | 6)
    }
}

impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Failure", 8)?;
        fields.serialize_field("code", &self.code())?;
        fields.serialize_field("kind", self.kind.name())?;
        fields.serialize_field("message", &self.message)?;
        fields.serialize_field("hint", &self.hint)?;
        fields.serialize_field("retryable", &self.retryable())?;
        fields.serialize_field("blamed", &self.named.blamed)?;
        fields.serialize_field("suspects", &self.named.suspects)?;
        fields.serialize_field("aborted_by", &self.named.aborted_by)?;
        fields.end()
    }
}

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
        let kind = match failure.kind {
            ceremony::Kind::NotFound => Kind::NotFound,
            ceremony::Kind::Aborted => Kind::Aborted,
            ceremony::Kind::Silent => Kind::Silent,
            ceremony::Kind::RefusedByPeer => Kind::RefusedByPeer,
            ceremony::Kind::Surplus => Kind::Surplus,
            ceremony::Kind::ViewsDiffer => Kind::ViewsDiffer,
            ceremony::Kind::Declined | ceremony::Kind::Forbidden => Kind::Refused,
            ceremony::Kind::Invalid => Kind::Invalid,
            ceremony::Kind::Interrupted => Kind::Interrupted,
            ceremony::Kind::Store => Kind::Unreadable,
        };
        let blamed = failure.blamed.into_iter().map(Blamed::from).collect();
        let named = Named { blamed, suspects: failure.suspects, aborted_by: failure.aborted_by };
        Self { kind, message: failure.message, hint: failure.hint.into(), named: Box::new(named) }
    }
}

impl From<ceremony::Blamed> for Blamed {
    fn from(blamed: ceremony::Blamed) -> Self {
        let consequence = match blamed.consequence {
            ceremony::Consequence::Retry => "retry",
            ceremony::Consequence::Ban => "ban",
            ceremony::Consequence::Refuse => "refuse",
        };
        Self { party: blamed.party, check: blamed.check.to_owned(), consequence }
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
            NodeError::Transfer(_) => (Kind::Invalid, "see 'quorate send --help'"),
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

#[cfg(test)]
mod tests {
    use quorate_chain::U256;

    use super::*;

    #[test]
    fn a_failure_is_written_with_every_field_of_the_contract() {
        let named = Named {
            blamed: vec![Blamed {
                party: "c".into(),
                check: "DKG 2.1".into(),
                consequence: "retry",
            }],
            suspects: vec!["d".into()],
            aborted_by: Some("b".into()),
        };
        let failure =
            Failure { named: Box::new(named), ..Failure::new(Kind::Aborted, "what", "do") };
        assert_eq!(
            serde_json::to_value(&failure).unwrap(),
            serde_json::json!({
                "code": 6, "kind": "aborted", "message": "what", "hint": "do", "retryable": true,
                "blamed": [{"party": "c", "check": "DKG 2.1", "consequence": "retry"}],
                "suspects": ["d"], "aborted_by": "b",
            })
        );
    }

    #[test]
    fn only_what_may_succeed_unchanged_is_called_retryable() {
        for (kind, retryable) in [
            (Kind::Unreachable, true),
            (Kind::Silent, true),
            (Kind::RefusedByPeer, true),
            (Kind::Refused, false),
            (Kind::AfterBroadcast, false),
            (Kind::AlreadyBroadcast, false),
            (Kind::Unexpected, false),
        ] {
            assert_eq!(Failure::new(kind, "", "").retryable(), retryable, "{kind:?}");
        }
    }

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
}
