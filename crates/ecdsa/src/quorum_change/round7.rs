//! Round 7: finish the OTs, and with them the share.
//!
//! ```text
//! 7.1  finish the OTs with each other new j
//! 7.2  those of a j that is new only are of this session  else retry, suspects all others
//! 7.3  the share
//! ```
//!
//! That an old j has my fsid, 5.6 has shown. Nothing has for a j that is new only: its trees do not check if somebody
//! told it another sid than me.

use std::collections::BTreeMap;

use k256::Scalar;
use quorate_core::check::require;
use quorate_core::{Abort, FromEach, Secret, Workers};

use super::message::Answer;
use super::run::{Run, point_of};
use crate::check::Check;
use crate::ot::pprf::SenderSeed;
use crate::pair::{AwaitingAnswer, Pair};
use crate::polynomial::PublicPolynomial;
use crate::share::{KeyShare, Member, Seeds};

/// A new party that has its share and waits for its OTs.
pub(super) struct AwaitingAnswers {
    pub(super) run: Run,
    pub(super) new_id: u8,
    pub(super) fsid: [u8; 32],
    pub(super) root_chain_code: [u8; 32],
    /// BF
    pub(super) sum: PublicPolynomial,
    /// s_i
    pub(super) secret: Secret<Scalar>,
    /// All leaves for the pair, and the seed of its zero shares if I chose it.
    pub(super) kept: FromEach<(SenderSeed, Secret<[u8; 32]>)>,
    pub(super) awaited: FromEach<AwaitingAnswer>,
}

impl AwaitingAnswers {
    /// Round 7.
    pub(super) fn receive(
        self,
        answers: FromEach<Answer>,
        workers: &dyn Workers,
    ) -> Result<KeyShare, Abort<Check>> {
        let Self { run, new_id, fsid, root_chain_code, sum, secret, kept, awaited } = self;

        // 7.1
        let both = run.new.as_ref().beside(kept.beside(awaited)).beside(answers);
        let finished = both.map_on(workers, |_, ((&other, ((send, chosen), awaited)), message)| {
            let receive =
                awaited.receive(Pair { fsid: &fsid, me: new_id, other }, &message.answer)?;
            let zero = if other > new_id { chosen } else { message.zero_seed };
            Ok((other, Seeds { zero, send, receive }))
        });

        // 7.2
        let of_this_session = finished.iter().all(|(j, finished)| {
            run.old.contains(&j) || !matches!(finished, Err(Check::PprfDigest))
        });
        require(of_this_session, Check::QcSameSession)
            .map_err(|check| Abort::suspect(check, &run.others))?;
        let seeds = finished.check_each(|_, finished| finished)?;

        // 7.3
        let mut members: BTreeMap<u8, Member> = BTreeMap::new();
        for &id in run.new.values().chain([&new_id]) {
            let x = point_of(id);
            members.insert(id, Member { x, public_share: sum.at(&x) });
        }
        let [key_id @ .., _] = run.public_key;
        Ok(KeyShare {
            threshold: run.threshold,
            party_id: new_id,
            fsid,
            root_chain_code,
            public_key: sum.constant_term(),
            key_id,
            secret,
            members: members.into_values().collect(),
            seeds: seeds.into_iter().map(|(_, seeds)| seeds).collect(),
        })
    }
}
