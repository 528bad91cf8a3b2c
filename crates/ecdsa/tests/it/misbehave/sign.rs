use std::sync::Arc;

use k256::Scalar;
use quorate_core::simulation::{
    Party, Post, blame, honestly, p, run, seeded, suspect, switch, verdict,
};
use quorate_ecdsa::derive::DerivationPath;
use quorate_ecdsa::{Check, KeyShare, Signature, sign};

use crate::Outcomes;
use crate::dealer::deal;
use crate::forge::{
    IDENTITY, NO_POINT, Q, add_g, add_one, drawn, drawn_scalar, encode, hash, label, point, put,
    randomness, scalar, times_g,
};
use crate::signing::{HASH, signers};

const SEED: u64 = 200;

// Where things are in R3.
const DIGEST: usize = 32 + 49248;
const KEY_POINT: usize = DIGEST + 32;
const NONCE_POINT: usize = KEY_POINT + 33;
const BLINDING: usize = NONCE_POINT + 33;
const GAMMA_V: usize = BLINDING + 32;
const GAMMA_U: usize = GAMMA_V + 33;
const PSI: usize = GAMMA_U + 33;

/// All `n` sign, against whoever `lie` makes a liar. Party ids are indices here.
fn signing(n: u8, lie: impl FnMut(&mut Post)) -> Outcomes<Signature> {
    run(signers(&deal(n, 2, 1), |_| "m", SEED), 1, lie)
}

fn is(post: &Post, from: u8, tag: u64) -> bool {
    post.from == p(from) && post.tag == tag
}

fn params(share: &Arc<KeyShare>, me: u8, signers: u8) -> sign::Params {
    let path = DerivationPath::root();
    sign::Params { share: Arc::clone(share), me: p(me), signers, path, hash: HASH }
}

/// What a signer draws in round 1: r_i, blind_i, sid_i.
fn drawn_by(i: u8) -> (Scalar, [u8; 32], [u8; 32]) {
    let mut rng = randomness(SEED, i);
    let _phi = drawn_scalar(&mut rng);
    (drawn_scalar(&mut rng), drawn(&mut rng), drawn(&mut rng))
}

fn commitment(sid: &[u8; 32], nonce_point: &[u8; 33], blinding: &[u8; 32]) -> [u8; 32] {
    hash(&[&label(200), sid, nonce_point, blinding, &label(201)])
}

/// Signer 1 commits to this nonce point and opens it, with the digest that follows.
fn signing_with_nonce_point(lie: [u8; 33]) -> Outcomes<Signature> {
    let [mine, theirs] = [0, 1].map(drawn_by);
    let my_commitment = commitment(&mine.2, &times_g(&mine.0), &mine.1);
    let lied = commitment(&theirs.2, &lie, &theirs.1);
    let digest = hash(&[
        &label(200),
        &[0, 0, 0, 0],
        &mine.2,
        &my_commitment,
        &[0, 0, 0, 1],
        &theirs.2,
        &lied,
        &label(202),
    ]);
    signing(2, |post| {
        if is(post, 0, 1) {
            assert_eq!(post.payload[32..64], my_commitment);
        }
        if is(post, 1, 1) {
            put(&mut post.payload, 32, &lied);
        }
        if is(post, 1, 3) {
            put(&mut post.payload, DIGEST, &digest);
            put(&mut post.payload, NONCE_POINT, &lie);
        }
    })
}

#[test]
fn check_sign_1_1_refuses_fewer_signers_than_the_threshold_and_more_than_there_are() {
    switch();
    let shares = deal(3, 2, 1);
    for (me, signers) in [(0, 0), (0, 1), (0, 4), (2, 2)] {
        let start = sign::Session::start(params(&shares[0], me, signers), [1; 32], &mut seeded(1));
        assert_eq!(start.err(), Some(Check::SignCommittee));
    }
}

#[test]
fn check_sign_2_1_names_the_signer_whose_party_id_does_not_exist() {
    switch();
    for id in [2, 255] {
        let outcomes = signing(2, |post| {
            if is(post, 1, 1) {
                post.payload[96] = id;
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::SignPartyId)));
    }
}

