//! A payment of the chain's own coin, with all that the chain has to say filled in.

use quorate_chain::U256;
use quorate_chain::evm::{Address, Transfer};

use super::{Call, Node};
use crate::NodeError;

impl Node {
    /// The transfer of `value` wei from `from` to `to`, with nonce, gas and fees as the chain has them now.
    ///
    /// The sender can pay it: value and the whole fee are within its balance.
    ///
    /// # Errors
    ///
    /// [`NodeError::Insufficient`] if it cannot, [`NodeError::Transfer`] if no transaction can be made of it, and those
    /// of asking.
    pub async fn transfer(
        &self,
        from: Address,
        to: Address,
        value: U256,
    ) -> Result<Transfer, NodeError> {
        let facts = self.facts(&Call { from, to, value, data: Vec::new() }).await?;
        let transfer = Transfer {
            chain: self.chain,
            nonce: facts.nonces.next(),
            to,
            value,
            max_fee_per_gas: facts.fees.per_gas,
            max_priority_fee_per_gas: facts.fees.tip,
            gas_limit: facts.gas,
        };
        transfer.unsigned()?;
        self.afford(from, facts.balance, transfer.max_cost()?)?;
        Ok(transfer)
    }
}
