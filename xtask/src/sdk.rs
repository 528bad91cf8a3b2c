//! Live ceremonies with the real SDK, and with phones on the production engines: `interop/sdk.test.mjs`,
//! `interop/evm.test.mjs`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::Result;
use crate::packages::{ANVIL_AT, ENGINE};
use crate::workspace::{cargo, output, root, run as finish};

/// What the SDK imports, and of which version: the few of its packages that it needs to start, each with its digest.
const IMPORTS: [&str; 2] = ["package.json", "package-lock.json"];

/// The folder that holds the SDK with everything that it imports, fetched now if it was not there.
pub fn folder() -> Result<PathBuf> {
    let sdk = ENGINE.folder()?;
    let cache = root().join("interop/cache");
    let [wanted, locked] = IMPORTS.map(|name| root().join("interop/sdk").join(name));
    // An installed folder remembers what it was installed by.
    let installed = cache.join("package-lock.json");
    if fs::read(&installed).ok() == Some(fs::read(&locked)?) && cache.join("node_modules").is_dir()
    {
        return Ok(sdk);
    }
    eprintln!("fetching what the SDK imports");
    let fresh = cache.join(format!("imports.new-{}", std::process::id()));
    fs::create_dir_all(&fresh)?;
    let placed = install(&[wanted, locked.clone()], &fresh).and_then(|()| {
        let modules = cache.join("node_modules");
        if modules.exists() {
            fs::remove_dir_all(&modules)?;
        }
        fs::rename(fresh.join("node_modules"), modules)?;
        fs::copy(&locked, &installed)?;
        Ok(())
    });
    fs::remove_dir_all(&fresh)?;
    placed.map(|()| sdk)
}

/// Nothing in the packages is run by installing them.
fn install(lists: &[PathBuf], into: &Path) -> Result<()> {
    for list in lists {
        fs::copy(list, into.join(list.file_name().unwrap_or_default()))?;
    }
    let quiet =
        ["ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--silent"];
    finish(Command::new("npm").args(quiet).current_dir(into))
}

/// Builds our program and holds the ceremonies; the payments among them only if there is a node of a chain, whose program
/// is `anvil`.
pub fn run(folder: &Path, anvil: Option<&Path>) -> Result<()> {
    let mut node = Command::new("node");
    // The tests of one file share a processor with those of no other: each waits for its peers.
    node.args(["--test", "--test-force-exit", "--test-concurrency=1"]).current_dir(root());
    node.args(["interop/payments.test.mjs", "interop/sdk.test.mjs"]);
    if let Some(anvil) = anvil {
        node.arg("interop/evm.test.mjs").env(ANVIL_AT, anvil);
    }
    finish(node.env("QUORATE_SDK", folder).env("QUORATE", program()?))
}

fn program() -> Result<PathBuf> {
    let told =
        ["build", "--locked", "--bin", "quorate", "--message-format=json-render-diagnostics"];
    let told = output(&mut cargo(told))?;
    let lines = told.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut programs = lines.filter_map(|line| Some(line.get("executable")?.as_str()?.into()));
    Ok(programs.next_back().ok_or("the build made no program")?)
}
