//! Recorded ceremonies, replayed: our party's randomness fixed, the others' messages fed, every byte that we send and
//! everything that we are left with compared.
//!
//! Folders are in the forms of `vectors/dkls23/README.md` and `vectors/eddsa/README.md`.

mod draws;
mod file;
mod negative;
mod replay;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use quorate_wire::setup::Suite;

use crate::Result;
use crate::seat::Protocol;
use crate::workspace::root;
use file::{Ceremony, Folder};

/// What became of a folder's vectors.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Replayed, and everything was as recorded.
    pub passed: Vec<Replayed>,
    /// Replayed, and something was not: what.
    pub failed: Vec<(Replayed, String)>,
    /// Not of ceremonies: their values are in the tests of the crates.
    pub others: Vec<String>,
}

/// One ceremony from one seat, or one lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// The file, and what of it.
    pub title: String,
    /// The engine.
    pub suite: Suite,
    /// What the ceremony is for.
    pub protocol: Protocol,
}

impl Report {
    fn add(&mut self, ceremony: &Ceremony, title: String, outcome: Result<()>) {
        let &Ceremony { suite, protocol, .. } = ceremony;
        let replayed = Replayed { title, suite, protocol };
        match outcome {
            Ok(()) => self.passed.push(replayed),
            Err(error) => self.failed.push((replayed, error.to_string())),
        }
    }
}

/// The project's own folders.
#[must_use]
pub fn folders() -> [PathBuf; 2] {
    ["vectors/dkls23", "vectors/eddsa"].map(|folder| root().join(folder))
}

/// Replays every ceremony of the folder, from each seat whose randomness is known.
pub fn ceremonies(folder: &Path) -> Result<Report> {
    let mut folder = Folder::open(folder)?;
    let mut report = Report::default();
    for name in folder.names().into_iter().filter(|name| name != NEGATIVE) {
        let ceremonies = folder.ceremonies(&name)?;
        if ceremonies.is_empty() {
            report.others.push(name);
        }
        for (title, ceremony) in ceremonies {
            for party in ceremony.known.keys() {
                let outcome = replay::replay(&ceremony, party);
                report.add(&ceremony, format!("{title} as {party}"), outcome);
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

/// What is recorded of each protocol, without replaying it.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// The files of its ceremonies.
    pub files: Vec<String>,
    /// How many ceremonies there are in which somebody lies.
    pub lies: usize,
}

/// What the folders hold, by protocol.
pub fn recorded(folders: &[PathBuf]) -> Result<BTreeMap<(Suite, Protocol), Recorded>> {
    let mut found: BTreeMap<(Suite, Protocol), Recorded> = BTreeMap::new();
    for folder in folders {
        let mut folder = Folder::open(folder)?;
        let names = folder.names();
        for name in names.iter().filter(|name| *name != NEGATIVE) {
            for (_, Ceremony { suite, protocol, .. }) in folder.ceremonies(name)? {
                let files = &mut found.entry((suite, protocol)).or_default().files;
                if files.last() != Some(name) {
                    files.push(name.clone());
                }
            }
        }
        if names.contains(NEGATIVE) {
            for of in negative::list(&mut folder)? {
                let lies = &mut found.entry(of).or_default().lies;
                *lies = lies.saturating_add(1);
            }
        }
    }
    Ok(found)
}

const NEGATIVE: &str = "negative";

/// Replays folders and tells what became of each vector. An error if one failed.
pub fn run(folders: &[PathBuf]) -> Result<()> {
    let (mut ok, mut bad): (usize, usize) = (0, 0);
    for folder in folders {
        for Report { passed, failed, others } in [ceremonies(folder)?, lies(folder)?] {
            for Replayed { title, .. } in &passed {
                println!("  ok    {title}");
            }
            for (Replayed { title, .. }, error) in &failed {
                println!("  FAIL  {title}: {error}");
            }
            for name in &others {
                println!(
                    "        {name} is of no ceremony: the tests of the crates use its values"
                );
            }
            (ok, bad) = (ok.saturating_add(passed.len()), bad.saturating_add(failed.len()));
        }
    }
    println!("vectors: {ok} passed, {bad} failed");
    match (ok, bad) {
        (0, 0) => Err("no vector to replay".into()),
        (_, 0) => Ok(()),
        _ => Err(format!("{bad} vectors failed").into()),
    }
}
