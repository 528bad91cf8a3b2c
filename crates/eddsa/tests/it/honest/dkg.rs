use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use curve25519_dalek::{EdwardsPoint, Scalar};
use quorate_core::simulation::{all_done, honestly, run};
use quorate_eddsa::{KeyShare, NewShare};

use crate::honest::sign::sign_with;
use crate::keygen;

/// That these are shares of one key, in party order; and that any t sign with it.
pub(crate) fn check_sharing(shares: Vec<NewShare>, n: u8, t: u8) {
    assert_eq!(shares.len(), usize::from(n));
    check_public_shares(&shares);
    let shares: Vec<_> = shares.into_iter().map(|new| new.share).collect();
    for (share, i) in shares.iter().zip(0..) {
        assert_eq!((share.party_id(), share.parties(), share.threshold()), (i, n, t));
        let stored = share.to_bytes();
        let again = KeyShare::from_bytes(stored.expose()).unwrap();
        assert!(again.to_bytes().expose() == stored.expose());
    }
    let common = |share: &KeyShare| (share.public_key(), share.chain_code(), share.key_id());
    assert_eq!(shares.iter().map(common).collect::<BTreeSet<_>>().len(), 1);

    let shares: Vec<_> = shares.into_iter().map(Arc::new).collect();
    sign_with(&shares[..usize::from(t)], 1);
    sign_with(&shares[usize::from(n - t)..], 2);
}

/// That all have been told every holder's public share, by party id.
pub(crate) fn check_public_shares(shares: &[NewShare]) {
    let image = |new: &NewShare| {
        let secret: [u8; 32] = new.share.to_bytes().expose()[3..35].try_into().unwrap();
        let secret = Scalar::from_canonical_bytes(secret).unwrap();
        (new.share.party_id(), EdwardsPoint::mul_base(&secret).compress().to_bytes())
    };
    let images: BTreeMap<_, _> = shares.iter().map(image).collect();
    for new in shares {
        assert!(new.public_shares.iter().eq(images.values()));
    }
}

#[test]
fn every_committee_generates_one_key_and_signs_with_it() {
    for n in 2..=6 {
        for t in 2..=n {
            let order = u64::from(10 * n + t);
            check_sharing(all_done(run(keygen::parties(n, t, 10), order, honestly)), n, t);
        }
    }
}

#[test]
fn a_large_committee_generates_a_key() {
    check_sharing(all_done(run(keygen::parties(12, 7, 30), 3, honestly)), 12, 7);
}

#[test]
fn the_order_of_delivery_does_not_matter() {
    let keys = (0..8).map(|order| {
        let shares = all_done(run(keygen::parties(3, 2, 20), order, honestly));
        shares.iter().map(|new| new.share.to_bytes().expose().clone()).collect::<Vec<_>>()
    });
    assert_eq!(keys.collect::<BTreeSet<_>>().len(), 1);
}

#[test]
fn the_setup_may_name_the_key() {
    let party = |i| {
        let mut rng = quorate_core::simulation::seeded(40 + u64::from(i));
        let params =
            quorate_eddsa::dkg::Params { key_id: Some([7; 32]), ..keygen::params(i, 2, 2) };
        let (session, outgoing) = quorate_eddsa::dkg::Session::start(params, &mut rng);
        (session, outgoing, rng)
    };
    let shares = all_done(run((0..2).map(party), 1, honestly));
    assert!(shares.iter().all(|new| new.share.key_id() == [7; 32]));
}
