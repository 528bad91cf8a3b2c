//! One ceremony with our parties and the engine's at one table.

use std::collections::{BTreeMap, VecDeque};

use quorate_core::PartyIndex;
use quorate_vault::run::Progress;
use quorate_wire::setup::Suite;
use rand_core::CryptoRng;

use super::driver::Driver;
use crate::Result;
use crate::seat::{self, Outcome, Seat, Task};

/// Whose implementation plays a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Ours,
    Theirs,
}

impl Side {
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Ours => Self::Theirs,
            Self::Theirs => Self::Ours,
        }
    }
}

/// In which order messages arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Post {
    /// As they were sent, each once.
    InOrder,
    /// In any. Once nothing is left and somebody still waits, everybody sends everything again.
    Shuffled,
}

/// How often everybody sends everything again before it is given up: more often than there are rounds.
const REPEATS: usize = 10;

/// A party as it sits down.
pub(super) struct Player {
    pub(super) name: String,
    pub(super) side: Side,
    pub(super) task: Task,
}

/// What a ceremony begins with.
pub(super) struct Opening {
    pub(super) setup: Vec<u8>,
    /// The party of theirs that has made the setup and sits already, the first of all.
    pub(super) host: Option<u64>,
}

enum Playing {
    Ours { me: PartyIndex, seat: Box<dyn Seat>, outcome: Option<Outcome> },
    Theirs { handle: u64, done: bool },
}

/// Runs the ceremony until nobody has anything to say, and asks everybody what they are left with. The players are in
/// the order of the setup.
pub(super) fn run(
    engine: &mut Driver,
    rng: &mut dyn CryptoRng,
    suite: Suite,
    Opening { setup, mut host }: Opening,
    players: Vec<Player>,
    post: Post,
) -> Result<BTreeMap<String, Outcome>> {
    let names: Vec<String> = players.iter().map(|player| player.name.clone()).collect();
    let mut mail = Mail { post, waiting: VecDeque::new(), sent: Vec::new(), repeats: REPEATS };
    let mut table = BTreeMap::new();
    for (position, Player { name, side, task }) in (0..).zip(players) {
        let mut playing = match side {
            Side::Ours => {
                let me = PartyIndex::new(position);
                let mut seat = seat::take(suite, &setup, &name, task, rng)?;
                let outcome = settle(&name, seat.advance(rng))?;
                Playing::Ours { me, seat, outcome }
            }
            Side::Theirs => {
                let handle = match host.take() {
                    Some(handle) => handle,
                    None => engine.open(suite, &setup, &name, &task)?,
                };
                // An exporter listens to nobody.
                Playing::Theirs { handle, done: matches!(task, Task::Export { .. }) }
            }
        };
        playing.speak(engine, &names, &mut mail)?;
        table.insert(name, playing);
    }
    while let Some((to, message)) = mail.next(rng, table.values().any(|party| !party.is_done())) {
        let playing =
            table.get_mut(&to).ok_or_else(|| format!("a message for a stranger, {to}"))?;
        match playing {
            Playing::Ours { seat, outcome, .. } if outcome.is_none() => {
                *outcome = settle(&to, seat.receive(&message, rng))?;
            }
            Playing::Ours { .. } => {}
            Playing::Theirs { handle, done } => *done |= engine.input(*handle, &message)?,
        }
        playing.speak(engine, &names, &mut mail)?;
    }
    table
        .into_iter()
        .map(|(name, playing)| Ok((name.clone(), playing.leave(engine, &name)?)))
        .collect()
}

/// What our party's answer means for the ceremony.
fn settle(name: &str, answer: seat::Answer) -> Result<Option<Outcome>> {
    match answer {
        Ok(Progress::Waiting) => Ok(None),
        Ok(Progress::Done(outcome)) => Ok(Some(outcome)),
        Ok(Progress::PeerAborted(from)) => Err(format!("party {from} aborted, says {name}").into()),
        Err(failure) => Err(format!("{name} aborts: {failure}").into()),
    }
}

/// Messages under way, one copy a receiver.
struct Mail {
    post: Post,
    waiting: VecDeque<(String, Vec<u8>)>,
    /// Everything sent so far, where it may have to be sent again.
    sent: Vec<(String, Vec<u8>)>,
    repeats: usize,
}

impl Mail {
    fn send(&mut self, to: Vec<String>, message: &[u8]) {
        let copies = to.into_iter().map(|name| (name, message.to_vec()));
        if self.post == Post::Shuffled {
            self.sent.extend(copies.clone());
        }
        self.waiting.extend(copies);
    }

    fn next(&mut self, rng: &mut dyn CryptoRng, wanted: bool) -> Option<(String, Vec<u8>)> {
        if self.post == Post::InOrder {
            return self.waiting.pop_front();
        }
        if self.waiting.is_empty() && wanted && self.repeats > 0 {
            self.repeats = self.repeats.saturating_sub(1);
            self.waiting.extend(self.sent.iter().cloned());
        }
        let any = usize::try_from(rng.next_u32()).ok()?.checked_rem(self.waiting.len())?;
        self.waiting.swap_remove_back(any)
    }
}

impl Playing {
    fn is_done(&self) -> bool {
        match self {
            Self::Ours { outcome, .. } => outcome.is_some(),
            Self::Theirs { done, .. } => *done,
        }
    }

    /// Takes what the party has to say to the post.
    fn speak(&mut self, engine: &mut Driver, names: &[String], mail: &mut Mail) -> Result<()> {
        match self {
            Self::Ours { me, seat, .. } => {
                for frame in seat.take_frames() {
                    mail.send(seat::receivers(names, *me, &frame), &frame.bytes);
                }
            }
            Self::Theirs { handle, .. } => {
                for (to, message) in engine.output(*handle)? {
                    mail.send(to, &message);
                }
            }
        }
        Ok(())
    }

    fn leave(self, engine: &mut Driver, name: &str) -> Result<Outcome> {
        match self {
            Self::Ours { outcome, .. } => {
                outcome.ok_or_else(|| format!("{name} still waits").into())
            }
            Self::Theirs { handle, .. } => engine.finish(handle),
        }
    }
}
