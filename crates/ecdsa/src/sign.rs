//! Signing: a presigning and its finish in one run. `spec/dkls23/sign.md`.
//!
//! ```text
//! rounds 1 to 3                                         presign::Session
//! round 4   ← R3    → R4: s0_i, s1_i                    its presignature, finished at once
//! round 5   ← R4    · the signature                     finish::AwaitingPartials::receive
//! ```

mod session;

use std::sync::Arc;

use quorate_core::PartyIndex;

pub use session::Session;

use crate::derive::DerivationPath;
use crate::share::KeyShare;

/// What the setup of a signing says, and the share to sign with.
pub struct Params {
    /// My share of the key.
    pub share: Arc<KeyShare>,
    /// My place among the signers.
    pub me: PartyIndex,
    /// How many signers there are, this one included.
    pub signers: u8,
    /// Where the key that signs stands below the share's.
    pub path: DerivationPath,
    /// What is signed.
    pub hash: [u8; 32],
}
