use std::sync::Arc;

use k256::Scalar;
use quorate_core::simulation::{all_done, honestly, run, seeded};
use quorate_ecdsa::KeyShare;
use quorate_ecdsa::refresh::{self, Given};

use crate::dealer::deal;
use crate::forge::{hash, times_g};
use crate::honest::dkg::check_sharing;
use crate::honest::sign::sign_with;
use crate::keygen::params;

/// Runs key generation with these parts, of a key of this name.
fn refresh(given: Vec<Given>, t: u8, key_id: Option<[u8; 32]>, seed: u64) -> Vec<Arc<KeyShare>> {
    let n = u8::try_from(given.len()).unwrap();
    let party = |(i, given): (u8, Given)| {
        let mut rng = seeded(seed + u64::from(i));
        let mut params = params(i, n, t);
        params.key_id = key_id;
        let (session, outgoing) = refresh::start(params, given, [i + 1; 32], &mut rng);
        (session, outgoing, rng)
    };
    let shares = all_done(run((0..).zip(given).map(party), seed, honestly));
    check_sharing(&shares, n, t);
    shares.into_iter().map(Arc::new).collect()
}

fn of_shares(shares: &[Arc<KeyShare>]) -> Vec<Given> {
    let n = u8::try_from(shares.len()).unwrap();
    let given = |(i, share): (u8, &Arc<KeyShare>)| {
        Given::of_share(share, &params(i, n, share.threshold()).committee).unwrap()
    };
    (0..).zip(shares).map(given).collect()
}

#[test]
fn a_refresh_keeps_key_and_chain_code_and_its_shares_sign() {
    for (n, t) in [(2, 2), (3, 2), (4, 3)] {
        let old = deal(n, t, 9);
        let fresh = refresh(of_shares(&old), t, None, 50);
        for (old, new) in old.iter().zip(&fresh) {
            assert_eq!(new.public_key(), old.public_key());
            assert_eq!(new.chain_code(), old.chain_code());
            assert_ne!(new.fsid(), old.fsid());
            assert_ne!(new.public_shares(), old.public_shares());
        }
        sign_with(&fresh[usize::from(n - t)..], "m/44/60/0/0/0", 51);
    }
}

#[test]
fn a_refresh_may_change_the_threshold_and_keeps_the_name_that_the_setup_gives() {
    let old = deal(3, 2, 10);
    let key_id = Some(old[0].key_id());
    let fresh = refresh(of_shares(&old), 3, key_id, 52);
    assert!(fresh.iter().all(|share| Some(share.key_id()) == key_id));
    sign_with(&fresh, "m", 53);
}

#[test]
fn parts_from_another_system_become_shares_that_sign() {
    let parts = [3_u32, 5, 7].map(Scalar::from);
    let key = times_g(&parts.iter().sum());
    let given =
        |part: &Scalar| Given::from_outside(&part.to_bytes().into(), &key, [4; 32]).unwrap();
    let shares = refresh(parts.iter().map(given).collect(), 2, None, 60);
    assert!(shares.iter().all(|share| share.public_key() == key));
    assert!(shares.iter().all(|share| share.chain_code() == [4; 32]));
    assert!(shares.iter().all(|share| share.key_id() == hash(&[&key])));
    sign_with(&[Arc::clone(&shares[2]), Arc::clone(&shares[0])], "m/1", 61);
}
