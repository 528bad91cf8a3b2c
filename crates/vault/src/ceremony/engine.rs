//! A run of any protocol of either engine behind one face, as a running ceremony needs it.

use std::collections::BTreeSet;

use quorate_core::session::Session;
use quorate_core::{Committee, PartyIndex, Workers};
use quorate_ecdsa::derive::DerivationPath;
use quorate_wire::frame::{Enclosure, Frame};
use quorate_wire::relay_api::Namespace;
use quorate_wire::setup::{Body, PublicKey, Setup, Suite};
use rand_core::CryptoRng;

use super::setups::Seat;
use super::subject::{Raw, Target};
use super::task::Reshare;
use crate::failure::{Failure, Kind};
use crate::home::Keys;
use crate::phrase::PrivateKey;
use crate::run::{Kept, Progress, Run};

/// One protocol of a ceremony, at work or waiting for its turn.
pub(super) struct Leg {
    pub(super) key: Suite,
    /// The chain whose own key it is, if it is one's.
    pub(super) chain: Option<String>,
    /// Where its frames go.
    pub(super) mail: Namespace,
    pub(super) engine: Box<dyn Engine>,
    /// What it must end with, if it signs.
    pub(super) target: Option<Target>,
}

/// A run that has not ended yet.
pub(super) trait Engine: Send {
    fn keep(&mut self, frame: &[u8]) -> Kept;

