//! One of our parties in one ceremony, whatever its protocol: what a replay scripts and the live matrix seats.

use std::sync::Arc;

use quorate_core::session::Session;
use quorate_core::{Committee, PartyIndex};
use quorate_ecdsa::derive::DerivationPath;
use quorate_ecdsa::{Check, KeyShare, Signature, dkg, quorum_change, sign};
use quorate_vault::run::{Failed, Progress, Run};
use quorate_wire::frame::{Exchange, Frame};
use quorate_wire::setup::{Body, PublicKey, Setup, Suite, ToSign};
use rand_core::CryptoRng;

use crate::Result;

/// What a party is left with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A serialised share.
    Share(Vec<u8>),
    /// A signature: r, s, recovery id.
    Signature([u8; 65]),
    /// Nothing: the party is not a member of the new sharing.
    Left,
}

impl From<KeyShare> for Outcome {
    fn from(share: KeyShare) -> Self {
        Self::Share(share.to_bytes().expose().clone())
    }
}

impl From<Option<KeyShare>> for Outcome {
    fn from(share: Option<KeyShare>) -> Self {
        share.map_or(Self::Left, Self::from)
    }
}

impl From<Signature> for Outcome {
    fn from(signature: Signature) -> Self {
        Self::Signature(signature.to_bytes())
    }
}

/// A [`Run`] of any protocol.
pub trait Seat {
    /// As [`Run::receive`].
    fn receive(&mut self, frame: &[u8], rng: &mut dyn CryptoRng) -> Answer;
    /// As [`Run::advance`].
    fn advance(&mut self, rng: &mut dyn CryptoRng) -> Answer;
    /// As [`Run::take_frames`].
    fn take_frames(&mut self) -> Vec<Frame>;
}

/// What becomes of a run after a frame.
pub type Answer = std::result::Result<Progress<Outcome>, Failed<Check>>;

impl<S> Seat for Run<S>
where
    S: Session<Check = Check>,
    Outcome: From<S::Output>,
{
    fn receive(&mut self, frame: &[u8], rng: &mut dyn CryptoRng) -> Answer {
        Ok(Run::receive(self, frame, rng)?.map(Outcome::from))
    }

    fn advance(&mut self, rng: &mut dyn CryptoRng) -> Answer {
        Ok(Run::advance(self, rng)?.map(Outcome::from))
    }

    fn take_frames(&mut self) -> Vec<Frame> {
        Run::take_frames(self)
    }
}

/// Takes the seat of `name` in the ceremony that the setup describes.
///
/// Draws the key of the exchange first, then whatever the protocol draws for its first messages.
pub fn take(
    setup: &[u8],
    name: &str,
    share: Option<&[u8]>,
    rng: &mut dyn CryptoRng,
) -> Result<Box<dyn Seat>> {
    let setup = Setup::parse(Suite::Ecdsa, setup)?;
    let me = setup.index_of(name).ok_or_else(|| format!("{name} has no place in the setup"))?;
    let parties = setup.size();
    let share = share.map(KeyShare::from_bytes).transpose()?.map(Arc::new);
    let exchange = Exchange::new(&setup, me, rng)?;
    Ok(match setup.body() {
        Body::Dkg { threshold, key_id } => {
            let committee = Committee::new(me, parties, *threshold)?;
            let params = dkg::Params { committee, key_id: *key_id };
            Box::new(Run::start(exchange, |key| Result::Ok(dkg::Session::start(params, key, rng)))?)
        }
        Body::Dsg { path, to_sign: ToSign::Hash(hash), .. } => {
            let path = DerivationPath::parse(path)?;
            let share = share.ok_or_else(|| format!("{name} has no share"))?;
            let params = sign::Params { share, me, signers: parties, path, hash: *hash };
            Box::new(Run::start(exchange, |key| sign::Session::start(params, key, rng))?)
        }
        Body::Qc { public_key: PublicKey::Ecdsa(public_key), old, new, threshold, .. } => {
            let params = quorum_change::Params {
                me,
                parties,
                old: old.iter().copied().collect(),
                new: new.clone(),
                threshold: *threshold,
                public_key: *public_key,
                share,
            };
            Box::new(Run::start(exchange, |key| quorum_change::Session::start(params, key))?)
        }
        _ => return Err("no seat for a run of this kind".into()),
    })
}

/// The names of the parties that a frame from `me` goes to.
pub fn receivers(names: &[String], me: PartyIndex, frame: &Frame) -> Vec<String> {
    let to = |j: usize| frame.to.map_or(j != usize::from(me), |to| j == usize::from(to));
    names.iter().enumerate().filter(|(j, _)| to(*j)).map(|(_, name)| name.clone()).collect()
}
