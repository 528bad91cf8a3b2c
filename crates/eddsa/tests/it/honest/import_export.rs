use std::sync::Arc;

use ed25519_dalek::SigningKey;
use quorate_core::Alone;
use quorate_core::session::{Delivery, Session, Step};
use quorate_core::simulation::{all_done, honestly, p, run, seeded};
use quorate_eddsa::export::{self, Exporter, Receiver};
use quorate_eddsa::import::{self, key_of_seed};
use quorate_eddsa::{KeyShare, NewShare};

use crate::dealer::deal;
use crate::honest::dkg::check_sharing;
use crate::keygen::params;

fn imported(key: &[u8; 32], n: u8, t: u8, key_id: Option<[u8; 32]>) -> Vec<NewShare> {
    let party = |i| {
        let mut rng = seeded(70 + u64::from(i));
        let params = quorate_eddsa::dkg::Params { key_id, ..params(i, n, t) };
        let start = if i == 0 {
            import::Session::start_initiator(params, key, [3; 32], &mut rng)
        } else {
            import::Session::start(params, [i; 32])
        };
        let (session, outgoing) = start.unwrap();
        (session, outgoing, rng)
    };
    all_done(run((0..n).map(party), u64::from(n), honestly))
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
fn the_key_of_a_seed_is_imported_under_the_address_that_it_had_and_exported_again() {
    for (n, t, seed) in [(2, 2, [1; 32]), (3, 2, [2; 32]), (5, 4, [3; 32])] {
        let key = key_of_seed(&seed);
        let shares = imported(key.expose(), n, t, None);
        let expected = SigningKey::from_bytes(&seed).verifying_key().to_bytes();
        assert!(shares.iter().all(|new| new.share.public_key() == expected));
        assert!(shares.iter().all(|new| new.share.chain_code() == [3; 32]));

        let again =
            |new: &NewShare| Arc::new(KeyShare::from_bytes(new.share.to_bytes().expose()).unwrap());
        let last: Vec<_> = shares.iter().rev().take(usize::from(t)).map(again).collect();
        assert_eq!(exported(&last), *key.expose());
        check_sharing(shares, n, t);
    }
}

#[test]
fn an_imported_key_has_the_name_that_the_setup_gives() {
    let shares = imported(key_of_seed(&[4; 32]).expose(), 2, 2, Some([8; 32]));
    assert!(shares.iter().all(|new| new.share.key_id() == [8; 32]));
}

#[test]
fn more_shares_than_needed_make_the_same_key_in_any_order() {
    let mut shares = deal(4, 2, 1);
    let key = exported(&shares[1..3]);
    shares.rotate_left(1);
    assert_eq!(exported(&shares), key);
}
