//! Whether what our ECDSA engine is made of tells its secrets by its time: `bench/src/timing.rs`, built as the product is.

use std::process::Command;

use crate::Result;
use crate::workspace::{bench_program, run as finish};

/// Runs the test with the widest instructions that are here.
pub fn run() -> Result<()> {
    finish(Command::new(bench_program()?).arg("timing"))
}
