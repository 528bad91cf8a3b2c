//! What a chain's node has to tell before a transaction is made.

use alloy_primitives::U256;

/// The place and the price of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The transaction's place among those of the same sender, from 0; of two transactions, the first one's.
    pub nonce: u64,
    /// The most that is paid for a unit of gas, in wei; on a chain with legacy transactions, exactly what is paid.
    pub max_fee_per_gas: u128,
    /// How much of that may go to the block's producer, in wei. Legacy transactions do not carry it.
    pub max_priority_fee_per_gas: u128,
    /// The most gas that may be used, by each transaction.
    pub gas_limit: u64,
}

impl Facts {
    /// The most that the fee of one transaction can be, in wei.
    pub fn max_fee(&self) -> U256 {
        // 128 + 64 bits fit into 256.
        U256::from(self.max_fee_per_gas).saturating_mul(U256::from(self.gas_limit))
    }

    /// The same for a transaction that takes the place of an earlier one: its nonce, and fees that are a tenth higher
    /// at least. With less, nodes keep the earlier one.
    #[must_use]
    pub fn replacing(self, earlier: &Self) -> Self {
        let raised = |fee: u128| fee.saturating_add(fee.div_ceil(10));
        Self {
            nonce: earlier.nonce,
            max_fee_per_gas: self.max_fee_per_gas.max(raised(earlier.max_fee_per_gas)),
            max_priority_fee_per_gas: self
                .max_priority_fee_per_gas
                .max(raised(earlier.max_priority_fee_per_gas)),
            gas_limit: self.gas_limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replacement_pays_a_tenth_more_for_the_same_place() {
        let earlier = Facts {
            nonce: 7,
            max_fee_per_gas: 101,
            max_priority_fee_per_gas: 10,
            gas_limit: 21_000,
        };
        let now = Facts {
            nonce: 9,
            max_fee_per_gas: 50,
            max_priority_fee_per_gas: 30,
            gas_limit: 40_000,
        };
        let replacing = now.replacing(&earlier);
        assert_eq!(
            replacing,
            Facts {
                nonce: 7,
                max_fee_per_gas: 112,
                max_priority_fee_per_gas: 30,
                gas_limit: 40_000
            }
        );
    }
}
