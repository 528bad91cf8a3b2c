//! What one device holds, read for a ceremony.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::failure::{Failure, Kind};
use crate::store::{
    Fsid, PublicKey, Secret, Shares, Sharing, State, Store, StoreError, Vault, VaultKey,
};

impl Vault {
    /// The sharing that signs, if this device holds one.
    pub fn active(&self) -> Option<&Sharing> {
        self.sharings.iter().find(|sharing| sharing.state == State::Active)
    }

    /// The sharing that waits for its certificate, if there is one.
    pub fn pending(&self) -> Option<&Sharing> {
        self.sharings.iter().find(|sharing| matches!(sharing.state, State::Staged | State::Voted))
    }
}

/// The vault with this key.
pub fn by_key(store: &dyn Store, key: VaultKey) -> Result<Option<Vault>, Failure> {
    Ok(vaults(store)?.into_iter().find(|vault| vault.key == key))
}

/// The vault and sharing with this id.
pub fn by_fsid(store: &dyn Store, fsid: Fsid) -> Result<Option<(Vault, Sharing)>, Failure> {
    Ok(vaults(store)?.into_iter().find_map(|vault| {
        let sharing = vault.sharings.iter().find(|sharing| sharing.fsid == fsid)?.clone();
        Some((vault, sharing))
    }))
}

/// A name for a new vault that this device does not use yet: the one proposed, or with a number behind it.
pub fn free_name(store: &dyn Store, proposed: &str) -> Result<String, Failure> {
    let taken: Vec<String> = vaults(store)?.into_iter().map(|vault| vault.name).collect();
    let numbered = (2_u32..).map(|number| format!("{proposed} {number}"));
    Ok(core::iter::once(proposed.to_owned())
        .chain(numbered)
        .find(|name| !taken.contains(name))
        .unwrap_or_else(|| proposed.to_owned()))
}

/// This device's shares of one sharing.
#[derive(Clone, Debug)]
pub struct Keys {
    /// The share of the ECDSA key.
    pub ecdsa: Arc<quorate_ecdsa::KeyShare>,
    /// The share of the Ed25519 key, if the vault has one.
    pub eddsa: Option<Arc<quorate_eddsa::KeyShare>>,
    /// What the backup that this came from says besides ([`Shares::rest`]).
    pub rest: Option<Arc<Secret<Vec<u8>>>>,
    /// The shares of the keys that the vault has for single chains, as far as this device has them.
    pub chains: BTreeMap<PublicKey, ChainShare>,
}

impl Keys {
    /// The share of the vault's ECDSA key, or of the key `own` of a single chain.
    ///
    /// # Errors
    ///
    /// [`Kind::Forbidden`] where this device has none.
    pub fn ecdsa_of(
        &self,
        own: Option<&[u8; 33]>,
    ) -> Result<Arc<quorate_ecdsa::KeyShare>, Failure> {
        match own.map(|key| self.chains.get(&PublicKey::Ecdsa(*key))) {
            None => Ok(Arc::clone(&self.ecdsa)),
            Some(Some(ChainShare::Ecdsa(share))) => Ok(Arc::clone(share)),
            Some(_) => Err(no_share()),
        }
    }

    /// The share of the vault's Ed25519 key, or of the key `own` of a single chain.
    ///
    /// # Errors
    ///
    /// [`Kind::Forbidden`] where this device has none.
    pub fn eddsa_of(
        &self,
        own: Option<&[u8; 32]>,
    ) -> Result<Arc<quorate_eddsa::KeyShare>, Failure> {
        match own.map(|key| self.chains.get(&PublicKey::Eddsa(*key))) {
            None => self.eddsa.clone().ok_or_else(no_share),
            Some(Some(ChainShare::Eddsa(share))) => Ok(Arc::clone(share)),
            Some(_) => Err(no_share()),
        }
    }
}

fn no_share() -> Failure {
    Failure::new(
        Kind::Forbidden,
        "this device has no share of that key, though the vault has the key",
        "use another device of the vault, or make a new vault and move the funds there",
    )
}

/// A share of a key that is of one curve or of the other.
#[derive(Clone, Debug)]
pub enum ChainShare {
    /// Of an ECDSA key.
    Ecdsa(Arc<quorate_ecdsa::KeyShare>),
    /// Of an Ed25519 key.
    Eddsa(Arc<quorate_eddsa::KeyShare>),
}

