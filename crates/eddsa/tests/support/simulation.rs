//! Parties in one process, and a post that reorders and repeats what they send.

#![allow(dead_code, reason = "every test program uses its own part of this")]

use std::collections::BTreeMap;

use quorate_core::session::{Outgoing, Session, Step};
use quorate_core::{Abort, Alone, PartyIndex};
use quorate_eddsa::Check;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng, TryCryptoRng, TryRng};

/// The party at this position.
pub(crate) fn p(position: u8) -> PartyIndex {
    PartyIndex::new(position)
}

/// A source of randomness that every run repeats.
pub(crate) fn seeded(seed: u64) -> Seeded {
    let rng = ChaCha20Rng::seed_from_u64(seed);
    Seeded { rng, draws: 0, chosen: BTreeMap::new() }
}

/// Randomness that every run repeats; a liar chooses some of it.
pub(crate) struct Seeded {
    rng: ChaCha20Rng,
    draws: usize,
    chosen: BTreeMap<usize, [u8; 32]>,
}

impl Seeded {
    /// What the draw of this number gives, from 0.
    pub(crate) fn choosing(mut self, draw: usize, value: [u8; 32]) -> Self {
        self.chosen.insert(draw, value);
        self
    }
}

impl TryRng for Seeded {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.rng.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.rng.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.rng.fill_bytes(bytes);
        if let Some(value) = self.chosen.get(&self.draws) {
            bytes.copy_from_slice(value);
        }
        self.draws += 1;
        Ok(())
    }
}

impl TryCryptoRng for Seeded {}

/// A party, what it sends first, and its randomness.
pub(crate) type Party<S> = (S, Vec<Outgoing>, Seeded);

/// One payload on its way to one party. A broadcast is as many of these as there are receivers.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) from: PartyIndex,
    pub(crate) to: PartyIndex,
    pub(crate) tag: u64,
    pub(crate) payload: Vec<u8>,
}

/// How each party ended. Who still waits when nothing is on its way any more is not in it.
pub(crate) type Outcomes<O> = BTreeMap<PartyIndex, Result<O, Abort<Check>>>;

/// Runs the parties until nothing is on its way. `meddle` sees, and may change, every payload before it is posted.
pub(crate) fn run<S: Session<Check = Check>>(
    parties: impl IntoIterator<Item = Party<S>>,
    seed: u64,
    mut meddle: impl FnMut(&mut Post),
) -> Outcomes<S::Output> {
    let mut outcomes = BTreeMap::new();
    let mut running = BTreeMap::new();
    let mut sent = Vec::new();
    for ((session, outgoing, rng), i) in parties.into_iter().zip(0..) {
        running.insert(p(i), (session, rng));
        sent.extend(outgoing.into_iter().map(|message| (p(i), message)));
    }
    let everybody: Vec<_> = running.keys().copied().collect();
    let mut order = seeded(seed);
    let mut on_its_way: Vec<Post> = Vec::new();
    // Some have all they need from the start.
    for &i in &everybody {
        advance(i, &mut running, &mut sent, &mut outcomes);
    }
    loop {
        for (from, message) in sent.drain(..) {
            for &to in everybody.iter().filter(|&&to| to != from) {
                if message.delivery.receiver().is_none_or(|one| one == to) {
                    let payload = message.payload.to_vec();
                    let mut post = Post { from, to, tag: message.tag, payload };
                    meddle(&mut post);
                    on_its_way.push(post);
                }
            }
        }
        if on_its_way.is_empty() {
            return outcomes;
        }
        let next = usize::try_from(order.next_u64()).unwrap() % on_its_way.len();
        let post = on_its_way.swap_remove(next);
        if let Some((session, _)) = running.get_mut(&post.to) {
            session.deliver(post.from, post.tag, &post.payload);
            // What comes twice, comes changed the second time: only the first counts.
            if order.next_u64().is_multiple_of(4) {
                let again: Vec<u8> = post.payload.iter().map(|byte| !byte).collect();
                session.deliver(post.from, post.tag, &again);
            }
            advance(post.to, &mut running, &mut sent, &mut outcomes);
        }
    }
}

fn advance<S: Session<Check = Check>>(
    i: PartyIndex,
    running: &mut BTreeMap<PartyIndex, (S, Seeded)>,
    sent: &mut Vec<(PartyIndex, Outgoing)>,
    outcomes: &mut Outcomes<S::Output>,
) {
    let Some((session, rng)) = running.get_mut(&i) else { return };
    loop {
        let end = match session.advance(rng, &Alone) {
            Ok(Step::Wait) => {
                assert!(!session.awaiting().is_empty(), "waits, but says for nobody");
                return;
            }
            Ok(Step::Send(messages)) => {
                sent.extend(messages.into_iter().map(|message| (i, message)));
                continue;
            }
            Ok(Step::Channels(channels)) => {
                assert!(!channels.contains_key(&i));
                continue;
            }
            Ok(Step::Done(output)) => Ok(output),
            Err(abort) => Err(abort),
        };
        running.remove(&i);
        outcomes.insert(i, end);
        return;
    }
}

/// Everybody's result, in party order; somebody without one is a failure of the test.
pub(crate) fn all_done<O>(outcomes: Outcomes<O>) -> Vec<O> {
    outcomes.into_values().map(|outcome| outcome.unwrap()).collect()
}

/// Leaves every payload as it is.
pub(crate) fn honestly(_: &mut Post) {}
