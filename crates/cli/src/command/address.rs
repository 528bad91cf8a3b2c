//! `quorate address`: where the vault can be paid.

use quorate_chain::Curve;
use quorate_chain::chain::{self, CHAINS, Chain};
use quorate_vault::home::signing;
use quorate_vault::keyring::KeyOfChain;
use quorate_vault::store::{Sharing, Store, Vault};
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

/// Opens this device's shares first: only then is it sure that the keys are the vault's own.
pub(super) fn run(globals: &Globals, output: &Output, args: &Address) -> Result<(), Failure> {
    let chains = chosen(&args.chains)?;
    let store = home::unlock(globals, Person::new(globals), output)?;
    let vaults = store.vaults()?;
    let sharing = opened(&store, home::find(&vaults, &args.vault)?)?;
    let named = !args.chains.is_empty();
    let addresses = chains
        .into_iter()
        .filter(|chain| named || has_key(sharing, chain))
        .map(|chain| line(sharing, chain))
        .collect::<Result<Vec<_>, _>>()?;
    let widest = addresses.iter().map(|line| line.chain.len()).max().unwrap_or(0);
    let text: Vec<String> = addresses
        .iter()
        .map(|Line { chain, address, .. }| {
            let line = format!("{chain:widest$}  {address}");
            if args.qr && !globals.json { with_code(output, line, address) } else { line }
        })
        .collect();
    output.document(&Addresses { addresses }, &text.join("\n"));
    Ok(())
}

/// The line, and below it the address alone as a QR code: every wallet's camera understands that, and no amount or chain
/// can be smuggled in with it.
fn with_code(output: &Output, line: String, address: &str) -> String {
    match output.qr_code(address) {
        Ok(code) => format!("{line}\n{code}"),
        Err(why) => {
            output.warn(&why);
            line
        }
    }
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

/// A vault of an earlier version has no Ed25519 key.
fn has_key(sharing: &Sharing, chain: &Chain) -> bool {
    chain.curve() == Curve::Secp256k1
        || sharing.keys.root_eddsa().is_some()
        || sharing.keys.imported_for(chain).is_some()
}

fn line(sharing: &Sharing, chain: &'static Chain) -> Result<Line, Failure> {
    let KeyOfChain { key, path } = sharing.key_of(chain)?;
    let address = chain.address(key).map_err(|why| {
        Failure::new(
            Kind::Unreadable,
            format!("the vault has no address on {}: {why}", chain.name),
            "use another device of the vault",
        )
    })?;
    Ok(Line { chain: chain.name, address, path, public_key: key.to_string() })
}

/// The sharing that signs, whose shares on this device have been opened and belong to its keys.
pub(super) fn opened<'v>(store: &dyn Store, vault: &'v Vault) -> Result<&'v Sharing, Failure> {
    let sharing = signing(vault)?;
    quorate_vault::home::open_keys(store, sharing)?;
    Ok(sharing)
}
