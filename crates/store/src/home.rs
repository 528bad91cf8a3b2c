//! A device's home: the directory, the file in it, and who may open it (STORE 2).

use std::path::Path;
use std::time::Duration;
use std::{fs, io};

use quorate_vault::store::{Entry, Secret, StoreError, Vault};
use rand_core::CryptoRng;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::failure::Failure;
use crate::integrity;
use crate::key::{Cost, StoreKey};
use crate::private;
use crate::rows;
use crate::schema::{self, APPLICATION_ID, SCHEMA, Schema};
use crate::sqlite::SqliteStore;

/// The store's file inside a home.
pub const FILE: &str = "vault.db";

/// How long to wait for another process to leave the home.
const PATIENCE: Duration = Duration::from_secs(2);

/// An opened home, still locked: what a person may read without the passphrase.
///
/// Holds the home exclusively until it, or the store it was unlocked into, is dropped. What it shows has been checked
/// against accident, not yet against malice: that takes the key ([`Home::unlock`]).
pub struct Home {
    connection: Connection,
    place: String,
    schema: &'static Schema,
    /// The digest of the rows as they were found.
    found: [u8; 32],
    /// Whether they were brought to a newer schema, in a transaction that stays open until the home is unlocked.
    upgrading: bool,
}

impl Home {
    /// Makes a home in `directory`, which is made too if it is missing, and leaves it unlocked.
    ///
    /// Either the home is there afterwards, whole and durable, or nothing is: after a crash, `create` again.
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`] if there is a home already, if the directory holds other things and is open to other
    /// users, or if the passphrase is empty; [`StoreError::Foreign`] if the file is somebody else's;
    /// [`StoreError::Full`]; [`StoreError::Io`].
    pub fn create(
        directory: &Path,
        passphrase: &Secret<String>,
        rng: Box<dyn CryptoRng + Send>,
    ) -> Result<SqliteStore, StoreError> {
        Self::create_at(Cost::STANDARD, directory, passphrase, rng)
    }

    /// [`Home::create`], with a passphrase that costs next to nothing to try.
    ///
    /// # Errors
    ///
    /// As [`Home::create`].
    #[cfg(feature = "test-util")]
    pub fn create_weak(
        directory: &Path,
        passphrase: &Secret<String>,
        rng: Box<dyn CryptoRng + Send>,
    ) -> Result<SqliteStore, StoreError> {
        Self::create_at(Cost::WEAK, directory, passphrase, rng)
    }

    /// Whether there is anything in the place of a store, or something that keeps it from being looked at. Opens
    /// nothing.
    #[must_use]
    pub fn exists(directory: &Path) -> bool {
        match fs::metadata(directory.join(FILE)) {
            Ok(file) => file.len() > 0,
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        }
    }

    /// Opens the home in `directory`, locked.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`] if there is none; [`StoreError::Foreign`], [`StoreError::Newer`] and
    /// [`StoreError::Damaged`] for a file that is not, or no longer, a store that this program can read;
    /// [`StoreError::Io`], also when another process still holds it after two seconds.
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        Self::open_with(&SCHEMA, directory)
    }

    /// Unlocks the home.
    ///
    /// # Errors
    ///
    /// [`StoreError::WrongPassphrase`]; [`StoreError::Damaged`] if the rows are not those that this program wrote;
    /// [`StoreError::Io`] or [`StoreError::Full`] if an older home cannot be brought up to date.
    pub fn unlock(
        self,
        passphrase: &Secret<String>,
        rng: Box<dyn CryptoRng + Send>,
    ) -> Result<SqliteStore, StoreError> {
        let Self { connection, place, schema, found, upgrading } = self;
        let unlocked = || -> Result<StoreKey, Failure> {
            let key = StoreKey::open(&connection, passphrase)?;
            integrity::verify(&connection, &key, &found)?;
            if upgrading {
                integrity::record(&connection, &key, &schema.newest)?;
                connection.execute_batch("COMMIT")?;
            }
            Ok(key)
        };
        match unlocked() {
            Ok(key) => Ok(SqliteStore::new(connection, place, schema, key, rng)),
            Err(failure) => Err(failure.at(&place)),
        }
    }

    /// The end of this device's party id: eight bytes, lower-case hex.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`] and [`StoreError::Damaged`].
    pub fn device_suffix(&self) -> Result<String, StoreError> {
        rows::device_suffix(&self.connection).map_err(|failure| failure.at(&self.place))
    }

    /// Every vault, by name.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`] and [`StoreError::Damaged`].
    pub fn vaults(&self) -> Result<Vec<Vault>, StoreError> {
        rows::vaults(&self.connection).map_err(|failure| failure.at(&self.place))
    }

    /// The transactions that this device has signed with others, oldest first. A home of an earlier version has none to
    /// show before it is unlocked.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`] and [`StoreError::Damaged`].
    pub fn journal(&self) -> Result<Vec<Entry>, StoreError> {
        if self.upgrading {
            return Ok(Vec::new());
        }
        rows::journal(&self.connection).map_err(|failure| failure.at(&self.place))
    }

    fn create_at(
        cost: Cost,
        directory: &Path,
        passphrase: &Secret<String>,
        mut rng: Box<dyn CryptoRng + Send>,
    ) -> Result<SqliteStore, StoreError> {
        let file = directory.join(FILE);
        let place = file.display().to_string();
        match make(directory, &file, cost, passphrase, &mut *rng) {
            Ok((connection, key)) => Ok(SqliteStore::new(connection, place, &SCHEMA, key, rng)),
            Err(failure) => Err(failure.at(&place)),
        }
    }

    fn open_with(schema: &'static Schema, directory: &Path) -> Result<Self, StoreError> {
        let file = directory.join(FILE);
        let place = file.display().to_string();
        match examine(&file, schema) {
            Ok(Examined { connection, found, upgrading }) => {
                Ok(Self { connection, place, schema, found, upgrading })
            }
            Err(failure) => Err(failure.at(&place)),
        }
    }
}

