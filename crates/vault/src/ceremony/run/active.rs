//! A run of any protocol of either engine behind one face, as a running ceremony needs it.

use std::collections::BTreeSet;
use std::sync::Arc;

use quorate_chain::{PublicKey, ToSign};
use quorate_core::session::Session;
use quorate_core::{Committee, PartyIndex, Workers};
use quorate_ecdsa::derive::DerivationPath;
use quorate_wire::frame::{Enclosure, Frame};
use quorate_wire::relay_api::Namespace;
use quorate_wire::setup::{Body, Setup, Suite};
use rand_core::CryptoRng;

use super::setups::Instance;
use super::signing::{RawSignature, SigningRun};
use crate::failure::{Failure, Kind};
use crate::phrase::PrivateKey;
use crate::run::{Kept, Progress, Run};
use crate::share::{NewShare, Share};

/// One protocol of a ceremony, at work or waiting for its turn.
pub(in crate::ceremony) struct ActiveRun {
    pub(in crate::ceremony) suite: Suite,
    /// The chain whose own key it is, if it is one's.
    pub(in crate::ceremony) chain: Option<String>,
    /// Where its frames go.
    pub(in crate::ceremony) mailbox: Namespace,
    pub(in crate::ceremony) engine: Box<dyn Engine>,
    /// The key whose shares it must end with, if this device knows it.
    pub(in crate::ceremony) expected: Option<PublicKey>,
    /// What its signature must be of, if it signs.
    pub(in crate::ceremony) signing: Option<SigningRun>,
}

/// A run that has not ended yet.
pub(in crate::ceremony) trait Engine: Send {
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
pub(in crate::ceremony) enum Output {
    Share(Box<NewShare>),
    Signature(RawSignature),
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
        Self::Share(Box::new(share.into()))
    }
}

impl From<quorate_eddsa::NewShare> for Output {
    fn from(new: quorate_eddsa::NewShare) -> Self {
        Self::Share(Box::new(new.into()))
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
        Self::Signature(RawSignature::Ecdsa(signature.to_bytes()))
    }
}

impl From<quorate_eddsa::Signature> for Output {
    fn from(signature: quorate_eddsa::Signature) -> Self {
        Self::Signature(RawSignature::Eddsa(signature.to_bytes()))
    }
}

type Started = Result<Box<dyn Engine>, Failure>;

/// Starts the making of a key.
pub(super) fn keygen(instance: Instance, threshold: u8, rng: &mut dyn CryptoRng) -> Started {
    let Instance { setup, me, exchange } = instance;
    let committee = Committee::new(me, setup.size(), threshold).map_err(refused)?;
    match setup.suite() {
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
    }
}

/// Starts the sharing of a key that exists: as the initiator with the key and its chain code, as any other device
/// without.
pub(super) fn import(
    instance: Instance,
    threshold: u8,
    key: Option<&(PrivateKey, [u8; 32])>,
    rng: &mut dyn CryptoRng,
) -> Started {
    let Instance { setup, me, exchange } = instance;
    let committee = Committee::new(me, setup.size(), threshold).map_err(refused)?;
    let enclosure = Enclosure::draw(rng);
    let enclosed = enclosure.public_key();
    let exchange = exchange.with_enclosure(enclosure);
    match setup.suite() {
        Suite::Ecdsa => {
            use quorate_ecdsa::import::Session;
            let params = quorate_ecdsa::dkg::Params { committee, key_id: named(&setup) };
            boxed(Run::start(exchange, |channel| {
                match key {
                    Some((PrivateKey::Ecdsa(key), chain_code)) => {
                        Session::start_initiator(params, key.expose(), *chain_code, channel, rng)
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
                        Session::start_initiator(params, key.expose(), *chain_code, rng)
                    }
                    Some(_) => return Err(refused("the key is of the other curve")),
                    None => Session::start(params, enclosed),
                }
                .map_err(refused)
            }))
        }
    }
}

/// The key id that a setup gives to a new key.
fn named(setup: &Setup) -> Option<[u8; 32]> {
    match setup.body() {
        Body::Dkg { key_id, .. } => *key_id,
        _ => None,
    }
}

/// Who shares which key anew.
pub(super) struct Change {
    /// Positions of those with a share.
    pub(super) old: BTreeSet<PartyIndex>,
    /// Positions of those that get one.
    pub(super) new: Vec<PartyIndex>,
    /// How many of these can sign.
    pub(super) threshold: u8,
    /// The key.
    pub(super) public_key: PublicKey,
    /// This device's share, if it has one.
    pub(super) share: Option<Share>,
}

/// Starts the sharing anew of a key.
pub(super) fn reshare(instance: Instance, change: Change) -> Started {
    let Instance { setup, me, exchange } = instance;
    let Change { old, new, threshold, public_key, share } = change;
    let parties = setup.size();
    match (public_key, share) {
        (PublicKey::Ecdsa(public_key), share) => {
            let share = match share {
                Some(Share::Ecdsa(share)) => Some(share),
                Some(Share::Eddsa(_)) => return Err(refused("the share is of the other curve")),
                None => None,
            };
            let params = quorate_ecdsa::quorum_change::Params {
                me,
                parties,
                old,
                new,
                threshold,
                public_key,
                share,
            };
            boxed(Run::start(exchange, |channel| {
                quorate_ecdsa::quorum_change::Session::start(params, channel).map_err(refused)
            }))
        }
        (PublicKey::Eddsa(public_key), share) => {
            let share = match share {
                Some(Share::Eddsa(share)) => Some(share),
                Some(Share::Ecdsa(_)) => return Err(refused("the share is of the other curve")),
                None => None,
            };
            let params = quorate_eddsa::quorum_change::Params {
                me,
                parties,
                old,
                new,
                threshold,
                public_key,
                share,
            };
            boxed(Run::start(exchange, |channel| {
                quorate_eddsa::quorum_change::Session::start(params, channel).map_err(refused)
            }))
        }
    }
}

/// Starts a signing.
pub(super) fn sign(
    instance: Instance,
    share: &Share,
    signing: &SigningRun,
    rng: &mut dyn CryptoRng,
) -> Started {
    let Instance { setup, me, exchange } = instance;
    let signers = setup.size();
    match (share, signing.bytes()) {
        (Share::Ecdsa(share), ToSign::Digest(digest)) => {
            let params = quorate_ecdsa::sign::Params {
                share: Arc::clone(share),
                me,
                signers,
                path: DerivationPath::parse(signing.path()).map_err(refused)?,
                hash: digest.0,
            };
            boxed(Run::start(exchange, |channel| {
                quorate_ecdsa::sign::Session::start(params, channel, rng).map_err(refused)
            }))
        }
        (Share::Eddsa(share), ToSign::Bytes(message)) => {
            let params = quorate_eddsa::sign::Params {
                share: Arc::clone(share),
                me,
                signers,
                message: message.clone(),
            };
            boxed(Run::start(exchange, |_| {
                quorate_eddsa::sign::Session::start(params, rng).map_err(refused)
            }))
        }
        _ => Err(refused("the share is of the other curve")),
    }
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
