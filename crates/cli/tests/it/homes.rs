//! Homes: what is in them, who may open them, and what is wrong with them.

use std::fs;
use std::path::Path;

use quorate_store::{FILE, Home};
use quorate_vault::store::{
    Change, Fsid, Keyring, PublicKey, Secret, Shares, Sharing, State, Store, Timestamp, VaultKey,
};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::kit::{Device, PASSPHRASE, Ran, Scratch, quorate, run};

fn home(scratch: &Scratch) -> std::path::PathBuf {
    scratch.path().join("home")
}

/// A home with one vault, whose share is none: enough for whatever does not open it.
fn furnished(scratch: &Scratch) {
    let rng = || Box::new(ChaCha20Rng::seed_from_u64(7));
    let mut store =
        Home::create_weak(&home(scratch), &Secret::of(PASSPHRASE.to_owned()), rng()).unwrap();
    let fsid = Fsid([5; 32]);
    let mut key = [0xab; 33];
    key[0] = 2;
    let sharing = Sharing {
        fsid,
        vault: VaultKey(key),
        keys: Keyring::of_roots(VaultKey(key), None),
        chain_code: [9; 32],
        epoch: 1,
        state: State::Staged,
        threshold: 2,
        parties: vec!["a-1".into(), "b-2".into(), "c-3".into()],
        me: 1,
        digest: Some([1; 32]),
        session: "s".into(),
        previous: None,
        certificate: None,
        created: Timestamp(1_700_000_000),
        backed_up: false,
        erased: false,
        imported: false,
    };
    let shares = Shares::new([(PublicKey::Ecdsa(VaultKey(key).0), Secret::of(vec![1, 2, 3]))]);
    store.commit(Change::Stage { name: "Savings".into(), sharing, shares }).unwrap();
    store.commit(Change::Vote(fsid)).unwrap();
    store.commit(Change::Activate { fsid, certificate: vec![3; 65] }).unwrap();
}

fn at(home: &Path, words: &[&str]) -> Ran {
    quorate(words)
        .arg("--home")
        .arg(home)
        .env("QUORATE_PASSPHRASE", PASSPHRASE)
        .output()
        .unwrap()
        .into()
}

#[test]
fn a_device_without_vaults_says_so_and_needs_no_passphrase() {
    let scratch = Scratch::new();
    let words = ["vault", "list", "--home", scratch.path().to_str().unwrap()];
    let ran = run(words);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""));
    assert!(ran.stderr.contains("no vaults"), "{}", ran.stderr);

    let ran = run(words.iter().chain(&["--json"]));
    assert_eq!(ran.document(), serde_json::json!({"ok": true, "v": 1, "data": {"vaults": []}}));
    assert_eq!(ran.stderr, "");
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0, "looking makes nothing");
}

#[test]
fn vaults_are_listed_and_shown_without_the_passphrase() {
    let scratch = Scratch::new();
    furnished(&scratch);
    let home = home(&scratch);
    let list = quorate(["vault", "list", "--json", "--home"]).arg(&home).output().unwrap();
    let vault = &Ran::from(list).document()["data"]["vaults"][0];
    let key = format!("02{}", "ab".repeat(32));
    assert_eq!(
        *vault,
        serde_json::json!({
            "name": "Savings", "public_key_ecdsa": key, "public_key_eddsa": "",
            "chain_code": "09".repeat(32), "threshold": 2, "parties": ["a-1", "b-2", "c-3"],
            "me": "b-2", "epoch": 1, "state": "active", "open": false, "certified": true,
            "backed_up": false, "imported": false, "chain_keys": [],
        })
    );

    let show =
        quorate(["vault", "show", "02abab", "--json", "--home"]).arg(&home).output().unwrap();
    let shown = &Ran::from(show).document()["data"];
    assert_eq!(shown["name"], "Savings");
    assert_eq!(shown["epochs"][0]["state"], "active");
    assert_eq!(shown["epochs"][0]["created"], 1_700_000_000);
    assert_eq!(
        (&shown["epochs"][0]["open"], &shown["epochs"][0]["certified"]),
        (&false.into(), &true.into())
    );

    let text =
        Ran::from(quorate(["vault", "show", "Savings", "--home"]).arg(&home).output().unwrap());
    assert!(text.stdout.contains("2 of 3") && text.stdout.contains("b-2 (this device)"));
    assert!(text.stdout.contains("a certificate: all of them have signed"), "{}", text.stdout);
}

