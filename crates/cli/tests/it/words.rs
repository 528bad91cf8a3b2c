//! Words: help, usage errors, completions, the manual.

use super::kit::{quorate, run};

const COMMANDS: [&str; 13] = [
    "demo",
    "keygen",
    "join",
    "keysign",
    "send",
    "reshare",
    "vault",
    "address",
    "backup",
    "recover",
    "relay",
    "completions",
    "man",
];

#[test]
fn help_is_a_result_and_names_every_command() {
    let ran = run(["--help"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    for command in COMMANDS {
        assert!(ran.stdout.contains(&format!("\n  {command} ")), "{command}\n{}", ran.stdout);
    }
    assert!(ran.stdout.contains("Exit codes:"));
}

#[test]
fn every_command_explains_itself() {
    for command in COMMANDS {
        let ran = run([command, "--help"]);
        assert_eq!(ran.code, Some(0), "{command}");
        assert!(ran.stdout.contains(&format!("Usage: quorate {command}")), "{}", ran.stdout);
    }
}

#[test]
fn nothing_at_all_is_a_usage_error_that_shows_the_help() {
    let ran = run::<&str>([]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert!(ran.stderr.contains("Usage: quorate"));
}

#[test]
fn a_usage_error_leaves_standard_output_empty() {
    for words in [
        &["keygen"][..],
        &["vault", "lst"],
        &["keysign", "v"],
        &["reshare", "v"],
        &["reshare", "v", "--refresh", "--devices", "3"],
        &["keygen", "v", "--devices", "3", "--batch"],
        &["--timeout", "0", "vault", "list"],
        &["--passphrase", "secret", "vault", "list"],
        &["relay", "--listen", "here"],
    ] {
        let ran = run(words);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{words:?}");
        assert!(ran.stderr.starts_with("error: "), "{words:?}: {}", ran.stderr);
    }
}

#[test]
fn a_program_gets_its_usage_error_as_json_in_the_command_s_own_shape() {
    let ran = run(["vault", "lst", "--json"]);
    assert_eq!(ran.code, Some(2));
    let document = ran.document();
    assert_eq!(
        (document["ok"].as_bool(), &document["error"]["kind"]),
        (Some(false), &"usage".into())
    );

    let ran = run(["--json", "keygen", "v"]);
    assert_eq!(ran.code, Some(2));
    assert_eq!(ran.event("error")["code"], 2);
}

#[test]
fn what_makes_no_vault_is_refused_before_anything_is_asked_or_made() {
    for (words, code) in [
        (&["keygen", "v", "--devices", "3", "--threshold", "1"][..], 7),
        (&["keygen", "v", "--devices", "3", "--threshold", "4"], 7),
        (&["keygen", " v", "--devices", "3"], 10),
        (&["join", "https://example.com"], 10),
        (&["join", "/nowhere/qr.png"], 10),
        (&["keysign", "v", "--hash", "abcd"], 10),
        (&["keysign", "v", "--message", "m", "--chain", "Nowhere"], 10),
        (&["keysign", "v", "--message", "m", "--chain", "Bitcoin"], 10),
        (&["keysign", "v", "--message", "", "--chain", "Solana"], 10),
        (&["keysign", "v", "--message", "0x1", "--chain", "Solana"], 10),
        (&["keysign", "v", "--message", "m", "--chain", "Solana", "--path", "m/44/501/0"], 10),
        (&["send", "v", "--chain", "Ethereum", "--to", "0x12", "--amount", "1"], 10),
        (
            &[
                "send",
                "v",
                "--chain",
                "Ethereum",
                "--amount",
                "1,5",
                "--to",
                "0xe5F238C95142be312852e864B830daADB9B7D290",
            ],
            10,
        ),
        (&["address", "v", "Nowhere"], 10),
    ] {
        let scratch = super::kit::Scratch::new();
        let home = scratch.path().join("home");
        let ran = quorate(words).arg("--home").arg(&home).output().unwrap();
        assert_eq!(ran.status.code(), Some(code), "{words:?}: {ran:?}");
        assert!(ran.stdout.is_empty(), "{words:?}");
        assert!(!home.exists(), "{words:?}");
    }
}

#[test]
fn completions_are_made_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = run(["completions", shell]);
        assert_eq!(ran.code, Some(0));
        assert!(ran.stdout.contains("keysign"), "{shell}");
    }
    let ran = run(["completions", "fish", "--json"]);
    assert!(ran.document()["data"]["text"].as_str().unwrap().contains("keysign"));
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let ran = run(["man"]);
    assert_eq!(ran.code, Some(0));
    for command in COMMANDS {
        assert!(ran.stdout.contains(&format!(".TH quorate-{command} ")), "{command}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child = quorate(["man"]).spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    assert!(ended.stderr.is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_a_failure() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ended = quorate(["man"]).stdout(full).output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("could not be written"));
}
