mod recorded;

use std::collections::BTreeMap;

use quorate_core::session::{Cast, Delivery, Kind, Outgoing};
use quorate_core::{Abort, PartyIndex};
use zeroize::Zeroizing;

use super::exchange::{Exchange, Incoming, NoChannel, NotAParty, Opened, SealError};
use super::private::{Channel, KeyPair};
use super::{Check, Enclosure, MessageId};
use crate::setup::{Body, Setup, Suite, build};
use crate::testing::{Script, damage, rng, switch, unhex, unhex_array, vector};

const SETUPS: &[u8] = include_bytes!("../../../../vectors/dkls23/setup_messages.json.xz");
const PRIMITIVES: &[u8] = include_bytes!("../../../../vectors/dkls23/primitives.json.xz");

const OPEN: Kind = Kind { tag: 1, cast: Cast::Broadcast, len: 5 };
const SECRET: Kind = Kind { tag: 2, cast: Cast::Private, len: 6 };
const SIGNED: Kind = Kind { tag: 3, cast: Cast::Signed, len: 6 };
const ENCLOSED: Kind = Kind { tag: 4, cast: Cast::Enclosed, len: 6 };

fn index(j: u8) -> PartyIndex {
    PartyIndex::new(j)
}

fn setup(suite: Suite) -> Setup {
    let body = Body::Dkg { threshold: 2, key_id: None };
    let bytes = build(suite, &body, &["alice", "bobby", "carol"], &mut rng(1)).unwrap();
    Setup::parse(suite, &bytes).unwrap()
}

/// The traffic of each of three parties, who wait for one broadcast and one private message from each other.
fn three() -> [Exchange; 3] {
    three_of(Suite::Ecdsa)
}

fn three_of(suite: Suite) -> [Exchange; 3] {
    let setup = setup(suite);
    [0, 1, 2].map(|me| {
        let mut exchange = Exchange::new(&setup, index(me), &mut rng(10 + u64::from(me))).unwrap();
        let others = PartyIndex::first(3).filter(|&j| j != index(me));
        exchange.expect(others.flat_map(|j| [(j, OPEN), (j, SECRET)]).collect());
        exchange
    })
}

/// The same, each with a key for enclosed messages, and also waiting for one such and a signed one from each other.
fn enclosing() -> [Exchange; 3] {
    let mut me = 0;
    three().map(|exchange| {
        let mut exchange = exchange.with_enclosure(Enclosure::draw(&mut rng(20 + me)));
        me += 1;
        let parties = PartyIndex::first(3);
        exchange.expect(parties.flat_map(|j| [(j, SIGNED), (j, ENCLOSED)]).collect());
        exchange
    })
}

fn meet(parties: &mut [Exchange; 3]) {
    let keys: BTreeMap<_, _> =
        PartyIndex::first(3).zip(parties.iter().map(Exchange::channel_key)).collect();
    for party in parties {
        assert_eq!(party.learn(keys.clone()), Ok(vec![]));
    }
}

fn broadcast(tag: u64, payload: &[u8]) -> Outgoing {
    Outgoing { tag, delivery: Delivery::Broadcast, payload: Zeroizing::new(payload.to_vec()) }
}

fn private(tag: u64, to: u8, payload: &[u8]) -> Outgoing {
    Outgoing {
        tag,
        delivery: Delivery::Private(index(to)),
        payload: Zeroizing::new(payload.to_vec()),
    }
}

fn enclosed(to: u8, key: &[u8; 32]) -> Outgoing {
    let delivery = Delivery::Enclosed(index(to), *key);
    Outgoing { tag: ENCLOSED.tag, delivery, payload: Zeroizing::new(b"secret".to_vec()) }
}

fn opened(from: u8, tag: u64, payload: &[u8]) -> Opened {
    Opened { from: index(from), tag, payload: Zeroizing::new(payload.to_vec()) }
}

fn is(from: u8, tag: u64, payload: &[u8]) -> Incoming {
    Incoming::Opened(opened(from, tag, payload))
}

