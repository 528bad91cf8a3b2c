//! The ECDSA ceremonies.

use std::sync::Arc;

use quorate_core::Committee;
use quorate_ecdsa::derive::DerivationPath;
use quorate_ecdsa::presign::Presignature;
use quorate_ecdsa::refresh::Given;
use quorate_ecdsa::{
    KeyShare, dkg, finish, presign as presigning, quorum_change, refresh as refreshing,
    sign as signing,
};

use crate::derived::{Parts, factors, products};
use crate::kept::{Kept, p, seats};
use crate::needles::Needles;
use crate::parties::{Way, run};

const HASH: [u8; 32] = [0x5a; 32];

fn params(i: u8) -> dkg::Params {
    dkg::Params { committee: Committee::new(p(i), 2, 2).unwrap(), key_id: None }
}

/// Of two parties' shares: everything after the party's secret that is not known to all.
fn keep(i: usize, share: &KeyShare, needles: &mut Needles) -> Kept {
    const SECRET: usize = 140;
    const HEAD: usize = 172;
    const EACH: usize = 98;
    const ZERO_SEED: usize = HEAD + 66;
    const LEAVES: usize = 64 * 16 * 32;
    let bytes = share.to_bytes();
    let bytes = bytes.expose();
    needles.scalar(&format!("share of party {i}"), &bytes[SECRET..HEAD]);
    needles.bytes(&format!("zero seed of party {i}"), &bytes[ZERO_SEED..HEAD + EACH]);
    let (send, rest) = bytes[HEAD + 2 * EACH..].split_at(LEAVES);
    let (choices, receive) = rest.split_at(64);
    needles.bytes(&format!("choices of party {i}"), choices);
    for (n, seed) in send.chunks(32).chain(receive.chunks(32)).enumerate() {
        needles.bytes(&format!("seed {n} of party {i}"), seed);
    }
    Kept::of(bytes)
}

fn deal(way: Way, needles: &mut Needles) -> (Vec<Kept>, usize) {
    let mut shares = Vec::new();
    let seats = seats(2, 10, |i, channel, rng| dkg::Session::start(params(i), channel, rng));
    let messages = run(seats, way, needles, |i, share: KeyShare, needles| {
        shares.push(keep(i, &share, needles));
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
    let seats = seats(2, 20, |i, channel, rng| {
        let (share, path) = (open(&shares[usize::from(i)]), DerivationPath::root());
        let params = signing::Params { share, me: p(i), signers: 2, path, hash: HASH };
        signing::Session::start(params, channel, rng).unwrap()
    });
    let messages = run(seats, way, needles, |_, _, _| {});
    factors(needles);
    if matches!(way, Way::Whole) {
        products(&shares, &Parts::Told(&HASH), needles);
    }
    messages
}

/// And the finish, if it comes to that.
pub(crate) fn presign(way: Way, needles: &mut Needles) -> usize {
    let (shares, _) = deal(Way::Whole, needles);
    let seats_of_two = seats(2, 20, |i, channel, rng| {
        let (share, path) = (open(&shares[usize::from(i)]), DerivationPath::root());
        let params = presigning::Params { share, me: p(i), signers: 2, path };
        presigning::Session::start(params, channel, rng).unwrap()
    });
    let mut made = Vec::new();
    let messages = run(seats_of_two, way, needles, |i, presignature: Presignature, needles| {
        let bytes = presignature.to_bytes();
        // s0 and φ: the finish tells everybody s1 as it is.
        for (name, at) in [("s0", 32), ("phi", 96)] {
            needles.scalar(&format!("{name} of party {i}"), &bytes.expose()[at..at + 32]);
        }
        made.push(Kept::of(bytes.expose()));
    });
    factors(needles);
    if matches!(way, Way::Whole) {
        products(&shares, &Parts::Stored(&made), needles);
    }
    if made.len() == 2 {
        let seats = seats(2, 30, |i, _, _| {
            let presignature = Presignature::from_bytes(&made[usize::from(i)].open()).unwrap();
            let params = finish::Params { presignature, me: p(i), signers: 2, hash: HASH };
            finish::Session::start(params).unwrap()
        });
        run(seats, Way::Whole, needles, |_, _, _| {});
    }
    messages
}

pub(crate) fn refresh(way: Way, needles: &mut Needles) -> usize {
    let (shares, _) = deal(Way::Whole, needles);
    let seats = seats(2, 30, |i, channel, rng| {
        let params = params(i);
        let given = Given::of_share(&open(&shares[usize::from(i)]), &params.committee).unwrap();
        refreshing::start(params, given, channel, rng)
    });
    run(seats, way, needles, |i, share: KeyShare, needles| drop(keep(i, &share, needles)))
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
    run(seats, way, needles, |i, share: Option<KeyShare>, needles| {
        drop(share.map(|share| keep(i, &share, needles)));
    })
}
