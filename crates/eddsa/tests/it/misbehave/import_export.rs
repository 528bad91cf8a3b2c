use std::sync::Arc;

use curve25519_dalek::Scalar;
use quorate_core::session::{Session, Step};
use quorate_core::simulation::{Post, blame, p, run, suspect, switch, verdict};
use quorate_core::{Abort, Alone};
use quorate_eddsa::export::{self, Exporter, Receiver};
use quorate_eddsa::{Check, KeyShare, NewShare, import};

use crate::Outcomes;
use crate::dealer::deal;
use crate::forge::{
    IDENTITY, L, NO_POINT, add_one, encode, plus_order, point, put, randomness, times_b, torsion,
};
use crate::keygen::params;

const SEED: u64 = 500;
const KEY: [u8; 32] = Scalar::ONE.to_bytes();

// Where things are in PART.
const SECRET: usize = 3;
const LOST: usize = 35;
const PUBLIC_KEY: usize = 43;
const CHAIN_CODE: usize = 75;

/// Three import this key with threshold 2, against whoever `lie` makes a liar.
fn importing(lie: impl FnMut(&mut Post)) -> Outcomes<NewShare> {
    let party = |i| {
        let mut rng = randomness(SEED, i);
        let start = if i == 0 {
            import::Session::start_initiator(params(i, 3, 2), &KEY, [3; 32], &mut rng)
        } else {
            import::Session::start(params(i, 3, 2), [i; 32])
        };
        let (session, outgoing) = start.unwrap();
        (session, outgoing, rng)
    };
    run((0..3).map(party), 1, lie)
}

/// What party 1 says of its part, after `spoil`.
fn given(spoil: impl Fn(&mut Vec<u8>)) -> Option<Abort<Check>> {
    let outcomes = importing(|post| {
        if post.tag == 1001 && post.to == p(1) {
            spoil(&mut post.payload);
        }
    });
    verdict(&outcomes, 1).cloned()
}

#[test]
fn check_ed_import_1_1_refuses_to_start_in_the_place_of_another() {
    switch();
    let mut rng = randomness(SEED, 1);
    let initiator = import::Session::start_initiator(params(1, 3, 2), &KEY, [3; 32], &mut rng);
    assert_eq!(initiator.err(), Some(Check::ImportInitiator));
    let importer = import::Session::start(params(0, 3, 2), [1; 32]);
    assert_eq!(importer.err(), Some(Check::ImportInitiator));
}

#[test]
fn check_ed_import_1_2_refuses_what_is_no_key() {
    switch();
    for bad in [[0; 32], L, plus_order(&KEY)] {
        let mut rng = randomness(SEED, 0);
        let start = import::Session::start_initiator(params(0, 3, 2), &bad, [3; 32], &mut rng);
        assert_eq!(start.err(), Some(Check::ImportKey));
    }
}

#[test]
fn check_ed_import_3_1_names_the_initiator_of_another_committee() {
    switch();
    assert_eq!(given(|_| {}), None);
    for at in [0, 1, 2, LOST, LOST + 7] {
        let spoilt = given(|part| part[at] ^= 1);
        assert_eq!(spoilt, Some(blame(0, Check::ImportNumbers)));
    }
}

#[test]
fn check_ed_import_3_2_names_the_initiator_that_sends_no_part_of_a_key() {
    switch();
    // The same part, encoded otherwise.
    let spoilt = given(|part| {
        let again = plus_order(&part[SECRET..SECRET + 32]);
        put(part, SECRET, &again);
    });
    assert_eq!(spoilt, Some(blame(0, Check::ImportPart)));
    for bad in [[0; 32], L] {
        let spoilt = given(|part| put(part, SECRET, &bad));
        assert_eq!(spoilt, Some(blame(0, Check::ImportPart)));
    }
    for bad in [IDENTITY, NO_POINT] {
        let spoilt = given(|part| put(part, PUBLIC_KEY, &bad));
        assert_eq!(spoilt, Some(blame(0, Check::ImportPart)));
    }
    for torsion in torsion() {
        let spoilt = given(|part| {
            let mixed = point(&part[PUBLIC_KEY..PUBLIC_KEY + 32]) + torsion;
            put(part, PUBLIC_KEY, &encode(&mixed));
        });
        assert_eq!(spoilt, Some(blame(0, Check::ImportPart)));
    }
}