#[test]
fn keys_and_ciphertexts_are_those_of_production() {
    let case = &vector(PRIMITIVES)["p2p_encryption"];
    let secret = |name: &str| KeyPair::draw(&mut Script(unhex(&case[name])));
    let (sender, receiver) = (secret("sender_secret"), secret("receiver_secret"));
    assert_eq!(sender.public_key()[..], unhex(&case["sender_public"]));

    let agree = |secret, peer: &str| {
        Channel::agree(secret, &unhex_array(&case[peer]), Check::KeyContributes).unwrap()
    };
    let there = agree(&sender, "receiver_public");
    let back = agree(&receiver, "sender_public");
    let header = unhex(&case["header"]);
    let id = MessageId::of_frame(&header).unwrap();
    let flags = u16::from_le_bytes([header[34], header[35]]);
    let counter = u32::try_from(case["counter"].as_u64().unwrap()).unwrap();
    let plain = unhex(&case["plaintext"]);

    let frame = there.seal(&id, flags, &[], counter, &plain).unwrap();
    assert_eq!(hex::encode(&frame), case["message"].as_str().unwrap());
    assert_eq!(*back.open(&frame, 0).unwrap(), plain);
    assert!(there.open(&frame, 0).is_none(), "the two directions have different keys");
}

#[test]
fn aborts_are_those_of_production() {
    for case in vector(SETUPS).as_array().unwrap() {
        let Ok(setup) = Setup::parse(Suite::Ecdsa, &unhex(&case["setup"])) else {
            continue;
        };
        let frames = case["abort_messages"].as_array().unwrap();
        for (me, frame) in PartyIndex::first(setup.size()).zip(frames) {
            let exchange = Exchange::new(&setup, me, &mut rng(2)).unwrap();
            assert_eq!(hex::encode(exchange.abort().bytes), frame.as_str().unwrap());
        }
    }
}

/// Keys of small order, whose product with any secret is zero; the last two are not reduced.
fn small_order() -> [[u8; 32]; 5] {
    let order_8 = "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800";
    let order_8: [u8; 32] = hex::decode(order_8).unwrap().try_into().unwrap();
    let [mut one, mut p, mut with_top_bit] = [[0; 32], [0xff; 32], order_8];
    one[0] = 1;
    (p[0], p[31]) = (0xed, 0x7f);
    with_top_bit[31] |= 0x80;
    [[0; 32], one, order_8, p, with_top_bit]
}

#[test]
fn check_frame_3_1_names_the_party_whose_key_lets_others_read() {
    switch();
    for key in small_order() {
        let [mut alice, bobby, _] = three();
        let keys = BTreeMap::from([(index(1), bobby.channel_key()), (index(2), key)]);
        assert_eq!(alice.learn(keys), Err(Abort::blame(index(2), Check::KeyContributes)));
    }
}

#[test]
fn check_frame_4_1_names_the_party_that_wants_a_secret_enclosed_for_everybody() {
    switch();
    for key in small_order() {
        let [mut alice, ..] = enclosing();
        let refused = alice.seal(&enclosed(1, &key));
        let abort = Abort::blame(index(1), Check::EnclosureKeyContributes);
        assert_eq!(refused, Err(SealError::Refused(abort)));
    }
}

#[test]
fn a_message_in_front_of_a_key_of_small_order_is_not_opened() {
    let [_, mut bobby, _] = enclosing();
    // Under the agreed key that everybody knows.
    let nobody = Enclosure::draw(&mut rng(7));
    let shared =
        Channel::agree(&KeyPair::draw(&mut rng(8)), &nobody.public_key(), Check::KeyContributes);
    let alice = enclosing()[0].own_id(ENCLOSED.tag, Some(index(1)));
    for key in small_order() {
        let frame = shared.as_ref().unwrap().seal(&alice, 0, &key, 1, b"secret").unwrap();
        assert_eq!(bobby.open(&frame), Incoming::Ignored);
    }
}

#[test]
fn an_enclosed_message_brings_its_senders_key_and_reaches_its_receiver_only() {
    let [mut alice, mut bobby, mut carol] = enclosing();
    let (sender, receiver) =
        ([0, 1]).map(|j| Enclosure::draw(&mut rng(20 + j)).public_key()).into();
    let frame = alice.seal(&enclosed(1, &receiver)).unwrap();
    assert_eq!((frame.to, frame.bytes.len()), (Some(index(1)), 36 + 32 + 6 + 28));
    assert_eq!(frame.bytes[32..36], [100, 0, 0, 0]);
    assert_eq!(frame.bytes[36..68], sender);
    assert_eq!(carol.open(&frame.bytes), Incoming::Ignored);
    for bit in 0..frame.bytes.len() * 8 {
        let mut bad = frame.bytes.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        // The key is read as its receiver reads keys: without the highest bit.
        if bit != 68 * 8 - 1 {
            assert_eq!(bobby.open(&bad), Incoming::Ignored, "bit {bit}");
        }
    }
    assert_eq!(bobby.open(&frame.bytes[..frame.bytes.len() - 1]), Incoming::Ignored);
    assert_eq!(bobby.open(&frame.bytes), is(0, ENCLOSED.tag, b"secret"));
    assert_eq!(bobby.open(&frame.bytes), Incoming::Ignored);
}

