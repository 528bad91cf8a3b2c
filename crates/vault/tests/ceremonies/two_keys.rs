//! One vault, two keys.

use std::cell::RefCell;
use std::rc::Rc;

use quorate_chain::chain;
use quorate_chain::{Curve, PublicKey, Signature as RawSignature};
use quorate_vault::ceremony::keysign::Intent;
use quorate_vault::ceremony::{Event, Patience, Suite};
use quorate_vault::certificate;
use quorate_vault::failure::Kind;
use quorate_vault::store::{Secret, State, Store};
use quorate_wire::link::Link;
use quorate_wire::relay_api::{Message, Namespace};

use super::band::{Band, message, read};

#[test]
fn a_keygen_makes_both_keys_behind_one_consent() {
    let mut band = Band::new("both", &["A", "B", "C"], 51);
    band.keygen(&["A", "B", "C"]);
    let first = band.active("A").unwrap();
    assert!(first.keys.root_eddsa().is_some());
    for name in ["A", "B", "C"] {
        let sharing = band.active(name).unwrap();
        assert_eq!(sharing.keys, first.keys);
        let device = &band.world.devices[band.index(name)];
        let shares = device.store.shares(sharing.fsid).unwrap();
        let share = shares.of[&sharing.root(Curve::Ed25519).unwrap()].expose();
        let share = quorate_eddsa::KeyShare::from_bytes(share).unwrap();
        assert_eq!(Some(share.public_key()), sharing.keys.root_eddsa());
        assert_eq!(share.party_id(), sharing.me);

        assert_eq!(device.asked.len(), 1);
        let keys: Vec<Suite> = device
            .events
            .iter()
            .filter_map(|event| match event {
                Event::Progress { ceremony: "keygen", key, .. } => Some(*key),
                _ => None,
            })
            .collect();
        let eddsa = keys.iter().position(|key| *key == Suite::Eddsa).unwrap();
        assert!(keys[..eddsa].iter().all(|key| *key == Suite::Ecdsa) && eddsa > 0);
        assert!(keys[eddsa..].iter().all(|key| *key == Suite::Eddsa));
    }
}

/// CEREMONY 8.3: a device that is still at the first key reads what is for the second one, and loses none of it.
#[test]
fn frames_that_come_before_their_protocol_s_turn_are_kept() {
    let mut band = Band::new("early", &["A", "B", "C"], 60);
    band.begin_keygen(&["A", "B", "C"]);
    // The last message of the ECDSA protocol from A to C, its fifth, is held up.
    let held: Rc<RefCell<Option<Message>>> = Rc::default();
    let (holding, mut sent) = (Rc::clone(&held), 0);
    band.world.tamper = Box::new(move |namespace, message| {
        let from_a_to_c = message.from.as_str() == "A" && message.to[0].as_str() == "C";
        sent += u32::from(*namespace == Namespace::default() && from_a_to_c);
        if sent == 5 && from_a_to_c && holding.borrow().is_none() {
            *holding.borrow_mut() = Some(message);
            return None;
        }
        Some(message)
    });
    band.world.run(8_000);
    let at = |band: &Band, name: &str| {
        let events = &band.world.devices[band.index(name)].events;
        events.iter().rev().find_map(|event| match event {
            Event::Progress { key, .. } => Some(*key),
            _ => None,
        })
    };
    assert_eq!((at(&band, "A"), at(&band, "B")), (Some(Suite::Eddsa), Some(Suite::Eddsa)));
    assert_eq!(at(&band, "C"), Some(Suite::Ecdsa));
    let mailbox = ("C".to_owned(), Namespace::default());
    assert!(band.world.relay.mailboxes[&mailbox].is_empty(), "C has read what came early");

    let late = held.take().unwrap();
    band.world.relay.mailboxes.get_mut(&mailbox).unwrap().push(late);
    band.world.run(100_000);
    for name in ["A", "B", "C"] {
        assert!(band.active(name).is_some(), "{name}: {:?}", band.outcome(name));
    }
}

