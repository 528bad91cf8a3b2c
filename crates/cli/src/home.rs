//! This device's home: where it is, what it holds, and the vault that somebody means.

use std::path::PathBuf;

use etcetera::BaseStrategy;
use quorate_store::{Home, SqliteStore};
use quorate_vault::store::{Secret, Store, Vault};

use crate::args::Globals;
use crate::output::{Failure, Kind, Output, plain};
use crate::terminal::{Person, Purpose, passphrase};

/// How much of a key names a vault.
const SHORTEST_PREFIX: usize = 4;

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

/// The vaults as anybody with access to the files sees them: checked against accident, not against malice.
pub(crate) fn look(globals: &Globals) -> Result<Vec<Vault>, Failure> {
    let directory = directory(globals)?;
    if !Home::exists(&directory) {
        return Ok(Vec::new());
    }
    Ok(Home::open(&directory)?.vaults()?)
}

/// Unlocks the home, which must be there. What kind of file it is comes before what the passphrase is.
pub(crate) fn unlock(
    globals: &Globals,
    person: Person,
    output: &Output,
) -> Result<SqliteStore, Failure> {
    let directory = directory(globals)?;
    if !Home::exists(&directory) {
        return Err(Failure::new(
            Kind::NotFound,
            format!("there are no vaults in {}", directory.display()),
            "make one with 'quorate keygen', join one with 'quorate join', or name another home with --home",
        ));
    }
    let locked = Home::open(&directory)?;
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

/// The vault with this name, or whose ECDSA public key begins so.
pub(crate) fn find<'a>(vaults: &'a [Vault], wanted: &str) -> Result<&'a Vault, Failure> {
    if let Some(vault) = vaults.iter().find(|vault| vault.name == wanted) {
        return Ok(vault);
    }
    let prefix = wanted.strip_prefix("0x").unwrap_or(wanted).to_lowercase();
    let hits: Vec<&Vault> = vaults
        .iter()
        .filter(|vault| {
            prefix.len() >= SHORTEST_PREFIX && hex::encode(vault.key.0).starts_with(&prefix)
        })
        .collect();
    match hits.as_slice() {
        [only] => Ok(only),
        [] => {
            let names: Vec<String> =
                vaults.iter().map(|vault| format!("'{}'", plain(&vault.name))).collect();
            let hint = if names.is_empty() {
                "this device holds no vaults; see --home".to_owned()
            } else {
                format!("this device holds {}", names.join(", "))
            };
            Err(Failure::new(
                Kind::NotFound,
                format!("there is no vault '{}' on this device", plain(wanted)),
                hint,
            ))
        }
        several => {
            let names: Vec<String> =
                several.iter().map(|vault| format!("'{}'", plain(&vault.name))).collect();
            Err(Failure::new(
                Kind::NotFound,
                format!("'{wanted}' begins the keys of {}", names.join(" and ")),
                "give a name, or more of the key",
            ))
        }
    }
}

/// What this device is called in new vaults: a name for people, and what makes it unique.
pub(crate) fn party_id(globals: &Globals, store: &dyn Store) -> Result<String, Failure> {
    let kind = match std::env::consts::OS {
        "macos" => "mac",
        other => other,
    };
    let name = globals.device.as_deref().unwrap_or(kind);
    Ok(format!("{name}-{}", store.device_suffix()?))
}

/// The operating system's randomness.
pub(crate) fn system_rng() -> Box<dyn getrandom::rand_core::CryptoRng + Send> {
    Box::new(getrandom::rand_core::UnwrapErr(getrandom::SysRng))
}

fn secret(mut passphrase: zeroize::Zeroizing<String>) -> Secret<String> {
    Secret::take(&mut passphrase)
}

#[cfg(test)]
mod tests {
    use quorate_vault::store::VaultKey;

    use super::*;

    fn vaults() -> Vec<Vault> {
        let vault = |name: &str, first: [u8; 3]| {
            let mut key = [0; 33];
            key[..3].copy_from_slice(&first);
            Vault { name: name.into(), key: VaultKey(key), sharings: Vec::new() }
        };
        vec![
            vault("Savings", [2, 0xab, 0x10]),
            vault("Daily", [2, 0xab, 0x20]),
            vault("02ab20", [3, 1, 1]),
        ]
    }

    #[test]
    fn a_vault_is_found_by_name_and_by_the_beginning_of_its_key() {
        let vaults = vaults();
        assert_eq!(find(&vaults, "Savings").unwrap().name, "Savings");
        assert_eq!(find(&vaults, "02ab1").unwrap().name, "Savings");
        assert_eq!(find(&vaults, "0x02AB10").unwrap().name, "Savings");
        assert_eq!(find(&vaults, "0301").unwrap().name, "02ab20");
    }

    #[test]
    fn a_name_wins_over_a_key_that_begins_the_same() {
        assert_eq!(find(&vaults(), "02ab20").unwrap().key.0[0], 3);
    }

    #[test]
    fn what_could_be_two_vaults_or_none_is_neither() {
        let vaults = vaults();
        for (wanted, says) in
            [("02ab", "'Savings' and 'Daily'"), ("02", "no vault"), ("savings", "no vault")]
        {
            let failure = find(&vaults, wanted).unwrap_err();
            assert_eq!(failure.kind, Kind::NotFound, "{wanted}");
            assert!(failure.message.contains(says), "{}", failure.message);
        }
    }
}
