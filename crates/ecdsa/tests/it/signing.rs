//! Signing among parties in one process.

use std::sync::Arc;

use quorate_core::simulation::{Party, p, seeded};
use quorate_ecdsa::derive::DerivationPath;
use quorate_ecdsa::{KeyShare, Presignature, finish, presign, sign};

/// What these tests sign.
pub(crate) const HASH: [u8; 32] = [0x5a; 32];

/// The signers, in the order of their shares, each with its path and its randomness.
pub(crate) fn signers(
    shares: &[Arc<KeyShare>],
    path: impl Fn(u8) -> &'static str,
    seed: u64,
) -> Vec<Party<sign::Session>> {
    let signer = |(i, share): (u8, &Arc<KeyShare>)| {
        let mut rng = seeded(seed + u64::from(i));
        let params = sign::Params {
            share: Arc::clone(share),
            me: p(i),
            signers: u8::try_from(shares.len()).unwrap(),
            path: DerivationPath::parse(path(i)).unwrap(),
            hash: HASH,
        };
        let (session, outgoing) = sign::Session::start(params, [i + 1; 32], &mut rng).unwrap();
        (session, outgoing, rng)
    };
    (0..).zip(shares).map(signer).collect()
}

/// The signers of a presigning, in the order of their shares, each with its randomness.
pub(crate) fn presigners(
    shares: &[Arc<KeyShare>],
    path: &str,
    seed: u64,
) -> Vec<Party<presign::Session>> {
    let signer = |(i, share): (u8, &Arc<KeyShare>)| {
        let mut rng = seeded(seed + u64::from(i));
        let params = presign::Params {
            share: Arc::clone(share),
            me: p(i),
            signers: u8::try_from(shares.len()).unwrap(),
            path: DerivationPath::parse(path).unwrap(),
        };
        let (session, outgoing) = presign::Session::start(params, [i + 1; 32], &mut rng).unwrap();
        (session, outgoing, rng)
    };
    (0..).zip(shares).map(signer).collect()
}

/// The same signers, each with the hash that it finishes its presignature on.
pub(crate) fn finishers(
    presignatures: Vec<Presignature>,
    hash: impl Fn(u8) -> [u8; 32],
) -> Vec<Party<finish::Session>> {
    let signers = u8::try_from(presignatures.len()).unwrap();
    let signer = |(i, presignature): (u8, Presignature)| {
        let params = finish::Params { presignature, me: p(i), signers, hash: hash(i) };
        let (session, outgoing) = finish::Session::start(params).unwrap();
        (session, outgoing, seeded(0))
    };
    (0..).zip(presignatures).map(signer).collect()
}
