//! What a ceremony is made of, piece by piece and ready to run: for benchmarks, and for the test that no piece tells a
//! secret by the time it takes.
//!
//! Only with the feature `primitives`, which no product has.

use std::hint::black_box;
use std::rc::Rc;

use k256::ProjectivePoint;
use quorate_core::Secret;
use rand_core::CryptoRng;

use super::base::{self, ReceiverKeys, SenderKeys};
use super::bits::bits;
use super::extension::{self, Choices, Fold, Padding, ROWS, Row};
use super::pprf::{self, ReceiverSeed, SenderSeed};
use super::rvole::{self, Instance};
use super::transpose::transpose;
use super::{BaseOtId, PprfId, RvoleId, Word, boxed};
use crate::check::Check;
use crate::curve::{draw_scalar, eightfold};
use crate::dlog::{Proof, transcript};
use crate::transcript::label;

/// A piece and everything that it needs, to be run once.
pub type Run = Box<dyn FnOnce()>;
/// Where a run draws from: before it runs, or as it runs.
pub type Draws = Box<dyn CryptoRng>;

/// A piece.
pub struct Primitive {
    /// What it is called.
    pub name: &'static str,
    /// How many of the bytes that it draws first its time must not tell.
    pub secret: usize,
    prepare: Prepare,
    pair: Rc<Pair>,
}

type Prepare = fn(&Rc<Pair>, Draws) -> Run;

const ALL: [(&str, usize, Prepare); 19] = [
    ("generator multiplication", 32, generator_multiplication),
    ("variable-base multiplication", 32, variable_base_multiplication),
    ("eight generator multiplications", 256, eight_generator_multiplications),
    ("eight variable-base multiplications", 256, eight_variable_base_multiplications),
    ("proof of a discrete logarithm", 32, proof),
    ("verification of such a proof", 0, verification),
    // F1 tries until it finds a point: the one time that a choice has a part in.
    ("base OT, start", 0, base_start),
    ("base OT, send", 0, base_send),
    ("base OT, receive", 32, base_receive),
    ("PPRF, build", 0, pprf_build),
    ("PPRF, eval", 32, pprf_eval),
    ("OT extension, receive", 64, extension_receive),
    ("OT extension, send", 64, extension_send),
    ("RVOLE, gadgets of both directions", 0, gadgets),
    ("RVOLE, start", 64, rvole_start),
    ("RVOLE, send", 32, rvole_send),
    ("RVOLE, receive", 64, rvole_receive),
    ("folding of 256 rows", 0, folding),
    ("transposition of 256 rows", 0, transposition),
];

/// All of them, between two parties.
///
/// # Errors
///
/// Both parties are honest: no check fails.
pub fn all(rng: &mut dyn CryptoRng) -> Result<Vec<Primitive>, Check> {
    let pair = Rc::new(Pair::new(rng)?);
    let of = |(name, secret, prepare)| Primitive { name, secret, prepare, pair: pair.clone() };
    Ok(ALL.into_iter().map(of).collect())
}

impl Primitive {
    /// Prepares one run.
    #[must_use]
    pub fn prepare(&self, draws: Draws) -> Run {
        (self.prepare)(&self.pair, draws)
    }
}

const SID: Word = [1; 32];
const BASE_OT: BaseOtId = BaseOtId(SID);
const PPRF: PprfId = PprfId(SID);
const RVOLE: RvoleId = RvoleId(SID);

fn instance() -> Instance {
    let [instance, _] = Instance::both([RVOLE, RVOLE]);
    instance
}

/// What two parties have sent each other and kept.
struct Pair {
    offers: Box<base::Message>,
    replies: Box<base::Message>,
    sender_keys: SenderKeys,
    trees: Box<pprf::Message>,
    sender: SenderSeed,
    receiver: ReceiverSeed,
    offer: Box<rvole::Offer>,
}

