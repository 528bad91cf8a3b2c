//! One member deals two polynomials of the Ed25519 key: one to A, another one to C. No check of the protocol can see it
//! (`ED-DKG` binds the session ids of all, not what each has been shown). The members compare before they commit.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use quorate_core::{Alone, Committee};
use quorate_eddsa::dkg::{Params, Session};
use quorate_vault::failure::{Failure, Kind};
use quorate_vault::run::Run;
use quorate_vault::store::State;
use quorate_wire::frame::Exchange;
use quorate_wire::relay_api::{Message, Namespace, message_hash};
use quorate_wire::seal::SessionKey;
use quorate_wire::setup::{Setup, Suite};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, TryCryptoRng, TryRng};

use super::band::{Band, rng};

/// The lengths of the frames of the Ed25519 key's making by two of three, and of an abort: no frame of the other key's
/// has one of them.
const FRAMES: [usize; 4] = [133, 165, 739, 100];

#[test]
fn two_polynomials_with_one_constant_term_leave_nobody_with_a_key() {
    let (band, keys) = equivocate("same-constant", [7, 9], [7, 10]);
    assert_eq!(keys[0], keys[1], "the keys are equal; only the shares do not fit together");
    nobody_has_a_key(band);
}

#[test]
fn two_polynomials_with_two_constant_terms_leave_nobody_with_a_key() {
    let (band, keys) = equivocate("other-constant", [7, 9], [8, 9]);
    assert_ne!(keys[0], keys[1]);
    nobody_has_a_key(band);
}

fn nobody_has_a_key(mut band: Band) {
    for name in ["A", "C"] {
        let Failure { kind, message, blamed, suspects, .. } = band.failure(name);
        assert_eq!(kind, Kind::ViewsDiffer, "{message}");
        assert!(message.contains("views differ"), "{message}");
        assert!(blamed.is_empty() && suspects.is_empty(), "{name} blames");
        assert!(band.active(name).is_none());
        assert_eq!(band.vault(name).unwrap().pending().unwrap().state, State::Staged);
    }
    let vault = band.vault("A").unwrap();
    assert!(quorate_vault::home::signing(&vault).is_err());
    assert!(band.begin_resume(&["A", "C"]).is_err());
}

/// A keygen in which B shows A a polynomial of these coefficients, and C one of those. What A and C hold then.
fn equivocate(test: &str, to_a: [u8; 2], to_c: [u8; 2]) -> (Band, [[u8; 32]; 2]) {
    let mut band = Band::new(test, &["A", "B", "C"], 61);
    band.begin_keygen(&["A", "B", "C"]);
    let key = || {
        let ceremony = band.world.devices[0].ceremony.as_ref().unwrap();
        SessionKey::from_hex(&ceremony.meeting().key.to_hex()).unwrap()
    };
    let (key, reading) = (key(), key());
    // What others send to B, and B's own frames of this key, which nobody gets.
    let heard: Rc<RefCell<Vec<Vec<u8>>>> = Rc::default();
    let ear = Rc::clone(&heard);
    band.world.tamper = Box::new(move |namespace, message| {
        if *namespace != Namespace::default() {
            return Some(message);
        }
        let frame = reading.open(&message.body).unwrap();
        if !FRAMES.contains(&frame.len()) {
            return Some(message);
        }
        if message.to[0].as_str() == "B" {
            ear.borrow_mut().push(frame);
        }
        (message.from.as_str() != "B").then_some(message)
    });

    let mut twins: Option<[Twin; 2]> = None;
    for _ in 0..600 {
        band.world.run(100);
        let frames = heard.take();
        if frames.is_empty() {
            continue;
        }
        let twins = twins.get_or_insert_with(|| {
            let sealed = &band.world.relay.setups[&Namespace::default()];
            let setup = Setup::parse(Suite::Eddsa, &key.open(sealed).unwrap()).unwrap();
            [Twin::start(&setup, "A", to_a), Twin::start(&setup, "C", to_c)]
        });
        for twin in twins {
            for frame in twin.hear(&frames) {
                deliver(&mut band, &key, twin.to, &frame);
            }
        }
    }
    let held = ["A", "C"].map(|name| {
        band.vault(name)
            .and_then(|vault| vault.pending()?.keys.root_eddsa())
            .unwrap_or_else(|| panic!("{name}: {:?}", band.outcome(name)))
    });
    (band, held)
}

/// B as one of the others sees it.
struct Twin {
    run: Run<Session>,
    rng: Dealer,
    to: &'static str,
}

impl Twin {
    fn start(setup: &Setup, to: &'static str, coefficients: [u8; 2]) -> Self {
        let me = setup.index_of("B").unwrap();
        let exchange = Exchange::new(setup, me, &mut rng(1)).unwrap();
        let committee = Committee::new(me, 3, 2).unwrap();
        let mut rng = Dealer { rng: rng(2), draws: 0, coefficients };
        let run = Run::start(exchange, |_| {
            Ok::<_, Infallible>(Session::start(Params { committee, key_id: None }, &mut rng))
        })
        .unwrap();
        Self { run, rng, to }
    }

    /// What it says to that. How it ends is its own affair.
    fn hear(&mut self, frames: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let _ = self.run.advance(&mut self.rng, &Alone);
        for frame in frames {
            let _ = self.run.receive(frame, &mut self.rng, &Alone);
        }
        self.run.take_frames().into_iter().map(|frame| frame.bytes).collect()
    }
}

/// Randomness in which the two coefficients of a polynomial are chosen. All else is equal, the session id above all.
struct Dealer {
    rng: ChaCha20Rng,
    draws: u32,
    coefficients: [u8; 2],
}

impl TryRng for Dealer {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("randomness is drawn as byte strings")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("randomness is drawn as byte strings")
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.rng.fill_bytes(bytes);
        self.draws += 1;
        // The key of the boxes and the session id come first.
        if let Some(coefficient) = [3, 4].iter().position(|draw| *draw == self.draws) {
            bytes.fill(self.coefficients[coefficient]);
            bytes[31] = 0;
        }
        Ok(())
    }
}

impl TryCryptoRng for Dealer {}

fn deliver(band: &mut Band, key: &SessionKey, to: &str, frame: &[u8]) {
    let participant = |name: &str| quorate_wire::relay_api::PartyId::parse(name).unwrap();
    let session = band.world.devices[0].ceremony.as_ref().unwrap().meeting().session.clone();
    let message = Message {
        session_id: session,
        from: participant("B"),
        to: vec![participant(to)],
        body: key.seal(frame, &mut band.world.rng),
        hash: message_hash(frame),
        sequence_no: 0,
    };
    let mailbox = (to.to_owned(), Namespace::default());
    band.world.relay.mailboxes.entry(mailbox).or_default().push(message);
}
