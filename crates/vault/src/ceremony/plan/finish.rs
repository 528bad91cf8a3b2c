//! What the end of a ceremony's protocols means.

use std::sync::Arc;

use quorate_core::Secret;

use crate::ceremony::run::commitment::Commitment;
use crate::ceremony::run::signing::Approved;
use crate::certificate::Origin;
use crate::store::{Fsid, PublicKey, Trust};

/// What follows once every protocol has ended well.
pub(in crate::ceremony) enum Finish {
    /// The new shares are written down; then the members certify them together, or, among other clients, adopt them once
    /// everybody has said that it is done.
    Share(Box<NewSharing>),
    /// The signatures are published and handed out.
    Publish(Box<Publication>),
    /// The last signature is the certificate of a new sharing.
    Certify(Box<Commitment>),
}

/// What the new shares must be of, and what is written down beside them.
pub(in crate::ceremony) struct NewSharing {
    /// The vault's name on this device.
    pub(in crate::ceremony) name: String,
    /// Whether the keys are new here, or were shared before.
    pub(in crate::ceremony) origin: Origin,
    /// The sharing that it replaces, unless another client's link brought a device that has no part in it.
    pub(in crate::ceremony) previous: Option<Fsid>,
    /// The epoch.
    pub(in crate::ceremony) epoch: u64,
    /// What vouches for it.
    pub(in crate::ceremony) trust: Trust,
    /// Whether the keys existed before the vault.
    pub(in crate::ceremony) imported: bool,
    /// The chain code that the vault has, if this device knows it.
    pub(in crate::ceremony) chain_code: Option<[u8; 32]>,
    /// The keys of single chains that the vault has, with each chain's name; `None`, if the protocols make them.
    pub(in crate::ceremony) chains: Option<Vec<(String, PublicKey)>>,
    /// What the backup that the present shares came from says besides.
    pub(in crate::ceremony) rest: Option<Arc<Secret<Vec<u8>>>>,
}

/// A signature that somebody asked for.
pub(in crate::ceremony) struct Publication {
    /// The vault's name on this device.
    pub(in crate::ceremony) name: String,
    /// The sharing that signs.
    pub(in crate::ceremony) fsid: Fsid,
    /// What was asked for.
    pub(in crate::ceremony) approved: Approved,
}

impl Finish {
    /// What people call the ceremony.
    pub(in crate::ceremony) fn word(&self) -> &'static str {
        match self {
            Self::Share(new) => match new.origin {
                Origin::Keygen => "keygen",
                Origin::Reshare => "reshare",
            },
            Self::Publish(_) => "keysign",
            Self::Certify(_) => "commit",
        }
    }

    /// The sharing whose shares sign, from which a cheater is banned.
    pub(in crate::ceremony) fn signing_with(&self) -> Option<Fsid> {
        match self {
            Self::Share(_) => None,
            Self::Publish(publication) => Some(publication.fsid),
            Self::Certify(commitment) => Some(commitment.sharing.fsid),
        }
    }
}
