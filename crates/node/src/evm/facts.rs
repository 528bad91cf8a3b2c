//! What the chain has to say before a transaction can be made.

use quorate_chain::evm::Address;
use quorate_chain::{U256, amount};
use serde_json::json;

use super::{Call, Fees, Node, quantity};
use crate::NodeError;

/// What the chain says of a sender and of what it wants to do, at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The sender's transactions so far.
    pub nonces: Nonces,
    /// The sender's balance of the chain's own coin, in wei, as of the latest block.
    pub balance: U256,
    /// What a unit of gas costs.
    pub fees: Fees,
    /// The gas limit: what the node estimates, with a quarter added where code is run.
    pub gas: u64,
}

/// How many transactions an address has sent, and so the nonce of its next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nonces {
    /// Included in blocks.
    pub latest: u64,
    /// The same and those that wait at the node.
    pub pending: u64,
}

impl Nonces {
    /// The first nonce that nothing has taken yet. A node that forgets what blocks include is not believed.
    pub fn next(self) -> u64 {
        self.pending.max(self.latest)
    }

    /// Whether transactions wait: one with the next nonce would wait behind them.
    pub fn is_waiting(self) -> bool {
        self.pending > self.latest
    }
}

impl Node {
    /// All that a transaction doing this needs to know. Its gas limit is `gas`, or as the node estimates.
    ///
    /// # Errors
    ///
    /// [`NodeError::Insufficient`] if the sender does not have the value alone, which no node can estimate;
    /// [`NodeError::Refused`] if the node says that the call would fail; and those of asking it.
    pub async fn facts(&self, call: &Call, gas: Option<u64>) -> Result<Facts, NodeError> {
        let (nonces, balance, fees) =
            tokio::try_join!(self.nonces(call.from), self.balance(call.from), self.fees())?;
        self.afford(call.from, balance, call.value)?;
        let gas = match gas {
            Some(gas) => gas,
            None => self.gas_limit(call).await?,
        };
        Ok(Facts { nonces, balance, fees, gas })
    }

    /// How many transactions an address has sent.
    pub async fn nonces(&self, of: Address) -> Result<Nonces, NodeError> {
        let (latest, pending) =
            tokio::try_join!(self.count(of, "latest"), self.count(of, "pending"))?;
        Ok(Nonces { latest, pending })
    }

    async fn count(&self, of: Address, at: &str) -> Result<u64, NodeError> {
        let params = json!([of.to_string(), at]);
        self.ask("eth_getTransactionCount", params, quantity::number).await
    }

    /// How much of the chain's own coin an address has, in wei, as of the latest block.
    pub async fn balance(&self, of: Address) -> Result<U256, NodeError> {
        self.ask("eth_getBalance", json!([of.to_string(), "latest"]), quantity::read).await
    }

    /// Whether an address with this balance can pay this much, both in wei.
    ///
    /// # Errors
    ///
    /// [`NodeError::Insufficient`], with both in whole coins.
    pub fn afford(&self, address: Address, balance: U256, needs: U256) -> Result<(), NodeError> {
        if needs <= balance {
            return Ok(());
        }
        let in_coins = |wei| amount::in_coins(wei, self.chain.decimals);
        let (has, needs, symbol) = (in_coins(balance), in_coins(needs), self.chain.symbol);
        Err(NodeError::Insufficient { address, has, needs, symbol })
    }
}
