//! One ceremony with our parties and the engine's at one table.

use std::collections::{BTreeMap, VecDeque};

use quorate_core::PartyIndex;
use quorate_vault::run::Progress;
use quorate_wire::setup::{Setup, Suite};
use rand_core::CryptoRng;

use super::driver::Driver;
use crate::Result;
use crate::seat::{self, Outcome, Seat};

/// Whose implementation plays a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Ours,
    Theirs,
}

impl Side {
    pub(super) fn other(self) -> Self {
        match self {
            Self::Ours => Self::Theirs,
            Self::Theirs => Self::Ours,
        }
    }
}

/// What the engine calls the session of a protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Protocol {
    Keygen,
    Sign,
    QuorumChange,
}

impl Protocol {
    fn operation(self) -> &'static str {
        match self {
            Self::Keygen => "dkg",
            Self::Sign => "sign",
            Self::QuorumChange => "qc",
        }
    }
}

/// A party as it sits down: who plays it, and the share it brings.
#[derive(Clone, Debug)]
pub(super) struct Player {
    pub(super) side: Side,
    pub(super) share: Option<Vec<u8>>,
}

enum Playing {
    Ours { me: PartyIndex, seat: Box<dyn Seat>, outcome: Option<Outcome> },
    Theirs { handle: u64 },
}

/// Runs the ceremony until nobody has anything to say, and asks everybody what they are left with.
pub(super) fn run(
    engine: &mut Driver,
    rng: &mut dyn CryptoRng,
    protocol: Protocol,
    setup: &[u8],
    players: &BTreeMap<String, Player>,
) -> Result<BTreeMap<String, Outcome>> {
    let names = Setup::parse(Suite::Ecdsa, setup)?.names().to_vec();
    let mut mail = VecDeque::new();
    let mut table = BTreeMap::new();
    for (position, name) in (0..).zip(&names) {
        let player = players.get(name).ok_or_else(|| format!("nobody plays {name}"))?;
        let share = player.share.as_deref();
        let mut playing = match player.side {
            Side::Ours => {
                let me = PartyIndex::new(position);
                let mut seat = seat::take(setup, name, share, rng)?;
                let outcome = settle(name, seat.advance(rng))?;
                Playing::Ours { me, seat, outcome }
            }
            Side::Theirs => {
                let handle = engine.open(protocol.operation(), setup, name, share)?;
                Playing::Theirs { handle }
            }
        };
        playing.post(engine, &names, &mut mail)?;
        table.insert(name.clone(), playing);
    }
    while let Some((to, message)) = mail.pop_front() {
        let playing =
            table.get_mut(&to).ok_or_else(|| format!("a message for a stranger, {to}"))?;
        match playing {
            Playing::Ours { seat, outcome, .. } => {
                let answer = settle(&to, seat.receive(&message, rng))?;
                *outcome = outcome.take().or(answer);
            }
            Playing::Theirs { handle } => engine.input(*handle, &message)?,
        }
        playing.post(engine, &names, &mut mail)?;
    }
    table
        .into_iter()
        .map(|(name, playing)| Ok((name.clone(), playing.leave(engine, &name, protocol)?)))
        .collect()
}

/// What our party's answer means for the ceremony.
fn settle(name: &str, answer: seat::Answer) -> Result<Option<Outcome>> {
    match answer {
        Ok(Progress::Waiting) => Ok(None),
        Ok(Progress::Done(outcome)) => Ok(Some(outcome)),
        Ok(Progress::PeerAborted(from)) => Err(format!("party {from} aborted, says {name}").into()),
        Err(failed) => Err(format!("{name} aborts: {failed:?}").into()),
    }
}

type Mail = VecDeque<(String, Vec<u8>)>;

impl Playing {
    /// Takes what the party has to say to the post, one copy a receiver.
    fn post(&mut self, engine: &mut Driver, names: &[String], mail: &mut Mail) -> Result<()> {
        match self {
            Self::Ours { me, seat, .. } => {
                for frame in seat.take_frames() {
                    let to = seat::receivers(names, *me, &frame);
                    mail.extend(to.into_iter().map(|name| (name, frame.bytes.clone())));
                }
            }
            Self::Theirs { handle } => {
                for (to, message) in engine.output(*handle)? {
                    mail.extend(to.into_iter().map(|name| (name, message.clone())));
                }
            }
        }
        Ok(())
    }

    fn leave(self, engine: &mut Driver, name: &str, protocol: Protocol) -> Result<Outcome> {
        match self {
            Self::Ours { outcome, .. } => {
                outcome.ok_or_else(|| format!("{name} still waits").into())
            }
            Self::Theirs { handle } => match (engine.finish(handle)?, protocol) {
                (None, _) => Ok(Outcome::Left),
                (Some(bytes), Protocol::Sign) => {
                    Ok(Outcome::Signature(bytes.as_slice().try_into()?))
                }
                (Some(bytes), _) => Ok(Outcome::Share(bytes)),
            },
        }
    }
}
