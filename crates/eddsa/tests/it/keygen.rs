//! Key generation among parties in one process.

use quorate_core::Committee;
use quorate_core::simulation::{Party, p, seeded};
use quorate_eddsa::dkg;

/// What the party at this position starts from.
pub(crate) fn params(i: u8, n: u8, t: u8) -> dkg::Params {
    dkg::Params { committee: Committee::new(p(i), n, t).unwrap(), key_id: None }
}

/// The parties of a key generation, each with its randomness.
pub(crate) fn parties(n: u8, t: u8, seed: u64) -> Vec<Party<dkg::Session>> {
    let party = |i| {
        let mut rng = seeded(seed + u64::from(i));
        let (session, outgoing) = dkg::Session::start(params(i, n, t), &mut rng);
        (session, outgoing, rng)
    };
    (0..n).map(party).collect()
}
