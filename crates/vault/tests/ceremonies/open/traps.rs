//! What live runs with other clients have taught (`spec/clients.md`).

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use quorate_chain::Signature as RawSignature;
use quorate_chain::chain;
use quorate_vault::ceremony::join::{self, ExpectedDigest};
use quorate_vault::ceremony::keysign::Intent;
use quorate_vault::ceremony::{Outcome, Signature};
use quorate_vault::failure::{Kind, Remedy};
use quorate_vault::store::Store;
use quorate_wire::link::Link;
use quorate_wire::relay_api::Namespace;

use super::super::band::{Band, message};
use super::super::world::{Habits, Ways};
use super::{
    BATCH, SEQUENTIAL, accustom, all_hold, band, begin_keygen, begin_reshare, begin_signing,
    keygen, plain, reshare, sign, text,
};

/// Counts what P sends to A in a signing, and loses it from the `last`-th on.
fn lose_from(band: &mut Band, last: usize) -> Rc<Cell<usize>> {
    let sent = Rc::new(Cell::new(0));
    let counter = Rc::clone(&sent);
    band.world.tamper = Box::new(move |_, message| {
        if message.from.as_str() == "P" {
            counter.set(counter.get() + 1);
        }
        (message.from.as_str() != "P" || counter.get() < last).then_some(message)
    });
    sent
}

fn halves(signature: &Signature) -> [String; 2] {
    let bytes = &signature.raw.as_bytes()[..64];
    [hex::encode(&bytes[..32]), hex::encode(&bytes[32..])]
}

fn signed(band: &Band, name: &str) -> Signature {
    match band.outcome(name) {
        Ok(Outcome::Signed(mut signed)) => signed.signatures.remove(0),
        other => panic!("{name}: {other:?}"),
    }
}

