//! Money to try things with: development nodes hold keys of their own, with coins.

use std::time::Duration;

use quorate_chain::U256;
use quorate_chain::evm::Address;
use serde_json::{Value, json};

use super::{Node, quantity};
use crate::NodeError;

/// How long a development node may take to make a block.
const BLOCK: Duration = Duration::from_secs(30);

impl Node {
    /// Lets the node's first own account pay `value` wei to `to`, and waits until a block includes that.
    ///
    /// # Errors
    ///
    /// [`NodeError::Refused`] from a node without accounts of its own, as public ones are.
    pub async fn fund(&self, to: Address, value: U256) -> Result<(), NodeError> {
        let first = |accounts: &Value| accounts.as_array().map(|list| list.first().cloned());
        let Some(purse) = self.ask("eth_accounts", json!([]), first).await? else {
            let message = "it has no accounts of its own that could pay".to_owned();
            return Err(NodeError::Refused { node: self.host(), message });
        };
        let payment =
            json!([{"from": purse, "to": to.to_string(), "value": format!("{value:#x}")}]);
        let paid = self.rpc.call("eth_sendTransaction", &payment).await;
        let txid = paid.map_err(|failure| self.rpc.failed(failure))?;
        let txid = quantity::hash(&txid).ok_or_else(|| self.rpc.nonsense("eth_sendTransaction"))?;
        self.included(&txid).await
    }

    /// Waits until a block includes a transaction and it did what it says.
    ///
    /// # Errors
    ///
    /// [`NodeError::NotIncluded`] if that takes too long; [`NodeError::Refused`] if it was included and failed.
    pub async fn included(&self, txid: &[u8; 32]) -> Result<(), NodeError> {
        if self.receipt(txid, BLOCK).await?.succeeded {
            return Ok(());
        }
        let message = format!("0x{} was included, but failed", hex::encode(txid));
        Err(NodeError::Refused { node: self.host(), message })
    }
}