impl Pair {
    fn new(rng: &mut dyn CryptoRng) -> Result<Self, Check> {
        let (awaiting, offers) = base::start(&BASE_OT, base::ReceiverCoins::draw(rng));
        let (sender_keys, replies) = base::send(&BASE_OT, &offers, base::SenderCoins::draw(rng))?;
        let (sender, trees) = pprf::build(&PPRF, &sender_keys);
        let receiver = pprf::eval(&PPRF, &awaiting.receive(&replies)?, &trees)?;
        let (_, _, offer) = rvole::start(instance(), &sender, rvole::ReceiverCoins::draw(rng));
        Ok(Self { offers, replies, sender_keys, trees, sender, receiver, offer })
    }

    /// What the receiver of the base OTs has if it makes the choices that are drawn.
    fn chosen(&self, rng: &mut dyn CryptoRng) -> ReceiverKeys {
        let choices: [u8; base::BATCH / 8] = draw(rng);
        let mut keys = [[0; 32]; base::BATCH];
        let pairs = self.sender_keys.0.expose().iter().zip(bits(&choices));
        for (key, ([zero, one], choice)) in keys.iter_mut().zip(pairs) {
            *key = if choice.into() { *one } else { *zero };
        }
        ReceiverKeys { choices: Secret::of(choices), keys: Secret::of(keys) }
    }

    /// What the evaluator has if the indices that are drawn are hidden from it.
    fn punctured(&self, rng: &mut dyn CryptoRng) -> ReceiverSeed {
        let hidden: [u8; pprf::TREES] = draw(rng).map(|byte| byte % 16);
        let mut leaves = Secret::of(*self.sender.0.expose());
        for (leaves, hidden) in leaves.expose_mut().iter_mut().zip(hidden) {
            leaves.iter_mut().skip(hidden.into()).take(1).for_each(|leaf| *leaf = [0; 32]);
        }
        ReceiverSeed { hidden: Secret::of(hidden), leaves }
    }
}

fn draw<const N: usize>(rng: &mut dyn CryptoRng) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill_bytes(&mut bytes);
    bytes
}

fn run<T>(run: impl FnOnce() -> T + 'static) -> Run {
    Box::new(move || drop(black_box(run())))
}

fn generator_multiplication(_: &Rc<Pair>, mut rng: Draws) -> Run {
    let scalar = draw_scalar(&mut rng);
    run(move || ProjectivePoint::mul_by_generator(&scalar))
}

fn variable_base_multiplication(_: &Rc<Pair>, mut rng: Draws) -> Run {
    let scalar = draw_scalar(&mut rng);
    let point = ProjectivePoint::mul_by_generator(&draw_scalar(&mut rng));
    run(move || point * scalar)
}

fn eight_generator_multiplications(_: &Rc<Pair>, mut rng: Draws) -> Run {
    let scalars = [(); 8].map(|()| draw_scalar(&mut rng));
    run(move || eightfold::multiply_generator(scalars.each_ref()))
}

fn eight_variable_base_multiplications(_: &Rc<Pair>, mut rng: Draws) -> Run {
    let scalars = [(); 8].map(|()| draw_scalar(&mut rng));
    let logarithms = [(); 8].map(|()| draw_scalar(&mut rng));
    let points = eightfold::multiply_generator(logarithms.each_ref());
    run(move || eightfold::multiply(&points, scalars.each_ref()))
}

fn proof(_: &Rc<Pair>, mut rng: Draws) -> Run {
    let x = draw_scalar(&mut rng);
    let y = ProjectivePoint::mul_by_generator(&x);
    let mut transcript = transcript(&SID, 0, label::DKG_PROOF_1, label::DKG);
    run(move || Proof::prove(&mut transcript, &x, &y, &mut rng))
}

fn verification(_: &Rc<Pair>, mut rng: Draws) -> Run {
    let x = draw_scalar(&mut rng);
    let y = ProjectivePoint::mul_by_generator(&x);
    let mut transcript = transcript(&SID, 0, label::DKG_PROOF_1, label::DKG);
    let proof = Proof::prove(&mut transcript.clone(), &x, &y, &mut rng);
    run(move || proof.verify(&mut transcript, &y))
}

