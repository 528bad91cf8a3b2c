//! Shares as a key generation would leave them, made by one hand in no time.

use std::sync::Arc;

use curve25519_dalek::{EdwardsPoint, Scalar};
use quorate_core::simulation::seeded;
use quorate_eddsa::KeyShare;
use rand_core::Rng;

/// The bytes of every share of a t-of-n sharing.
pub(crate) fn deal_bytes(n: u8, t: u8, seed: u64) -> Vec<Vec<u8>> {
    let mut rng = seeded(seed);
    let mut word = || {
        let mut word = [0; 32];
        rng.fill_bytes(&mut word);
        word
    };
    let polynomial: Vec<_> = (0..t).map(|_| Scalar::from_bytes_mod_order(word())).collect();
    let at = |x: Scalar| polynomial.iter().rev().fold(Scalar::ZERO, |sum, c| sum * x + c);
    let public_key = EdwardsPoint::mul_base(&at(Scalar::ZERO)).compress().to_bytes();
    let (key_id, chain_code) = (word(), word());
    let share = |i: u8| {
        let secret = at(Scalar::from(u16::from(i) + 1)).to_bytes();
        let fields = [&[t, n, i][..], &secret, &public_key, &key_id, &[0], &chain_code];
        fields.concat()
    };
    (0..n).map(share).collect()
}

/// Every share of a t-of-n sharing.
pub(crate) fn deal(n: u8, t: u8, seed: u64) -> Vec<Arc<KeyShare>> {
    let read = |bytes: Vec<u8>| Arc::new(KeyShare::from_bytes(&bytes).unwrap());
    deal_bytes(n, t, seed).into_iter().map(read).collect()
}
