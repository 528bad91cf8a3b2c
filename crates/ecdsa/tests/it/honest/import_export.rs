use std::sync::Arc;

use quorate_core::Alone;
use quorate_core::session::{Delivery, Session, Step};
use quorate_core::simulation::{all_done, honestly, p, run, seeded};
use quorate_ecdsa::export::{self, Exporter, Receiver};
use quorate_ecdsa::{KeyShare, import};

use crate::dealer::deal;
use crate::forge::{hash, scalar, times_g};
use crate::honest::dkg::check_sharing;
use crate::honest::sign::sign_with;
use crate::keygen::params;

const KEY: [u8; 32] = [0x42; 32];

fn imported(n: u8, t: u8, key_id: Option<[u8; 32]>) -> Vec<Arc<KeyShare>> {
    let party = |i| {
        let mut rng = seeded(70 + u64::from(i));
        let mut params = params(i, n, t);
        params.key_id = key_id;
        let start = if i == 0 {
            import::Session::start_initiator(params, &KEY, [3; 32], [1; 32], &mut rng)
        } else {
            import::Session::start(params, [i + 101; 32], [i + 1; 32])
        };
        let (session, outgoing) = start.unwrap();
        (session, outgoing, rng)
    };
    let shares = all_done(run((0..n).map(party), u64::from(n), honestly));
    check_sharing(&shares, n, t);
    shares.into_iter().map(Arc::new).collect()
}

/// Exports from these shares to the holder of the first.
fn exported(shares: &[Arc<KeyShare>]) -> [u8; 32] {
    let parties = u8::try_from(shares.len()).unwrap();
    let key = [9; 32];
    let params =
        |i: u8| export::Params { share: Arc::clone(&shares[usize::from(i)]), me: p(i), parties };
    let mut receiver = Receiver::start(params(0)).unwrap();
    let mut rng = seeded(1);
    for i in (1..parties).rev() {
        assert!(matches!(receiver.advance(&mut rng, &Alone), Ok(Step::Wait)));
        let (mut exporter, messages) = Exporter::start(&params(i), key).unwrap();
        assert!(matches!(exporter.advance(&mut rng, &Alone), Ok(Step::Done(()))));
        for message in messages {
            assert_eq!(message.delivery, Delivery::Enclosed(p(0), key));
            receiver.deliver(p(i), message.tag, &message.payload);
        }
    }
    match receiver.advance(&mut rng, &Alone) {
        Ok(Step::Done(key)) => *key.expose(),
        other => panic!("no key but {other:?}"),
    }
}

#[test]
fn an_imported_key_signs_and_is_exported_again() {
    let public_key = times_g(&scalar(&KEY));
    for (n, t) in [(2, 2), (3, 2), (4, 3)] {
        let shares = imported(n, t, None);
        for share in &shares {
            assert_eq!(share.public_key(), public_key);
            assert_eq!(share.chain_code(), [3; 32]);
            assert_eq!(share.key_id(), hash(&[&public_key]));
        }
        let last = &shares[usize::from(n - t)..];
        sign_with(last, "m/44/60/0/0/0", 71);
        assert_eq!(exported(last), KEY);
    }
}

#[test]
fn an_imported_key_has_the_name_that_the_setup_gives() {
    let shares = imported(2, 2, Some([8; 32]));
    assert!(shares.iter().all(|share| share.key_id() == [8; 32]));
}

#[test]
fn more_shares_than_needed_make_the_same_key_in_any_order() {
    let mut shares = deal(4, 2, 1);
    let key = exported(&shares[1..3]);
    shares.rotate_left(1);
    assert_eq!(exported(&shares), key);
    assert_eq!(times_g(&scalar(&key)), shares[0].public_key());
}
