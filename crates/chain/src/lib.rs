//! An intent into the bytes to sign, a signature into a transaction, a key into an address.
//!
//! * [`chain`]: the table of chains, as data.
//! * [`intent`]: what may be asked of a vault, and the [`Request`] that it makes on every device.
//! * [`request`]: every signature that it takes, what they do, and how they complete it.
//! * [`reading`]: what a signing does, as data and as lines.
//! * [`payment`]: what a person wants to have sent, made a payload.
//! * [`payload`]: what travels between devices, and the bytes that it came in.
//! * [`amount`]: whole coins as people write them, base units as chains count them.
//! * [`evm`]: addresses and transactions of the Ethereum family.
//! * [`solana`]: addresses of Solana, its transactions made and read.
//! * [`message`]: texts that a vault signs outside any transaction.
//! * [`wallet`]: private keys as wallets import them.
//! * [`key`]: the public keys that all of them start from.
//!
//! Keys come in derived already, and ECDSA signatures as 65 bytes: `r ‖ s ‖ recovery id`. Nothing here knows a
//! share, a device or a relay, and nothing here does I/O. The specification is `spec/chains.md`.

pub mod amount;
mod cardano;
pub mod chain;
mod cosmos;
pub mod evm;
mod family;
mod hash;
pub mod intent;
pub mod key;
pub mod message;
mod moment;
pub mod payload;
pub mod payment;
mod readable;
pub mod reading;
pub mod request;
mod ripple;
mod signature;
pub mod solana;
mod substrate;
mod sui;
mod summary;
mod swap_memo;
mod to_sign;
mod ton;
mod transactions;
mod tron;
mod utxo;
pub mod wallet;

/// A 256-bit unsigned number: an amount in the base units of its chain.
pub use alloy_primitives::U256;

pub use chain::Chain;
pub use intent::{Intent, RequestError};
pub use key::{Curve, PublicKey, Signer};
pub use payload::Payload;
pub use payment::{Payment, PaymentError};
pub use readable::Readable;
pub use reading::Reading;
pub use request::{Request, Signing};
pub use signature::{SignError, Signature, Signed, SignedTransaction};
pub use summary::Summary;
pub use to_sign::{Digest, ToSign};
