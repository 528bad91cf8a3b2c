//! What a backup says: the message `Vault`, read and written so that nothing in it is lost (`spec/backups.md`, `VULT 3`).

use core::fmt;
use core::ops::Deref;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quorate_core::Secret;
use quorate_core::check::{require, require_some};
use zeroize::Zeroizing;

use super::fields::{Field, Fields, message, push};
use super::{Check, Unreadable};
use crate::link::Library;

/// The most members of a vault.
pub(super) const MAX_MEMBERS: usize = 255;
/// The most key shares, and the most chain keys.
pub(super) const MAX_KEYS: usize = 1024;

/// A vault as a device saves it. Keys are hex, as they travel; nothing here has been compared with anything else.
#[derive(Debug, Default)]
pub struct VaultContents {
    /// The vault's name on the device that saved it.
    pub name: String,
    /// The root ECDSA public key.
    pub public_key_ecdsa: String,
    /// The root Ed25519 public key.
    pub public_key_eddsa: String,
    /// The members' names. Not every app lists them in the order of the shares.
    pub signers: Vec<String>,
    /// When the vault was made.
    pub created_at: Option<Created>,
    /// The root chain code.
    pub hex_chain_code: String,
    /// The shares of this member, each under its public key. Some may be left over from long ago.
    pub key_shares: Vec<KeyShare>,
    /// The member whose shares these are.
    pub local_party_id: String,
    /// A mark of the last GG20 reshare; empty otherwise.
    pub reshare_prefix: String,
    /// Which protocols the vault uses, as its number: [`Self::library`].
    pub lib_type: u64,
    /// Public keys that belong to one chain each.
    pub chain_public_keys: Vec<ChainPublicKey>,
    /// The ML-DSA-44 public key, where there is one.
    pub public_key_mldsa44: String,
    /// Field 13. No app is known to write it.
    pub public_key_frozt: String,
    /// Field 14. No app is known to write it.
    pub public_key_fromt: String,
    /// What only our devices say.
    pub quorate: Option<Extension>,
    /// Fields that this version does not know, as they were written.
    pub unknown: Unknown,
}

/// When a vault was made.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Created {
    /// Seconds since 1970-01-01 UTC, in two's complement.
    pub seconds: u64,
    /// Nanoseconds of that second.
    pub nanos: u64,
    /// Further fields.
    pub unknown: Unknown,
}

/// One key's share.
#[derive(Debug)]
pub struct KeyShare {
    /// The public key, hex.
    pub public_key: String,
    /// Base64 of an engine's share; JSON in GG20 vaults.
    pub keyshare: Secret<String>,
    /// Further fields.
    pub unknown: Unknown,
}

/// The public key of one chain, in vaults from a seed phrase.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ChainPublicKey {
    /// The public key, hex.
    pub public_key: String,
    /// The chain's name.
    pub chain: String,
    /// Whether it is an Ed25519 key.
    pub is_eddsa: bool,
    /// Further fields.
    pub unknown: Unknown,
}

/// Field 1000, `Quorate`: what our devices say to each other in a backup. Others skip it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extension {
    /// The sharing's epoch, below 2^63; 0 if unknown.
    pub epoch: u64,
    /// The sharing that it replaced, by its final session id.
    pub previous: Option<[u8; 32]>,
    /// The relay session in which it was made.
    pub session: String,
    /// What its members compared before they committed.
    pub digest: Option<[u8; 32]>,
    /// The vault's signature over it (r‖s‖recovery id).
    pub certificate: Option<[u8; 65]>,
    /// Further fields.
    pub unknown: Unknown,
}

/// Fields that this version does not know, one after the other as they were written. They may hold anything.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Unknown(Zeroizing<Vec<u8>>);

