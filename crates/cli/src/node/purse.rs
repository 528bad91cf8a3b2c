//! Money to try things with: development nodes hold keys of their own, with coins.

use quorate_chain::U256;
use quorate_chain::evm::Address;
use serde_json::{Value, json};

use super::{Node, NodeError};

impl Node {
    /// Lets the node's first own account pay `value` wei to `to`, and waits until that is known.
    ///
    /// # Errors
    ///
    /// [`NodeError::Refused`] from a node without accounts of its own, as public ones are.
    pub(crate) async fn fund(&self, to: Address, value: U256) -> Result<(), NodeError> {
        let first = |accounts: &Value| accounts.as_array().map(|list| list.first().cloned());
        let Some(purse) = self.ask("eth_accounts", json!([]), first).await? else {
            let message = "it has no accounts of its own that could pay".to_owned();
            return Err(NodeError::Refused { node: self.rpc.host(), message });
        };
        let payment =
            json!([{"from": purse, "to": to.to_string(), "value": format!("{value:#x}")}]);
        self.rpc
            .call("eth_sendTransaction", &payment)
            .await
            .map_err(|failure| self.failed(failure))?;

        for _ in 0..super::rpc::ATTEMPTS.saturating_mul(10) {
            let balance = self
                .ask("eth_getBalance", json!([to.to_string(), "latest"]), super::quantity::read)
                .await?;
            if balance >= value {
                return Ok(());
            }
            self.rpc.pause().await;
        }
        Err(NodeError::NotIncluded)
    }
}
