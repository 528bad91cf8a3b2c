//! Recorded ceremonies, replayed: our party's randomness fixed, the others' messages fed, every byte that we send and
//! everything that we are left with compared.
//!
//! A folder is in the form of `vectors/dkls23/README.md`.

mod file;
mod negative;
mod replay;
mod script;

use std::path::Path;

use crate::Result;
use file::Folder;

/// What became of a folder's vectors, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Replayed, and everything was as recorded.
    pub passed: Vec<String>,
    /// Replayed, and something was not: what.
    pub failed: Vec<(String, String)>,
    /// Of protocols that this version does not have, or not a ceremony at all.
    pub skipped: Vec<String>,
}

impl Report {
    fn add(&mut self, name: String, outcome: Result<()>) {
        match outcome {
            Ok(()) => self.passed.push(name),
            Err(error) => self.failed.push((name, error.to_string())),
        }
    }
}

/// Replays every ceremony of the folder, from each seat whose randomness is known.
pub fn ceremonies(folder: &Path) -> Result<Report> {
    let mut folder = Folder::open(folder)?;
    let mut report = Report::default();
    for name in folder.names().into_iter().filter(|name| name != NEGATIVE) {
        if !folder.holds_ceremonies(&name)? {
            report.skipped.push(name);
            continue;
        }
        for (title, ceremony) in folder.ceremonies(&name)? {
            for party in ceremony.random.keys() {
                report.add(format!("{title} as {party}"), replay::replay(&ceremony, party));
            }
        }
    }
    Ok(report)
}

/// Replays every ceremony of the folder's `negative` in which somebody lies.
pub fn lies(folder: &Path) -> Result<Report> {
    let mut folder = Folder::open(folder)?;
    let mut report = Report::default();
    if folder.names().contains(NEGATIVE) {
        negative::replay_all(&mut folder, &mut report)?;
    }
    Ok(report)
}

const NEGATIVE: &str = "negative";

/// Replays the folder and tells what became of each vector. An error if one failed.
pub fn run(folder: &Path) -> Result<()> {
    let Report { mut passed, mut failed, mut skipped } = ceremonies(folder)?;
    let more = lies(folder)?;
    passed.extend(more.passed);
    failed.extend(more.failed);
    skipped.extend(more.skipped);
    for name in &passed {
        println!("  ok    {name}");
    }
    for (name, error) in &failed {
        println!("  FAIL  {name}: {error}");
    }
    for name in &skipped {
        println!("  skip  {name}");
    }
    let [ok, bad, left] = [passed.len(), failed.len(), skipped.len()];
    println!("vectors: {ok} passed, {bad} failed, {left} skipped");
    match (ok, bad) {
        (0, 0) => Err("no vector to replay".into()),
        (_, 0) => Ok(()),
        _ => Err(format!("{bad} vectors failed").into()),
    }
}
