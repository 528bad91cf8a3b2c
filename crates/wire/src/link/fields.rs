//! Fields of the messages, and what they must hold.

use super::message::{self, Quorate};
use super::{ChainKey, Extension, Library, LinkError};
use crate::relay_api::{MAX_PARTIES, PartyId, SessionId};
use crate::seal::SessionKey;
use crate::setup::PublicKey;

/// The most characters of a name that a link brings, in bytes.
const MAX_NAME: usize = 255;

/// The most keys of single chains that one link tells of.
const MAX_CHAINS: usize = 64;

/// The most digests of one link.
const MAX_DIGESTS: usize = 64;

pub(super) fn session(text: &str) -> Result<SessionId, LinkError> {
    SessionId::parse(text).map_err(|_| LinkError::field("session id", "an id that a relay can use"))
}

pub(super) fn key(text: &str) -> Result<SessionKey, LinkError> {
    SessionKey::from_hex(text)
        .map_err(|_| LinkError::field("encryption key", "32 bytes in 64 hex digits"))
}

pub(super) fn parties(texts: &[String]) -> Result<Vec<PartyId>, LinkError> {
    let refused = LinkError::field("list of members", "a list of at most 255 party ids");
    let parties = texts.iter().map(|text| PartyId::parse(text)).collect();
    let parties: Result<Vec<_>, _> = parties;
    parties.ok().filter(|parties| parties.len() <= MAX_PARTIES).ok_or(refused)
}

pub(super) fn name(text: &str, name: &'static str) -> Result<String, LinkError> {
    let fits = text.len() <= MAX_NAME && !text.chars().any(char::is_control);
    let expected = "at most 255 bytes of text without control characters";
    if fits { Ok(text.to_owned()) } else { Err(LinkError::field(name, expected)) }
}

pub(super) fn library(number: i32) -> Result<Library, LinkError> {
    match number {
        0 => Ok(Library::Gg20),
        1 => Ok(Library::Dkls),
        2 => Ok(Library::KeyImport),
        other => Err(LinkError::Unsupported(format!("a vault of kind {other}"))),
    }
}

pub(super) fn library_number(library: Library) -> i32 {
    match library {
        Library::Gg20 => 0,
        Library::Dkls => 1,
        Library::KeyImport => 2,
    }
}

/// A chain code, which DKLs23 does not need: whatever is none counts as absent.
pub(super) fn chain_code(text: &str) -> Option<[u8; 32]> {
    bytes(text)
}

pub(super) fn public_key(text: &str) -> Result<[u8; 33], LinkError> {
    bytes(text)
        .filter(|key: &[u8; 33]| matches!(key, [2 | 3, ..]))
        .ok_or(LinkError::field("vault", "a compressed ECDSA public key of 66 hex digits"))
}

/// A vault's public key, where it may be absent.
pub(super) fn vault(text: &str) -> Result<Option<[u8; 33]>, LinkError> {
    if text.is_empty() { Ok(None) } else { public_key(text).map(Some) }
}

/// The SHA-256 of a stored payload, where it may be absent.
pub(super) fn payload_id(text: &str) -> Result<Option<[u8; 32]>, LinkError> {
    if text.is_empty() {
        return Ok(None);
    }
    bytes(text).map(Some).ok_or(LinkError::field("payload id", "a SHA-256 of 64 hex digits"))
}

pub(super) fn hex(bytes: Option<&[u8; 32]>) -> String {
    bytes.map(hex::encode).unwrap_or_default()
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok().map(|()| bytes)
}

impl Extension {
    /// LINK 5: zero and empty mean absent.
    pub(super) fn read(message: &Quorate) -> Result<Self, LinkError> {
        match message.version {
            1 => {}
            0 => return Err(LinkError::field("extension", "of a version")),
            _ => return Err(LinkError::LaterVersion),
        }
        let count = |number: u32, name| match u8::try_from(number) {
            Ok(0) => Ok(None),
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(LinkError::field(name, "at most 255")),
        };
        let text =
            |text: &str, what| name(text, what).map(|text| (!text.is_empty()).then_some(text));
        let bytes = |bytes: &[u8], name, expected| match bytes {
            [] => Ok(None),
            bytes => bytes.try_into().map(Some).map_err(|_| LinkError::field(name, expected)),
        };
        if message.digests.len() > MAX_DIGESTS {
            return Err(LinkError::field("list of digests", "of at most 64"));
        }
        let digest = |digest: &Vec<u8>| {
            digest.as_slice().try_into().map_err(|_| LinkError::field("digest", "32 bytes long"))
        };
        Ok(Self {
            threshold: count(message.threshold, "threshold")?,
            devices: count(message.devices, "number of devices")?,
            epoch: (message.epoch != 0).then_some(message.epoch),
            fsid: bytes(&message.fsid, "sharing", "a session id of 32 bytes")?,
            chain: text(&message.chain, "chain")?,
            path: text(&message.path, "derivation path")?,
            digests: message.digests.iter().map(digest).collect::<Result<_, _>>()?,
            public_key_eddsa: bytes(
                &message.public_key_eddsa,
                "Ed25519 key",
                "a public key of 32 bytes",
            )?,
            open: message.open,
            chains: chain_keys(&message.chains)?,
        })
    }

    pub(super) fn write(&self) -> Quorate {
        Quorate {
            version: 1,
            threshold: self.threshold.unwrap_or(0).into(),
            devices: self.devices.unwrap_or(0).into(),
            epoch: self.epoch.unwrap_or(0),
            fsid: self.fsid.map(Vec::from).unwrap_or_default(),
            chain: self.chain.clone().unwrap_or_default(),
            path: self.path.clone().unwrap_or_default(),
            digests: self.digests.iter().map(|digest| digest.to_vec()).collect(),
            public_key_eddsa: self.public_key_eddsa.map(Vec::from).unwrap_or_default(),
            open: self.open,
            chains: self.chains.iter().map(ChainKey::write).collect(),
        }
    }
}

fn chain_keys(keys: &[message::ChainKey]) -> Result<Vec<ChainKey>, LinkError> {
    if keys.len() > MAX_CHAINS {
        return Err(LinkError::field("list of chains' keys", "of at most 64"));
    }
    keys.iter().map(ChainKey::read).collect()
}

impl ChainKey {
    fn read(message: &message::ChainKey) -> Result<Self, LinkError> {
        let bytes = message.key.as_slice();
        let ecdsa = bytes.try_into().ok().filter(|key: &[u8; 33]| matches!(key, [2 | 3, ..]));
        let key = ecdsa.map(PublicKey::Ecdsa);
        let key = key.or_else(|| bytes.try_into().ok().map(PublicKey::Eddsa));
        let refused = LinkError::field("key of a chain", "a public key of 33 or 32 bytes");
        let chain = name(&message.chain, "list of chains' keys")?;
        key.map(|key| Self { chain, key }).ok_or(refused)
    }

    fn write(&self) -> message::ChainKey {
        let key = match self.key {
            PublicKey::Ecdsa(key) => key.to_vec(),
            PublicKey::Eddsa(key) => key.to_vec(),
        };
        message::ChainKey { chain: self.chain.clone(), key }
    }
}
