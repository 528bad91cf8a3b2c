use std::collections::BTreeSet;
use std::sync::Arc;

use quorate_core::simulation::{all_done, honestly, run};
use quorate_ecdsa::derive::{DerivationPath, derive};
use quorate_ecdsa::{KeyShare, Signature, verify};

use crate::dealer::deal;
use crate::signing::{HASH, signers};

/// Signs, and checks that all have the same signature and that it verifies under the derived key.
pub(crate) fn sign_with(shares: &[Arc<KeyShare>], path: &'static str, seed: u64) {
    let signatures = all_done(run(signers(shares, |_| path, seed), seed, honestly));
    let distinct: BTreeSet<_> = signatures.iter().map(Signature::to_bytes).collect();
    let [signature] = distinct.into_iter().collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(signatures.len(), shares.len());

    let share = &shares[0];
    let path = DerivationPath::parse(path).unwrap();
    let key = derive(&share.public_key(), &share.chain_code(), &path).unwrap();
    assert!(verify(&key, &HASH, &signature));
}

#[test]
fn every_quorum_of_a_2_of_3_signs_in_any_order() {
    let shares = deal(3, 2, 1);
    let quorums: [&[usize]; 5] = [&[0, 1], &[1, 0], &[2, 0], &[1, 2], &[2, 0, 1]];
    for (quorum, seed) in quorums.iter().zip(0..) {
        let quorum: Vec<_> = quorum.iter().map(|&i| Arc::clone(&shares[i])).collect();
        sign_with(&quorum, "m", seed);
    }
}

#[test]
fn quorums_of_every_size_sign_under_any_path() {
    for (n, t, m, path) in [(2, 2, 2, "m/44/60/0/0/0"), (3, 3, 3, "m/0"), (5, 3, 4, "m/84/0/0/1/3")]
    {
        let shares = deal(n, t, u64::from(n));
        sign_with(&shares[usize::from(n - m)..], path, u64::from(m));
    }
}
