//! One of our parties in one ceremony, whatever its curve and its protocol: what a replay scripts and the live matrix
//! seats.

mod ecdsa;
mod eddsa;

use std::collections::BTreeSet;
use std::fmt;

use quorate_core::session::Session;
use quorate_core::{Abort, Alone, Check, PartyIndex, Secret};
use quorate_vault::run::{Failed, Progress, Run};
use quorate_wire::frame::Frame;
use quorate_wire::setup::{Setup, Suite};
use rand_core::CryptoRng;

use crate::Result;

/// What a ceremony is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// A new key.
    Keygen,
    /// A signature.
    Sign,
    /// A signature but for its hash (ECDSA).
    Presign,
    /// A signature out of a presignature (ECDSA).
    Finish,
    /// The same key among other parties.
    QuorumChange,
    /// The same key, shared anew among the same parties.
    Refresh,
    /// A key whose parts have been made elsewhere.
    Migration,
    /// A key that one party knows.
    Import,
    /// The key, whole, for one party.
    Export,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Keygen,
        Self::Sign,
        Self::Presign,
        Self::Finish,
        Self::QuorumChange,
        Self::Refresh,
        Self::Migration,
        Self::Import,
        Self::Export,
    ];

    /// Whether the engine of the suite has it.
    #[must_use]
    pub fn is_of(self, suite: Suite) -> bool {
        suite == Suite::Ecdsa || !matches!(self, Self::Presign | Self::Finish)
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keygen => "keygen",
            Self::Sign => "sign",
            Self::Presign => "presign",
            Self::Finish => "finish",
            Self::QuorumChange => "quorum change",
            Self::Refresh => "refresh",
            Self::Migration => "migration",
            Self::Import => "import",
            Self::Export => "export",
        })
    }
}

/// What a party does in a ceremony, and what it brings. Numbers are encoded as on their curve.
#[derive(Clone, Debug)]
pub enum Task {
    /// Generates a key.
    Keygen,
    /// Signs.
    Sign {
        /// Its share.
        share: Vec<u8>,
    },
    /// Signs without a hash.
    Presign {
        /// Its share.
        share: Vec<u8>,
    },
    /// Finishes a presignature.
    Finish {
        /// Its presignature.
        presignature: Vec<u8>,
    },
    /// Keeps, takes or gives up a place.
    ChangeQuorum {
        /// Its share, if it has one.
        share: Option<Vec<u8>>,
    },
    /// Gets another share of the same key.
    Refresh {
        /// Its share.
        share: Vec<u8>,
    },
    /// Gets a share of a key that is a sum.
    Migrate {
        /// Its part of the sum.
        part: [u8; 32],
        /// The key.
        public_key: Vec<u8>,
        /// The chain code.
        chain_code: [u8; 32],
    },
    /// The first party of an import: hands a key over.
    ImportKey {
        /// The key.
        private_key: [u8; 32],
        /// The chain code.
        chain_code: [u8; 32],
    },
    /// Any other party of an import.
    Import,
    /// The first party of an export: gets the key.
    ExportKey {
        /// Its share.
        share: Vec<u8>,
        /// The X25519 secret to the key that the setup names.
        secret: [u8; 32],
    },
    /// Any other party of an export.
    Export {
        /// Its share.
        share: Vec<u8>,
    },
}

/// What a party is left with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A serialised share.
    Share(Vec<u8>),
    /// A signature; with its recovery id on secp256k1.
    Signature(Vec<u8>),
    /// A serialised presignature.
    Presignature(Vec<u8>),
    /// The key itself.
    PrivateKey(Vec<u8>),
    /// Nothing: it is not a member of the new sharing, or has given its share away.
    Nothing,
}

impl From<()> for Outcome {
    fn from((): ()) -> Self {
        Self::Nothing
    }
}

impl From<Secret<[u8; 32]>> for Outcome {
    fn from(key: Secret<[u8; 32]>) -> Self {
        Self::PrivateKey(key.expose().to_vec())
    }
}

impl<T> From<Option<T>> for Outcome
where
    Self: From<T>,
{
    fn from(outcome: Option<T>) -> Self {
        outcome.map_or(Self::Nothing, Self::from)
    }
}

