//! `quorate keygen`: start a vault.

use quorate_vault::ceremony::import::{self, Brought, importable};
use quorate_vault::ceremony::{judge_threshold, keygen, least_threshold};
use quorate_vault::phrase::Habit;

use super::address::find_chain;
use crate::args::{self, Globals, Keygen};
use crate::host;
use crate::output::{Failure, Output};
use crate::terminal::{Person, phrase};

pub(super) async fn run(globals: &Globals, output: &Output, args: &Keygen) -> Result<(), Failure> {
    // Before the passphrase is asked for, and before there is a home.
    keygen::judge_name(&args.name)?;
    judge_threshold(args.threshold.unwrap_or_else(|| least_threshold(args.devices)), args.devices)?;

    let brought = brought(globals, output, &args.import)?;

    let mut host = host::open(globals, output, true)?;
    host.person.may_be_asked()?;
    let mut place = host::place(globals, &mut host).await?;
    place.route.manner = args.manner.into();
    let (device, rng) = host.device();
    let Keygen { name, devices, threshold, .. } = args;
    let imports = brought.is_some();
    let opened = match brought {
        None => keygen::initiate(&device, name, *devices, *threshold, &place.route, rng),
        Some(brought) => {
            import::initiate(&device, name, *devices, *threshold, brought, &place.route, rng)
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
fn brought(
    globals: &Globals,
    output: &Output,
    args: &args::Import,
) -> Result<Option<Brought>, Failure> {
    let Some(from) = &args.from else { return Ok(None) };
    let chains = match args.chain.as_slice() {
        [] => importable(),
        names => names.iter().map(|name| find_chain(name)).collect::<Result<_, _>>()?,
    };
    let habit = Habit { solana_phantom: args.solana_phantom, terra_cosmos: args.terra_cosmos };
    let phrase = phrase(from, Person::new(globals), output)?;
    Ok(Some(Brought::of(&phrase, &chains, habit)?))
}
