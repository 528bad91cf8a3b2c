use std::collections::BTreeSet;
use std::sync::Arc;

use quorate_eddsa::KeyShare;

use crate::keygen;
use crate::sign::sign_with;
use crate::simulation::{all_done, honestly, run};

/// That these are shares of one key, in party order; and that any t sign with it.
pub(crate) fn check_sharing(shares: Vec<KeyShare>, n: u8, t: u8) {
    assert_eq!(shares.len(), usize::from(n));
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
        shares.iter().map(|share| share.to_bytes().expose().clone()).collect::<Vec<_>>()
    });
    assert_eq!(keys.collect::<BTreeSet<_>>().len(), 1);
}

#[test]
fn the_setup_may_name_the_key() {
    let party = |i| {
        let mut rng = crate::simulation::seeded(40 + u64::from(i));
        let params =
            quorate_eddsa::dkg::Params { key_id: Some([7; 32]), ..keygen::params(i, 2, 2) };
        let (session, outgoing) = quorate_eddsa::dkg::Session::start(params, &mut rng);
        (session, outgoing, rng)
    };
    let shares = all_done(run((0..2).map(party), 1, honestly));
    assert!(shares.iter().all(|share| share.key_id() == [7; 32]));
}
