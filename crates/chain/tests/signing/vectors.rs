//! The field's payloads, and a vault that they are from.

use quorate_chain::payload::{BlockchainSpecific, Coin, EthereumSpecific, KeysignPayload};
use quorate_chain::{Chain, Intent, Payload, PublicKey, Request, RequestError, Signer, chain};
use serde_json::Value;

const EVM: &str = include_str!("../../../../vectors/app/signings/evm.json");

/// The key of the secret 0x11 repeated 32 times.
const KEY: &str = "034f355bdcb7cc0af728ef3cceb9615d90684bb5b2ca5f859ab0f0b704075871aa";
/// Its address.
pub(crate) const OWN: &str = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A";
/// Somebody else's.
pub(crate) const OTHER: &str = "0x17c5185167401eD00cF5F5b2fc97D9BBfDb7D025";
/// USDC on Ethereum.
pub(crate) const USDC: &str = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";
/// Version 6 of 1inch.
pub(crate) const ONE_INCH: &str = "0x111111125421cA6dc452d289314280a0f8842A65";

pub(crate) fn cases() -> Vec<Value> {
    serde_json::from_str::<Value>(EVM).unwrap()["cases"].as_array().unwrap().clone()
}

/// The case of this name.
pub(crate) fn case(name: &str) -> Value {
    cases().into_iter().find(|case| case["name"] == name).unwrap()
}

pub(crate) fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap()
}

pub(crate) fn bytes(value: &Value, field: &str) -> Vec<u8> {
    hex::decode(text(value, field)).unwrap()
}

pub(crate) fn payload(case: &Value) -> Payload {
    Payload::decode(&bytes(case, "payload")).unwrap()
}

pub(crate) fn signer(chain: &Chain) -> Signer {
    let key = PublicKey::Ecdsa(hex::decode(KEY).unwrap().try_into().unwrap());
    Signer { key, path: chain.path.to_owned() }
}

/// As this vault, which must be the payload's sender.
pub(crate) fn try_request(payload: &Payload) -> Result<Request, RequestError> {
    let intent = Intent::Transaction(payload.clone());
    let chain = intent.chain()?;
    intent.request(&signer(chain))
}

pub(crate) fn request(payload: &Payload) -> Request {
    try_request(payload).unwrap()
}

pub(crate) fn lines(payload: impl Into<Payload>) -> Vec<String> {
    request(&payload.into()).reading.lines()
}

/// 0.01 ETH for somebody else.
pub(crate) fn plain() -> KeysignPayload {
    KeysignPayload {
        coin: Some(coin()),
        to_address: OTHER.to_owned(),
        to_amount: "10000000000000000".to_owned(),
        blockchain_specific: Some(BlockchainSpecific::Ethereum(specific())),
        ..KeysignPayload::default()
    }
}

/// The same in the coin of another chain of the family.
pub(crate) fn plain_on(name: &str) -> KeysignPayload {
    let chain = chain::find(name).unwrap();
    let coin = Coin {
        chain: chain.name.to_owned(),
        decimals: i32::from(chain.decimals),
        address: chain.address(signer(chain).key).unwrap(),
        ..coin()
    };
    KeysignPayload { coin: Some(coin), ..plain() }
}

pub(crate) fn coin() -> Coin {
    Coin {
        chain: "Ethereum".to_owned(),
        ticker: "ETH".to_owned(),
        address: OWN.to_owned(),
        decimals: 18,
        is_native_token: true,
        hex_public_key: KEY.to_owned(),
        ..Coin::default()
    }
}

pub(crate) fn token(contract: &str, ticker: &str, decimals: i32) -> Coin {
    Coin {
        ticker: ticker.to_owned(),
        contract_address: contract.to_owned(),
        decimals,
        is_native_token: false,
        ..coin()
    }
}

/// So many base units of a token for somebody else.
pub(crate) fn tokens(coin: Coin, amount: &str) -> KeysignPayload {
    KeysignPayload { coin: Some(coin), to_amount: amount.to_owned(), ..plain() }
}

pub(crate) fn specific() -> EthereumSpecific {
    EthereumSpecific {
        max_fee_per_gas_wei: "30000000000".to_owned(),
        priority_fee: "2000000000".to_owned(),
        nonce: 7,
        gas_limit: "60000".to_owned(),
    }
}

pub(crate) fn with(specific: EthereumSpecific) -> KeysignPayload {
    KeysignPayload { blockchain_specific: Some(BlockchainSpecific::Ethereum(specific)), ..plain() }
}

/// A call of a contract, or a text, that goes along.
pub(crate) fn calling(to: &str, amount: &str, memo: &str) -> KeysignPayload {
    KeysignPayload {
        to_address: to.to_owned(),
        to_amount: amount.to_owned(),
        memo: Some(memo.to_owned()),
        ..plain()
    }
}

/// An address as a word of call data.
pub(crate) fn word(address: &str) -> String {
    format!("{:0>64}", address.trim_start_matches("0x").to_lowercase())
}
