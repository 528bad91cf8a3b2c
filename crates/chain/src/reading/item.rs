//! The things that a signing does.

use alloy_primitives::U256;
use serde::Serialize;

use super::asset::{Amount, Asset, Party, decimal};
use crate::readable::Readable;

/// One thing that a signing does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Item {
    /// Somebody gets something.
    Pay {
        /// How much, of what.
        amount: Amount,
        /// Who gets it.
        to: Party,
        /// Whose it was, if it is moved by somebody else's leave; `None` for this vault's own.
        from: Option<Party>,
        /// What is written beside it, for the recipient.
        memo: Option<Readable>,
    },
    /// Nothing, in the place of an earlier transaction with the same number.
    Cancel,
    /// Somebody may take something, now or later.
    Approve {
        /// Who may.
        spender: Party,
        /// How much, of what. All ones stand for any amount.
        amount: Amount,
        /// Whether that is so, or so much more or less than before.
        change: Change,
    },
    /// Somebody may take everything of a collection, or may no longer.
    ApproveAll {
        /// Who may.
        operator: Party,
        /// The collection's contract.
        collection: Party,
        /// Whether they may from now on.
        allowed: bool,
    },
    /// One thing is given for another.
    Swap(Swap),
    /// Somebody may take something, by a signature that anybody can hand in: the one that is asked for (typed data), or
    /// one that was given elsewhere.
    Permit(Permit),
    /// Something else that typed data is known to mean: a payment that anybody can hand in, an order, a transaction of
    /// a Safe.
    Meaning {
        /// What it means, as a line.
        words: String,
    },
    /// A contract is called, and this device cannot say what that does.
    Call {
        /// What is called.
        contract: Party,
        /// The own coins that go along.
        value: Amount,
        /// The four bytes that name the function, hex; `None` where the data is shorter.
        selector: Option<String>,
        /// How many bytes the data has.
        data_len: usize,
        /// keccak-256 of the data, hex.
        data_hash: String,
        /// What the initiator says that it does, in words.
        claimed: Option<String>,
    },
    /// A personal message, which cannot be a transaction.
    Message {
        /// All that it says.
        text: Readable,
        /// Who is to sign it, where the message says so.
        signer: Option<Party>,
    },
    /// Typed data (EIP-712). What is known of its meaning follows as items of their own.
    TypedData {
        /// The domain and every value, a line each.
        lines: Vec<String>,
    },
    /// A transaction that was made elsewhere.
    Transaction {
        /// What it does.
        lines: Vec<String>,
    },
    /// Bytes that may mean anything.
    Unknown {
        /// The bytes.
        bytes: Readable,
    },
    /// A bare digest.
    Digest {
        /// 32 bytes, hex.
        digest: String,
    },
}

/// Leave to take something, by a signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Permit {
    /// Whose it is; `None` for whoever signs.
    pub owner: Option<Party>,
    /// Who may take it.
    pub spender: Party,
    /// The token's contract; `None` where nothing that is signed names it.
    pub token: Option<Party>,
    /// How much, in base units. JSON: a decimal string.
    #[serde(serialize_with = "decimal")]
    pub base_units: U256,
    /// Whether that stands for any amount.
    pub unlimited: bool,
    /// Until when something can be taken, in seconds since 1970; `None` for without end.
    pub until: Option<u64>,
    /// All of it, as a line.
    pub words: String,
}

/// How an allowance changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It becomes so much.
    Set,
    /// It becomes so much larger.
    More,
    /// It becomes so much smaller.
    Less,
}

/// One thing is given for another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Swap {
    /// What is given.
    pub sell: Amount,
    /// What is wanted, as whoever takes the other is told: an asset of THORChain's, or a token's address.
    pub buy: String,
    /// The least that must come back, in base units of what is wanted (THORChain counts in 10⁻⁸); `None` where nothing
    /// that is signed says so.
    pub at_least: Option<String>,
    /// What the initiator says will come back. Nothing that is signed says so.
    pub claimed: Option<String>,
    /// Where it comes back to.
    pub receiver: Receiver,
    /// Who takes what is given.
    pub to: Party,
    /// Through whom, in a word.
    pub through: &'static str,
    /// What they are told, where it is a text.
    pub memo: Option<Readable>,
    /// Until when it is good, in seconds since 1970, where that is signed.
    pub expires: Option<u64>,
}

/// Where a swap comes back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Receiver {
    /// To whoever signs it.
    Sender,
    /// To an address of the same chain.
    Here(Party),
    /// To an address of another chain, as it is written there.
    Elsewhere {
        /// The address.
        address: String,
    },
    /// What is signed does not say it in a way that this version can read.
    Unread,
}

impl Asset {
    /// The chain's own coin.
    pub(crate) fn coin(chain: &crate::chain::Chain) -> Self {
        Self::Coin { symbol: chain.symbol, decimals: chain.decimals }
    }
}
