use std::sync::Arc;

use k256::Scalar;
use quorate_core::session::{Session, Step};
use quorate_core::simulation::{Post, blame, p, run, suspect, switch, verdict};
use quorate_core::{Abort, Alone};
use quorate_ecdsa::export::{self, Exporter, Receiver};
use quorate_ecdsa::{Check, KeyShare, import};

use crate::Outcomes;
use crate::dealer::{deal, deal_bytes};
use crate::forge::{
    IDENTITY, NO_POINT, Q, add_one, drawn_scalar, put, randomness, scalar, times_g,
};
use crate::keygen::params;

const SEED: u64 = 500;
const KEY: [u8; 32] = [0x42; 32];

// Where things are in RECORD, for three parties.
const RANKS: usize = 2;
const THRESHOLD: usize = 5;
const PUBLIC_KEY: usize = 6;
const HAS_SHARE: usize = 71;
const SHARE: usize = 72;
const POINT_COUNT: usize = 104;
const POINTS: usize = 105;
const LOST_COUNT: usize = 201;

/// Three import this key with threshold 2, against whoever `lie` makes a liar.
fn importing(key: &[u8; 32], lie: impl FnMut(&mut Post)) -> Outcomes<KeyShare> {
    let party = |i| {
        let mut rng = randomness(SEED, i);
        let start = if i == 0 {
            import::Session::start_initiator(params(i, 3, 2), key, [3; 32], [1; 32], &mut rng)
        } else {
            import::Session::start(params(i, 3, 2), [i + 101; 32], [i + 1; 32])
        };
        let (session, outgoing) = start.unwrap();
        (session, outgoing, rng)
    };
    run((0..3).map(party), 1, lie)
}

/// What party 1 says of its record, after `spoil`.
fn given(spoil: impl Fn(&mut Vec<u8>)) -> Option<Abort<Check>> {
    let outcomes = importing(&KEY, |post| {
        if post.tag == 1001 && post.to == p(1) {
            spoil(&mut post.payload);
        }
    });
    verdict(&outcomes, 1).cloned()
}

/// The encoding of a small number that is a scalar, plus the group order.
fn plus_order(small: u8) -> [u8; 32] {
    let mut bytes = Q;
    bytes[31] += small;
    bytes
}

#[test]
fn check_import_1_1_refuses_to_start_in_the_place_of_another() {
    switch();
    let mut rng = randomness(SEED, 1);
    let initiator =
        import::Session::start_initiator(params(1, 3, 2), &KEY, [3; 32], [1; 32], &mut rng);
    assert_eq!(initiator.err(), Some(Check::ImportInitiator));
    let importer = import::Session::start(params(0, 3, 2), [101; 32], [1; 32]);
    assert_eq!(importer.err(), Some(Check::ImportInitiator));
}

#[test]
fn check_import_1_2_refuses_what_is_no_key() {
    switch();
    for bad in [[0; 32], Q, plus_order(1)] {
        let mut rng = randomness(SEED, 0);
        let start =
            import::Session::start_initiator(params(0, 3, 2), &bad, [3; 32], [1; 32], &mut rng);
        assert_eq!(start.err(), Some(Check::ImportKey));
    }
}

#[test]
fn check_import_3_1_names_the_initiator_of_another_committee() {
    switch();
    assert_eq!(given(|_| {}), None);
    let numbers = [0, 1, RANKS, RANKS + 2, THRESHOLD, HAS_SHARE, POINT_COUNT, LOST_COUNT];
    for at in numbers {
        let spoilt = given(|record| record[at] ^= 1);
        assert_eq!(spoilt, Some(blame(0, Check::ImportNumbers)));
    }
}

#[test]
fn check_import_3_2_names_the_initiator_that_deals_at_other_points() {
    switch();
    for j in 0..3 {
        let spoilt = given(|record| add_one(record, POINTS + 32 * j));
        assert_eq!(spoilt, Some(blame(0, Check::ImportPoints)));
    }
}

