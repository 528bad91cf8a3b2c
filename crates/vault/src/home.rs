//! What one device holds, read for a ceremony.

use std::collections::BTreeMap;
use std::sync::Arc;

use quorate_chain::{Curve, PublicKey};

use crate::failure::{Failure, Kind, Remedy};
use crate::share::{Place, Share};
use crate::store::{Fsid, Secret, Shares, Sharing, State, Store, StoreError, Vault, VaultKey};

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

/// The sharing of a vault that signs.
///
/// # Errors
///
/// [`Kind::NotFound`] with what to do if there is none.
pub fn signing(vault: &Vault) -> Result<&Sharing, Failure> {
    vault.active().ok_or_else(|| {
        let (message, hint) = match vault.pending() {
            Some(sharing) => (
                format!("epoch {} of \"{}\" has not been certified yet", sharing.epoch, vault.name),
                Remedy::ResumeHere,
            ),
            None => (
                format!("this device holds no share of \"{}\" that signs", vault.name),
                "it has been left out of a reshare; use a device that is a member".into(),
            ),
        };
        Failure::new(Kind::NotFound, message, hint)
    })
}

/// This device's name in a sharing.
pub fn own_name(sharing: &Sharing) -> Result<String, Failure> {
    sharing.parties.get(usize::from(sharing.me)).cloned().ok_or_else(|| {
        Failure::new(
            Kind::Store,
            "the stored sharing does not name this device",
            "restore this device's store",
        )
    })
}

/// This device's shares of one sharing.
#[derive(Clone, Debug)]
pub struct Keys {
    /// By the keys that they are shares of. A vault from a seed phrase may have keys of which this device has none.
    pub shares: BTreeMap<PublicKey, Share>,
    /// What the backup that this came from says besides ([`Shares::rest`]).
    pub rest: Option<Arc<Secret<Vec<u8>>>>,
}

impl Keys {
    /// The share of a key.
    ///
    /// # Errors
    ///
    /// [`Kind::Forbidden`] where this device has none.
    pub fn share(&self, key: &PublicKey) -> Result<&Share, Failure> {
        self.shares.get(key).ok_or_else(|| {
            Failure::new(
                Kind::Forbidden,
                "this device has no share of that key, though the vault has the key",
                "use another device of the vault, or make a new vault and move the funds there",
            )
        })
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
    let another = |key: &PublicKey| format!("its share of the key {key} is of another one");
    let place = Place {
        threshold: sharing.threshold,
        party_id: sharing.me,
        parties: u8::try_from(sharing.parties.len()).unwrap_or(u8::MAX),
    };
    let mut loaded = BTreeMap::new();
    for (key, bytes) in &shares.of {
        let share = Share::load(key, bytes.expose())?;
        let known = sharing.keys.iter().any(|known| known.public == *key);
        if !known || share.public_key() != *key || share.place() != place {
            return Err(another(key));
        }
        loaded.insert(*key, share);
    }
    let root = PublicKey::Ecdsa(sharing.vault.0);
    let same = sharing.keys.root(Curve::Secp256k1) == Some(root)
        && matches!(loaded.get(&root), Some(Share::Ecdsa(share))
            if share.fsid() == sharing.fsid.0 && share.chain_code() == sharing.chain_code)
        && sharing.keys.root(Curve::Ed25519).is_none_or(|key| loaded.contains_key(&key));
    if same {
        let rest = shares.rest.as_ref().map(|rest| Arc::new(Secret::of(rest.expose().clone())));
        Ok(Keys { shares: loaded, rest })
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
