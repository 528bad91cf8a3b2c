//! Round 5: check the polynomials, then what was dealt; take the new share; offer OTs.
//!
//! ```text
//! 5.1  Q1(sid_j, j, F_j, r1_j) = Q1_j                    else retry, names j
//! 5.2  F_j[k] decode, none is O                          else retry, names j
//! 5.3  BF = Σ F_j;  BF[0] = PK                           else retry, suspects the other old parties
//!      a leaving party ends here
//! 5.4  p_ji decodes and is not zero                      else retry, names j
//! 5.5  p_ji·G = F_j(x'_i)                                else retry, names j
//! 5.6  Q2(fsid, j, i, p_ji, r2_ji) = Q2_ji               else retry, suspects all others
//! 5.7  all rcc are equal, mine included                  else retry, suspects the other old parties
//! 5.8  s_i = Σ p_ji,  S_v = BF(x'_v)
//! 5.9  send OT1 to each other new j, under OTSID(i, j)
//! ```

use k256::{ProjectivePoint, Scalar};
use quorate_core::check::{require, require_some};
use quorate_core::{Abort, FromEach, Secret, Workers};
use rand_core::CryptoRng;
use subtle::ConstantTimeEq;

use super::message::{Round2, Share, ShareCommitment, commit_polynomial, commit_share};
use super::round6::AwaitingOffers;
use super::run::{Contribution, Run, point_of};
use crate::check::Check;
use crate::curve;
use crate::ot::base::ReceiverCoins;
use crate::pair::{Ot1, Pair};
use crate::polynomial::PublicPolynomial;

/// A leaving party that waits to see that the key stays the same.
pub(super) struct AwaitingPolynomials {
    pub(super) run: Run,
    pub(super) contributions: FromEach<Contribution>,
    /// F_i
    pub(super) own: Option<PublicPolynomial>,
}

/// A new party that waits for its shares.
pub(super) struct AwaitingShares {
    pub(super) run: Run,
    pub(super) new_id: u8,
    pub(super) fsid: [u8; 32],
    pub(super) contributions: FromEach<Contribution>,
    /// Of a party that is old too.
    pub(super) own: Option<Kept>,
    pub(super) commitments: FromEach<ShareCommitment>,
}

/// What an old party has dealt to itself.
pub(super) struct Kept {
    /// F_i
    pub(super) public: PublicPolynomial,
    /// p_ii, of a party that is new too.
    pub(super) share: Option<Secret<Scalar>>,
    pub(super) root_chain_code: [u8; 32],
}

impl AwaitingPolynomials {
    /// Round 5 of a leaving party.
    pub(super) fn receive(self, round2: FromEach<Round2>) -> Result<(), Abort<Check>> {
        let Self { run, contributions, own } = self;
        let polynomials = open_polynomials(&contributions, round2)?;
        add_up(&run, &polynomials, own.as_ref()).map(drop)
    }
}

impl AwaitingShares {
    /// Round 5 of a new party.
    pub(super) fn receive(
        self,
        round2: FromEach<Round2>,
        shares: FromEach<Share>,
        rng: &mut dyn CryptoRng,
        workers: &dyn Workers,
    ) -> Result<(AwaitingOffers, FromEach<Ot1>), Abort<Check>> {
        let Self { run, new_id, fsid, contributions, own, commitments } = self;
        let x = point_of(new_id);

        // 5.1, 5.2
        let polynomials = open_polynomials(&contributions, round2)?;
        // 5.3
        let sum = add_up(&run, &polynomials, own.as_ref().map(|own| &own.public))?;

        let received = polynomials.beside(shares).check_each(|_, (polynomial, message)| {
            // 5.4
            let mut share = require_some(
                curve::nonzero_scalar(message.value.expose()),
                Check::QcShareScalar,
                || curve::reduce(message.value.expose()),
            )?;
            let share = Secret::take(&mut share);
            // 5.5
            let image = ProjectivePoint::mul_by_generator(share.expose());
            require(image == polynomial.at(&x), Check::QcShareOnPolynomial)?;

            Ok((share, message))
        })?;

        // 5.6
        let committed = received.as_ref().beside(commitments);
        let all_open = committed.iter().all(|(j, ((_, message), commitment))| {
            let Share { value, blinding, .. } = message;
            commit_share(&fsid, j, run.me, value.expose(), blinding).ct_eq(&commitment.0).into()
        });
        require(all_open, Check::QcOpensShare)
            .map_err(|check| Abort::suspect(check, &run.others))?;

        // 5.7
        let theirs = received.values().map(|(_, message)| message.root_chain_code);
        let mut chain_codes = theirs.chain(own.as_ref().map(|own| own.root_chain_code));
        let root_chain_code = chain_codes.next().unwrap_or_default();
        require(chain_codes.all(|other| other == root_chain_code), Check::QcSameChainCode)
            .map_err(|check| Abort::suspect(check, &run.old))?;

        // 5.8
        let kept = own.and_then(|own| own.share);
        let dealt = received.values().map(|(share, _)| share).chain(&kept);
        let mut secret = dealt.fold(Scalar::ZERO, |sum, share| sum + share.expose());
        let secret = Secret::take(&mut secret);

        // 5.9
        let drawn = run.new.as_ref().map(|_, &other| (other, ReceiverCoins::draw(rng)));
        let (awaited, offers) = drawn
            .map_on(workers, |_, (other, coins)| {
                Pair { fsid: &fsid, me: new_id, other }.start(coins)
            })
            .apart();

        let next = AwaitingOffers { run, new_id, fsid, root_chain_code, sum, secret, awaited };
        Ok((next, offers))
    }
}

/// 5.1 and 5.2.
fn open_polynomials(
    contributions: &FromEach<Contribution>,
    round2: FromEach<Round2>,
) -> Result<FromEach<PublicPolynomial>, Abort<Check>> {
    round2.check_each(|j, message| {
        let Round2 { polynomial, blinding } = message;
        // 5.1
        let opens = contributions.of(j).is_some_and(|Contribution { sid, commitment }| {
            commit_polynomial(sid, j, &polynomial, &blinding).ct_eq(commitment).into()
        });
        require(opens, Check::QcOpensPolynomial)?;
        // 5.2
        require_some(PublicPolynomial::decode(&polynomial), Check::QcPolynomialPoints, || {
            PublicPolynomial::decode_lax(&polynomial)
        })
    })
}

/// 5.3
fn add_up(
    run: &Run,
    polynomials: &FromEach<PublicPolynomial>,
    own: Option<&PublicPolynomial>,
) -> Result<PublicPolynomial, Abort<Check>> {
    let sum = PublicPolynomial::sum(polynomials.values().chain(own));
    let kept = curve::encode_point(&sum.constant_term()) == run.public_key;
    require(kept, Check::QcKeepsPublicKey).map_err(|check| Abort::suspect(check, &run.old))?;
    Ok(sum)
}
