//! Round 1: draw everything that the key will depend on, and commit to it.
//!
//! ```text
//! 1.1  draw sid_i, r_i, f_i, x_i
//! 1.2  F_i = f_i·G,  C1_i = H(sid_i, i, x_i, F_i, r_i)
//! 1.3  send R1: sid_i, C1_i, x_i, X_i
//! ```
//!
//! Of a key that exists, f_i(0) is the part given.

use quorate_core::session::ChannelKey;
use rand_core::CryptoRng;

use super::Run;
use super::message::{Round1, commit_polynomial};
use super::round2::AwaitingCommitments;
use crate::curve;
use crate::polynomial::SecretPolynomial;

/// Round 1.
pub(super) fn start(
    run: Run,
    channel: ChannelKey,
    rng: &mut dyn CryptoRng,
) -> (AwaitingCommitments, Round1) {
    let (me, threshold) = (run.committee.me(), run.committee.threshold());

    // 1.1
    let mut sid = [0; 32];
    rng.fill_bytes(&mut sid);
    let mut blinding = [0; 32];
    rng.fill_bytes(&mut blinding);
    let polynomial = match &run.given {
        Some(given) => SecretPolynomial::draw_above(&given.part, threshold, rng),
        None => SecretPolynomial::draw(threshold, rng),
    };
    let x = curve::draw_nonzero_scalar(rng);

    // 1.2
    let public = polynomial.public();
    let commitment = commit_polynomial(&sid, me, &x, &public.encode(), &blinding);

    // 1.3
    let message = Round1 { sid, commitment, x: curve::scalar_bytes(&x), channel };
    (AwaitingCommitments { run, sid, blinding, polynomial, public, x }, message)
}