#[test]
fn check_sign_2_2_suspects_signers_that_are_the_same_party() {
    switch();
    let as_another = signing(3, |post| {
        if is(post, 1, 1) {
            post.payload[96] = 2;
        }
    });
    assert_eq!(verdict(&as_another, 0), Some(&suspect(Check::SignPartyIdsDistinct, [1, 2])));
    let as_me = signing(3, |post| {
        if is(post, 1, 1) {
            post.payload[96] = 0;
        }
    });
    assert_eq!(verdict(&as_me, 0), Some(&suspect(Check::SignPartyIdsDistinct, [1])));
}

#[test]
fn check_sign_3_1_suspects_whoever_has_another_session_id() {
    switch();
    let outcomes = signing(2, |post| {
        if is(post, 1, 2) {
            post.payload[0] ^= 1;
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::SignSameSession, [1])));
}

#[test]
fn who_tells_two_signers_different_session_ids_makes_neither_ban_the_other() {
    let outcomes = signing(3, |post| {
        if is(post, 2, 1) && post.to == p(1) {
            post.payload[0] ^= 1;
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::SignSameSession, [1, 2])));
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::SignSameSession, [0, 2])));
}

#[test]
fn check_ot_7_2_bans_the_signer_that_changes_its_choices_midway() {
    switch();
    for at in [32 + 63 * 80 + 79, 32 + 64 * 80, 32 + 9232 - 1] {
        let outcomes = signing(2, |post| {
            if is(post, 1, 2) {
                post.payload[at] ^= 1;
            }
        });
        let abort = verdict(&outcomes, 0).unwrap();
        assert_eq!(*abort, blame(1, Check::ExtensionFold));
        assert_eq!(abort.banned().collect::<Vec<_>>(), [(p(1), Check::ExtensionFold)]);
    }
}

#[test]
fn check_sign_4_1_names_the_signer_that_changes_the_session_id() {
    switch();
    let outcomes = signing(2, |post| {
        if is(post, 1, 3) {
            post.payload[0] ^= 1;
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::SignSessionKept)));
}

#[test]
fn check_sign_4_2_suspects_whoever_has_received_another_round_1() {
    switch();
    let outcomes = signing(2, |post| {
        if is(post, 1, 3) {
            post.payload[DIGEST] ^= 1;
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::SignSameDigest, [1])));
}

#[test]
fn who_tells_two_signers_different_commitments_makes_neither_ban_the_other() {
    let outcomes = signing(3, |post| {
        if is(post, 2, 1) && post.to == p(1) {
            post.payload[32] ^= 1;
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::SignSameDigest, [1, 2])));
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::SignSameDigest, [0, 2])));
}

#[test]
fn check_sign_4_3_names_the_signer_that_opens_another_nonce() {
    switch();
    let outcomes = signing(2, |post| {
        if is(post, 1, 3) {
            post.payload[BLINDING] ^= 1;
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::SignOpensNonce)));
}

#[test]
fn check_sign_4_4_names_the_signer_whose_nonce_point_is_none_or_the_identity() {
    switch();
    for bad in [IDENTITY, NO_POINT] {
        let outcomes = signing_with_nonce_point(bad);
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::SignNoncePoint)));
    }
}

#[test]
fn check_sign_4_5_names_the_signer_whose_key_point_is_none_or_the_identity() {
    switch();
    for bad in [IDENTITY, NO_POINT] {
        let outcomes = signing(2, |post| {
            if is(post, 1, 3) {
                put(&mut post.payload, KEY_POINT, &bad);
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::SignKeyPoint)));
    }
}

#[test]
fn check_sign_4_6_names_the_signer_whose_check_points_do_not_decode() {
    switch();
    for at in [GAMMA_U, GAMMA_V] {
        let outcomes = signing(2, |post| {
            if is(post, 1, 3) {
                put(&mut post.payload, at, &NO_POINT);
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::SignGammaPoints)));
    }
}

#[test]
fn check_sign_4_7_names_the_signer_whose_adjusted_mask_is_no_scalar() {
    switch();
    let outcomes = signing(2, |post| {
        if is(post, 1, 3) {
            put(&mut post.payload, PSI, &Q);
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::SignPsiScalar)));
}

#[test]
fn check_rvole_3_3_bans_the_signer_that_multiplies_rows_of_two_inputs() {
    switch();
    // The last row of ã, η', μ.
    for at in [32 + 511 * 96, 32 + 512 * 96, DIGEST - 1] {
        let outcomes = signing(2, |post| {
            if is(post, 1, 3) {
                post.payload[at + 31 - 31 * usize::from(at + 1 == DIGEST)] ^= 1;
            }
        });
        let abort = verdict(&outcomes, 0).unwrap();
        assert_eq!(*abort, blame(1, Check::RvoleDigest));
        assert_eq!(abort.banned().count(), 1);
    }
}

