//! What a device keeps, and the small trait through which it is kept.
//!
//! Shares are append-only by sharing. A change is one durable transaction: when [`Store::commit`] returns, it
//! survives power loss; when it fails, nothing of it happened.

mod journal;

use std::collections::BTreeMap;

pub use quorate_core::Secret;

pub use self::journal::{Entry, Progress, What};

pub use quorate_chain::PublicKey;

pub use crate::keyring::{Key, Keyring, Role};

/// Names a sharing: the ECDSA engine's final session id, equal on all members (`spec/store.md` 1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fsid(pub [u8; 32]);

/// Names a vault: its root ECDSA public key, SEC1 compressed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VaultKey(pub [u8; 33]);

/// Seconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub u64);

/// Where a sharing stands in the two-step commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Written durably, not yet agreed on. Never signs.
    Staged,
    /// All members hold the same; this device has taken part, or will, in the one signing that certifies it.
    Voted,
    /// The sharing that signs.
    Active,
    /// Replaced by a newer sharing. Never signs again.
    Retired,
}

/// The public side of one sharing on this device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sharing {
    /// Which sharing.
    pub fsid: Fsid,
    /// Of which vault.
    pub vault: VaultKey,
    /// The vault's public keys: the one that names it, and the others.
    pub keys: Keyring,
    /// The root chain code.
    pub chain_code: [u8; 32],
    /// For people: 1 after keygen, one more at each reshare.
    pub epoch: u64,
    /// Where it stands.
    pub state: State,
    /// How many members can sign.
    pub threshold: u8,
    /// The members' names; the position is the party id inside the share.
    pub parties: Vec<String>,
    /// This device's position in `parties`.
    pub me: u8,
    /// What the members compare before they commit: `h` of `spec/commit.md`. `None` where other clients may be members,
    /// who compare nothing (COMMIT 7).
    pub digest: Option<[u8; 32]>,
    /// The relay session in which it was made: part of `digest`.
    pub session: String,
    /// The sharing it replaces; `None` after keygen.
    pub previous: Option<Fsid>,
    /// A signature (r‖s‖recovery id, 65 bytes) of the vault over the certificate's message, once active.
    pub certificate: Option<Vec<u8>>,
    /// When it was staged.
    pub created: Timestamp,
    /// Whether a backup of it has been made and verified.
    pub backed_up: bool,
    /// Whether its secret has been wiped; its public row stays.
    pub erased: bool,
    /// Whether the key existed before the vault: it came from a seed phrase, and whoever has that has the vault.
    pub imported: bool,
}

/// What vouches for a sharing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Other clients may be members: the list of those that have finished, and nothing else.
    Mixed,
    /// A certificate, which all members have signed with their new shares.
    Certified,
}

impl Sharing {
    /// What vouches for it.
    #[must_use]
    pub fn trust(&self) -> Trust {
        if self.digest.is_some() { Trust::Certified } else { Trust::Mixed }
    }
}

/// A vault as people know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vault {
    /// The name on this device; unique on it.
    pub name: String,
    /// Its key.
    pub key: VaultKey,
    /// Every sharing of it that this device knows, oldest first.
    pub sharings: Vec<Sharing>,
}

/// The secret side of a sharing: the engines' serialised shares.
#[derive(Debug)]
pub struct Shares {
    /// One for each of the sharing's keys.
    pub of: BTreeMap<PublicKey, Secret<Vec<u8>>>,
    /// What the backup from which the sharing was restored says besides ([`crate::backup::Backup::rest`]).
    pub rest: Option<Secret<Vec<u8>>>,
}

impl Shares {
    /// Shares and nothing else.
    pub fn new(shares: impl IntoIterator<Item = (PublicKey, Secret<Vec<u8>>)>) -> Self {
        Self { of: shares.into_iter().collect(), rest: None }
    }
}

/// A member that a sharing must never run with again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ban {
    /// The sharing.
    pub fsid: Fsid,
    /// The member's name.
    pub party: String,
    /// The check it failed, such as `RVOLE 3.3`.
    pub check: String,
    /// When.
    pub at: Timestamp,
}

/// What is known of a presignature beside its bytes, which do not say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presignature {
    /// The session id of the presigning, by which a setup names it.
    pub id: [u8; 32],
    /// The sharing that it was made with.
    pub fsid: Fsid,
    /// Who made it: they finish it, all of them and nobody else.
    pub signers: Vec<String>,
    /// The derivation path of the only key that it signs with.
    pub path: String,
    /// When it was made.
    pub made: Timestamp,
}

