//! The live matrix: our parties and the production engines' in one ceremony, in every seat.
//!
//! The engines are black boxes: they make setups, play parties and read shares, through `interop/engine.mjs`.

mod bench;
mod ceremonies;
mod clock;
mod driver;
mod engines;
mod keys;
pub(crate) mod matrix;
pub(crate) mod table;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use quorate_wire::setup::Suite;
use serde_json::json;

use crate::Result;
pub use bench::bench;
use ceremonies::{Makers, hold};
use driver::Driver;
use matrix::{Story, stories};

/// How results are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// One line a case, for people.
    Lines,
    /// One JSON object a case, and one for the sum.
    Json,
}

/// Runs the matrix against the engines below `engine`. An error if a case failed.
pub fn run(engine: &Path, telling: Telling) -> Result<()> {
    play(engine, telling, [Suite::Eddsa, Suite::Ecdsa].into_iter().flat_map(stories))
}

/// As [`run`], but each protocol once or a few times, and on secp256k1 only: with other instructions than those that the
/// whole matrix has had.
pub fn sample(engine: &Path, telling: Telling) -> Result<()> {
    play(engine, telling, matrix::sample(Suite::Ecdsa))
}

fn play(engine: &Path, telling: Telling, stories: impl IntoIterator<Item = Story>) -> Result<()> {
    let mut report = Report { telling, failed: 0, passed: BTreeMap::new() };
    let mut engine = Driver::start(engine)?;
    let mut makers = Makers::new();
    for story in stories {
        hold(&story, &mut engine, &mut report, &mut makers);
    }
    report.close()
}

/// Tells each case as it ends, and counts.
struct Report {
    telling: Telling,
    failed: u32,
    passed: BTreeMap<Suite, (u32, Duration)>,
}

impl Report {
    /// Runs one case. Its value, if it passed.
    fn case<T>(&mut self, suite: Suite, name: &str, run: impl FnOnce() -> Result<T>) -> Option<T> {
        let begun = Instant::now();
        let outcome = run();
        let took = begun.elapsed();
        let ms = took.as_millis();
        let error = outcome.as_ref().err().map(ToString::to_string);
        if error.is_none() {
            let (passed, time) = self.passed.entry(suite).or_default();
            (*passed, *time) = (passed.saturating_add(1), time.saturating_add(took));
        } else {
            self.failed = self.failed.saturating_add(1);
        }
        match (self.telling, &error) {
            (Telling::Json, _) => {
                let (curve, name, ms) = (curve(suite), name.trim(), took.as_secs_f64() * 1000.0);
                let ok = error.is_none();
                println!(
                    "{}",
                    json!({ "curve": curve, "case": name, "ok": ok, "ms": ms, "error": error })
                );
            }
            (Telling::Lines, None) => println!("  ok   {ms:>5} ms  {} {name}", curve(suite)),
            (Telling::Lines, Some(error)) => {
                println!("  FAIL {ms:>5} ms  {} {name}: {error}", curve(suite));
            }
        }
        outcome.ok()
    }

    fn close(self) -> Result<()> {
        let Self { telling, failed, passed } = self;
        let sum: u32 = passed.values().map(|(count, _)| count).sum();
        match telling {
            Telling::Json => println!("{}", json!({ "passed": sum, "failed": failed })),
            Telling::Lines => {
                for (suite, (count, time)) in passed {
                    println!("{}: {count} passed in {:.1} s", curve(suite), time.as_secs_f64());
                }
                println!("interop: {sum} passed, {failed} failed");
            }
        }
        if failed == 0 { Ok(()) } else { Err(format!("{failed} of the live cases failed").into()) }
    }
}

pub(crate) fn curve(suite: Suite) -> &'static str {
    match suite {
        Suite::Ecdsa => "secp256k1",
        Suite::Eddsa => "ed25519",
    }
}
