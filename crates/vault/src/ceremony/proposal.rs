//! What a person is asked to approve, as data: a screen, a page or a policy reads the same.

use quorate_chain::Reading;
use serde::Serialize;

use crate::store::Trust;

/// What will happen if the person agrees. As JSON, `kind` tells which it is, and names are in snake case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proposal {
    /// A new vault.
    Keygen,
    /// A new vault of the keys that a seed phrase makes.
    Import {
        /// The chains that get a key of their own.
        chains: Vec<String>,
    },
    /// A new sharing of the same keys.
    Reshare {
        /// The new epoch.
        epoch: u64,
        /// Devices that become members.
        added: Vec<String>,
        /// Members that will be none. Their old shares must be deleted.
        left: Vec<String>,
        /// How many devices can sign until then, if this device knows.
        threshold_before: Option<u8>,
    },
    /// A signature, or several of one act.
    Sign {
        /// What it is, as this device decoded it.
        reading: Box<Reading>,
        /// Those who take part under names that are none of the vault's.
        strangers: Vec<String>,
    },
    /// The certificate of a new sharing whose ceremony was cut short.
    Commit {
        /// The epoch.
        epoch: u64,
    },
}

impl Proposal {
    /// The same among the devices that have met; `members` are those that the vault has now.
    pub(super) fn among(&self, members: &[String], committee: &[String]) -> Self {
        let without = |list: &[String], others: &[String]| -> Vec<String> {
            list.iter().filter(|name| !others.contains(name)).cloned().collect()
        };
        match self {
            Self::Reshare { epoch, threshold_before, .. } => Self::Reshare {
                epoch: *epoch,
                added: without(committee, members),
                left: without(members, committee),
                threshold_before: *threshold_before,
            },
            Self::Sign { reading, .. } => {
                Self::Sign { reading: reading.clone(), strangers: without(committee, members) }
            }
            other => other.clone(),
        }
    }

    /// Why nobody can see what is being signed, if so.
    #[must_use]
    pub fn is_blind(&self) -> bool {
        matches!(self, Self::Sign { reading, .. } if reading.is_blind())
    }

    /// In words, a line each.
    fn lines(&self, vault: &str) -> Vec<String> {
        match self {
            Self::Keygen => vec![format!("make the new vault \"{vault}\"")],
            Self::Import { chains } => {
                let own = match chains.as_slice() {
                    [] => {
                        "no chain has a key of its own: addresses are those below the vault's keys"
                            .to_owned()
                    }
                    chains => format!("with the keys that wallets have for {}", chains.join(", ")),
                };
                vec![
                    format!("make the vault \"{vault}\" from a seed phrase"),
                    own,
                    "IMPORTED: these keys existed before. Whoever has the phrase has the vault, without any of its devices"
                        .to_owned(),
                ]
            }
            Self::Reshare { epoch, added, left, .. } => {
                let mut lines =
                    vec![format!("share \"{vault}\" anew: epoch {epoch}, same addresses")];
                if added.is_empty() && left.is_empty() {
                    lines.push("the same devices, with new shares".to_owned());
                }
                if !added.is_empty() {
                    lines.push(format!("added: {}", added.join(", ")));
                }
                if !left.is_empty() {
                    let left = left.join(", ");
                    lines.push(format!("left out: {left} (its old share must be deleted)"));
                }
                lines
            }
            Self::Sign { reading, strangers } => {
                let warnings = strangers.iter().map(|party| {
                    format!(
                        "UNKNOWN NAME: {party} is none of this vault's names; approve only if you know that device"
                    )
                });
                reading.lines().into_iter().chain(warnings).collect()
            }
            Self::Commit { epoch } => {
                vec![format!("finish epoch {epoch} of \"{vault}\": certify the new sharing")]
            }
        }
    }

    /// What other clients in the ceremony change about its end.
    fn end_among_others(&self) -> Option<&'static str> {
        match self {
            Self::Keygen | Self::Import { .. } => Some(
                "other clients may take part: it is in use once every device has said that it is done, and no certificate \
                 vouches for it",
            ),
            Self::Reshare { .. } => Some(
                "other clients may take part: once every device has said that it is done it is in use, without a certificate; \
                 until then what was in use before signs",
            ),
            Self::Sign { .. } | Self::Commit { .. } => None,
        }
    }
}

/// What a person is asked to approve, as this device understands it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `keygen`, `keysign`, `reshare` or `commit`.
    pub ceremony: &'static str,
    /// The vault's name.
    pub vault: String,
    /// What will happen.
    pub proposal: Proposal,
    /// Who takes part.
    pub committee: Vec<String>,
    /// How many devices can sign.
    pub threshold: u8,
    /// What vouches for the result.
    pub trust: Trust,
}

impl Request {
    /// What will happen in words, a line each.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let end = match self.trust {
            Trust::Mixed => self.proposal.end_among_others(),
            Trust::Certified => None,
        };
        let lines = self.proposal.lines(&self.vault).into_iter();
        lines.chain(end.map(str::to_owned)).collect()
    }
}
