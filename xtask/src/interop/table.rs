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

/// A ceremony that is over.
pub(super) struct Held {
    /// What everybody is left with.
    pub(super) outcomes: BTreeMap<String, Outcome>,
    /// What all have sent, a copy a receiver.
    pub(super) bytes: usize,
    /// How many messages had to follow one another.
    pub(super) rounds: usize,
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
) -> Result<Held> {
    let names: Vec<String> = players.iter().map(|player| player.name.clone()).collect();
    let mut mail = Mail::new(post);
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
        playing.speak(engine, &names, 1, &mut mail)?;
        table.insert(name, (playing, 0));
    }
    while let Some(Letter { to, message, round }) =
        mail.next(rng, table.values().any(|(party, _)| !party.is_done()))
    {
        let (playing, heard) =
            table.get_mut(&to).ok_or_else(|| format!("a message for a stranger, {to}"))?;
        *heard = round.max(*heard);
        match playing {
            Playing::Ours { seat, outcome, .. } if outcome.is_none() => {
                *outcome = settle(&to, seat.receive(&message, rng))?;
            }
            Playing::Ours { .. } => {}
            Playing::Theirs { handle, done } => *done |= engine.input(*handle, &message)?,
        }
        playing.speak(engine, &names, heard.saturating_add(1), &mut mail)?;
    }
    let Mail { bytes, rounds, .. } = mail;
    let mut outcomes = BTreeMap::new();
    for (name, (playing, _)) in table {
        outcomes.insert(name.clone(), playing.leave(engine, &name)?);
    }
    Ok(Held { outcomes, bytes, rounds })
}

/// What our party's answer means for the ceremony.
fn settle(name: &str, answer: seat::Answer) -> Result<Option<Outcome>> {
    match answer {
        Ok(Progress::Waiting) => Ok(None),
        Ok(Progress::Done(outcome)) => Ok(Some(outcome)),
        Ok(Progress::PeerAborted(from)) => Err(format!("party {from} aborted, says {name}").into()),
        Ok(Progress::PeerBeganAnew(from)) => {
            Err(format!("party {from} began anew, says {name}").into())
        }
        Err(failure) => Err(format!("{name} aborts: {failure}").into()),
    }
}

/// One copy of a message, and in which round it was sent: one after the last that its sender had heard.
#[derive(Clone)]
struct Letter {
    to: String,
    message: Vec<u8>,
    round: usize,
}

/// Messages under way.
struct Mail {
    post: Post,
    waiting: VecDeque<Letter>,
    /// Everything sent so far, where it may have to be sent again.
    sent: Vec<Letter>,
    repeats: usize,
    bytes: usize,
    rounds: usize,
}

impl Mail {
    fn new(post: Post) -> Self {
        let (waiting, sent) = (VecDeque::new(), Vec::new());
        Self { post, waiting, sent, repeats: REPEATS, bytes: 0, rounds: 0 }
    }

    fn send(&mut self, to: Vec<String>, message: &[u8], round: usize) {
        self.rounds = round.max(self.rounds);
        for to in to {
            self.bytes = self.bytes.saturating_add(message.len());
            let letter = Letter { to, message: message.to_vec(), round };
            if self.post == Post::Shuffled {
                self.sent.push(letter.clone());
            }
            self.waiting.push_back(letter);
        }
    }

    fn next(&mut self, rng: &mut dyn CryptoRng, wanted: bool) -> Option<Letter> {
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
    fn speak(
        &mut self,
        engine: &mut Driver,
        names: &[String],
        round: usize,
        mail: &mut Mail,
    ) -> Result<()> {
        match self {
            Self::Ours { me, seat, .. } => {
                for frame in seat.take_frames() {
                    mail.send(seat::receivers(names, *me, &frame), &frame.bytes, round);
                }
            }
            Self::Theirs { handle, .. } => {
                for (to, message) in engine.output(*handle)? {
                    mail.send(to, &message, round);
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
