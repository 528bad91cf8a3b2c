//! `quorate reshare`: change the devices or the threshold of a vault.

use quorate_vault::ceremony::reshare::{self, Plan};
use quorate_vault::ceremony::{Outcome, judge_threshold, least_threshold, resume};
use quorate_vault::store::{Change, Sharing, State, Store, Vault};

use crate::args::{Globals, Reshare};
use crate::driver::Host;
use crate::home;
use crate::meeting::Place;
use crate::output::{Failure, Output};

pub(super) async fn run(globals: &Globals, output: &Output, args: &Reshare) -> Result<(), Failure> {
    if let Some(devices) = args.devices {
        judge_threshold(args.threshold.unwrap_or_else(|| least_threshold(devices)), devices)?;
    }
    let mut host = Host::open(globals, output, false)?;
    let vault = home::find(&host.store.vaults()?, &args.vault)?.clone();
    if args.resume
        && let Some(sharing) = vault.pending().filter(|sharing| sharing.is_open())
    {
        return adopt(&mut host, output, &vault, sharing.clone());
    }
    host.may_be_asked()?;
    let mut place = host.interrupt.or(Place::open(globals, output, &mut *host.rng)).await??;
    place.route.manner = args.manner.into();
    let (device, rng) = host.device();
    let plan = match args.devices {
        Some(devices) => {
            Some(Plan { devices, threshold: args.threshold, removed: args.remove.clone() })
        }
        None if args.refresh => Some(Plan::refresh(reshare::signing(&vault)?)),
        None => None,
    };
    let opened = match plan {
        Some(plan) => reshare::initiate(&device, &vault, plan, &place.route, rng)?,
        None => resume::initiate(&device, &vault, &place.route, rng)?,
    };
    super::host(&mut host, place, opened, async |_, _| Ok(())).await
}

/// Nobody certifies a sharing that other clients may hold too: the person has seen on their screens that they use it.
fn adopt(
    host: &mut Host<'_>,
    output: &Output,
    vault: &Vault,
    mut sharing: Sharing,
) -> Result<(), Failure> {
    host.store.commit(Change::Adopt(sharing.fsid))?;
    sharing.state = State::Active;
    let name = vault.name.clone();
    super::show(output, &Outcome::Vault { name, sharing: Box::new(sharing) });
    Ok(())
}
