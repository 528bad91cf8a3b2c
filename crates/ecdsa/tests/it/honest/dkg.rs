use std::collections::BTreeSet;

use quorate_core::simulation::{all_done, honestly, run};
use quorate_ecdsa::KeyShare;

use crate::keygen;

/// One sharing, of which each share can be stored.
pub(crate) fn check_sharing(shares: &[KeyShare], n: u8, t: u8) {
    assert_eq!(shares.len(), usize::from(n));
    for (share, i) in shares.iter().zip(0..) {
        assert_eq!((share.party_id(), share.parties(), share.threshold()), (i, n, t));
        // Reading makes the checks on what all parties must agree on.
        let stored = share.to_bytes();
        let again = KeyShare::from_bytes(stored.expose()).unwrap();
        assert!(again.to_bytes().expose() == stored.expose());
    }
    let common = |share: &KeyShare| {
        (
            share.public_key(),
            share.chain_code(),
            share.fsid(),
            share.key_id(),
            share.public_shares(),
        )
    };
    let views: BTreeSet<_> = shares.iter().map(common).collect();
    assert_eq!(views.len(), 1);
}

#[test]
fn every_committee_generates_one_key() {
    for (n, t) in [(2, 2), (3, 2), (3, 3), (4, 3)] {
        let shares = all_done(run(keygen::parties(n, t, 10), u64::from(n), honestly));
        check_sharing(&shares, n, t);
    }
}

#[test]
fn the_order_of_delivery_does_not_matter() {
    let keys = (0..3).map(|order| {
        let shares = all_done(run(keygen::parties(3, 2, 20), order, honestly));
        shares.iter().map(|share| share.to_bytes().expose().clone()).collect::<Vec<_>>()
    });
    assert_eq!(keys.collect::<BTreeSet<_>>().len(), 1);
}
