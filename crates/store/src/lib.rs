//! A device's memory: one SQLite file, append-only epochs, shares encrypted at rest.
//!
//! The page is `spec/store.md`; the trait is [`quorate_vault::store::Store`].
//!
//! * [`Home`]: a directory that holds a store: made together with a passphrase, opened locked, then unlocked.
//! * [`SqliteStore`]: the unlocked store. Every change is one durable transaction; the rules are in the schema.
//! * `faults` (feature `test-util`): a store that fails, or whose device dies, at the call it is told to.
//!
//! A home is made, keeps a sharing, and is opened again:
//!
//! ```
//! use quorate_store::Home;
//! use quorate_vault::store::{
//!     Change, Fsid, Keyring, PublicKey, Secret, Shares, Sharing, State, Store, StoreError, Timestamp,
//!     VaultKey,
//! };
//! use rand_chacha::ChaCha20Rng;
//! use rand_core::SeedableRng;
//!
//! # fn main() -> Result<(), StoreError> {
//! # let home = std::env::temp_dir().join(format!("quorate-store-example-{}", std::process::id()));
//! # let _ = std::fs::remove_dir_all(&home);
//! let passphrase = Secret::of("correct horse battery staple".to_owned());
//! // A product takes the system's randomness.
//! let rng = || Box::new(ChaCha20Rng::seed_from_u64(1));
//! let mut store = Home::create(&home, &passphrase, rng())?;
//!
//! let vault = VaultKey([2; 33]);
//! let sharing = Sharing {
//!     fsid: Fsid([1; 32]),
//!     vault,
//!     keys: Keyring::of_roots(vault, None),
//!     chain_code: [3; 32],
//!     epoch: 1,
//!     state: State::Staged,
//!     threshold: 2,
//!     parties: ["laptop", "phone"].map(str::to_owned).to_vec(),
//!     me: 0,
//!     digest: Some([4; 32]),
//!     session: "session".to_owned(),
//!     previous: None,
//!     certificate: None,
//!     created: Timestamp(1_800_000_000),
//!     backed_up: false,
//!     erased: false,
//!     imported: false,
//! };
//! // Which bytes a share has is its engine's affair.
//! let shares = Shares::new([(PublicKey::Ecdsa(vault.0), Secret::of(vec![5; 64]))]);
//! store.commit(Change::Stage { name: "Savings".to_owned(), sharing: sharing.clone(), shares })?;
//! drop(store);
//!
//! // What vaults there are can be read without the passphrase; their shares cannot.
//! let locked = Home::open(&home)?;
//! assert_eq!(locked.vaults()?[0].name, "Savings");
//! let store = locked.unlock(&passphrase, rng())?;
//! assert_eq!(store.vaults()?[0].sharings, [sharing.clone()]);
//! assert_eq!(store.shares(sharing.fsid)?.of[&PublicKey::Ecdsa(vault.0)].expose(), &[5; 64]);
//! # drop(store);
//! # let _ = std::fs::remove_dir_all(&home);
//! # Ok(())
//! # }
//! ```
//!
//! # Security
//!
//! A stolen file costs its thief one Argon2id (64 MiB, three passes) for each passphrase tried. It shows, unencrypted,
//! which vaults and devices there are: names, public keys, bans, transactions sent. Nothing here notices an older copy
//! of the whole file put in its place.

mod change;
mod failure;
#[cfg(feature = "test-util")]
pub mod faults;
#[cfg(test)]
mod fixture;
mod home;
mod integrity;
mod key;
mod private;
mod rows;
mod schema;
mod sqlite;

pub use home::{FILE, Home};
pub use sqlite::SqliteStore;
