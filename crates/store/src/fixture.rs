//! Homes and sharings for the unit tests.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use quorate_vault::store::{
    Change, Fsid, Keyring, PublicKey, Secret, Shares, Sharing, State, Timestamp, VaultKey,
};
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, SeedableRng};

/// A place for a home, removed at the end.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let next = NEXT.fetch_add(1, Ordering::SeqCst);
        let name = format!("quorate-store-unit-{}-{next}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.0.clone()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn rng(seed: u64) -> Box<dyn CryptoRng + Send> {
    Box::new(ChaCha20Rng::seed_from_u64(seed))
}

pub(crate) fn passphrase() -> Secret<String> {
    Secret::of("correct horse battery staple".to_owned())
}

/// The first sharing of a vault of its own.
pub(crate) fn stage(number: u8) -> Change {
    let sharing = Sharing {
        fsid: Fsid([number; 32]),
        vault: VaultKey([number; 33]),
        keys: Keyring::of_roots(VaultKey([number; 33]), None),
        chain_code: [number; 32],
        epoch: 1,
        state: State::Staged,
        threshold: 2,
        parties: ["a", "b", "c"].map(str::to_owned).to_vec(),
        me: 0,
        digest: Some([number; 32]),
        session: "session".to_owned(),
        previous: None,
        certificate: None,
        created: Timestamp(1),
        backed_up: false,
        erased: false,
        imported: false,
    };
    let share = Secret::of(vec![number; 30_000]);
    let shares = Shares::new([(PublicKey::Ecdsa([number; 33]), share)]);
    Change::Stage { name: format!("vault-{number}"), sharing, shares }
}
