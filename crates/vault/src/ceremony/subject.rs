//! What is signed, by which of a vault's keys, and the signature that comes of it.

pub use quorate_wire::setup::Suite;

use quorate_chain::Chain;
use quorate_chain::message::for_wallets;
use quorate_ecdsa::derive::{DerivationPath, derive};
use quorate_wire::relay_api::Namespace;
use quorate_wire::setup::{Body, ToSign};
use sha2::{Digest as _, Sha256};

use super::setups::Act;
use crate::chain_keys;
use crate::failure::{Failure, Kind};
use crate::home::Keys;
use crate::store::{PublicKey, Sharing};

/// What is to be signed, by which key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A digest, by the ECDSA key at a path.
    Digest {
        /// The digest.
        digest: [u8; 32],
        /// The derivation path, such as `m/44/60/0/0/0`.
        path: String,
    },
    /// A message of 1 to 65536 bytes as it is, by the Ed25519 key. That key knows no paths.
    Message(Vec<u8>),
}

impl Subject {
    /// Which of the vault's keys signs it.
    pub fn key(&self) -> Suite {
        match self {
            Self::Digest { .. } => Suite::Ecdsa,
            Self::Message(_) => Suite::Eddsa,
        }
    }

    /// The digest or the message.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Digest { digest, .. } => digest,
            Self::Message(message) => message,
        }
    }

    /// The derivation path, where the key has any.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Digest { path, .. } => Some(path),
            Self::Message(_) => None,
        }
    }

    /// The id under which it is signed: md5 of the hex text of [`Self::bytes`].
    pub fn id(&self) -> Namespace {
        Namespace::of_message(self.bytes())
    }
}

/// What somebody asked to have signed, as this device decoded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What this device would sign: computed from its own decoding, or given, for a blind signature.
    pub subject: Subject,
    /// What it is, a line each.
    pub lines: Vec<String>,
    /// Whether nobody can see what it stands for.
    pub blind: bool,
    /// Of a message: the chain whose wallets sign such messages.
    pub message_of: Option<&'static Chain>,
}

/// A finished signature, verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The vault's name on this device.
    pub vault: String,
    /// The signature, with what it is of.
    pub signature: Signature,
    /// Of a message: the chain whose wallets sign such messages.
    pub message_of: Option<&'static Chain>,
}

impl Signed {
    /// The signature of a message in the form in which the chain's wallets return it (CHAINS 3.6).
    pub fn for_wallets(&self) -> Option<Vec<u8>> {
        let chain = self.message_of?;
        match &self.signature {
            Signature::Ecdsa { public_key, signature, .. } => {
                for_wallets(chain, public_key.into(), signature)
            }
            Signature::Eddsa { public_key, signature, .. } => {
                for_wallets(chain, public_key.into(), signature)
            }
        }
    }
}

/// A signature by one of a vault's keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// By the ECDSA key at a path.
    Ecdsa {
        /// The derived public key, SEC1 compressed.
        public_key: [u8; 33],
        /// The derivation path.
        path: String,
        /// The digest that was signed.
        digest: [u8; 32],
        /// r ‖ s ‖ recovery id.
        signature: [u8; 65],
    },
    /// By the Ed25519 key.
    Eddsa {
        /// The public key, as in RFC 8032.
        public_key: [u8; 32],
        /// The message that was signed.
        message: Vec<u8>,
        /// R ‖ S.
        signature: [u8; 64],
    },
}

impl Signature {
    /// Where it is published.
    pub(super) fn id(&self) -> Namespace {
        match self {
            Self::Ecdsa { digest, .. } => Namespace::of_message(digest),
            Self::Eddsa { message, .. } => Namespace::of_message(message),
        }
    }
}

/// What a run of a signing protocol must end with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// `own`: with the key that a chain has for itself.
    Ecdsa {
        public_key: [u8; 33],
        path: String,
        digest: [u8; 32],
        own: bool,
    },
    Eddsa {
        public_key: [u8; 32],
        message: Vec<u8>,
        own: bool,
    },
}

impl Target {
    /// What signs `subject` for `chain`, of the vault whose sharing this is.
    ///
    /// # Errors
    ///
    /// [`Kind::Invalid`] for a path that is none, or is hardened; [`Kind::Forbidden`] for a vault without the key.
    pub(super) fn of(subject: &Subject, chain: &Chain, sharing: &Sharing) -> Result<Self, Failure> {
        let own = chain_keys::own(&sharing.chain_keys, chain);
        Ok(match (subject, own) {
            (Subject::Digest { digest, path }, Some(PublicKey::Ecdsa(public_key))) => {
                Self::Ecdsa { public_key, path: path.clone(), digest: *digest, own: true }
            }
            (Subject::Digest { digest, path }, _) => Self::Ecdsa {
                public_key: derived(sharing, path)?,
                path: path.clone(),
                digest: *digest,
                own: false,
            },
            (Subject::Message(message), Some(PublicKey::Eddsa(public_key))) => {
                Self::Eddsa { public_key, message: message.clone(), own: true }
            }
            (Subject::Message(message), _) => Self::Eddsa {
                public_key: public_key_eddsa(sharing)?,
                message: message.clone(),
                own: false,
            },
        })
    }

