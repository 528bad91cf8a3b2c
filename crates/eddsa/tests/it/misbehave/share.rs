use quorate_core::simulation::switch;
use quorate_eddsa::{KeyShare, ShareCheck};

use crate::dealer::deal_bytes;
use crate::forge::{IDENTITY, L, NO_POINT, encode, plus_order, point, put, torsion};

// Where things are in a share.
const THRESHOLD: usize = 0;
const PARTY_ID: usize = 2;
const SECRET: usize = 3;
const PUBLIC_KEY: usize = 35;
const EXTRA: usize = 99;

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
fn check_ed_share_1_refuses_every_other_size() {
    switch();
    // Of the longer ones only this check can tell.
    assert_eq!(read(|bytes| bytes.push(0)), Some(ShareCheck::Size));
    for len in [0, 3, 131] {
        assert_eq!(read(|bytes| bytes.truncate(len)), Some(ShareCheck::Size));
    }
}

#[test]
fn check_ed_share_2_refuses_a_threshold_below_two_or_above_the_parties() {
    switch();
    for t in [0, 1, 4] {
        assert_eq!(read(|bytes| bytes[THRESHOLD] = t), Some(ShareCheck::Threshold));
    }
}

#[test]
fn check_ed_share_3_refuses_a_party_id_beyond_the_parties() {
    switch();
    assert_eq!(read(|bytes| bytes[PARTY_ID] = 3), Some(ShareCheck::PartyId));
}

#[test]
fn check_ed_share_4_refuses_a_secret_that_is_no_scalar_or_zero() {
    switch();
    for bad in [[0; 32], L] {
        assert_eq!(read(|bytes| put(bytes, SECRET, &bad)), Some(ShareCheck::Secret));
    }
    let again = |bytes: &mut Vec<u8>| {
        let other = plus_order(&bytes[SECRET..SECRET + 32]);
        put(bytes, SECRET, &other);
    };
    assert_eq!(read(again), Some(ShareCheck::Secret));
}

#[test]
fn check_ed_share_5_refuses_a_public_key_that_is_none() {
    switch();
    for bad in [IDENTITY, NO_POINT] {
        assert_eq!(read(|bytes| put(bytes, PUBLIC_KEY, &bad)), Some(ShareCheck::PublicKey));
    }
    for torsion in torsion() {
        let mixed = |bytes: &mut Vec<u8>| {
            let key = point(&bytes[PUBLIC_KEY..PUBLIC_KEY + 32]);
            put(bytes, PUBLIC_KEY, &encode(&(key + torsion)));
        };
        assert_eq!(read(mixed), Some(ShareCheck::PublicKey));
    }
}

#[test]
fn check_ed_share_6_refuses_anything_extra() {
    switch();
    assert_eq!(read(|bytes| bytes[EXTRA] = 1), Some(ShareCheck::Extra));
}