#[test]
fn a_vault_that_is_not_there_is_not_found() {
    let scratch = Scratch::new();
    furnished(&scratch);
    for words in [&["vault", "show", "Other", "--json"][..], &["address", "Other", "--json"]] {
        let ran = at(&home(&scratch), words);
        assert_eq!(ran.code, Some(5), "{ran:?}");
        let error = &ran.document()["error"];
        assert_eq!((&error["kind"], &error["retryable"]), (&"not_found".into(), &false.into()));
        assert!(error["hint"].as_str().unwrap().contains("'Savings'"));
    }
}

#[test]
fn a_vault_is_renamed() {
    let scratch = Scratch::new();
    furnished(&scratch);
    let ran = at(&home(&scratch), &["vault", "rename", "Savings", "Daily", "--json"]);
    assert_eq!(ran.document()["data"]["name"], "Daily");
    assert_eq!(at(&home(&scratch), &["vault", "show", "Savings"]).code, Some(5));
    assert_eq!(at(&home(&scratch), &["vault", "rename", "Daily", "x\ny"]).code, Some(10));
}

#[test]
fn forgetting_needs_a_word_and_is_for_good() {
    let scratch = Scratch::new();
    furnished(&scratch);
    let ran = at(&home(&scratch), &["vault", "forget", "Savings", "--json"]);
    assert_eq!(ran.code, Some(12));
    assert_eq!(ran.document()["error"]["kind"], "needs_answer");
    let ran = at(&home(&scratch), &["vault", "forget", "Savings", "--json", "--yes"]);
    assert_eq!(ran.document()["data"]["name"], "Savings");
    assert_eq!(at(&home(&scratch), &["vault", "show", "Savings"]).code, Some(5));
}

#[test]
fn a_wrong_passphrase_a_missing_one_and_a_bad_file_of_it_are_told_apart() {
    let scratch = Scratch::new();
    furnished(&scratch);
    let rename = || {
        let mut command = quorate(["vault", "rename", "Savings", "Daily", "--home"]);
        command.arg(home(&scratch));
        command
    };
    let code = |command: &mut std::process::Command| command.output().unwrap().status.code();
    assert_eq!(code(rename().env("QUORATE_PASSPHRASE", "wrong")), Some(4));
    assert_eq!(code(&mut rename()), Some(12));
    let file = scratch.path().join("passphrase");
    assert_eq!(code(rename().arg("--passphrase-file").arg(&file)), Some(10));
    fs::write(&file, format!("{PASSPHRASE}\n")).unwrap();
    assert_eq!(code(rename().env("QUORATE_PASSPHRASE_FILE", &file)), Some(0));
}

#[test]
fn a_flag_s_passphrase_beats_the_environment_s() {
    let scratch = Scratch::new();
    furnished(&scratch);
    let file = scratch.path().join("passphrase");
    fs::write(&file, PASSPHRASE).unwrap();
    let ran = quorate(["vault", "rename", "Savings", "Daily", "--home"])
        .arg(home(&scratch))
        .arg("--passphrase-file")
        .arg(&file)
        .env("QUORATE_PASSPHRASE", "wrong")
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(0));
}

#[test]
fn a_foreign_file_and_a_damaged_one_are_unreadable_and_named() {
    let scratch = Scratch::new();
    fs::create_dir(home(&scratch)).unwrap();
    let file = home(&scratch).join(FILE);
    fs::write(
        &file,
        "a shopping list, rather long, so that it could have been a header of something",
    )
    .unwrap();
    let foreign = at(&home(&scratch), &["vault", "list", "--json"]);
    assert_eq!(foreign.code, Some(11));
    let error = &foreign.document()["error"];
    assert_eq!(error["kind"], "unreadable");
    assert!(error["message"].as_str().unwrap().contains(file.to_str().unwrap()));

    fs::remove_dir_all(home(&scratch)).unwrap();
    furnished(&scratch);
    let mut bytes = fs::read(&file).unwrap();
    let place = bytes.windows(7).position(|window| window == b"Savings").unwrap();
    bytes[place] ^= 1;
    fs::write(&file, bytes).unwrap();
    let damaged = at(&home(&scratch), &["vault", "list", "--json"]);
    assert_eq!(damaged.code, Some(11), "{damaged:?}");
    assert!(damaged.document()["error"]["message"].as_str().unwrap().contains("damaged"));
}

#[test]
fn a_name_cannot_hide_behind_another() {
    let device = Device::new("a");
    let ran = device.run(["vault", "list", "--device", "a\u{202e}b"]);
    assert_eq!(ran.code, Some(2));
}
