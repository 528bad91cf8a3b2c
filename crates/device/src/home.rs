//! This device's home: what it holds, the vault that somebody means, and what the device is called.

use std::path::Path;

use getrandom::rand_core::{CryptoRng, UnwrapErr};
use quorate_store::Home;
use quorate_vault::store::{Store, StoreError, Vault};

use crate::Failure;

/// How much of a key names a vault.
const SHORTEST_PREFIX: usize = 4;

/// The vaults as anybody with access to the files sees them: checked against accident, not against malice. None where
/// there is no home.
///
/// # Errors
///
/// Those of opening the home.
pub fn look(directory: &Path) -> Result<Vec<Vault>, Failure> {
    if !Home::exists(directory) {
        return Ok(Vec::new());
    }
    Ok(Home::open(directory)?.vaults()?)
}

/// The home in this directory, still locked.
///
/// # Errors
///
/// [`Failure::NoHome`] if there is none, and those of opening it.
pub fn open(directory: &Path) -> Result<Home, Failure> {
    if !Home::exists(directory) {
        return Err(Failure::NoHome(directory.to_owned()));
    }
    Ok(Home::open(directory)?)
}

/// The vault with this name, or whose ECDSA public key begins with these hex digits, four at least.
///
/// # Errors
///
/// [`Failure::NoVault`], [`Failure::SeveralVaults`].
pub fn find<'a>(vaults: &'a [Vault], wanted: &str) -> Result<&'a Vault, Failure> {
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
    let wanted = || wanted.to_owned();
    match hits.as_slice() {
        [only] => Ok(only),
        [] => {
            let held = vaults.iter().map(|vault| vault.name.clone()).collect();
            Err(Failure::NoVault { wanted: wanted(), held })
        }
        several => {
            let named = several.iter().map(|vault| vault.name.clone()).collect();
            Err(Failure::SeveralVaults { wanted: wanted(), named })
        }
    }
}

/// What this device is called in new vaults: a name for people, the kind of system unless one is given, and what makes
/// it unique.
///
/// # Errors
///
/// Those of reading the store.
pub fn party_id(name: Option<&str>, store: &dyn Store) -> Result<String, StoreError> {
    let kind = match std::env::consts::OS {
        "macos" => "mac",
        other => other,
    };
    Ok(format!("{}-{}", name.unwrap_or(kind), store.device_suffix()?))
}

/// The operating system's randomness.
pub fn system_rng() -> Box<dyn CryptoRng + Send> {
    Box::new(UnwrapErr(getrandom::SysRng))
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
            assert!(failure.to_string().contains(says), "{wanted}: {failure}");
        }
    }
}
