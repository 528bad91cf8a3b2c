use ed25519_dalek::SigningKey;
use quorate_core::{Committee, FromEach};
use quorate_eddsa::export::{self, AwaitingShares};
use quorate_eddsa::import::{INITIATOR, key_of_seed, receive, split};
use quorate_eddsa::{KeyShare, NewShare};

use crate::dealer::deal;
use crate::dkg::check_sharing;
use crate::refresh::refresh;
use crate::simulation::{p, seeded};

fn import(key: &[u8; 32], n: u8, t: u8) -> Vec<NewShare> {
    let committee = |i| Committee::new(p(i), n, t).unwrap();
    let (own, parts) = split(key, [3; 32], &committee(0), &mut seeded(1)).unwrap();
    assert!(!parts.parties().any(|j| j == INITIATOR));
    let theirs = parts.iter().map(|(j, part)| receive(part, &committee(j.get())).unwrap());
    refresh([own].into_iter().chain(theirs).collect(), t, 70)
}

/// Exports from these shares to the holder of the first.
fn export(shares: &[&KeyShare]) -> [u8; 32] {
    let others = (1..).map(p).zip(&shares[1..]);
    let sent = FromEach::of_all(others.map(|(j, share)| (j, export::share_of(share))).collect());
    let parties = u8::try_from(shares.len()).unwrap();
    *AwaitingShares::new(shares[0], p(0), parties).unwrap().receive(sent).unwrap().expose()
}

#[test]
fn the_key_of_a_seed_is_imported_under_the_address_that_it_had_and_exported_again() {
    for (n, t, seed) in [(2, 2, [1; 32]), (3, 2, [2; 32]), (5, 4, [3; 32])] {
        let key = key_of_seed(&seed);
        let shares = import(key.expose(), n, t);
        let expected = SigningKey::from_bytes(&seed).verifying_key().to_bytes();
        assert!(shares.iter().all(|new| new.share.public_key() == expected));
        assert!(shares.iter().all(|new| new.share.chain_code() == [3; 32]));

        let last =
            shares.iter().rev().take(usize::from(t)).map(|new| &new.share).collect::<Vec<_>>();
        assert_eq!(export(&last), *key.expose());
        check_sharing(shares, n, t);
    }
}

#[test]
fn more_shares_than_needed_make_the_same_key() {
    let shares = deal(4, 2, 1);
    let shares: Vec<&KeyShare> = shares.iter().map(AsRef::as_ref).collect();
    assert_eq!(export(&shares), export(&shares[1..3]));
}
