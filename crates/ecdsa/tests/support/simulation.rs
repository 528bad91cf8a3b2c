//! Parties in one process, and a post that reorders and repeats what they send.

#![allow(dead_code, reason = "every test program uses its own part of this")]

use std::collections::BTreeMap;

use quorate_core::session::{Outgoing, Session, Step};
use quorate_core::{Abort, Alone, PartyIndex, Workers};
use quorate_ecdsa::Check;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The party at this position.
pub(crate) fn p(position: u8) -> PartyIndex {
    PartyIndex::new(position)
}

/// A source of randomness that every run repeats.
pub(crate) fn seeded(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

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
    parties: impl IntoIterator<Item = (S, Vec<Outgoing>, ChaCha20Rng)>,
    seed: u64,
    meddle: impl FnMut(&mut Post),
) -> Outcomes<S::Output> {
    run_on(&Alone, parties, seed, meddle)
}

/// The same, where these compute for every party.
pub(crate) fn run_on<S: Session<Check = Check>>(
    workers: &dyn Workers,
    parties: impl IntoIterator<Item = (S, Vec<Outgoing>, ChaCha20Rng)>,
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
        advance(i, workers, &mut running, &mut sent, &mut outcomes);
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
            advance(post.to, workers, &mut running, &mut sent, &mut outcomes);
        }
    }
}

fn advance<S: Session<Check = Check>>(
    i: PartyIndex,
    workers: &dyn Workers,
    running: &mut BTreeMap<PartyIndex, (S, ChaCha20Rng)>,
    sent: &mut Vec<(PartyIndex, Outgoing)>,
    outcomes: &mut Outcomes<S::Output>,
) {
    let Some((session, rng)) = running.get_mut(&i) else { return };
    loop {
        let end = match session.advance(rng, workers) {
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
