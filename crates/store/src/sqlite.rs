//! The unlocked store.

use std::collections::BTreeSet;

use quorate_vault::store::{
    Ban, Change, Entry, Fsid, Presignature, PublicKey, Secret, Shares, Store, StoreError, Vault,
};
use rand_core::CryptoRng;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use crate::change;
use crate::failure::Failure;
use crate::integrity;
use crate::key::{Belongs, Kind, StoreKey};
use crate::rows;
use crate::schema::Schema;

/// A device's memory in one SQLite file, unlocked.
///
/// Holds the home exclusively until it is dropped.
pub struct SqliteStore {
    connection: Connection,
    place: String,
    schema: &'static Schema,
    key: StoreKey,
    rng: Box<dyn CryptoRng + Send>,
    /// A change may or may not have become durable: nothing more is answered until the file is opened again.
    in_doubt: bool,
}

impl SqliteStore {
    pub(crate) fn new(
        connection: Connection,
        place: String,
        schema: &'static Schema,
        key: StoreKey,
        rng: Box<dyn CryptoRng + Send>,
    ) -> Self {
        Self { connection, place, schema, key, rng, in_doubt: false }
    }

    /// What `read` finds, unless the store is in doubt.
    fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        self.certain()
            .and_then(|()| read(&self.connection))
            .map_err(|failure| failure.at(&self.place))
    }

    fn certain(&self) -> Result<(), Failure> {
        if self.in_doubt {
            return Err(Failure::Io("an earlier write failed; start again".to_owned()));
        }
        Ok(())
    }

    /// The rows are those that this store wrote last.
    fn verify(&self, connection: &Connection) -> Result<(), Failure> {
        let digest = integrity::digest(connection, &self.schema.newest)?;
        integrity::verify(connection, &self.key, &digest)
    }

    fn transact<T>(
        &mut self,
        act: impl FnOnce(&Connection, &StoreKey, &mut dyn CryptoRng) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        self.try_transact(act).map_err(|failure| {
            self.in_doubt |= failure.leaves_doubt();
            failure.at(&self.place)
        })
    }

    fn try_transact<T>(
        &mut self,
        act: impl FnOnce(&Connection, &StoreKey, &mut dyn CryptoRng) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.certain()?;
        let transaction =
            rusqlite::Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        // What is recorded below vouches for every row, so every row is verified first.
        self.verify(&transaction)?;
        let done = act(&transaction, &self.key, &mut *self.rng)?;
        integrity::record(&transaction, &self.key, &self.schema.newest)?;
        transaction.commit().map_err(Failure::InDoubt)?;
        Ok(done)
    }
}

impl Store for SqliteStore {
    fn device_suffix(&self) -> Result<String, StoreError> {
        self.read(rows::device_suffix)
    }

    fn vaults(&self) -> Result<Vec<Vault>, StoreError> {
        self.read(rows::vaults)
    }

