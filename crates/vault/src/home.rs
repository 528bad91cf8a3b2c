//! What one device holds, read for a ceremony.

use std::sync::Arc;

use quorate_ecdsa::KeyShare;

use crate::failure::{Failure, Kind};
use crate::store::{Fsid, Sharing, State, Store, StoreError, Vault, VaultKey};

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

/// Opens this device's share of a sharing and compares it with everything public that is stored beside it.
///
/// # Errors
///
/// [`Kind::Store`] if the share does not open, does not load, or belongs to another sharing.
pub fn open_share(store: &dyn Store, sharing: &Sharing) -> Result<Arc<KeyShare>, Failure> {
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
    let share =
        KeyShare::from_bytes(shares.ecdsa.expose()).map_err(|why| damaged(&why.to_string()))?;
    let same = share.fsid() == sharing.fsid.0
        && share.public_key() == sharing.vault.0
        && share.chain_code() == sharing.chain_code
        && share.threshold() == sharing.threshold
        && share.party_id() == sharing.me
        && usize::from(share.parties()) == sharing.parties.len();
    if same {
        Ok(Arc::new(share))
    } else {
        Err(damaged("it is not the share that the store says it is"))
    }
}

/// A store that could not be read.
pub fn unreadable(error: &StoreError) -> Failure {
    Failure::new(Kind::Store, error.to_string(), "check the home directory and the passphrase")
}

fn vaults(store: &dyn Store) -> Result<Vec<Vault>, Failure> {
    store.vaults().map_err(|error| unreadable(&error))
}
