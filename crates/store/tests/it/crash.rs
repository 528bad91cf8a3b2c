//! Two processes, and processes that die: what was reported is there, and nothing is there by halves.
//!
//! A test that needs another process runs its own binary again, with one of the roles below.

use std::env;
use std::io::{BufRead, BufReader, Lines, Write, stdout};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use quorate_store::Home;
use quorate_vault::store::{Change, State, Store, StoreError};
use rusqlite::Connection;

use crate::support::{Scratch, ban, bring, everything, fsid, passphrase, rng, stage};

pub(crate) const HOME: &str = "QUORATE_TEST_HOME";
pub(crate) const FIRST: &str = "QUORATE_TEST_FIRST";

/// Runs the test `role` of this binary as another process, on this home.
pub(crate) fn child(role: &str, home: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args([role, "--exact", "--ignored", "--nocapture"])
        .env(HOME, home)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// Waits until the child says this; what it says later.
pub(crate) fn hear(child: &mut Child, line: &str) -> Lines<BufReader<ChildStdout>> {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|heard| heard.unwrap().ends_with(line)), "the child never said {line}");
    lines
}

pub(crate) fn say(line: &str) {
    println!("{line}");
    stdout().flush().unwrap();
}

pub(crate) fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
#[ignore = "runs as a process of `a_second_process_waits_a_little_and_then_says_who_is_in_the_way`"]
fn role_holds_the_home() {
    let Ok(home) = env::var(HOME) else { return };
    let _store = Home::open(Path::new(&home)).unwrap().unlock(&passphrase(), rng(4)).unwrap();
    say("ready");
    sleep(Duration::from_mins(1));
}

#[test]
fn a_second_process_waits_a_little_and_then_says_who_is_in_the_way() {
    let scratch = Scratch::new();
    drop(scratch.create());
    let mut other = child("crash::role_holds_the_home", &scratch.home()).spawn().unwrap();
    hear(&mut other, "ready");

    let began = Instant::now();
    let error = Home::open(&scratch.home()).unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(10));
    let StoreError::Io { place, what } = error else { panic!("an I/O error, not {error}") };
    assert_eq!(place, scratch.file().display().to_string());
    assert_eq!(what, "in use by another quorate process");
    assert!(Home::create_weak(&scratch.home(), &passphrase(), rng(1)).is_err());

    kill(other);
    scratch.open();
}

#[test]
fn a_process_that_waits_gets_the_home_when_it_becomes_free() {
    let scratch = Scratch::new();
    let store = scratch.create();
    let leaving = std::thread::spawn(move || {
        sleep(Duration::from_millis(300));
        drop(store);
    });
    scratch.open();
    leaving.join().unwrap();
}

/// Leaves a transaction half written: its changes are in the file, and only the journal knows what was there.
#[test]
#[ignore = "runs as a process of `a_process_killed_in_a_transaction_leaves_the_store_as_it_was`"]
fn role_is_killed_in_a_transaction() {
    let Ok(home) = env::var(HOME) else { return };
    let file = Connection::open(Path::new(&home).join(quorate_store::FILE)).unwrap();
    file.execute_batch(
        "PRAGMA cache_size = 1; PRAGMA journal_mode = TRUNCATE; BEGIN IMMEDIATE;
         UPDATE vault SET name = name || ' spoiled';
         UPDATE sharing SET backed_up = 1;
         INSERT INTO ban WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
             SELECT randomblob(32), 'party', 'check', 1 FROM n;",
    )
    .unwrap();
    say("ready");
    sleep(Duration::from_mins(1));
}

#[test]
fn a_process_killed_in_a_transaction_leaves_the_store_as_it_was() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Active);
    let before = everything(&store);
    drop(store);
    let clean = std::fs::read(scratch.file()).unwrap();

    let mut other =
        child("crash::role_is_killed_in_a_transaction", &scratch.home()).spawn().unwrap();
    hear(&mut other, "ready");
    kill(other);
    assert_ne!(std::fs::read(scratch.file()).unwrap(), clean, "the file was half written");

    let home = Home::open(&scratch.home()).unwrap();
    assert_eq!(home.vaults().unwrap(), before.vaults);
    assert_eq!(everything(&home.unlock(&passphrase(), rng(2)).unwrap()), before);
}