#[test]
fn who_is_given_a_part_of_another_key_ends_with_none() {
    let wrong_part = given(|part| add_one(part, SECRET));
    assert_eq!(wrong_part, Some(suspect(Check::RefreshKeepsPublicKey, [0, 2])));
    let wrong_key = given(|part| put(part, PUBLIC_KEY, &times_b(&Scalar::from(2_u8))));
    assert_eq!(wrong_key, Some(suspect(Check::RefreshKeepsPublicKey, [0, 2])));
    let wrong_chain_code = given(|part| part[CHAIN_CODE] ^= 1);
    assert_eq!(wrong_chain_code, Some(suspect(Check::RefreshSameChainCode, [0, 2])));
}

fn of(share: &Arc<KeyShare>, me: u8, parties: u8) -> export::Params {
    export::Params { share: Arc::clone(share), me: p(me), parties }
}

/// What the holder of `own` says when the others send these shares, the first of them after `spoil`.
fn exporting(
    own: &Arc<KeyShare>,
    sent: &[Arc<KeyShare>],
    spoil: impl Fn(&mut [u8]),
) -> Option<Abort<Check>> {
    let parties = u8::try_from(sent.len()).unwrap() + 1;
    let mut receiver = Receiver::start(of(own, 0, parties)).unwrap();
    for (i, share) in (1..).zip(sent) {
        // A liar may send a share of more parties than there are.
        let all = share.parties();
        let (_, mut messages) = Exporter::start(&of(share, 1, all), [9; 32]).unwrap();
        let message = messages.pop().unwrap();
        let mut payload = message.payload.to_vec();
        if i == 1 {
            spoil(&mut payload);
        }
        receiver.deliver(p(i), message.tag, &payload);
    }
    match receiver.advance(&mut randomness(SEED, 0), &Alone) {
        Ok(Step::Done(_)) => None,
        Ok(_) => panic!("something is lacking"),
        Err(abort) => Some(abort),
    }
}

fn two() -> [Arc<KeyShare>; 2] {
    deal(2, 2, 1).try_into().unwrap()
}

#[test]
fn check_ed_export_1_1_refuses_too_few_and_too_many_and_another_receiver() {
    switch();
    let shares = deal(3, 2, 1);
    for (me, parties) in [(0, 0), (0, 1), (0, 4), (1, 2)] {
        let receiver = Receiver::start(of(&shares[0], me, parties));
        assert_eq!(receiver.err(), Some(Check::ExportParties));
    }
    for (me, parties) in [(1, 1), (1, 4), (2, 2), (0, 2)] {
        let exporter = Exporter::start(&of(&shares[0], me, parties), [9; 32]);
        assert_eq!(exporter.err(), Some(Check::ExportParties));
    }
}

#[test]
fn check_ed_export_2_1_names_the_party_whose_id_does_not_exist() {
    switch();
    // The same polynomial, and a share of it that nobody should hold.
    let [own, _] = two();
    let third = deal(3, 2, 1).remove(2);
    assert_eq!(exporting(&own, &[third], |_| {}), Some(blame(1, Check::ExportPartyId)));
}

#[test]
fn check_ed_export_2_2_names_the_party_that_sends_no_share() {
    switch();
    let [own, other] = two();
    let other = [other];
    let again = |sent: &mut [u8]| {
        let other = plus_order(&sent[..32]);
        put(sent, 0, &other);
    };
    assert_eq!(exporting(&own, &other, again), Some(blame(1, Check::ExportShareScalar)));
    let zero = |sent: &mut [u8]| put(sent, 0, &[0; 32]);
    assert_eq!(exporting(&own, &other, zero), Some(blame(1, Check::ExportShareScalar)));
}

#[test]
fn check_ed_export_2_3_suspects_whoever_sends_a_share_that_is_there_already() {
    switch();
    let [own, other, _] = deal(3, 2, 1).try_into().unwrap();
    let mine = exporting(&own, &[Arc::clone(&own)], |_| {});
    assert_eq!(mine, Some(suspect(Check::ExportPartyIdsDistinct, [1])));
    let twice = exporting(&own, &[Arc::clone(&other), other], |_| {});
    assert_eq!(twice, Some(suspect(Check::ExportPartyIdsDistinct, [1, 2])));
}

#[test]
fn check_ed_export_2_5_suspects_whoever_sends_another_share() {
    switch();
    let [own, other] = two();
    let other = [other];
    assert_eq!(exporting(&own, &other, |_| {}), None);
    let spoilt = exporting(&own, &other, |sent| add_one(sent, 0));
    assert_eq!(spoilt, Some(suspect(Check::ExportKey, [1])));
}
