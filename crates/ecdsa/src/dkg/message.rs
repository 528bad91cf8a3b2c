//! What travels: payloads of `DKG`, and the commitments in them.

use k256::Scalar;
use quorate_core::payload::{Layout, Reader};
use quorate_core::session::{Cast, Kind};
use quorate_core::{PartyIndex, Secret};
use sha2::{Digest, Sha256};

use crate::curve::{self, POINT_LEN};
use crate::dlog::PROOF_LEN;
use crate::ot::{base, pprf};
use crate::pair::Ot2;
use crate::transcript::label;

/// The kinds of message of a run with this threshold.
#[derive(Clone, Copy)]
pub(super) struct Kinds {
    pub(super) round1: Kind,
    pub(super) round2: Kind,
    pub(super) ot1: Kind,
    pub(super) round3: Kind,
    pub(super) round4: Kind,
}

impl Kinds {
    pub(super) fn new(threshold: u8) -> Self {
        let t = usize::from(threshold);
        let broadcast = |tag, len| Kind { tag, cast: Cast::Broadcast, len };
        let private = |tag, len| Kind { tag, cast: Cast::Private, len };
        Self {
            round1: broadcast(1, 4 * 32),
            round2: broadcast(2, POINT_LEN * t + 2 * 32 + PROOF_LEN * t),
            ot1: private(3, base::MESSAGE_LEN),
            round3: private(4, 4 * 32 + base::MESSAGE_LEN + pprf::MESSAGE_LEN + POINT_LEN * t),
            round4: broadcast(5, 2 * POINT_LEN + PROOF_LEN),
        }
    }
}

/// R1.
pub(super) struct Round1 {
    /// sid_j
    pub(super) sid: [u8; 32],
    /// C1_j
    pub(super) commitment: [u8; 32],
    /// x_j
    pub(super) x: [u8; 32],
    /// X_j
    pub(super) channel: [u8; 32],
}

/// R2.
pub(super) struct Round2 {
    /// enc(F_j)
    pub(super) polynomial: Vec<[u8; POINT_LEN]>,
    /// r_j
    pub(super) blinding: [u8; 32],
    /// C2_j
    pub(super) commitment: [u8; 32],
    /// One for every coefficient.
    pub(super) proofs: Vec<[u8; PROOF_LEN]>,
}

/// R3.
pub(super) struct Round3 {
    /// d_ji
    pub(super) dealt: Secret<[u8; 32]>,
    /// The answer to OT1.
    pub(super) answer: Ot2,
    /// cc_j
    pub(super) chain_code: [u8; 32],
    /// r2_j
    pub(super) blinding: [u8; 32],
    /// seed_ji
    pub(super) zero_seed: Secret<[u8; 32]>,
    /// enc(BF)
    pub(super) sum: Vec<[u8; POINT_LEN]>,
}

/// R4.
pub(super) struct Round4 {
    /// enc(PK)
    pub(super) public_key: [u8; POINT_LEN],
    /// enc(S_j)
    pub(super) public_share: [u8; POINT_LEN],
    /// Of s_j.
    pub(super) proof: [u8; PROOF_LEN],
}

/// C1: what a party fixes before it sees anything of the others.
pub(super) fn commit_polynomial(
    sid: &[u8; 32],
    j: PartyIndex,
    x: &Scalar,
    polynomial: &[[u8; POINT_LEN]],
    blinding: &[u8; 32],
) -> [u8; 32] {
    let rank = 0_u64;
    Sha256::new()
        .chain_update(label::DKG)
        .chain_update(sid)
        .chain_update(u64::from(j).to_be_bytes())
        .chain_update(rank.to_be_bytes())
        .chain_update(curve::scalar_bytes(x))
        .chain_update(polynomial.as_flattened())
        .chain_update(blinding)
        .chain_update(label::DKG_COMMITMENT_1)
        .finalize()
        .into()
}

/// C2.
pub(super) fn commit_chain_code(
    fsid: &[u8; 32],
    chain_code: &[u8; 32],
    blinding: &[u8; 32],
) -> [u8; 32] {
    Sha256::new()
        .chain_update(label::DKG)
        .chain_update(fsid)
        .chain_update(chain_code)
        .chain_update(blinding)
        .chain_update(label::DKG_COMMITMENT_2)
        .finalize()
        .into()
}

impl Layout for Round1 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            sid: reader.array()?,
            commitment: reader.array()?,
            x: reader.array()?,
            channel: reader.array()?,
        })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.sid);
        bytes.extend(self.commitment);
        bytes.extend(self.x);
        bytes.extend(self.channel);
    }
}

impl Layout for Round2 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        // t points and t proofs around two fixed fields.
        let t = reader.len().checked_sub(2 * 32)? / (POINT_LEN + PROOF_LEN);
        Some(Self {
            polynomial: reader.arrays(t)?,
            blinding: reader.array()?,
            commitment: reader.array()?,
            proofs: reader.arrays(t)?,
        })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.polynomial.as_flattened());
        bytes.extend(self.blinding);
        bytes.extend(self.commitment);
        bytes.extend(self.proofs.as_flattened());
    }
}

impl Layout for Round3 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            dealt: reader.secret()?,
            answer: Ot2::read(reader)?,
            chain_code: reader.array()?,
            blinding: reader.array()?,
            zero_seed: reader.secret()?,
            sum: reader.arrays(reader.len() / POINT_LEN)?,
        })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.dealt.expose());
        self.answer.write(bytes);
        bytes.extend(self.chain_code);
        bytes.extend(self.blinding);
        bytes.extend(self.zero_seed.expose());
        bytes.extend(self.sum.as_flattened());
    }
}

impl Layout for Round4 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            public_key: reader.array()?,
            public_share: reader.array()?,
            proof: reader.array()?,
        })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.public_key);
        bytes.extend(self.public_share);
        bytes.extend(self.proof);
    }
}
