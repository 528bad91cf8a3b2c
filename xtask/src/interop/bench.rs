//! What each protocol costs a party, beside the production engine and other implementations in the same run.

mod report;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use quorate_wire::setup::Suite;

use super::ceremonies::{Makers, Stage};
use super::clock::Cost;
use super::driver::Driver;
use super::engines::{Engines, Who};
use super::matrix::{Act, Size, alone};
use super::table::{Post, Side};
use super::{Telling, curve};
use crate::Result;
use crate::lanes::Lanes;
use crate::seat::Protocol;
use crate::workspace::bench_program;

/// How many of how many, and whether whole devices are measured there as well as the engines alone.
const SIZES: [(Size, bool); 7] = [
    ((2, 2), true),
    ((2, 3), true),
    ((3, 4), true),
    ((3, 5), false),
    ((4, 5), true),
    ((5, 8), false),
    ((6, 8), true),
];

/// The size at which one core is compared with two.
const ON_CORES: Size = (4, 5);
/// How often: a second core is the first thing that anything else on the machine takes.
const RUNS_ON_CORES: usize = 10;

/// How often each is held by each side, by turns: the best counts. Large ones take so long that they are steadier.
fn runs((_, parties): Size) -> usize {
    match parties {
        0..=3 => 5,
        4..=5 => 3,
        _ => 2,
    }
}

/// Everything that has been measured.
type Measured = BTreeMap<(Suite, Protocol), BTreeMap<Size, Seen>>;

/// One protocol at one size: the best that each side did, all parties together.
#[derive(Default)]
struct Seen {
    /// How many took part.
    seats: usize,
    /// What our devices paid.
    ours: Option<Cost>,
    production: Option<Duration>,
    /// Our engine and a crate's, without frames.
    engines: BTreeMap<Who, Duration>,
}

/// Holds every protocol at every size, ours alone, production's alone and the other implementations' by turns, and
/// tells what a party pays.
pub fn bench(engine: &Path, telling: Telling) -> Result<()> {
    let mut bench = Bench::start(engine)?;
    for suite in [Suite::Eddsa, Suite::Ecdsa] {
        for (size, with_devices) in SIZES {
            for run in 1..=runs(size) {
                eprint!("\r{} {} of {}, run {run} ", curve(suite), size.0, size.1);
                if with_devices {
                    bench.devices(suite, size)?;
                }
                bench.engines(suite, size)?;
            }
        }
    }
    let wall = bench.keygen_on_one_core_and_on_two()?;
    eprintln!();
    report::tell(telling, &bench.measured);
    report::tell_wall(telling, wall);
    Ok(())
}

struct Bench {
    driver: Driver,
    makers: Makers,
    /// The engines alone, a process for each set of instructions that is here.
    engines: Vec<(Lanes, Engines)>,
    measured: Measured,
}

impl Bench {
    fn start(engine: &Path) -> Result<Self> {
        let program = bench_program()?;
        let here = Lanes::ALL.into_iter().filter(|lanes| lanes.are_here());
        let engines = here.map(|lanes| Ok((lanes, Engines::start(&program, lanes)?)));
        Ok(Self {
            driver: Driver::start(engine)?,
            makers: Makers::new(),
            engines: engines.collect::<Result<_>>()?,
            measured: Measured::new(),
        })
    }

    /// Every protocol among our devices, then among production's.
    fn devices(&mut self, suite: Suite, size: Size) -> Result<()> {
        for side in [Side::Ours, Side::Theirs] {
            let mut stage = Stage::new(suite, Post::InOrder, &mut self.driver, &mut self.makers);
            for Act { protocol, seats, detail } in alone(suite, side, size) {
                let taken = seats.len();
                let cost = stage.cost(&Act { protocol, seats, detail })?;
                let seen = self.measured.entry((suite, protocol)).or_default();
                let seen = seen.entry(size).or_default();
                seen.seats = taken;
                match side {
                    Side::Ours => {
                        let ours = seen.ours.map_or(cost.ours, |before| before.ours.min(cost.ours));
                        seen.ours = Some(Cost { ours, ..cost });
                    }
                    Side::Theirs => seen.production = Some(best(seen.production, cost.theirs)),
                }
            }
        }
        Ok(())
    }

    /// What the engines do by themselves: ours with each set of instructions, and the crate.
    fn engines(&mut self, suite: Suite, size: Size) -> Result<()> {
        for protocol in [Protocol::Keygen, Protocol::Sign] {
            let seen = self.measured.entry((suite, protocol)).or_default();
            let seen = seen.entry(size).or_default();
            let seats = if protocol == Protocol::Keygen { size.1 } else { size.0 };
            seen.seats = usize::from(seats);
            let mut hold = |engines: &mut Engines, who, name| {
                let took = engines.hold(name, protocol, size)?;
                let before = seen.engines.get(&who).copied();
                seen.engines.insert(who, best(before, took));
                Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
            };
            for (lanes, engines) in &mut self.engines {
                hold(engines, Who::Ours(*lanes), curve(suite))?;
            }
            if let Some((_, engines)) = self.engines.last_mut() {
                hold(engines, Who::Peer, if suite == Suite::Ecdsa { "dkls23" } else { "frost" })?;
            }
        }
        Ok(())
    }

    /// The time that passes in a keygen of [`ON_CORES`] where every party has one core, and where it has two. The
    /// parties work one after the other.
    fn keygen_on_one_core_and_on_two(&mut self) -> Result<[Duration; 2]> {
        let mut seen = [None; 2];
        if let Some((_, engines)) = self.engines.last_mut() {
            for _ in 0..RUNS_ON_CORES {
                for (seen, cores) in seen.iter_mut().zip([1, 2]) {
                    *seen = Some(best(*seen, engines.keygen_on(cores, ON_CORES)?));
                }
            }
        }
        Ok(seen.map(Option::unwrap_or_default))
    }
}

fn best(before: Option<Duration>, now: Duration) -> Duration {
    before.map_or(now, |before| before.min(now))
}
