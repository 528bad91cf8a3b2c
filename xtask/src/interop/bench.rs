//! What each protocol costs a party, beside the production engine and other implementations in the same run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use quorate_wire::setup::Suite;
use serde_json::json;

use super::ceremonies::{Makers, Stage};
use super::clock::Cost;
use super::driver::Driver;
use super::engines::Engines;
use super::matrix::{Act, alone};
use super::table::{Post, Side};
use super::{Telling, curve};
use crate::Result;
use crate::seat::Protocol;

/// How many of how many.
const SIZES: [(u8, u8); 7] = [(2, 2), (2, 3), (3, 4), (3, 5), (4, 5), (5, 8), (6, 8)];
/// How often each is held by each side, by turns: the best counts.
const RUNS: usize = 5;

/// One protocol at one size: the best that each side did.
#[derive(Default)]
struct Seen {
    cost: Cost,
    ours: Option<Duration>,
    production: Option<Duration>,
    /// Our engine and a crate's, without frames.
    bare: Option<(Duration, &'static str, Duration)>,
}

/// Holds every protocol at every size, ours alone, production's alone and the other implementations' by turns, and
/// tells what a party pays.
pub fn bench(engine: &Path, telling: Telling) -> Result<()> {
    let mut engine = Driver::start(engine)?;
    let mut engines = Engines::start()?;
    let mut makers = Makers::new();
    if telling == Telling::Lines {
        println!("{}", processor());
        println!(
            "milliseconds of processor time a party; production's engine is WebAssembly in node\n"
        );
        let (ours, production, engine) = ("ours", "production", "engine alone, beside a crate");
        println!("{:<29}{ours:>9}{production:>18}{engine:>32}   sent", "");
    }
    for suite in [Suite::Eddsa, Suite::Ecdsa] {
        for size in SIZES {
            let mut seen: BTreeMap<Protocol, Seen> = BTreeMap::new();
            let acts = |side| alone(suite, side, size.0, size.1);
            for _ in 0..RUNS {
                for side in [Side::Ours, Side::Theirs] {
                    let mut stage = Stage::new(suite, Post::InOrder, &mut engine, &mut makers);
                    for act in acts(side) {
                        let cost = stage.cost(&act)?;
                        let seen = seen.entry(act.protocol).or_default();
                        if side == Side::Ours {
                            seen.ours = Some(best(seen.ours, cost.ours));
                            seen.cost = cost;
                        } else {
                            seen.production = Some(best(seen.production, cost.theirs));
                        }
                    }
                }
                for (protocol, seen) in &mut seen {
                    let Some((ours, peer)) = Engines::who(suite, *protocol) else { continue };
                    let mut hold = |who| engines.hold(who, *protocol, size);
                    let (ours, theirs) = (hold(ours)?, hold(peer)?);
                    let (before, _, before_theirs) = seen.bare.unwrap_or((ours, peer, theirs));
                    seen.bare = Some((before.min(ours), peer, before_theirs.min(theirs)));
                }
            }
            for act in acts(Side::Ours) {
                let seen = seen.remove(&act.protocol).unwrap_or_default();
                tell(telling, suite, size, &act, &seen);
            }
        }
    }
    if telling == Telling::Lines {
        println!("\npeak memory of ours: {}", peak_memory());
    }
    Ok(())
}

fn best(before: Option<Duration>, now: Duration) -> Duration {
    before.map_or(now, |before| before.min(now))
}

fn tell(telling: Telling, suite: Suite, (threshold, parties): (u8, u8), act: &Act, seen: &Seen) {
    let Seen { cost, ours, production, bare } = seen;
    let seats = u32::try_from(act.seats.len()).unwrap_or(u32::MAX).max(1);
    let each = |time: Duration| time.as_secs_f64() * 1000.0 / f64::from(seats);
    let bare = bare.map(|(ours, name, theirs)| (each(ours), name, each(theirs)));
    let ours = ours.map_or(f64::NAN, each);
    let production = production.map(each);
    let bytes =
        u32::try_from(cost.bytes).unwrap_or(u32::MAX).checked_div(seats).unwrap_or_default();
    let (curve, protocol) = (curve(suite), act.protocol.to_string());
    let (rounds, share) = (cost.rounds, cost.share);
    match telling {
        Telling::Json => println!(
            "{}",
            json!({
                "curve": curve, "protocol": protocol, "threshold": threshold, "parties": parties,
                "ours_ms": ours, "production_ms": production, "ratio": production.map(|theirs| ours / theirs),
                "engine_ms": bare.map(|(ours, ..)| ours), "crate": bare.map(|(_, name, _)| name),
                "crate_ms": bare.map(|(.., theirs)| theirs), "crate_ratio": bare.map(|(ours, _, theirs)| ours / theirs),
                "bytes": bytes, "rounds": rounds, "share": share,
            })
        ),
        Telling::Lines => {
            let production = production
                .map_or_else(String::new, |theirs| format!("{:.2} of {theirs:.2}", ours / theirs));
            let bare = bare.map_or_else(String::new, |(ours, name, theirs)| {
                format!("{ours:.2}, {:.2} of {theirs:.2} {name}", ours / theirs)
            });
            let share = share.map_or_else(String::new, |share| format!(", share {share} bytes"));
            let size = format!("{threshold}/{parties}");
            println!(
                "{curve:<10}{protocol:<14}{size:<5}{ours:>9.2}{production:>18}{bare:>32}   \
                 {bytes} bytes in {rounds} rounds{share}"
            );
        }
    }
}

/// What the processor calls itself, and those of its features that our code asks for.
fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim())
    };
    let flags = field("flags").unwrap_or_default();
    let wanted = ["aes", "pclmulqdq", "sha_ni", "avx2", "avx512f", "avx512ifma"];
    let has: Vec<&str> = flags.split(' ').filter(|flag| wanted.contains(flag)).collect();
    format!("{} ({})", field("model name").unwrap_or("unknown"), has.join(" "))
}

fn peak_memory() -> String {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |line| line.trim().to_owned())
}
