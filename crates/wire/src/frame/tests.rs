use std::collections::{BTreeMap, BTreeSet};

use quorate_core::session::{Cast, Delivery, Kind, Outgoing};
use quorate_core::{Abort, PartyIndex};
use serde_json::Value;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use super::exchange::{Exchange, Incoming, NoChannel, NotAParty, NotContributory, Opened};
use super::private::Channel;
use super::{Check, MessageId};
use crate::setup::{Body, Setup, Suite, build};
use crate::testing::{Script, damage, rng, strings, switch, unhex, unhex_array, vector};

const SETUPS: &[u8] = include_bytes!("../../../../vectors/dkls23/setup_messages.json.xz");
const PRIMITIVES: &[u8] = include_bytes!("../../../../vectors/dkls23/primitives.json.xz");
const LIVE_W: &[u8] = include_bytes!("../../../../vectors/dkls23/live_W_qc.json.xz");
const LIVE_S: &[u8] = include_bytes!("../../../../vectors/dkls23/live_S_qc.json.xz");

const OPEN: Kind = Kind { tag: 1, cast: Cast::Broadcast, len: 5 };
const SECRET: Kind = Kind { tag: 2, cast: Cast::Private, len: 6 };

fn index(j: u8) -> PartyIndex {
    PartyIndex::new(j)
}

fn setup() -> Setup {
    let body = Body::Dkg { threshold: 2, key_id: None };
    Setup::parse(
        Suite::Ecdsa,
        &build(Suite::Ecdsa, &body, &["alice", "bobby", "carol"], &mut rng(1)).unwrap(),
    )
    .unwrap()
}

/// The traffic of each of three parties, who wait for one broadcast and one private message from each other.
fn three() -> [Exchange; 3] {
    let setup = setup();
    [0, 1, 2].map(|me| {
        let mut exchange = Exchange::new(&setup, index(me), &mut rng(10 + u64::from(me))).unwrap();
        let others = PartyIndex::first(3).filter(|&j| j != index(me));
        exchange.expect(others.flat_map(|j| [(j, OPEN), (j, SECRET)]).collect());
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

fn opened(from: u8, tag: u64, payload: &[u8]) -> Opened {
    Opened { from: index(from), tag, payload: Zeroizing::new(payload.to_vec()) }
}

fn is(from: u8, tag: u64, payload: &[u8]) -> Incoming {
    Incoming::Opened(opened(from, tag, payload))
}

#[test]
fn keys_and_ciphertexts_are_those_of_production() {
    let case = &vector(PRIMITIVES)["p2p_encryption"];
    let secret = |name: &str| StaticSecret::from(unhex_array::<32>(&case[name]));
    let (sender, receiver) = (secret("sender_secret"), secret("receiver_secret"));
    assert_eq!(PublicKey::from(&sender).to_bytes()[..], unhex(&case["sender_public"]));

    let there = Channel::agree(&sender, &unhex_array(&case["receiver_public"])).unwrap();
    let back = Channel::agree(&receiver, &unhex_array(&case["sender_public"])).unwrap();
    let header = unhex(&case["header"]);
    let id = MessageId::of_frame(&header).unwrap();
    let flags = u16::from_le_bytes([header[34], header[35]]);
    let counter = u32::try_from(case["counter"].as_u64().unwrap()).unwrap();
    let plain = unhex(&case["plaintext"]);

    let frame = there.seal(&id, flags, counter, &plain).unwrap();
    assert_eq!(hex::encode(&frame), case["message"].as_str().unwrap());
    assert_eq!(*back.open(&frame).unwrap(), plain);
    assert!(there.open(&frame).is_none(), "the two directions have different keys");
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
            assert_eq!(hex::encode(exchange.abort()), frame.as_str().unwrap());
        }
    }
}

/// Opens, as the party whose secret is known, what production's parties sent in a quorum change, and writes our
/// own frames again, byte for byte.
fn replay(file: &[u8]) {
    let case = &vector(file)["qc"];
    let setup = Setup::parse(Suite::Ecdsa, &unhex(&case["setup"])).unwrap();
    let me = setup.index_of("bobby").unwrap();
    let secret = &case["our_random"].as_array().unwrap()[0];
    assert_eq!(secret[0], "x25519_secret");
    let mut exchange = Exchange::new(&setup, me, &mut Script(unhex(&secret[1]))).unwrap();

    let kinds = [
        Kind { tag: 10, cast: Cast::Broadcast, len: 1 },
        Kind { tag: 11, cast: Cast::Broadcast, len: 96 },
        Kind { tag: 12, cast: Cast::Broadcast, len: 98 },
        Kind { tag: 13, cast: Cast::Private, len: 32 },
        Kind { tag: 14, cast: Cast::Private, len: 96 },
        Kind { tag: 15, cast: Cast::Private, len: 16896 },
        Kind { tag: 16, cast: Cast::Private, len: 37408 },
    ];
    exchange.expect(
        PartyIndex::first(setup.size()).flat_map(|j| kinds.map(|kind| (j, kind))).collect(),
    );

    let messages: Vec<(PartyIndex, Vec<String>, Vec<u8>)> = case["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m: &Value| {
            let from = setup.index_of(m["frm"].as_str().unwrap()).unwrap();
            (from, strings(&m["to"]), unhex(&m["msg"]))
        })
        .collect();

    let mut kept = 0;
    let mut seen = BTreeSet::new();
    let mut keys = BTreeMap::new();
    for (sender, to, frame) in &messages {
        let for_us = to.iter().any(|name| name == "bobby");
        match exchange.open(frame) {
            Incoming::Opened(Opened { from, tag, payload }) => {
                assert!(for_us && from == *sender);
                if tag == 11 {
                    keys.insert(from, payload[32..64].try_into().unwrap());
                }
                seen.insert((tag, from));
            }
            Incoming::Kept => kept += 1,
            Incoming::Ignored => assert!(!for_us),
            Incoming::Abort { .. } => panic!("nobody aborted"),
        }
    }
    assert!(kept > 0, "the keys are learned only after the last frame");
    for Opened { from, tag, .. } in exchange.learn(keys).unwrap() {
        assert!(seen.insert((tag, from)));
    }
    let for_us = messages.iter().filter(|(_, to, _)| to.iter().any(|name| name == "bobby"));
    assert_eq!(seen.len(), for_us.count());

    for (_, to, frame) in messages.iter().filter(|(from, ..)| *from == me) {
        let to = (to.len() == 1).then(|| setup.index_of(&to[0]).unwrap());
        let (tag, payload) = exchange.read_own(to, frame, &kinds);
        let delivery = to.map_or(Delivery::Broadcast, Delivery::Private);
        let again = exchange.seal(&Outgoing { tag, delivery, payload }).unwrap();
        assert!(again.bytes == *frame && again.to == to, "tag {tag} is written differently");
    }
}

