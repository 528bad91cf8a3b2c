//! `quorate address`: where the vault can be paid.

use quorate_chain::chain::{self, CHAINS, Chain};
use quorate_vault::ceremony::keysign::derived;
use quorate_vault::ceremony::reshare::signing;
use quorate_vault::store::{Store, Vault};
use serde::Serialize;

use crate::args::{Address, Globals};
use crate::home;
use crate::output::{Failure, Kind, Output, plain};
use crate::terminal::Person;

#[derive(Serialize)]
struct Addresses {
    addresses: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    chain: &'static str,
    address: String,
    path: &'static str,
    public_key: String,
}

/// Opens this device's share first: only then is it sure that the keys are the vault's own.
pub(super) fn run(globals: &Globals, output: &Output, args: &Address) -> Result<(), Failure> {
    let chains = chosen(&args.chains)?;
    let store = home::unlock(globals, Person::new(globals), output)?;
    let vaults = store.vaults()?;
    let vault = home::find(&vaults, &args.vault)?;
    let addresses = chains
        .into_iter()
        .map(|chain| line(&store, vault, chain))
        .collect::<Result<Vec<_>, _>>()?;
    let widest = addresses.iter().map(|line| line.chain.len()).max().unwrap_or(0);
    let text: Vec<String> = addresses
        .iter()
        .map(|Line { chain, address, .. }| format!("{chain:widest$}  {address}"))
        .collect();
    output.document(&Addresses { addresses }, &text.join("\n"));
    Ok(())
}

fn chosen(names: &[String]) -> Result<Vec<&'static Chain>, Failure> {
    if names.is_empty() {
        return Ok(CHAINS.iter().collect());
    }
    names.iter().map(|name| find_chain(name)).collect()
}

/// The chain of this name.
///
/// # Errors
///
/// Exit 10, with the names there are.
pub(crate) fn find_chain(name: &str) -> Result<&'static Chain, Failure> {
    chain::find(name).ok_or_else(|| {
        let known: Vec<&str> = CHAINS.iter().map(|chain| chain.name).collect();
        Failure::new(
            Kind::Invalid,
            format!("there is no chain '{}' here", plain(name)),
            format!("use one of {}", known.join(", ")),
        )
    })
}

fn line(store: &dyn Store, vault: &Vault, chain: &'static Chain) -> Result<Line, Failure> {
    let public_key = key_at(store, vault, chain)?;
    let address = chain.address(&public_key).map_err(|why| {
        Failure::new(
            Kind::Unreadable,
            format!("the vault has no address on {}: {why}", chain.name),
            "use another device of the vault",
        )
    })?;
    Ok(Line { chain: chain.name, address, path: chain.path, public_key: hex::encode(public_key) })
}

/// The vault's key on a chain, derived from this device's share (SEC1 compressed).
pub(super) fn key_at(store: &dyn Store, vault: &Vault, chain: &Chain) -> Result<[u8; 33], Failure> {
    let share = quorate_vault::home::open_share(store, signing(vault)?)?;
    Ok(derived(&share, chain.path)?)
}
