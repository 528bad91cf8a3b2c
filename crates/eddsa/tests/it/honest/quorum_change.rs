use std::collections::BTreeSet;
use std::sync::Arc;

use quorate_core::Abort;
use quorate_core::simulation::{all_done, honestly, p, run};
use quorate_eddsa::{Check, KeyShare, NewShare};

use crate::change::Change;
use crate::dealer::deal;
use crate::honest::dkg::check_public_shares;
use crate::honest::sign::sign_with;
use crate::signing::signers;

/// Runs the change; the shares of the new parties in the order of their ids.
fn change(shares: &[Option<Arc<KeyShare>>], new: &[u8], threshold: u8) -> Vec<Arc<KeyShare>> {
    let old = shares.iter().flatten().next().unwrap();
    let change = Change { shares, new, threshold };
    let results = all_done(run(change.parties(7), u64::from(threshold), honestly));

    assert!((0..).zip(&results).all(|(i, share)| share.is_some() == new.contains(&i)));
    for (before, after) in shares.iter().zip(&results) {
        let Some(NewShare { share: after, .. }) = after else { continue };
        let expected = before.as_ref().map_or([0; 32], |before| before.chain_code());
        assert_eq!(after.chain_code(), expected);
    }
    let fresh: Vec<_> = results.into_iter().flatten().collect();
    check_public_shares(&fresh);
    let mut fresh: Vec<_> = fresh.into_iter().map(|new| new.share).collect();
    fresh.sort_by_key(KeyShare::party_id);
    assert_eq!(fresh.len(), new.len());
    for (share, id) in fresh.iter().zip(0..) {
        let numbers = (share.party_id(), usize::from(share.parties()), share.threshold());
        assert_eq!(numbers, (id, new.len(), threshold));
        assert_eq!(share.public_key(), old.public_key());
        assert_eq!(share.key_id(), share.public_key());
        assert!(KeyShare::from_bytes(share.to_bytes().expose()).is_ok());
    }
    fresh.into_iter().map(Arc::new).collect()
}

fn some(shares: Vec<Arc<KeyShare>>) -> Vec<Option<Arc<KeyShare>>> {
    shares.into_iter().map(Some).collect()
}

#[test]
fn a_2_of_2_grows_to_a_2_of_3_and_the_new_party_signs() {
    let old = some(deal(2, 2, 1));
    let with_new = [None, old[0].clone(), old[1].clone()];
    let shares = change(&with_new, &[1, 2, 0], 2);
    sign_with(&[Arc::clone(&shares[2]), Arc::clone(&shares[0])], 3);
}

#[test]
fn one_of_three_is_replaced_in_whatever_order_the_setup_lists_them() {
    let [_, one, two] = deal(3, 2, 2).try_into().unwrap();
    let shares = change(&[None, Some(two), Some(one)], &[1, 0, 2], 2);
    sign_with(&shares[..2], 4);
}

#[test]
fn a_party_leaves_and_takes_nothing_away() {
    let shares = change(&some(deal(3, 2, 3)), &[2, 0], 2);
    sign_with(&shares, 5);
}

#[test]
fn everybody_hands_over_to_strangers_and_the_threshold_rises() {
    let [one, two] = deal(2, 2, 4).try_into().unwrap();
    let shares = change(&[Some(one), Some(two), None, None, None], &[4, 2, 3], 3);
    sign_with(&shares, 6);
}

#[test]
fn the_threshold_falls_and_the_key_moves_twice() {
    let once = change(&some(deal(4, 4, 5)), &[3, 1, 0, 2], 3);
    let mut again = some(once);
    again.push(None);
    let shares = change(&again, &[4, 0], 2);
    sign_with(&shares, 8);
}

#[test]
fn shares_of_two_sharings_do_not_sign_together() {
    let old = deal(2, 2, 5);
    let new = change(&some(old.clone()), &[0, 1], 2);
    let mixed = [Arc::clone(&old[0]), Arc::clone(&new[1])];
    for (i, outcome) in run(signers(&mixed, 7), 7, honestly) {
        let among = BTreeSet::from([p(1 - i.get())]);
        let abort = Abort::Suspect { check: Check::SignVerifies, among };
        assert_eq!(outcome.err(), Some(abort));
    }
}
