//! Live, with the instructions that `QUORATE_LANES` names, if `QUORATE_ENGINE` names the folder of the production engine.
#![allow(clippy::unwrap_used, missing_docs)]

use xtask::interop::{Telling, sample};

#[test]
fn live_with_any_instructions() {
    match std::env::var_os("QUORATE_ENGINE") {
        Some(engine) => sample(engine.as_ref(), Telling::Lines).unwrap(),
        None => eprintln!("skipped: QUORATE_ENGINE does not name the engine's folder"),
    }
}
