//! Messages of every family and typed data: each device decodes, shows and hashes them for itself, and both hold a
//! signature in the form that the chain's wallets return.

use std::fs;

use k256::ecdsa::signature::hazmat::PrehashVerifier;
use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};
use quorate_chain::chain;
use quorate_wire::link::Link;
use serde_json::Value;

use super::process::{Ended, text};
use super::stage::{Device, Stage, VAULT, at_once, signed_on_solana};

const MESSAGES: &str = include_str!("../../../../vectors/app/custom_messages.json");
const DOCUMENTS: &str = include_str!("../../../../vectors/app/typed_data.json");

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(text(value)).expect("hex")
}

fn document(name: &str) -> Value {
    let vectors: Value = serde_json::from_str(DOCUMENTS).expect("vectors");
    let cases = vectors["cases"].as_array().expect("cases");
    cases.iter().find(|case| case["name"] == name).expect("a case").clone()
}

/// The address on Ethereum of whoever made r ‖ s ‖ v over this digest.
fn recovered(wallet_signature: &[u8], digest: &[u8]) -> String {
    let (rs, v) = wallet_signature.split_at(64);
    let id = RecoveryId::from_byte(v[0] - 27).expect("27 or 28");
    let signature = Signature::from_slice(rs).expect("r and s");
    let key = VerifyingKey::recover_from_prehash(digest, &signature, id).expect("a key");
    let point: [u8; 33] = key.to_sec1_point(true).as_bytes().try_into().expect("compressed");
    quorate_chain::evm::Address::of(&point).expect("a key").to_string()
}

/// The one signature that all of them hold.
#[track_caller]
fn agreed(ended: &[Ended]) -> Value {
    let signatures: Vec<&Value> = ended.iter().map(|each| each.event("signature")).collect();
    assert!(signatures.iter().all(|signature| *signature == signatures[0]), "{signatures:#?}");
    signatures[0].clone()
}

#[test]
fn messages_of_every_family_are_signed_as_the_field_hashes_them() {
    let vectors: Value = serde_json::from_str(MESSAGES).expect("vectors");
    let mut cases = vectors["cases"].as_array().expect("cases").clone();
    // Whoever starts makes these personal messages; how the field hashes bare ones is tested beside the decoder.
    cases.retain(|case| !["Ethereum", "Tron"].contains(&text(&case["chain"]).as_str()));
    assert_eq!(cases.len(), 9);
    for (chain, message) in [("Ton", "0x00ff"), ("Polkadot", "hi"), ("Cardano", "hi")] {
        let signed = if message == "hi" { "6869" } else { "00ff" };
        cases.push(
            serde_json::json!({ "chain": chain, "message": message, "keysign_message": signed }),
        );
    }
    at_once(&cases, |case| {
        let stage = Stage::new();
        let [a, b, _] = stage.vault();
        let (chain, message) = (text(&case["chain"]), text(&case["message"]));
        let words = ["keysign", VAULT, "--chain", &chain, "--message", &message];
        let ended = a.meet(&words, &[&b]);
        let signed = agreed(&ended);
        assert_eq!(signed["message"], case["keysign_message"], "{chain}");
        let (key, rs) = (bytes(&signed["public_key"]), bytes(&signed["signature"]));
        let formed = bytes(&signed["wallet_signature"]);
        if signed["key"] == "eddsa" {
            let eddsa = text(&a.shown()["public_key_eddsa"]);
            signed_on_solana(&ended, &eddsa, &bytes(&signed["message"]));
            let expected = if chain == "Sui" { [&[0][..], &rs, &key].concat() } else { rs };
            assert_eq!(formed, expected, "{chain}");
        } else {
            let key = VerifyingKey::from_sec1_bytes(&key).expect("a key");
            let signature = if chain == "Ripple" {
                Signature::from_der(&formed).expect("DER")
            } else {
                Signature::from_slice(&formed).expect("r and s")
            };
            assert_eq!(signature.to_bytes()[..], rs);
            key.verify_prehash(&bytes(&signed["message"]), &signature).expect("a signature");
        }
        let asked = text(&ended[1].event("approve")["summary"]);
        let blind = matches!(chain.as_str(), "Cosmos" | "THORChain")
            || (chain == "Solana" || chain == "Ton") && message.starts_with("0x");
        assert_eq!(asked.contains("BLIND"), blind, "{chain}: {asked}");
    });
}