#[test]
fn enclosed_messages_are_numbered_by_themselves() {
    let mut parties = enclosing();
    meet(&mut parties);
    let [mut alice, ..] = parties;
    for counter in 1..=3_u8 {
        alice.seal(&private(2, 1, b"secret")).unwrap();
        let key = Enclosure::draw(&mut rng(21)).public_key();
        let frame = alice.seal(&enclosed(1 + counter % 2, &key)).unwrap();
        let mut nonce = [0; 12];
        nonce[0] = counter;
        assert_eq!(frame.bytes[frame.bytes.len() - 12..], nonce);
    }
}

#[test]
fn a_signed_message_is_for_one_party() {
    let [mut alice, mut bobby, mut carol] = enclosing();
    let delivery = Delivery::Signed(index(1));
    let payload = Zeroizing::new(b"my key".to_vec());
    let frame = alice.seal(&Outgoing { tag: SIGNED.tag, delivery, payload }).unwrap();
    assert_eq!((frame.to, frame.bytes.len()), (Some(index(1)), 36 + 6 + 64));
    assert_eq!(frame.bytes[32..36], [100, 0, 0, 0]);
    assert_eq!(carol.open(&frame.bytes), Incoming::Ignored);
    let mut bad = frame.bytes.clone();
    bad[40] ^= 1;
    assert_eq!(bobby.open(&bad), Incoming::Ignored);
    assert_eq!(bobby.open(&frame.bytes), is(0, SIGNED.tag, b"my key"));
    assert_eq!(bobby.open(&frame.bytes), Incoming::Ignored);
}

#[test]
fn private_messages_of_an_ed25519_run_carry_no_flags() {
    let mut parties = three_of(Suite::Eddsa);
    meet(&mut parties);
    let [mut alice, mut bobby, _] = parties;
    let frame = alice.seal(&private(2, 1, b"secret")).unwrap();
    assert_eq!(frame.bytes[32..36], [100, 0, 0, 0]);
    assert_eq!(bobby.open(&frame.bytes), is(0, 2, b"secret"));
}

#[test]
fn every_party_with_a_bad_key_is_named_and_the_others_stay_reachable() {
    let [mut alice, bobby, _] = three();
    let bad = BTreeMap::from([(index(1), [0; 32]), (index(2), [0; 32])]);
    let named = [1, 2].map(|j| (index(j), Check::KeyContributes));
    assert_eq!(alice.learn(bad), Err(Abort::Blame(named.into())));
    assert_eq!(alice.learn(BTreeMap::from([(index(1), bobby.channel_key())])), Ok(vec![]));
    assert!(alice.seal(&private(2, 1, b"secret")).is_ok());
}

#[test]
fn a_broadcast_reaches_everybody_once() {
    let [mut alice, mut bobby, mut carol] = three();
    let frame = alice.seal(&broadcast(1, b"hello")).unwrap();
    assert_eq!((frame.to, frame.bytes.len()), (None, 105));
    assert_eq!(bobby.open(&frame.bytes), is(0, 1, b"hello"));
    assert_eq!(carol.open(&frame.bytes), is(0, 1, b"hello"));
    assert_eq!(bobby.open(&frame.bytes), Incoming::Ignored, "a duplicate");
    assert_eq!(alice.open(&frame.bytes), Incoming::Ignored, "one's own");
}

#[test]
fn a_private_message_reaches_its_receiver_only() {
    let mut parties = three();
    meet(&mut parties);
    let [mut alice, mut bobby, mut carol] = parties;
    let frame = alice.seal(&private(2, 1, b"secret")).unwrap();
    assert_eq!((frame.to, frame.bytes.len()), (Some(index(1)), 70));
    assert_eq!(frame.bytes[32..36], [100, 0, 1, 0x80], "ttl, single receiver, its position");
    assert!(!frame.bytes.windows(6).any(|part| part == b"secret"));
    assert_eq!(carol.open(&frame.bytes), Incoming::Ignored);
    assert_eq!(bobby.open(&frame.bytes), is(0, 2, b"secret"));
    assert_eq!(bobby.open(&frame.bytes), Incoming::Ignored);
}

