//! Recorded ceremonies, frame by frame: what the others sent is opened, and what our party sent is written again, byte
//! for byte.

use std::collections::{BTreeMap, BTreeSet};

use quorate_core::PartyIndex;
use quorate_core::session::{Cast, ChannelKey, Delivery, Kind, Outgoing};
use serde_json::Value;

use crate::frame::{Enclosure, Exchange, Incoming, Opened};
use crate::setup::{Body, Setup, Suite};
use crate::testing::{Script, eddsa_ceremonies, strings, unhex, vector};

/// One party's view of a run.
struct View {
    setup: Setup,
    me: PartyIndex,
    exchange: Exchange,
    frames: Vec<Sent>,
}

struct Sent {
    from: PartyIndex,
    /// One or all others. Of two parties that is the same: the id tells which is meant.
    to: Vec<PartyIndex>,
    bytes: Vec<u8>,
    /// What it says, where that is recorded.
    plaintext: Option<Vec<u8>>,
}

impl View {
    /// `secret` is of the run's private messages, `enclosure` of the enclosed ones.
    fn of(
        setup: Setup,
        me: &str,
        secret: Option<&Value>,
        enclosure: Option<&Value>,
        frames: Vec<Sent>,
    ) -> Self {
        let me = setup.index_of(me).unwrap();
        let mut drawn = Script(secret.map_or(vec![1; 32], unhex));
        let mut exchange = Exchange::new(&setup, me, &mut drawn).unwrap();
        if let Some(enclosure) = enclosure {
            exchange = exchange.with_enclosure(Enclosure::draw(&mut Script(unhex(enclosure))));
        }
        Self { setup, me, exchange, frames }
    }

    /// Opens everything that is for this party, writes everything of its own again, and counts both.
    fn replay(mut self) -> (usize, usize) {
        let kinds = kinds(&self.setup);
        let parties = PartyIndex::first(self.setup.size());
        self.exchange
            .expect(parties.flat_map(|j| kinds.iter().map(move |kind| (j, *kind))).collect());

        // Early private frames wait: keys are learned only after the last frame.
        let mut opened = Vec::new();
        let mut kept = 0;
        for Sent { from, to, bytes, .. } in &self.frames {
            let for_me = to.contains(&self.me);
            match self.exchange.open(bytes) {
                Incoming::Opened(one) => {
                    assert!(for_me && one.from == *from);
                    opened.push(one);
                }
                Incoming::Kept => kept += 1,
                Incoming::Ignored => assert!(!for_me),
                Incoming::Abort { .. } | Incoming::Anew { .. } => panic!("nobody left"),
            }
        }
        let keys: BTreeMap<_, _> = opened.iter().filter_map(|one| self.channel_key(one)).collect();
        let late = self.exchange.learn(keys).unwrap();
        assert_eq!(late.len(), kept);
        opened.extend(late);
        let distinct: BTreeSet<_> = opened.iter().map(|one| (one.tag, one.from)).collect();
        assert_eq!(distinct.len(), self.frames.iter().filter(|f| f.to.contains(&self.me)).count());
        self.says_what_is_recorded(&opened);

        let enclosure_keys: BTreeMap<PartyIndex, ChannelKey> = opened
            .iter()
            .filter(|one| one.tag == 1000)
            .map(|one| (one.from, one.payload[..].try_into().unwrap()))
            .collect();
        let own: Vec<_> = self.frames.iter().filter(|frame| frame.from == self.me).collect();
        for Sent { to, bytes, plaintext, .. } in &own {
            let id = |cast, tag| match cast {
                Cast::Broadcast => self.exchange.own_id(tag, None),
                _ => self.exchange.own_id(tag, Some(to[0])),
            };
            let kind =
                kinds.iter().find(|kind| bytes.starts_with(id(kind.cast, kind.tag).as_bytes()));
            let Kind { tag, cast, .. } = *kind.unwrap();
            let delivery = match cast {
                Cast::Broadcast => Delivery::Broadcast,
                Cast::Private => Delivery::Private(to[0]),
                Cast::Signed => Delivery::Signed(to[0]),
                Cast::Enclosed => match self.setup.body() {
                    Body::Export { receiver_key, .. } => Delivery::Enclosed(to[0], *receiver_key),
                    _ => Delivery::Enclosed(to[0], enclosure_keys[&to[0]]),
                },
            };
            let payload = self.exchange.read_own(delivery, bytes);
            assert!(plaintext.as_ref().is_none_or(|plain| *plain == *payload));
            let again = self.exchange.seal(&Outgoing { tag, delivery, payload }).unwrap();
            assert!(again.bytes == *bytes, "tag {tag} is written differently");
            assert_eq!(again.to, delivery.receiver());
        }
        (opened.len(), own.len())
    }

