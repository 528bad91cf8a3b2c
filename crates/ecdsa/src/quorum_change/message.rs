//! What travels: payloads of `QC`, and the commitments in them.

use quorate_core::payload::{Layout, Reader};
use quorate_core::session::{Cast, Kind};
use quorate_core::{PartyIndex, Secret};
use sha2::{Digest, Sha256};

use crate::curve::POINT_LEN;
use crate::ot::{base, pprf};
use crate::pair::Ot2;
use crate::transcript::label;

pub(super) const ROUND_0: Kind = Kind { tag: 10, cast: Cast::Broadcast, len: 1 };
pub(super) const ROUND_1: Kind = Kind { tag: 11, cast: Cast::Broadcast, len: 3 * 32 };
pub(super) const SHARE_COMMITMENT: Kind = Kind { tag: 13, cast: Cast::Private, len: 32 };
pub(super) const SHARE: Kind = Kind { tag: 14, cast: Cast::Private, len: 3 * 32 };
pub(super) const OT_1: Kind = Kind { tag: 15, cast: Cast::Private, len: base::MESSAGE_LEN };
pub(super) const OT_2: Kind =
    Kind { tag: 16, cast: Cast::Private, len: base::MESSAGE_LEN + pprf::MESSAGE_LEN + 32 };

/// The kind of R2, for this new threshold.
pub(super) fn round_2(threshold: u8) -> Kind {
    Kind { tag: 12, cast: Cast::Broadcast, len: POINT_LEN * usize::from(threshold) + 32 }
}

/// R0.
pub(super) struct Round0 {
    pub(super) party_id: u8,
}

/// R1.
pub(super) struct Round1 {
    /// sid_j
    pub(super) sid: [u8; 32],
    /// X_j
    pub(super) channel: [u8; 32],
    /// Q1_j; zeros from a party without a share.
    pub(super) commitment: [u8; 32],
}

/// P1.
pub(super) struct ShareCommitment(pub(super) [u8; 32]);

/// P2.
pub(super) struct Share {
    /// p_ji
    pub(super) value: Secret<[u8; 32]>,
    /// r2_ji
    pub(super) blinding: [u8; 32],
    /// rcc
    pub(super) root_chain_code: [u8; 32],
}

/// R2.
pub(super) struct Round2 {
    /// enc(F_j)
    pub(super) polynomial: Vec<[u8; POINT_LEN]>,
    /// r1_j
    pub(super) blinding: [u8; 32],
}

/// OT2.
pub(super) struct Answer {
    /// The answer to OT1.
    pub(super) answer: Ot2,
    /// The pair's seed, if the sender chose it.
    pub(super) zero_seed: Secret<[u8; 32]>,
}

/// Q1: what an old party fixes before it sees anything of the others.
pub(super) fn commit_polynomial(
    sid: &[u8; 32],
    j: PartyIndex,
    polynomial: &[[u8; POINT_LEN]],
    blinding: &[u8; 32],
) -> [u8; 32] {
    Sha256::new()
        .chain_update(label::QC)
        .chain_update(sid)
        .chain_update(u64::from(j).to_be_bytes())
        .chain_update(polynomial.as_flattened())
        .chain_update(blinding)
        .chain_update(label::QC_COMMITMENT_1)
        .finalize()
        .into()
}

/// Q2.
pub(super) fn commit_share(
    fsid: &[u8; 32],
    from: PartyIndex,
    to: PartyIndex,
    share: &[u8; 32],
    blinding: &[u8; 32],
) -> [u8; 32] {
    Sha256::new()
        .chain_update(label::QC)
        .chain_update(fsid)
        .chain_update(u64::from(from).to_be_bytes())
        .chain_update(u64::from(to).to_be_bytes())
        .chain_update(share)
        .chain_update(blinding)
        .chain_update(label::QC_COMMITMENT_2)
        .finalize()
        .into()
}

impl Layout for Round0 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let [party_id] = reader.array()?;
        Some(Self { party_id })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.party_id);
    }
}

impl Layout for Round1 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self { sid: reader.array()?, channel: reader.array()?, commitment: reader.array()? })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.sid);
        bytes.extend(self.channel);
        bytes.extend(self.commitment);
    }
}

impl Layout for ShareCommitment {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        reader.array().map(Self)
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.0);
    }
}

impl Layout for Share {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            value: reader.secret()?,
            blinding: reader.array()?,
            root_chain_code: reader.array()?,
        })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.value.expose());
        bytes.extend(self.blinding);
        bytes.extend(self.root_chain_code);
    }
}

impl Layout for Round2 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let polynomial = reader.arrays(reader.len().checked_sub(32)? / POINT_LEN)?;
        Some(Self { polynomial, blinding: reader.array()? })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.polynomial.as_flattened());
        bytes.extend(self.blinding);
    }
}

impl Layout for Answer {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self { answer: Ot2::read(reader)?, zero_seed: reader.secret()? })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        self.answer.write(bytes);
        bytes.extend(self.zero_seed.expose());
    }
}
