//! The Ed25519 ceremonies.

use std::sync::Arc;

use quorate_core::Committee;
use quorate_eddsa::refresh::Given;
use quorate_eddsa::{
    KeyShare, NewShare, dkg, quorum_change, refresh as refreshing, sign as signing,
};

use crate::kept::{Kept, p, seats};
use crate::needles::Needles;
use crate::parties::{Way, run};

fn params(i: u8) -> dkg::Params {
    dkg::Params { committee: Committee::new(p(i), 2, 2).unwrap(), key_id: None }
}

fn keep(i: usize, share: &KeyShare, needles: &mut Needles) -> Kept {
    let bytes = share.to_bytes();
    needles.scalar(&format!("share of party {i}"), &bytes.expose()[3..35]);
    Kept::of(bytes.expose())
}

fn deal(way: Way, needles: &mut Needles) -> (Vec<Kept>, usize) {
    let mut shares = Vec::new();
    let seats = seats(2, 10, |i, _, rng| dkg::Session::start(params(i), rng));
    let messages = run(seats, way, needles, |i, new: NewShare, needles| {
        shares.push(keep(i, &new.share, needles));
    });
    (shares, messages)
}

fn open(share: &Kept) -> Arc<KeyShare> {
    Arc::new(KeyShare::from_bytes(&share.open()).unwrap())
}

pub(crate) fn keygen(way: Way, needles: &mut Needles) -> usize {
    deal(way, needles).1
}

pub(crate) fn sign(way: Way, needles: &mut Needles) -> usize {
    let (shares, _) = deal(Way::Whole, needles);
    let seats = seats(2, 20, |i, _, rng| {
        let share = open(&shares[usize::from(i)]);
        let params = signing::Params { share, me: p(i), signers: 2, message: b"message".to_vec() };
        signing::Session::start(params, rng).unwrap()
    });
    run(seats, way, needles, |_, _, _| {})
}

pub(crate) fn refresh(way: Way, needles: &mut Needles) -> usize {
    let (shares, _) = deal(Way::Whole, needles);
    let seats = seats(2, 30, |i, _, rng| {
        let given = Given::of_share(&open(&shares[usize::from(i)]), 2).unwrap();
        refreshing::start(params(i), given, rng)
    });
    run(seats, way, needles, |i, new: NewShare, needles| drop(keep(i, &new.share, needles)))
}

/// Party 1 leaves, party 2 joins.
pub(crate) fn reshare(way: Way, needles: &mut Needles) -> usize {
    let (shares, _) = deal(Way::Whole, needles);
    let public_key = open(&shares[0]).public_key();
    let seats = seats(3, 40, |i, channel, _| {
        let params = quorum_change::Params {
            me: p(i),
            parties: 3,
            old: [p(0), p(1)].into(),
            new: vec![p(0), p(2)],
            threshold: 2,
            public_key,
            share: shares.get(usize::from(i)).map(open),
        };
        quorum_change::Session::start(params, channel).unwrap()
    });
    run(seats, way, needles, |i, new: Option<NewShare>, needles| {
        drop(new.map(|new| keep(i, &new.share, needles)));
    })
}
