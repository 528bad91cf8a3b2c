//! What a person wants to have sent, before it is a payload: for the one who starts the signing.

use alloy_primitives::U256;

use crate::chain::Chain;
use crate::evm::{facts, transaction};
use crate::payload::PayloadError;

/// What a person wants to have sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// On which chain.
    pub chain: &'static Chain,
    /// Who gets it, or what is called: an address of the chain.
    pub to: String,
    /// How much.
    pub quantity: Quantity,
    /// Of what.
    pub asset: Payable,
    /// What goes along.
    pub memo: Option<Memo>,
    /// What the chain's node told.
    pub facts: Facts,
}

/// How much is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// So many base units.
    Exactly(U256),
    /// All there is: of a chain's own coin, what the fee leaves.
    All {
        /// What there is, in base units.
        balance: U256,
        /// What the chain takes besides the fee that a transaction names, in base units of its own coin.
        besides: U256,
    },
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payable {
    /// The chain's own coin.
    Native,
    /// What a contract counts.
    Token {
        /// Its address.
        contract: String,
        /// What it calls itself.
        symbol: String,
        /// How many decimals it says that it has.
        decimals: u8,
    },
}

/// What goes along with a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Memo {
    /// A text for the recipient. It does not begin with `0x`, which would be read as hex.
    Text(String),
    /// Call data, or other bytes.
    Data(Vec<u8>),
}

/// A call that takes what it moves, with leave for it if it needs one: an approval and the call in one act.
///
/// It travels in the form of an aggregator's swap, the one in which every client signs both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swap {
    /// On which chain.
    pub chain: &'static Chain,
    /// What is given.
    pub sell: Payable,
    /// How much, in base units.
    pub amount: U256,
    /// Who may take it, if it is a token and they may not yet.
    pub spender: Option<String>,
    /// What is called.
    pub to: String,
    /// The own coins that go along, in base units; none where a token is given.
    pub value: U256,
    /// The call.
    pub data: Vec<u8>,
    /// What comes out, as people are told, if that is known.
    pub buy: Option<Wanted>,
    /// Whose call it is: `1inch`, `kyber`, `li.fi`; empty where it is nobody's of them.
    pub provider: String,
    /// What the chain's node told.
    pub facts: Facts,
}

/// What a swap is for. Nobody signs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// On which chain.
    pub chain: &'static Chain,
    /// Of what.
    pub asset: Payable,
    /// How much, in base units.
    pub amount: U256,
    /// For whom.
    pub address: String,
}

/// What a chain's node has to tell, by family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facts {
    /// Of the Ethereum family.
    Evm(facts::Facts),
}

/// Whose payload it becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Initiator {
    /// The vault's root ECDSA key, hex.
    pub vault: String,
    /// The initiator's party id.
    pub party: String,
    /// The kind of vault: `DKLS` or `KeyImport`.
    pub lib_type: String,
}

/// Why a payment is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentError {
    /// Payments of the chain's family are not built.
    #[error("payments on {0} are not built yet")]
    NotBuilt(&'static str),
    /// The node's facts are of another family.
    #[error("what the node told is of another chain than {0}")]
    OtherFacts(&'static str),
    /// All there is does not pay the fee.
    #[error("the balance does not cover the fee")]
    NotEnough,
    /// It would be read as hex.
    #[error("a memo cannot begin with 0x: give it as data")]
    MemoIsHex,
    /// No wallet has a place for it.
    #[error("nothing can be written beside a token's transfer")]
    MemoOfToken,
    /// No payload can carry it.
    #[error("the nonce is too large")]
    Nonce,
    /// No payload can carry it.
    #[error("the gas limit is too large")]
    Gas,
    /// Nobody would sign what it becomes.
    #[error(transparent)]
    Payload(#[from] PayloadError),
}

impl Payment {
    /// Nothing, from an address to itself: it takes the place of an earlier transaction with the same number.
    pub fn cancel(chain: &'static Chain, own: String, facts: Facts) -> Self {
        Self {
            chain,
            to: own,
            quantity: Quantity::Exactly(U256::ZERO),
            asset: Payable::Native,
            memo: None,
            facts,
        }
    }

    /// The same as an earlier transaction of the Ethereum family, for another price.
    pub fn again(earlier: &transaction::Transaction, facts: facts::Facts) -> Self {
        let data = earlier.data.clone();
        Self {
            chain: earlier.chain,
            to: earlier.to.to_string(),
            quantity: Quantity::Exactly(earlier.value),
            asset: Payable::Native,
            memo: (!data.is_empty()).then_some(Memo::Data(data)),
            facts: Facts::Evm(facts),
        }
    }
}