#[test]
fn encryptions_are_numbered_across_receivers() {
    let mut parties = three();
    meet(&mut parties);
    let [mut alice, ..] = parties;
    for counter in 1..=4_u8 {
        let frame = alice.seal(&private(2, 1 + counter % 2, b"secret")).unwrap();
        let mut nonce = [0; 12];
        nonce[0] = counter;
        assert_eq!(frame.bytes[58..], nonce);
    }
}

#[test]
fn an_early_private_message_waits_for_its_senders_key() {
    let [mut alice, mut bobby, _] = three();
    alice.learn(BTreeMap::from([(index(1), bobby.channel_key())])).unwrap();
    let frame = alice.seal(&private(2, 1, b"secret")).unwrap();
    assert_eq!(bobby.open(&frame.bytes), Incoming::Kept);
    assert_eq!(bobby.open(&frame.bytes), Incoming::Ignored, "the same bytes again");
    let learned = bobby.learn(BTreeMap::from([(index(0), alice.channel_key())]));
    assert_eq!(learned, Ok(vec![opened(0, 2, b"secret")]));
    assert_eq!(bobby.open(&frame.bytes), Incoming::Ignored, "it has been delivered");
}

#[test]
fn a_forged_early_copy_does_not_shut_out_the_real_one() {
    let [mut alice, mut bobby, _] = three();
    alice.learn(BTreeMap::from([(index(1), bobby.channel_key())])).unwrap();
    let frame = alice.seal(&private(2, 1, b"secret")).unwrap().bytes;
    for forged in 0..7_u8 {
        let mut copy = frame.clone();
        copy[40] ^= 1 + forged;
        assert_eq!(bobby.open(&copy), Incoming::Kept);
    }
    assert_eq!(bobby.open(&frame), Incoming::Kept);
    let learned = bobby.learn(BTreeMap::from([(index(0), alice.channel_key())]));
    assert_eq!(learned, Ok(vec![opened(0, 2, b"secret")]));
}

#[test]
fn early_copies_are_bounded_and_a_late_one_is_still_taken() {
    let [mut alice, mut bobby, _] = three();
    alice.learn(BTreeMap::from([(index(1), bobby.channel_key())])).unwrap();
    let frame = alice.seal(&private(2, 1, b"secret")).unwrap().bytes;
    let kept = (0..100_u8)
        .filter(|forged| {
            let mut copy = frame.clone();
            copy[40] ^= 1 + forged;
            bobby.open(&copy) == Incoming::Kept
        })
        .count();
    assert_eq!(kept, 8);
    assert_eq!(bobby.learn(BTreeMap::from([(index(0), alice.channel_key())])), Ok(vec![]));
    assert_eq!(bobby.open(&frame), is(0, 2, b"secret"));
}

#[test]
fn a_frame_that_fails_leaves_its_place_free() {
    let mut parties = three();
    meet(&mut parties);
    let [mut alice, mut bobby, _] = parties;
    for good in [
        alice.seal(&broadcast(1, b"hello")).unwrap().bytes,
        alice.seal(&private(2, 1, b"secret")).unwrap().bytes,
    ] {
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(bobby.open(&bad), Incoming::Ignored, "bit {bit}");
        }
        assert!(matches!(bobby.open(&good), Incoming::Opened(_)));
    }
}

#[test]
fn another_length_is_ignored_however_well_signed() {
    let mut parties = three();
    meet(&mut parties);
    let [mut alice, mut bobby, _] = parties;
    for payload in [&b""[..], b"four", b"sixsix"] {
        let frame = alice.seal(&broadcast(1, payload)).unwrap();
        assert_eq!(bobby.open(&frame.bytes), Incoming::Ignored);
    }
    for payload in [&b""[..], b"five!", b"seven!!"] {
        let frame = alice.seal(&private(2, 1, payload)).unwrap();
        assert_eq!(bobby.open(&frame.bytes), Incoming::Ignored);
    }
    let frame = alice.seal(&broadcast(1, b"hello")).unwrap();
    assert_eq!(bobby.open(&frame.bytes), is(0, 1, b"hello"));
}

#[test]
fn nobody_speaks_for_another() {
    let [alice, mut bobby, mut carol] = three();
    let victim = MessageId::of_frame(&alice.abort().bytes).unwrap();
    let mut forged = carol.seal(&broadcast(1, b"")).unwrap().bytes;
    forged[..32].copy_from_slice(victim.as_bytes());
    assert_eq!(bobby.open(&forged), Incoming::Ignored);
}

