//! Round 6: answer the OT offers.
//!
//! ```text
//! 6.1  answer j's OT1; draw the pair's seed if j's new id is above mine
//! 6.2  send OT2 to each j: OT answer, seed
//! ```

use k256::Scalar;
use quorate_core::{Abort, FromEach, Secret, Workers};
use rand_core::CryptoRng;

use super::message::Answer;
use super::round7::AwaitingAnswers;
use super::run::Run;
use crate::check::Check;
use crate::ot::base::SenderCoins;
use crate::pair::{AwaitingAnswer, Ot1, Pair};
use crate::polynomial::PublicPolynomial;

/// A new party that has its share and has offered OTs, and waits for the others' offers.
pub(super) struct AwaitingOffers {
    pub(super) run: Run,
    pub(super) new_id: u8,
    pub(super) fsid: [u8; 32],
    pub(super) root_chain_code: [u8; 32],
    /// BF
    pub(super) sum: PublicPolynomial,
    /// s_i
    pub(super) secret: Secret<Scalar>,
    pub(super) awaited: FromEach<AwaitingAnswer>,
}

impl AwaitingOffers {
    /// Round 6.
    pub(super) fn receive(
        self,
        offers: FromEach<Ot1>,
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<(AwaitingAnswers, FromEach<Answer>), Abort<Check>> {
        let Self { run, new_id, fsid, root_chain_code, sum, secret, awaited } = self;

        // 6.1, 6.2
        let drawn = run.new.as_ref().map(|_, &other| {
            let coins = SenderCoins::draw(rng);
            let chosen = Secret::fill(|seed: &mut [u8; 32]| {
                if other > new_id {
                    rng.fill_bytes(seed);
                }
            });
            (other, coins, chosen)
        });
        let (kept, answers) = drawn
            .beside(offers)
            .check_each_on(workers, |_, ((other, coins, chosen), offers)| {
                let pair = Pair { fsid: &fsid, me: new_id, other };
                let (send, answer) = pair.answer(&offers, coins)?;
                let zero_seed = Secret::fill(|seed| *seed = *chosen.expose());
                Ok(((send, chosen), Answer { answer, zero_seed }))
            })?
            .apart();

        let next =
            AwaitingAnswers { run, new_id, fsid, root_chain_code, sum, secret, kept, awaited };
        Ok((next, answers))
    }
}