impl VaultContents {
    /// `VULT 3`: reads the message.
    ///
    /// # Errors
    ///
    /// The first check that failed.
    pub fn decode(message: &[u8]) -> Result<Self, Unreadable> {
        let mut vault = Self::default();
        let mut fields = Fields::of(message);
        while let Some(field) = fields.next()? {
            match field.number {
                1 => vault.name = field.text()?,
                2 => vault.public_key_ecdsa = field.text()?,
                3 => vault.public_key_eddsa = field.text()?,
                4 => push(&mut vault.signers, MAX_MEMBERS, field.text()?)?,
                5 => vault.created_at = Some(Created::decode(field.bytes()?)?),
                6 => vault.hex_chain_code = field.text()?,
                7 => push(&mut vault.key_shares, MAX_KEYS, KeyShare::decode(field.bytes()?)?)?,
                8 => vault.local_party_id = field.text()?,
                9 => vault.reshare_prefix = field.text()?,
                10 => vault.lib_type = field.number()?,
                11 => {
                    let key = ChainPublicKey::decode(field.bytes()?)?;
                    push(&mut vault.chain_public_keys, MAX_KEYS, key)?;
                }
                12 => vault.public_key_mldsa44 = field.text()?,
                13 => vault.public_key_frozt = field.text()?,
                14 => vault.public_key_fromt = field.text()?,
                1000 => vault.quorate = Some(Extension::decode(field.bytes()?)?),
                _ => vault.unknown.keep(&field),
            }
        }
        vault.names_a_key()?;
        Ok(vault)
    }

    /// `VULT 3.4`.
    pub(super) fn names_a_key(&self) -> Result<(), Check> {
        require(!self.public_key_ecdsa.is_empty(), Check::NamesAKey)
    }

    /// The message: known fields in their order, then the unknown ones, then the extension.
    #[must_use]
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        message(|m| {
            m.bytes(1, self.name.as_bytes());
            m.bytes(2, self.public_key_ecdsa.as_bytes());
            m.bytes(3, self.public_key_eddsa.as_bytes());
            self.signers.iter().for_each(|signer| m.member(4, signer.as_bytes()));
            self.created_at.iter().for_each(|at| m.member(5, &at.encode()));
            m.bytes(6, self.hex_chain_code.as_bytes());
            self.key_shares.iter().for_each(|share| m.member(7, &share.encode()));
            m.bytes(8, self.local_party_id.as_bytes());
            m.bytes(9, self.reshare_prefix.as_bytes());
            m.number(10, self.lib_type);
            self.chain_public_keys.iter().for_each(|key| m.member(11, &key.encode()));
            m.bytes(12, self.public_key_mldsa44.as_bytes());
            m.bytes(13, self.public_key_frozt.as_bytes());
            m.bytes(14, self.public_key_fromt.as_bytes());
            m.raw(&self.unknown);
            self.quorate.iter().for_each(|extension| m.member(1000, &extension.encode()));
        })
    }

    /// Which protocols the vault uses, as its shares show it: apps have left [`Self::lib_type`] out. `None` for a
    /// kind that this version does not know.
    #[must_use]
    pub fn library(&self) -> Option<Library> {
        let is_json = |share: &KeyShare| share.keyshare.expose().trim_start().starts_with('{');
        match self.lib_type {
            0 | 1 if self.key_shares.iter().any(is_json) => Some(Library::Gg20),
            0 if self.key_shares.is_empty() => Some(Library::Gg20),
            0 | 1 => Some(Library::Dkls),
            2 => Some(Library::KeyImport),
            _ => None,
        }
    }
}

impl Created {
    fn decode(message: &[u8]) -> Result<Self, Check> {
        let mut created = Self::default();
        let mut fields = Fields::of(message);
        while let Some(field) = fields.next()? {
            match field.number {
                1 => created.seconds = field.number()?,
                2 => created.nanos = field.number()?,
                _ => created.unknown.keep(&field),
            }
        }
        Ok(created)
    }

    fn encode(&self) -> Zeroizing<Vec<u8>> {
        message(|m| {
            m.number(1, self.seconds);
            m.number(2, self.nanos);
            m.raw(&self.unknown);
        })
    }
}

impl KeyShare {
    /// An engine's share, beside the public key it is for.
    #[must_use]
    pub fn new(public_key: &[u8], share: &Secret<Vec<u8>>) -> Self {
        Self {
            public_key: hex::encode(public_key),
            keyshare: Secret::of(STANDARD.encode(share.expose())),
            unknown: Unknown::default(),
        }
    }

