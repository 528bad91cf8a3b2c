//! The assertions about a backup file, and what to say when one does not hold.

use core::fmt;

use quorate_core::{Check as _, checks};

checks! {
    /// The assertions of `spec/backups.md`, `VULT`. A file that fails one is not read any further, and no party is named.
    Check {
        HasBoundedLength "VULT 1.1" Refuse Document
            "is at most 64 MiB long, packed and unpacked"
        IsABackup "VULT 1.2" Refuse Document
            "is a container, or the JSON that came before containers"
        ContainerVersion "VULT 1.3" Refuse Document
            "is a container of version 1"
        PasswordGiven "VULT 2.1" Refuse Document
            "comes with a password if it is encrypted"
        Opens "VULT 2.2" Refuse Document
            "opens with the password"
        FieldsAreWhole "VULT 3.1" Refuse Document
            "consists of whole fields, each of its own type"
        TextIsUtf8 "VULT 3.2" Refuse Document
            "has text in its text fields"
        ListsAreBounded "VULT 3.3" Refuse Document
            "has at most 255 members, and 1024 shares and chain keys"
        NamesAKey "VULT 3.4" Refuse Document
            "names the vault's ECDSA public key"
        ExtensionIsKnown "VULT 3.5" Refuse Document
            "has an extension of version 1 with values of their length, if it has one"
        ArchiveIsWhole "VULT 4.1" Refuse Document
            "is an archive whose files unpack to what they were"
        ArchiveIsSmall "VULT 4.2" Refuse Document
            "is an archive of at most 1024 files"
        ArchiveHasBackups "VULT 4.3" Refuse Document
            "is an archive with at least one backup in it"
    }
}

/// A backup that could not be read. Its text continues the name of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What does not hold.
    pub check: Check,
}

impl Unreadable {
    /// What to do about it.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        match self.check {
            Check::HasBoundedLength | Check::IsABackup | Check::ArchiveHasBackups => {
                "choose the .vult, .bak or .dat file, or the .zip of several, that the app has saved"
            }
            Check::ContainerVersion | Check::ExtensionIsKnown => "use a later version of quorate",
            Check::PasswordGiven => "give the password with which the backup was made",
            Check::Opens => "try the password again; if it is right, take another copy of the file",
            Check::FieldsAreWhole
            | Check::TextIsUtf8
            | Check::ListsAreBounded
            | Check::NamesAKey
            | Check::ArchiveIsWhole => "take another copy of the file, or back up again",
            Check::ArchiveIsSmall => "unpack the archive and choose one of its files",
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self.check {
            Check::HasBoundedLength => "is longer than any backup (64 MiB)",
            Check::IsABackup => "is no vault backup, or has been cut off or changed",
            Check::ContainerVersion => "was made by a later version of the app that wrote it",
            Check::PasswordGiven => "is encrypted",
            Check::Opens => "does not open: the password is wrong, or the file has been changed",
            Check::FieldsAreWhole => "holds no vault, or one that has been cut off or changed",
            Check::TextIsUtf8 => "holds a vault with text that is none",
            Check::ListsAreBounded => "holds a vault with more members or shares than there can be",
            Check::NamesAKey => "holds no vault: it names no ECDSA public key",
            Check::ExtensionIsKnown => "was made by a later version of quorate",
            Check::ArchiveIsWhole => "is an archive that is damaged, encrypted or of a rare kind",
            Check::ArchiveIsSmall => "is an archive of more than 1024 files",
            Check::ArchiveHasBackups => "is an archive without a vault backup in it",
        };
        write!(f, "{words} ({})", self.check.id())
    }
}

impl core::error::Error for Unreadable {}

impl From<Check> for Unreadable {
    fn from(check: Check) -> Self {
        Self { check }
    }
}
