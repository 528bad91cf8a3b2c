//! The journal: transactions that this device has signed with others, and how far each has come.

use super::{Timestamp, VaultKey};

/// One transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Hash of what was meant, without what a chain's node has said to it: the same intent again is the same payment.
    pub intent: [u8; 32],
    /// Whose it is. `None` for one that a home of an earlier version has kept, which knew no more than intent and id.
    pub what: Option<What>,
    /// Its id as its chain writes it.
    pub txid: String,
    /// When it was signed.
    pub at: Timestamp,
    /// How far it has come.
    pub progress: Progress,
}

/// What is known of a transaction besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct What {
    /// The vault that signed it.
    pub vault: VaultKey,
    /// The chain, by its name in the table of chains.
    pub chain: String,
    /// The bytes that its chain executes.
    pub raw: Vec<u8>,
    /// What its person approved, a line each.
    pub summary: String,
}

/// How far a transaction has come, as far as this device has heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Signed, and handed to nobody by this device.
    Signed,
    /// Handed to a node that took it, or may have.
    Handed,
    /// In a block, and it did what it says.
    Included,
    /// In a block, and it failed: the fee is paid, and nothing else has happened.
    Failed,
    /// Another transaction has taken its place: it will never be included.
    Replaced,
}
