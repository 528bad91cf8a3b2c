use std::sync::Arc;

use curve25519_dalek::Scalar;
use quorate_core::simulation::{Post, blame, honestly, p, run, seeded, suspect, switch, verdict};
use quorate_eddsa::{Check, KeyShare, Signature, sign};

use crate::Outcomes;
use crate::dealer::deal;
use crate::forge::{
    IDENTITY, NO_POINT, add_one, drawn, drawn_scalar, encode, hash, index_32, plus_order, point,
    prove, put, randomness, times_b, torsion,
};
use crate::signing::{MESSAGE, params, signers};

const SEED: u64 = 200;

// Where things are in the payloads.
const SID: usize = 1;
const COMMITMENT: usize = 33;
const FIN: usize = 1;
const BLINDING: usize = 33;
const PROOF: usize = 73;
const NONCE_POINT: usize = 145;
const PARTIAL: usize = 33;

/// All of an n-of-n sharing sign, against whoever `lie` makes a liar.
fn signing(n: u8, lie: impl FnMut(&mut Post)) -> Outcomes<Signature> {
    signing_with(&deal(n, n, 1), lie)
}

fn signing_with(shares: &[Arc<KeyShare>], lie: impl FnMut(&mut Post)) -> Outcomes<Signature> {
    run(signers(shares, SEED), 1, lie)
}

fn is(post: &Post, from: u8, tag: u64) -> bool {
    post.from == p(from) && post.tag == tag
}

/// Changes one byte of a message of signer 1.
fn signing_spoilt(tag: u64, at: usize) -> Outcomes<Signature> {
    signing(2, |post| {
        if is(post, 1, tag) {
            post.payload[at] ^= 1;
        }
    })
}

/// What a signer draws in round 1: sid, k, β.
fn drawn_by(i: u8) -> ([u8; 32], Scalar, [u8; 32]) {
    let mut rng = randomness(SEED, i);
    (drawn(&mut rng), drawn_scalar(&mut rng), drawn(&mut rng))
}

/// fin of the two signers.
fn fin() -> [u8; 32] {
    let [(zero, ..), (one, ..)] = [drawn_by(0), drawn_by(1)];
    hash(&[MESSAGE, &index_32(0), &index_32(1), &zero, &one])
}

/// Signer 1 commits to, reveals and proves this nonce point, which is its own but for a part of small order.
fn signing_with_nonce_point(lie: [u8; 32], proof: Option<[u8; 64]>) -> Outcomes<Signature> {
    let (sid, _, blinding) = drawn_by(1);
    signing(2, |post| {
        if is(post, 1, 1) {
            assert_eq!(post.payload[SID..][..32], sid);
            let lied = hash(&[&sid, &index_32(1), &lie, &blinding]);
            put(&mut post.payload, COMMITMENT, &lied);
        }
        if is(post, 1, 2) {
            put(&mut post.payload, NONCE_POINT, &lie);
            if let Some(proof) = proof {
                put(&mut post.payload, PROOF, &proof);
            }
        }
    })
}

#[test]
fn check_ed_sign_1_1_refuses_fewer_signers_than_the_threshold_and_more_than_there_are() {
    switch();
    let shares = deal(3, 2, 1);
    for (me, m) in [(0, 0), (0, 1), (0, 4), (2, 2)] {
        let start = sign::Session::start(params(&shares[0], me, m), &mut seeded(1));
        assert_eq!(start.err(), Some(Check::SignCommittee));
    }
}

#[test]
fn check_ed_sign_2_1_names_the_signer_whose_party_id_does_not_exist() {
    switch();
    // The same polynomial, and a share of it that nobody should hold.
    let shares = [deal(2, 2, 1).remove(0), deal(3, 2, 1).remove(2)];
    let outcomes = signing_with(&shares, honestly);
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::SignPartyId)));
}

#[test]
fn check_ed_sign_2_2_suspects_signers_that_are_the_same_party() {
    switch();
    let [zero, one, _] = deal(3, 2, 1).try_into().unwrap();
    let outcomes = signing_with(&[Arc::clone(&zero), Arc::clone(&one), one], honestly);
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::SignPartyIdsDistinct, [1, 2])));
    let outcomes = signing_with(&[Arc::clone(&zero), zero], honestly);
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::SignPartyIdsDistinct, [1])));
}

#[test]
fn check_ed_sign_3_1_suspects_whoever_has_another_session_id() {
    switch();
    let outcomes = signing_spoilt(2, FIN);
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::SignSameSession, [1])));
}

