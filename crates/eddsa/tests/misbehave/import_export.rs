use std::sync::Arc;

use curve25519_dalek::Scalar;
use quorate_core::{Abort, Committee, FromEach};
use quorate_eddsa::export::{self, AwaitingShares};
use quorate_eddsa::import::{self, PART_LEN};
use quorate_eddsa::{Check, KeyShare};
use zeroize::Zeroizing;

use crate::dealer::deal;
use crate::forge::{IDENTITY, L, NO_POINT, add_one, blame, plus_order, put, suspect, switch};
use crate::simulation::{p, seeded};

const KEY: [u8; 32] = Scalar::ONE.to_bytes();

fn committee(i: u8) -> Committee {
    Committee::new(p(i), 3, 2).unwrap()
}

/// What party 1 says of the initiator's part, after `spoil`.
fn receive(spoil: impl FnOnce(&mut [u8; PART_LEN])) -> Option<Abort<Check>> {
    let (_, parts) = import::split(&KEY, [3; 32], &committee(0), &mut seeded(1)).unwrap();
    let mut part = parts.of(p(1)).unwrap().clone();
    spoil(&mut part);
    import::receive(&part, &committee(1)).err()
}

#[test]
fn check_ed_import_1_1_refuses_what_is_no_key() {
    switch();
    for bad in [[0; 32], L, plus_order(&KEY)] {
        let split = import::split(&bad, [3; 32], &committee(0), &mut seeded(1));
        assert_eq!(split.err(), Some(Check::ImportKey));
    }
}

#[test]
fn check_ed_import_2_1_names_the_initiator_of_another_committee() {
    switch();
    assert_eq!(receive(|_| {}), None);
    for at in [0, 1, 2, 35, 42] {
        let spoilt = receive(|part| part[at] ^= 1);
        assert_eq!(spoilt, Some(blame(0, Check::ImportNumbers)));
    }
}

#[test]
fn check_ed_import_2_2_names_the_initiator_that_sends_no_part_of_a_key() {
    switch();
    for bad in [[0; 32], L] {
        let spoilt = receive(|part| put(part, 3, &bad));
        assert_eq!(spoilt, Some(blame(0, Check::ImportPart)));
    }
    for bad in [IDENTITY, NO_POINT] {
        let spoilt = receive(|part| put(part, 43, &bad));
        assert_eq!(spoilt, Some(blame(0, Check::ImportPart)));
    }
}

/// What the holder of `own` says when party 1 sends `sent`, after `spoil`.
fn export(
    own: &KeyShare,
    sent: &KeyShare,
    spoil: impl FnOnce(&mut [u8; 33]),
) -> Option<Abort<Check>> {
    let mut sent: Zeroizing<[u8; 33]> = export::share_of(sent);
    spoil(&mut sent);
    let received = FromEach::of_all([(p(1), sent)].into());
    AwaitingShares::new(own, p(0), 2).unwrap().receive(received).err()
}

fn two() -> [Arc<KeyShare>; 2] {
    deal(2, 2, 1).try_into().unwrap()
}

#[test]
fn check_ed_export_3_1_refuses_fewer_shares_than_the_threshold_and_more_than_there_are() {
    switch();
    let shares = deal(3, 2, 1);
    for (me, parties) in [(0, 0), (0, 1), (0, 4), (2, 2)] {
        let receiver = AwaitingShares::new(&shares[0], p(me), parties);
        assert_eq!(receiver.err(), Some(Check::ExportEnough));
    }
}

#[test]
fn check_ed_export_3_2_names_the_party_whose_id_does_not_exist() {
    switch();
    // The same polynomial, and a share of it that nobody should hold.
    let [own, _] = two();
    let third = deal(3, 2, 1).remove(2);
    assert_eq!(export(&own, &third, |_| {}), Some(blame(1, Check::ExportPartyId)));
}

#[test]
fn check_ed_export_3_3_names_the_party_that_sends_no_share() {
    switch();
    let [own, other] = two();
    let again = |sent: &mut [u8; 33]| {
        let other = plus_order(&sent[..32]);
        put(sent, 0, &other);
    };
    assert_eq!(export(&own, &other, again), Some(blame(1, Check::ExportShareScalar)));
    let zero = |sent: &mut [u8; 33]| put(sent, 0, &[0; 32]);
    assert_eq!(export(&own, &other, zero), Some(blame(1, Check::ExportShareScalar)));
}

#[test]
fn check_ed_export_3_4_suspects_whoever_sends_a_share_that_is_there_already() {
    switch();
    let [own, _] = two();
    let abort = suspect(Check::ExportPartyIdsDistinct, [1]);
    assert_eq!(export(&own, &own, |_| {}), Some(abort));
}

#[test]
fn check_ed_export_3_6_suspects_whoever_sends_another_share() {
    switch();
    let [own, other] = two();
    assert_eq!(export(&own, &other, |_| {}), None);
    let spoilt = export(&own, &other, |sent| add_one(sent, 0));
    assert_eq!(spoilt, Some(suspect(Check::ExportKey, [1])));
}
