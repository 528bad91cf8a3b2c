//! Whether what our ECDSA engine is made of tells its secrets by its time: `bench/src/timing.rs`, built as the product is.

use std::process::Command;

use crate::Result;
use crate::lanes::{Lanes, VARIABLE};
use crate::workspace::{bench_program, run as finish};

/// Runs the test with the widest instructions that are here, and with all that are narrower: each is other code.
pub fn run() -> Result<()> {
    let program = bench_program()?;
    finish(Command::new(&program).arg("timing"))?;
    for lanes in Lanes::NARROWER.into_iter().filter(|lanes| lanes.are_here()) {
        println!("with {} instructions:", lanes.name());
        finish(Command::new(&program).arg("timing").env(VARIABLE, lanes.name()))?;
    }
    Ok(())
}
