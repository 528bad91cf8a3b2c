//! Shares as a key generation would leave them, made by one hand in no time.

use std::sync::Arc;

use k256::elliptic_curve::ff::PrimeField;
use k256::elliptic_curve::group::GroupEncoding;
use k256::{ProjectivePoint, Scalar};
use quorate_core::simulation::seeded;
use quorate_ecdsa::KeyShare;
use rand_core::Rng;

const TREES: usize = 64;
const LEAVES: usize = 16;

/// The bytes of every share of a t-of-n sharing.
pub(crate) fn deal_bytes(n: u8, t: u8, seed: u64) -> Vec<Vec<u8>> {
    let mut rng = seeded(seed);
    let mut word = || {
        let mut word = [0; 32];
        rng.fill_bytes(&mut word);
        word
    };
    let mut scalar = || loop {
        if let Some(scalar) = Option::<Scalar>::from(Scalar::from_repr(word().into())) {
            return scalar;
        }
    };
    let polynomial: Vec<_> = (0..t).map(|_| scalar()).collect();
    let xs: Vec<_> = (0..n).map(|_| scalar()).collect();
    let at = |x: &Scalar| polynomial.iter().rev().fold(Scalar::ZERO, |sum, c| sum * x + c);
    let public = |secret: &Scalar| -> [u8; 33] {
        (ProjectivePoint::GENERATOR * secret).to_affine().to_bytes().into()
    };
    let common = [word(), word(), word()];

    // [i][j]: what the base OTs left with builder i, towards j; and the index hidden from j.
    let pairs: Vec<Vec<_>> = (0..n)
        .map(|_| {
            let towards = (0..n).map(|_| {
                let leaves: Vec<[u8; 32]> = (0..TREES * LEAVES).map(|_| word()).collect();
                let hidden: Vec<u8> = word().iter().chain(&word()).map(|b| b % 16).collect();
                (leaves, hidden, word())
            });
            towards.collect()
        })
        .collect();

    let share = |i: usize| {
        let n_parties = usize::from(n);
        let mut bytes = vec![0, 0, 0, 1, 0, 0, 0, 0, n, t, u8::try_from(i).unwrap()];
        bytes.extend(common[0]);
        bytes.extend(common[1]);
        bytes.extend(public(&at(&Scalar::ZERO)));
        bytes.extend(common[2]);
        bytes.extend(at(&xs[i]).to_bytes());
        let others: Vec<_> = (0..n_parties).filter(|&j| j != i).collect();
        for (p, x) in xs.iter().enumerate() {
            bytes.push(0);
            bytes.extend(public(&at(x)));
            bytes.extend(x.to_bytes());
            bytes.extend(others.get(p).map_or([0; 32], |&j| pairs[i.min(j)][i.max(j)].2));
        }
        for j in others {
            bytes.extend(pairs[i][j].0.as_flattened());
            let (leaves, hidden, _) = &pairs[j][i];
            bytes.extend(hidden);
            let mut known = leaves.clone();
            for (tree, &y) in hidden.iter().enumerate() {
                known[tree * LEAVES + usize::from(y)] = [0; 32];
            }
            bytes.extend(known.as_flattened());
        }
        bytes
    };
    (0..usize::from(n)).map(share).collect()
}

/// Every share of a t-of-n sharing.
pub(crate) fn deal(n: u8, t: u8, seed: u64) -> Vec<Arc<KeyShare>> {
    let read = |bytes: Vec<u8>| Arc::new(KeyShare::from_bytes(&bytes).unwrap());
    deal_bytes(n, t, seed).into_iter().map(read).collect()
}