fn base_start(_: &Rc<Pair>, mut rng: Draws) -> Run {
    let coins = base::ReceiverCoins::draw(&mut rng);
    run(move || base::start(&BASE_OT, coins))
}

fn base_send(pair: &Rc<Pair>, mut rng: Draws) -> Run {
    let coins = base::SenderCoins::draw(&mut rng);
    let pair = pair.clone();
    run(move || base::send(&BASE_OT, &pair.offers, coins))
}

fn base_receive(pair: &Rc<Pair>, mut rng: Draws) -> Run {
    let (awaiting, _) = base::start(&BASE_OT, base::ReceiverCoins::draw(&mut rng));
    let pair = pair.clone();
    run(move || awaiting.receive(&pair.replies))
}

fn pprf_build(pair: &Rc<Pair>, _: Draws) -> Run {
    let pair = pair.clone();
    run(move || pprf::build(&PPRF, &pair.sender_keys))
}

fn pprf_eval(pair: &Rc<Pair>, mut rng: Draws) -> Run {
    let keys = pair.chosen(&mut rng);
    let pair = pair.clone();
    run(move || pprf::eval(&PPRF, &keys, &pair.trees))
}

fn extension_receive(pair: &Rc<Pair>, mut rng: Draws) -> Run {
    let beta: Choices = draw(&mut rng);
    let padding = Padding::draw(&mut rng);
    let pair = pair.clone();
    run(move || extension::receive(&RVOLE, &pair.sender, &beta, &padding))
}

fn extension_send(pair: &Rc<Pair>, mut rng: Draws) -> Run {
    let (seed, pair) = (pair.punctured(&mut rng), pair.clone());
    run(move || extension::send(&RVOLE, &seed, &pair.offer))
}

fn gadgets(_: &Rc<Pair>, _: Draws) -> Run {
    run(|| Instance::both([RVOLE, RVOLE]))
}

fn rvole_start(pair: &Rc<Pair>, mut rng: Draws) -> Run {
    let coins = rvole::ReceiverCoins::draw(&mut rng);
    let pair = pair.clone();
    let instance = instance();
    run(move || rvole::start(instance, &pair.sender, coins))
}

fn rvole_send(pair: &Rc<Pair>, mut rng: Draws) -> Run {
    let [a_0, a_1] = [draw_scalar(&mut rng), draw_scalar(&mut rng)];
    let coins = rvole::SenderCoins::draw(&mut rng);
    let pair = pair.clone();
    let instance = instance();
    run(move || rvole::send(instance, &pair.receiver, [&a_0, &a_1], &pair.offer, coins))
}

fn rvole_receive(pair: &Rc<Pair>, mut rng: Draws) -> Run {
    let (awaiting, _, offer) =
        rvole::start(instance(), &pair.sender, rvole::ReceiverCoins::draw(&mut rng));
    let [a_0, a_1] = [draw_scalar(&mut rng), draw_scalar(&mut rng)];
    let coins = rvole::SenderCoins::draw(&mut rng);
    let sent = rvole::send(instance(), &pair.receiver, [&a_0, &a_1], &offer, coins);
    run(move || sent.and_then(|(_, reply)| awaiting.receive(&reply)))
}

fn folding(_: &Rc<Pair>, mut rng: Draws) -> Run {
    let mut sent: Box<[Row; pprf::TREES]> = boxed(Row::default());
    let mut rows: Box<[Row; ROWS]> = boxed(Row::default());
    sent.as_flattened_mut().fill_with(|| rng.next_u64());
    rows.as_flattened_mut().fill_with(|| rng.next_u64());
    let fold = Fold::new(&RVOLE, &sent);
    run(move || rows.each_ref().map(|row| fold.row(row)))
}

fn transposition(_: &Rc<Pair>, mut rng: Draws) -> Run {
    let mut rows: Box<[Row; ROWS]> = boxed(Row::default());
    rows.as_flattened_mut().fill_with(|| rng.next_u64());
    let mut columns: Box<[[u64; 4]; extension::WIDTH]> = boxed([0; 4]);
    run(move || {
        transpose(&rows, &mut *columns);
        columns
    })
}
