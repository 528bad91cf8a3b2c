//! Whether a home may hold a backup.

use core::fmt;

use super::Backup;
use crate::store::{Sharing, State, Vault};

/// `BACKUP 3`: what a backup means to a home. Its text is a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing of this vault is here: it can be restored.
    New,
    /// This very share is here already: there is nothing to do, unless it was erased.
    Here {
        /// The vault's name here.
        vault: String,
        /// Where its sharing stands.
        state: State,
        /// Whether its secret has been wiped.
        erased: bool,
    },
    /// The share of another member of the same sharing is here: refused. A home that held both would be two devices in
    /// one.
    OtherParty {
        /// The vault's name here.
        vault: String,
        /// The member that this home is.
        held: String,
        /// The member that the backup is of.
        offered: String,
    },
    /// Another sharing of the same vault is here: a new epoch for this home, after asking.
    OtherSharing {
        /// The vault's name here.
        vault: String,
        /// Which of the two is later, if that can be known.
        age: Age,
    },
}

/// How old a backup is, compared with what is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Of an epoch before that which signs here: the other devices no longer sign with it.
    Older,
    /// Of an epoch after it.
    Newer,
    /// The file does not say: an app that counts no epochs has written it.
    Unknown,
}

/// `BACKUP 3`: compares a backup with what a home holds.
#[must_use]
pub fn compare(backup: &Backup, vaults: &[Vault]) -> Verdict {
    let Some(vault) = vaults.iter().find(|vault| vault.key == backup.sharing.vault) else {
        return Verdict::New;
    };
    let name = vault.name.clone();
    let held = vault.sharings.iter().find(|sharing| sharing.fsid == backup.sharing.fsid);
    match held {
        Some(held) if held.me == backup.sharing.me => {
            Verdict::Here { vault: name, state: held.state, erased: held.erased }
        }
        Some(held) => Verdict::OtherParty {
            vault: name,
            held: held.parties.get(usize::from(held.me)).cloned().unwrap_or_default(),
            offered: backup.party().to_owned(),
        },
        None => Verdict::OtherSharing { vault: name, age: age(&backup.sharing, vault) },
    }
}

fn age(offered: &Sharing, vault: &Vault) -> Age {
    // Who replaced whom is certain; epochs are counted by each app for itself.
    if vault.sharings.iter().any(|held| held.previous == Some(offered.fsid)) {
        return Age::Older;
    }
    if vault.sharings.iter().any(|held| offered.previous == Some(held.fsid)) {
        return Age::Newer;
    }
    let held = vault.active().map_or(0, |active| active.epoch);
    match (offered.epoch, held) {
        (0, _) | (_, 0) => Age::Unknown,
        (offered, held) if offered < held => Age::Older,
        (offered, held) if offered > held => Age::Newer,
        _ => Age::Unknown,
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New => f.write_str("this device holds nothing of this vault"),
            Self::Here { vault, erased: true, .. } => {
                write!(
                    f,
                    "this share of {vault} was here, and was erased after a reshare replaced it"
                )
            }
            Self::Here { vault, state: State::Retired, .. } => {
                write!(f, "this share of {vault} is here already; a reshare has replaced it")
            }
            Self::Here { vault, .. } => write!(f, "this share of {vault} is here already"),
            Self::OtherParty { vault, held, offered } => write!(
                f,
                "this device is {held} in {vault} and cannot be {offered} as well: two shares on one device are a \
                 smaller threshold"
            ),
            Self::OtherSharing { vault, age } => {
                let age = match age {
                    Age::Older => {
                        "an older epoch: devices that have moved on no longer sign with it"
                    }
                    Age::Newer => "a newer epoch, which would replace the one here",
                    Age::Unknown => {
                        "another epoch; the file does not say which of the two is newer"
                    }
                };
                write!(f, "this device holds {vault} already; the backup is of {age}")
            }
        }
    }
}
