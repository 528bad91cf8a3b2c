use std::sync::Arc;

use k256::Scalar;
use quorate_core::Abort;
use quorate_core::simulation::{Post, honestly, p, run, seeded, suspect, switch, verdict};
use quorate_ecdsa::refresh::{self, Given};
use quorate_ecdsa::{Check, KeyShare};

use crate::Outcomes;
use crate::dealer::deal;
use crate::forge::{IDENTITY, NO_POINT, Q, hash, label, put, scalar, times_g};
use crate::keygen::params;

const PARTS: [u32; 2] = [3, 5];
const CHAIN_CODE: [u8; 32] = [4; 32];

// Where things are in R2 and R3, for threshold 2.
const COMMITMENT: usize = 33 * 2 + 32;
const DEALT_CHAIN_CODE: usize = 32 + 16896 + 20480;

fn key() -> [u8; 33] {
    times_g(&Scalar::from(8_u32))
}

/// A part of a key that has come from outside.
fn part(part: u32) -> Given {
    Given::from_outside(&Scalar::from(part).to_bytes().into(), &key(), CHAIN_CODE).unwrap()
}

fn refresh(
    given: impl IntoIterator<Item = Given>,
    n: u8,
    lie: impl FnMut(&mut Post),
) -> Outcomes<KeyShare> {
    let party = |(i, given): (u8, Given)| {
        let mut rng = seeded(400 + u64::from(i));
        let (session, outgoing) = refresh::start(params(i, n, 2), given, [i + 1; 32], &mut rng);
        (session, outgoing, rng)
    };
    run((0..).zip(given).map(party), 1, lie)
}

#[test]
fn check_refresh_1_1_refuses_other_parties_than_hold_a_share() {
    switch();
    let shares = deal(3, 2, 1);
    for (i, n) in [(0, 2), (0, 4), (1, 3)] {
        let given = Given::of_share(&shares[0], &params(i, n, 2).committee);
        assert_eq!(given.err(), Some(Check::RefreshParties));
    }
}

#[test]
fn check_refresh_1_2_refuses_what_is_no_part_of_a_key() {
    switch();
    let part = Scalar::from(PARTS[0]).to_bytes().into();
    for (part, key) in [([0; 32], key()), (Q, key()), (part, IDENTITY), (part, NO_POINT)] {
        let given = Given::from_outside(&part, &key, CHAIN_CODE);
        assert_eq!(given.err(), Some(Check::RefreshPart));
    }
}

/// λ_i·s_i of every share, λ over them all.
fn parts_of(shares: &[Arc<KeyShare>]) -> Vec<Scalar> {
    let stored: Vec<_> = shares.iter().map(|share| share.to_bytes()).collect();
    let field = |i: usize, at: usize| scalar(&stored[i].expose()[at..at + 32]);
    let x = |i: usize| field(i, 172 + 98 * i + 34);
    let lambda = |i: usize| {
        let others = (0..shares.len()).filter(|&j| j != i);
        others.fold(Scalar::ONE, |product, j| product * x(j) * (x(j) - x(i)).invert().unwrap())
    };
    (0..shares.len()).map(|i| lambda(i) * field(i, 140)).collect()
}

#[test]
fn check_refresh_3_1_names_those_whose_wrong_parts_cancel() {
    switch();
    let shares = deal(3, 2, 1);
    let mine = Given::of_share(&shares[0], &params(0, 3, 2).committee).unwrap();
    let theirs = |error: [Scalar; 2]| {
        let part = |(part, error): (Scalar, Scalar)| {
            let (key, chain_code) = (shares[0].public_key(), shares[0].chain_code());
            Given::from_outside(&(part + error).to_bytes().into(), &key, chain_code).unwrap()
        };
        parts_of(&shares).into_iter().skip(1).zip(error).map(part).collect::<Vec<_>>()
    };
    let theirs = theirs([Scalar::ONE, -Scalar::ONE]);
    let outcomes = refresh([mine].into_iter().chain(theirs), 3, honestly);
    let both = [1, 2].map(|j| (p(j), Check::RefreshPublicPart));
    assert_eq!(verdict(&outcomes, 0), Some(&Abort::Blame(both.into())));
}

#[test]
fn check_refresh_3_2_suspects_whoever_brings_another_part() {
    switch();
    assert!(refresh(PARTS.map(part), 2, honestly).values().all(Result::is_ok));
    let outcomes = refresh([part(PARTS[0]), part(PARTS[1] + 1)], 2, honestly);
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::RefreshKeepsPublicKey, [1])));
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::RefreshKeepsPublicKey, [0])));
}

#[test]
fn check_refresh_4_1_suspects_whoever_deals_another_chain_code() {
    switch();
    // The liar commits to what it deals, and proves its share under the right chain code all the same.
    let mut sids = [[0; 32]; 2];
    let mut blinding = [0; 32];
    refresh(PARTS.map(part), 2, |post| {
        if post.tag == 1 {
            sids[usize::from(post.from)].copy_from_slice(&post.payload[..32]);
        }
        if post.tag == 4 && post.from == p(1) {
            blinding.copy_from_slice(&post.payload[DEALT_CHAIN_CODE + 32..][..32]);
        }
    });
    let fsid = hash(&[&sids[0], &sids[1]]);
    let another = [5; 32];
    let commitment = hash(&[&label(100), &fsid, &another, &blinding, &label(102)]);
    let outcomes = refresh(PARTS.map(part), 2, |post| {
        if post.tag == 2 && post.from == p(1) {
            put(&mut post.payload, COMMITMENT, &commitment);
        }
        if post.tag == 4 && post.from == p(1) {
            put(&mut post.payload, DEALT_CHAIN_CODE, &another);
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::RefreshSameChainCode, [1])));
}
