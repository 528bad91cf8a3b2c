//! Round 6: check the polynomials, then what was dealt; take the new share.
//!
//! ```text
//! 6.1  R2 of j says j, and the length is 32t'            else retry, names j
//! 6.2  Q1(sid_j, j, A_j, ρ_j) = Q1_j                     else retry, names j
//! 6.3  A_j[k] decode                                     else retry, names j
//! 6.4  Σ A_j[0] = PK                                     else retry, suspects the other old parties
//!      a leaving party ends here
//! 6.5  P2 of j says j and i                              else retry, names j
//! 6.6  v_ji decodes                                      else retry, names j
//! 6.7  v_ji·B = A_j(x'_i)                                else retry, names j
//! 6.8  Q2(fin, j, i, v_ji, r_ji) = Q2_ji                 else retry, suspects all others
//! 6.9  new only: all chain codes are equal               else retry, suspects the old parties
//! 6.10 d_i = Σ v_ji; the share, and S_p of every new party id p
//! ```

use curve25519_dalek::{EdwardsPoint, Scalar};
use quorate_core::check::{require, require_some};
use quorate_core::{Abort, FromEach, Secret};
use subtle::ConstantTimeEq;

use super::message::{Round2, Share, commit_polynomial, commit_share, polynomial_prefix};
use super::{Contribution, Run};
use crate::check::Check;
use crate::curve;
use crate::polynomial::PublicPolynomial;
use crate::share::{KeyShare, NewShare};

/// A leaving party that waits to see that the key stays the same.
pub(super) struct AwaitingPolynomials {
    pub(super) run: Run,
    pub(super) contributions: FromEach<Contribution>,
    /// A_i
    pub(super) own: Option<PublicPolynomial>,
}

/// A new party that waits for its shares.
pub(super) struct AwaitingShares {
    pub(super) run: Run,
    pub(super) new_id: u8,
    pub(super) fin: [u8; 32],
    pub(super) contributions: FromEach<Contribution>,
    /// Of a party that is old too.
    pub(super) own: Option<Kept>,
    /// Q2_ji
    pub(super) commitments: FromEach<[u8; 32]>,
}

/// What an old party has dealt to itself.
pub(super) struct Kept {
    /// A_i
    pub(super) public: PublicPolynomial,
    /// v_ii, of a party that is new too.
    pub(super) share: Option<Secret<Scalar>>,
    pub(super) chain_code: [u8; 32],
}

impl AwaitingPolynomials {
    /// Round 6 of a leaving party.
    pub(super) fn receive(self, round2: FromEach<Round2>) -> Result<(), Abort<Check>> {
        let Self { run, contributions, own } = self;
        let polynomials = open_polynomials(&run, &contributions, round2)?;
        add_up(&run, &polynomials, own.as_ref()).map(drop)
    }
}

impl AwaitingShares {
    /// Round 6 of a new party.
    pub(super) fn receive(
        self,
        round2: FromEach<Round2>,
        shares: FromEach<Share>,
    ) -> Result<NewShare, Abort<Check>> {
        let Self { run, new_id, fin, contributions, own, commitments } = self;

        // 6.1 to 6.3
        let polynomials = open_polynomials(&run, &contributions, round2)?;
        // 6.4
        let sum = add_up(&run, &polynomials, own.as_ref().map(|own| &own.public))?;

        let received = polynomials.beside(shares).check_each(|j, (polynomial, message)| {
            // 6.5
            require(message.indices == [j.get(), run.me.get()], Check::QcShareIndices)?;
            // 6.6
            let decoded = curve::strict_scalar(message.value.expose());
            let mut share = require_some(decoded, Check::QcShareScalar, || {
                curve::reduce(message.value.expose())
            })?;
            let share = Secret::take(&mut share);
            // 6.7
            let image = EdwardsPoint::mul_base(share.expose());
            require(image == polynomial.at(new_id), Check::QcShareOnPolynomial)?;

            Ok((share, message))
        })?;

        // 6.8
        let committed = received.as_ref().beside(commitments);
        let all_open = committed.iter().all(|(j, ((_, message), commitment))| {
            let Share { value, blinding, .. } = message;
            commit_share(&fin, j, run.me, value.expose(), blinding).ct_eq(commitment).into()
        });
        require(all_open, Check::QcOpensShare)
            .map_err(|check| Abort::suspect(check, &run.others))?;

        // 6.9
        let chain_code = if let Some(own) = &own {
            own.chain_code
        } else {
            let mut sent = received.values().map(|(_, message)| message.chain_code);
            let first = sent.next().unwrap_or_default();
            require(sent.all(|other| other == first), Check::QcSameChainCode)
                .map_err(|check| Abort::suspect(check, &run.old))?;
            first
        };

        // 6.10
        let kept = own.and_then(|own| own.share);
        let dealt = received.values().map(|(share, _)| share).chain(&kept);
        let mut secret = dealt.fold(Scalar::ZERO, |sum, share| sum + share.expose());
        // Never as many as 256: they are some of the parties.
        let parties = u8::try_from(run.new.len().saturating_add(1)).unwrap_or(u8::MAX);
        let share = KeyShare {
            threshold: run.threshold,
            parties,
            party_id: new_id,
            secret: Secret::take(&mut secret),
            public_key: sum.constant_term(),
            key_id: run.public_key,
            chain_code,
        };
        Ok(NewShare { share, public_shares: sum.public_shares(parties) })
    }
}

/// 6.1 to 6.3.
fn open_polynomials(
    run: &Run,
    contributions: &FromEach<Contribution>,
    round2: FromEach<Round2>,
) -> Result<FromEach<PublicPolynomial>, Abort<Check>> {
    round2.check_each(|j, message| {
        let Round2 { index, blinding, length, polynomial } = message;
        // 6.1
        let numbers = index == j.get() && length == polynomial_prefix(run.threshold);
        require(numbers, Check::QcOpeningNumbers)?;
        // 6.2
        let opens = contributions.of(j).is_some_and(|Contribution { sid, commitment }| {
            commit_polynomial(sid, j, &polynomial, &blinding).ct_eq(commitment).into()
        });
        require(opens, Check::QcOpensPolynomial)?;
        // 6.3
        require_some(PublicPolynomial::decode(&polynomial), Check::QcPolynomialPoints, || {
            PublicPolynomial::decode_lax(&polynomial)
        })
    })
}

/// 6.4: the polynomial of the key.
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
