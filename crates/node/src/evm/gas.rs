//! How much gas a call takes.

use quorate_chain::U256;
use quorate_chain::evm::Address;
use serde_json::{Value, json};

use super::{Node, quantity};
use crate::NodeError;

/// The gas of a payment to an address without code.
const PLAIN_GAS: u64 = 21_000;

/// What a transaction would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Who sends it.
    pub from: Address,
    /// Whom it is sent to: a recipient, or a contract.
    pub to: Address,
    /// How much of the chain's own coin goes along, in wei.
    pub value: U256,
    /// What a contract is told: selector and arguments. Empty for a plain payment.
    pub data: Vec<u8>,
}

impl Call {
    /// As nodes read it.
    pub(super) fn json(&self) -> Value {
        let mut call = json!({
            "from": self.from.to_string(),
            "to": self.to.to_string(),
            "value": format!("{:#x}", self.value),
        });
        if !self.data.is_empty()
            && let Some(fields) = call.as_object_mut()
        {
            fields.insert("data".to_owned(), quantity::hex(&self.data).into());
        }
        call
    }
}

impl Node {
    /// The gas that the node expects a transaction doing this to use.
    ///
    /// # Errors
    ///
    /// [`NodeError::Refused`] if the node says that it would fail, in the words of the node or of the contract.
    pub async fn estimate_gas(&self, call: &Call) -> Result<u64, NodeError> {
        self.ask("eth_estimateGas", json!([call.json()]), quantity::number).await
    }

    /// The gas limit for a transaction doing this. A recipient with code may use more when the time comes: a quarter
    /// is added.
    pub async fn gas_limit(&self, call: &Call) -> Result<u64, NodeError> {
        let estimate = self.estimate_gas(call).await?;
        Ok(if estimate <= PLAIN_GAS {
            PLAIN_GAS
        } else {
            estimate.saturating_add(estimate.div_ceil(4))
        })
    }
}
