//! A share of one key, whichever curve the key is on.

use std::sync::Arc;

use quorate_chain::PublicKey;
use quorate_core::Secret;

/// This device's share of a key.
#[derive(Clone, Debug)]
pub enum Share {
    /// Of an ECDSA key.
    Ecdsa(Arc<quorate_ecdsa::KeyShare>),
    /// Of an Ed25519 key.
    Eddsa(Arc<quorate_eddsa::KeyShare>),
}

/// Where a share stands: equal for all shares that one device holds of one sharing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// How many parties can sign.
    pub threshold: u8,
    /// The party whose share it is, from 0.
    pub party_id: u8,
    /// How many parties there are.
    pub parties: u8,
}

impl Share {
    /// The share of `key`, under every check of its loader.
    ///
    /// # Errors
    ///
    /// The check that it fails, in words.
    pub fn load(key: &PublicKey, bytes: &[u8]) -> Result<Self, String> {
        match key {
            PublicKey::Ecdsa(_) => quorate_ecdsa::KeyShare::from_bytes(bytes)
                .map(Self::from)
                .map_err(|why| why.to_string()),
            PublicKey::Eddsa(_) => quorate_eddsa::KeyShare::from_bytes(bytes)
                .map(Self::from)
                .map_err(|why| why.to_string()),
        }
    }

    /// As its engine serialises it.
    #[must_use]
    pub fn to_bytes(&self) -> Secret<Vec<u8>> {
        match self {
            Self::Ecdsa(share) => share.to_bytes(),
            Self::Eddsa(share) => share.to_bytes(),
        }
    }

    /// The key that it is a share of.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        match self {
            Self::Ecdsa(share) => PublicKey::Ecdsa(share.public_key()),
            Self::Eddsa(share) => PublicKey::Eddsa(share.public_key()),
        }
    }

    /// The id by which setups name the key.
    #[must_use]
    pub fn key_id(&self) -> [u8; 32] {
        match self {
            Self::Ecdsa(share) => share.key_id(),
            Self::Eddsa(share) => share.key_id(),
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> Place {
        match self {
            Self::Ecdsa(share) => Place {
                threshold: share.threshold(),
                party_id: share.party_id(),
                parties: share.parties(),
            },
            Self::Eddsa(share) => Place {
                threshold: share.threshold(),
                party_id: share.party_id(),
                parties: share.parties(),
            },
        }
    }
}

impl From<quorate_ecdsa::KeyShare> for Share {
    fn from(share: quorate_ecdsa::KeyShare) -> Self {
        Self::Ecdsa(Arc::new(share))
    }
}

impl From<quorate_eddsa::KeyShare> for Share {
    fn from(share: quorate_eddsa::KeyShare) -> Self {
        Self::Eddsa(Arc::new(share))
    }
}

/// What a protocol that makes or moves a key ends with.
#[derive(Debug)]
pub struct NewShare {
    /// This device's share.
    pub share: Share,
    /// Every party's public share, encoded as a point of the curve, by party id.
    pub public_shares: Vec<Vec<u8>>,
}

impl From<quorate_ecdsa::KeyShare> for NewShare {
    fn from(share: quorate_ecdsa::KeyShare) -> Self {
        let public_shares = share.public_shares().iter().map(|point| point.to_vec()).collect();
        Self { share: share.into(), public_shares }
    }
}

impl From<quorate_eddsa::NewShare> for NewShare {
    fn from(new: quorate_eddsa::NewShare) -> Self {
        let public_shares = new.public_shares.iter().map(|point| point.to_vec()).collect();
        Self { share: new.share.into(), public_shares }
    }
}
