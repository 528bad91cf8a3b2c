//! Everything that has to pass, in one command, on a machine that has nothing but a Rust toolchain and node.

use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::interop::{self, Telling};
use crate::lanes::{self, Lanes};
use crate::packages::{ANVIL_AT, ENGINE, anvil_program, missing};
use crate::workspace::{cargo, root, run as finish, succeeds};
use crate::{Result, checks, counts, edges, fuzz, sdk, shown, timing, words};

/// The tests that compare with recorded bytes, or with the plain form of an instruction.
const RECORDED: &str = "package(quorate-lanes) | test(/recorded|replay/)";
/// The test that holds every protocol with the production engine.
const LIVE: &str = "package(xtask) & binary(lanes)";
/// Where the tests that are not run from here find the production engine.
const ENGINE_AT: &str = "QUORATE_ENGINE";

/// Runs every part to its end, whatever happened to the ones before, and says at the end what passed, what failed
/// and what could not be run, and how long each part took. A part that could not be run is a failure where `CI` is `true`.
pub fn run(with_interop: bool) -> Result<()> {
    nextest()?;
    let mut parts = Parts::default();
    let engine = if with_interop {
        parts.fetched(
            "the production engines",
            missing().map_or_else(|| ENGINE.folder(), |m| Err(m.into())),
        )
    } else {
        parts.skipped.push("the production engines: left out by --no-interop".into());
        None
    };
    let anvil = parts.fetched("an Ethereum node", anvil_program());

    let mut tests = cargo(["nextest", "run", "--workspace", "--locked", "--no-fail-fast"]);
    parts.run("tests", || finish(tests.envs(anvil.as_ref().map(|program| (ANVIL_AT, program)))));
    for lanes in Lanes::NARROWER.map(Lanes::name) {
        let mut tests = cargo(["nextest", "run", "--workspace", "--locked", "-E", RECORDED]);
        let name = format!("recorded ceremonies with {lanes} instructions");
        parts.run(&name, || finish(tests.env(lanes::VARIABLE, lanes)));
    }
    parts.run("documentation tests", || {
        finish(&mut cargo(["test", "--workspace", "--locked", "--doc", "--quiet"]))
    });
    parts.run("crate edges", edges::enforce);
    parts.run("table of checks", checks::verify);
    parts.run("table of what is shown", shown::verify);
    parts.run("words of ceremonies", words::verify);
    parts.run("proof of checks", checks::prove);
    parts.run("fuzzing", || fuzz::run(fuzz::SECONDS));
    let counter = counts::missing().map_or(Ok(()), |missing| Err(missing.into()));
    if parts.fetched("counts of instructions", counter).is_some() {
        parts.run("counts of instructions", counts::verify);
    }
    parts.run("timing", timing::run);
    if let Some(folder) = &engine {
        let mut driver = Command::new("node");
        driver.args(["--test", "interop/engine.test.mjs"]).current_dir(root());
        parts.run("engine driver", || finish(driver.env(ENGINE_AT, folder)));
        println!("live ceremonies with the production engines");
        parts.run("live interoperability", || interop::run(folder, Telling::Lines));
        for lanes in Lanes::NARROWER.map(Lanes::name) {
            let mut tests = cargo(["nextest", "run", "--workspace", "--locked", "-E", LIVE]);
            let name = format!("live interoperability with {lanes} instructions");
            parts.run(&name, || finish(tests.env(lanes::VARIABLE, lanes).env(ENGINE_AT, folder)));
        }
        if let Some(folder) = parts.fetched("the real SDK", sdk::folder()) {
            parts.run("live ceremonies with the real SDK", || sdk::run(&folder, anvil.as_deref()));
        }
    }
    parts.close()
}

/// Installs the test runner if this toolchain has none.
fn nextest() -> Result<()> {
    if succeeds(&mut cargo(["nextest", "--version"])) {
        return Ok(());
    }
    eprintln!("installing cargo-nextest");
    finish(&mut cargo([
        "install",
        "--locked",
        "--no-default-features",
        "--features=default-no-update",
        "cargo-nextest",
    ]))
}

#[derive(Default)]
struct Parts {
    passed: Vec<String>,
    failed: Vec<String>,
    skipped: Vec<String>,
    took: Duration,
}

impl Parts {
    fn fetched<T>(&mut self, name: &str, got: Result<T>) -> Option<T> {
        got.map_err(|error| self.skipped.push(format!("{name}: {error}"))).ok()
    }

    fn run(&mut self, name: &str, part: impl FnOnce() -> Result<()>) {
        let begun = Instant::now();
        let outcome = part();
        let took = begun.elapsed();
        self.took = self.took.saturating_add(took);
        let name = format!("{name} ({:.0} s)", took.as_secs_f64());
        match outcome {
            Ok(()) => self.passed.push(name),
            Err(error) => self.failed.push(format!("{name}: {error}")),
        }
    }

    fn close(self) -> Result<()> {
        println!();
        for (word, parts) in
            [("passed", &self.passed), ("failed", &self.failed), ("skipped", &self.skipped)]
        {
            for part in parts {
                println!("{word}: {part}");
            }
        }
        let [passed, failed, skipped] = [&self.passed, &self.failed, &self.skipped].map(Vec::len);
        let took = self.took.as_secs_f64();
        println!("parts: {passed} passed, {failed} failed, {skipped} skipped ({took:.0} s)");
        let must_be_whole = env::var_os("CI").is_some_and(|ci| ci == "true");
        match (failed, skipped) {
            (0, 0) => Ok(()),
            (0, _) if !must_be_whole => Ok(()),
            (0, _) => Err("nothing may be skipped where CI=true".into()),
            _ => Err("not everything passed".into()),
        }
    }
}
