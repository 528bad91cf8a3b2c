//! Everybody does what they should.

use quorate_chain::{PublicKey, Signature as RawSignature};
use quorate_vault::ceremony::Route;
use quorate_vault::ceremony::reshare::{self, Aim};
use quorate_vault::certificate;
use quorate_vault::failure::{AddThenRemove, Kind, Remedy};
use quorate_vault::store::State;
use quorate_wire::relay_api::Namespace;

use super::band::Band;

#[test]
fn devices_make_a_vault_and_all_hold_the_same_certified_sharing() {
    for (seed, names) in [(1, &["A", "B"][..]), (2, &["A", "B", "C"]), (3, &["A", "B", "C", "D"])] {
        let mut band = Band::new(&format!("keygen-{}", names.len()), names, seed);
        band.keygen(names);
        let first = band.active("A").expect("A holds an active sharing");
        for (id, name) in names.iter().enumerate() {
            let sharing =
                band.active(name).unwrap_or_else(|| panic!("{name}: {:?}", band.outcome(name)));
            assert_eq!(sharing.digest, first.digest);
            assert_eq!(sharing.epoch, 1);
            assert_eq!(sharing.parties[usize::from(sharing.me)], names[id]);
            assert!(certificate::certifies(sharing.certificate.as_ref().unwrap(), &sharing));
        }
    }
}

/// As if the receiver had not waited for it yet, and thrown it away.
#[test]
fn a_frame_that_is_lost_once_is_sent_again() {
    // A sends B five messages for the ECDSA key and three for the other; after the last of all it has left the protocols.
    for lost in 0..7 {
        let mut band = Band::new(&format!("lost-{lost}"), &["A", "B"], 40 + lost);
        let mut sent = 0;
        band.world.tamper = Box::new(move |namespace, message| {
            let counts = *namespace == Namespace::default() && message.from.as_str() == "A";
            sent += u64::from(counts);
            (!counts || sent != lost + 1).then_some(message)
        });
        band.keygen(&["A", "B"]);
        for name in ["A", "B"] {
            assert!(band.active(name).is_some(), "{lost}, {name}: {:?}", band.outcome(name));
        }
    }
}

#[test]
fn a_device_that_is_gone_is_named_however_often_the_others_repeat_themselves() {
    let mut band = Band::new("gone", &["A", "B", "C"], 50);
    let mut sent = 0;
    band.world.tamper = Box::new(move |namespace, message| {
        let counts = *namespace == Namespace::default() && message.from.as_str() == "C";
        sent += u64::from(counts);
        (!counts || sent <= 2).then_some(message)
    });
    band.begin_keygen(&["A", "B", "C"]);
    band.world.run(150_000);
    let failures = ["A", "B"].map(|name| band.failure(name));
    assert!(failures.iter().any(|failure| failure.suspects == ["C"]), "{failures:?}");
}

#[test]
fn any_threshold_of_devices_signs_and_each_verifies_for_itself() {
    let mut band = Band::new("keysign", &["A", "B", "C"], 11);
    band.keygen(&["A", "B", "C"]);
    for names in [&["A", "B"][..], &["C", "A"], &["B", "C"]] {
        let digest = [names[0].as_bytes()[0]; 32];
        for result in band.keysign(names, digest) {
            let made = result.unwrap().signatures.remove(0);
            let (PublicKey::Ecdsa(public_key), RawSignature::Ecdsa(signature)) =
                (made.signing.key, made.raw)
            else {
                panic!("signed with the other key")
            };
            assert!(quorate_ecdsa::verify(&public_key, &digest, &signature));
        }
    }
}

#[test]
fn a_keysign_starts_without_a_device_that_comes_too_late() {
    let mut band = Band::new("late", &["A", "B", "C"], 14);
    band.keygen(&["A", "B", "C"]);
    let link = band.begin_keysign(&["A", "B"], [1; 32]).unwrap();
    band.world.run(100_000);
    assert!(band.outcome("A").is_ok() && band.outcome("B").is_ok());
    band.join("C", &link).unwrap();
    band.world.run(100_000);
    let failure = band.failure("C");
    assert_eq!(failure.kind, Kind::Surplus, "{failure:?}");
}

