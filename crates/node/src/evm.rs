//! Nodes of the Ethereum family: JSON-RPC.
//!
//! [`Node::connect`] first, which asks for the chain. Then
//!
//! * before signing: [`Node::facts`], or one by one [`nonces`](Node::nonces), [`balance`](Node::balance),
//!   [`fees`](Node::fees), [`estimate_gas`](Node::estimate_gas);
//! * about a contract: [`code`](Node::code), [`token`](Node::token), [`token_balance`](Node::token_balance),
//!   [`allowance`](Node::allowance), [`call`](Node::call);
//! * after signing: [`broadcast`](Node::broadcast), [`status`](Node::status), [`receipt`](Node::receipt).
//!
//! Amounts are in the base units of the coin or token, prices in wei per gas.

mod abi;
mod contract;
mod development;
mod facts;
mod fees;
mod gas;
mod quantity;
#[cfg(test)]
mod tests;
mod token;
mod transaction;

use quorate_chain::chain::Evm;
use quorate_chain::{Chain, U256};
use serde_json::{Value, json};

pub use contract::Code;
pub use facts::{Facts, Nonces};
pub use fees::Fees;
pub use gas::Call;
pub use token::Token;
pub use transaction::{Receipt, Status};

use crate::rpc::Rpc;
use crate::{NodeError, Pace};

/// A node that has said which chain it belongs to, and said the right one.
#[derive(Debug)]
pub struct Node {
    rpc: Rpc,
    chain: &'static Chain,
    evm: Evm,
}

impl Node {
    /// Asks the node at this URL for its chain, which must be `chain`.
    ///
    /// # Errors
    ///
    /// [`NodeError::Family`] if the chain is not of the Ethereum family, [`NodeError::Url`] if the text is no http or
    /// https URL, [`NodeError::WrongChain`] if the node belongs to another chain, and those of asking it.
    pub async fn connect(url: &str, chain: &'static Chain, pace: Pace) -> Result<Self, NodeError> {
        let evm = chain.evm().ok_or(NodeError::Family(chain.name))?;
        let node = Self { rpc: Rpc::new(url, pace)?, chain, evm };
        let found = node.ask("eth_chainId", json!([]), quantity::read).await?;
        if found != U256::from(evm.chain_id) {
            let (node, expected) = (node.host(), evm.chain_id);
            return Err(NodeError::WrongChain { node, chain: chain.name, expected, found });
        }
        Ok(node)
    }

    /// The chain that it belongs to.
    pub fn chain(&self) -> &'static Chain {
        self.chain
    }

    /// Its name for people: host and port.
    pub fn host(&self) -> String {
        self.rpc.host()
    }

    async fn ask<T>(
        &self,
        method: &'static str,
        params: Value,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<T, NodeError> {
        self.rpc.ask(method, params, read).await
    }
}
