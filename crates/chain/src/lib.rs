//! An intent into the bytes to sign, a signature into a transaction, a key into an address.
//!
//! * [`chain`]: the table of chains, as data.
//! * [`amount`]: whole coins as people write them, base units as chains count them.
//! * [`evm`]: addresses and native transfers of the Ethereum family.
//! * [`bitcoin`]: addresses of Bitcoin.
//! * [`message`]: texts that a vault signs outside any transaction.
//! * [`key`]: the derived public key that all of them start from.
//!
//! Keys come in derived already, as 33 bytes, and signatures as 65: `r ‖ s ‖ recovery id`. Nothing here knows a
//! share, a device or a relay, and nothing here does I/O. The specification is `spec/chains.md`.

pub mod amount;
pub mod bitcoin;
pub mod chain;
pub mod evm;
pub mod key;
pub mod message;
mod summary;

use core::fmt;

/// A 256-bit unsigned number: an amount in the base units of its chain.
pub use alloy_primitives::U256;

pub use chain::Chain;
pub use summary::Summary;

/// 32 bytes that the vault is asked to sign.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}
