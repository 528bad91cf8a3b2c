//! The live matrix: our parties and the production engine's in one ceremony, in every seat.
//!
//! The engine is a black box: it makes setups, plays parties and reads shares, through `interop/engine.mjs`.

mod bench;
mod driver;
mod matrix;
mod table;

use std::path::Path;
use std::time::Instant;

use serde_json::json;

use crate::Result;
use driver::Driver;

/// How results are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// One line a case, for people.
    Lines,
    /// One JSON object a case, and one for the sum.
    Json,
}

/// Runs the matrix against the engine below `engine`. An error if a case failed.
pub fn run(engine: &Path, telling: Telling) -> Result<()> {
    let mut report = Report { telling, passed: 0, failed: 0 };
    let mut engine = Driver::start(engine)?;
    bench::run(&mut engine, &mut report);
    report.close()
}

/// Tells each case as it ends, and counts.
struct Report {
    telling: Telling,
    passed: u32,
    failed: u32,
}

impl Report {
    /// Runs one case. Its value, if it passed.
    fn case<T>(&mut self, name: &str, run: impl FnOnce() -> Result<T>) -> Option<T> {
        let begun = Instant::now();
        let outcome = run();
        let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let error = outcome.as_ref().err().map(ToString::to_string);
        *(if error.is_none() { &mut self.passed } else { &mut self.failed }) += 1;
        match (self.telling, &error) {
            (Telling::Json, _) => {
                println!(
                    "{}",
                    json!({ "case": name, "ok": error.is_none(), "ms": ms, "error": error })
                );
            }
            (Telling::Lines, None) => println!("  ok   {ms:>5} ms  {name}"),
            (Telling::Lines, Some(error)) => println!("  FAIL {ms:>5} ms  {name}: {error}"),
        }
        outcome.ok()
    }

    fn close(self) -> Result<()> {
        let Self { telling, passed, failed } = self;
        match telling {
            Telling::Json => println!("{}", json!({ "passed": passed, "failed": failed })),
            Telling::Lines => println!("interop: {passed} passed, {failed} failed"),
        }
        if failed == 0 { Ok(()) } else { Err(format!("{failed} of the live cases failed").into()) }
    }
}