#[test]
fn a_reshare_replaces_one_device_adds_another_and_keeps_the_key() {
    let mut band = Band::new("reshare", &["A", "B", "C", "D", "E"], 12);
    band.keygen(&["A", "B", "C"]);
    let before = band.active("A").unwrap();

    band.reshare(&["A", "B", "D", "E"], &["C"]);
    for name in ["A", "B", "D", "E"] {
        let sharing =
            band.active(name).unwrap_or_else(|| panic!("{name}: {:?}", band.outcome(name)));
        assert_eq!(sharing.vault, before.vault);
        assert_eq!(sharing.chain_code, before.chain_code);
        assert_eq!((sharing.epoch, sharing.threshold), (2, 3));
        assert_ne!(sharing.fsid, before.fsid);
    }
    assert_eq!(band.vault("A").unwrap().sharings[0].state, State::Retired);
    assert!(band.can_sign(&["A", "D", "E"]));
    assert!(band.can_sign(&["E", "B", "D"]));

    // The device that was left out still holds epoch 1, and is told so.
    let link = band.begin_keysign(&["A"], [1; 32]).unwrap();
    let refused = band.join("C", &link).unwrap_err();
    assert_eq!(refused.kind, Kind::Forbidden);
    assert!(refused.message.contains("epoch 1"), "{}", refused.message);
}

#[test]
fn a_device_that_was_left_out_can_come_back_with_a_new_reshare() {
    let mut band = Band::new("return", &["A", "B", "C"], 13);
    band.keygen(&["A", "B", "C"]);
    band.reshare(&["A", "B"], &["C"]);
    assert_eq!(band.active("C").unwrap().epoch, 1);
    band.reshare(&["B", "A", "C"], &[]);
    assert_eq!(band.active("C").unwrap().epoch, 3, "{:?}", band.outcome("C"));
    assert!(band.can_sign(&["C", "A"]));
}

/// CEREMONY 3.5: in a 2-of-2, replacing is adding, then removing. The refusal says how, and that works.
#[test]
fn a_device_of_two_is_replaced_in_two_steps_and_the_refusal_says_which() {
    let mut band = Band::new("replace", &["A", "X", "B"], 15);
    band.keygen(&["A", "X"]);
    let refused = band.begin_reshare(&["A", "B"], &["X"], None).unwrap_err();
    assert_eq!(refused.kind, Kind::Forbidden, "{refused:?}");
    assert!(refused.message.contains("a device that leaves takes no part"), "{refused:?}");
    let removed = vec!["X".to_owned()];
    let steps = AddThenRemove { first: 3, then: 2, removed };
    assert_eq!(refused.hint, Remedy::AddThenRemove(Box::new(steps)));
    band.reshare(&["A", "X", "B"], &[]);
    band.reshare(&["A", "B"], &["X"]);
    assert!(band.can_sign(&["B", "A"]));
}

#[test]
fn where_too_few_would_stay_the_refusal_says_how_many_to_add() {
    let mut band = Band::new("too-few", &["A", "B", "C"], 16);
    band.keygen(&["A", "B", "C"]);
    let vault = band.vault("A").unwrap();
    let aim = Aim { devices: 2, threshold: None, removed: vec!["B".into(), "C".into()] };
    let route = Route::default();
    let refused = band.with_device("A", |seat, rng| {
        reshare::initiate(seat, &vault, aim, &route, rng).err().unwrap()
    });
    // Two leave: of six devices four sign, and four stay.
    let removed = vec!["B".to_owned(), "C".to_owned()];
    let steps = AddThenRemove { first: 6, then: 4, removed };
    assert_eq!(refused.hint, Remedy::AddThenRemove(Box::new(steps)));
}
