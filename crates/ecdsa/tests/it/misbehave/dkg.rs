use k256::{ProjectivePoint, Scalar};
use quorate_core::PartyIndex;
use quorate_core::simulation::{Post, blame, p, run, suspect, switch, verdict};
use quorate_ecdsa::{Check, KeyShare};

use crate::Outcomes;
use crate::forge::{
    IDENTITY, NO_POINT, Q, add_g, add_one, drawn, drawn_scalar, encode, evaluate, hash, index,
    label, point, proof_transcript, prove, put, randomness, scalar, times_g,
};
use crate::keygen;

const SEED: u64 = 100;
const T: usize = 2;

// Where things are in R2 and R3.
const BLINDING: usize = 33 * T;
const PROOFS: usize = 33 * T + 64;
const ANSWER: usize = 32;
const TREES: usize = ANSWER + 16896;
const CHAIN_CODE: usize = TREES + 20480;
const SUM: usize = CHAIN_CODE + 96;

/// Runs key generation of `n` with threshold 2 against whoever `lie` makes a liar.
fn keygen(n: u8, lie: impl FnMut(&mut Post)) -> Outcomes<KeyShare> {
    run(keygen::parties(n, 2, SEED), 1, lie)
}

/// What a party draws in round 1.
struct Drawn {
    sid: [u8; 32],
    blinding: [u8; 32],
    polynomial: [Scalar; T],
    x: Scalar,
}

fn drawn_by(i: u8) -> Drawn {
    let mut rng = randomness(SEED, i);
    let (sid, blinding) = (drawn(&mut rng), drawn(&mut rng));
    let polynomial = [(); T].map(|()| drawn_scalar(&mut rng));
    Drawn { sid, blinding, polynomial, x: drawn_scalar(&mut rng) }
}

/// C1.
fn commitment(
    sid: &[u8; 32],
    j: PartyIndex,
    x: &[u8],
    polynomial: &[[u8; 33]; T],
    blinding: &[u8; 32],
) -> [u8; 32] {
    let points = polynomial.as_flattened();
    hash(&[&label(100), sid, &index(j), &[0; 8], x, points, blinding, &label(101)])
}

/// Commits party 1 to `x` and `polynomial` in place of what it drew.
fn recommit(post: &mut Post, x: &[u8], polynomial: &[[u8; 33]; T]) {
    let Drawn { sid, blinding, .. } = drawn_by(1);
    put(&mut post.payload, 32, &commitment(&sid, p(1), x, polynomial, &blinding));
    put(&mut post.payload, 64, x);
}

fn is(post: &Post, from: u8, tag: u64) -> bool {
    post.from == p(from) && post.tag == tag
}

#[test]
fn check_dkg_2_1_names_the_party_whose_evaluation_point_is_no_scalar_or_zero() {
    switch();
    for x in [[0; 32], Q] {
        let outcomes = keygen(2, |post| {
            if is(post, 1, 1) {
                recommit(post, &x, &drawn_by(1).polynomial.map(|c| times_g(&c)));
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgPointNonzero)));
    }
}

#[test]
fn check_dkg_2_2_names_the_party_that_takes_my_evaluation_point() {
    switch();
    let mine = drawn_by(0).x.to_bytes();
    let outcomes = keygen(2, |post| {
        if is(post, 1, 1) {
            recommit(post, &mine, &drawn_by(1).polynomial.map(|c| times_g(&c)));
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgPointNotMine)));
}

#[test]
fn check_dkg_2_3_suspects_two_parties_with_one_evaluation_point() {
    switch();
    let copied = drawn_by(2).x.to_bytes();
    let outcomes = keygen(3, |post| {
        if is(post, 1, 1) && post.to == p(0) {
            recommit(post, &copied, &drawn_by(1).polynomial.map(|c| times_g(&c)));
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::DkgPointsDistinct, [1, 2])));
}

#[test]
fn check_dkg_3_1_names_the_party_that_opens_something_else() {
    switch();
    let outcomes = keygen(2, |post| {
        if is(post, 1, 2) {
            post.payload[BLINDING] ^= 1;
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgOpensPolynomial)));
}

#[test]
fn check_dkg_3_2_names_the_party_whose_polynomial_has_no_point_or_the_identity() {
    switch();
    let [_, upper] = drawn_by(1).polynomial;
    for bad in [IDENTITY, NO_POINT] {
        let lie = [bad, times_g(&upper)];
        let outcomes = keygen(2, |post| {
            if is(post, 1, 1) {
                recommit(post, &drawn_by(1).x.to_bytes(), &lie);
            }
            if is(post, 1, 2) {
                put(&mut post.payload, 0, lie.as_flattened());
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgPolynomialPoints)));
    }
}

