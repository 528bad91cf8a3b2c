//! `quorate reshare`: change the devices or the threshold of a vault.

use quorate_vault::ceremony::reshare::{self, Plan};
use quorate_vault::ceremony::{judge_threshold, least_threshold, resume};
use quorate_vault::store::Store;

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
    host.may_be_asked()?;
    let place = host.interrupt.or(Place::open(globals, output, &mut *host.rng)).await??;
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