#[test]
fn check_sign_4_9_bans_the_signer_that_multiplied_another_nonce() {
    switch();
    let (nonce, ..) = drawn_by(1);
    let another = times_g(&(nonce + Scalar::ONE));
    let outcomes = signing_with_nonce_point(another);
    let abort = verdict(&outcomes, 0).unwrap();
    assert_eq!(*abort, blame(1, Check::SignNonceConsistent));
    assert_eq!(abort.banned().count(), 1);
}

#[test]
fn check_sign_4_10_bans_the_signer_that_multiplied_another_key() {
    switch();
    for at in [KEY_POINT, GAMMA_V] {
        let outcomes = signing(2, |post| {
            if is(post, 1, 3) {
                add_g(&mut post.payload, at);
            }
        });
        let abort = verdict(&outcomes, 0).unwrap();
        assert_eq!(*abort, blame(1, Check::SignKeyConsistent));
        assert_eq!(abort.banned().count(), 1);
    }
}

#[test]
fn check_sign_4_11_suspects_whoever_signs_under_another_path() {
    switch();
    let shares = deal(2, 2, 1);
    let outcomes = run(signers(&shares, |i| ["m", "m/1"][usize::from(i)], SEED), 1, honestly);
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::SignKeySum, [1])));
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::SignKeySum, [0])));
}

#[test]
fn check_sign_4_12_suspects_whoever_cancels_the_nonce() {
    switch();
    // A liar that knows my nonce, which is the only way.
    let (mine, ..) = drawn_by(0);
    let shares = deal(2, 2, 1);
    let mut parties = signers(&shares, |_| "m", SEED);
    parties[1] = cancelling(&shares[1], -mine);
    let outcomes = run(parties, 1, honestly);
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::SignNonceSum, [1])));
}

/// Signer 1, with this nonce.
fn cancelling(share: &Arc<KeyShare>, nonce: Scalar) -> Party<sign::Session> {
    let mut rng = randomness(SEED, 1).choosing(1, nonce.to_bytes().into());
    let (session, outgoing) = sign::Session::start(params(share, 1, 2), [2; 32], &mut rng).unwrap();
    (session, outgoing, rng)
}

#[test]
fn check_sign_5_1_names_the_signer_that_ends_another_session() {
    switch();
    let outcomes = signing(2, |post| {
        if is(post, 1, 4) {
            post.payload[0] ^= 1;
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::SignSessionClosed)));
}

#[test]
fn check_sign_5_2_names_the_signer_whose_part_is_no_scalar() {
    switch();
    for at in [32, 64] {
        let outcomes = signing(2, |post| {
            if is(post, 1, 4) {
                put(&mut post.payload, at, &Q);
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::SignPartialScalars)));
    }
}

#[test]
fn check_sign_5_3_suspects_whoever_cancels_the_parts() {
    switch();
    for at in [32, 64] {
        // The liar speaks last: it has what I sent in an earlier, equal run.
        let mut mine = Scalar::ZERO;
        signing(2, |post| {
            if is(post, 0, 4) {
                mine = scalar(&post.payload[at..at + 32]);
            }
        });
        let outcomes = signing(2, |post| {
            if is(post, 1, 4) {
                put(&mut post.payload, at, &(-mine).to_bytes());
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::SignInvertible, [1])));
    }
}

#[test]
fn check_sign_5_5_suspects_whoever_spoils_the_signature() {
    switch();
    for at in [32, 64] {
        let outcomes = signing(2, |post| {
            if is(post, 1, 4) {
                add_one(&mut post.payload, at);
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::SignVerifies, [1])));
    }
}

#[test]
fn a_wrong_adjusted_mask_spoils_the_signature_and_bans_nobody() {
    let outcomes = signing(2, |post| {
        if is(post, 1, 3) {
            add_one(&mut post.payload, PSI);
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::SignVerifies, [1])));
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::SignVerifies, [0])));
}

#[test]
fn the_second_formulas_are_those_of_the_first() {
    let (nonce, ..) = drawn_by(1);
    let honest = encode(&point(&times_g(&nonce)));
    let outcomes = signing_with_nonce_point(honest);
    assert!(outcomes.values().all(Result::is_ok));
}