#[test]
fn check_dkg_3_3_suspects_whoever_does_not_prove_every_coefficient() {
    switch();
    for k in 0..T {
        let outcomes = keygen(2, |post| {
            if is(post, 1, 2) {
                add_one(&mut post.payload, PROOFS + 65 * k + 33);
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::DkgKnowsPolynomial, [1])));
    }
}

#[test]
fn who_tells_two_parties_different_session_ids_makes_neither_blame_the_other() {
    // Party 2 commits to everything it sends, to each of the two by itself.
    let Drawn { blinding, polynomial, x, .. } = drawn_by(2);
    let other_sid = [9; 32];
    let outcomes = keygen(3, |post| {
        if is(post, 2, 1) && post.to == p(1) {
            let points = polynomial.map(|c| times_g(&c));
            let lie = commitment(&other_sid, p(2), &x.to_bytes(), &points, &blinding);
            put(&mut post.payload, 0, &other_sid);
            put(&mut post.payload, 32, &lie);
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::DkgKnowsPolynomial, [1, 2])));
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::DkgKnowsPolynomial, [0, 2])));
}

#[test]
fn check_dkg_3_4_suspects_whoever_cancels_the_key() {
    switch();
    // A liar that knows my polynomial, which is the only way.
    let [mine, _] = drawn_by(0).polynomial;
    let [_, upper] = drawn_by(1).polynomial;
    let lie = [-mine, upper];
    let points = lie.map(|c| times_g(&c));
    let outcomes = keygen(2, |post| {
        if is(post, 1, 1) {
            recommit(post, &drawn_by(1).x.to_bytes(), &points);
        }
        if is(post, 1, 2) {
            let fsid = hash(&[&drawn_by(0).sid, &drawn_by(1).sid]);
            let mut transcript = proof_transcript(&fsid, p(1), 103);
            let proofs: Vec<_> = lie.iter().flat_map(|c| prove(&mut transcript, c)).collect();
            put(&mut post.payload, 0, points.as_flattened());
            put(&mut post.payload, PROOFS, &proofs);
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::DkgPublicKey, [1])));
}

#[test]
fn check_ot_2_1_names_the_party_that_offers_no_point_in_key_generation() {
    switch();
    for bad in [IDENTITY, NO_POINT] {
        let outcomes = keygen(2, |post| {
            if is(post, 1, 3) {
                put(&mut post.payload, 2 * 33, &bad);
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::OtOfferPoints)));
    }
}

#[test]
fn check_dkg_4_1_suspects_whoever_has_added_up_something_else() {
    switch();
    for k in 0..T {
        let outcomes = keygen(2, |post| {
            if is(post, 1, 4) {
                add_g(&mut post.payload, SUM + 33 * k);
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::DkgSamePolynomial, [1])));
    }
}

#[test]
fn check_dkg_4_2_names_the_dealer_of_no_scalar_or_of_zero() {
    switch();
    for bad in [[0; 32], Q] {
        let outcomes = keygen(2, |post| {
            if is(post, 1, 4) {
                put(&mut post.payload, 0, &bad);
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgShareScalar)));
    }
}

#[test]
fn check_dkg_4_3_names_the_party_that_changes_its_part_of_the_chain_code() {
    switch();
    let outcomes = keygen(2, |post| {
        if is(post, 1, 4) {
            post.payload[CHAIN_CODE] ^= 1;
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgOpensChainCode)));
}

#[test]
fn check_dkg_4_4_names_the_dealer_whose_share_is_off_its_polynomial() {
    switch();
    let outcomes = keygen(2, |post| {
        if is(post, 1, 4) {
            add_one(&mut post.payload, 0);
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgShareOnPolynomial)));
}

#[test]
fn check_ot_3_1_names_the_party_that_replies_no_point_in_key_generation() {
    switch();
    let outcomes = keygen(2, |post| {
        if is(post, 1, 4) {
            put(&mut post.payload, ANSWER + 33, &IDENTITY);
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::OtReplyPoints)));
}

#[test]
fn check_ot_5_4_names_the_party_whose_trees_are_spoilt_in_key_generation() {
    switch();
    let outcomes = keygen(2, |post| {
        if is(post, 1, 4) {
            // The last byte of the last tree, which is part of what its leaves add up to.
            post.payload[CHAIN_CODE - 1] ^= 1;
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::PprfDigest)));
}

