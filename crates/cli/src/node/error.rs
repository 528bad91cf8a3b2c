//! Why a node did not do what was asked, and what to do now.

use quorate_chain::U256;
use quorate_chain::evm::{Address, TransferError};

use crate::output::{Failure, Kind};

/// Why a node did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NodeError {
    /// Without a node there is no nonce, no fee and no broadcast.
    #[error("no node for {0}: give the URL of one with --rpc")]
    NoUrl(&'static str),
    /// A node is reached over http or https.
    #[error("the node's URL is not one: it must begin with http:// or https://")]
    Url,
    /// The chain's nodes speak another language.
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
    /// No transaction can be made of it.
    #[error(transparent)]
    Transfer(#[from] TransferError),
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

impl From<NodeError> for Failure {
    fn from(error: NodeError) -> Self {
        let (kind, hint) = match &error {
            NodeError::NoUrl(_) => {
                (Kind::Usage, "any node of that chain will do, your own or a provider's")
            }
            NodeError::Url => (Kind::Invalid, "give it as http://host:port or https://host/path"),
            NodeError::Family(_) => {
                (Kind::Invalid, "see 'quorate address' for the chains that there are")
            }
            NodeError::Unreachable { .. } => {
                (Kind::Unreachable, "check the URL, or try another node")
            }
            NodeError::WrongChain { .. } => {
                (Kind::Invalid, "give the URL of a node of the chain that you mean")
            }
            NodeError::Insufficient { .. } => {
                (Kind::Invalid, "send less, or fund the address first")
            }
            NodeError::Transfer(_) => (Kind::Invalid, "see 'quorate send --help'"),
            NodeError::Refused { .. } => {
                (Kind::Unexpected, "nothing was broadcast; the node's words say what it wants")
            }
            NodeError::Uncertain { .. } => (
                Kind::AfterBroadcast,
                "look for the transaction by its hash; do not pay again before you have",
            ),
            NodeError::NotIncluded => (
                Kind::AfterBroadcast,
                "look for the transaction by its hash; it can still be included",
            ),
        };
        Self::new(kind, error.to_string(), hint)
    }
}