#[test]
fn signers_of_two_messages_do_not_sign_either() {
    let shares = deal(2, 2, 1);
    let mut parties = signers(&shares, SEED);
    let mut rng = randomness(SEED, 1);
    let other = sign::Params { message: b"another".to_vec(), ..params(&shares[1], 1, 2) };
    let (session, outgoing) = sign::Session::start(other, &mut rng).unwrap();
    parties[1] = (session, outgoing, rng);
    let outcomes = run(parties, 1, honestly);
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::SignSameSession, [1])));
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::SignSameSession, [0])));
}

#[test]
fn who_tells_two_signers_different_session_ids_makes_neither_blame_the_other() {
    let outcomes = signing(3, |post| {
        if is(post, 2, 1) && post.to == p(1) {
            post.payload[SID] ^= 1;
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::SignSameSession, [1, 2])));
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::SignSameSession, [0, 2])));
}

#[test]
fn check_ed_sign_3_2_names_the_signer_that_counts_differently() {
    switch();
    for at in [0, PROOF - 8, PROOF - 1, NONCE_POINT - 8, NONCE_POINT - 1] {
        let outcomes = signing_spoilt(2, at);
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::SignNumbers)), "byte {at}");
    }
}

#[test]
fn check_ed_sign_3_3_names_the_signer_that_opens_another_nonce() {
    switch();
    let outcomes = signing_spoilt(2, BLINDING);
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::SignOpensNonce)));
}

#[test]
fn check_ed_sign_3_4_names_the_signer_whose_nonce_point_has_a_part_of_small_order() {
    switch();
    let (_, nonce, _) = drawn_by(1);
    let context = hash(&[b"SL-EDDSA-SIGN", &fin(), &index_32(1), b"DLOG-SID"]);
    for torsion in torsion() {
        let lie = point(&times_b(&nonce)) + torsion;
        let proof = prove(&context, &nonce, &lie);
        let outcomes = signing_with_nonce_point(encode(&lie), Some(proof));
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::SignNoncePoint)));
    }
}

#[test]
fn check_ed_sign_3_4_names_the_signer_whose_nonce_point_is_none_or_the_identity() {
    switch();
    let context = hash(&[b"SL-EDDSA-SIGN", &fin(), &index_32(1), b"DLOG-SID"]);
    let proof = prove(&context, &Scalar::ZERO, &point(&IDENTITY));
    for (bad, proof) in [(IDENTITY, Some(proof)), (NO_POINT, None)] {
        let outcomes = signing_with_nonce_point(bad, proof);
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::SignNoncePoint)));
    }
}

#[test]
fn check_ed_sign_3_5_names_the_signer_that_does_not_prove_its_nonce() {
    switch();
    let outcomes = signing(2, |post| {
        if is(post, 1, 2) {
            add_one(&mut post.payload, PROOF + 32);
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::SignKnowsNonce)));
}

#[test]
fn check_ed_sign_3_6_suspects_whoever_cancels_the_nonce() {
    switch();
    // A liar that knows my nonce, which is the only way.
    let (_, mine, _) = drawn_by(0);
    let shares = deal(2, 2, 1);
    let mut parties = signers(&shares, SEED);
    let mut rng = randomness(SEED, 1).choosing(1, (-mine).to_bytes());
    let (session, outgoing) = sign::Session::start(params(&shares[1], 1, 2), &mut rng).unwrap();
    parties[1] = (session, outgoing, rng);
    let outcomes = run(parties, 1, honestly);
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::SignNonceSum, [1])));
}

#[test]
fn check_ed_sign_4_1_names_the_signer_that_ends_another_session() {
    switch();
    for at in [0, FIN] {
        let outcomes = signing_spoilt(3, at);
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::SignSessionKept)));
    }
}

#[test]
fn check_ed_sign_4_2_names_the_signer_whose_part_is_no_scalar() {
    switch();
    let outcomes = signing(2, |post| {
        if is(post, 1, 3) {
            let again = plus_order(&post.payload[PARTIAL..]);
            put(&mut post.payload, PARTIAL, &again);
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::SignPartialScalar)));
}

#[test]
fn check_ed_sign_4_4_suspects_whoever_spoils_the_signature() {
    switch();
    let outcomes = signing(2, |post| {
        if is(post, 1, 3) {
            add_one(&mut post.payload, PARTIAL);
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::SignVerifies, [1])));
    assert!(outcomes[&p(1)].is_ok());
}

#[test]
fn the_second_formulas_are_those_of_the_first() {
    let (_, nonce, _) = drawn_by(1);
    let context = hash(&[b"SL-EDDSA-SIGN", &fin(), &index_32(1), b"DLOG-SID"]);
    let honest = point(&times_b(&nonce));
    let proof = prove(&context, &nonce, &honest);
    let outcomes = signing_with_nonce_point(encode(&honest), Some(proof));
    assert!(outcomes.values().all(Result::is_ok));
}
