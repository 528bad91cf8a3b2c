//! Programs that the tests talk to and that the repository does not hold: fetched once, into `interop/cache`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::workspace::{output, root, run};
use crate::{Result, workspace};

/// A package of the npm registry: unpacked as it is, nothing in it is installed or run by fetching it.
#[derive(Clone, Copy, Debug)]
pub struct Package {
    name: &'static str,
    version: &'static str,
    /// The digest of the package, in the registry's notation, where we have seen it.
    integrity: Option<&'static str>,
    folder: &'static str,
}

/// The production engine (WebAssembly): the peer of the live interoperability matrix.
pub const ENGINE: Package = Package {
    name: "@vultisig/sdk",
    version: "0.2.0-beta.9",
    integrity: Some(
        "sha512-u0fBAtCsmTA4/Y+aK4qbYF0KtuYIlK8GgKrpN3UhvW3o4YZcP+qDUGUADhnL97L7PP8jk2JsC2IxSDX556QU7g==",
    ),
    folder: "sdk",
};

/// Where tests find an Ethereum node's program; without it, those that need one say so and do nothing.
pub const ANVIL_AT: &str = "QUORATE_ANVIL";

/// The program of an Ethereum node, fetched now if it was not there.
pub fn anvil_program() -> Result<PathBuf> {
    if let Some(missing) = missing() {
        return Err(missing.into());
    }
    let package = anvil().ok_or("none is published for this kind of machine")?;
    Ok(package.folder()?.join("package/bin/anvil"))
}

/// A node of an Ethereum chain for this machine, if one is published.
fn anvil() -> Option<Package> {
    let (name, integrity) = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => (
            "@foundry-rs/anvil-linux-amd64",
            Some(
                "sha512-+XmShybEaxfCrr0OUUZwYEy2OnYZt5pHH9TzBtLv3+VrK0O/ANuNSVEahqNhKHlgX7GRJ59383ofNhxkRWIYTg==",
            ),
        ),
        ("linux", "aarch64") => ("@foundry-rs/anvil-linux-arm64", None),
        ("macos", "x86_64") => ("@foundry-rs/anvil-darwin-amd64", None),
        ("macos", "aarch64") => ("@foundry-rs/anvil-darwin-arm64", None),
        _ => return None,
    };
    Some(Package { name, version: "1.7.1", integrity, folder: "anvil" })
}

impl Package {
    /// The folder that holds the unpacked package, fetched now if it was not there.
    pub fn folder(&self) -> Result<PathBuf> {
        let cache = root().join("interop/cache");
        let folder = cache.join(format!("{}-{}", self.folder, self.version));
        if folder.exists() {
            return Ok(folder);
        }
        let fresh = cache.join(format!("{}.new-{}", self.folder, std::process::id()));
        fs::create_dir_all(&fresh)?;
        let unpacked = self.fetch(&fresh);
        // Whole or not at all: an interrupted fetch must not look like a finished one.
        let placed = unpacked.and_then(|()| Ok(fs::rename(&fresh, &folder)?));
        if placed.is_err() {
            fs::remove_dir_all(&fresh)?;
        }
        placed.map(|()| folder)
    }

    fn fetch(&self, into: &Path) -> Result<()> {
        let wanted = format!("{}@{}", self.name, self.version);
        eprintln!("fetching {wanted}");
        let mut npm = Command::new("npm");
        let report = output(npm.args(["pack", "--silent", "--json", &wanted]).current_dir(into))?;
        let report: Value = serde_json::from_str(&report)?;
        let said = |key| report.pointer(key).and_then(Value::as_str).unwrap_or_default();
        if self.integrity.is_some_and(|expected| said("/0/integrity") != expected) {
            return Err(format!("{wanted} is not the package this project was tested with").into());
        }
        let archive = into.join(said("/0/filename"));
        run(Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(into))?;
        Ok(fs::remove_file(archive)?)
    }
}

/// What stands in the way of fetching packages and of running the engine, if anything does.
#[must_use]
pub fn missing() -> Option<&'static str> {
    let there = |program| workspace::succeeds(Command::new(program).arg("--version"));
    match (there("node"), there("npm")) {
        (true, true) => None,
        (false, _) => Some("node is not installed"),
        (true, false) => Some("npm is not installed"),
    }
}