/// How a run ended without a result, in the words of no engine.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Who has sent what no honest party sends.
    pub named: BTreeSet<PartyIndex>,
    /// Those of them that this sharing must never run with again.
    pub banned: BTreeSet<PartyIndex>,
    /// Where nobody can be named: among whom somebody is wrong.
    pub suspects: BTreeSet<PartyIndex>,
    told: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told)
    }
}

impl<C: Check> From<Failed<C>> for Failure {
    fn from(failed: Failed<C>) -> Self {
        let told = format!("{failed:?}");
        match failed {
            Failed::Protocol(abort) => Self::of(&abort, told),
            Failed::Framing(abort) => Self::of(&abort, told),
            Failed::Fault(_) => Self {
                named: BTreeSet::new(),
                banned: BTreeSet::new(),
                suspects: BTreeSet::new(),
                told,
            },
        }
    }
}

impl Failure {
    fn of<C: Check>(abort: &Abort<C>, told: String) -> Self {
        let banned = abort.banned().map(|(j, _)| j).collect();
        let (named, suspects) = match abort {
            Abort::Blame(blamed) => (blamed.keys().copied().collect(), BTreeSet::new()),
            Abort::Suspect { among, .. } => (BTreeSet::new(), among.clone()),
        };
        Self { named, banned, suspects, told }
    }
}

/// A [`Run`] of any protocol of either engine.
pub trait Seat {
    /// As [`Run::receive`].
    fn receive(&mut self, frame: &[u8], rng: &mut dyn CryptoRng) -> Answer;
    /// As [`Run::advance`].
    fn advance(&mut self, rng: &mut dyn CryptoRng) -> Answer;
    /// As [`Run::take_frames`].
    fn take_frames(&mut self) -> Vec<Frame>;
}

/// What becomes of a run after a frame.
pub type Answer = std::result::Result<Progress<Outcome>, Failure>;

impl<S> Seat for Run<S>
where
    S: Session,
    Outcome: From<S::Output>,
{
    fn receive(&mut self, frame: &[u8], rng: &mut dyn CryptoRng) -> Answer {
        Ok(Run::receive(self, frame, rng, &Alone)?.map(Outcome::from))
    }

    fn advance(&mut self, rng: &mut dyn CryptoRng) -> Answer {
        Ok(Run::advance(self, rng, &Alone)?.map(Outcome::from))
    }

    fn take_frames(&mut self) -> Vec<Frame> {
        Run::take_frames(self)
    }
}

/// Takes the seat of `name` in the ceremony that the setup describes.
///
/// Draws the keys of the exchange first, then whatever the protocol draws for its first messages.
pub fn take(
    suite: Suite,
    setup: &[u8],
    name: &str,
    task: Task,
    rng: &mut dyn CryptoRng,
) -> Result<Box<dyn Seat>> {
    let setup = Setup::parse(suite, setup)?;
    let me = setup.index_of(name).ok_or_else(|| format!("{name} has no place in the setup"))?;
    match suite {
        Suite::Ecdsa => ecdsa::take(&setup, me, task, rng),
        Suite::Eddsa => eddsa::take(&setup, me, task, rng),
    }
}

/// What a share says to everybody, and the share written again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The key, as encoded on its curve.
    pub public_key: Vec<u8>,
    /// The chain code.
    pub chain_code: Vec<u8>,
    /// The key id.
    pub key_id: Vec<u8>,
    /// The share.
    pub share: Vec<u8>,
}

/// Reads a share.
pub fn read(suite: Suite, share: &[u8]) -> Result<Facts> {
    match suite {
        Suite::Ecdsa => ecdsa::read(share),
        Suite::Eddsa => eddsa::read(share),
    }
}

/// Whether a signature of `message` (a hash on secp256k1) verifies under the key that the share is of, at the path.
pub fn verifies(
    suite: Suite,
    share: &[u8],
    path: &str,
    message: &[u8],
    signature: &[u8],
) -> Result<bool> {
    match suite {
        Suite::Ecdsa => ecdsa::verifies(share, path, message, signature),
        Suite::Eddsa => eddsa::verifies(share, message, signature),
    }
}

/// The names of the parties that a frame from `me` goes to.
pub fn receivers(names: &[String], me: PartyIndex, frame: &Frame) -> Vec<String> {
    let to = |j: usize| frame.to.map_or(j != usize::from(me), |to| j == usize::from(to));
    names.iter().enumerate().filter(|(j, _)| to(*j)).map(|(_, name)| name.clone()).collect()
}
