//! `quorate keygen`: start a vault.

use quorate_vault::ceremony::import::{self, ImportedKeys, importable};
use quorate_vault::ceremony::{check_threshold, keygen, least_threshold};
use quorate_vault::phrase::PathScheme;

use super::address::find_chain;
use crate::args::{self, Globals, Keygen};
use crate::host;
use crate::output::{Failure, Output};
use crate::terminal::{Person, phrase};

pub(super) async fn run(globals: &Globals, output: &Output, args: &Keygen) -> Result<(), Failure> {
    // Before the passphrase is asked for, and before there is a home.
    keygen::check_name(&args.name)?;
    check_threshold(args.threshold.unwrap_or_else(|| least_threshold(args.devices)), args.devices)?;

    let keys = imported(globals, output, &args.import)?;

    let mut host = host::open(globals, output, true)?;
    host.person.may_be_asked()?;
    let mut place = host::place(globals, &mut host).await?;
    args.others.route(&mut place.route);
    let (device, rng) = host.device();
    let Keygen { name, devices, threshold, .. } = args;
    let imports = keys.is_some();
    let opened = match keys {
        None => keygen::initiate(&device, name, *devices, *threshold, &place.route, rng),
        Some(keys) => {
            import::initiate(&device, name, *devices, *threshold, keys, &place.route, rng)
        }
    }?;
    super::initiate(&mut host, place, opened, async |host, _| {
        if imports {
            host.person.output.note(
                "The seed phrase still opens this vault, by itself. A fresh vault has no phrase: move the funds to one when \
                 you can.",
            );
        }
        Ok(())
    })
    .await
}

/// The keys of the phrase that is to be imported, if one is. The phrase itself is gone when they are here.
fn imported(
    globals: &Globals,
    output: &Output,
    args: &args::Import,
) -> Result<Option<ImportedKeys>, Failure> {
    let Some(from) = &args.from else { return Ok(None) };
    let chains = match args.chain.as_slice() {
        [] => importable(),
        names => names.iter().map(|name| find_chain(name)).collect::<Result<_, _>>()?,
    };
    let scheme =
        PathScheme { solana_phantom: args.solana_phantom, terra_cosmos: args.terra_cosmos };
    let phrase = phrase(from, Person::new(globals), output)?;
    Ok(Some(ImportedKeys::of(&phrase, &chains, scheme)?))
}