    /// Whether it stands beside this public key, in hex of any case.
    #[must_use]
    pub fn is_of(&self, public_key: &str) -> bool {
        self.public_key.eq_ignore_ascii_case(public_key)
    }

    /// The engine's share. `None` if it is not base64.
    #[must_use]
    pub fn share(&self) -> Option<Secret<Vec<u8>>> {
        let text = self.keyshare.expose().trim_ascii();
        STANDARD.decode(text).ok().map(Secret::of)
    }

    fn decode(message: &[u8]) -> Result<Self, Check> {
        let mut share = Self {
            public_key: String::new(),
            keyshare: Secret::of(String::new()),
            unknown: Unknown::default(),
        };
        let mut fields = Fields::of(message);
        while let Some(field) = fields.next()? {
            match field.number {
                1 => share.public_key = field.text()?,
                2 => share.keyshare = Secret::of(field.text()?),
                _ => share.unknown.keep(&field),
            }
        }
        Ok(share)
    }

    fn encode(&self) -> Zeroizing<Vec<u8>> {
        message(|m| {
            m.bytes(1, self.public_key.as_bytes());
            m.bytes(2, self.keyshare.expose().as_bytes());
            m.raw(&self.unknown);
        })
    }
}

impl ChainPublicKey {
    fn decode(message: &[u8]) -> Result<Self, Check> {
        let mut key = Self::default();
        let mut fields = Fields::of(message);
        while let Some(field) = fields.next()? {
            match field.number {
                1 => key.public_key = field.text()?,
                2 => key.chain = field.text()?,
                3 => key.is_eddsa = field.number()? != 0,
                _ => key.unknown.keep(&field),
            }
        }
        Ok(key)
    }

    fn encode(&self) -> Zeroizing<Vec<u8>> {
        message(|m| {
            m.bytes(1, self.public_key.as_bytes());
            m.bytes(2, self.chain.as_bytes());
            m.number(3, self.is_eddsa.into());
            m.raw(&self.unknown);
        })
    }
}

impl Extension {
    /// `VULT 3.5`.
    fn decode(message: &[u8]) -> Result<Self, Check> {
        let mut extension = Self::default();
        let mut version = 0;
        let mut fields = Fields::of(message);
        while let Some(field) = fields.next()? {
            match field.number {
                1 => version = field.number()?,
                2 => extension.epoch = field.number()?,
                3 => extension.previous = Some(array(field.bytes()?)?),
                4 => extension.session = field.text()?,
                5 => extension.digest = Some(array(field.bytes()?)?),
                6 => extension.certificate = Some(array(field.bytes()?)?),
                _ => extension.unknown.keep(&field),
            }
        }
        let countable = i64::try_from(extension.epoch).is_ok();
        require(version == 1 && countable, Check::ExtensionIsKnown)?;
        Ok(extension)
    }

    fn encode(&self) -> Zeroizing<Vec<u8>> {
        message(|m| {
            m.number(1, 1);
            m.number(2, self.epoch);
            m.bytes(3, self.previous.as_ref().map_or(&[], |fsid| fsid));
            m.bytes(4, self.session.as_bytes());
            m.bytes(5, self.digest.as_ref().map_or(&[], |digest| digest));
            m.bytes(6, self.certificate.as_ref().map_or(&[], |certificate| certificate));
            m.raw(&self.unknown);
        })
    }
}

fn array<const N: usize>(bytes: &[u8]) -> Result<[u8; N], Check> {
    require_some(bytes.try_into().ok(), Check::ExtensionIsKnown, || [0; N])
}

impl Unknown {
    fn keep(&mut self, field: &Field<'_>) {
        // Into a room of its own each time: growing in place would leave a copy behind.
        let mut longer =
            Zeroizing::new(Vec::with_capacity(self.0.len().saturating_add(field.raw.len())));
        longer.extend_from_slice(&self.0);
        longer.extend_from_slice(field.raw);
        self.0 = longer;
    }
}

impl Deref for Unknown {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unknown({} bytes)", self.0.len())
    }
}
