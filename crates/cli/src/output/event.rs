//! The events of `spec/cli.md` 4: byte strings as lower-case hex without `0x`, fields added but never renamed.

use quorate_vault::ceremony::Proposal;
use quorate_vault::store::{Sharing, State, Trust, Vault};
use serde::Serialize;

use super::failure::Failure;

/// Something that happened, for whoever reads along.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// A relay answers here.
    Listening { url: String },
    /// What the other devices need in order to join.
    Link { link: String, session: String, relay: String },
    /// The relay of this name is looked for on the local network.
    Searching { service: String, seconds: u64 },
    /// A device is in the lobby.
    Joined { party: String, count: usize, needed: usize },
    /// A round has begun.
    Progress {
        ceremony: String,
        key: &'static str,
        /// Whose own key it is, in a vault from a seed phrase.
        #[serde(skip_serializing_if = "Option::is_none")]
        chain: Option<String>,
        round: u8,
        of: u8,
    },
    /// What a person is asked to approve.
    Approve {
        ceremony: String,
        summary: String,
        /// The same as data.
        proposal: Proposal,
        committee: Vec<String>,
        threshold: u8,
        /// Whether other clients may take part.
        open: bool,
    },
    /// The vault as it now is on this device.
    Vault(VaultView),
    /// A signature, verified.
    Signature {
        key: &'static str,
        public_key: String,
        path: String,
        message: String,
        signature: String,
        /// Of an ECDSA signature.
        #[serde(skip_serializing_if = "Option::is_none")]
        recovery_id: Option<u8>,
        /// Of a message: as the chain's wallets return it.
        #[serde(skip_serializing_if = "Option::is_none")]
        wallet_signature: Option<String>,
    },
    /// A signed transaction, and whether a node has it.
    Transaction { chain: String, txid: String, raw: String, broadcast: bool },
    /// This device will not run this sharing with that device again.
    Banned { party: String, check: String },
    /// A sharing that waited for its certificate has become the one that signs.
    Activated { vault: String, epoch: u64 },
    /// The share that has just signed is in no backup.
    BackupDue { vault: String, epoch: u64 },
    /// A step of the demo begins.
    Step { step: String, summary: String },
    /// The end of the demo.
    Demo { ok: bool, steps: Vec<StepTime> },
    /// The end of a command that failed.
    Error(Failure),
}

/// How long a step of the demo took.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct StepTime {
    pub(crate) step: String,
    pub(crate) ms: u64,
}

/// A vault through the sharing that matters most: the active one, else the latest that is not retired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub(crate) struct VaultView {
    pub(crate) name: String,
    pub(crate) public_key_ecdsa: String,
    /// Empty while the vault has none.
    pub(crate) public_key_eddsa: String,
    pub(crate) chain_code: String,
    pub(crate) threshold: u8,
    pub(crate) parties: Vec<String>,
    /// This device's own name among them.
    pub(crate) me: String,
    pub(crate) epoch: u64,
    /// `active`, `staged`, `voted`, or `retired` on a device that has left.
    pub(crate) state: &'static str,
    /// Whether other clients may be members: no certificate vouches for the sharing.
    pub(crate) open: bool,
    /// Whether a certificate vouches for it: all members have signed with it together.
    pub(crate) certified: bool,
    /// Whether a backup of this sharing has been made, or it was restored from one.
    pub(crate) backed_up: bool,
    /// Whether the keys existed before the vault: they came from a seed phrase.
    pub(crate) imported: bool,
    /// The keys that it has for single chains.
    pub(crate) chain_keys: Vec<ChainKeyView>,
}

/// The key that a vault from a seed phrase has for one chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ChainKeyView {
    pub(crate) chain: String,
    pub(crate) public_key: String,
}

impl VaultView {
    /// How a sharing is shown under its vault's name.
    pub(crate) fn of(name: &str, sharing: &Sharing) -> Self {
        Self {
            name: name.to_owned(),
            public_key_ecdsa: hex::encode(sharing.vault.0),
            public_key_eddsa: sharing.keys.root_eddsa().map(hex::encode).unwrap_or_default(),
            chain_code: hex::encode(sharing.chain_code),
            threshold: sharing.threshold,
            parties: sharing.parties.clone(),
            me: sharing.parties.get(usize::from(sharing.me)).cloned().unwrap_or_default(),
            epoch: sharing.epoch,
            state: state_name(sharing.state),
            open: sharing.trust() == Trust::Mixed,
            certified: sharing.certificate.is_some(),
            backed_up: sharing.backed_up,
            imported: sharing.imported,
            chain_keys: sharing
                .keys
                .chains()
                .map(|(chain, key)| ChainKeyView {
                    chain: chain.to_owned(),
                    public_key: key.to_string(),
                })
                .collect(),
        }
    }

    /// `None` for a vault without any sharing, which no store hands out.
    pub(crate) fn of_vault(vault: &Vault) -> Option<Self> {
        let active = vault.sharings.iter().rfind(|sharing| sharing.state == State::Active);
        let latest = || vault.sharings.iter().rfind(|sharing| sharing.state != State::Retired);
        let shown = active.or_else(latest).or(vault.sharings.last())?;
        Some(Self::of(&vault.name, shown))
    }
}

/// The word for a state.
pub(crate) fn state_name(state: State) -> &'static str {
    match state {
        State::Staged => "staged",
        State::Voted => "voted",
        State::Active => "active",
        State::Retired => "retired",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Kind;

    fn json(event: &Event) -> serde_json::Value {
        serde_json::to_value(event).unwrap()
    }

    #[test]
    fn events_are_the_lines_of_the_contract() {
        assert_eq!(
            json(&Event::Listening { url: "http://127.0.0.1:18080".into() }),
            serde_json::json!({"event": "listening", "url": "http://127.0.0.1:18080"})
        );
        assert_eq!(
            json(&Event::Joined { party: "pixel-0f3a".into(), count: 2, needed: 3 }),
            serde_json::json!({"event": "joined", "party": "pixel-0f3a", "count": 2, "needed": 3})
        );
        assert_eq!(
            json(&Event::Progress {
                ceremony: "keygen".into(),
                key: "ecdsa",
                chain: None,
                round: 2,
                of: 4
            }),
            serde_json::json!({"event": "progress", "ceremony": "keygen", "key": "ecdsa", "round": 2, "of": 4})
        );
        assert_eq!(
            json(&Event::Demo { ok: true, steps: vec![StepTime { step: "keygen".into(), ms: 7 }] }),
            serde_json::json!({"event": "demo", "ok": true, "steps": [{"step": "keygen", "ms": 7}]})
        );
    }

    #[test]
    fn an_error_is_an_event_with_the_failures_fields_beside_its_name() {
        let silent = Kind::Ceremony(quorate_vault::failure::Kind::Silent);
        let error = json(&Event::Error(Failure::new(silent, "phone is silent", "wake it")));
        assert_eq!(error["event"], "error");
        assert_eq!(error["code"], 6);
        assert_eq!(error["message"], "phone is silent");
    }
}
