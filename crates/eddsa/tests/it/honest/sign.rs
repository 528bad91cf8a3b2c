use std::collections::BTreeSet;
use std::sync::Arc;

use ed25519_dalek::{Verifier, VerifyingKey};
use quorate_core::Abort;
use quorate_core::simulation::{all_done, honestly, p, run};
use quorate_eddsa::{Check, KeyShare, Signature, verify};

use crate::dealer::deal;
use crate::signing::{MESSAGE, signers};

/// Signs, and checks that all have the same signature and that other implementations verify it.
pub(crate) fn sign_with(shares: &[Arc<KeyShare>], seed: u64) {
    let signatures = all_done(run(signers(shares, seed), seed, honestly));
    assert_eq!(signatures.len(), shares.len());
    let distinct: BTreeSet<_> = signatures.iter().map(Signature::to_bytes).collect();
    let [signature] = distinct.into_iter().collect::<Vec<_>>().try_into().unwrap();

    let public_key = shares[0].public_key();
    assert!(verify(&public_key, MESSAGE, &signature));
    let independent = VerifyingKey::from_bytes(&public_key).unwrap();
    let signature = ed25519_dalek::Signature::from_bytes(&signature);
    independent.verify(MESSAGE, &signature).unwrap();
    independent.verify_strict(MESSAGE, &signature).unwrap();
    assert!(independent.verify(b"another", &signature).is_err());
}

#[test]
fn every_quorum_of_a_2_of_3_signs_in_any_order() {
    let shares = deal(3, 2, 1);
    let quorums: [&[usize]; 5] = [&[0, 1], &[1, 0], &[2, 0], &[1, 2], &[2, 0, 1]];
    for (quorum, seed) in quorums.iter().zip(0..) {
        let quorum: Vec<_> = quorum.iter().map(|&i| Arc::clone(&shares[i])).collect();
        sign_with(&quorum, seed);
    }
}

#[test]
fn quorums_of_every_size_sign() {
    for (n, t, m) in [(2, 2, 2), (3, 3, 3), (5, 3, 4), (9, 2, 9), (255, 2, 3)] {
        let shares = deal(n, t, u64::from(n));
        sign_with(&shares[usize::from(n - m)..], u64::from(m));
    }
}

#[test]
fn two_runs_on_one_message_give_two_signatures() {
    let shares = deal(2, 2, 3);
    let sign = |seed| all_done(run(signers(&shares, seed), 1, honestly)).remove(0);
    assert_ne!(sign(1).r, sign(2).r);
}

#[test]
fn shares_of_two_keys_do_not_sign_together() {
    let mixed = [deal(2, 2, 5).remove(0), deal(2, 2, 6).remove(1)];
    for (i, outcome) in run(signers(&mixed, 7), 7, honestly) {
        let suspects = [p(1 - i.get())].into();
        let abort = Abort::Suspect { check: Check::SignVerifies, among: suspects };
        assert_eq!(outcome.err(), Some(abort));
    }
}
