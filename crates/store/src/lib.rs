//! A device's memory: one SQLite file, append-only epochs, shares encrypted at rest.
//!
//! The page is `spec/store.md`; the trait is [`quorate_vault::store::Store`].
//!
//! * [`Home`]: a directory that holds a store: made together with a passphrase, opened locked, then unlocked.
//! * [`SqliteStore`]: the unlocked store. Every change is one durable transaction; the rules are in the schema.
//! * `faults` (feature `test-util`): a store that fails, or whose device dies, at the call it is told to.
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
