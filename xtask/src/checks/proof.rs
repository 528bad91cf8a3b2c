//! Each check's test with the check and without it.

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use super::Row;
use super::tests::Test;
use crate::Result;
use crate::workspace::succeeds;

/// The environment variable by which a test program is told which check to leave out.
const OFF: &str = "QUORATE_CHECK_OFF";

pub(super) fn prove(matched: &[(Row, Vec<Test>)]) -> Result<()> {
    let work: Vec<(&Row, &Test)> =
        matched.iter().flat_map(|(row, tests)| tests.iter().map(move |test| (row, test))).collect();
    let begun = Instant::now();
    let next = AtomicUsize::new(0);
    let worker = || -> Vec<String> {
        let claim = || work.get(next.fetch_add(1, Ordering::Relaxed));
        std::iter::from_fn(claim).filter_map(|(row, test)| flaw(row, test)).collect()
    };
    let workers = thread::available_parallelism()?.get();
    let flaws: Vec<String> = thread::scope(|scope| {
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        let lost = || vec!["a worker was lost".to_owned()];
        running.into_iter().flat_map(|one| one.join().unwrap_or_else(|_| lost())).collect()
    });
    if !flaws.is_empty() {
        return Err(flaws.join("\n").into());
    }
    let (checks, tests, seconds) = (matched.len(), work.len(), begun.elapsed().as_secs());
    println!(
        "{checks} checks: each of {tests} tests passes, and fails without its check ({seconds} s)"
    );
    Ok(())
}

fn flaw(row: &Row, test: &Test) -> Option<String> {
    let passes = |off: Option<&str>| {
        let mut program = Command::new(&test.program);
        program.args(["--exact", &test.path]).current_dir(&test.directory).env_remove(OFF);
        succeeds(program.envs(off.map(|id| (OFF, id))))
    };
    match (passes(None), passes(Some(row.id))) {
        (true, false) => None,
        (true, true) => Some(format!("{} passes without {} as well", test.path, row.id)),
        (false, _) => Some(format!("{} fails", test.path)),
    }
}
