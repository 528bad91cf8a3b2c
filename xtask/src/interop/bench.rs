//! What each protocol costs a party, beside the production engine in the same run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use quorate_wire::setup::Suite;
use serde_json::json;

use super::ceremonies::{Makers, Stage};
use super::clock::Cost;
use super::driver::Driver;
use super::matrix::{Act, alone};
use super::table::{Post, Side};
use super::{Telling, curve};
use crate::Result;
use crate::seat::Protocol;

/// How many of how many.
const SIZES: [(u8, u8); 7] = [(2, 2), (2, 3), (3, 4), (3, 5), (4, 5), (5, 8), (6, 8)];
/// How often each is held by each side, by turns: the best counts.
const RUNS: usize = 3;

/// Holds every protocol at every size, ours alone and theirs alone by turns, and tells what a party pays.
pub fn bench(engine: &Path, telling: Telling) -> Result<()> {
    let mut engine = Driver::start(engine)?;
    let mut makers = Makers::new();
    if telling == Telling::Lines {
        println!("processor: {}", processor());
        if cfg!(debug_assertions) {
            println!("not a release build: the times of ours mean nothing");
        }
        println!("processor time a party, ours as a part of production's (WebAssembly in node)");
    }
    for suite in [Suite::Eddsa, Suite::Ecdsa] {
        for (threshold, parties) in SIZES {
            let mut best: BTreeMap<(Protocol, Side), (Cost, Duration)> = BTreeMap::new();
            let acts = |side| alone(suite, side, threshold, parties);
            for side in [Side::Ours, Side::Theirs].repeat(RUNS) {
                let mut stage = Stage::new(suite, Post::InOrder, &mut engine, &mut makers);
                for act in acts(side) {
                    let cost = stage.cost(&act)?;
                    let time = if side == Side::Ours { cost.ours } else { cost.theirs };
                    let seen = best.entry((act.protocol, side)).or_insert((cost, time));
                    if time < seen.1 {
                        *seen = (cost, time);
                    }
                }
            }
            for act in acts(Side::Ours) {
                let of = |side| best.get(&(act.protocol, side)).copied().unwrap_or_default();
                tell(
                    telling,
                    suite,
                    (threshold, parties),
                    &act,
                    of(Side::Ours),
                    of(Side::Theirs).1,
                );
            }
        }
    }
    if telling == Telling::Lines {
        println!("peak memory of ours: {}", peak_memory());
    }
    Ok(())
}

fn tell(
    telling: Telling,
    suite: Suite,
    (threshold, parties): (u8, u8),
    act: &Act,
    (cost, ours): (Cost, Duration),
    theirs: Duration,
) {
    let seats = u32::try_from(act.seats.len()).unwrap_or(u32::MAX).max(1);
    let bytes =
        u32::try_from(cost.bytes).unwrap_or(u32::MAX).checked_div(seats).unwrap_or_default();
    let each = |time: Duration| time.as_secs_f64() * 1000.0 / f64::from(seats);
    let (ours, theirs) = (each(ours), each(theirs));
    let (curve, protocol, ratio) = (curve(suite), act.protocol, ours / theirs);
    let (rounds, share) = (cost.rounds, cost.share);
    match telling {
        Telling::Json => println!(
            "{}",
            json!({
                "curve": curve, "protocol": protocol.to_string(), "threshold": threshold, "parties": parties,
                "ratio": ratio, "ours_ms": ours, "production_ms": theirs,
                "bytes": bytes, "rounds": rounds, "share": share, "release": !cfg!(debug_assertions),
            })
        ),
        Telling::Lines => {
            let share = share.map_or_else(String::new, |share| format!(", share {share} bytes"));
            println!(
                "  {ratio:>5.2}  {curve:<9} {:<13} {threshold}/{parties}  {ours:>8.2} ms, {theirs:>8.2} ms, \
                 sends {bytes} bytes in {rounds} rounds{share}",
                protocol.to_string()
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
