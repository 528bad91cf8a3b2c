//! Round 4: check that everybody saw the same and multiplied what it opened, then take my part of the signature.
//!
//! ```text
//! 4.1  the fsid of j is mine                             else retry, names j
//! 4.2  the dig of j is mine                              else retry, suspects all others
//! 4.3  com(sid_j, R_j, blind_j) = com_j                  else retry, names j
//! 4.4  R_j decodes, ≠ O                                  else retry, names j
//! 4.5  PK_j decodes, ≠ O                                 else retry, names j
//! 4.6  Γ^u_j, Γ^v_j decode                               else retry, names j
//! 4.7  ψ_j decodes                                       else retry, names j
//! 4.8  finish the RVOLE with j; it gives d^u_j, d^v_j
//! 4.9  χ_j·R_j = d^u_j·G + Γ^u_j                         else ban, names j
//! 4.10 χ_j·PK_j = d^v_j·G + Γ^v_j                        else ban, names j
//! 4.11 Σ PK_j = DPK                                      else retry, suspects all others
//! 4.12 R = Σ R_j ≠ O                                     else retry, suspects all others
//! 4.13 Ψ = φ_i + Σ ψ_j,  s0, s1: the presignature
//! ```
//!
//! Who equivocated fails 4.1 to 4.3, of every party, before 4.8 begins for any.

use k256::{ProjectivePoint, Scalar};
use quorate_core::check::{require, require_some};
use quorate_core::{Abort, FromEach, Secret, Workers};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::Run;
use super::message::{Round3, commit_nonce};
use super::presignature::Presignature;
use super::round2::{Offered, Signer};
use crate::check::Check;
use crate::curve::two::Equation;
use crate::curve::{self, POINT_LEN};
use crate::ot::rvole;
use crate::signature::Nonce;

/// A party that has multiplied for the others and waits for what they multiplied for it.
pub(super) struct AwaitingProducts {
    pub(super) run: Run,
    pub(super) fsid: [u8; 32],
    /// dig
    pub(super) digest: [u8; 32],
    /// φ_i
    pub(super) phi: Secret<Scalar>,
    /// r_i
    pub(super) nonce: Secret<Scalar>,
    /// R_i
    pub(super) nonce_point: ProjectivePoint,
    /// sk_i
    pub(super) key: Secret<Scalar>,
    /// PK_i
    pub(super) key_point: ProjectivePoint,
    pub(super) signers: FromEach<Signer>,
    pub(super) multiplied: FromEach<Multiplied>,
}

/// Both multiplications with one other: mine to finish, and my shares of the other.
pub(super) struct Multiplied {
    pub(super) offered: Offered,
    /// c^u_j, c^v_j
    pub(super) c: Secret<[Scalar; 2]>,
}

/// What a signer has opened, decoded but not checked against what it multiplied.
struct Opened {
    reply: Box<rvole::Reply>,
    /// R_j
    nonce_point: ProjectivePoint,
    /// PK_j
    key_point: ProjectivePoint,
    gamma_u: ProjectivePoint,
    gamma_v: ProjectivePoint,
    psi: Secret<Scalar>,
}

/// What a signer has shown to be consistent.
struct Product {
    /// R_j
    nonce_point: ProjectivePoint,
    /// PK_j
    key_point: ProjectivePoint,
    psi: Secret<Scalar>,
    /// c^u_j + d^u_j
    u: Secret<Scalar>,
    /// c^v_j + d^v_j
    v: Secret<Scalar>,
}

