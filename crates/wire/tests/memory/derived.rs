//! What a signing of two computes from what is drawn and shared, and never tells: with what the cosigner knows, one of
//! these gives the key.
//!
//! What is computed here lies on the stack, which is wiped before the search.

use k256::elliptic_curve::ff::PrimeField;
use k256::elliptic_curve::ops::Reduce;
use k256::elliptic_curve::point::AffineCoordinates;
use k256::{FieldBytes, ProjectivePoint, Scalar};
use sha2::{Digest, Sha256};

use crate::kept::Kept;
use crate::needles::{Heard, Needles};

// What a signer draws after its key for key agreement.
const PHI: usize = 1;
const NONCE: usize = 2;

/// Where a signer's part of a signature is known from: s0 = r·v and s1 = u, before any hash has entered.
pub(crate) enum Parts<'a> {
    /// The presignatures, in the order of the signers.
    Stored(&'a [Kept]),
    /// What the signers have told each other in the end, of this hash.
    Told(&'a [u8; 32]),
}

impl Parts<'_> {
    fn of(&self, i: usize, signer: &Heard) -> [Scalar; 2] {
        match self {
            Self::Stored(presignatures) => {
                let bytes = presignatures[i].open();
                [32, 64].map(|at| number(&bytes[at..at + 32]))
            }
            Self::Told(hash) => {
                let e = <Scalar as Reduce<FieldBytes>>::reduce(&(**hash).into());
                let (_, sent) = signer.sent.iter().find(|(tag, _)| *tag == 4).unwrap();
                [scalar(&sent[32..64]) - e * phi(signer), scalar(&sent[64..])]
            }
        }
    }
}

/// Of the two runs that were held last: what each signer knows once its third message is out.
#[inline(never)]
pub(crate) fn factors(needles: &mut Needles) {
    for i in [0, 1] {
        let [me, other] = signers(needles, i);
        let found = [psi(me).map(|psi| phi(me) - psi), psi(other).map(|psi| phi(me) + psi)];
        for (name, value) in ["chi", "sum of psi"].iter().zip(found) {
            if let Some(value) = value {
                needles.scalar(&format!("{name} of party {i}"), &value.to_bytes());
            }
        }
    }
}

/// Of the two runs that were held last, which have come to their ends: what each signer's part is made of.
#[inline(never)]
pub(crate) fn products(shares: &[Kept], parts: &Parts<'_>, needles: &mut Needles) {
    let both = signers(needles, 0);
    let nonces = both.map(nonce);
    let big_r = ProjectivePoint::GENERATOR * (nonces[0] + nonces[1]);
    let r = <Scalar as Reduce<FieldBytes>>::reduce(&big_r.to_affine().x());
    let sums = [0, 1].map(|i| phi(both[i]) + psi(both[1 - i]).unwrap());
    let chi = both.map(|signer| phi(signer) - psi(signer).unwrap());
    let keys = [0, 1].map(|i| key(&shares[i], i, &digest(both[i])));
    let parts = [0, 1].map(|i| parts.of(i, both[i]));
    let totals = parts.map(|[s0, _]| s0 * r.invert().unwrap());
    let u = [0, 1].map(|i| parts[i][1] - nonces[i] * sums[i]);
    let v = [0, 1].map(|i| totals[i] - keys[i] * sums[i]);
    // These are what the protocol says they are.
    assert_eq!(u[0] + u[1], nonces[0] * chi[1] + nonces[1] * chi[0]);
    assert_eq!(v[0] + v[1], keys[0] * chi[1] + keys[1] * chi[0]);
    for (name, values) in [("key part", keys), ("u", u), ("v", v), ("sum of v", totals)] {
        for (i, value) in values.iter().enumerate() {
            needles.scalar(&format!("{name} of party {i}"), &value.to_bytes());
        }
    }
}

/// Both signers, the one at `i` first.
fn signers(needles: &Needles, i: usize) -> [&Heard; 2] {
    let [.., zero, one] = needles.heard.as_slice() else { panic!("two runs") };
    if i == 0 { [zero, one] } else { [one, zero] }
}

fn scalar(inverted: &[u8]) -> Scalar {
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(inverted).for_each(|(byte, inverted)| *byte = !inverted);
    Scalar::from_repr(bytes.into()).unwrap()
}

fn number(bytes: &[u8]) -> Scalar {
    Scalar::from_repr(<[u8; 32]>::try_from(bytes).unwrap().into()).unwrap()
}

fn phi(signer: &Heard) -> Scalar {
    scalar(&signer.draws[PHI])
}

fn nonce(signer: &Heard) -> Scalar {
    scalar(&signer.draws[NONCE])
}

/// ψ, at the end of its third message.
fn psi(signer: &Heard) -> Option<Scalar> {
    let (_, sent) = signer.sent.iter().find(|(tag, _)| *tag == 3)?;
    Some(scalar(&sent[sent.len() - 32..]))
}

/// dig, before the four points and ψ at the end of its third message.
fn digest(signer: &Heard) -> [u8; 32] {
    let (_, sent) = signer.sent.iter().find(|(tag, _)| *tag == 3).unwrap();
    let at = sent.len() - 32 - 4 * 33 - 32 - 32;
    std::array::from_fn(|byte| !sent[at + byte])
}

/// sk_i of two signers at the root: λ_i·s_i, and what the two add to hide it.
fn key(share: &Kept, i: usize, digest: &[u8; 32]) -> Scalar {
    const DSG: [u8; 8] = [0, 1, 0, 0, 0, 0, 0, 200];
    const ZERO_SHARE: [u8; 8] = [0, 1, 0, 0, 0, 0, 0, 204];
    let share = share.open();
    let number = |at: usize| number(&share[at..at + 32]);
    // As `ecdsa::keep` has it: the secret, then for each party its rank, its public share, x and a seed.
    let x = |j: usize| number(172 + 98 * j + 34);
    let (mine, theirs) = (x(i), x(1 - i));
    let lambda = theirs * (theirs - mine).invert().unwrap();
    let seed = &share[172 + 66..172 + 98];
    let hash = Sha256::new()
        .chain_update(DSG)
        .chain_update(seed)
        .chain_update(digest)
        .chain_update(ZERO_SHARE)
        .finalize();
    let zero = <Scalar as Reduce<FieldBytes>>::reduce(&<[u8; 32]>::from(hash).into());
    lambda * number(140) + if i == 0 { -zero } else { zero }
}
