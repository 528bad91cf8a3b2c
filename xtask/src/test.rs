//! Everything that has to pass, in one command, on a machine that has nothing but a Rust toolchain and node.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::interop::{self, Telling};
use crate::packages::{ANVIL_PROGRAM, ENGINE, anvil, missing};
use crate::workspace::{cargo, root, run as finish, succeeds};
use crate::{Result, checks, edges};

/// Where the tests find an Ethereum node's program; without it, those that need one say so and do nothing.
const ANVIL_AT: &str = "QUORATE_ANVIL";
/// Where the tests of the driver find the production engine.
const ENGINE_AT: &str = "QUORATE_ENGINE";

/// Runs every part to its end, whatever happened to the ones before, and says at the end what passed, what failed
/// and what could not be run. A part that could not be run is a failure where `CI` is `true`.
pub fn run(with_interop: bool) -> Result<()> {
    nextest()?;
    let mut parts = Parts::default();
    let engine = if with_interop {
        parts.fetched(
            "the production engine",
            missing().map_or_else(|| ENGINE.folder(), |m| Err(m.into())),
        )
    } else {
        parts.skipped.push("the production engine: left out by --no-interop".into());
        None
    };
    let anvil = parts.fetched("an Ethereum node", anvil_program());

    let mut tests = cargo(["nextest", "run", "--workspace", "--locked", "--no-fail-fast"]);
    parts.ran("tests", finish(tests.envs(anvil.map(|program| (ANVIL_AT, program)))));
    parts.ran(
        "documentation tests",
        finish(&mut cargo(["test", "--workspace", "--locked", "--doc", "--quiet"])),
    );
    parts.ran("crate edges", edges::enforce());
    parts.ran("table of checks", checks::verify());
    parts.ran("proof of checks", checks::prove());
    if let Some(folder) = &engine {
        let mut driver = Command::new("node");
        driver.args(["--test", "interop/engine.test.mjs"]).current_dir(root());
        parts.ran("engine driver", finish(driver.env(ENGINE_AT, folder)));
        println!("live ceremonies with the production engine");
        parts.ran("live interoperability", interop::run(folder, Telling::Lines));
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

fn anvil_program() -> Result<PathBuf> {
    if let Some(missing) = missing() {
        return Err(missing.into());
    }
    let package = anvil().ok_or("none is published for this kind of machine")?;
    Ok(package.folder()?.join(ANVIL_PROGRAM))
}

#[derive(Default)]
struct Parts {
    passed: Vec<String>,
    failed: Vec<String>,
    skipped: Vec<String>,
}

impl Parts {
    fn fetched<T>(&mut self, name: &str, got: Result<T>) -> Option<T> {
        got.map_err(|error| self.skipped.push(format!("{name}: {error}"))).ok()
    }

    fn ran(&mut self, name: &str, outcome: Result<()>) {
        match outcome {
            Ok(()) => self.passed.push(name.to_owned()),
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
        println!("parts: {passed} passed, {failed} failed, {skipped} skipped");
        let must_be_whole = env::var_os("CI").is_some_and(|ci| ci == "true");
        match (failed, skipped) {
            (0, 0) => Ok(()),
            (0, _) if !must_be_whole => Ok(()),
            (0, _) => Err("nothing may be skipped where CI=true".into()),
            _ => Err("not everything passed".into()),
        }
    }
}