    fn shares(&self, fsid: Fsid) -> Result<Shares, StoreError> {
        self.read(|connection| {
            self.verify(connection)?;
            let sharing = rows::find(connection, fsid)?;
            if sharing.erased {
                return Err(Failure::NotFound(format!("the share of sharing {fsid} was erased")));
            }
            let share = |kind| -> Result<Option<Secret<Vec<u8>>>, Failure> {
                let belongs = Belongs { fsid, me: sharing.me, kind };
                connection
                    .prepare_cached(
                        "SELECT nonce, sealed FROM share WHERE fsid = ?1 AND kind = ?2",
                    )?
                    .query_row((fsid.0, kind.name()), |row| {
                        Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?))
                    })
                    .optional()?
                    .map(|(nonce, sealed)| self.key.unseal(nonce, &sealed, belongs))
                    .transpose()
            };
            let must = |kind| share(kind)?.ok_or(Failure::Damaged("a share is missing"));
            let keys: BTreeSet<PublicKey> = sharing.keys.iter().map(|key| key.public).collect();
            let shares = keys.into_iter().map(|key| Ok((key, must(Kind::of(&sharing, key))?)));
            Ok(Shares { of: shares.collect::<Result<_, Failure>>()?, rest: share(Kind::Rest)? })
        })
    }

    fn bans(&self, fsid: Fsid) -> Result<Vec<Ban>, StoreError> {
        self.read(|connection| rows::bans(connection, fsid))
    }

    fn journal(&self) -> Result<Vec<Entry>, StoreError> {
        self.read(rows::journal)
    }

    fn presignatures(&self, fsid: Fsid) -> Result<Vec<Presignature>, StoreError> {
        self.read(|connection| rows::presignatures(connection, fsid))
    }

    fn take_presignature(
        &mut self,
        id: &[u8; 32],
    ) -> Result<(Presignature, Secret<Vec<u8>>), StoreError> {
        self.transact(|connection, key, _| change::take_presignature(connection, id, key))
    }

    fn commit(&mut self, change: Change) -> Result<(), StoreError> {
        let forgets = matches!(change, Change::Forget(_));
        self.transact(|connection, key, rng| change::apply(connection, change, key, rng))?;
        if forgets {
            // The rows are overwritten already; this rewrites the pages that once held them beside others. It is
            // done or not done, and nothing depends on it.
            let _ = self.connection.execute_batch("VACUUM");
        }
        Ok(())
    }
}

impl core::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SqliteStore({})", self.place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Home;
    use crate::fixture::{self, Scratch};

    /// The disk is full at every size from the present one up to the one at which the change fits.
    #[test]
    fn a_full_disk_changes_nothing_and_says_so() {
        let scratch = Scratch::new();
        let mut store =
            Home::create_weak(&scratch.home(), &fixture::passphrase(), fixture::rng(1)).unwrap();
        store.commit(fixture::stage(1)).unwrap();
        let before = store.vaults().unwrap();
        let mut full = 0;
        loop {
            let pages: u32 =
                store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
            let _: u32 = store
                .connection
                .pragma_update_and_check(None, "max_page_count", pages + full, |row| row.get(0))
                .unwrap();
            match store.commit(fixture::stage(2)) {
                Ok(()) => break,
                Err(error) => assert!(matches!(error, StoreError::Full { .. }), "{error}"),
            }
            full += 1;
            assert_eq!(store.vaults().unwrap(), before);
            store.shares(before[0].sharings[0].fsid).unwrap();
        }
        assert!(full > 3, "the disk was full {full} times");
        assert_eq!(store.vaults().unwrap().len(), 2);
    }

    #[test]
    fn a_store_in_doubt_answers_nothing_more() {
        let scratch = Scratch::new();
        let mut store =
            Home::create_weak(&scratch.home(), &fixture::passphrase(), fixture::rng(1)).unwrap();
        store.in_doubt = true;
        let io = |outcome: Result<(), StoreError>| {
            assert!(matches!(outcome, Err(StoreError::Io { .. })));
        };
        io(store.commit(fixture::stage(1)));
        io(store.device_suffix().map(drop));
        io(store.vaults().map(drop));
        io(store.shares(Fsid([1; 32])).map(drop));
        io(store.bans(Fsid([1; 32])).map(drop));
        io(store.journal().map(drop));
        io(store.presignatures(Fsid([1; 32])).map(drop));
        io(store.take_presignature(&[1; 32]).map(drop));
    }

    #[test]
    fn only_the_last_step_of_a_transaction_leaves_doubt_and_not_for_lack_of_room() {
        let sqlite = |code| rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
        assert!(Failure::InDoubt(sqlite(rusqlite::ffi::SQLITE_IOERR_FSYNC)).leaves_doubt());
        assert!(!Failure::InDoubt(sqlite(rusqlite::ffi::SQLITE_FULL)).leaves_doubt());
        assert!(!Failure::Sql(sqlite(rusqlite::ffi::SQLITE_IOERR_WRITE)).leaves_doubt());
    }
}