/// Stages thirty sharings, each in place of the one before, and says so after each.
#[test]
#[ignore = "runs as a process of `a_process_killed_at_any_moment…` and of the two tests after it"]
fn role_stages_one_after_the_other() {
    let Ok(home) = env::var(HOME) else { return };
    let first: u8 = env::var(FIRST).map_or(10, |first| first.parse().unwrap());
    let mut store = Home::open(Path::new(&home)).unwrap().unlock(&passphrase(), rng(4)).unwrap();
    for number in first..first + 30 {
        match store.commit(stage(1, number)) {
            Ok(()) => say(&format!("staged {number}")),
            Err(error) => return say(&format!("failed {error}")),
        }
    }
    sleep(Duration::from_mins(1));
}

#[test]
fn a_process_killed_at_any_moment_has_done_what_it_said_and_at_most_one_thing_more() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Active);
    drop(store);
    for (first, delay) in [(10, 0), (40, 9), (70, 21), (100, 36), (130, 50), (160, 74), (190, 101)]
    {
        let mut role = child("crash::role_stages_one_after_the_other", &scratch.home());
        let mut other = role.env(FIRST, first.to_string()).spawn().unwrap();
        let later = hear(&mut other, &format!("staged {first}"));
        sleep(Duration::from_millis(delay));
        kill(other);
        let said = u8::try_from(later.count()).unwrap() + first;

        let store = scratch.open();
        let vaults = store.vaults().unwrap();
        let [active, staged] = &vaults[0].sharings[..] else { panic!("one active, one staged") };
        assert_eq!((active.fsid, active.state), (fsid(1), State::Active));
        assert!(staged.fsid == fsid(said) || staged.fsid == fsid(said + 1), "said {said}");
        store.shares(staged.fsid).unwrap();
    }
}

/// The system kills the child at the write that would make a file larger than allowed, wherever that write is.
#[test]
fn a_process_killed_at_a_write_leaves_the_store_as_it_was() {
    for blocks in [16, 64, 128, 200, 300, 500] {
        let scratch = Scratch::new();
        let mut store = scratch.create();
        bring(&mut store, 1, 1, State::Active);
        let before = everything(&store);
        drop(store);
        let role = child("crash::role_stages_one_after_the_other", &scratch.home());
        let status = limited(&role, &format!("ulimit -f {blocks}")).status().unwrap();
        assert!(!status.success(), "it met the limit");
        let store = scratch.open();
        let mut after = everything(&store);
        // Where the limit left room for it, a staged sharing is there, whole.
        let staged = after.vaults[0].sharings.len() - 1;
        after.vaults[0].sharings.truncate(1);
        after.sharings.truncate(1);
        assert_eq!(after, before);
        assert!(staged <= 1);
    }
}

#[test]
fn a_write_that_the_system_refuses_changes_nothing() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Active);
    let before = everything(&store);
    drop(store);
    let role = child("crash::role_stages_one_after_the_other", &scratch.home());
    let output = limited(&role, "trap '' XFSZ; ulimit -f 128").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("failed") && said.contains("vault.db"), "{said}");
    assert!(!said.contains("staged"), "{said}");
    assert_eq!(everything(&scratch.open()), before);
}

/// The same command, begun by a shell that first does `preparation`.
fn limited(command: &Command, preparation: &str) -> Command {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("{preparation}; exec \"$0\" \"$@\"")])
        .arg(command.get_program())
        .args(command.get_args())
        .envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .stderr(Stdio::null());
    shell
}

#[test]
fn a_ban_survives_the_death_of_the_process_that_recorded_it() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Active);
    store.commit(Change::Ban(ban(1, "phone"))).unwrap();
    // No destructor runs: neither the file nor its journal is closed.
    let image = std::fs::read(scratch.file()).unwrap();
    std::mem::forget(store);
    let copy = Scratch::new();
    std::fs::create_dir(copy.home()).unwrap();
    std::fs::write(copy.file(), image).unwrap();
    assert_eq!(copy.open().bans(fsid(1)).unwrap(), [ban(1, "phone")]);
}
