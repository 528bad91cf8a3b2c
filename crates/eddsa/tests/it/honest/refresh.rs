use std::sync::Arc;

use curve25519_dalek::{EdwardsPoint, Scalar};
use quorate_core::simulation::{all_done, honestly, run, seeded};
use quorate_eddsa::refresh::{self, Given};
use quorate_eddsa::{KeyShare, NewShare};

use crate::dealer::deal;
use crate::honest::dkg::check_sharing;
use crate::keygen::params;

/// Runs key generation with these parts.
pub(crate) fn refresh(given: Vec<Given>, t: u8, seed: u64) -> Vec<NewShare> {
    let n = u8::try_from(given.len()).unwrap();
    let party = |(i, given): (u8, Given)| {
        let mut rng = seeded(seed + u64::from(i));
        let (session, outgoing) = refresh::start(params(i, n, t), given, &mut rng);
        (session, outgoing, rng)
    };
    all_done(run((0..).zip(given).map(party), seed, honestly))
}

#[test]
fn a_refresh_keeps_key_and_chain_code_and_may_change_threshold_and_order() {
    for (n, t, new_t) in [(2, 2, 2), (3, 2, 3), (4, 3, 2)] {
        let mut old = deal(n, t, 9);
        old.rotate_left(1);
        let part = |share: &Arc<KeyShare>| Given::of_share(share, n).unwrap();
        let fresh = refresh(old.iter().map(part).collect(), new_t, 50);
        for NewShare { share, .. } in &fresh {
            assert_eq!(share.public_key(), old[0].public_key());
            assert_eq!(share.chain_code(), old[0].chain_code());
        }
        let secret = |share: &KeyShare| share.to_bytes().expose()[3..35].to_vec();
        assert!(old.iter().all(|old| fresh.iter().all(|new| secret(&new.share) != secret(old))));
        check_sharing(fresh, n, new_t);
    }
}

#[test]
fn parts_from_another_system_become_shares() {
    let parts = [3_u8, 5, 7].map(Scalar::from);
    let key = EdwardsPoint::mul_base(&parts.iter().sum::<Scalar>()).compress().to_bytes();
    let given = |part: &Scalar| Given::from_outside(part.as_bytes(), &key, [4; 32]).unwrap();
    let shares = refresh(parts.iter().map(given).collect(), 2, 60);
    assert!(shares.iter().all(|new| new.share.public_key() == key));
    assert!(shares.iter().all(|new| new.share.chain_code() == [4; 32]));
    check_sharing(shares, 3, 2);
}
