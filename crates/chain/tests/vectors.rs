//! What the field's devices compute, ours compute too.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use quorate_chain::chain::{Family, Format};
use quorate_chain::evm::Transaction;
use quorate_chain::message::{self, Meaning, Message, Readable};
use quorate_chain::{Chain, Curve, PublicKey, amount, chain};
use serde_json::Value;

const ADDRESSES: &str = include_str!("../../../vectors/app/addresses.json");
const CHAINS: &str = include_str!("../../../vectors/app/chains.json");
const TRANSFERS: &str = include_str!("../../../vectors/app/evm_transfers.json");
const MESSAGES: &str = include_str!("../../../vectors/app/custom_messages.json");

fn vectors(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap()
}

#[test]
fn every_chain_of_the_table_has_the_addresses_of_two_vaults() {
    for vault in vectors(ADDRESSES)["vaults"].as_array().unwrap() {
        for chain in chain::CHAINS {
            let expected = &vault["chains"][chain.name];
            let key = hex::decode(text(expected, "public_key")).unwrap();
            let key = match chain.curve() {
                Curve::Secp256k1 => PublicKey::Ecdsa(key.try_into().unwrap()),
                Curve::Ed25519 => PublicKey::Eddsa(key.try_into().unwrap()),
            };
            assert_eq!(chain.address(key).unwrap(), text(expected, "address"), "{}", chain.name);
        }
    }
}

#[test]
fn native_transfers_have_the_digests_of_the_field() {
    let vectors = vectors(TRANSFERS);
    let cases = vectors["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 3);
    for case in cases {
        let transfer = Transaction {
            chain: chain::find(text(case, "chain")).unwrap(),
            nonce: case["nonce"].as_u64().unwrap(),
            to: text(case, "to_address").parse().unwrap(),
            value: amount::parse_base_units(text(case, "to_amount")).unwrap(),
            max_fee_per_gas: text(case, "max_fee_per_gas_wei").parse().unwrap(),
            max_priority_fee_per_gas: text(case, "priority_fee").parse().unwrap(),
            gas_limit: text(case, "gas_limit").parse().unwrap(),
            data: Vec::new(),
        };
        let digest = transfer.unsigned().unwrap().digest();
        assert_eq!(digest.to_string(), text(case, "digest"), "{}", text(case, "name"));
    }
}

#[test]
fn custom_messages_have_the_digests_of_the_field() {
    let vectors = vectors(MESSAGES);
    let digest = |chain: &Chain, payload: &str| {
        hex::encode(Message::parse(payload).unwrap().to_sign(chain).unwrap().as_bytes())
    };
    for case in vectors["cases"].as_array().unwrap() {
        let chain = chain::find(text(case, "chain")).unwrap();
        assert_eq!(digest(chain, text(case, "message")), text(case, "keysign_message"));
    }

    let personal = &vectors["eip191"];
    let ethereum = chain::find("ethereum").unwrap();
    let payload = message::as_personal(ethereum, text(personal, "text")).unwrap();
    assert_eq!(payload, text(personal, "payload_message"));
    for payload in [&payload, text(personal, "payload_message_alt_hex")] {
        assert_eq!(digest(ethereum, payload), text(personal, "keysign_message"));
        let said = Readable::Text(text(personal, "text").to_owned());
        assert_eq!(Message::parse(payload).unwrap().meaning(ethereum), Meaning::Personal(said));
    }
}

#[test]
fn the_table_is_the_fields_without_the_chain_of_another_key() {
    let vectors = vectors(CHAINS);
    let known = vectors["chains"].as_array().unwrap();
    assert_eq!(known.len(), chain::CHAINS.len());
    for expected in known {
        let chain = chain::find(text(expected, "name")).unwrap();
        assert_eq!(chain.name, text(expected, "name"));
        let curve = match chain.curve() {
            Curve::Secp256k1 => "secp256k1",
            Curve::Ed25519 => "ed25519",
        };
        assert_eq!(curve, text(expected, "curve"), "{}", chain.name);
        let path = expected["path_for_signing"].as_str().unwrap_or("m");
        assert_eq!(chain.path, path, "{}", chain.name);
        match chain.family {
            Family::Evm(evm) => {
                assert_eq!(evm.chain_id.to_string(), text(expected, "chain_id"));
                let typed = text(expected, "tx_mode") == "eip1559";
                assert_eq!(evm.format == Format::Eip1559, typed, "{}", chain.name);
            }
            Family::Cosmos(prefix) => assert_eq!(prefix, text(expected, "hrp")),
            _ => {}
        }
    }
}
