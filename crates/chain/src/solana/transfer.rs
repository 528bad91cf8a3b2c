//! A transfer of SOL: from what is meant, to the bytes that are signed.

use super::address::Address;
use super::instruction::{COMPUTE_BUDGET, SYSTEM};

/// The least price of a compute unit that is offered: with less, a transfer may wait until it has expired.
const LEAST_UNIT_PRICE: u64 = 1_000_000;
/// The compute units that are asked for when nobody says how many.
const USUAL_UNIT_LIMIT: u32 = 100_000;

/// What is meant: so much SOL, to that address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Who sends, and pays the fee.
    pub from: Address,
    /// Who gets it.
    pub to: Address,
    /// How much, in lamports.
    pub lamports: u64,
    /// The hash of a recent block: the transaction is valid for about a minute after it.
    pub recent_blockhash: [u8; 32],
    /// What is offered for each compute unit, in millionths of a lamport. Less than a million counts as a million.
    pub unit_price: u64,
    /// The most compute units that may be used; `None` is the usual limit, 100 000.
    pub unit_limit: Option<u32>,
}

/// Why a transfer is not signed (`CHAINS 4.6`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// Nothing would be sent.
    #[error("the transfer sends nothing")]
    Nothing,
    /// The recipient is a program of the chain, from which nothing comes back.
    #[error("the recipient is a program of Solana, whose coins nobody can spend")]
    Program,
}

impl Transfer {
    /// The bytes that the sender signs: a transaction of version 0 (`CHAINS 7.2`).
    pub fn unsigned(&self) -> Result<Vec<u8>, TransferError> {
        if self.lamports == 0 {
            return Err(TransferError::Nothing);
        }
        if [SYSTEM, COMPUTE_BUDGET].contains(&self.to) {
            return Err(TransferError::Program);
        }
        let to_itself = self.from == self.to;
        let parties: &[Address] = if to_itself { &[self.from] } else { &[self.from, self.to] };
        let (to, budget, system) = if to_itself { (0, 1, 2) } else { (1, 2, 3) };
        let unit_price = self.unit_price.max(LEAST_UNIT_PRICE);
        let unit_limit = self.unit_limit.unwrap_or(USUAL_UNIT_LIMIT);

        // Version 0; one signer, who is written to; of the other accounts the two programs are only read.
        let mut bytes = vec![0x80, 1, 0, 2];
        bytes.push(system + 1);
        for address in parties.iter().chain(&[COMPUTE_BUDGET, SYSTEM]) {
            bytes.extend(address.0);
        }
        bytes.extend(self.recent_blockhash);
        bytes.push(3);
        bytes.extend([budget, 0, 9, 3]);
        bytes.extend(unit_price.to_le_bytes());
        bytes.extend([budget, 0, 5, 2]);
        bytes.extend(unit_limit.to_le_bytes());
        bytes.extend([system, 2, 0, to, 12, 2, 0, 0, 0]);
        bytes.extend(self.lamports.to_le_bytes());
        // No accounts from tables.
        bytes.push(0);
        Ok(bytes)
    }
}
