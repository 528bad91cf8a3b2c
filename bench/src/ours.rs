//! Our engines: the sessions themselves, without the frames around their payloads, as the peers are measured.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::Arc;

use quorate_core::session::{Outgoing, Session, Step};
use quorate_core::{Committee, PartyIndex, Workers};
use quorate_ecdsa::derive::DerivationPath;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::{Result, Size, Took, timed};
use quorate_cores::Cores;

const MESSAGE: [u8; 32] = [7; 32];

/// A party: its session, what it says first, and where its randomness comes from.
struct Party<S> {
    session: S,
    first: Vec<Outgoing>,
    rng: ChaCha20Rng,
}

/// The same draws for the same seed: instructions are counted, not only time.
fn rng(seed: u64, party: u8) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed.wrapping_mul(256).wrapping_add(party.into()))
}

fn committee(me: u8, Size { threshold, parties }: Size) -> Result<Committee> {
    Committee::new(PartyIndex::new(me), parties, threshold)
        .map_err(|error| format!("{error:?}").into())
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
                me: PartyIndex::new(me),
                signers: size.threshold,
                path: DerivationPath::parse("m").map_err(|error| format!("{error:?}"))?,
                hash: MESSAGE,
            };
            let started = quorate_ecdsa::sign::Session::start(params, [me; 32], &mut rng);
            let (session, first) = started.map_err(|check| format!("{check:?}"))?;
            Ok(Party { session, first, rng })
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
                me: PartyIndex::new(me),
                signers: size.threshold,
                message: MESSAGE.to_vec(),
            };
            let started = quorate_eddsa::sign::Session::start(params, &mut rng);
            let (session, first) = started.map_err(|check| format!("{check:?}"))?;
            Ok(Party { session, first, rng })
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
        Ok(Party { session, first, rng })
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
        Ok(Party { session, first, rng })
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
    let mut mail = VecDeque::new();
    let mut table = Vec::new();
    for (me, party) in (0..).map(PartyIndex::new).zip(parties) {
        let Party { session, first, rng } = party?;
        mail.extend(first.into_iter().map(|message| (me, message)));
        table.push((me, session, rng, None));
    }
    for (me, session, rng, result) in &mut table {
        *result = advance(*me, session, rng, workers, &mut mail)?;
    }
    while let Some((from, message)) = mail.pop_front() {
        for (me, session, rng, result) in &mut table {
            let reads = message.delivery.receiver().is_none_or(|receiver| receiver == *me);
            if reads && *me != from && result.is_none() {
                session.deliver(from, message.tag, &message.payload);
                *result = advance(*me, session, rng, workers, &mut mail)?;
            }
        }
    }
    table
        .into_iter()
        .map(|(_, _, _, result)| result.ok_or_else(|| "somebody still waits".into()))
        .collect()
}

fn advance<S: Session>(
    me: PartyIndex,
    session: &mut S,
    rng: &mut ChaCha20Rng,
    workers: &dyn Workers,
    mail: &mut VecDeque<(PartyIndex, Outgoing)>,
) -> Result<Option<S::Output>> {
    loop {
        match session.advance(rng, workers) {
            Ok(Step::Wait) => return Ok(None),
            Ok(Step::Send(messages)) => {
                mail.extend(messages.into_iter().map(|message| (me, message)));
            }
            Ok(Step::Channels(_)) => {}
            Ok(Step::Done(output)) => return Ok(Some(output)),
            Err(abort) => return Err(format!("our engine aborts: {abort}").into()),
        }
    }
}
