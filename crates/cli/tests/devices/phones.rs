//! Backups that phones and their server have made. The folder is named by `QUORATE_FIXTURES`, as
//! `vectors/app/backups/README.md` says; without it there is nothing to show here.

use std::fs;
use std::path::PathBuf;

use quorate_vault::store::Secret;
use quorate_wire::vult;
use serde_json::Value;

use super::process::{Ended, Running, quorate, text};
use super::stage::{Device, Stage, VAULT};

const SERVER: &str = "TestFastVault-44fd-share1of2-Vultiserver.vult";
const PHONE: &str = "TestFastVault-44fd-share2of2.vult";
const PASSWORD: &str = "Password123!";
const ADDRESSES: &str = include_str!("../../../../vectors/app/addresses.json");

fn fixture(name: &str) -> Option<String> {
    let folder = PathBuf::from(std::env::var_os("QUORATE_FIXTURES")?);
    Some(folder.join(name).to_str().expect("UTF-8").to_owned())
}

fn start(device: Option<&Device>, words: &[&str], yes: bool) -> Running {
    let mut command = match device {
        Some(device) => device.command(words),
        None => quorate(words.iter().copied().chain(["--json"])),
    };
    command.env("QUORATE_BACKUP_PASSWORD", PASSWORD).args(yes.then_some("--yes"));
    Running::start("phone", &mut command)
}

fn alone(words: &[&str]) -> Ended {
    start(None, words, true).end()
}

/// What other implementations have computed for a vault.
fn recorded(vault: &str) -> Value {
    let all: Value = serde_json::from_str(ADDRESSES).expect("JSON");
    let vaults = all["vaults"].as_array().expect("a list");
    let named = |recorded: &&Value| text(&recorded["name"]).starts_with(vault);
    vaults.iter().find(named).expect("a vault").clone()
}

#[test]
fn both_shares_of_a_fast_vault_sign_together_in_homes_of_their_own() {
    let Some((server, phone)) = fixture(SERVER).zip(fixture(PHONE)) else { return };
    let stage = Stage::new();
    let [a, b] = ["a", "b"].map(|name| stage.device(name));
    let restore = |file: &'static str| ["backup", "restore", file, "--name", VAULT];
    let server: &'static str = server.leak();
    let phone: &'static str = phone.leak();
    start(Some(&a), &restore(server), false).end().failed(12, &["Server-94060", "server", "--yes"]);
    assert_eq!(a.vaults().as_array().map(Vec::len), Some(0));
    start(Some(&a), &restore(server), true).end().succeeded();
    let restored = start(Some(&b), &restore(phone), false).end();
    let (data, recorded) = (restored.data(), recorded("TestFastVault"));
    assert_eq!(
        (&data["me"], &data["open"], &data["epoch"]),
        (&"iPhone-5C9".into(), &true.into(), &0.into())
    );
    for key in ["public_key_ecdsa", "public_key_eddsa"] {
        assert_eq!(data[key], recorded[key]);
    }
    // Beside each other they are one device.
    start(Some(&a), &restore(phone), true)
        .end()
        .failed(7, &["Server-94060", "iPhone-5C9", "smaller threshold"]);

    a.signs_with(&[&b]);
    b.signs_on_solana_with(&[&a]);
    b.signs_with(&[&a]);
    for chain in ["Bitcoin", "Ethereum", "Solana", "Ton"] {
        assert_eq!(b.address_on(chain), text(&recorded["chains"][chain]["address"]), "{chain}");
    }

    // What was restored is written again as it was.
    let out = stage.path("again.vult");
    let out = out.to_str().expect("UTF-8");
    let words = ["backup", "create", VAULT, "--out", out, "--scheme", "v1"];
    start(Some(&b), &words, false).end().succeeded();
    let message = |file: &str| {
        let password = Secret::of(PASSWORD.to_owned());
        let opened = vult::parse(&fs::read(file).expect("a file"), Some(&password)).expect("opens");
        opened.vault.encode()
    };
    let (mut first, again) = (message(phone), message(out));
    // But for the name that it was given here.
    let renamed = [&[10, 7], VAULT.as_bytes()].concat();
    let name = 2 + usize::from(first[1]);
    first.splice(..name, renamed);
    assert!(*first == *again);
}

#[test]
fn the_keys_of_both_shares_are_those_of_every_recorded_address() {
    let files = [
        ("TestFastVault", SERVER, PHONE),
        (
            "TestSecureVault",
            "TestSecureVault-cfa0-share1of2.vult",
            "TestSecureVault-cfa0-share2of2-Nopassword.vult",
        ),
        (
            "TestSecureVault",
            "TestSecureVault-cfa0-share1of2.vult",
            "derived/TestSecureVault-cfa0-share2of2-v2.vult",
        ),
    ];
    for (vault, one, two) in files {
        let Some((one, two)) = fixture(one).zip(fixture(two)) else { return };
        let recovered = alone(&["recover", &one, &two, "--reveal"]);
        let (data, recorded) = (recovered.data(), recorded(vault));
        assert_eq!(data["public_key_ecdsa"], recorded["public_key_ecdsa"]);
        super::recover::fits_together(data);
        for line in data["keys"].as_array().expect("a list") {
            let chain = text(&line["chain"]);
            let known = &recorded["chains"][&chain];
            assert_eq!(
                (&line["address"], &line["public_key"]),
                (&known["address"], &known["public_key"]),
                "{chain}"
            );
        }
    }
}

#[test]
fn every_backup_of_a_phone_is_looked_into() {
    let cases = [
        (SERVER, "Server-94060", "v1", true),
        (PHONE, "iPhone-5C9", "v1", false),
        (
            "TestSecureVault-cfa0-share2of2-Nopassword.vult",
            "jp\u{2019}s MacBook Air-EE5",
            "none",
            false,
        ),
        (
            "derived/TestSecureVault-cfa0-share2of2-v2.vult",
            "jp\u{2019}s MacBook Air-EE5",
            "v2",
            false,
        ),
    ];
    for (name, party, scheme, server) in cases {
        let Some(file) = fixture(name) else { return };
        let verified = alone(&["backup", "verify", &file]);
        let inside = &verified.data()["backups"][0];
        assert_eq!(
            (
                &inside["party"],
                &inside["scheme"],
                &inside["server"],
                &inside["epoch"],
                &inside["certified"]
            ),
            (&party.into(), &scheme.into(), &server.into(), &Value::Null, &false.into())
        );
    }
    let Some(file) = fixture("GG20_2of2.vult") else { return };
    alone(&["backup", "verify", &file]).failed(10, &["GG20", "upgrade"]);
}