#[test]
fn a_personal_message_is_signed_in_the_form_that_recovers_to_the_vaults_address() {
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let vectors: Value = serde_json::from_str(MESSAGES).expect("vectors");
    let personal = &vectors["eip191"];
    let ended = a.meet(&["keysign", VAULT, "--message", &text(&personal["text"])], &[&b]);
    let signed = agreed(&ended);
    assert_eq!(signed["message"], personal["keysign_message"]);
    let formed = bytes(&signed["wallet_signature"]);
    assert_eq!(recovered(&formed, &bytes(&signed["message"])), a.address());

    let ended = b.meet(&["keysign", VAULT, "--message", "hi", "--chain", "Tron"], &[&a]);
    let signed = agreed(&ended);
    let formed = bytes(&signed["wallet_signature"]);
    let tron = chain::find("Tron").expect("a chain");
    let key: [u8; 33] = bytes(&signed["public_key"]).try_into().expect("33 bytes");
    assert_eq!(tron.address(&key).expect("a key"), a.address_on("Tron"));
    assert!(formed.len() == 65 && (27..=28).contains(&formed[64]), "{formed:?}");

    let bare = "5a".repeat(32);
    let ended = a.meet(&["keysign", VAULT, "--hash", &bare], &[&b]);
    assert_eq!(agreed(&ended).get("wallet_signature"), None, "a bare digest is no message");
}

/// As the wallets of the Cosmos family write a message that a person signs (ADR-36).
fn arbitrary(signer: &str) -> String {
    [
        r#"{"account_number":"0","chain_id":"","fee":{"amount":[],"gas":"0"},"memo":"","msgs":[{"type":"#,
        r#""sign/MsgSignData","value":{"data":"SSBvd24gdGhpcw==","signer":""#,
        signer,
        r#""}}],"sequence":"0"}"#,
    ]
    .concat()
}

#[test]
fn a_message_of_the_cosmos_family_is_shown_with_its_signer() {
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let words =
        |text: &str| ["keysign", VAULT, "--chain", "Cosmos", "--message", text].map(str::to_owned);
    let shown = |signer: &str| {
        let words = words(&arbitrary(signer));
        let ended = a.meet(&words.each_ref().map(String::as_str), &[&b]);
        agreed(&ended);
        text(&ended[1].event("approve")["summary"])
    };
    let own = a.address_on("Cosmos");
    let asked = shown(&own);
    assert!(
        asked.ends_with(&format!("message: I own this\nfor the signer {own} (this vault)")),
        "{asked}"
    );
    let other = "cosmos1ujrqetxn4hgzmhqscr44nptzxxnmu2dkxmeys4";
    assert!(shown(other).ends_with(&format!("for the signer {other} (NOT this vault)")));
}

#[test]
fn typed_data_is_shown_whole_on_each_device_and_signed_as_wallets_sign_it() {
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let case = document("ERC-2612 permit");
    let file = stage.path("permit.json");
    fs::write(&file, case["document"].to_string()).expect("a file");
    let words = ["keysign", VAULT, "--typed-data", file.to_str().expect("a path")];

    let mut started = a.start(&words);
    let link = started.link();
    let Ok(Link::Keysign(carried)) = Link::parse(&link) else { panic!("{link}") };
    let custom = carried.custom.expect("a message");
    assert_eq!(custom.method, "eth_signTypedData_v4");
    assert_eq!(custom.message, case["document"].to_string(), "as it was given");
    let joined = b.start(&["join", &link]).end();
    let ended = [started.end(), joined];

    let signed = agreed(&ended);
    assert_eq!(signed["message"], case["digest"]);
    let formed = bytes(&signed["wallet_signature"]);
    assert_eq!(recovered(&formed, &bytes(&signed["message"])), a.address());
    for each in &ended {
        let asked = text(&each.succeeded().event("approve")["summary"]);
        let lines: Vec<&str> = asked.lines().collect();
        for line in [
            "sign typed data (EIP-712) with the key of Ethereum (m/44/60/0/0/0)",
            "  chainId: 1 (Ethereum)",
            "  verifyingContract: 0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48",
            "message: Permit",
            "  spender: 0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB",
            "  value: 1500000",
        ] {
            assert!(lines.contains(&line), "{line}: {asked}");
        }
        let last = lines.last().expect("lines");
        assert!(last.starts_with("PERMIT: allows 0xbBbB") && !asked.contains("BLIND"), "{asked}");
    }

    // Another chain than the domain's is warned of.
    let ended = b.meet(&[&words[..], &["--chain", "Base"]].concat(), &[&a]);
    let asked = text(&ended[1].event("approve")["summary"]);
    assert!(
        asked.ends_with("WARNING: the domain is for chain 1 (Ethereum), not for Base"),
        "{asked}"
    );
}