    fn receive(
        &mut self,
        frame: &[u8],
        names: &[String],
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<Progress<Output>, Failure>;

    fn advance(
        &mut self,
        names: &[String],
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<Progress<Output>, Failure>;

    fn take_frames(&mut self) -> Vec<Frame>;

    fn give_up(&mut self);

    fn awaiting(&self) -> BTreeSet<PartyIndex>;

    fn round(&self) -> (u8, u8);
}

/// What a run leaves behind.
pub(super) enum Output {
    Ecdsa(Box<quorate_ecdsa::KeyShare>),
    Eddsa(Box<quorate_eddsa::NewShare>),
    Signature(Raw),
    /// A device that is not a member of the new sharing.
    Left,
}

impl<S: Session> Engine for Run<S>
where
    Output: From<S::Output>,
{
    fn keep(&mut self, frame: &[u8]) -> Kept {
        Self::keep(self, frame)
    }

    fn receive(
        &mut self,
        frame: &[u8],
        names: &[String],
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<Progress<Output>, Failure> {
        let progress = Self::receive(self, frame, rng, workers);
        progress.map(|ok| ok.map(Output::from)).map_err(|why| Failure::from_failed(&why, names))
    }

    fn advance(
        &mut self,
        names: &[String],
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<Progress<Output>, Failure> {
        let progress = Self::advance(self, rng, workers);
        progress.map(|ok| ok.map(Output::from)).map_err(|why| Failure::from_failed(&why, names))
    }

    fn take_frames(&mut self) -> Vec<Frame> {
        Self::take_frames(self)
    }

    fn give_up(&mut self) {
        Self::give_up(self);
    }

    fn awaiting(&self) -> BTreeSet<PartyIndex> {
        Self::awaiting(self)
    }

    fn round(&self) -> (u8, u8) {
        Self::round(self)
    }
}

impl From<quorate_ecdsa::KeyShare> for Output {
    fn from(share: quorate_ecdsa::KeyShare) -> Self {
        Self::Ecdsa(Box::new(share))
    }
}

impl From<quorate_eddsa::NewShare> for Output {
    fn from(new: quorate_eddsa::NewShare) -> Self {
        Self::Eddsa(Box::new(new))
    }
}

impl<T> From<Option<T>> for Output
where
    Self: From<T>,
{
    fn from(share: Option<T>) -> Self {
        share.map_or(Self::Left, Self::from)
    }
}

impl From<quorate_ecdsa::Signature> for Output {
    fn from(signature: quorate_ecdsa::Signature) -> Self {
        Self::Signature(Raw::Ecdsa(signature.to_bytes()))
    }
}

impl From<quorate_eddsa::Signature> for Output {
    fn from(signature: quorate_eddsa::Signature) -> Self {
        Self::Signature(Raw::Eddsa(signature.to_bytes()))
    }
}

/// Starts the making of a key.
pub(super) fn keygen(seat: Seat, threshold: u8, rng: &mut dyn CryptoRng) -> Result<Leg, Failure> {
    let Seat { setup, me, exchange, mail, chain } = seat;
    let committee = Committee::new(me, setup.size(), threshold).map_err(refused)?;
    let engine = match setup.suite() {
        Suite::Ecdsa => {
            let params = quorate_ecdsa::dkg::Params { committee, key_id: None };
            boxed(Run::start(exchange, |channel| {
                Ok(quorate_ecdsa::dkg::Session::start(params, channel, rng))
            }))
        }
        Suite::Eddsa => {
            let params = quorate_eddsa::dkg::Params { committee, key_id: None };
            boxed(Run::start(exchange, |_| Ok(quorate_eddsa::dkg::Session::start(params, rng))))
        }
    }?;
    Ok(Leg { key: setup.suite(), chain, mail, engine, target: None })
}

/// Starts the sharing of a key that exists: as the initiator with the key and its chain code, as any other device
/// without.
pub(super) fn import(
    seat: Seat,
    threshold: u8,
    key: Option<(&PrivateKey, [u8; 32])>,
    rng: &mut dyn CryptoRng,
) -> Result<Leg, Failure> {
    let Seat { setup, me, exchange, mail, chain } = seat;
    let committee = Committee::new(me, setup.size(), threshold).map_err(refused)?;
    let enclosure = Enclosure::draw(rng);
    let enclosed = enclosure.public_key();
    let exchange = exchange.with_enclosure(enclosure);
    let engine = match setup.suite() {
        Suite::Ecdsa => {
            use quorate_ecdsa::import::Session;
            let params = quorate_ecdsa::dkg::Params { committee, key_id: named(&setup) };
            boxed(Run::start(exchange, |channel| {
                match key {
                    Some((PrivateKey::Ecdsa(key), chain_code)) => {
                        Session::start_initiator(params, key.expose(), chain_code, channel, rng)
                    }
                    Some(_) => return Err(refused("the key is of the other curve")),
                    None => Session::start(params, enclosed, channel),
                }
                .map_err(refused)
            }))
        }
        Suite::Eddsa => {
            use quorate_eddsa::import::Session;
            let params = quorate_eddsa::dkg::Params { committee, key_id: named(&setup) };
            boxed(Run::start(exchange, |_| {
                match key {
                    Some((PrivateKey::Eddsa(key), chain_code)) => {
                        Session::start_initiator(params, key.expose(), chain_code, rng)
                    }
                    Some(_) => return Err(refused("the key is of the other curve")),
                    None => Session::start(params, enclosed),
                }
                .map_err(refused)
            }))
        }
    }?;
    Ok(Leg { key: setup.suite(), chain, mail, engine, target: None })
}

/// The key id that a setup gives to a new key.
fn named(setup: &Setup) -> Option<[u8; 32]> {
    match setup.body() {
        Body::Dkg { key_id, .. } => *key_id,
        _ => None,
    }
}

/// Starts the sharing anew of a key.
pub(super) fn reshare(seat: Seat, task: &Reshare) -> Result<Leg, Failure> {
    let Seat { setup, me, exchange, mail, chain } = seat;
    let (old, new) = task.places(setup.names());
    let (parties, threshold) = (setup.size(), task.size(setup.names()).threshold);
    let held = task.held.as_ref().map(|(_, keys)| keys);
    let own = chain.is_some();
    // The setup has been judged: its key is the one that this device knows.
    let Body::Qc { public_key, .. } = setup.body() else { return Err(refused("no such setup")) };
    let engine = match public_key {
        PublicKey::Ecdsa(public_key) => {
            let params = quorate_ecdsa::quorum_change::Params {
                me,
                parties,
                old,
                new,
                threshold,
                public_key: *public_key,
                share: held.map(|keys| keys.ecdsa_of(own.then_some(public_key))).transpose()?,
            };
            boxed(Run::start(exchange, |channel| {
                quorate_ecdsa::quorum_change::Session::start(params, channel).map_err(refused)
            }))
        }
        PublicKey::Eddsa(public_key) => {
            let params = quorate_eddsa::quorum_change::Params {
                me,
                parties,
                old,
                new,
                threshold,
                public_key: *public_key,
                share: held.map(|keys| keys.eddsa_of(own.then_some(public_key))).transpose()?,
            };
            boxed(Run::start(exchange, |channel| {
                quorate_eddsa::quorum_change::Session::start(params, channel).map_err(refused)
            }))
        }
    }?;
    Ok(Leg { key: setup.suite(), chain, mail, engine, target: None })
}

/// Starts a signing.
pub(super) fn sign(
    seat: Seat,
    keys: &Keys,
    target: Target,
    rng: &mut dyn CryptoRng,
) -> Result<Leg, Failure> {
    let Seat { setup, me, exchange, mail, chain } = seat;
    let signers = setup.size();
    let engine = match &target {
        Target::Ecdsa { public_key, path, digest, own } => {
            let params = quorate_ecdsa::sign::Params {
                share: keys.ecdsa_of(own.then_some(public_key))?,
                me,
                signers,
                path: DerivationPath::parse(path).map_err(refused)?,
                hash: *digest,
            };
            boxed(Run::start(exchange, |channel| {
                quorate_ecdsa::sign::Session::start(params, channel, rng).map_err(refused)
            }))
        }
        Target::Eddsa { public_key, message, own } => {
            let params = quorate_eddsa::sign::Params {
                share: keys.eddsa_of(own.then_some(public_key))?,
                me,
                signers,
                message: message.clone(),
            };
            boxed(Run::start(exchange, |_| {
                quorate_eddsa::sign::Session::start(params, rng).map_err(refused)
            }))
        }
    }?;
    Ok(Leg { key: setup.suite(), chain, mail, engine, target: Some(target) })
}

fn boxed<S: Session + 'static>(run: Result<Run<S>, Failure>) -> Result<Box<dyn Engine>, Failure>
where
    Output: From<S::Output>,
{
    Ok(Box::new(run?))
}

fn refused(why: impl core::fmt::Display) -> Failure {
    Failure::new(
        Kind::Forbidden,
        format!("the protocol cannot start: {why}"),
        "check what was asked for, then start the ceremony again",
    )
}
