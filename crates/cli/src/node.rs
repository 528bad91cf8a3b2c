//! A chain's own node: what a payment needs to know, and the way a signed one takes (`CHAINS 6`).
//!
//! JSON-RPC of the Ethereum family. What a node says of nonce, gas and fees is shown to the person before it is
//! signed; a broadcast counts when the node names our transaction's id.

mod broadcast;
mod error;
mod fees;
mod purse;
mod quantity;
mod rpc;
#[cfg(test)]
mod tests;

use std::time::Duration;

use quorate_chain::chain::Evm;
use quorate_chain::evm::{Address, Transfer};
use quorate_chain::{Chain, U256, amount};
use reqwest::Url;
use serde_json::{Value, json};

pub(crate) use error::NodeError;
use rpc::{Failure, Rpc};

/// The gas of a payment to an address without code.
const PLAIN_GAS: u64 = 21_000;

/// How long a node is waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// The longest one request may take.
    pub(crate) request: Duration,
    /// The pause before asking again.
    pub(crate) pause: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { request: Duration::from_secs(10), pause: Duration::from_secs(1) }
    }
}

/// A node that has said which chain it belongs to, and said the right one.
#[derive(Debug)]
pub(crate) struct Node {
    rpc: Rpc,
    chain: &'static Chain,
    evm: Evm,
}

impl Node {
    /// Asks the node at this URL for its chain, which must be `chain`.
    pub(crate) async fn connect(
        url: Option<&str>,
        chain: &'static Chain,
        pace: Pace,
    ) -> Result<Self, NodeError> {
        let evm = chain.evm().ok_or(NodeError::Family(chain.name))?;
        let url = Url::parse(url.ok_or(NodeError::NoUrl(chain.name))?);
        let url = url.ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let node = Self { rpc: Rpc::new(url.ok_or(NodeError::Url)?, pace)?, chain, evm };

        let found = node.ask("eth_chainId", json!([]), quantity::read).await?;
        if found != U256::from(evm.chain_id) {
            let (node, expected) = (node.rpc.host(), evm.chain_id);
            return Err(NodeError::WrongChain { node, chain: chain.name, expected, found });
        }
        Ok(node)
    }

    /// The transfer of `value` wei from `from` to `to`, with nonce, gas and fees as the chain has them now.
    ///
    /// The sender can pay it: value and the whole fee are within its balance.
    pub(crate) async fn transfer(
        &self,
        from: Address,
        to: Address,
        value: U256,
    ) -> Result<Transfer, NodeError> {
        let address = from.to_string();
        let (nonce, balance, fees) = tokio::try_join!(
            self.ask("eth_getTransactionCount", json!([address, "pending"]), quantity::read),
            self.ask("eth_getBalance", json!([address, "latest"]), quantity::read),
            self.fees(),
        )?;
        let afford =
            |needs| if needs > balance { Err(self.short(from, balance, needs)) } else { Ok(()) };
        afford(value)?;

        let transfer = Transfer {
            chain: self.chain,
            nonce: nonce.try_into().map_err(|_| self.nonsense("eth_getTransactionCount"))?,
            to,
            value,
            max_fee_per_gas: fees.per_gas,
            max_priority_fee_per_gas: fees.tip,
            gas_limit: self.gas(from, to, value).await?,
        };
        transfer.unsigned()?;
        afford(transfer.max_cost()?)?;
        Ok(transfer)
    }

    /// The gas limit of a transfer. A recipient with code may use more when the time comes: a quarter is added.
    async fn gas(&self, from: Address, to: Address, value: U256) -> Result<u64, NodeError> {
        let call = json!({
            "from": from.to_string(),
            "to": to.to_string(),
            "value": format!("{value:#x}"),
        });
        let estimate = self.ask("eth_estimateGas", json!([call]), quantity::read).await?;
        let estimate: u64 = estimate.try_into().map_err(|_| self.nonsense("eth_estimateGas"))?;
        Ok(if estimate <= PLAIN_GAS {
            PLAIN_GAS
        } else {
            estimate.saturating_add(estimate.div_ceil(4))
        })
    }

    /// Asks a question that changes nothing, and reads the answer.
    async fn ask<T>(
        &self,
        method: &'static str,
        params: Value,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<T, NodeError> {
        match self.rpc.ask(method, params).await {
            Ok(answer) => read(&answer).ok_or_else(|| self.nonsense(method)),
            Err(failure) => Err(self.failed(failure)),
        }
    }

    fn failed(&self, failure: Failure) -> NodeError {
        let node = self.rpc.host();
        match failure {
            Failure::NotSent(why) | Failure::NoAnswer(why) => NodeError::Unreachable { node, why },
            Failure::Refused(message) => NodeError::Refused { node, message },
        }
    }

    fn nonsense(&self, method: &str) -> NodeError {
        let why = format!("what it answers to {method} is not an answer");
        NodeError::Unreachable { node: self.rpc.host(), why }
    }

    fn short(&self, address: Address, has: U256, needs: U256) -> NodeError {
        let in_coins = |wei| amount::in_coins(wei, self.chain.decimals);
        let (has, needs, symbol) = (in_coins(has), in_coins(needs), self.chain.symbol);
        NodeError::Insufficient { address, has, needs, symbol }
    }
}
