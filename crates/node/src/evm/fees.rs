//! What a unit of gas costs.

use quorate_chain::chain::Format;
use serde_json::{Value, json};

use super::{Node, quantity};
use crate::NodeError;

/// Of how many blocks the tips are looked at.
const BLOCKS: &str = "0x5";

/// Prices per gas, in wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fees {
    /// The most that is paid; on a chain with legacy transactions, exactly what is paid.
    pub per_gas: u128,
    /// What of it goes to the block's producer. Zero on a chain with legacy transactions.
    pub tip: u128,
}

/// What the chain asked for lately.
struct History {
    /// The base fee of the next block.
    base: u128,
    /// The median of the recent blocks' median tips.
    tip: u128,
}

impl Node {
    /// Twice the next block's base fee, and the tip: enough for six full blocks in a row. On a chain with legacy
    /// transactions, the node's price.
    pub async fn fees(&self) -> Result<Fees, NodeError> {
        if self.evm.format == Format::Legacy {
            return Ok(Fees { per_gas: self.gas_price().await?, tip: 0 });
        }
        let History { base, tip } =
            self.ask("eth_feeHistory", json!([BLOCKS, "latest", [50]]), history).await?;
        // Blocks without transactions name no tip; the node's price is its base fee and the tip that it expects.
        let tip = if tip == 0 { self.gas_price().await?.saturating_sub(base) } else { tip };
        Ok(Fees { per_gas: base.saturating_mul(2).saturating_add(tip).max(1), tip })
    }

    /// What the node itself would pay per gas, in wei.
    pub async fn gas_price(&self) -> Result<u128, NodeError> {
        self.ask("eth_gasPrice", json!([]), quantity::price).await
    }
}

/// Reads the answer of `eth_feeHistory`. Its last base fee is that of the block to come.
fn history(answer: &Value) -> Option<History> {
    let base = quantity::price(answer.get("baseFeePerGas")?.as_array()?.last()?)?;
    let blocks = answer.get("reward").and_then(Value::as_array);
    let mut tips: Vec<u128> =
        blocks.into_iter().flatten().filter_map(|tips| quantity::price(tips.get(0)?)).collect();
    tips.sort_unstable();
    let tip = tips.get(tips.len() / 2).copied().unwrap_or(0);
    Some(History { base, tip })
}
