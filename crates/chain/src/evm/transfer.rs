//! A transfer of a chain's own coin: a transaction without data.

use alloy_primitives::U256;

use super::address::Address;
use super::transaction::{Transaction, TransactionError, Unsigned};
use crate::chain::Chain;

/// What is meant: so much of a chain's own coin, to that address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// On which chain.
    pub chain: &'static Chain,
    /// The transaction's place among those of the same sender, from 0.
    pub nonce: u64,
    /// Who gets it.
    pub to: Address,
    /// How much, in wei.
    pub value: U256,
    /// The most that is paid for a unit of gas, in wei; on a chain with legacy transactions, exactly what is paid.
    pub max_fee_per_gas: u128,
    /// How much of that may go to the block's producer, in wei. Legacy transactions do not carry it.
    pub max_priority_fee_per_gas: u128,
    /// The most gas that may be used.
    pub gas_limit: u64,
}

impl Transfer {
    /// The most that the fee can be, in wei.
    pub fn max_fee(&self) -> U256 {
        self.transaction().max_fee()
    }

    /// The most that leaves the sender, in wei: the value and the fee.
    pub fn max_cost(&self) -> Result<U256, TransactionError> {
        self.transaction().max_cost()
    }

    /// The transaction to sign, in the form of its chain.
    pub fn unsigned(&self) -> Result<Unsigned, TransactionError> {
        if self.chain.evm().is_some() && self.value.is_zero() {
            return Err(TransactionError::Nothing);
        }
        self.transaction().unsigned()
    }

    fn transaction(&self) -> Transaction {
        Transaction {
            chain: self.chain,
            nonce: self.nonce,
            to: self.to,
            value: self.value,
            data: Vec::new(),
            max_fee_per_gas: self.max_fee_per_gas,
            max_priority_fee_per_gas: self.max_priority_fee_per_gas,
            gas_limit: self.gas_limit,
        }
    }
}
