//! A case, whichever form its file has.
//!
//! * The project's own: an object with `cases` of `payload` (protobuf, hex), `message_ids` and, where they are known,
//!   `transactions` of `hash`, `signature`, `raw` and `txid`.
//! * Whole transactions: the same with `payload_pb`, and lists of `image_hashes` and `signatures` in each transaction.
//! * Hashes: a list of `keysign_payload` (JSON, in one of the forms in which clients write it) and
//!   `expected_image_hash`.

use std::path::Path;

use quorate_chain::chain::{self, Family};
use quorate_chain::payload::Payload;
use serde_json::Value;

use super::json;
use crate::Result;

/// A payload, and what comes of it.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) family: &'static str,
    /// The payload; `None` of a family that this chore does not read.
    pub(super) payload: Option<Payload>,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    pub(super) recorded: Recorded,
}

pub(super) enum Recorded {
    /// What is signed, in any order.
    Hashes(Vec<String>),
    /// The ids under which it is signed, in their order.
    Ids(Vec<String>),
    Transactions {
        ids: Vec<String>,
        transactions: Vec<Transaction>,
    },
}

pub(super) struct Transaction {
    pub(super) hashes: Vec<String>,
    pub(super) signatures: Vec<Vec<u8>>,
    pub(super) raw: Vec<u8>,
    pub(super) txid: String,
}

/// Every case of a folder.
pub(super) fn cases(folder: &Path) -> Result<Vec<Case>> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let read: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
        let list = read.get("cases").unwrap_or(&read).as_array().cloned().unwrap_or_default();
        for case in list {
            let title = format!("{name}: {}", text(&case, "name")?);
            let case = one(&case, title.clone()).map_err(|error| format!("{title}: {error}"))?;
            cases.extend(case);
        }
    }
    Ok(cases)
}

/// `None` for what is no case of a transaction.
fn one(case: &Value, name: String) -> Result<Option<Case>> {
    if let Some(payload) = case.get("keysign_payload") {
        let family = family(text(&payload["coin"], "chain")?)?;
        let payload = (family == "evm").then(|| json::payload(payload)).transpose()?;
        let payload = payload.map(Payload::from);
        let bytes = payload.as_ref().map(|it| it.bytes().to_vec()).unwrap_or_default();
        let recorded = Recorded::Hashes(texts(&case["expected_image_hash"])?);
        return Ok(Some(Case { name, family, payload, bytes, recorded }));
    }
    let Some(payload) = case.get("payload_pb").or_else(|| case.get("payload")) else {
        return Ok(None);
    };
    let bytes = hex::decode(payload.as_str().ok_or("a payload that is no text")?)?;
    let payload = Payload::decode(&bytes)?;
    let family = family(&payload.coin.as_ref().ok_or("a payload without a coin")?.chain)?;
    let ids = texts(&case["message_ids"])?;
    let recorded = match case.get("transactions").and_then(Value::as_array) {
        None => Recorded::Ids(ids),
        Some(transactions) => {
            let transactions = transactions.iter().map(transaction).collect::<Result<Vec<_>>>()?;
            Recorded::Transactions { ids, transactions }
        }
    };
    Ok(Some(Case { name, family, payload: Some(payload), bytes, recorded }))
}

fn transaction(of: &Value) -> Result<Transaction> {
    let some = |one: &str, several: &str| match of.get(one) {
        Some(value) => texts(&Value::Array(vec![value.clone()])),
        None => texts(&of[several]),
    };
    // In another encoding, or missing: of families that are not built.
    let is_hex = of.get("raw_encoding").is_none_or(|encoding| encoding == "hex");
    let raw = of["raw"].as_str().filter(|_| is_hex).unwrap_or_default();
    Ok(Transaction {
        hashes: some("hash", "image_hashes")?,
        signatures: some("signature", "signatures")?
            .iter()
            .map(|signature| Ok(hex::decode(signature)?))
            .collect::<Result<_>>()?,
        raw: hex::decode(raw)?,
        txid: of["txid"].as_str().unwrap_or_default().to_owned(),
    })
}

/// The name of a chain's family, as `--family` takes it.
fn family(chain: &str) -> Result<&'static str> {
    let chain = chain::find(chain).ok_or_else(|| format!("no chain {chain}"))?;
    Ok(match chain.family {
        Family::Evm(_) => "evm",
        Family::Utxo(_) => "utxo",
        Family::Cosmos("thor" | "maya") => "thorchain-maya",
        Family::Cosmos(_) => "cosmos",
        Family::Ripple => "ripple",
        Family::Tron => "tron",
        Family::Solana => "solana",
        Family::Substrate(_) => "substrate",
        Family::Sui => "sui",
        Family::Ton => "ton",
        Family::Cardano => "cardano",
    })
}

fn text<'v>(value: &'v Value, member: &str) -> Result<&'v str> {
    value[member].as_str().ok_or_else(|| format!("{member} is no text").into())
}

fn texts(value: &Value) -> Result<Vec<String>> {
    let list = value.as_array().ok_or("a list is missing")?;
    list.iter()
        .map(|text| Ok(text.as_str().ok_or("a list of something else than texts")?.to_owned()))
        .collect()
}
