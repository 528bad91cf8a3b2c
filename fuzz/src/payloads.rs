//! Payloads of transactions, as another device sent them: what is signed and what is shown.

use quorate_chain::payload::{BlockchainSpecific, Coin, EthereumSpecific, KeysignPayload};
use quorate_chain::{Intent, Payload, PublicKey, Request, Signature, Signer, chain, intent};

use crate::input::Input;
use crate::{Target, moded};

/// Payloads, and calls of contracts.
pub const PAYLOADS: Target = Target { name: "payload", seeds, read };

const RECORDED: &str = include_str!("../../vectors/app/signings/evm.json");
/// The key of the secret 0x11 repeated 32 times, from whose address the recorded payloads pay.
const KEY: &str = "034f355bdcb7cc0af728ef3cceb9615d90684bb5b2ca5f859ab0f0b704075871aa";

/// What is called: a token that is known, routers of each kind, and something strange.
const CALLED: [&str; 6] = [
    "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48",
    "0x111111125421cA6dc452d289314280a0f8842A65",
    "0x6131B5fae19EA4f9D964eAc0408E4408b66337b5",
    "0x1231DEB6f5749EF6cE6943a275A1D3E7486F4EaE",
    "0xD37BbE5744D730a1d98d8DC97c42F0Ca46aD7146",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
];

fn seeds() -> Vec<Vec<u8>> {
    let vectors: serde_json::Value = serde_json::from_str(RECORDED).expect("vectors");
    let cases = vectors["cases"].as_array().expect("cases");
    let payloads: Vec<Vec<u8>> = cases
        .iter()
        .map(|case| hex::decode(case["payload"].as_str().expect("a payload")).expect("hex"))
        .collect();
    // The calls that are recorded, each to every contract.
    let mut calls = Vec::new();
    for payload in &payloads {
        let payload = Payload::decode(payload).expect("a payload");
        if let Some(call) = call_of(&payload) {
            calls.extend((0..CALLED.len()).map(|at| [&[at as u8, 0], call.as_slice()].concat()));
        }
    }
    [moded(0, payloads), moded(1, calls)].concat()
}

fn call_of(payload: &KeysignPayload) -> Option<Vec<u8>> {
    use quorate_chain::payload::SwapPayload::OneInch;
    let Some(OneInch(swap)) = &payload.swap_payload else { return None };
    let data = &swap.quote.as_ref()?.tx.as_ref()?.data;
    hex::decode(data.trim_start_matches("0x")).ok()
}

fn read(data: &[u8]) {
    let mut input = Input::new(data);
    match input.byte() % 2 {
        0 => payload(input.rest()),
        _ => call(&mut input),
    }
}

fn payload(bytes: &[u8]) {
    let Ok(payload) = Payload::decode(bytes) else { return };
    assert_eq!(payload.bytes(), bytes, "a payload is handed on as another");
    let _ = payload.unknown_fields();
    let signed = intent::to_sign(&payload);
    let intent = Intent::Transaction(payload);
    let (Ok(chain), Ok(path)) = (intent.chain(), intent.path()) else { return };
    let signer = Signer { key: key(chain), path: path.to_owned() };
    match intent.request(&signer) {
        Ok(request) => {
            let bytes: Vec<_> = request.signings.iter().map(|it| it.bytes.clone()).collect();
            assert_eq!(signed, Ok(bytes), "one vault signs what another would not");
            shown(request);
        }
        Err(why) => plain(&why.to_string()),
    }
}

/// A call of one of the contracts, with coins or without.
fn call(input: &mut Input<'_>) {
    let to = CALLED[input.below(CALLED.len())];
    let value = input.byte();
    let data = input.rest();
    let ethereum = chain::find("Ethereum").expect("a chain");
    let payload = KeysignPayload {
        coin: Some(Coin {
            chain: "Ethereum".to_owned(),
            address: ethereum.address(key(ethereum)).expect("an address"),
            decimals: 18,
            is_native_token: true,
            ..Coin::default()
        }),
        to_address: to.to_owned(),
        to_amount: value.to_string(),
        memo: Some(format!("0x{}", hex::encode(data))),
        blockchain_specific: Some(BlockchainSpecific::Ethereum(EthereumSpecific {
            max_fee_per_gas_wei: "1".to_owned(),
            nonce: 7,
            gas_limit: "21000".to_owned(),
            ..EthereumSpecific::default()
        })),
        ..KeysignPayload::default()
    };
    let signer = Signer { key: key(ethereum), path: ethereum.path.to_owned() };
    match Intent::Transaction(payload.into()).request(&signer) {
        Ok(request) => shown(request),
        Err(_) => {
            assert!(data.is_empty() && value == 0 || data.len() > 65_536, "a call is refused")
        }
    }
}

/// What a person is shown: something, on lines of their own, and the same as what a policy is told.
fn shown(request: Request) {
    assert!(!request.signings.is_empty());
    let lines = request.reading.lines();
    assert!(!lines.is_empty(), "a request says nothing");
    lines.iter().for_each(|line| plain(line));
    let json = serde_json::to_value(&request.reading).expect("a reading is JSON");
    assert_eq!(json["blind"].is_null(), !lines.iter().any(|line| line.starts_with("BLIND: ")));
    let junk = vec![Signature::Ecdsa([1; 65]); request.signings.len()];
    assert!(request.assemble(&junk).is_err(), "anybody's signature completes it");
}

fn plain(line: &str) {
    let moves = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    assert!(!line.chars().any(moves), "a line that moves the cursor: {line:?}");
}

fn key(chain: &chain::Chain) -> PublicKey {
    match chain.curve() {
        quorate_chain::Curve::Secp256k1 => {
            PublicKey::Ecdsa(hex::decode(KEY).expect("hex").try_into().expect("33 bytes"))
        }
        quorate_chain::Curve::Ed25519 => PublicKey::Eddsa([7; 32]),
    }
}
