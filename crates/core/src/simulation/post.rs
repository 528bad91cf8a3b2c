//! The post between the parties.

use std::collections::{BTreeMap, VecDeque};

use rand_core::{CryptoRng, Rng};

use super::{Seeded, p, seeded};
use crate::abort::Abort;
use crate::party::PartyIndex;
use crate::session::{Outgoing, Session, Step};
use crate::workers::{Alone, Workers};

/// A party: its session, what it sends first, and its randomness.
pub type Party<S, R = Seeded> = (S, Vec<Outgoing>, R);

/// One payload on its way to one party. A broadcast is as many of these as there are receivers.
#[derive(Clone, Debug)]
pub struct Post {
    /// Who sent it.
    pub from: PartyIndex,
    /// Who gets it.
    pub to: PartyIndex,
    /// The number of its kind.
    pub tag: u64,
    /// What it says.
    pub payload: Vec<u8>,
}

impl Post {
    /// A message on its way to one of those who may read it.
    #[must_use]
    pub fn of(from: PartyIndex, to: PartyIndex, message: &Outgoing) -> Self {
        Self { from, to, tag: message.tag, payload: message.payload.to_vec() }
    }
}

/// How each party ended. Who still waits when nothing is on its way any more is not in it.
pub type Outcomes<O, C> = BTreeMap<PartyIndex, Result<O, Abort<C>>>;

/// Runs the parties until nothing is on its way. What is sent arrives in an order that `seed` says, and some of it twice.
/// `meddle` sees, and may change, every payload before it is posted.
pub fn run<S: Session, R: CryptoRng>(
    parties: impl IntoIterator<Item = Party<S, R>>,
    seed: u64,
    meddle: impl FnMut(&mut Post),
) -> Outcomes<S::Output, S::Check> {
    run_on(&Alone, parties, seed, meddle)
}

/// The same, where these compute for every party.
pub fn run_on<S: Session, R: CryptoRng>(
    workers: &dyn Workers,
    parties: impl IntoIterator<Item = Party<S, R>>,
    seed: u64,
    mut meddle: impl FnMut(&mut Post),
) -> Outcomes<S::Output, S::Check> {
    let mut table = Table::of(workers, parties);
    let mut order = seeded(seed);
    let mut on_its_way: Vec<Post> = Vec::new();
    loop {
        while let Some((from, message)) = table.sent.pop_front() {
            for to in table.receivers(from, &message) {
                let mut post = Post::of(from, to, &message);
                meddle(&mut post);
                on_its_way.push(post);
            }
        }
        if on_its_way.is_empty() {
            return table.outcomes;
        }
        let next = usize::try_from(order.next_u64()).unwrap() % on_its_way.len();
        let Post { from, to, tag, payload } = on_its_way.swap_remove(next);
        if let Some((session, _)) = table.running.get_mut(&to) {
            session.deliver(from, tag, &payload);
            // What comes twice, comes changed the second time: only the first counts.
            if order.next_u64().is_multiple_of(4) {
                let again: Vec<u8> = payload.iter().map(|byte| !byte).collect();
                session.deliver(from, tag, &again);
            }
            table.advance(to);
        }
    }
}

/// Runs the parties until nothing is on its way. What is sent arrives in the order in which it is sent; `hear` is told
/// the receiver and the sender of everything.
pub fn hold<S: Session, R: CryptoRng>(
    workers: &dyn Workers,
    parties: impl IntoIterator<Item = Party<S, R>>,
    mut hear: impl FnMut(PartyIndex, PartyIndex, &Outgoing),
) -> Outcomes<S::Output, S::Check> {
    let mut table = Table::of(workers, parties);
    while let Some((from, message)) = table.sent.pop_front() {
        for to in table.receivers(from, &message) {
            hear(to, from, &message);
            if let Some((session, _)) = table.running.get_mut(&to) {
                session.deliver(from, message.tag, &message.payload);
                table.advance(to);
            }
        }
    }
    table.outcomes
}

/// Everybody's result, in party order; an abort is a failure of the test.
#[must_use]
pub fn all_done<O, C: std::fmt::Debug>(outcomes: Outcomes<O, C>) -> Vec<O> {
    outcomes.into_values().map(|outcome| outcome.expect("a result")).collect()
}

/// Leaves every payload as it is.
pub fn honestly(_: &mut Post) {}

/// Everybody, and what they have sent.
struct Table<'a, S: Session, R> {
    workers: &'a dyn Workers,
    everybody: Vec<PartyIndex>,
    running: BTreeMap<PartyIndex, (S, R)>,
    sent: VecDeque<(PartyIndex, Outgoing)>,
    outcomes: Outcomes<S::Output, S::Check>,
}

impl<'a, S: Session, R: CryptoRng> Table<'a, S, R> {
    fn of(workers: &'a dyn Workers, parties: impl IntoIterator<Item = Party<S, R>>) -> Self {
        let (mut running, mut sent) = (BTreeMap::new(), VecDeque::new());
        for ((session, first, rng), i) in parties.into_iter().zip((0..).map(p)) {
            running.insert(i, (session, rng));
            sent.extend(first.into_iter().map(|message| (i, message)));
        }
        let everybody: Vec<_> = running.keys().copied().collect();
        let outcomes = BTreeMap::new();
        let mut table = Self { workers, everybody, running, sent, outcomes };
        // Some have all they need from the start.
        for i in table.everybody.clone() {
            table.advance(i);
        }
        table
    }

    fn receivers(&self, from: PartyIndex, message: &Outgoing) -> Vec<PartyIndex> {
        let to = message.delivery.receiver();
        let reads = |j: &PartyIndex| *j != from && to.is_none_or(|to| to == *j);
        self.everybody.iter().copied().filter(reads).collect()
    }

    fn advance(&mut self, i: PartyIndex) {
        let Some((session, rng)) = self.running.get_mut(&i) else { return };
        let end = loop {
            match session.advance(rng, self.workers) {
                Ok(Step::Wait) => {
                    assert!(!session.awaiting().is_empty(), "waits, but says for nobody");
                    return;
                }
                Ok(Step::Send(messages)) => {
                    self.sent.extend(messages.into_iter().map(|message| (i, message)));
                }
                Ok(Step::Channels(channels)) => assert!(!channels.contains_key(&i)),
                Ok(Step::Done(output)) => break Ok(output),
                Err(abort) => break Err(abort),
            }
        };
        self.running.remove(&i);
        self.outcomes.insert(i, end);
    }
}