    /// What signs `message` in a commit with the key that a chain has for itself (COMMIT 2).
    pub(super) fn of_chain_key(key: PublicKey, message: Vec<u8>) -> Self {
        match key {
            PublicKey::Ecdsa(public_key) => Self::Ecdsa {
                public_key,
                path: "m".to_owned(),
                digest: Sha256::digest(message).into(),
                own: true,
            },
            PublicKey::Eddsa(public_key) => Self::Eddsa { public_key, message, own: true },
        }
    }

    /// The id by which a setup names the key.
    ///
    /// # Errors
    ///
    /// [`Kind::Forbidden`] where this device has no share of it.
    pub(super) fn key_id(&self, keys: &Keys) -> Result<[u8; 32], Failure> {
        match self {
            Self::Ecdsa { public_key, own, .. } => {
                keys.ecdsa_of(own.then_some(public_key)).map(|share| share.key_id())
            }
            Self::Eddsa { public_key, own, .. } => {
                keys.eddsa_of(own.then_some(public_key)).map(|share| share.key_id())
            }
        }
    }

    /// Where it is signed, and published.
    pub(super) fn id(&self) -> Namespace {
        match self {
            Self::Ecdsa { digest, .. } => Namespace::of_message(digest),
            Self::Eddsa { message, .. } => Namespace::of_message(message),
        }
    }

    /// The protocol that signs it.
    pub(super) fn act(&self, keys: &Keys) -> Act {
        // Whoever lacks the share has been refused before.
        let key_id = self.key_id(keys).unwrap_or_default();
        let (suite, path, to_sign) = match self {
            Self::Ecdsa { path, digest, .. } => {
                (Suite::Ecdsa, path.as_str(), ToSign::Hash(*digest))
            }
            Self::Eddsa { message, .. } => (Suite::Eddsa, "m", ToSign::Message(message.clone())),
        };
        let body = Body::Dsg { key_id, path: path.to_owned(), to_sign };
        Act { suite, chain: None, slots: vec![self.id()], mail: self.id(), body }
    }

    /// `signature`, if it is one of this.
    pub(super) fn accept(&self, signature: &Raw) -> Option<Signature> {
        match (self, signature) {
            (Self::Ecdsa { public_key, path, digest, .. }, Raw::Ecdsa(signature)) => {
                quorate_ecdsa::verify(public_key, digest, signature).then(|| Signature::Ecdsa {
                    public_key: *public_key,
                    path: path.clone(),
                    digest: *digest,
                    signature: *signature,
                })
            }
            (Self::Eddsa { public_key, message, .. }, Raw::Eddsa(signature)) => {
                quorate_eddsa::verify(public_key, message, signature).then(|| Signature::Eddsa {
                    public_key: *public_key,
                    message: message.clone(),
                    signature: *signature,
                })
            }
            _ => None,
        }
    }
}

/// A signature of unknown worth.
pub(super) enum Raw {
    /// r ‖ s ‖ recovery id.
    Ecdsa([u8; 65]),
    /// R ‖ S.
    Eddsa([u8; 64]),
}

/// The vault's ECDSA key at a path, SEC1 compressed.
///
/// # Errors
///
/// [`Kind::Invalid`] for a path that is none, or is hardened.
pub fn derived(sharing: &Sharing, path: &str) -> Result<[u8; 33], Failure> {
    let invalid = |why: String| {
        Failure::new(
            Kind::Invalid,
            format!("the path {path} cannot be used: {why}"),
            "give a path such as m/44/60/0/0/0",
        )
    };
    let parsed = DerivationPath::parse(path).map_err(|why| invalid(why.to_string()))?;
    derive(&sharing.vault.0, &sharing.chain_code, &parsed).map_err(|why| invalid(why.to_string()))
}

/// The vault's Ed25519 key.
///
/// # Errors
///
/// [`Kind::Forbidden`] for a vault without one.
pub fn public_key_eddsa(sharing: &Sharing) -> Result<[u8; 32], Failure> {
    sharing.public_key_eddsa.ok_or_else(|| {
        Failure::new(
            Kind::Forbidden,
            "this vault has no Ed25519 key: it was made by an earlier version",
            "make a new vault for that chain",
        )
    })
}
