//! Arbitrary bytes for everything that reads bytes: builds the targets of `fuzz/` and runs each for a while.
//!
//! What once found a defect is tried first. Needs a C++ compiler, for libFuzzer, and nothing else.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use crate::Result;
use crate::workspace::{cargo, root, run as finish, succeeds};

/// How long each target runs where nobody says.
pub const SECONDS: u32 = 20;
/// The longest that reading one input may take, in seconds: a key generation and every machine's slowness.
const LONGEST_READ: u32 = 25;
/// The most memory that a target may ever have, in MiB. The largest bound that a reader has is 66 MiB.
const MOST_MEMORY: u32 = 512;

/// What a run of one target told.
struct Outcome {
    target: String,
    log: String,
    held: bool,
}

/// Runs every target for so many seconds, as many at a time as there are processors.
pub fn run(seconds: u32) -> Result<()> {
    if !succeeds(Command::new("c++").arg("--version")) {
        return Err("fuzzing needs a C++ compiler: c++".into());
    }
    let built = built();
    let fuzz = root().join("fuzz");
    let in_fuzz = |arguments: &[&str]| {
        let mut command = cargo(arguments);
        command.args(["--release", "--locked", "--quiet", "--target-dir"]).arg(&built);
        finish(command.current_dir(&fuzz))
    };
    in_fuzz(&["build"])?;
    in_fuzz(&["test"])?;

    let targets = Mutex::new(targets(&fuzz)?.into_iter());
    let next = || targets.lock().ok()?.next();
    let outcomes = Mutex::new(Vec::new());
    let work = || {
        while let Some(target) = next() {
            let outcome = fuzzed(&fuzz, &built, target, seconds);
            if let Ok(outcome) = &outcome {
                outcome.tell(&fuzz, &built);
            }
            outcomes.lock().map(|mut all| all.push(outcome)).ok();
        }
    };
    println!(
        "{:<20} {:>12} {:>10} {:>10} {:>8}",
        "target", "executions", "counters", "features", "inputs"
    );
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let outcomes = outcomes.into_inner()?.into_iter().collect::<Result<Vec<_>>>()?;
    let fallen: Vec<_> = outcomes.iter().filter(|o| !o.held).map(|o| o.target.as_str()).collect();
    if fallen.is_empty() {
        println!("{} targets, {seconds} s each, nothing found", outcomes.len());
        Ok(())
    } else {
        Err(format!("defects found by: {}", fallen.join(", ")).into())
    }
}

/// Where the targets are built: beside what else is built, but never among it, since they are built differently.
fn built() -> PathBuf {
    let elsewhere =
        env::var_os("CARGO_TARGET_DIR").map(|folder| PathBuf::from(folder).join("fuzz"));
    elsewhere.unwrap_or_else(|| root().join("fuzz/target"))
}

fn targets(fuzz: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(fuzz.join("targets"))?.collect::<std::io::Result<Vec<_>>>()?;
    let stem = |entry: &fs::DirEntry| Some(entry.path().file_stem()?.to_str()?.to_owned());
    let mut names: Vec<_> = entries.iter().filter_map(stem).collect();
    names.sort();
    Ok(names)
}

fn program(built: &Path, target: &str) -> PathBuf {
    built.join("release").join(target)
}

fn fuzzed(fuzz: &Path, built: &Path, target: String, seconds: u32) -> Result<Outcome> {
    let [corpus, found, regressions] =
        ["corpus", "artifacts", "regressions"].map(|kind| fuzz.join(kind).join(&target));
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&found)?;
    let mut command = Command::new(program(built, &target));
    command.arg(&corpus);
    if regressions.is_dir() {
        command.arg(&regressions);
    }
    command
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={LONGEST_READ}"))
        .arg(format!("-rss_limit_mb={MOST_MEMORY}"))
        .arg(format!("-artifact_prefix={}/", found.display()))
        .arg("-print_final_stats=1");
    let log = fuzz.join("artifacts").join(format!("{target}.log"));
    let told = File::create(&log)?;
    let status = command.stdout(told.try_clone()?).stderr(told).status()?;
    let log = String::from_utf8_lossy(&fs::read(log)?).into_owned();
    Ok(Outcome { target, log, held: status.success() })
}

impl Outcome {
    /// The word behind the last occurrence of `key`.
    fn last(&self, key: &str) -> &str {
        let rest = self.log.rsplit_once(key).map_or("", |(_, rest)| rest);
        rest.split_ascii_whitespace().next().unwrap_or("?")
    }

    fn tell(&self, fuzz: &Path, built: &Path) {
        let Self { target, log, held } = self;
        println!(
            "{target:<20} {:>12} {:>10} {:>10} {:>8}",
            self.last("stat::number_of_executed_units:"),
            self.last(" cov: "),
            self.last(" ft: "),
            self.last(" corp: ").split('/').next().unwrap_or_default(),
        );
        if !held {
            for line in
                log.lines().filter(|line| line.contains("panicked") || line.contains("ERROR"))
            {
                println!("    {line}");
            }
            let input = self.last("Test unit written to ");
            println!("    to see it again: {} {input}", program(built, target).display());
            let keep = fuzz.join("regressions").join(target);
            println!("    to keep it: mkdir -p {0} && cp {input} {0}", keep.display());
        }
    }
}
