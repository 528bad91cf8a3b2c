use k256::Scalar;
use quorate_core::simulation::switch;
use quorate_ecdsa::{KeyShare, ShareCheck};

use crate::dealer::deal_bytes;
use crate::forge::{IDENTITY, NO_POINT, Q, add_g, add_one, put};

const PARTIES: usize = 3;
// Where things are in a share of three parties.
const THRESHOLD: usize = 9;
const PARTY_ID: usize = 10;
const PUBLIC_KEY: usize = 75;
const SECRET: usize = 140;
const EACH: usize = 172;
const EACH_LEN: usize = 98;
const OTHER: usize = EACH + PARTIES * EACH_LEN;
const CHOICES: usize = OTHER + 32768;

/// What reading says of the share of party 0 of a 2-of-3, after `spoil`.
fn read(spoil: impl FnOnce(&mut Vec<u8>)) -> Option<ShareCheck> {
    let mut bytes = deal_bytes(3, 2, 1).remove(0);
    spoil(&mut bytes);
    KeyShare::from_bytes(&bytes).err()
}

#[test]
fn what_is_not_spoilt_is_read() {
    assert_eq!(read(|_| {}), None);
}

#[test]
fn check_share_1_refuses_another_magic() {
    switch();
    assert_eq!(read(|bytes| bytes[3] = 2), Some(ShareCheck::Magic));
    assert_eq!(read(|bytes| bytes.truncate(3)), Some(ShareCheck::Magic));
}

#[test]
fn check_share_2_refuses_every_other_size() {
    switch();
    let extra = |bytes: &mut Vec<u8>| {
        bytes[7] = 1;
        bytes.push(0);
    };
    assert_eq!(read(extra), Some(ShareCheck::Size));
    assert_eq!(read(|bytes| bytes.push(0)), Some(ShareCheck::Size));
    assert_eq!(read(|bytes| bytes[8] = 2), Some(ShareCheck::Size));
    assert_eq!(read(|bytes| bytes[8] = 0), Some(ShareCheck::Size));
    for len in [4, 8, 11, EACH, OTHER] {
        assert_eq!(read(|bytes| bytes.truncate(len)), Some(ShareCheck::Size));
    }
}

#[test]
fn check_share_3_refuses_a_threshold_below_two_or_above_the_parties() {
    switch();
    for t in [0, 1, 4] {
        assert_eq!(read(|bytes| bytes[THRESHOLD] = t), Some(ShareCheck::Threshold));
    }
}

#[test]
fn check_share_4_refuses_a_party_id_beyond_the_parties() {
    switch();
    assert_eq!(read(|bytes| bytes[PARTY_ID] = 3), Some(ShareCheck::PartyId));
}

#[test]
fn check_share_5_refuses_a_public_key_that_is_none() {
    switch();
    for bad in [IDENTITY, NO_POINT] {
        assert_eq!(read(|bytes| put(bytes, PUBLIC_KEY, &bad)), Some(ShareCheck::PublicKey));
    }
}

#[test]
fn check_share_6_refuses_a_secret_that_is_no_scalar_or_zero() {
    switch();
    for bad in [[0; 32], Q] {
        assert_eq!(read(|bytes| put(bytes, SECRET, &bad)), Some(ShareCheck::Secret));
    }
}

#[test]
fn check_share_7_refuses_a_rank() {
    switch();
    assert_eq!(read(|bytes| bytes[EACH + EACH_LEN] = 1), Some(ShareCheck::Ranks));
}

#[test]
fn check_share_8_refuses_a_public_share_that_is_none() {
    switch();
    for bad in [IDENTITY, NO_POINT] {
        let spoil = |bytes: &mut Vec<u8>| put(bytes, EACH + EACH_LEN + 1, &bad);
        assert_eq!(read(spoil), Some(ShareCheck::PublicShares));
    }
}

#[test]
fn check_share_9_refuses_an_evaluation_point_that_is_no_scalar_or_zero() {
    switch();
    for bad in [[0; 32], Q] {
        let spoil = |bytes: &mut Vec<u8>| put(bytes, EACH + EACH_LEN + 34, &bad);
        assert_eq!(read(spoil), Some(ShareCheck::PointsNonzero));
    }
}

#[test]
fn check_share_10_refuses_one_evaluation_point_twice() {
    switch();
    let spoil = |bytes: &mut Vec<u8>| {
        // Party 2 becomes party 1 throughout: the polynomial does not mind.
        let one = bytes[EACH + EACH_LEN..EACH + EACH_LEN + 66].to_vec();
        put(bytes, EACH + 2 * EACH_LEN, &one);
    };
    assert_eq!(read(spoil), Some(ShareCheck::PointsDistinct));
}

#[test]
fn check_share_11_refuses_the_secret_of_somebody_else() {
    switch();
    assert_eq!(read(|bytes| add_one(bytes, SECRET)), Some(ShareCheck::OwnPublicShare));
    assert_eq!(read(|bytes| bytes[PARTY_ID] = 1), Some(ShareCheck::OwnPublicShare));
}

#[test]
fn check_share_12_refuses_public_shares_of_another_key_or_polynomial() {
    switch();
    for at in [PUBLIC_KEY, EACH + EACH_LEN + 1, EACH + 2 * EACH_LEN + 1] {
        assert_eq!(read(|bytes| add_g(bytes, at)), Some(ShareCheck::OnePolynomial));
    }
    let moved = |bytes: &mut Vec<u8>| {
        put(bytes, EACH + 2 * EACH_LEN + 34, &Scalar::from(7_u32).to_bytes());
    };
    assert_eq!(read(moved), Some(ShareCheck::OnePolynomial));
}

#[test]
fn check_share_13_refuses_a_seed_for_nobody() {
    switch();
    assert_eq!(read(|bytes| bytes[OTHER - 1] = 1), Some(ShareCheck::SeedPadding));
}

#[test]
fn check_share_14_refuses_a_hidden_leaf_that_does_not_exist() {
    switch();
    assert_eq!(read(|bytes| bytes[CHOICES + 63] = 16), Some(ShareCheck::Choices));
}

#[test]
fn check_share_15_refuses_a_hidden_leaf_that_is_known() {
    switch();
    let spoil = |bytes: &mut Vec<u8>| {
        let hidden = usize::from(bytes[CHOICES]);
        bytes[CHOICES + 64 + 32 * hidden] = 1;
    };
    assert_eq!(read(spoil), Some(ShareCheck::PuncturedLeaves));
}
