//! A vault from a seed phrase.

use std::fs;

use serde_json::{Value, json};

use super::process::text;
use super::stage::{Device, Stage, VAULT, signed_on_solana};

/// Everybody has it: `vectors/app/key_import.json` is of it.
const PHRASE: &str =
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

fn recorded() -> Value {
    serde_json::from_str(include_str!("../../../../vectors/app/key_import.json")).expect("JSON")
}

fn imported(stage: &Stage, chains: &[&str]) -> [Device; 3] {
    let devices = ["a", "b", "c"].map(|name| stage.device(name));
    let [a, b, c] = &devices;
    let file = stage.path("words.txt");
    fs::write(&file, format!("{}\n", PHRASE.replace(' ', "\n"))).expect("a file");
    let mut words =
        vec!["keygen", VAULT, "--devices", "3", "--import", file.to_str().expect("text")];
    words.extend(chains.iter().flat_map(|chain| ["--chain", chain]));
    for ended in a.meet(&words, &[b, c]) {
        let vault = ended.event("vault");
        assert_eq!(vault["imported"], json!(true));
        let asked = text(&ended.event("approve")["summary"]);
        assert!(asked.contains("IMPORTED"), "{asked}");
        assert!(!format!("{ended:?}").contains("abandon"), "{ended:#?}");
    }
    devices
}

#[test]
fn a_phrase_is_imported_has_its_wallets_addresses_signs_and_moves_to_other_devices() {
    let stage = Stage::new();
    let [a, b, c] = &imported(&stage, &["Bitcoin", "Ethereum", "Solana"]);
    let recorded = recorded();
    let shows = |device: &Device| {
        for chain in ["Bitcoin", "Ethereum", "Solana"] {
            assert_eq!(device.address_on(chain), text(&recorded["chains"][chain]["address"]));
        }
        assert_eq!(device.address_on("Base"), text(&recorded["chains"]["Ethereum"]["address"]));
        let shown = device.shown();
        assert_eq!((&shown["imported"], &shown["open"]), (&json!(true), &json!(false)));
        assert_eq!(shown["public_key_ecdsa"], recorded["ecdsa_master_public"]);
        let key = &shown["chain_keys"][2];
        assert_eq!(key["chain"], "Solana");
        assert_eq!(key["public_key"], recorded["chains"]["Solana"]["public"]);
    };
    for device in [a, b, c] {
        shows(device);
        assert_eq!(device.vaults()[0]["imported"], json!(true));
    }
    signs(b, &[c], &recorded);

    let d = &stage.device("d");
    let leaver = c.party();
    a.meet(&["reshare", VAULT, "--devices", "3", "--remove", &leaver], &[b, d]);
    shows(d);
    signs(d, &[a], &recorded);

    let open = a.run(&["reshare", VAULT, "--devices", "3", "--open"]);
    open.failed(7, &["seed phrase", "without --open"]);
}

/// With the key of Bitcoin, of Ethereum and of Solana.
fn signs(first: &Device, others: &[&Device], recorded: &Value) {
    first.signs_with(others);
    let digest = "11".repeat(32);
    for ended in first.meet(&["keysign", VAULT, "--hash", &digest, "--chain", "Bitcoin"], others) {
        let signature = ended.event("signature");
        assert_eq!(signature["public_key"], recorded["chains"]["Bitcoin"]["public"]);
        assert_eq!(signature["path"], "m");
    }
    let words = ["keysign", VAULT, "--chain", "Solana", "--message", "hello"];
    let key = text(&recorded["chains"]["Solana"]["public"]);
    signed_on_solana(&first.meet(&words, others), &key, b"hello");
}

#[test]
fn what_is_no_phrase_or_no_chain_for_one_is_refused_before_anybody_is_invited() {
    let stage = Stage::new();
    let a = stage.device("a");
    let file = stage.path("words.txt");
    let keygen = |words: &str, more: &[&str]| {
        fs::write(&file, words).expect("a file");
        let name = file.to_str().expect("text");
        let start = ["keygen", VAULT, "--devices", "2", "--import", name];
        let ended = a.run(&[&start[..], more].concat());
        let message = text(&ended.failed(10, &[])["message"]);
        let said = format!("{ended:?}");
        assert!(!said.contains("quorate2") && !said.contains("abandon"), "{said}");
        assert!(ended.events("link").is_empty());
        message
    };
    assert!(keygen(&PHRASE.replacen("abandon", "quorate2", 1), &[]).contains("word 1"));
    assert!(keygen(&PHRASE.replace("about", "abandon"), &[]).contains("checksum"));
    assert!(keygen("abandon", &[]).contains("this one has 1"));
    assert!(keygen(PHRASE, &["--chain", "Cardano"]).contains("Cardano"));
    fs::remove_file(&file).expect("it is there");
    let gone =
        a.run(&["keygen", VAULT, "--devices", "2", "--import", file.to_str().expect("text")]);
    gone.failed(10, &["words.txt"]);
}

#[test]
fn a_phrase_is_piped_in_and_with_no_chain_named_all_that_can_be_are_imported() {
    let stage = Stage::new();
    let (a, b) = (stage.device("a"), stage.device("b"));
    let words = ["keygen", VAULT, "--devices", "2", "--import", "-", "--solana-phantom"];
    let mut started = a.start_with_input(&words, PHRASE);
    let link = started.link();
    b.run(&["join", &link]).succeeded();
    started.end().succeeded();
    let recorded = recorded();
    let chains = recorded["chains"].as_object().expect("chains");
    for (chain, key) in chains.iter().filter(|(chain, _)| *chain != "Solana") {
        if let Some(address) = key.get("address") {
            assert_eq!(b.address_on(chain), text(address).replace("bitcoincash:", ""), "{chain}");
        }
    }
    let shown = b.shown();
    let solana = shown["chain_keys"].as_array().expect("a list");
    let solana = solana.iter().find(|own| own["chain"] == "Solana").expect("Solana's");
    assert_eq!(solana["public_key"], recorded["chains"]["Solana (Phantom path)"]["public"]);
}
