//! Whether the time of an operation tells its secret: after dudect (Reparaz, Balasch, Verbauwhede: "Dude, is my code
//! constant time?", 2017).
//!
//! Each operation is prepared with one secret that is always the same or with one that is random, whichever a coin says,
//! and only then timed. If its time does not depend on the secret, Welch's t of the two classes is small. What is larger
//! once is measured again, each time with twice as many runs: only what stays large in all of them is called a leak, as
//! a busy machine disturbs both classes alike, but not every time.
//!
//! Controls do the same things as one does without care. A test that does not catch them is blind, and fails as well.

mod controls;
mod draws;
mod welch;

use std::hint::black_box;
use std::time::{Duration, Instant};

use draws::{Secret, draw, fixed};
use quorate_ecdsa::primitives::{self, Draws, Run};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use subtle::ConstantTimeEq;

use crate::Result;

/// What t must exceed.
const LIMIT: f64 = 4.5;
/// How often it must.
const REPETITIONS: u32 = 5;
/// How many operations are prepared before they are timed.
const BATCH: usize = 100;
/// How long the first repetition may take, preparation included: a leak must show even if it is small, a control is
/// one that is not.
const PATIENCE: Duration = Duration::from_secs(3);
const PATIENCE_WITH_CONTROLS: Duration = Duration::from_millis(50);
/// How many runs the first repetition has at most.
const RUNS: usize = 20_000;

/// An operation on a secret.
struct Subject {
    name: &'static str,
    /// How long the secret is: it is what is drawn first.
    secret: usize,
    prepare: Box<dyn Fn(Draws) -> Run>,
}

impl Subject {
    fn new(name: &'static str, secret: usize, prepare: impl Fn(Draws) -> Run + 'static) -> Self {
        Self { name, secret, prepare: Box::new(prepare) }
    }
}

/// What is timed: the operation, whose result nobody needs.
fn run<T>(run: impl FnOnce() -> T + 'static) -> Run {
    Box::new(move || drop(black_box(run())))
}

/// Measures every operation and every control, and tells t of each.
pub(crate) fn judge() -> Result<()> {
    let mut rng = ChaCha20Rng::seed_from_u64(0);
    let mut wrong = Vec::new();
    for subject in subjects(&mut rng)? {
        if is_leaky(&subject, PATIENCE, &mut rng) {
            wrong.push(format!("{}: its time tells the secret", subject.name));
        }
    }
    println!("controls:");
    for control in controls::all() {
        if !is_leaky(&control, PATIENCE_WITH_CONTROLS, &mut rng) {
            wrong.push(format!("{}: the test does not see that it leaks", control.name));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// Every piece of a ceremony that has a secret, and the comparison that all checks use.
fn subjects(rng: &mut ChaCha20Rng) -> Result<Vec<Subject>> {
    let pieces = primitives::all(rng).map_err(|check| format!("{check:?}"))?;
    let pieces = pieces.into_iter().filter(|piece| piece.secret > 0);
    let mut subjects: Vec<Subject> = pieces
        .map(|piece| Subject::new(piece.name, piece.secret, move |draws| piece.prepare(draws)))
        .collect();
    subjects.push(Subject::new("comparison", 32, |mut draws| {
        let (one, other) = (draw::<32>(&mut draws), fixed(32));
        run(move || one.ct_eq(other.as_slice()))
    }));
    Ok(subjects)
}

/// Whether t exceeds the limit in every repetition.
fn is_leaky(subject: &Subject, patience: Duration, rng: &mut ChaCha20Rng) -> bool {
    let mut wanted = runs_within(patience, subject, rng);
    for _ in 0..REPETITIONS {
        let t = welch::largest_t(&measure(subject, wanted, rng));
        println!("  {:<36} t = {t:>8.1} of {wanted} runs", subject.name);
        if t.abs() <= LIMIT {
            return false;
        }
        wanted = wanted.saturating_mul(2);
    }
    true
}

fn runs_within(patience: Duration, subject: &Subject, rng: &mut ChaCha20Rng) -> usize {
    let begun = Instant::now();
    measure(subject, BATCH, rng);
    let batches = patience.as_nanos() / begun.elapsed().as_nanos().max(1);
    usize::try_from(batches).unwrap_or(RUNS).saturating_mul(BATCH).clamp(2 * BATCH, RUNS)
}

/// The nanoseconds of so many runs, and whether the secret of each was the fixed one.
fn measure(subject: &Subject, runs: usize, rng: &mut ChaCha20Rng) -> Vec<(bool, f64)> {
    let mut times = Vec::with_capacity(runs);
    while times.len() < runs {
        let prepared: Vec<(bool, Run)> = (0..BATCH)
            .map(|_| {
                let fixed = rng.next_u32().is_multiple_of(2);
                let mut secret = draws::fixed(subject.secret);
                if !fixed {
                    rng.fill_bytes(&mut secret);
                }
                let draws = Secret::new(secret, ChaCha20Rng::from_rng(rng));
                (fixed, (subject.prepare)(Box::new(draws)))
            })
            .collect();
        for (fixed, run) in prepared {
            let begun = Instant::now();
            run();
            times.push((fixed, begun.elapsed().as_secs_f64() * 1e9));
        }
    }
    times
}
