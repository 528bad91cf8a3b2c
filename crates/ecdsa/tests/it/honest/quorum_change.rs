use std::collections::BTreeSet;
use std::sync::Arc;

use quorate_core::Abort;
use quorate_core::simulation::{all_done, honestly, run};
use quorate_ecdsa::{Check, KeyShare};

use crate::change::Change;
use crate::dealer::deal;
use crate::honest::sign::sign_with;
use crate::signing::signers;

/// Runs the change; the shares of the new parties in the order of their ids.
fn change(shares: &[Option<Arc<KeyShare>>], new: &[u8], threshold: u8) -> Vec<Arc<KeyShare>> {
    let old = shares.iter().flatten().next().unwrap();
    let change = Change { shares, new, threshold };
    let results = all_done(run(change.parties(7), u64::from(threshold), honestly));

    assert!((0..).zip(&results).all(|(i, share)| share.is_some() == new.contains(&i)));
    let mut fresh: Vec<_> = results.into_iter().flatten().collect();
    fresh.sort_by_key(KeyShare::party_id);
    assert_eq!(fresh.len(), new.len());

    let common = |s: &KeyShare| (s.fsid(), s.key_id(), s.threshold(), s.public_shares());
    assert_eq!(fresh.iter().map(common).collect::<BTreeSet<_>>().len(), 1);
    for share in &fresh {
        assert_eq!(share.public_key(), old.public_key());
        assert_eq!(share.chain_code(), old.chain_code());
        assert_ne!(share.fsid(), old.fsid());
        assert_eq!(share.key_id()[..], share.public_key()[..32]);
        let stored = share.to_bytes();
        assert!(KeyShare::from_bytes(stored.expose()).is_ok());
    }
    fresh.into_iter().map(Arc::new).collect()
}

#[test]
fn a_2_of_2_grows_to_a_2_of_3_and_the_new_party_signs() {
    let old: Vec<_> = deal(2, 2, 1).into_iter().map(Some).collect();
    let with_new = [None, old[0].clone(), old[1].clone()];
    let shares = change(&with_new, &[1, 2, 0], 2);
    sign_with(&[Arc::clone(&shares[2]), Arc::clone(&shares[0])], "m/1", 3);
}

#[test]
fn one_of_three_is_replaced_in_whatever_order_the_setup_lists_them() {
    let [_, one, two] = deal(3, 2, 2).try_into().unwrap();
    let shares = change(&[None, Some(two), Some(one)], &[1, 0, 2], 2);
    sign_with(&shares[..2], "m", 4);
}

#[test]
fn a_party_leaves_and_takes_nothing_away() {
    let old: Vec<_> = deal(3, 2, 3).into_iter().map(Some).collect();
    let shares = change(&old, &[2, 0], 2);
    sign_with(&shares, "m", 5);
}

#[test]
fn everybody_hands_over_to_strangers_and_the_threshold_rises() {
    let [one, two] = deal(2, 2, 4).try_into().unwrap();
    let shares = change(&[Some(one), Some(two), None, None, None], &[4, 2, 3], 3);
    sign_with(&shares, "m", 6);
}

#[test]
fn shares_of_two_sharings_do_not_sign_together() {
    let old = deal(2, 2, 5);
    let both: Vec<_> = old.iter().cloned().map(Some).collect();
    let new = change(&both, &[0, 1], 2);
    let mixed = [Arc::clone(&old[0]), Arc::clone(&new[1])];
    for (i, outcome) in run(signers(&mixed, |_| "m", 7), 7, honestly) {
        let suspects = [1 - i.get()].map(quorate_core::simulation::p).into();
        let split = Abort::Suspect { check: Check::SignSameSession, among: suspects };
        assert_eq!(outcome.err(), Some(split));
    }
}
