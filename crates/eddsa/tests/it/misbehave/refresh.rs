use curve25519_dalek::Scalar;
use quorate_core::simulation::{honestly, run, seeded, suspect, switch, verdict};
use quorate_eddsa::refresh::{self, Given};
use quorate_eddsa::{Check, NewShare};

use crate::Outcomes;
use crate::dealer::deal;
use crate::forge::{IDENTITY, L, NO_POINT, encode, point, times_b, torsion};
use crate::keygen::params;

const PARTS: [u8; 2] = [3, 5];

fn key() -> [u8; 32] {
    times_b(&Scalar::from(8_u8))
}

/// Two parties with parts of a key; the second brings this part and this chain code.
fn refresh_with(part: u8, chain_code: [u8; 32]) -> Outcomes<NewShare> {
    let parties = [(PARTS[0], [4; 32]), (part, chain_code)];
    let party = |(i, (part, chain_code)): (u8, (u8, [u8; 32]))| {
        let part = Scalar::from(part).to_bytes();
        let given = Given::from_outside(&part, &key(), chain_code).unwrap();
        let mut rng = seeded(400 + u64::from(i));
        let (session, outgoing) = refresh::start(params(i, 2, 2), given, &mut rng);
        (session, outgoing, rng)
    };
    run((0..).zip(parties).map(party), 1, honestly)
}

#[test]
fn check_ed_refresh_1_1_refuses_more_and_fewer_parties_than_hold_a_share() {
    switch();
    let shares = deal(3, 2, 1);
    for parties in [2, 4] {
        assert_eq!(Given::of_share(&shares[0], parties).err(), Some(Check::RefreshParties));
    }
}

#[test]
fn check_ed_refresh_1_2_refuses_what_is_no_part_of_a_key() {
    switch();
    let part = Scalar::from(PARTS[0]).to_bytes();
    assert!(Given::from_outside(&part, &key(), [4; 32]).is_ok());
    let mixed = torsion().map(|torsion| (part, encode(&(point(&key()) + torsion))));
    let bad = [([0; 32], key()), (L, key()), (part, IDENTITY), (part, NO_POINT)];
    for (part, key) in bad.into_iter().chain(mixed) {
        let given = Given::from_outside(&part, &key, [4; 32]);
        assert_eq!(given.err(), Some(Check::RefreshPart));
    }
}

#[test]
fn check_ed_refresh_4_1_suspects_whoever_has_another_chain_code() {
    switch();
    assert!(refresh_with(PARTS[1], [4; 32]).values().all(Result::is_ok));
    let outcomes = refresh_with(PARTS[1], [5; 32]);
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::RefreshSameChainCode, [1])));
}

#[test]
fn check_ed_refresh_4_2_suspects_whoever_brings_another_part() {
    switch();
    let outcomes = refresh_with(PARTS[1] + 1, [4; 32]);
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::RefreshKeepsPublicKey, [1])));
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::RefreshKeepsPublicKey, [0])));
}
