//! Key generation among parties in one process.

#![allow(dead_code, reason = "every test program uses its own part of this")]

use quorate_core::Committee;
use quorate_core::session::Outgoing;
use quorate_ecdsa::dkg;
use rand_chacha::ChaCha20Rng;

use crate::simulation::{p, seeded};

/// What the setup says to the party at this position.
pub(crate) fn params(i: u8, n: u8, t: u8) -> dkg::Params {
    dkg::Params { committee: Committee::new(p(i), n, t).unwrap(), key_id: None }
}

/// The parties of a key generation, each with its randomness.
pub(crate) fn parties(n: u8, t: u8, seed: u64) -> Vec<(dkg::Session, Vec<Outgoing>, ChaCha20Rng)> {
    let party = |i| {
        let mut rng = seeded(seed + u64::from(i));
        let (session, outgoing) = dkg::Session::start(params(i, n, t), [i + 1; 32], &mut rng);
        (session, outgoing, rng)
    };
    (0..n).map(party).collect()
}