impl ChainShare {
    /// The share of `key`, under every check of its loader.
    fn load(key: &PublicKey, bytes: &[u8]) -> Result<Self, String> {
        match key {
            PublicKey::Ecdsa(_) => quorate_ecdsa::KeyShare::from_bytes(bytes)
                .map(|share| Self::Ecdsa(Arc::new(share)))
                .map_err(|why| why.to_string()),
            PublicKey::Eddsa(_) => quorate_eddsa::KeyShare::from_bytes(bytes)
                .map(|share| Self::Eddsa(Arc::new(share)))
                .map_err(|why| why.to_string()),
        }
    }

    /// The key that it is a share of.
    pub fn public_key(&self) -> PublicKey {
        match self {
            Self::Ecdsa(share) => PublicKey::Ecdsa(share.public_key()),
            Self::Eddsa(share) => PublicKey::Eddsa(share.public_key()),
        }
    }

    /// The id by which setups name the key.
    pub fn key_id(&self) -> [u8; 32] {
        match self {
            Self::Ecdsa(share) => share.key_id(),
            Self::Eddsa(share) => share.key_id(),
        }
    }

    /// Threshold, party id, number of parties.
    fn place(&self) -> (u8, u8, usize) {
        match self {
            Self::Ecdsa(share) => {
                (share.threshold(), share.party_id(), usize::from(share.parties()))
            }
            Self::Eddsa(share) => {
                (share.threshold(), share.party_id(), usize::from(share.parties()))
            }
        }
    }
}

/// Opens this device's shares of a sharing and compares them with everything public that is stored beside them.
///
/// # Errors
///
/// [`Kind::Store`] if a share does not open, does not load, or belongs to another sharing.
pub fn open_keys(store: &dyn Store, sharing: &Sharing) -> Result<Keys, Failure> {
    let damaged = |what: &str| {
        Failure::new(
            Kind::Store,
            format!("this device's share of epoch {} is damaged: {what}", sharing.epoch),
            "sign with the other devices, and reshare without this one",
        )
    };
    let shares = store.shares(sharing.fsid).map_err(|error| match error {
        StoreError::Damaged { place, what } => damaged(&format!("{what} ({place})")),
        other => unreadable(&other),
    })?;
    load_keys(&shares, sharing).map_err(|why| damaged(&why))
}

/// The shares, under every check of their loaders, if they are those of this sharing.
pub(crate) fn load_keys(shares: &Shares, sharing: &Sharing) -> Result<Keys, String> {
    let ecdsa = quorate_ecdsa::KeyShare::from_bytes(shares.ecdsa.expose())
        .map_err(|why| why.to_string())?;
    let eddsa = shares.eddsa.as_ref();
    let eddsa = eddsa.map(|share| quorate_eddsa::KeyShare::from_bytes(share.expose()));
    let eddsa = eddsa.transpose().map_err(|why| why.to_string())?;

    let place = (sharing.threshold, sharing.me, sharing.parties.len());
    let same = ecdsa.fsid() == sharing.fsid.0
        && ecdsa.public_key() == sharing.vault.0
        && ecdsa.chain_code() == sharing.chain_code
        && (ecdsa.threshold(), ecdsa.party_id(), usize::from(ecdsa.parties())) == place
        && eddsa.as_ref().map(quorate_eddsa::KeyShare::public_key) == sharing.public_key_eddsa
        && eddsa.as_ref().is_none_or(|share| {
            (share.threshold(), share.party_id(), usize::from(share.parties())) == place
        });
    let mut chains = BTreeMap::new();
    for (key, bytes) in &shares.chains {
        let share = ChainShare::load(key, bytes.expose())?;
        let known = sharing.chain_keys.iter().any(|chain| chain.key == *key);
        if !known || share.public_key() != *key || share.place() != place {
            return Err(format!("its share of the key {key} is of another one"));
        }
        chains.insert(*key, share);
    }
    if same {
        let rest = shares.rest.as_ref().map(|rest| Arc::new(Secret::of(rest.expose().clone())));
        Ok(Keys { ecdsa: Arc::new(ecdsa), eddsa: eddsa.map(Arc::new), rest, chains })
    } else {
        Err("it is not the share that the store says it is".to_owned())
    }
}

/// A store that could not be read.
pub fn unreadable(error: &StoreError) -> Failure {
    Failure::new(Kind::Store, error.to_string(), "check the home directory and the passphrase")
}

fn vaults(store: &dyn Store) -> Result<Vec<Vault>, Failure> {
    store.vaults().map_err(|error| unreadable(&error))
}