impl AwaitingProducts {
    /// Round 4.
    pub(super) fn receive(
        self,
        round3: FromEach<Round3>,
        workers: &dyn Workers,
    ) -> Result<Presignature, Abort<Check>> {
        let Self { run, fsid, digest, phi, nonce, nonce_point, key, key_point, .. } = self;
        let Self { signers, multiplied, .. } = self;

        // 4.1
        let round3 = round3.check_each(|_, message| {
            require(message.fsid == fsid, Check::SignSessionKept)?;
            Ok(message)
        })?;

        // 4.2
        require(round3.values().all(|message| message.digest == digest), Check::SignSameDigest)
            .map_err(|check| Abort::suspect(check, &run.others))?;

        // 4.3 to 4.7
        let opened = signers
            .beside(round3)
            .check_each(|_, (signer, message)| Opened::check(&signer, message))?;

        // 4.8 to 4.10
        let products = opened
            .beside(multiplied)
            .check_each_on(workers, |_, (opened, multiplied)| Product::check(opened, multiplied))?;

        // 4.11
        let key_points = products.values().map(|product| product.key_point);
        let sum: ProjectivePoint = key_points.chain([key_point]).sum();
        require(sum == run.child.public_key, Check::SignKeySum)
            .map_err(|check| Abort::suspect(check, &run.others))?;

        // 4.12
        let nonce_points = products.values().map(|product| product.nonce_point);
        let big_r: ProjectivePoint = nonce_points.chain([nonce_point]).sum();
        require(!curve::is_identity(&big_r), Check::SignNonceSum)
            .map_err(|check| Abort::suspect(check, &run.others))?;

        // 4.13
        let psi = total(phi.expose(), products.values().map(|product| &product.psi));
        let own_u = Zeroizing::new(nonce.expose() * psi.expose());
        let own_v = Zeroizing::new(key.expose() * psi.expose());
        let u = total(&own_u, products.values().map(|product| &product.u));
        let v = total(&own_v, products.values().map(|product| &product.v));
        let r = Nonce::of(&big_r).r;

        Ok(Presignature {
            fsid,
            s0: Secret::fill(|s0| *s0 = r * v.expose()),
            s1: u,
            phi,
            big_r,
            public_key: run.child.public_key,
            party_id: run.share.party_id(),
        })
    }
}

impl Opened {
    fn check(signer: &Signer, message: Round3) -> Result<Self, Check> {
        // 4.3
        let opened = commit_nonce(&signer.sid, &message.nonce_point, &message.blinding);
        require(opened.ct_eq(&signer.commitment).into(), Check::SignOpensNonce)?;
        // 4.4
        let nonce_point = nonidentity(&message.nonce_point, Check::SignNoncePoint)?;
        // 4.5
        let key_point = nonidentity(&message.key_point, Check::SignKeyPoint)?;
        // 4.6
        let gamma_u = point(&message.gamma_u, Check::SignGammaPoints)?;
        let gamma_v = point(&message.gamma_v, Check::SignGammaPoints)?;
        // 4.7
        let mut psi =
            require_some(curve::strict_scalar(message.psi.expose()), Check::SignPsiScalar, || {
                curve::reduce(message.psi.expose())
            })?;
        let (reply, psi) = (message.reply, Secret::take(&mut psi));
        Ok(Self { reply, nonce_point, key_point, gamma_u, gamma_v, psi })
    }
}

impl Product {
    fn check(opened: Opened, multiplied: Multiplied) -> Result<Self, Check> {
        let Opened { reply, nonce_point, key_point, gamma_u, gamma_v, psi } = opened;
        let Multiplied { offered: Offered { chi, awaiting }, c } = multiplied;
        let [c_u, c_v] = c.expose();

        // 4.8
        let d = awaiting.receive(&reply)?;
        let [d_u, d_v] = d.expose();
        let [nonce_holds, key_holds] = curve::two::hold([
            Equation { x: chi.expose(), p: &nonce_point, y: d_u, q: &gamma_u },
            Equation { x: chi.expose(), p: &key_point, y: d_v, q: &gamma_v },
        ]);
        // 4.9
        require(nonce_holds, Check::SignNonceConsistent)?;
        // 4.10
        require(key_holds, Check::SignKeyConsistent)?;

        let u = Secret::fill(|u| *u = c_u + d_u);
        let v = Secret::fill(|v| *v = c_v + d_v);
        Ok(Self { nonce_point, key_point, psi, u, v })
    }
}

fn total<'a>(own: &Scalar, others: impl Iterator<Item = &'a Secret<Scalar>>) -> Secret<Scalar> {
    Secret::fill(|sum| {
        *sum = *own;
        others.for_each(|other| *sum += other.expose());
    })
}

fn nonidentity(bytes: &[u8; POINT_LEN], check: Check) -> Result<ProjectivePoint, Check> {
    require_some(curve::decode_nonidentity(bytes), check, || lax(bytes))
}

fn point(bytes: &[u8; POINT_LEN], check: Check) -> Result<ProjectivePoint, Check> {
    require_some(curve::decode_point(bytes), check, || lax(bytes))
}

fn lax(bytes: &[u8; POINT_LEN]) -> ProjectivePoint {
    curve::decode_point(bytes).unwrap_or(ProjectivePoint::IDENTITY)
}
