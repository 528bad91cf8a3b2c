use std::sync::Arc;

use k256::elliptic_curve::ops::Reduce;
use k256::{FieldBytes, Scalar};
use quorate_core::simulation::{Post, all_done, blame, honestly, p, run, suspect, switch, verdict};
use quorate_core::{Abort, PartyIndex};
use quorate_ecdsa::{Check, KeyShare, Presignature, PresignatureCheck, Signature, finish};

use crate::Outcomes;
use crate::dealer::deal;
use crate::forge::{IDENTITY, NO_POINT, Q, add_one, put, scalar};
use crate::signing::{HASH, finishers, presigners};

// Where things are in a presignature.
const S0: usize = 32;
const S1: usize = 64;
const PHI: usize = 96;
const NONCE_POINT: usize = 128;
const PUBLIC_KEY: usize = 161;

fn presign(shares: &[Arc<KeyShare>], seed: u64) -> Vec<Presignature> {
    all_done(run(presigners(shares, "m", seed), 1, honestly))
}

fn two() -> Vec<Presignature> {
    presign(&deal(2, 2, 1), 300)
}

/// Two finish, against whoever `lie` makes a liar.
fn finishing(lie: impl FnMut(&mut Post)) -> Outcomes<Signature> {
    run(finishers(two(), |_| HASH), 1, lie)
}

fn of_the_second(post: &Post) -> bool {
    post.from == p(1) && post.tag == 4
}

/// What reading says of a presignature, after `spoil`.
fn read(spoil: impl FnOnce(&mut Vec<u8>)) -> Option<PresignatureCheck> {
    let mut bytes = two().remove(0).to_bytes().expose().clone();
    spoil(&mut bytes);
    Presignature::from_bytes(&bytes).err()
}

#[test]
fn a_presignature_that_is_not_spoilt_is_read() {
    assert_eq!(read(|_| {}), None);
}

#[test]
fn check_presignature_1_refuses_every_other_size() {
    switch();
    assert_eq!(read(|bytes| bytes.push(0)), Some(PresignatureCheck::Size));
    for len in [0, 1, PUBLIC_KEY, 194] {
        assert_eq!(read(|bytes| bytes.truncate(len)), Some(PresignatureCheck::Size));
    }
}

#[test]
fn check_presignature_2_refuses_what_is_no_scalar() {
    switch();
    for at in [S0, S1, PHI] {
        assert_eq!(read(|bytes| put(bytes, at, &Q)), Some(PresignatureCheck::Scalars));
    }
}

#[test]
fn check_presignature_3_refuses_a_nonce_point_that_is_none_or_signs_nothing() {
    switch();
    let at_the_order = [&[2][..], &Q].concat();
    for bad in [&IDENTITY[..], &NO_POINT, &at_the_order] {
        let refused = read(|bytes| put(bytes, NONCE_POINT, bad));
        assert_eq!(refused, Some(PresignatureCheck::NoncePoint));
    }
}

#[test]
fn check_presignature_4_refuses_a_public_key_that_is_no_point_or_the_identity() {
    switch();
    for bad in [IDENTITY, NO_POINT] {
        let refused = read(|bytes| put(bytes, PUBLIC_KEY, &bad));
        assert_eq!(refused, Some(PresignatureCheck::PublicKey));
    }
}

#[test]
fn check_finish_1_1_refuses_a_single_signer_and_one_that_is_not_among_them() {
    switch();
    for (me, signers) in [(0, 0), (0, 1), (2, 2), (255, 2)] {
        let [presignature, _] = two().try_into().unwrap();
        let params = finish::Params { presignature, me: p(me), signers, hash: HASH };
        assert_eq!(finish::Session::start(params).err(), Some(Check::FinishSigners));
    }
}

#[test]
fn check_sign_5_1_names_the_signer_that_finishes_another_presignature() {
    switch();
    let shares = deal(2, 2, 1);
    let [mine, _] = presign(&shares, 300).try_into().unwrap();
    let [_, another] = presign(&shares, 400).try_into().unwrap();
    let outcomes = run(finishers(vec![mine, another], |_| HASH), 1, honestly);
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::SignSessionClosed)));
}

#[test]
fn check_sign_5_2_names_the_signer_that_finishes_with_no_scalar() {
    switch();
    for at in [32, 64] {
        let outcomes = finishing(|post| {
            if of_the_second(post) {
                put(&mut post.payload, at, &Q);
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::SignPartialScalars)));
    }
}

#[test]
fn check_sign_5_3_suspects_whoever_cancels_the_parts_of_a_finish() {
    switch();
    let stored = two().remove(0).to_bytes();
    let [s0, s1, phi] = [S0, S1, PHI].map(|at| scalar(&stored.expose()[at..at + 32]));
    let e = <Scalar as Reduce<FieldBytes>>::reduce(&HASH.into());
    for (at, mine) in [(32, s0 + e * phi), (64, s1)] {
        let outcomes = finishing(|post| {
            if of_the_second(post) {
                put(&mut post.payload, at, &(-mine).to_bytes());
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::SignInvertible, [1])));
    }
}

#[test]
fn check_sign_5_5_suspects_whoever_finishes_on_another_hash_or_spoils_its_part() {
    switch();
    let split = run(finishers(two(), |i| [i; 32]), 1, honestly);
    assert_eq!(verdict(&split, 0), Some(&suspect(Check::SignVerifies, [1])));
    assert_eq!(verdict(&split, 1), Some(&suspect(Check::SignVerifies, [0])));
    for at in [32, 64] {
        let outcomes = finishing(|post| {
            if of_the_second(post) {
                add_one(&mut post.payload, at);
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::SignVerifies, [1])));
    }
}

#[test]
fn some_of_the_signers_do_not_finish_without_the_others() {
    // Two could sign with this key, but three have presigned.
    let mut three = presign(&deal(3, 2, 1), 300);
    three.pop();
    for (i, outcome) in run(finishers(three, |_| HASH), 1, honestly) {
        let suspects = [PartyIndex::new(1 - i.get())].into();
        let abort = Abort::Suspect { check: Check::SignVerifies, among: suspects };
        assert_eq!(outcome.err(), Some(abort));
    }
}
