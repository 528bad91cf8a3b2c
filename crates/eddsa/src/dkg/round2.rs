//! Round 2: draw everything that the key will depend on, seal what I deal, commit to it.
//!
//! ```text
//! 2.1  R0 of j says j                                    else retry, names j
//! 2.2  X25519(e_i, E_j) ≠ 0                              else retry, names j
//! 2.3  draw sid_i, f_i, ρ_i, cc_i, nonce_ij; A_i = f_i·B
//! 2.4  send R1: sid_i, com_i
//! ```

use curve25519_dalek::Scalar;
use quorate_core::check::{require, require_some};
use quorate_core::{Abort, FromEach, Secret};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::Run;
use super::message::{Dealings, Round0, Round1, Sealed};
use super::round3::AwaitingCommitments;
use crate::check::Check;
use crate::crypto_box::{BoxSecret, NONCE_LEN, TEXT_LEN};
use crate::curve;
use crate::polynomial::{PublicPolynomial, SecretPolynomial};

/// A party that has said its key and waits for those of the others.
pub(super) struct AwaitingKeys {
    pub(super) run: Run,
    /// e_i
    pub(super) secret: BoxSecret,
}

/// What my dealings are made from.
pub(super) struct Own {
    /// f_i
    pub(super) polynomial: SecretPolynomial,
    /// A_i
    pub(super) public: PublicPolynomial,
    /// d_ii
    pub(super) kept: Secret<Scalar>,
    /// cc_i
    pub(super) chain_code: Secret<[u8; 32]>,
}

impl AwaitingKeys {
    /// Round 2.
    pub(super) fn receive(
        self,
        round0: FromEach<Round0>,
        rng: &mut dyn CryptoRng,
    ) -> Result<(AwaitingCommitments, Round1), Abort<Check>> {
        let Self { run, secret } = self;
        let me = run.committee.me();

        let keys = round0.check_each(|j, message| {
            // 2.1
            require(message.index == j.get(), Check::DkgKeyIndex)?;
            // 2.2
            require_some(secret.agree(&message.key), Check::DkgKeyContributes, || {
                secret.agree_lax(&message.key)
            })
        })?;

        // 2.3
        let mut sid = [0; 32];
        rng.fill_bytes(&mut sid);
        let threshold = run.committee.threshold();
        let polynomial = match &run.given {
            None => SecretPolynomial::draw(threshold, rng),
            Some(given) => SecretPolynomial::draw_above(&given.part, threshold, rng),
        };
        let mut blinding = [0; 32];
        rng.fill_bytes(&mut blinding);
        let chain_code = Secret::fill(|chain_code: &mut [u8; 32]| match &run.given {
            None => rng.fill_bytes(chain_code),
            Some(given) => *chain_code = given.chain_code,
        });
        let mine = secret.agree_lax(&secret.public());
        let sealed = run.committee.all().map(|j| {
            let mut nonce = [0; NONCE_LEN];
            rng.fill_bytes(&mut nonce);
            let dealt = polynomial.at(&curve::x_of(j.get()));
            let text = text(dealt.expose(), chain_code.expose());
            Sealed { text: keys.of(j).unwrap_or(&mine).seal(&nonce, &text), nonce }
        });
        let sealed = sealed.collect();

        // 2.4
        let public = polynomial.public();
        let dealings = Dealings { blinding, polynomial: public.encode(), sealed };
        let message = Round1 { index: me.get(), sid, commitment: dealings.commit(&sid, me) };

        let kept = polynomial.at(&curve::x_of(me.get()));
        let own = Own { polynomial, public, kept, chain_code };
        Ok((AwaitingCommitments { run, keys, sid, own, dealings }, message))
    }
}

/// d_ij || cc_i
fn text(dealt: &Scalar, chain_code: &[u8; 32]) -> Zeroizing<[u8; TEXT_LEN]> {
    let mut text = Zeroizing::new([0; TEXT_LEN]);
    let (share, rest) = text.split_at_mut(32);
    share.copy_from_slice(dealt.as_bytes());
    rest.copy_from_slice(chain_code);
    text
}
