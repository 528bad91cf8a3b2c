//! What rules or people refuse.

use std::io::Write;
use std::process::{Command, Stdio};

use super::process::Running;
use super::stage::{Device, PASSPHRASE, Stage, VAULT};

#[test]
fn numbers_that_make_no_vault_are_refused() {
    let stage = Stage::new();
    let [a, b, c] = stage.vault();
    let before = a.vaults();
    for start in [&["keygen", "Other"][..], &["reshare", VAULT]] {
        let run = |more: &[&str]| a.run(&[start, more].concat());
        run(&["--devices", "3", "--threshold", "1"]).failed(7, &["too low", "at least 2"]);
        run(&["--devices", "4", "--threshold", "2"]).failed(7, &["too low", "at least 3"]);
        run(&["--devices", "3", "--threshold", "4"]).failed(7, &["threshold 4", "3 devices"]);
        run(&["--devices", "1"]).failed(2, &["--devices"]);
        run(&["--devices", "0"]).failed(2, &["--devices"]);
    }
    let party = b.party();
    let reshare = |more: &[&str]| a.run(&[&["reshare", VAULT, "--devices"], more].concat());
    reshare(&["2"]).failed(7, &["3 members", "--remove"]);
    reshare(&["3", "--remove", &a.party()]).failed(7, &["being removed"]);
    reshare(&["3", "--remove", "nobody-1"]).failed(10, &["nobody-1", &party]);
    reshare(&["2", "--remove", &party, "--remove", &c.party()]).failed(7, &["only 1"]);
    a.run(&["reshare", VAULT, "--resume"]).failed(5, &["nothing", VAULT]);
    a.run(&["keygen", VAULT, "--devices", "2"]).failed(10, &[VAULT, "another name"]);
    a.run(&["keysign", "Nothing", "--message", "m"]).failed(5, &["Nothing", VAULT]);
    a.run(&["reshare", "Nothing", "--devices", "3"]).failed(5, &["Nothing", VAULT]);
    a.run(&["keysign", VAULT, "--hash", "12"]).failed(10, &["64 hex digits"]);
    a.run(&["keysign", VAULT, "--message", "m", "--path", "m"]).failed(7, &["certificates"]);
    assert_eq!(a.vaults(), before);
    a.signs_with(&[&b]);
}

#[test]
fn a_device_that_is_no_member_or_is_being_removed_ends_a_reshare_that_it_joins() {
    let stage = Stage::new();
    let [a, b, c] = stage.vault();
    let before = [&a, &b, &c].map(Device::vaults);
    let leaves = c.party();
    let mut started = a.start(&["reshare", VAULT, "--devices", "2", "--remove", &leaves]);
    let link = started.link();
    started.event("joined");
    c.run(&["join", &link]).failed(6, &["a-"]);
    started.end().failed(6, &[&leaves]);

    // A newcomer in place of a member that was not removed.
    let mut started = a.start(&["reshare", VAULT, "--devices", "3"]);
    let link = started.link();
    let joined = [&b, &stage.device("d")].map(|device| device.start(&["join", &link]));
    started.end().failed(7, &[&leaves, "--remove"]);
    for each in joined {
        each.end().failed(6, &["a-"]);
    }
    assert_eq!([&a, &b, &c].map(Device::vaults), before);
}

#[test]
fn nobody_takes_part_unasked() {
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let before = b.vaults();
    let mut started = a.start(&["keysign", VAULT, "--message", "hello"]);
    let link = started.link();
    let unasked = |words: &[&str]| Running::start("b", &mut b.command(words)).end();
    unasked(&["join", &link]).failed(12, &["--yes"]);
    unasked(&["keysign", VAULT, "--message", "hello"]).failed(12, &["--yes"]);
    unasked(&["reshare", VAULT, "--devices", "3"]).failed(12, &["--yes"]);
    unasked(&["keygen", "Other", "--devices", "3"]).failed(12, &["--yes"]);
    unasked(&["vault", "forget", VAULT]).failed(12, &["--yes"]);
    let mut silent = b.command(&["join", &link, "--yes"]);
    Running::start("b", silent.env_remove("QUORATE_PASSPHRASE"))
        .end()
        .failed(12, &["--passphrase-file"]);
    assert_eq!(b.vaults(), before);
    b.run(&["join", &link]).succeeded();
    started.end().succeeded();
}

/// A person at a terminal, which `script` pretends to be.
#[test]
fn a_person_who_says_no_is_named_to_the_others() {
    if Command::new("script").arg("--version").stdout(Stdio::null()).status().is_err() {
        eprintln!("skipped: there is no program 'script' to pretend a terminal");
        return;
    }
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let at_terminal = |link: &str, answer: &str| {
        let words = r#"exec "$PROGRAM" join "$LINK" --device b --home "$HOME_OF_B""#;
        let mut child = Command::new("script")
            .args(["-qec", words, "/dev/null"])
            .env("PROGRAM", env!("CARGO_BIN_EXE_quorate"))
            .env("LINK", link)
            .env("HOME_OF_B", &b.home)
            .env("QUORATE_PASSPHRASE", PASSPHRASE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("script starts");
        child.stdin.as_mut().expect("a pipe").write_all(answer.as_bytes()).expect("an answer");
        child.wait_with_output().expect("an end")
    };
    for chain in ["Ethereum", "Solana"] {
        let mut started = a.start(&["keysign", VAULT, "--message", "hello", "--chain", chain]);
        let refused = at_terminal(&started.link(), "n\n");
        let shown = String::from_utf8_lossy(&refused.stdout);
        assert_eq!(refused.status.code(), Some(7), "{shown}");
        assert!(
            shown.contains("message: ") && shown.contains("hello"),
            "it was shown what: {shown}"
        );
        let error = started.end();
        assert_eq!(error.failed(6, &[&b.party(), "refused"])["kind"], "refused");
    }
    a.signs_with(&[&b]);
}