#[test]
fn any_threshold_of_devices_signs_a_message_with_the_ed25519_key() {
    let mut band = Band::new("message", &["A", "B", "C"], 52);
    band.keygen(&["A", "B", "C"]);
    let public_key = band.active("A").unwrap().keys.root_eddsa().unwrap();
    for (names, text) in [(&["A", "B"][..], "one"), (&["C", "A"], "two"), (&["C", "B"], "three")] {
        for result in band.sign_message(names, text) {
            let made = result.unwrap().signatures.remove(0);
            let RawSignature::Eddsa(signature) = made.raw else {
                panic!("signed with the other key")
            };
            assert_eq!(made.signing.key, PublicKey::Eddsa(public_key));
            assert_eq!(made.signing.bytes.as_bytes(), text.as_bytes());
            assert!(quorate_eddsa::verify(&public_key, text.as_bytes(), &signature));
        }
    }
    // Every device shows what it understood, and the link carries it as other clients read it.
    let link = band.begin_signing(&["A", "B"], &message("0x6869")).unwrap();
    band.world.run(100_000);
    for name in ["A", "B"] {
        let request = &band.world.devices[band.index(name)].asked[0];
        assert!(request.lines().iter().any(|line| line == "message: hi"), "{request:?}");
    }
    let Link::Keysign(link) = Link::parse(&link).unwrap() else { panic!("no keysign") };
    let custom = link.custom.unwrap();
    assert_eq!((custom.chain.as_deref(), custom.message.as_str()), (Some("Solana"), "0x6869"));
}

#[test]
fn a_device_that_misses_the_last_message_finds_the_signature_published() {
    let mut band = Band::new("missed", &["A", "B"], 53);
    band.keygen(&["A", "B"]);
    band.begin_signing(&["A", "B"], &message("last")).unwrap();
    // A commitment and a partial signature are 65 bytes each; of those from A, the second one is lost.
    let key = quorate_wire::seal::SessionKey::from_hex(
        &band.world.devices[0].ceremony.as_ref().unwrap().meeting().key.to_hex(),
    )
    .unwrap();
    let (id, mut seen) = (Namespace::of_message(b"last"), 0);
    band.world.tamper = Box::new(move |namespace, message| {
        if *namespace == id && message.from.as_str() == "A" {
            seen += u32::from(key.open(&message.body).unwrap().len() == 165);
            if seen == 2 {
                return None;
            }
        }
        Some(message)
    });
    band.world.run(100_000);
    for name in ["A", "B"] {
        band.outcome(name).unwrap();
    }
}

