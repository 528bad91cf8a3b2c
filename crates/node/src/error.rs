//! Why a node did not do what was asked.

use quorate_chain::U256;
use quorate_chain::evm::Address;

/// Why a node did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NodeError {
    /// A node is reached over http or https.
    #[error("the node's URL is not one: it must begin with http:// or https://")]
    Url,
    /// The chain's nodes speak another language; the chain's name.
    #[error("payments on {0} are not built yet")]
    Family(&'static str),
    /// The node could not be reached, or what came back was no answer.
    #[error("the node at {node} cannot be reached: {why}")]
    Unreachable {
        /// Its host.
        node: String,
        /// What happened.
        why: String,
    },
    /// The node belongs to another chain.
    #[error("the node at {node} is one of chain {found}, but {chain} is chain {expected}")]
    WrongChain {
        /// Its host.
        node: String,
        /// The chain that was meant.
        chain: &'static str,
        /// The id of that chain.
        expected: u64,
        /// The id of the node's chain.
        found: U256,
    },
    /// The sender does not have what would be spent.
    #[error("{address} has {has} {symbol}, but amount and fee can take {needs} {symbol}")]
    Insufficient {
        /// The sender.
        address: Address,
        /// Its balance, in whole coins.
        has: String,
        /// What the payment can take, in whole coins.
        needs: String,
        /// The coin.
        symbol: &'static str,
    },
    /// The contract is no token that can be sent.
    #[error("the contract {contract} is no token that can be sent: {why}")]
    NoToken {
        /// Its address.
        contract: Address,
        /// What it said, or did not say.
        why: String,
    },
    /// The node said no, and nothing was broadcast.
    #[error("the node at {node} refused: {message}")]
    Refused {
        /// Its host.
        node: String,
        /// Its own words.
        message: String,
    },
    /// The transaction was handed over, and the node did not say what became of it.
    #[error(
        "the transaction may have been broadcast, but the node at {node} does not say so: {why}"
    )]
    Uncertain {
        /// Its host.
        node: String,
        /// What happened.
        why: String,
    },
    /// It was broadcast, and no block has included it yet.
    #[error("the transaction was broadcast, but no block included it in time")]
    NotIncluded,
}