#[test]
fn an_abort_names_its_sender() {
    let [alice, mut bobby, _] = three();
    assert_eq!(alice.abort().bytes.len(), 100);
    assert_eq!(bobby.open(&alice.abort().bytes), Incoming::Abort { from: index(0) });
    assert_eq!(bobby.open(&alice.abort().bytes), Incoming::Ignored);
    assert_eq!(bobby.open(&bobby.abort().bytes), Incoming::Ignored);
}

/// FRAME 5.6.
#[test]
fn another_payload_under_a_used_id_says_that_its_sender_has_begun_anew() {
    let [mut alice, mut bobby, mut carol] = three();
    let frame = alice.seal(&broadcast(1, b"hello")).unwrap();
    let anew = alice.seal(&broadcast(1, b"howdy")).unwrap();
    assert_eq!(bobby.open(&frame.bytes), is(0, 1, b"hello"));
    for _ in 0..2 {
        assert_eq!(bobby.open(&anew.bytes), Incoming::Anew { from: index(0) });
        assert_eq!(bobby.open(&frame.bytes), Incoming::Ignored, "the same words again");
    }
    for at in 36..anew.bytes.len() {
        let mut forged = anew.bytes.clone();
        forged[at] ^= 1;
        assert_eq!(bobby.open(&forged), Incoming::Ignored, "not signed, byte {at}");
    }
    assert_eq!(carol.open(&anew.bytes), is(0, 1, b"howdy"), "whichever comes first");
    assert_eq!(carol.open(&frame.bytes), Incoming::Anew { from: index(0) });
}

#[test]
fn frames_of_another_run_are_unknown() {
    let body = Body::Dkg { threshold: 2, key_id: None };
    let names = ["alice", "bobby", "carol"];
    let other =
        Setup::parse(Suite::Ecdsa, &build(Suite::Ecdsa, &body, &names, &mut rng(99)).unwrap())
            .unwrap();
    let other = Exchange::new(&other, index(0), &mut rng(3)).unwrap();
    let [_, mut bobby, _] = three();
    assert_eq!(bobby.open(&other.abort().bytes), Incoming::Ignored);
}

#[test]
fn the_first_key_learned_stays() {
    let [mut alice, mut bobby, carol] = three();
    bobby.learn(BTreeMap::from([(index(0), alice.channel_key())])).unwrap();
    bobby.learn(BTreeMap::from([(index(0), carol.channel_key())])).unwrap();
    alice.learn(BTreeMap::from([(index(1), bobby.channel_key())])).unwrap();
    let frame = alice.seal(&private(2, 1, b"secret")).unwrap();
    assert_eq!(bobby.open(&frame.bytes), is(0, 2, b"secret"));
}

#[test]
fn without_a_key_or_a_place_there_is_an_error() {
    let [mut alice, ..] = three();
    assert_eq!(alice.seal(&private(2, 1, b"secret")), Err(NoChannel(index(1)).into()));
    assert_eq!(alice.seal(&enclosed(1, &[9; 32])), Err(NoChannel(index(1)).into()));
    assert_eq!(alice.seal(&private(2, 9, b"secret")), Err(NoChannel(index(9)).into()));
    let stranger = Exchange::new(&setup(Suite::Ecdsa), index(3), &mut rng(1)).unwrap_err();
    assert_eq!(stranger, NotAParty(index(3)));
}

#[test]
fn debug_output_shows_no_secret() {
    let [alice, ..] = three();
    assert_eq!(format!("{alice:?}"), "Exchange { me: PartyIndex(0), expected: 6, .. }");
}

#[test]
fn damaged_frames_are_ignored_without_a_panic() {
    let mut rng = rng(0xf);
    let mut parties = three();
    let early = &parties[1].channel_key();
    let early = Channel::agree(&KeyPair::draw(&mut rng), early, Check::KeyContributes).unwrap();
    let id = MessageId::of_frame(&parties[0].abort().bytes).unwrap();
    let strange = early.seal(&id, 0, &[], 1, b"secret").unwrap();
    meet(&mut parties);
    let [mut alice, mut bobby, _] = parties;
    let frames = [
        strange,
        alice.abort().bytes,
        alice.seal(&broadcast(1, b"hello")).unwrap().bytes,
        alice.seal(&private(2, 1, b"secret")).unwrap().bytes,
    ];
    for frame in frames {
        for len in 0..frame.len() {
            assert_eq!(bobby.open(&frame[..len]), Incoming::Ignored);
        }
        for _ in 0..500 {
            assert_eq!(bobby.open(&damage(&frame, &mut rng)), Incoming::Ignored);
        }
    }
}