/// A client that has the signature stops sending, and its last message never comes. What it publishes is taken, in each
/// of the spellings of the field, once it verifies.
#[test]
fn a_last_message_that_never_comes_is_made_up_for_by_a_published_signature_that_verifies() {
    let mut band = band("last", &["A", "P"], 230);
    keygen(&mut band, &["A", "P"], SEQUENTIAL);
    let reversed = |half: &String| {
        hex::encode(hex::decode(half).unwrap().into_iter().rev().collect::<Vec<_>>())
    };
    for (curve, intent) in [("ecdsa", text("hello")), ("eddsa", message("hello"))] {
        let sent = lose_from(&mut band, usize::MAX);
        begin_signing(&mut band, &["P", "A"], &intent);
        band.world.run(100_000);
        let count = sent.get();
        for spelling in 0..4 {
            lose_from(&mut band, count);
            begin_signing(&mut band, &["P", "A"], &intent);
            let p = band.index("P");
            for _ in 0..100 {
                band.world.run(100);
                if band.world.devices[p].outcome.is_some() {
                    break;
                }
            }
            let made = signed(&band, "P");
            let id = Namespace::of_message(made.signing.bytes.as_bytes());
            let [r, s] = halves(&made);
            let recovery_id = match &made.raw {
                RawSignature::Ecdsa(signature) => format!("{:02x}", signature[64]),
                RawSignature::Eddsa(_) => "00".to_owned(),
            };
            let (msg, base64) =
                (hex::encode([7; 32]), "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
            let forged = format!(r#"{{"msg":"{msg}","r":"{s}","s":"{r}","recovery_id":"00"}}"#);
            band.world.relay.results.insert(id.clone(), forged);
            band.world.run(8_000);
            let a = band.index("A");
            assert!(band.world.devices[a].outcome.is_none(), "{curve}: a forgery was taken");

            let published = match spelling {
                0 => format!(
                    r#"{{"msg":"{base64}","r":"{r}","s":"{s}","der_signature":"00","recovery_id":"{recovery_id}"}}"#
                ),
                1 => format!(
                    r#"{{"msg":"{msg}","r":"{r}","s":"{s}","derSignature":"","recoveryID":"{recovery_id}"}}"#
                ),
                2 => format!(
                    r#"{{"Msg":"{msg}","R":"{r}","S":"{s}","DerSignature":"","RecoveryID":"{recovery_id}"}}"#
                ),
                _ if curve == "ecdsa" => continue,
                // Historically, phones write the numbers of Ed25519 the other way round.
                _ => format!(r#"{{"Msg":"{msg}","R":"{}","S":"{}"}}"#, reversed(&r), reversed(&s)),
            };
            band.world.relay.results.insert(id, published);
            band.world.run(10_000);
            assert_eq!(halves(&signed(&band, "A")), [r, s], "{curve}, spelling {spelling}");
        }
        band.world.tamper = Box::new(|_, message| Some(message));
    }
}

/// Three devices, of which ours is the fastest: it must not speak for the second key while the phones, which would lose
/// that, are at the first.
#[test]
fn phones_that_lose_what_comes_early_finish_with_a_fast_device_of_ours() {
    for (first, others) in [("A", ["P", "Q"]), ("P", ["A", "Q"])] {
        let mut band = band(&format!("fast-{first}"), &["A", "P", "Q"], 231);
        let names = [first, others[0], others[1]];
        keygen(&mut band, &names, SEQUENTIAL);
        reshare(&mut band, &names, SEQUENTIAL, 2);
    }
}

/// A phone that is slow between the two keys loses more than the pause can save: what it lost is sent again.
#[test]
fn what_a_slow_phone_has_lost_is_sent_again_in_a_keygen_and_in_a_reshare() {
    for terms in [SEQUENTIAL, BATCH] {
        let mut band = band(&format!("slow-{}", terms.batch), &["A", "P"], 232);
        for (new, epoch) in [(true, 1), (false, 2)] {
            // Of A's words P loses the first in each mailbox, and the fourth of all; and it looks at no hash twice.
            let (mut heard, mut lost) = (Vec::new(), BTreeSet::new());
            band.world.tamper = Box::new(move |namespace, message| {
                if message.from.as_str() != "A" {
                    return Some(message);
                }
                if !heard.contains(namespace) || heard.len() == 3 {
                    lost.insert(message.hash.clone());
                }
                heard.push(namespace.clone());
                (!lost.contains(&message.hash)).then_some(message)
            });
            if new {
                begin_keygen(&mut band, &["A", "P"], terms);
            } else {
                begin_reshare(&mut band, &["A", "P"], &[], terms).unwrap();
            }
            band.world.run(200_000);
            all_hold(&band, &["A", "P"], epoch);
        }
    }
}

/// What finished a protocol stays in the mailbox and comes to the next one; everything comes twice, under two hashes.
#[test]
fn what_a_protocol_has_used_disturbs_no_later_one() {
    for ways in [
        Ways { keeps_mail: true, ..Ways::default() },
        Ways { echoes: true, ..Ways::default() },
        Ways { keeps_mail: true, echoes: true, newest_first: true, ..Ways::default() },
    ] {
        let mut band =
            band(&format!("stays-{}{}", ways.keeps_mail, ways.echoes), &["A", "B", "P"], 233);
        band.world.relay.ways = ways;
        keygen(&mut band, &["A", "P"], SEQUENTIAL);
        reshare(&mut band, &["P", "A", "B"], SEQUENTIAL, 2);
        sign(&mut band, &["B", "P"]);
    }
}

/// `sequence_no` counts one sender's messages, in one client from 0, in another from 1, for every protocol anew; some
/// leave it out. Nothing is decided by it.
#[test]
fn numbers_that_begin_anew_or_are_missing_put_nothing_out_of_order() {
    for (seed, restarts) in [(234, true), (235, false)] {
        let mut band = band(&format!("numbers-{restarts}"), &["A", "P"], seed);
        let mut number = 0;
        band.world.tamper = Box::new(move |_, mut message| {
            number = (number + 1) % 3;
            message.sequence_no = if restarts { number } else { 0 };
            Some(message)
        });
        keygen(&mut band, &["A", "P"], SEQUENTIAL);
        sign(&mut band, &["A", "P"]);
    }
}

/// Phones sort what came from all their peers by these numbers: those of a round must be about the same, whoever sends it,
/// and also where a device that comes new sends less than one that stays.
#[test]
fn the_letters_of_every_protocol_are_numbered_from_0() {
    let counted = |last: i64| (0..=last).collect::<Vec<_>>();
    let dealt = |rounds: usize| [counted(0).repeat(rounds), vec![10_000, 10_001]].concat();
    for (seed, terms, mailboxes) in
        [(239, SEQUENTIAL, ["", ""]), (240, BATCH, ["p-ecdsa", "p-eddsa"])]
    {
        let mut band = band(&format!("from-0-{}", terms.batch), &["A", "P", "B"], seed);
        // Nothing is lost, and so nothing sent again.
        accustom(&mut band, "P", Habits { loses_early: false, ..Habits::PHONE });
        let letters = Rc::new(RefCell::new(Vec::new()));
        let seen = Rc::clone(&letters);
        band.world.tamper = Box::new(move |namespace, message| {
            let letter = (namespace.to_string(), message.sequence_no);
            seen.borrow_mut().push((message.from.to_string(), message.to[0].to_string(), letter));
            Some(message)
        });
        let of = |from: &str, to: &str| -> Vec<(String, i64)> {
            let letters = letters.borrow();
            let ours = letters.iter().filter(|(a, b, _)| (&**a, &**b) == (from, to));
            ours.map(|(_, _, letter)| letter.clone()).collect()
        };
        let expected = |ecdsa: Vec<i64>, eddsa: Vec<i64>| -> Vec<(String, i64)> {
            let [first, second] =
                mailboxes.map(|mailbox| move |number| (String::from(mailbox), number));
            ecdsa.into_iter().map(first).chain(eddsa.into_iter().map(second)).collect()
        };
        keygen(&mut band, &["A", "P"], terms);
        let sent = of("A", "P");
        assert!(sent.starts_with(&expected(counted(4), counted(2))), "{sent:?}");

        letters.borrow_mut().clear();
        reshare(&mut band, &["A", "P"], terms, 2);
        let sent = of("A", "P");
        assert!(sent.starts_with(&expected(dealt(5), counted(5))), "{sent:?}");

        // B comes new, and sends to two.
        letters.borrow_mut().clear();
        reshare(&mut band, &["A", "P", "B"], terms, 3);
        let numbers: Vec<i64> = of("B", "P").into_iter().map(|(_, number)| number).collect();
        assert!(numbers.starts_with(&[1, 10_001, 10_003, 1, 3]), "{numbers:?}");
    }
}

/// The SDK's links carry no message.
#[test]
fn a_link_without_a_message_is_refused_unless_the_person_knows_what_is_signed() {
    let mut band = band("no-message", &["A", "P"], 236);
    keygen(&mut band, &["A", "P"], SEQUENTIAL);
    for chain in ["Ethereum", "Solana"].map(|name| chain::find(name).unwrap()) {
        let digest = [0x5a; 32];
        let intent = Intent::Digest { digest, chain, path: chain.path.to_owned() };
        let link = begin_signing_alone(&mut band, &intent);
        let refused = band.join("A", &link).unwrap_err();
        assert_eq!(refused.kind, Kind::Invalid, "{refused:?}");
        assert_eq!(refused.hint, Remedy::NameTheDigest);

        for (told, signs) in [([0x5b; 32], false), (digest, true)] {
            let link = begin_signing_alone(&mut band, &intent);
            tell(&mut band, &link, ExpectedDigest { digest: told, chain });
            band.world.run(400_000);
            assert_eq!(band.outcome("A").is_ok(), signs, "{:?}", band.outcome("A"));
        }
        assert_eq!(halves(&signed(&band, "A")), halves(&signed(&band, "P")));
    }
}

/// P starts, and nobody follows yet. The link as another client writes it.
fn begin_signing_alone(band: &mut Band, intent: &Intent) -> String {
    plain(&begin_signing(band, &["P"], intent))
}

/// A joins knowing what is to be signed.
fn tell(band: &mut Band, link: &str, told: ExpectedDigest) {
    let link = Link::parse(link).unwrap();
    let joined = band.with_device("A", |seat, rng| join::join(seat, link, Some(told), rng));
    band.enter("A", joined.unwrap());
}

/// Where both keys share a mailbox, frames for the second one must not meet a phone that is still at the first.
#[test]
fn ours_is_silent_for_a_second_between_the_keys_where_they_share_a_mailbox() {
    for (seed, terms) in [(237, SEQUENTIAL), (238, BATCH)] {
        let mut band = band(&format!("pause-{seed}"), &["A", "P"], seed);
        let said = Rc::new(Cell::new(0));
        let counter = Rc::clone(&said);
        band.world.tamper = Box::new(move |_, message| {
            counter.set(counter.get() + u32::from(message.from.as_str() == "A"));
            Some(message)
        });
        begin_keygen(&mut band, &["A", "P"], terms);
        // A sends P five messages for the ECDSA key, then those for the other one.
        let mut silence = 0;
        while said.get() <= 5 {
            band.world.run(100);
            silence += u32::from(said.get() == 5);
        }
        assert_eq!(silence >= 10, terms == SEQUENTIAL, "{silence} tenths of a second");
        band.world.run(100_000);
        all_hold(&band, &["A", "P"], 1);
    }
}

/// P gives its attempt up and begins anew: with the same setup, and other words under the same ids.
fn begin_anew(band: &mut Band, link: &str) {
    let p = band.index("P");
    band.world.devices[p].outcome = None;
    // A new machine in the same seat: the lobby is as if it had not come yet.
    band.world.relay.participants.retain(|party| party != "P");
    band.join("P", &plain(link)).unwrap();
}

/// CEREMONY 10.2.
#[test]
fn of_two_attempts_of_a_phone_that_wait_for_a_slow_person_the_newer_one_counts() {
    let mut band = band("anew", &["A", "P"], 260);
    keygen(&mut band, &["A", "P"], SEQUENTIAL);
    for intent in [text("slow"), message("slow")] {
        let a = band.index("A");
        band.world.devices[a].thinks = 90_000;
        let link = begin_signing(&mut band, &["A", "P"], &intent);
        band.world.run(65_000);
        begin_anew(&mut band, &link);
        band.world.run(100_000);
        assert_eq!(halves(&signed(&band, "A")), halves(&signed(&band, "P")));
    }
}

/// CEREMONY 10.3: messages of two attempts do not fit together, and would fail checks that ban.
#[test]
fn a_phone_that_begins_anew_in_the_middle_is_named_and_never_banned() {
    let mut ended = [0; 2];
    for (intent, at) in [(text("hello"), 0), (message("hello"), 1)] {
        for k in 2..9 {
            let mut band = band(&format!("anew-{at}-{k}"), &["A", "P"], 261);
            keygen(&mut band, &["A", "P"], SEQUENTIAL);
            let link = begin_signing(&mut band, &["A", "P"], &intent);
            for _ in 0..k {
                band.world.run(100);
            }
            if band.world.devices.iter().any(|device| device.outcome.is_some()) {
                break;
            }
            let p = band.index("P");
            if band.world.devices[p].key().is_none() {
                continue;
            }
            begin_anew(&mut band, &link);
            band.world.run(400_000);
            let fsid = band.active("A").unwrap().fsid;
            for device in &band.world.devices {
                assert!(device.store.bans(fsid).unwrap().is_empty(), "{at}, {k}: {}", device.me);
            }
            let Err(failure) = band.outcome("A") else { continue };
            assert!(failure.blamed.is_empty(), "{at}, {k}: {failure:?}");
            assert_eq!(failure.aborted_by.as_deref(), Some("P"), "{at}, {k}: {failure:?}");
            assert!(failure.message.contains("has begun anew"), "{at}, {k}: {failure:?}");
            ended[at] += 1;
        }
    }
    assert!(ended.iter().all(|&count| count > 0), "{ended:?}");
}
