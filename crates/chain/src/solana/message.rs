//! Messages that the Ed25519 key signs as they are, on Solana and wherever else it does: its signature is good on all.

use super::transaction::Transaction;
use crate::message::Meaning;
use crate::readable::Readable;

/// How many bytes the hash of a transaction has.
const HASH_LEN: usize = 32;

pub(crate) fn meaning(bytes: &[u8]) -> Option<Meaning> {
    if let Ok(transaction) = Transaction::parse(bytes) {
        return Some(Meaning::Transaction(transaction));
    }
    // Some chains sign the hash of a transaction. A hash that reads as a text is one that somebody has searched for.
    Readable::text(bytes).filter(|_| bytes.len() != HASH_LEN).map(Meaning::Personal)
}