    /// Plaintexts are recorded of private frames only, and each party sends one a tag to one other.
    fn says_what_is_recorded(&self, opened: &[Opened]) {
        let recorded = self.frames.iter().filter(|frame| frame.to == [self.me]);
        for Sent { from, plaintext, .. } in recorded {
            let Some(plain) = plaintext else { continue };
            assert!(opened.iter().any(|one| one.from == *from && *one.payload == *plain));
        }
    }

    /// The key for private messages that this message announces, if it is the one that does.
    fn channel_key(&self, one: &Opened) -> Option<(PartyIndex, ChannelKey)> {
        let at = match (self.setup.suite(), self.setup.body(), one.tag) {
            (Suite::Ecdsa, Body::Dkg { .. }, 1) => 96,
            (Suite::Ecdsa, Body::Dsg { .. }, 1) => 64,
            (Suite::Ecdsa, Body::Qc { .. }, 11) => 32,
            (Suite::Eddsa, Body::Qc { .. }, 1) => 9,
            _ => return None,
        };
        Some((one.from, one.payload[at..at + 32].try_into().unwrap()))
    }
}

/// Every kind of message of the run that this setup is for.
fn kinds(setup: &Setup) -> Vec<Kind> {
    let of = |cast| move |tag, len| Kind { tag, cast, len };
    let (broadcast, private) = (of(Cast::Broadcast), of(Cast::Private));
    let (signed, enclosed) = (of(Cast::Signed), of(Cast::Enclosed));
    let n = usize::from(setup.size());
    match (setup.suite(), setup.body()) {
        (Suite::Ecdsa, Body::Dkg { threshold, .. }) => {
            let t = usize::from(*threshold);
            vec![
                signed(1000, 32),
                enclosed(1001, 103 + 33 * n),
                broadcast(1, 128),
                broadcast(2, 64 + 98 * t),
                private(3, 16896),
                private(4, 37504 + 33 * t),
                broadcast(5, 131),
            ]
        }
        (Suite::Ecdsa, Body::Dsg { .. }) => {
            vec![broadcast(1, 97), private(2, 9264), private(3, 49508), broadcast(4, 96)]
        }
        (Suite::Ecdsa, Body::Fsg { .. }) => vec![broadcast(4, 96)],
        (Suite::Ecdsa, Body::Qc { threshold, .. }) => vec![
            broadcast(10, 1),
            broadcast(11, 96),
            broadcast(12, 32 + 33 * usize::from(*threshold)),
            private(13, 32),
            private(14, 96),
            private(15, 16896),
            private(16, 37408),
        ],
        (_, Body::Export { .. }) => vec![enclosed(1, 33)],
        (Suite::Eddsa, Body::Dkg { threshold, .. }) => vec![
            signed(1000, 32),
            enclosed(1001, 107),
            broadcast(100, 33),
            broadcast(101, 65),
            broadcast(102, 89 + 104 * usize::from(*threshold) + 114 * n),
        ],
        (Suite::Eddsa, Body::Qc { threshold, .. }) => vec![
            broadcast(1, 41),
            broadcast(2, 1),
            broadcast(3, 65),
            private(4, 34),
            private(5, 98),
            broadcast(6, 41 + 32 * usize::from(*threshold)),
        ],
        (Suite::Eddsa, _) => vec![broadcast(1, 65), broadcast(2, 177), broadcast(3, 65)],
    }
}