#[test]
fn check_dkg_5_1_names_the_party_that_confirms_another_key() {
    switch();
    let outcomes = keygen(2, |post| {
        if is(post, 1, 5) {
            add_g(&mut post.payload, 0);
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgSamePublicKey)));
}

#[test]
fn check_dkg_5_2_names_the_party_that_proves_another_share() {
    switch();
    let (me, liar) = (drawn_by(0), drawn_by(1));
    let fsid = hash(&[&me.sid, &liar.sid]);
    let shares = [&me, &liar].map(|dealer| evaluate(&dealer.polynomial, &liar.x));
    let other_share = shares[0] + shares[1] + Scalar::ONE;

    let mut chain_codes = [[0; 32]; 2];
    let outcomes = keygen(2, |post| {
        if post.tag == 4 {
            let part = &post.payload[CHAIN_CODE..CHAIN_CODE + 32];
            chain_codes[usize::from(post.from)].copy_from_slice(part);
        }
        if is(post, 1, 5) {
            let csid = chain_code_session(&fsid, &hash(&[chain_codes.as_flattened()]));
            assert_eq!(post.payload[33..66], times_g(&(other_share - Scalar::ONE)));
            put(&mut post.payload, 33, &times_g(&other_share));
            let proof = prove(&mut proof_transcript(&csid, p(1), 104), &other_share);
            put(&mut post.payload, 66, &proof);
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgPublicShare)));
}

/// csid.
fn chain_code_session(fsid: &[u8; 32], root_chain_code: &[u8; 32]) -> [u8; 32] {
    const DOMAIN: [u8; 8] = label(100);
    const LABEL: [u8; 8] = label(105);
    let mut transcript = merlin::Transcript::new(&DOMAIN);
    transcript.append_message(b"final_session_id", fsid);
    transcript.append_message(b"root_chain_code", root_chain_code);
    let mut csid = [0; 32];
    transcript.challenge_bytes(&LABEL, &mut csid);
    csid
}

#[test]
fn check_dkg_5_3_suspects_whoever_does_not_prove_its_share() {
    switch();
    let outcomes = keygen(2, |post| {
        if is(post, 1, 5) {
            add_one(&mut post.payload, 66 + 33);
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::DkgKnowsShare, [1])));
}

#[test]
fn who_tells_two_parties_different_chain_codes_makes_neither_blame_the_other() {
    let part = [9; 32];
    let fsid = hash(&[0, 1, 2].map(|i| drawn_by(i).sid).each_ref().map(|sid| &sid[..]));
    let outcomes = keygen(3, |post| {
        if is(post, 2, 2) && post.to == p(1) {
            let lie = hash(&[&label(100), &fsid, &part, &part, &label(102)]);
            put(&mut post.payload, BLINDING + 32, &lie);
        }
        if is(post, 2, 4) && post.to == p(1) {
            put(&mut post.payload, CHAIN_CODE, &part);
            put(&mut post.payload, CHAIN_CODE + 32, &part);
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::DkgKnowsShare, [1, 2])));
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::DkgKnowsShare, [0, 2])));
}

#[test]
fn every_liar_of_a_round_is_named() {
    let outcomes = keygen(3, |post| {
        if post.to == p(0) && post.tag == 4 {
            add_one(&mut post.payload, 0);
        }
    });
    let [one, two] = [1, 2].map(|j| (p(j), Check::DkgShareOnPolynomial));
    assert_eq!(verdict(&outcomes, 0), Some(&quorate_core::Abort::Blame([one, two].into())));
}

#[test]
fn the_second_formulas_are_those_of_the_first() {
    // Nothing is rewritten, so what the forger computes is what honest parties send.
    let drawn = [drawn_by(0), drawn_by(1)];
    let outcomes = keygen(2, |post| {
        let Drawn { sid, blinding, polynomial, x } = &drawn[usize::from(post.from)];
        let points = polynomial.map(|c| times_g(&c));
        match post.tag {
            1 => {
                let expected = commitment(sid, post.from, &x.to_bytes(), &points, blinding);
                assert_eq!(post.payload[..32], *sid);
                assert_eq!(post.payload[32..64], expected);
                assert_eq!(scalar(&post.payload[64..96]), *x);
            }
            2 => {
                let sum = point(&post.payload[..33]) - ProjectivePoint::GENERATOR * polynomial[0];
                assert_eq!(encode(&sum), IDENTITY);
                assert_eq!(post.payload[33..66], points[1]);
            }
            _ => {}
        }
    });
    assert_eq!(outcomes.len(), 2);
}
