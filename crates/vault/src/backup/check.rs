//! The assertions about what a backup holds, and what to say when one does not.

use core::fmt;

use quorate_core::check::require;
use quorate_core::{Check as _, checks};

checks! {
    /// The assertions of `spec/backups.md`, `BACKUP`. A file that fails one is refused, and no party is named: files
    /// are.
    Check {
        KindIsKnown "BACKUP 1.1" Refuse Document
            "is of a vault whose shares are DKLS shares"
        MembersAreParties "BACKUP 1.2" Refuse Document
            "names 2 to 255 members by distinct party ids"
        OwnerIsAMember "BACKUP 1.3" Refuse Document
            "is of one of these members"
        KeysAreKeys "BACKUP 1.4" Refuse Document
            "names its keys and its chain code in hex of their length"
        OneShareAKey "BACKUP 2.1" Refuse Document
            "has no two shares of one key"
        EcdsaShareIsThere "BACKUP 2.2" Refuse Document
            "has a share of its ECDSA key"
        EcdsaShareIsOfTheKey "BACKUP 2.3" Refuse Document
            "has an ECDSA share of the key that it stands beside"
        ChainCodeIsTheShares "BACKUP 2.4" Refuse Document
            "names the chain code that is in the ECDSA share"
        ShareIsOfTheMembers "BACKUP 2.5" Refuse Document
            "names as many members as the ECDSA share knows"
        EddsaShareIsThere "BACKUP 2.6" Refuse Document
            "has a share of its Ed25519 key, if it names one"
        EddsaShareIsOfTheKey "BACKUP 2.7" Refuse Document
            "has an Ed25519 share of the key that it stands beside"
        SharesAreOfOneMember "BACKUP 2.8" Refuse Document
            "has two shares with one place, threshold and number of members"
        CertificateIsTheKeys "BACKUP 2.9" Refuse Document
            "has a certificate that the vault's key has signed, if it has one"
        OneVault "BACKUP 4.1" Refuse Document
            "are backups of one vault"
        OneSharing "BACKUP 4.2" Refuse Document
            "are backups of one epoch"
        Enough "BACKUP 4.3" Refuse Document
            "are backups of as many devices as the threshold asks for"
        EcdsaSharesFit "BACKUP 4.4" Refuse Document
            "have ECDSA shares that lie on one polynomial and make the key"
        EddsaSharesFit "BACKUP 4.5" Refuse Document
            "have Ed25519 shares that lie on one polynomial and make the key"
    }
}

impl Check {
    fn remedy(self) -> &'static str {
        match self {
            Self::KindIsKnown => {
                "open the vault in the app that made it, let that upgrade it, and back it up again"
            }
            Self::EcdsaShareIsThere => {
                "restore it in the app that made it: here, a vault needs a share of its own key"
            }
            Self::OneShareAKey => "back up again on the device that the file is of",
            Self::MembersAreParties
            | Self::OwnerIsAMember
            | Self::KeysAreKeys
            | Self::EcdsaShareIsOfTheKey
            | Self::ChainCodeIsTheShares
            | Self::ShareIsOfTheMembers
            | Self::EddsaShareIsThere
            | Self::EddsaShareIsOfTheKey
            | Self::SharesAreOfOneMember
            | Self::CertificateIsTheKeys => ANOTHER_COPY,
            Self::OneVault => "give the backups of one vault at a time",
            Self::OneSharing | Self::Enough => {
                "add backups of other devices, made after the same keygen or reshare"
            }
            Self::EcdsaSharesFit | Self::EddsaSharesFit => {
                "add the backup of one more device: among more than enough, the one that does not fit is known"
            }
        }
    }
}

const ANOTHER_COPY: &str =
    "take another copy of the file, or back up again on the device that it is of";

/// A backup that is refused. From [`Backup::read`](super::Backup::read) its text continues the name of the file; from
/// [`recover()`](super::recover()) it is a sentence of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What does not hold: the step of the specification, here or of an engine's share.
    pub check: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
    words: String,
}

impl Refused {
    pub(super) fn new(check: Check, words: impl Into<String>) -> Self {
        Self { check: check.id(), remedy: check.remedy(), words: words.into() }
    }

    /// A share that its engine does not load.
    pub(super) fn share<C: quorate_core::Check>(which: &str, check: C) -> Self {
        let words =
            format!("has a damaged {which} share: it fails \u{201c}{}\u{201d}", check.asserts());
        Self { check: check.id(), remedy: ANOTHER_COPY, words }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.words, self.check)
    }
}

impl core::error::Error for Refused {}

/// `require`, in words.
pub(super) fn demand(holds: bool, check: Check, words: impl Into<String>) -> Result<(), Refused> {
    require(holds, check).map_err(|check| Refused::new(check, words))
}
