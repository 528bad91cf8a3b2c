//! The journal of transactions: written before anything is handed to a chain's node, so that nothing is paid twice.

use quorate_chain::{SignedTransaction, chain};
use quorate_device::today;
use quorate_node::NodeError;
use quorate_node::evm::{Node, Status};
use quorate_store::SqliteStore;
use quorate_vault::ceremony::Signed;
use quorate_vault::store::{Change, Entry, Progress, Store, VaultKey, What};
use sha2::{Digest, Sha256};

use crate::output::{Event, Failure, Kind, Output, plain};

/// The hash of what was meant: length-framed fields.
pub(crate) fn intent(fields: &[String]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for field in fields {
        hash.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(field);
    }
    hash.finalize().into()
}

/// Writes down what has been signed. Nothing of it may be handed to anybody before this has returned.
///
/// # Errors
///
/// Those of the store.
pub(crate) fn write(
    store: &mut SqliteStore,
    vault: VaultKey,
    signed: &Signed,
    intent: [u8; 32],
) -> Result<(), Failure> {
    for SignedTransaction { raw, txid } in &signed.made.transactions {
        let what = What {
            vault,
            chain: signed.reading.chain.to_owned(),
            raw: raw.clone(),
            summary: signed.reading.lines().join("\n"),
        };
        let (txid, progress) = (txid.clone(), Progress::Signed);
        let entry = Entry { intent, what: Some(what), txid, at: today(), progress };
        store.commit(Change::Journal(entry))?;
    }
    Ok(())
}

/// What a joiner has signed is in its journal, too: under the transaction itself, for it did not say what it meant.
///
/// # Errors
///
/// Those of the store.
pub(crate) fn write_joined(
    store: &mut SqliteStore,
    vault: VaultKey,
    signed: &Signed,
) -> Result<(), Failure> {
    let txids = signed.made.transactions.iter().map(|transaction| transaction.txid.clone());
    let fields: Vec<String> = ["quorate/joined/v1".to_owned()].into_iter().chain(txids).collect();
    write(store, vault, signed, intent(&fields))
}

/// Hands a transaction of the journal to its chain's node, and writes down that it may be out.
///
/// # Errors
///
/// Exit 8 if it is out and that could not be written down; the node's refusal otherwise.
pub(crate) async fn hand_over(
    store: &mut SqliteStore,
    output: &Output,
    node: &Node,
    signed: &SignedTransaction,
) -> Result<(), Failure> {
    let handed = node.broadcast(signed).await;
    let out = handed.may_be_out();
    output.event(&transaction(node.chain().name, signed, out));
    if out {
        progressed(store, &signed.txid, Progress::Handed)?;
    }
    handed.confirmed().map_err(|error| after_signing(error, &signed.txid))
}

/// Writes down how far a transaction has come.
///
/// # Errors
///
/// Exit 8: it is out all the same.
pub(crate) fn progressed(
    store: &mut SqliteStore,
    txid: &str,
    progress: Progress,
) -> Result<(), Failure> {
    let txid = txid.to_owned();
    store.commit(Change::Progressed { txid: txid.clone(), progress }).map_err(|error| {
        Failure::new(
            Kind::AfterBroadcast,
            format!("{txid} was broadcast, but could not be recorded on this device: {error}"),
            "do not send it again; mend the store",
        )
    })
}

/// A signed transaction, and whether a node has it.
pub(crate) fn transaction(chain: &str, signed: &SignedTransaction, broadcast: bool) -> Event {
    Event::Transaction {
        chain: chain.to_owned(),
        txid: signed.txid.trim_start_matches("0x").to_owned(),
        raw: hex::encode(&signed.raw),
        broadcast,
    }
}

/// The entry whose transaction's id begins so, with or without `0x`.
///
/// # Errors
///
/// Exit 5 if there is none, or more than one.
pub(crate) fn find<'j>(journal: &'j [Entry], txid: &str) -> Result<&'j Entry, Failure> {
    let digits = |text: &str| text.strip_prefix("0x").unwrap_or(text).to_ascii_lowercase();
    let wanted = digits(txid);
    let mut found = journal.iter().filter(|entry| digits(&entry.txid).starts_with(&wanted));
    match (found.next(), found.next()) {
        (Some(entry), None) if !wanted.is_empty() => Ok(entry),
        (Some(_), Some(_)) => Err(Failure::new(
            Kind::NotFound,
            format!("several transactions of this device begin with '{}'", plain(txid)),
            "give more digits; see 'quorate tx list'",
        )),
        _ => Err(Failure::new(
            Kind::NotFound,
            format!("this device has signed no transaction '{}'", plain(txid)),
            "see 'quorate tx list'; another device of the vault may have sent it",
        )),
    }
}

/// The bytes of an entry, and the chain that executes them.
pub(crate) fn signed_of(entry: &Entry) -> Option<(&'static chain::Chain, SignedTransaction)> {
    let what = entry.what.as_ref()?;
    let chain = chain::find(&what.chain)?;
    Some((chain, SignedTransaction { raw: what.raw.clone(), txid: entry.txid.clone() }))
}

/// The 32 bytes of a transaction's id, on chains whose ids are that.
pub(crate) fn id(txid: &str) -> Option<[u8; 32]> {
    let mut id = [0; 32];
    hex::decode_to_slice(txid.strip_prefix("0x").unwrap_or(txid), &mut id).ok().map(|()| id)
}

/// How far a transaction is for its chain's node. `None` if the node does not know it.
pub(crate) fn heard(status: Status) -> Option<Progress> {
    match status {
        Status::Unknown => None,
        Status::Pending => Some(Progress::Handed),
        Status::Included(receipt) if receipt.succeeded => Some(Progress::Included),
        Status::Included(_) => Some(Progress::Failed),
    }
}

/// The word for how far a transaction has come.
pub(crate) fn word(progress: Progress) -> &'static str {
    match progress {
        Progress::Signed => "signed",
        Progress::Handed => "handed",
        Progress::Included => "included",
        Progress::Failed => "failed",
        Progress::Replaced => "replaced",
    }
}

/// The signed bytes are in the output and in the journal: whatever the node did, nothing has to be signed again.
fn after_signing(error: NodeError, txid: &str) -> Failure {
    let failure = Failure::from(error);
    Failure { message: format!("{txid}: {}", failure.message), ..failure }
}
