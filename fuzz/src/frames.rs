//! Frames: as they are, and sealed by a peer around any payload.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use quorate_core::session::{Cast, Delivery, Kind, Outgoing};
use quorate_wire::frame::{Enclosure, Exchange, Incoming};
use quorate_wire::setup::{Body, Setup, Suite, build};

use crate::edit::edit;
use crate::input::Input;
use crate::run::{p, seeded};
use crate::{Target, lies};

/// Frames.
pub const FRAMES: Target = Target { name: "frame", seeds: || lies(2), read };

/// What the reader waits for: tags 1 to 5.
const KINDS: [Kind; 5] = [
    Kind { tag: 1, cast: Cast::Broadcast, len: 96 },
    Kind { tag: 2, cast: Cast::Private, len: 64 },
    Kind { tag: 3, cast: Cast::Private, len: 0 },
    Kind { tag: 4, cast: Cast::Signed, len: 32 },
    Kind { tag: 5, cast: Cast::Enclosed, len: 33 },
];

static SETUPS: LazyLock<[Setup; 2]> = LazyLock::new(|| {
    [Suite::Ecdsa, Suite::Eddsa].map(|suite| {
        let body = Body::Dkg { threshold: 2, key_id: None };
        let bytes = build(suite, &body, &["A", "B", "C"], &mut seeded(0)).expect("a setup");
        Setup::parse(suite, &bytes).expect("a setup")
    })
});

fn enclosure(i: u8) -> Enclosure {
    Enclosure::draw(&mut seeded(u64::from(i) + 100))
}

fn party(suite: usize, i: u8) -> Exchange {
    let party = Exchange::new(&SETUPS[suite], p(i), &mut seeded(i.into())).expect("a party");
    party.with_enclosure(enclosure(i))
}

fn read(data: &[u8]) {
    let mut input = Input::new(data);
    let suite = input.below(2);
    let mut reader = party(suite, 0);
    reader.expect([p(1), p(2)].into_iter().flat_map(|j| KINDS.map(|kind| (j, kind))).collect());
    let mut peers = [1, 2].map(|i| party(suite, i));
    for peer in &mut peers {
        peer.learn([(p(0), reader.channel_key())].into()).expect("an honest key");
    }
    let keys: BTreeMap<_, _> =
        [(p(1), peers[0].channel_key()), (p(2), peers[1].channel_key())].into();
    // Private frames that come before the keys are kept.
    let learn_after = input.below(4);
    for n in 0..8 {
        if n == learn_after {
            reader.learn(keys.clone()).expect("honest keys");
        }
        if input.is_empty() {
            break;
        }
        let frame = frame(&mut peers, &mut input);
        match reader.open(&frame) {
            Incoming::Opened(opened) => {
                let kind = KINDS.iter().find(|kind| kind.tag == opened.tag);
                assert_eq!(kind.map(|kind| kind.len), Some(opened.payload.len()));
                assert_eq!(reader.open(&frame), Incoming::Ignored, "a frame opens once");
            }
            Incoming::Abort { from } | Incoming::Anew { from } => assert_ne!(from, p(0)),
            Incoming::Kept | Incoming::Ignored => {}
        }
    }
}

fn delivery(cast: Cast) -> Delivery {
    match cast {
        Cast::Broadcast => Delivery::Broadcast,
        Cast::Private => Delivery::Private(p(0)),
        Cast::Signed => Delivery::Signed(p(0)),
        Cast::Enclosed => Delivery::Enclosed(p(0), enclosure(0).public_key()),
    }
}

fn frame(peers: &mut [Exchange; 2], input: &mut Input<'_>) -> Vec<u8> {
    let how = input.byte();
    if how % 8 == 7 {
        return input.rest().to_vec();
    }
    let kind = KINDS[input.below(KINDS.len())];
    let peer = &mut peers[input.below(2)];
    let mut payload = vec![0x55; kind.len];
    let (mut tag, mut delivery) = (kind.tag, delivery(kind.cast));
    match how % 8 {
        0 => edit(&mut payload, input),
        1 => tag = input.byte().into(),
        2 => {
            delivery =
                if input.byte() % 2 == 0 { Delivery::Broadcast } else { Delivery::Private(p(0)) }
        }
        3 => return peer.abort().bytes,
        _ => {}
    }
    let sealed = peer.seal(&Outgoing { tag, delivery, payload: payload.into() });
    let mut frame = sealed.map(|frame| frame.bytes).unwrap_or_default();
    if how % 8 > 3 {
        edit(&mut frame, input);
    }
    frame
}
