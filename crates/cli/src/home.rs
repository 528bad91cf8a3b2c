//! This device's home: where it is, and how it is unlocked.

use std::path::PathBuf;

use etcetera::BaseStrategy;
pub(crate) use quorate_device::home::{find, system_rng};
use quorate_store::{Home, SqliteStore};
use quorate_vault::store::{Entry, Secret, Vault};
use zeroize::Zeroizing;

use crate::args::Globals;
use crate::output::{Failure, Kind, Output};
use crate::terminal::{Person, Purpose, passphrase};

/// `--home`, else `quorate` in the platform's data directory.
pub(crate) fn directory(globals: &Globals) -> Result<PathBuf, Failure> {
    if let Some(home) = globals.home.as_ref().filter(|home| !home.as_os_str().is_empty()) {
        return Ok(home.clone());
    }
    etcetera::choose_base_strategy().map(|base| base.data_dir().join("quorate")).map_err(|_| {
        Failure::new(
            Kind::Unreadable,
            "the system does not say where your data directory is",
            "give --home DIR",
        )
    })
}

/// See [`quorate_device::home::look`].
pub(crate) fn look(globals: &Globals) -> Result<Vec<Vault>, Failure> {
    Ok(quorate_device::home::look(&directory(globals)?)?)
}

/// The transactions that this device has signed with others, oldest first; no passphrase is needed.
pub(crate) fn journal(globals: &Globals) -> Result<Vec<Entry>, Failure> {
    Ok(quorate_device::home::open(&directory(globals)?)?.journal()?)
}

/// Unlocks the home, which must be there. What kind of file it is comes before what the passphrase is.
pub(crate) fn unlock(
    globals: &Globals,
    person: Person,
    output: &Output,
) -> Result<SqliteStore, Failure> {
    let locked = quorate_device::home::open(&directory(globals)?)?;
    let passphrase = passphrase(globals, person, output, Purpose::Open)?;
    Ok(locked.unlock(&secret(passphrase), system_rng())?)
}

/// Unlocks the home, or makes it if it is not there.
pub(crate) fn unlock_or_create(
    globals: &Globals,
    person: Person,
    output: &Output,
) -> Result<SqliteStore, Failure> {
    let directory = directory(globals)?;
    if Home::exists(&directory) {
        return unlock(globals, person, output);
    }
    let passphrase = passphrase(globals, person, output, Purpose::Create)?;
    Ok(Home::create(&directory, &secret(passphrase), system_rng())?)
}

fn secret(mut passphrase: Zeroizing<String>) -> Secret<String> {
    Secret::take(&mut passphrase)
}
