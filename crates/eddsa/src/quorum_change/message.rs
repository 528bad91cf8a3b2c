//! What travels: payloads of `ED-QC`, and the commitments in them.

use quorate_core::payload::{Layout, Reader};
use quorate_core::session::{Cast, Kind};
use quorate_core::{PartyIndex, Secret};
use sha2::{Digest, Sha256};

use crate::curve::POINT_LEN;

/// R0 of every run.
pub(super) const ROUND_0: Kind = broadcast(1, 1 + 8 + 32);
/// ID of every run.
pub(super) const PARTY_ID: Kind = broadcast(2, 1);
/// R1 of every run.
pub(super) const ROUND_1: Kind = broadcast(3, 1 + 2 * 32);
/// P1 of every run.
pub(super) const SHARE_COMMITMENT: Kind = private(4, 2 + 32);
/// P2 of every run.
pub(super) const SHARE: Kind = private(5, 2 + 3 * 32);

/// R2 of a run with this new threshold.
pub(super) fn round_2(threshold: u8) -> Kind {
    broadcast(6, 1 + 32 + 8 + POINT_LEN * usize::from(threshold))
}

const fn broadcast(tag: u64, len: usize) -> Kind {
    Kind { tag, cast: Cast::Broadcast, len }
}

const fn private(tag: u64, len: usize) -> Kind {
    Kind { tag, cast: Cast::Private, len }
}

/// The length before the key in R0.
pub(super) const KEY_PREFIX: [u8; 8] = 32_u64.to_le_bytes();

/// The length before the polynomial in R2.
pub(super) fn polynomial_prefix(threshold: u8) -> [u8; 8] {
    (u64::from(threshold) * 32).to_le_bytes()
}

/// R0.
pub(super) struct Round0 {
    pub(super) index: u8,
    /// Before the key.
    pub(super) length: [u8; 8],
    /// X_j
    pub(super) channel: [u8; 32],
}

/// ID.
pub(super) struct OldId(pub(super) u8);

/// R1.
pub(super) struct Round1 {
    pub(super) index: u8,
    /// sid_j
    pub(super) sid: [u8; 32],
    /// Q1_j; zeros from a party without a share.
    pub(super) commitment: [u8; 32],
}

/// P1.
pub(super) struct ShareCommitment {
    /// From, to.
    pub(super) indices: [u8; 2],
    /// Q2_ji
    pub(super) commitment: [u8; 32],
}

/// P2.
pub(super) struct Share {
    /// From, to.
    pub(super) indices: [u8; 2],
    /// v_ji
    pub(super) value: Secret<[u8; 32]>,
    /// r_ji
    pub(super) blinding: [u8; 32],
    /// For a party that has none.
    pub(super) chain_code: [u8; 32],
}

/// R2.
pub(super) struct Round2 {
    pub(super) index: u8,
    /// ρ_j
    pub(super) blinding: [u8; 32],
    /// Before the polynomial.
    pub(super) length: [u8; 8],
    /// enc(A_j)
    pub(super) polynomial: Vec<[u8; POINT_LEN]>,
}

/// Q1: what an old party fixes before it sees anything of the others.
pub(super) fn commit_polynomial(
    sid: &[u8; 32],
    j: PartyIndex,
    polynomial: &[[u8; POINT_LEN]],
    blinding: &[u8; 32],
) -> [u8; 32] {
    Sha256::new()
        .chain_update("Schnorr-QC")
        .chain_update("Schnorr-QC-commit1")
        .chain_update(sid)
        .chain_update(u64::from(j).to_be_bytes())
        .chain_update(polynomial.as_flattened())
        .chain_update(blinding)
        .chain_update(blinding)
        .finalize()
        .into()
}

/// Q2.
pub(super) fn commit_share(
    fin: &[u8; 32],
    from: PartyIndex,
    to: PartyIndex,
    share: &[u8; 32],
    blinding: &[u8; 32],
) -> [u8; 32] {
    Sha256::new()
        .chain_update("Schnorr-QC")
        .chain_update("Schnorr-QC-commit2")
        .chain_update(fin)
        .chain_update(u64::from(from).to_be_bytes())
        .chain_update(u64::from(to).to_be_bytes())
        .chain_update(share)
        .chain_update(blinding)
        .finalize()
        .into()
}

impl Layout for Round0 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let [index] = reader.array()?;
        Some(Self { index, length: reader.array()?, channel: reader.array()? })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.index);
        bytes.extend(self.length);
        bytes.extend(self.channel);
    }
}

impl Layout for OldId {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let [id] = reader.array()?;
        Some(Self(id))
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.0);
    }
}

impl Layout for Round1 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let [index] = reader.array()?;
        Some(Self { index, sid: reader.array()?, commitment: reader.array()? })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.index);
        bytes.extend(self.sid);
        bytes.extend(self.commitment);
    }
}

impl Layout for ShareCommitment {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self { indices: reader.array()?, commitment: reader.array()? })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.indices);
        bytes.extend(self.commitment);
    }
}

impl Layout for Share {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            indices: reader.array()?,
            value: reader.secret()?,
            blinding: reader.array()?,
            chain_code: reader.array()?,
        })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.indices);
        bytes.extend(self.value.expose());
        bytes.extend(self.blinding);
        bytes.extend(self.chain_code);
    }
}

impl Layout for Round2 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let [index] = reader.array()?;
        let (blinding, length) = (reader.array()?, reader.array()?);
        let polynomial = reader.arrays(reader.len() / POINT_LEN)?;
        Some(Self { index, blinding, length, polynomial })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.index);
        bytes.extend(self.blinding);
        bytes.extend(self.length);
        bytes.extend(self.polynomial.as_flattened());
    }
}
