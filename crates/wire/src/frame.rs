//! Frames: a protocol's payloads as bytes that only the run's parties can have written (`spec/frames.md`).
//!
//! ```text
//! signed      header 36 ‖ payload                       ‖ signature 64   Ed25519, the sender's key of the setup
//! private     header 36 ‖          ciphertext ‖ mac 16  ‖ nonce 12       ChaCha20-Poly1305 under an agreed key
//! enclosed    header 36 ‖ key 32 ‖ ciphertext ‖ mac 16  ‖ nonce 12       the same, with the sender's fresh key
//! abort       header 36                                 ‖ signature 64
//! header      message id 32 ‖ ttl u16le ‖ flags u16le
//! ```
//!
//! Nothing in a frame names its sender or its round: a reader knows the ids it waits for. What it does not wait
//! for, what has another length and what does not authenticate is ignored, and the wait goes on.

mod check;
mod enclosure;
mod exchange;
mod id;
mod private;
mod signed;

#[cfg(test)]
mod tests;

pub use check::Check;
pub use enclosure::Enclosure;
pub use exchange::{Exchange, Frame, Incoming, NoChannel, NotAParty, Opened, SealError};
pub(crate) use id::MessageId;

/// Length of a header in bytes: message id, time to live, flags.
pub(crate) const HEADER_LEN: usize = 36;

/// Length of an Ed25519 signature in bytes.
pub(crate) const SIGNATURE_LEN: usize = 64;

/// The time to live that frames carry. Readers ignore it.
const TTL: u16 = 100;

/// The tag of the abort broadcast.
const ABORT_TAG: u64 = u64::MAX;
