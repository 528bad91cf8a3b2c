//! Messages, typed data and digests: what is signed, what is shown, and what an application is handed.

use quorate_chain::message::{Method, as_personal};
use quorate_chain::reading::{Blind, Item};
use quorate_chain::{Chain, Curve, Intent, PublicKey, Request, Signature, Signer, chain};
use serde_json::{Value, json};

use crate::vectors::{signer, text};

const MESSAGES: &str = include_str!("../../../../vectors/app/custom_messages.json");
const DOCUMENTS: &str = include_str!("../../../../vectors/app/typed_data.json");

fn own(chain: &Chain) -> Signer {
    match chain.curve() {
        Curve::Secp256k1 => signer(chain),
        Curve::Ed25519 => Signer { key: PublicKey::Eddsa([7; 32]), path: "m".to_owned() },
    }
}

fn of_message(name: &str, payload: &str) -> Request {
    let chain = chain::find(name).unwrap();
    let (payload, path) = (payload.to_owned(), chain.path.to_owned());
    Intent::Message { payload, chain, path }.request(&own(chain)).unwrap()
}

fn of_document(name: &str, json: &Value) -> Result<Request, String> {
    let chain = chain::find(name).unwrap();
    let intent = Intent::TypedData { json: json.to_string(), chain, path: chain.path.to_owned() };
    intent.request(&own(chain)).map_err(|why| why.to_string())
}

fn document(name: &str) -> Value {
    let vectors: Value = serde_json::from_str(DOCUMENTS).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    cases.iter().find(|case| case["name"] == name).unwrap()["document"].clone()
}

#[test]
fn every_message_of_the_field_is_signed_as_the_field_signs_it() {
    let vectors: Value = serde_json::from_str(MESSAGES).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 13);
    for case in cases {
        let request = of_message(text(case, "chain"), text(case, "message"));
        let signed = hex::encode(request.signings[0].bytes.as_bytes());
        assert_eq!(signed, text(case, "keysign_message"), "{}", case["chain"]);
        assert_eq!(request.signings.len(), 1);
    }
}

#[test]
fn a_message_says_with_which_key_and_whether_it_may_be_anything() {
    let ethereum = chain::find("Ethereum").unwrap();
    let personal = as_personal(ethereum, "log in").unwrap();
    assert_eq!(
        of_message("Ethereum", &personal).reading.lines(),
        ["sign a message with the key of Ethereum (m/44/60/0/0/0)", "message: log in"]
    );
    let blind = of_message("Ethereum", "0xff").reading;
    assert_eq!(
        blind.lines(),
        [
            "sign a message with the key of Ethereum (m/44/60/0/0/0)",
            "bytes: 0xff",
            "BLIND: these bytes may mean anything, a transaction included",
        ]
    );
    assert_eq!(blind.blind, Some(Blind::Bytes));
    assert_eq!(
        of_message("Solana", "log in").reading.lines(),
        ["sign a message with the key of Solana", "message: log in"]
    );
}

#[test]
fn a_digest_is_blind_on_every_curve() {
    for (name, key) in [("Base", "Base (m/44/60/0/0/0)"), ("Ton", "Ton")] {
        let chain = chain::find(name).unwrap();
        let intent = Intent::Digest { digest: [7; 32], chain, path: chain.path.to_owned() };
        let request = intent.request(&own(chain)).unwrap();
        assert_eq!(request.signings[0].bytes.as_bytes(), [7; 32]);
        assert_eq!(
            request.reading.lines(),
            [
                format!("sign the bare digest {}", "07".repeat(32)),
                format!("with the key of {key}"),
                "BLIND: this device cannot see what the digest stands for".to_owned(),
            ]
        );
    }
}

#[test]
fn typed_data_is_signed_on_the_ethereum_family_only() {
    let permit = document("ERC-2612 permit");
    for name in ["Tron", "Cosmos", "Bitcoin"] {
        let refused = of_document(name, &permit).unwrap_err();
        assert_eq!(refused, format!("typed data (EIP-712) is not signed on {name}"));
    }
    assert!(of_document("Ethereum", &json!({})).is_err());
    let lines = of_document("Ethereum", &permit).unwrap().reading.lines();
    assert_eq!(lines[0], "sign typed data (EIP-712) with the key of Ethereum (m/44/60/0/0/0)");
    assert_eq!(lines[1], "domain:");
    assert!(lines.last().unwrap().starts_with("PERMIT: allows "), "{lines:#?}");
}

#[test]
fn leave_by_a_signature_is_data_that_a_policy_can_judge() {
    for (name, unlimited, until) in [
        ("ERC-2612 permit", false, Some(1_700_000_000)),
        ("ERC-2612 permit without limits", true, None),
        ("DAI's permit", true, None),
        ("Permit2 allowance", true, Some(1_800_000_000)),
    ] {
        let items = of_document("Ethereum", &document(name)).unwrap().reading.items;
        let permits: Vec<_> = items
            .iter()
            .filter_map(|item| match item {
                Item::Permit(permit) => Some(permit),
                _ => None,
            })
            .collect();
        let [permit] = permits[..] else { panic!("{items:?}") };
        assert_eq!((permit.unlimited, permit.until), (unlimited, until), "{name}");
        assert_eq!(permit.spender.address, "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB");
        assert!(permit.token.is_some());
    }
}

#[test]
fn an_application_is_handed_what_wallets_hand_it() {
    let ethereum = chain::find("Ethereum").unwrap();
    let request = of_message("Ethereum", "0xff");
    let mut signature = [1; 65];
    signature[64] = 0;
    let signed = request.assemble(&[Signature::Ecdsa(signature)]).unwrap();
    assert_eq!(signed.wallet_signature.unwrap()[64], 27);
    assert!(signed.transactions.is_empty());
    let digest =
        Intent::Digest { digest: [7; 32], chain: ethereum, path: ethereum.path.to_owned() };
    let request = digest.request(&own(ethereum)).unwrap();
    let signed = request.clone().assemble(&[Signature::Ecdsa(signature)]).unwrap();
    assert_eq!(signed.wallet_signature, None, "a bare digest is no message");
    for signatures in [&[][..], &[Signature::Ecdsa(signature); 2]] {
        let wrong = request.clone().assemble(signatures).unwrap_err().to_string();
        assert_eq!(wrong, format!("{} signatures came for what takes 1", signatures.len()));
    }
    let other = request.assemble(&[Signature::Eddsa([1; 64])]).unwrap_err().to_string();
    assert_eq!(other, "a signature is of the other kind of key");
    assert_eq!(Method::of_messages(ethereum), Method::Personal);
}

#[test]
fn the_signer_of_arbitrary_data_is_this_vault_or_not() {
    let cosmos = chain::find("Cosmos").unwrap();
    let address = cosmos.address(own(cosmos).key).unwrap();
    for (signer, whose) in [(address.as_str(), "this vault"), ("cosmos1other", "NOT this vault")] {
        let document = format!(
            r#"{{"account_number":"0","chain_id":"","fee":{{"amount":[],"gas":"0"}},"memo":"","msgs":[{{"type":"sign/MsgSignData","value":{{"data":"aGk=","signer":"{signer}"}}}}],"sequence":"0"}}"#
        );
        let lines = of_message("Cosmos", &document).reading.lines();
        assert_eq!(
            lines[1..],
            ["message: hi".to_owned(), format!("for the signer {signer} ({whose})")]
        );
    }
}
