//! Signing among parties in one process.

use std::sync::Arc;

use quorate_core::simulation::{Party, p, seeded};
use quorate_eddsa::{KeyShare, sign};

/// What these tests sign.
pub(crate) const MESSAGE: &[u8] = b"what is signed is the message itself, however long it may be";

/// What the signer at this position starts from.
pub(crate) fn params(share: &Arc<KeyShare>, me: u8, signers: u8) -> sign::Params {
    sign::Params { share: Arc::clone(share), me: p(me), signers, message: MESSAGE.to_vec() }
}

/// The signers, in the order of their shares, each with its randomness.
pub(crate) fn signers(shares: &[Arc<KeyShare>], seed: u64) -> Vec<Party<sign::Session>> {
    let signer = |(i, share): (u8, &Arc<KeyShare>)| {
        let mut rng = seeded(seed + u64::from(i));
        let params = params(share, i, u8::try_from(shares.len()).unwrap());
        let (session, outgoing) = sign::Session::start(params, &mut rng).unwrap();
        (session, outgoing, rng)
    };
    (0..).zip(shares).map(signer).collect()
}