/// One durable transaction.
#[derive(Debug)]
pub enum Change {
    /// STAGE: a new sharing beside the active one, and the vault's row (under `name`) if it is new.
    ///
    /// Replaces a sharing of the same vault that is still [`State::Staged`]: nobody can have certified it without
    /// this device. Refused beside a [`State::Voted`] one, and for a second party of a known sharing.
    Stage {
        /// The vault's name, used if this device does not know the vault yet.
        name: String,
        /// The public row; its state is [`State::Staged`].
        sharing: Sharing,
        /// The share.
        shares: Shares,
    },
    /// VOTE: staged becomes voted.
    Vote(Fsid),
    /// ACTIVATE: the certificate, staged or voted becomes active, and the predecessor becomes retired. The
    /// predecessor's presignatures are wiped.
    Activate {
        /// The new sharing.
        fsid: Fsid,
        /// The vault's signature over the certificate's message, 65 bytes.
        certificate: Vec<u8>,
    },
    /// ADOPT: staged becomes active without a certificate, and the predecessor becomes retired: every member of an
    /// open ceremony has said that it holds its shares (`spec/commit.md`, COMMIT 7).
    Adopt(Fsid),
    /// DISCARD: a staged sharing and its shares are deleted; the active one goes on signing (`spec/commit.md`, COMMIT 7).
    /// Refused where none is active.
    Discard(Fsid),
    /// Records a ban.
    Ban(Ban),
    /// A transaction that this device has signed with others: written down before it is handed to anybody. One that is
    /// in the journal stays as it is.
    Journal(Entry),
    /// How far a transaction of the journal has come.
    Progressed {
        /// The transaction's id as its chain writes it.
        txid: String,
        /// How far.
        progress: Progress,
    },
    /// Keeps a presignature of the active sharing. Refused for one that has been here before, even if it has been taken.
    Presigned {
        /// What is known of it.
        about: Presignature,
        /// The engine's serialised presignature.
        secret: Secret<Vec<u8>>,
    },
    /// A backup of this sharing has been written, read back and decrypted.
    BackedUp(Fsid),
    /// ERASE: wipes the secret of a retired sharing; the row stays.
    Erase(Fsid),
    /// Gives a vault another name.
    Rename {
        /// Which vault.
        vault: VaultKey,
        /// The new name.
        name: String,
    },
    /// Wipes everything this device holds of a vault.
    Forget(VaultKey),
}

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The passphrase does not open this store.
    #[error("wrong passphrase for {place}")]
    WrongPassphrase {
        /// The store's file.
        place: String,
    },
    /// The file is no store of this program.
    #[error("{place} is not a quorate store")]
    Foreign {
        /// The file.
        place: String,
    },
    /// The file is a store, but what it holds does not check out.
    #[error("{place} is damaged: {what}")]
    Damaged {
        /// The store's file.
        place: String,
        /// What does not check out.
        what: String,
    },
    /// Written by a later version.
    #[error(
        "{place} was written by a later version of this program (schema {found}, this one knows {known})"
    )]
    Newer {
        /// The store's file.
        place: String,
        /// The schema version found.
        found: u32,
        /// The newest schema version this program knows.
        known: u32,
    },
    /// No room left; nothing was changed.
    #[error("no space left on the disk that holds {place}; nothing was changed")]
    Full {
        /// The store's file.
        place: String,
    },
    /// The change would break a rule of the store.
    #[error("{0}")]
    Refused(String),
    /// There is no such vault or sharing here.
    #[error("{0}")]
    NotFound(String),
    /// The operating system said no.
    #[error("{place}: {what}")]
    Io {
        /// The store's file.
        place: String,
        /// What the system said.
        what: String,
    },
}

/// A device's memory. One home, one store.
pub trait Store: Send {
    /// Eight random bytes, lower-case hex, drawn when the home was made: the end of this device's party id.
    fn device_suffix(&self) -> Result<String, StoreError>;

    /// Every vault, by name.
    fn vaults(&self) -> Result<Vec<Vault>, StoreError>;

    /// The secret side of a sharing.
    fn shares(&self, fsid: Fsid) -> Result<Shares, StoreError>;

    /// The bans of one sharing.
    fn bans(&self, fsid: Fsid) -> Result<Vec<Ban>, StoreError>;

    /// The transactions that this device has signed with others, oldest first.
    fn journal(&self) -> Result<Vec<Entry>, StoreError>;

    /// The presignatures of a sharing that have not been taken, oldest first.
    fn presignatures(&self, fsid: Fsid) -> Result<Vec<Presignature>, StoreError>;

    /// Hands out a presignature and destroys it durably, in one transaction: when this returns, nothing of it is left
    /// but what is returned. Whatever is sent of it is sent after that.
    fn take_presignature(
        &mut self,
        id: &[u8; 32],
    ) -> Result<(Presignature, Secret<Vec<u8>>), StoreError>;

    /// Applies one change, durably and whole.
    fn commit(&mut self, change: Change) -> Result<(), StoreError>;
}

macro_rules! hex_debug {
    ($($name:ty),*) => {$(
        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }
    )*};
}

hex_debug!(Fsid, VaultKey);
