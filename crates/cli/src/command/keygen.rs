//! `quorate keygen`: start a vault.

use quorate_vault::ceremony::{judge_threshold, keygen, least_threshold};

use crate::args::{Globals, Keygen};
use crate::driver::Host;
use crate::meeting::Place;
use crate::output::{Failure, Output};

pub(super) async fn run(globals: &Globals, output: &Output, args: &Keygen) -> Result<(), Failure> {
    // Before the passphrase is asked for, and before there is a home.
    keygen::judge_name(&args.name)?;
    judge_threshold(args.threshold.unwrap_or_else(|| least_threshold(args.devices)), args.devices)?;

    let mut host = Host::open(globals, output, true)?;
    host.may_be_asked()?;
    let mut place = host.interrupt.or(Place::open(globals, output, &mut *host.rng)).await??;
    place.route.manner = args.manner.into();
    let (device, rng) = host.device();
    let opened =
        keygen::initiate(&device, &args.name, args.devices, args.threshold, &place.route, rng)?;
    super::host(&mut host, place, opened, async |_, _| Ok(())).await
}
