//! What a person approves.

use core::fmt;

use crate::chain::Chain;

/// A transfer in the words of the person who approves it, computed on their own device from what it will sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// On which chain.
    pub chain: &'static Chain,
    /// Who gets it: the recipient's address, with its checksum.
    pub recipient: String,
    /// How much the recipient gets, in whole coins.
    pub amount: String,
    /// The most that the transaction's fee can be, in whole coins.
    pub max_fee: String,
    /// The transaction's place among those of the same sender.
    pub nonce: u64,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { chain, recipient, amount, max_fee, nonce } = self;
        let Chain { name, symbol, .. } = chain;
        write!(f, "send {amount} {symbol} on {name} to {recipient}, ")?;
        write!(f, "for a fee of at most {max_fee} {symbol}, as transaction number {nonce}")
    }
}
