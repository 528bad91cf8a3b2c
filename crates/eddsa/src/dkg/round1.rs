//! Round 1: say with which key shares may be sealed to me.
//!
//! ```text
//! 1.1  draw e_i; send R0: E_i
//! ```

use rand_core::CryptoRng;

use super::Run;
use super::message::Round0;
use super::round2::AwaitingKeys;
use crate::crypto_box::BoxSecret;

/// Round 1.
pub(super) fn start(run: Run, rng: &mut dyn CryptoRng) -> (AwaitingKeys, Round0) {
    // 1.1
    let secret = BoxSecret::draw(rng);
    let message = Round0 { index: run.committee.me().get(), key: secret.public() };
    (AwaitingKeys { run, secret }, message)
}