/// The runs of a recorded DKLs23 file, from the view of the party whose randomness is known.
fn ecdsa(xz: &[u8], runs: fn(&Value) -> Vec<&Value>) -> Vec<(usize, usize)> {
    let file = vector(xz);
    let view = |run: &&Value| {
        let setup = Setup::parse(Suite::Ecdsa, &unhex(&run["setup"])).unwrap();
        let sent = |m: &Value| {
            let to = strings(&m["to"]);
            let plaintexts = &run["plaintexts"][m["frm"].as_str().unwrap()];
            Sent {
                from: setup.index_of(m["frm"].as_str().unwrap()).unwrap(),
                to: to.iter().map(|name| setup.index_of(name).unwrap()).collect(),
                bytes: unhex(&m["msg"]),
                plaintext: plaintexts.as_str().map(|plain| hex::decode(plain).unwrap()),
            }
        };
        let frames = run["messages"].as_array().unwrap().iter().map(sent).collect();
        let random: BTreeMap<&str, &Value> = run["our_random"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| (pair[0].as_str().unwrap(), &pair[1]))
            .collect();
        let enclosure =
            ["import_x25519_secret", "export_x25519_secret", "export_receiver_x25519_secret"];
        let enclosure = enclosure.iter().find_map(|name| random.get(name).copied());
        let me = run["our_party"].as_str().unwrap_or("bobby");
        let secret = random.get("x25519_secret").copied();
        View::of(setup, me, secret, enclosure, frames).replay()
    };
    runs(&file).iter().map(view).collect()
}

macro_rules! dkls23 {
    ($name:literal) => {
        include_bytes!(concat!("../../../../../vectors/dkls23/", $name, ".json.xz"))
    };
}

#[test]
fn frames_of_a_quorum_change_are_opened_and_ours_repeated() {
    for file in [&dkls23!("live_W_qc")[..], dkls23!("live_S_qc")] {
        let [(opened, own)] = ecdsa(file, |file| vec![&file["qc"]])[..] else { panic!() };
        assert!(opened > 0 && own > 0);
    }
}

#[test]
fn frames_of_an_import_are_opened_and_ours_repeated_in_both_roles() {
    // Of three: KEY, RECORD, then three broadcasts and two private messages for each of two.
    let import = |file| ecdsa(file, |file| vec![&file["import"]]);
    assert_eq!(import(dkls23!("live_W_import_importer")), [(1 + 10, 1 + 7)]);
    assert_eq!(import(dkls23!("live_W_import_initiator")), [(2 + 10, 2 + 7)]);
    let [(opened, own)] = import(dkls23!("live_W_import_initiator_keyid"))[..] else { panic!() };
    assert!(opened > 0 && own > 0);
}

#[test]
fn frames_of_an_export_are_opened_and_ours_repeated_in_both_roles() {
    let export =
        ecdsa(dkls23!("live_W_export"), |file| file["export"].as_array().unwrap().iter().collect());
    assert_eq!(export, [(0, 1), (1, 0), (2, 0)]);
}

#[test]
fn frames_of_presigning_and_finishing_are_opened_and_ours_repeated() {
    let cases = ecdsa(dkls23!("live_W_presign_fsg"), |file| {
        let cases = file["cases"].as_array().unwrap();
        cases.iter().flat_map(|case| [&case["presign"], &case["fsg"]]).collect()
    });
    assert_eq!(cases, [(3, 3), (1, 1), (3, 3), (1, 1), (6, 5), (2, 1)]);
}

#[test]
fn every_recorded_ed25519_frame_is_opened_and_every_one_of_ours_repeated() {
    for (name, file) in eddsa_ceremonies() {
        let read = || Setup::parse(Suite::Eddsa, &unhex(&file["setup"]["raw"])).unwrap();
        if name.starts_with("export") {
            let setup = read();
            let frame = Sent {
                from: PartyIndex::new(1),
                to: vec![PartyIndex::new(0)],
                bytes: unhex(&file["frame"]),
                plaintext: Some(unhex(&file["plaintext"])),
            };
            let me = setup.names()[0].clone();
            let secret = Some(&file["receiver_x25519_seed"]);
            assert_eq!(View::of(setup, &me, None, secret, vec![frame]).replay(), (1, 0));
            continue;
        }
        for (me, secrets) in file["known_secrets"].as_object().unwrap() {
            let setup = read();
            let sent = |m: &Value| {
                let to = strings(&m["to"]);
                Sent {
                    from: setup.index_of(m["from"].as_str().unwrap()).unwrap(),
                    to: to.iter().map(|name| setup.index_of(name).unwrap()).collect(),
                    bytes: unhex(&m["frame"]),
                    plaintext: m.get("plaintext").map(unhex),
                }
            };
            let frames: Vec<_> = file["transcript"].as_array().unwrap().iter().map(sent).collect();
            let received = frames.iter().filter(|f| f.to.contains(&setup.index_of(me).unwrap()));
            let received = received.count();
            let secret = secrets.get("x25519");
            let view = View::of(setup, me, secret, secrets.get("imp_x25519"), frames);
            let (opened, own) = view.replay();
            assert!(opened == received && own >= 2, "{name}, {me}");
        }
    }
}
