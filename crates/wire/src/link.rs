//! Links: how a ceremony reaches the other devices, as text or as a QR code (`spec/links.md`).
//!
//! ```text
//! https://vultisig.com?type=NewVault&tssType=Keygen&jsonData=<base64(XZ(protobuf))>[&serverUrl=<relay>]
//! https://vultisig.com?type=NewVault&tssType=Reshare&jsonData=…
//! https://vultisig.com?type=SignTransaction&vault=<ECDSA public key>&jsonData=…
//! ```
//!
//! A link is secret: it holds the key under which the whole ceremony is sealed. It is also a stranger's text: every
//! length is bounded before anything is allocated, and what this version cannot show is named, never guessed.

mod error;
mod fields;
mod keysign;
mod message;
mod pack;
mod payload;
mod read;
mod url;
mod write;

#[cfg(test)]
mod tests;

pub use error::LinkError;
pub use keysign::Detached;
pub use payload::{CustomMessagePayload, KeysignPayload};

use crate::relay_api::{BaseUrl, PartyId, SessionId};
use crate::seal::SessionKey;
use crate::setup::PublicKey;

/// The longest link read, in characters.
pub const MAX_LEN: usize = 1 << 20;

/// A link longer than this many characters makes a QR code that few cameras read: [`Keysign::detach`].
pub const COMFORTABLE_LEN: usize = 2048;

/// What a link asks a device to take part in.
#[derive(Debug)]
pub enum Link {
    /// A new vault.
    Keygen(Keygen),
    /// The same key for another set of devices.
    Reshare(Reshare),
    /// A signature.
    Keysign(Box<Keysign>),
}

/// Where the devices of a ceremony meet, and under which key.
#[derive(Debug)]
pub struct Rendezvous {
    /// The relay session.
    pub session: SessionId,
    /// Seals everything in it.
    pub key: SessionKey,
    /// The name by which an initiator that serves the relay itself announces itself on the local network.
    pub service_name: String,
    /// Whether the relay is a public one. If not, and without `server`, it is found on the local network.
    pub public_relay: bool,
    /// The relay, where it is neither the usual public one nor to be found by its name.
    pub server: Option<BaseUrl>,
}

impl Rendezvous {
    /// The relay to meet at. `None` if it has to be found on the local network.
    #[must_use]
    pub fn relay(&self) -> Option<BaseUrl> {
        self.server.clone().or_else(|| self.public_relay.then(BaseUrl::public))
    }
}

/// A keygen.
#[derive(Debug)]
pub struct Keygen {
    /// Where to meet.
    pub at: Rendezvous,
    /// The initiator's name for the vault.
    pub vault_name: String,
    /// The initiator's draw. DKLs23 keygen makes its own chain code and does not use it.
    pub chain_code: Option<[u8; 32]>,
    /// What kind of vault.
    pub library: Library,
    /// The chains of a key import.
    pub chains: Vec<String>,
    /// Whether several keys are made at once.
    pub batch: bool,
    /// What only our devices say.
    pub quorate: Option<Extension>,
}

/// A reshare.
#[derive(Debug)]
pub struct Reshare {
    /// Where to meet.
    pub at: Rendezvous,
    /// The initiator's name for the vault.
    pub vault_name: String,
    /// The vault: its root ECDSA public key, SEC1 compressed.
    pub public_key: [u8; 33],
    /// The vault's root chain code.
    pub chain_code: Option<[u8; 32]>,
    /// The present members.
    pub old_parties: Vec<PartyId>,
    /// A mark of the last GG20 reshare; empty otherwise.
    pub old_prefix: String,
    /// What kind of vault.
    pub library: Library,
    /// Whether several keys are reshared at once.
    pub batch: bool,
    /// What only our devices say.
    pub quorate: Option<Extension>,
}

/// A keysign: what is to be signed is embedded, or stored at the relay under its hash, or both absent.
#[derive(Debug)]
pub struct Keysign {
    /// Where to meet.
    pub at: Rendezvous,
    /// The vault: its root ECDSA public key, SEC1 compressed, wherever in the link it stands.
    pub vault: Option<[u8; 33]>,
    /// A transaction. One that only names vault and initiator carries nothing to sign.
    pub payload: Option<KeysignPayload>,
    /// The SHA-256 under which the relay has the transaction; an embedded one is preferred.
    pub payload_id: Option<[u8; 32]>,
    /// A message.
    pub custom: Option<CustomMessagePayload>,
    /// The SHA-256 under which the relay has the message; an embedded one is preferred.
    pub custom_id: Option<[u8; 32]>,
    /// What only our devices say: bare digests, for instance.
    pub quorate: Option<Extension>,
}

/// Which protocols a vault uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    /// GG20.
    Gg20,
    /// DKLs23, and the matching Ed25519 protocol.
    Dkls,
    /// The same, with keys that came from a seed phrase.
    KeyImport,
}

/// Field 1000, `Quorate`: what our devices say to each other in a link. Others skip it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extension {
    /// How many devices shall be able to sign.
    pub threshold: Option<u8>,
    /// How many devices shall take part.
    pub devices: Option<u8>,
    /// The new sharing's epoch.
    pub epoch: Option<u64>,
    /// The sharing in use: its ECDSA final session id.
    pub fsid: Option<[u8; 32]>,
    /// The chain that the digests are for, by its name in this family of apps.
    pub chain: Option<String>,
    /// The derivation path, such as `m/44/60/0/0/0`.
    pub path: Option<String>,
    /// Bare digests to be signed.
    pub digests: Vec<[u8; 32]>,
    /// The Ed25519 public key of the vault that is reshared, if it has one.
    pub public_key_eddsa: Option<[u8; 32]>,
    /// Whether other clients may take part, so that none of what only our devices do is waited for.
    pub open: bool,
    /// The keys that the vault which is reshared has for single chains.
    pub chains: Vec<ChainKey>,
}

/// The key that a vault from a seed phrase has for one chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainKey {
    /// The chain, by its name in this family of apps.
    pub chain: String,
    /// Its public key.
    pub key: PublicKey,
}

impl Link {
    /// Where to meet.
    #[must_use]
    pub fn at(&self) -> &Rendezvous {
        match self {
            Self::Keygen(link) => &link.at,
            Self::Reshare(link) => &link.at,
            Self::Keysign(link) => &link.at,
        }
    }

    /// What our devices say.
    #[must_use]
    pub fn quorate(&self) -> Option<&Extension> {
        match self {
            Self::Keygen(link) => link.quorate.as_ref(),
            Self::Reshare(link) => link.quorate.as_ref(),
            Self::Keysign(link) => link.quorate.as_ref(),
        }
    }

    /// What the link asks for that this version cannot do, in words that continue "this link asks for".
    #[must_use]
    pub fn beyond_this_version(&self) -> Option<String> {
        let library = |library| match library {
            Library::Gg20 => Some("a vault of the GG20 kind".to_owned()),
            Library::Dkls | Library::KeyImport => None,
        };
        match self {
            Self::Keygen(link) => library(link.library),
            Self::Reshare(link) => library(link.library),
            Self::Keysign(link) => {
                let old = link.payload.as_ref().is_some_and(KeysignPayload::is_of_gg20);
                old.then(|| "a vault of another kind than DKLS".to_owned())
            }
        }
    }
}