#[test]
fn a_published_signature_counts_in_either_order_of_bytes_if_it_verifies() {
    let mut band = Band::new("published", &["A", "B"], 54);
    band.keygen(&["A", "B"]);
    for (round, reversed) in [(1, false), (2, true)] {
        let text = format!("message {round}");
        let made = band.sign_message(&["A", "B"], &text).remove(0).unwrap();
        let RawSignature::Eddsa(signature) = made.signatures[0].raw else {
            panic!("the other key")
        };
        let mut halves = [signature[..32].to_vec(), signature[32..].to_vec()];
        if reversed {
            halves = halves.map(|half| half.into_iter().rev().collect());
        }
        let [r, s] = halves.map(hex::encode);
        band.begin_signing(&["A", "B"], &message(&text)).unwrap();
        let b = band.index("B");
        // A's partial signature is lost, and so is what A publishes.
        let mut sent = 0;
        band.world.tamper = Box::new(move |_, message| {
            sent += u32::from(message.from.as_str() == "A");
            (message.from.as_str() != "A" || sent < 3).then_some(message)
        });
        band.world.run(2_000);
        let id = Namespace::of_message(text.as_bytes());
        let forged =
            format!(r#"{{"Msg":"","R":"{s}","S":"{r}","DerSignature":"","RecoveryID":""}}"#);
        band.world.relay.results.insert(id.clone(), forged);
        band.world.run(10_000);
        assert!(band.world.devices[b].outcome.is_none(), "a forgery was taken");
        let published = format!(r#"{{"Msg":"","R":"{r}","S":"{s}"}}"#);
        band.world.relay.results.insert(id, published);
        band.world.run(10_000);
        band.outcome("B").unwrap();
        band.world.tamper = Box::new(|_, message| Some(message));
    }
}

#[test]
fn a_reshare_moves_both_keys_and_tells_new_devices_which() {
    let mut band = Band::new("move", &["A", "B", "C", "D"], 55);
    band.keygen(&["A", "B", "C"]);
    let before = band.active("A").unwrap();
    band.reshare(&["A", "B", "D"], &["C"]);
    for name in ["A", "B", "D"] {
        let sharing = band.active(name).unwrap();
        assert_eq!(sharing.keys, before.keys);
        assert_eq!((sharing.vault, sharing.epoch), (before.vault, 2));
    }
    assert!(band.can_sign(&["D", "B"]));
    // What a quorum change leaves behind can be changed again.
    band.reshare(&["D", "A", "B"], &[]);
    assert!(band.can_sign(&["A", "D"]));
}

#[test]
fn a_refresh_gives_the_same_devices_new_shares_and_the_same_addresses() {
    let mut band = Band::new("refresh", &["A", "B", "C"], 56);
    band.keygen(&["A", "B", "C"]);
    let before = band.active("A").unwrap();
    let old = secrets(&band, "A");
    band.refresh(&["A", "B", "C"]);
    for name in ["A", "B", "C"] {
        let after = band.active(name).unwrap_or_else(|| panic!("{:?}", band.outcome(name)));
        assert_eq!((after.vault, after.chain_code), (before.vault, before.chain_code));
        assert_eq!(after.keys, before.keys);
        assert_eq!((&after.parties, after.threshold), (&before.parties, before.threshold));
        assert_eq!(after.epoch, 2);
    }
    let new = secrets(&band, "A");
    assert!(old.0.expose() != new.0.expose() && old.1.expose() != new.1.expose());
    assert!(band.can_sign(&["C", "A"]));
}

fn secrets(band: &Band, name: &str) -> (Secret<Vec<u8>>, Secret<Vec<u8>>) {
    let fsid = band.active(name).unwrap().fsid;
    let shares = band.world.devices[band.index(name)].store.shares(fsid).unwrap();
    let mut shares = shares.of.into_values();
    (shares.next().unwrap(), shares.next().unwrap())
}

/// COMMIT 2: what the Ed25519 key signs in a commit is signed in nothing else.
#[test]
fn no_message_that_could_pass_for_a_certificate_is_signed() {
    let mut band = Band::new("reserved", &["A", "B"], 57);
    band.keygen(&["A", "B"]);
    let wanted = certificate::preimage(&[7; 32]);
    for payload in [wanted.clone(), [&wanted[..], b"more"].concat()] {
        let asked = message(&format!("0x{}", hex::encode(payload)));
        let refused = read(&band, "A", &asked).unwrap_err();
        assert_eq!(refused.kind, Kind::Forbidden, "{refused:?}");
    }
    // Neither does a device that is asked by another one.
    let link = band.begin_signing(&["A"], &message("harmless")).unwrap();
    let mut link = Link::parse(&link).unwrap();
    if let Link::Keysign(keysign) = &mut link {
        keysign.custom.as_mut().unwrap().message = format!("0x{}", hex::encode(wanted));
    }
    let refused = band.join("B", &link.to_url()).unwrap_err();
    assert_eq!(refused.kind, Kind::Forbidden, "{refused:?}");
}

#[test]
fn messages_have_a_length_and_the_ed25519_key_no_paths() {
    let mut band = Band::new("length", &["A", "B"], 60);
    band.keygen(&["A", "B"]);
    let fits = format!("0x{}", "ab".repeat(65_536));
    let read = |intent: &Intent| read(&band, "A", intent);
    let whole = read(&message(&fits)).unwrap();
    assert_eq!(whole.signings[0].bytes.as_bytes().len(), 65_536);
    for payload in [String::new(), "0x".to_owned(), format!("{fits}ab")] {
        assert_eq!(read(&message(&payload)).unwrap_err().kind, Kind::Invalid);
    }
    let chain = chain::find("Solana").unwrap();
    let below = Intent::Message { payload: "hi".into(), chain, path: "m/0".into() };
    assert_eq!(read(&below).unwrap_err().kind, Kind::Invalid);
}

#[test]
fn a_vault_of_an_earlier_version_signs_and_is_reshared_with_the_one_key_it_has() {
    let mut band = Band::new("older", &["A", "B", "C", "D"], 58);
    band.keygen(&["A", "B", "C"]);
    for name in ["A", "B", "C"] {
        band.make_older(name);
    }
    assert!(band.can_sign(&["A", "C"]));
    let refused = band.sign_message(&["A", "C"], "hi").remove(0).unwrap_err();
    assert_eq!(refused.kind, Kind::Forbidden, "{refused:?}");
    band.reshare(&["A", "B", "D"], &["C"]);
    for name in ["A", "B", "D"] {
        let sharing = band.active(name).unwrap();
        assert_eq!((sharing.keys.root_eddsa(), sharing.epoch), (None, 2));
        assert_eq!(sharing.state, State::Active);
    }
    assert!(band.can_sign(&["D", "A"]));
}

/// CEREMONY 5: the first message of a protocol follows its sender's approval, which takes a person's time.
#[test]
fn a_person_may_take_minutes_to_approve() {
    for (test, seconds, waits) in [("slow", 200, true), ("too-slow", 400, false)] {
        let mut band = Band::new(test, &["A", "B"], 59);
        band.keygen(&["A", "B"]);
        band.begin_signing(&["A", "B"], &message("think")).unwrap();
        let b = band.index("B");
        band.world.devices[b].thinks = seconds * 1_000;
        band.world.run(500_000);
        assert!(Patience::default().consent > 200_000);
        assert_eq!(band.outcome("A").is_ok(), waits, "{:?}", band.outcome("A"));
    }
}