impl core::fmt::Debug for Home {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Home({})", self.place)
    }
}

/// STORE 2.4.
fn make(
    directory: &Path,
    file: &Path,
    cost: Cost,
    passphrase: &Secret<String>,
    rng: &mut dyn CryptoRng,
) -> Result<(Connection, StoreKey), Failure> {
    if passphrase.expose().is_empty() {
        return Err(Failure::Refused("an empty passphrase protects nothing".to_owned()));
    }
    private::directory(directory)?;
    private::file(file)?;
    let connection = connect(file)?;
    if !is_empty(file)? {
        return Err(taken(&connection, file)?);
    }
    seize(&connection)?;
    // Another process may have been faster.
    if application_id(&connection)? != 0 {
        return Err(taken(&connection, file)?);
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    SCHEMA.upgrade(&connection, 0)?;
    let key = StoreKey::create(&connection, passphrase, cost, rng)?;
    integrity::record(&connection, &key, &SCHEMA.newest)?;
    connection.execute_batch("COMMIT")?;
    Ok((connection, key))
}

/// Why no home can be made where a database is.
fn taken(connection: &Connection, file: &Path) -> Result<Failure, Failure> {
    Ok(if application_id(connection)? == APPLICATION_ID {
        Failure::Refused(format!("there is a vault store already at {}", file.display()))
    } else {
        Failure::Foreign
    })
}

struct Examined {
    connection: Connection,
    /// The digest of the rows as found.
    found: [u8; 32],
    /// Whether they were then brought to a newer schema, in a transaction still open.
    upgrading: bool,
}

/// STORE 2.5.
fn examine(file: &Path, schema: &Schema) -> Result<Examined, Failure> {
    let nothing = || Failure::NotFound(format!("there is no vault store at {}", file.display()));
    if !fs::exists(file)? {
        return Err(nothing());
    }
    let connection = connect(file)?;
    if is_empty(file)? {
        return Err(nothing());
    }
    if application_id(&connection)? != APPLICATION_ID {
        return Err(Failure::Foreign);
    }
    private::tighten(file)?;
    seize(&connection)?;
    let (version, known) = (schema::version(&connection)?, schema.version());
    if version > known {
        return Err(Failure::Newer { found: version, known });
    }
    let step = schema.step(version).ok_or(Failure::Damaged("it has no schema version"))?;
    let found = integrity::undamaged(&connection, step)?;
    let upgrading = version < known;
    if upgrading {
        schema.upgrade(&connection, version)?;
    } else {
        connection.execute_batch("COMMIT")?;
    }
    Ok(Examined { connection, found, upgrading })
}

/// A connection that reads as STORE 2.3 wants it. Rolls back what a crash left half done; changes nothing else.
fn connect(file: &Path) -> Result<Connection, Failure> {
    let connection = Connection::open_with_flags(
        file,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.execute_batch(
        "PRAGMA cell_size_check = ON;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA synchronous = EXTRA;
         PRAGMA fullfsync = ON;",
    )?;
    Ok(connection)
}

/// Begins a transaction, as STORE 2.3 wants it, with the lock that this process keeps until it drops the connection.
fn seize(connection: &Connection) -> Result<(), Failure> {
    // The lock first: a process that keeps its lock while it waits for another's would wait for ever.
    connection.execute_batch(
        "PRAGMA journal_mode = TRUNCATE;
         BEGIN EXCLUSIVE;
         PRAGMA locking_mode = EXCLUSIVE;",
    )?;
    Ok(())
}

/// Whether the file holds nothing, as it does between its making and the end of its first transaction.
fn is_empty(file: &Path) -> io::Result<bool> {
    Ok(fs::metadata(file)?.len() == 0)
}

fn application_id(connection: &Connection) -> rusqlite::Result<i32> {
    connection.pragma_query_value(None, "application_id", |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use quorate_vault::store::Store;

    use super::*;
    use crate::fixture::{Scratch, passphrase, rng, stage};
    use crate::schema::{Step, V1, V2, V3, V4};

    /// A program of the future, whose schema has one more column.
    static LATER: Schema = Schema {
        earlier: &[V1, V2, V3, V4],
        newest: Step {
            sql: "ALTER TABLE vault ADD COLUMN note TEXT NOT NULL DEFAULT 'none yet'",
            covered: V4.covered,
        },
    };

    /// A home of today with one vault.
    fn older() -> (Scratch, Vec<Vault>) {
        let scratch = Scratch::new();
        let mut store = Home::create_weak(&scratch.home(), &passphrase(), rng(1)).unwrap();
        store.commit(stage(1)).unwrap();
        let vaults = store.vaults().unwrap();
        (scratch, vaults)
    }

    fn note(connection: &Connection) -> rusqlite::Result<String> {
        connection.query_row("SELECT note FROM vault", (), |row| row.get(0))
    }

    #[test]
    fn an_older_home_is_brought_up_to_date_when_it_is_unlocked() {
        let (scratch, vaults) = older();
        let home = Home::open_with(&LATER, &scratch.home()).unwrap();
        assert_eq!(home.vaults().unwrap(), vaults);
        let mut store = home.unlock(&passphrase(), rng(2)).unwrap();
        store.commit(stage(2)).unwrap();
        drop(store);

        let home = Home::open_with(&LATER, &scratch.home()).unwrap();
        assert!(!home.upgrading);
        assert_eq!(note(&home.connection).unwrap(), "none yet");
        assert_eq!(home.unlock(&passphrase(), rng(3)).unwrap().vaults().unwrap().len(), 2);
        let error = Home::open(&scratch.home()).unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 5, known: 4, .. }), "{error}");
    }

    #[test]
    fn an_older_home_that_is_only_looked_at_stays_as_it_is() {
        let (scratch, vaults) = older();
        Home::open_with(&LATER, &scratch.home()).unwrap();
        let wrong = Secret::of("wrong".to_owned());
        Home::open_with(&LATER, &scratch.home()).unwrap().unlock(&wrong, rng(2)).unwrap_err();

        let store = Home::open(&scratch.home()).unwrap().unlock(&passphrase(), rng(2)).unwrap();
        assert_eq!(store.vaults().unwrap(), vaults);
    }

    #[test]
    fn a_vouched_for_forgery_needs_the_key() {
        let (scratch, _) = older();
        let connection = Connection::open(scratch.home().join(FILE)).unwrap();
        connection.execute_batch("UPDATE vault SET name = 'forged'").unwrap();
        let digest = integrity::digest(&connection, &SCHEMA.newest).unwrap();
        connection.execute("UPDATE integrity SET digest = ?1", [digest]).unwrap();
        drop(connection);

        for schema in [&SCHEMA, &LATER] {
            // Without the key it looks undamaged; with it, it does not.
            let home = Home::open_with(schema, &scratch.home()).unwrap();
            let error = home.unlock(&passphrase(), rng(2)).unwrap_err();
            assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
        }
    }

    #[test]
    fn what_costs_too_much_to_open_is_damaged() {
        let (scratch, _) = older();
        let connection = Connection::open(scratch.home().join(FILE)).unwrap();
        for (column, value) in
            [("memory_kib", 2_000_000), ("memory_kib", 0), ("passes", 17), ("lanes", 0)]
        {
            let before: u32 = connection
                .query_row(&format!("SELECT {column} FROM home"), (), |row| row.get(0))
                .unwrap();
            connection.execute(&format!("UPDATE home SET {column} = ?1"), [value]).unwrap();
            let failure = StoreKey::open(&connection, &passphrase()).map(drop).unwrap_err();
            assert!(matches!(failure, Failure::Damaged(_)), "{column} = {value}: {failure:?}");
            connection.execute(&format!("UPDATE home SET {column} = ?1"), [before]).unwrap();
        }
    }
}