#[test]
fn a_document_too_large_for_a_link_is_fetched_from_the_relay() {
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let mut large = document("the Mail of the standard")["document"].clone();
    // What does not compress.
    let noise: Vec<String> = (0_u64..400)
        .map(|i| format!("{:016x}", i.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (i << 21)))
        .collect();
    large["message"]["contents"] = noise.concat().into();
    let file = stage.path("large.json");
    fs::write(&file, large.to_string()).expect("a file");
    let mut started = a.start(&["keysign", VAULT, "--typed-data", file.to_str().expect("a path")]);
    let link = started.link();
    assert!(link.len() < 2048, "{}", link.len());
    let joined = b.start(&["join", &link]).end();
    let asked = text(&joined.succeeded().event("approve")["summary"]);
    assert!(asked.contains("(6400 characters, shortened here; keccak "), "{asked}");
    agreed(&[started.end(), joined]);
}

#[test]
fn typed_data_that_cannot_be_judged_is_refused_with_its_place_before_anybody_is_invited() {
    let stage = Stage::new();
    let [a, _, _] = stage.vault();
    let file = stage.path("bad.json");
    let path = file.to_str().expect("a path").to_owned();
    let refuse = |json: &str, more: &[&str], names: &[&str]| {
        fs::write(&file, json).expect("a file");
        let words = [&["keysign", VAULT, "--typed-data", &path], more].concat();
        let ended = a.run(&words);
        ended.failed(10, names);
        assert!(ended.events("link").is_empty(), "{ended:?}");
    };
    let good = document("ERC-2612 permit")["document"].to_string();
    refuse(&good.replace("1500000", "-1"), &[], &["message.value", "does not fit uint256"]);
    refuse(
        &good.replace("\"nonce\":0", "\"nonce\":0,\"nonce\":1"),
        &[],
        &["\"nonce\" is there twice"],
    );
    refuse(&good.replace("uint256", "uint"), &[], &["is no type"]);
    refuse("hello", &[], &["no JSON"]);
    refuse(&" ".repeat(200_000), &[], &["bad.json", "131072 bytes"]);
    refuse(&good, &["--chain", "Solana"], &["not signed on Solana", "Ethereum family"]);
    let ended = a.run(&["keysign", VAULT, "--typed-data", "/nowhere/at/all.json"]);
    ended.failed(10, &["/nowhere/at/all.json"]);
}

#[test]
fn a_joiner_judges_the_document_and_the_method_for_itself() {
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let file = stage.path("mail.json");
    let case = document("the Mail of the standard");
    fs::write(&file, case["document"].to_string()).expect("a file");
    let changed = |device: &Device, change: &dyn Fn(&mut String, &mut String)| {
        let mut started =
            a.start(&["keysign", VAULT, "--typed-data", file.to_str().expect("path")]);
        let Ok(Link::Keysign(mut keysign)) = Link::parse(&started.link()) else { panic!() };
        let custom = keysign.custom.as_mut().expect("a message");
        change(&mut custom.method, &mut custom.message);
        let link = Link::Keysign(keysign).to_url();
        let ended = device.start_impatient(&["join", &link]).end();
        started.signal("INT");
        started.end();
        ended
    };
    let ended = changed(&b, &|_, message| *message = message.replace("\"Cow\"", "7"));
    ended.failed(10, &["message.from.name", "a number stands where string must"]);
    let ended = changed(&b, &|method, _| *method = "eth_signTypedData_v3".to_owned());
    ended.failed(10, &["eth_signTypedData_v4"]);
    // What this device reads is another message than the one that the others mean to sign.
    let ended = changed(&b, &|_, message| *message = message.replace("Hello, Bob!", "Bye, Bob!"));
    assert!(ended.events("signature").is_empty() && ended.code != Some(0), "{ended:?}");
}
