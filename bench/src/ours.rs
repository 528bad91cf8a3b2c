//! Our engines: the sessions themselves, without the frames around their payloads, as the peers are measured.

use std::num::NonZeroUsize;
use std::sync::Arc;

use quorate_core::session::Session;
use quorate_core::simulation::{Party, Seeded, p, seeded};
use quorate_core::{Committee, Workers, simulation};
use quorate_ecdsa::derive::DerivationPath;

use crate::{Result, Size, Took, timed};
use quorate_cores::Cores;

const MESSAGE: [u8; 32] = [7; 32];

/// The same draws for the same seed: instructions are counted, not only time.
fn rng(seed: u64, party: u8) -> Seeded {
    seeded(seed.wrapping_mul(256).wrapping_add(party.into()))
}

fn committee(me: u8, Size { threshold, parties }: Size) -> Result<Committee> {
    Committee::new(p(me), parties, threshold).map_err(|error| format!("{error:?}").into())
}

/// Keys that have been made, by curve.
pub(crate) struct Ours {
    /// Those of every party, one party after the other.
    pub(crate) cores: Cores,
    seed: u64,
    ecdsa: Option<(Size, Vec<Arc<quorate_ecdsa::KeyShare>>)>,
    eddsa: Option<(Size, Vec<Arc<quorate_eddsa::KeyShare>>)>,
}

impl Default for Ours {
    fn default() -> Self {
        Self { cores: Cores(NonZeroUsize::MIN), seed: 0, ecdsa: None, eddsa: None }
    }
}

impl Ours {
    fn seed(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(1);
        self.seed
    }

    pub(crate) fn ecdsa_keygen(&mut self, size: Size) -> Result<Took> {
        let seed = self.seed();
        let (shares, took) = timed(|| ecdsa_shares(&self.cores, size, seed))?;
        self.ecdsa = Some((size, shares));
        Ok(took)
    }

    pub(crate) fn eddsa_keygen(&mut self, size: Size) -> Result<Took> {
        let seed = self.seed();
        let (shares, took) = timed(|| eddsa_shares(&self.cores, size, seed))?;
        self.eddsa = Some((size, shares));
        Ok(took)
    }

    pub(crate) fn ecdsa_sign(&mut self, size: Size) -> Result<Took> {
        if self.ecdsa.as_ref().is_none_or(|(held, _)| *held != size) {
            let seed = self.seed();
            self.ecdsa = Some((size, ecdsa_shares(&self.cores, size, seed)?));
        }
        let seed = self.seed();
        let (_, shares) = self.ecdsa.as_ref().ok_or("no key")?;
        let start = |(me, share): (u8, &Arc<quorate_ecdsa::KeyShare>)| {
            let mut rng = rng(seed, me);
            let params = quorate_ecdsa::sign::Params {
                share: share.clone(),
                me: p(me),
                signers: size.threshold,
                path: DerivationPath::parse("m").map_err(|error| format!("{error:?}"))?,
                hash: MESSAGE,
            };
            let started = quorate_ecdsa::sign::Session::start(params, [me; 32], &mut rng);
            let (session, first) = started.map_err(|check| format!("{check:?}"))?;
            Ok((session, first, rng))
        };
        Ok(timed(|| hold(&self.cores, (0..size.threshold).zip(shares).map(start)))?.1)
    }

    pub(crate) fn eddsa_sign(&mut self, size: Size) -> Result<Took> {
        if self.eddsa.as_ref().is_none_or(|(held, _)| *held != size) {
            let seed = self.seed();
            self.eddsa = Some((size, eddsa_shares(&self.cores, size, seed)?));
        }
        let seed = self.seed();
        let (_, shares) = self.eddsa.as_ref().ok_or("no key")?;
        let start = |(me, share): (u8, &Arc<quorate_eddsa::KeyShare>)| {
            let mut rng = rng(seed, me);
            let params = quorate_eddsa::sign::Params {
                share: share.clone(),
                me: p(me),
                signers: size.threshold,
                message: MESSAGE.to_vec(),
            };
            let started = quorate_eddsa::sign::Session::start(params, &mut rng);
            let (session, first) = started.map_err(|check| format!("{check:?}"))?;
            Ok((session, first, rng))
        };
        Ok(timed(|| hold(&self.cores, (0..size.threshold).zip(shares).map(start)))?.1)
    }
}

fn ecdsa_shares(
    workers: &dyn Workers,
    size: Size,
    seed: u64,
) -> Result<Vec<Arc<quorate_ecdsa::KeyShare>>> {
    let start = |me| {
        let mut rng = rng(seed, me);
        let params = quorate_ecdsa::dkg::Params { committee: committee(me, size)?, key_id: None };
        let (session, first) = quorate_ecdsa::dkg::Session::start(params, [me; 32], &mut rng);
        Ok((session, first, rng))
    };
    Ok(hold(workers, (0..size.parties).map(start))?.into_iter().map(Arc::new).collect())
}

fn eddsa_shares(
    workers: &dyn Workers,
    size: Size,
    seed: u64,
) -> Result<Vec<Arc<quorate_eddsa::KeyShare>>> {
    let start = |me| {
        let mut rng = rng(seed, me);
        let params = quorate_eddsa::dkg::Params { committee: committee(me, size)?, key_id: None };
        let (session, first) = quorate_eddsa::dkg::Session::start(params, &mut rng);
        Ok((session, first, rng))
    };
    Ok(hold(workers, (0..size.parties).map(start))?
        .into_iter()
        .map(|new| Arc::new(new.share))
        .collect())
}

/// Holds a ceremony: every payload goes to whoever may read it, in the order in which they were sent.
fn hold<S: Session>(
    workers: &dyn Workers,
    parties: impl Iterator<Item = Result<Party<S>>>,
) -> Result<Vec<S::Output>> {
    let parties = parties.collect::<Result<Vec<_>>>()?;
    let seats = parties.len();
    let outcomes = simulation::hold(workers, parties, |_, _, _| {});
    if outcomes.len() < seats {
        return Err("somebody still waits".into());
    }
    let outputs = outcomes
        .into_values()
        .map(|outcome| outcome.map_err(|abort| format!("our engine aborts: {abort}").into()));
    outputs.collect()
}
