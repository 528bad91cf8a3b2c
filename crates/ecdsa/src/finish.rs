//! From a presignature to a signature: one message each. `spec/dkls23/presign.md`.
//!
//! ```text
//! round 1   ·       → R4: s0_i, s1_i                    round1::finish
//! round 2   ← R4    · the signature                     round2::AwaitingPartials::receive
//! ```

mod message;
mod round1;
mod round2;
mod session;

use quorate_core::PartyIndex;

pub(crate) use message::{ROUND_4, Round4};
pub(crate) use round2::AwaitingPartials;
pub use session::Session;

use crate::presign::Presignature;

/// What the setup of a finish says, and the presignature that it uses up.
pub struct Params {
    /// My presignature. Whatever becomes of the run, it is gone.
    pub presignature: Presignature,
    /// My place among the signers, which may be another than in the presigning.
    pub me: PartyIndex,
    /// How many signers there are, this one included: those of the presigning, all of them and nobody else.
    pub signers: u8,
    /// What is signed.
    pub hash: [u8; 32],
}
