//! The three protocols of the ECDSA engine behind one face, as a running ceremony needs them.

use std::collections::BTreeSet;

use quorate_core::PartyIndex;
use quorate_core::session::Session;
use quorate_ecdsa::{Check, KeyShare, Signature, dkg, quorum_change, sign};
use quorate_wire::frame::Frame;
use rand_core::CryptoRng;

use crate::run::{Failed, Progress, Run};

/// A run of one of the engine's protocols.
pub(super) enum Engine {
    Keygen(Run<dkg::Session>),
    Reshare(Run<quorum_change::Session>),
    Sign(Run<sign::Session>),
}

/// What a run leaves behind.
pub(super) enum Output {
    Share(Box<KeyShare>),
    Signature(Signature),
    /// A device that is not a member of the new sharing.
    Left,
}

impl Engine {
    pub(super) fn receive(
        &mut self,
        bytes: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<Progress<Output>, Failed<Check>> {
        match self {
            Self::Keygen(run) => run.receive(bytes, rng).map(share),
            Self::Reshare(run) => run.receive(bytes, rng).map(share_or_left),
            Self::Sign(run) => run.receive(bytes, rng).map(signature),
        }
    }

    pub(super) fn advance(
        &mut self,
        rng: &mut dyn CryptoRng,
    ) -> Result<Progress<Output>, Failed<Check>> {
        match self {
            Self::Keygen(run) => run.advance(rng).map(share),
            Self::Reshare(run) => run.advance(rng).map(share_or_left),
            Self::Sign(run) => run.advance(rng).map(signature),
        }
    }

    pub(super) fn take_frames(&mut self) -> Vec<Frame> {
        match self {
            Self::Keygen(run) => run.take_frames(),
            Self::Reshare(run) => run.take_frames(),
            Self::Sign(run) => run.take_frames(),
        }
    }

    pub(super) fn give_up(&mut self) {
        match self {
            Self::Keygen(run) => run.give_up(),
            Self::Reshare(run) => run.give_up(),
            Self::Sign(run) => run.give_up(),
        }
    }

    pub(super) fn awaiting(&self) -> BTreeSet<PartyIndex> {
        match self {
            Self::Keygen(run) => run.awaiting(),
            Self::Reshare(run) => run.awaiting(),
            Self::Sign(run) => run.awaiting(),
        }
    }

    pub(super) fn round(&self) -> (u8, u8) {
        match self {
            Self::Keygen(run) => run.round(),
            Self::Reshare(run) => run.round(),
            Self::Sign(run) => run.round(),
        }
    }
}

fn share(progress: Progress<<dkg::Session as Session>::Output>) -> Progress<Output> {
    progress.map(|share| Output::Share(Box::new(share)))
}

fn share_or_left(
    progress: Progress<<quorum_change::Session as Session>::Output>,
) -> Progress<Output> {
    progress.map(|share| share.map_or(Output::Left, |share| Output::Share(Box::new(share))))
}

fn signature(progress: Progress<<sign::Session as Session>::Output>) -> Progress<Output> {
    progress.map(Output::Signature)
}