#[test]
fn frames_of_one_production_build_are_opened_and_ours_repeated() {
    replay(LIVE_W);
}

#[test]
fn frames_of_the_other_production_build_are_opened_and_ours_repeated() {
    replay(LIVE_S);
}

#[test]
fn check_frame_3_1_names_the_party_whose_key_lets_others_read() {
    switch();
    // The points of small order, whose product with any secret is zero; the last two are not reduced.
    let mut order_8 =
        hex::decode("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800").unwrap();
    let mut one = vec![0; 32];
    one[0] = 1;
    let mut p = vec![0xff; 32];
    (p[0], p[31]) = (0xed, 0x7f);
    for key in [vec![0; 32], one, order_8.clone(), p, {
        order_8[31] |= 0x80;
        order_8
    }] {
        let [mut alice, bobby, _] = three();
        let keys =
            BTreeMap::from([(index(1), bobby.channel_key()), (index(2), key.try_into().unwrap())]);
        let refused = alice.learn(keys).map_err(Abort::from);
        assert_eq!(refused, Err(Abort::blame(index(2), Check::KeyContributes)));
    }
}

#[test]
fn every_party_with_a_bad_key_is_named_and_the_others_stay_reachable() {
    let [mut alice, bobby, _] = three();
    let bad = BTreeMap::from([(index(1), [0; 32]), (index(2), [0; 32])]);
    let parties = BTreeSet::from([index(1), index(2)]);
    assert_eq!(alice.learn(bad), Err(NotContributory { parties }));
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
    let victim = MessageId::of_frame(&alice.abort()).unwrap();
    let mut forged = carol.seal(&broadcast(1, b"")).unwrap().bytes;
    forged[..32].copy_from_slice(victim.as_bytes());
    assert_eq!(bobby.open(&forged), Incoming::Ignored);
}

#[test]
fn an_abort_names_its_sender() {
    let [alice, mut bobby, _] = three();
    assert_eq!(alice.abort().len(), 100);
    assert_eq!(bobby.open(&alice.abort()), Incoming::Abort { from: index(0) });
    assert_eq!(bobby.open(&alice.abort()), Incoming::Ignored);
    assert_eq!(bobby.open(&bobby.abort()), Incoming::Ignored);
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
    assert_eq!(bobby.open(&other.abort()), Incoming::Ignored);
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
    assert_eq!(alice.seal(&private(2, 1, b"secret")), Err(NoChannel(index(1))));
    assert_eq!(alice.seal(&private(2, 9, b"secret")), Err(NoChannel(index(9))));
    let stranger = Exchange::new(&setup(), index(3), &mut rng(1)).unwrap_err();
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
    let early = Channel::agree(&StaticSecret::from([1; 32]), &parties[1].channel_key()).unwrap();
    let id = MessageId::of_frame(&parties[0].abort()).unwrap();
    let strange = early.seal(&id, 0, 1, b"secret").unwrap();
    meet(&mut parties);
    let [mut alice, mut bobby, _] = parties;
    let frames = [
        strange,
        alice.abort(),
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