#[test]
fn check_import_3_3_names_the_initiator_that_gives_no_share_or_no_key() {
    switch();
    // A key of which the share of party 1 is g(2) = 5.
    let upper = drawn_scalar(&mut randomness(SEED, 0));
    let key = Scalar::from(5_u32) - upper - upper;
    let outcomes = importing(&key.to_bytes().into(), |post| {
        if post.tag == 1001 && post.to == p(1) {
            assert_eq!(scalar(&post.payload[SHARE..SHARE + 32]), Scalar::from(5_u32));
            put(&mut post.payload, SHARE, &plus_order(5));
        }
    });
    assert_eq!(verdict(&outcomes, 1), Some(&blame(0, Check::ImportShare)));

    for bad in [[0; 32], Q] {
        let spoilt = given(|record| put(record, SHARE, &bad));
        assert_eq!(spoilt, Some(blame(0, Check::ImportShare)));
    }
    for bad in [IDENTITY, NO_POINT] {
        let spoilt = given(|record| put(record, PUBLIC_KEY, &bad));
        assert_eq!(spoilt, Some(blame(0, Check::ImportShare)));
    }
}

#[test]
fn who_is_given_a_share_of_another_key_ends_with_none() {
    let wrong_share = given(|record| add_one(record, SHARE));
    assert_eq!(wrong_share, Some(suspect(Check::RefreshKeepsPublicKey, [0, 2])));
    let wrong_key = given(|record| put(record, PUBLIC_KEY, &times_g(&Scalar::ONE)));
    assert_eq!(wrong_key, Some(suspect(Check::RefreshKeepsPublicKey, [0, 2])));
    let wrong_chain_code = given(|record| record[PUBLIC_KEY + 33] ^= 1);
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
        let (_, mut messages) = Exporter::start(&of(share, i, parties), [9; 32]).unwrap();
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

#[test]
fn check_export_1_1_refuses_too_few_and_too_many_and_another_receiver() {
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
fn check_export_2_1_names_the_party_that_sends_no_share_of_the_key() {
    switch();
    let [own, other, third] = deal(3, 2, 1).try_into().unwrap();
    let verdict = Some(blame(1, Check::ExportShare));
    let both = [other, third];
    assert_eq!(exporting(&own, &both, |_| {}), None);
    assert_eq!(exporting(&own, &both, |sent| add_one(sent, 0)), verdict);
    assert_eq!(exporting(&own, &both, |sent| put(sent, 0, &[0; 32])), verdict);
    for id in [0, 3, 255] {
        assert_eq!(exporting(&own, &both, |sent| sent[32] = id), verdict);
    }

    let [own, five] = two_of_which_one_is_five();
    assert_eq!(exporting(&own, &[Arc::clone(&five)], |_| {}), None);
    assert_eq!(exporting(&own, &[five], |sent| put(sent, 0, &plus_order(5))), verdict);
}

/// A sharing in which the secret of party 1 is 5.
fn two_of_which_one_is_five() -> [Arc<KeyShare>; 2] {
    let mut bytes = deal_bytes(2, 2, 1);
    let five = Scalar::from(5_u32);
    let field = |at: usize| scalar(&bytes[0][at..at + 32]);
    let (secret, [x, other_x]) = (field(140), [172 + 34, 172 + 98 + 34].map(field));
    // The line through both, at zero.
    let key = (secret * other_x - five * x) * (other_x - x).invert().unwrap();
    for share in &mut bytes {
        put(share, 75, &times_g(&key));
        put(share, 172 + 98 + 1, &times_g(&five));
    }
    put(&mut bytes[1], 140, &five.to_bytes());
    let read = |bytes: Vec<u8>| Arc::new(KeyShare::from_bytes(&bytes).unwrap());
    bytes.into_iter().map(read).collect::<Vec<_>>().try_into().unwrap()
}

#[test]
fn check_export_2_2_suspects_whoever_sends_a_share_that_is_there_already() {
    switch();
    let [own, other, _] = deal(3, 2, 1).try_into().unwrap();
    let mine = exporting(&own, &[Arc::clone(&own)], |_| {});
    assert_eq!(mine, Some(suspect(Check::ExportPartyIdsDistinct, [1])));
    let twice = exporting(&own, &[Arc::clone(&other), other], |_| {});
    assert_eq!(twice, Some(suspect(Check::ExportPartyIdsDistinct, [1, 2])));
}
