//! Homes to test on, and what to put into them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use quorate_store::{FILE, Home, SqliteStore};
use quorate_vault::store::{
    Ban, Change, Entry, Fsid, Keyring, Presignature, Progress, PublicKey, Secret, Shares, Sharing,
    State, Store, Timestamp, Vault, VaultKey, What,
};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{CryptoRng, SeedableRng};

/// A directory of its own, removed at the end.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let next = NEXT.fetch_add(1, Ordering::SeqCst);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("store-{}-{next}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.0.join("home")
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.home().join(FILE)
    }

    pub(crate) fn create(&self) -> SqliteStore {
        Home::create_weak(&self.home(), &passphrase(), rng(1)).unwrap()
    }

    pub(crate) fn open(&self) -> SqliteStore {
        Home::open(&self.home()).unwrap().unlock(&passphrase(), rng(2)).unwrap()
    }

    /// Every byte of every file of the home.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut all = Vec::new();
        for entry in fs::read_dir(self.home()).unwrap() {
            all.extend(fs::read(entry.unwrap().path()).unwrap());
        }
        all
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

/// Sharing `number` of vault `vault`, as it is when it is staged.
pub(crate) fn sharing(vault: u8, number: u8) -> Sharing {
    Sharing {
        fsid: fsid(number),
        vault: key(vault),
        keys: Keyring::of_roots(key(vault), None),
        chain_code: [vault; 32],
        epoch: u64::from(number),
        state: State::Staged,
        threshold: 2,
        parties: ["laptop-0011223344556677", "phone-8899aabbccddeeff", "tablet-0123456789abcdef"]
            .map(str::to_owned)
            .to_vec(),
        me: 1,
        digest: Some([number ^ 0x55; 32]),
        session: format!("session-{number}"),
        previous: number.checked_sub(1).map(fsid),
        certificate: None,
        created: Timestamp(1_790_000_000 + u64::from(number)),
        backed_up: false,
        erased: false,
        imported: false,
    }
}

pub(crate) fn fsid(number: u8) -> Fsid {
    Fsid([number ^ 0xa0; 32])
}

pub(crate) fn key(vault: u8) -> VaultKey {
    VaultKey([vault ^ 0x30; 33])
}

/// Recognisable, and as long as a share of three parties for each of the two others.
pub(crate) fn secret(number: u8) -> Vec<u8> {
    [b"share-of-sharing", &[number; 16][..]].concat().repeat(4000)
}

/// The share of the root key of a vault.
pub(crate) fn shares(vault: u8, number: u8) -> Shares {
    Shares::new([(root(vault), Secret::of(secret(number)))])
}

/// The root ECDSA key of a vault.
pub(crate) fn root(vault: u8) -> PublicKey {
    PublicKey::Ecdsa(key(vault).0)
}

/// This device's share of the root ECDSA key of a sharing.
pub(crate) fn share_of(store: &dyn Store, fsid: Fsid) -> Option<Vec<u8>> {
    let vaults = store.vaults().unwrap();
    let mut sharings = vaults.iter().flat_map(|vault| &vault.sharings);
    let root = PublicKey::Ecdsa(sharings.find(|sharing| sharing.fsid == fsid)?.vault.0);
    Some(store.shares(fsid).ok()?.of.get(&root)?.expose().clone())
}

/// Makes it the sharing of a vault from a seed phrase: two chains with one key, one with another; restored from a backup
/// that says something besides.
pub(crate) fn with_chain_keys(sharing: &mut Sharing, shares: &mut Shares) {
    let [ecdsa, eddsa] = [PublicKey::Ecdsa([3; 33]), PublicKey::Eddsa([4; 32])];
    let keys = [("Ethereum", ecdsa), ("Solana", eddsa), ("Base", ecdsa)];
    sharing.imported = true;
    let keys = keys.map(|(chain, key)| (chain.to_owned(), key));
    sharing.keys = sharing.keys.clone().with_chains(keys);
    for key in [ecdsa, eddsa] {
        shares.of.insert(key, Secret::of(format!("share of {key}").into_bytes()));
    }
    shares.rest = Some(Secret::of(b"besides".to_vec()));
}

/// A transaction of the journal.
pub(crate) fn entry(intent: u8, txid: &str, progress: Progress) -> Entry {
    Entry {
        intent: [intent; 32],
        what: Some(What {
            vault: key(1),
            chain: "Ethereum".to_owned(),
            raw: vec![2, intent],
            summary: "send 1 ETH".to_owned(),
        }),
        txid: txid.to_owned(),
        at: Timestamp(1),
        progress,
    }
}

/// The sharing `number`, into the vault `vault`, which is called `vault-<vault>`.
pub(crate) fn stage(vault: u8, number: u8) -> Change {
    Change::Stage {
        name: format!("vault-{vault}"),
        sharing: sharing(vault, number),
        shares: shares(vault, number),
    }
}

pub(crate) fn activate(number: u8) -> Change {
    Change::Activate { fsid: fsid(number), certificate: vec![number; 65] }
}

/// The presignature `id` of the sharing `number`.
pub(crate) fn presigned(number: u8, id: u8) -> Change {
    let about = Presignature {
        id: [id; 32],
        fsid: fsid(number),
        signers: sharing(1, number).parties[..2].to_vec(),
        path: "m/44/60/0/0/0".to_owned(),
        made: Timestamp(1_790_000_200 - u64::from(id)),
    };
    Change::Presigned { about, secret: Secret::of(presignature(id)) }
}

/// Recognisable, and as long as one of the engine.
pub(crate) fn presignature(id: u8) -> Vec<u8> {
    [&b"presignature-number"[..], &[id; 176]].concat()
}

pub(crate) fn ban(number: u8, party: &str) -> Ban {
    Ban {
        fsid: fsid(number),
        party: party.to_owned(),
        check: "RVOLE 3.3".to_owned(),
        at: Timestamp(1_790_000_100),
    }
}

/// Brings the sharing `number` of the vault into `state`; to retire it, stages and activates `number + 100`.
pub(crate) fn bring(store: &mut dyn Store, vault: u8, number: u8, state: State) {
    store.commit(stage(vault, number)).unwrap();
    if matches!(state, State::Voted) {
        store.commit(Change::Vote(fsid(number))).unwrap();
    }
    if matches!(state, State::Active | State::Retired) {
        store.commit(activate(number)).unwrap();
    }
    if state == State::Retired {
        store.commit(stage(vault, number + 100)).unwrap();
        store.commit(activate(number + 100)).unwrap();
    }
}

/// Everything that a store says, to be compared.
#[derive(Debug, PartialEq)]
pub(crate) struct Everything {
    pub(crate) suffix: String,
    pub(crate) vaults: Vec<Vault>,
    /// Of each sharing, the share, if it is handed out, and the bans.
    pub(crate) sharings: Vec<(Fsid, Option<Vec<u8>>, Vec<Ban>)>,
}

pub(crate) fn everything(store: &dyn Store) -> Everything {
    let vaults = store.vaults().unwrap();
    let sharings = vaults
        .iter()
        .flat_map(|vault| &vault.sharings)
        .map(|sharing| {
            let share = share_of(store, sharing.fsid);
            (sharing.fsid, share, store.bans(sharing.fsid).unwrap())
        })
        .collect();
    Everything { suffix: store.device_suffix().unwrap(), vaults, sharings }
}

/// Whether `needle` occurs in `haystack`.
pub(crate) fn occurs(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}
