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
//! A payment becomes what travels to the other devices. There, as here, that becomes what is signed and what is shown:
//!
//! ```
//! use quorate_chain::evm::Facts;
//! use quorate_chain::payment::{self, Initiator, Payable, Payment, Quantity};
//! use quorate_chain::{Intent, Payload, PublicKey, Signer, amount, chain};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let ethereum = chain::find("Ethereum").ok_or("a chain of the table")?;
//! let key = hex::decode("034f355bdcb7cc0af728ef3cceb9615d90684bb5b2ca5f859ab0f0b704075871aa")?;
//! let key = PublicKey::Ecdsa(key.as_slice().try_into()?);
//! let signer = Signer { key, path: ethereum.path.to_owned() };
//!
//! let payment = Payment {
//!     chain: ethereum,
//!     to: "0x17c5185167401eD00cF5F5b2fc97D9BBfDb7D025".to_owned(),
//!     quantity: Quantity::Exactly(amount::parse("0.5", ethereum.decimals)?),
//!     asset: Payable::Native,
//!     memo: None,
//!     facts: payment::Facts::Evm(Facts {
//!         nonce: 7,
//!         max_fee_per_gas: 30_000_000_000,
//!         max_priority_fee_per_gas: 2_000_000_000,
//!         gas_limit: 21_000,
//!     }),
//! };
//! let initiator = Initiator {
//!     vault: "02".repeat(33),
//!     party: "laptop-1234".to_owned(),
//!     lib_type: "DKLS".to_owned(),
//! };
//! let bytes = payment.payload(&signer, &initiator)?.bytes().to_vec();
//!
//! // On another device of the vault:
//! let request = Intent::Transaction(Payload::decode(&bytes)?).request(&signer)?;
//! assert_eq!(
//!     request.reading.lines(),
//!     [
//!         "send 0.5 ETH on Ethereum",
//!         "to 0x17c5185167401eD00cF5F5b2fc97D9BBfDb7D025",
//!         "for a fee of at most 0.00063 ETH",
//!         "as transaction number 7",
//!     ]
//! );
//! // The vault signs `request.signings`; `request.assemble` then makes the transaction.
//! assert_eq!(request.signings.len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! Keys come in derived already, and ECDSA signatures as 65 bytes: `r ‖ s ‖ recovery id`. Nothing here knows a
//! share, a device or a relay, and nothing here does I/O. The specification is `spec/chains.md` and the pages that it
//! names.

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
pub use to_sign::{Digest, ToSign};
