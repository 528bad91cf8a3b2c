//! What travels: payloads of `ED-SIGN`, and the hashes in them.

use quorate_core::FromEach;
use quorate_core::payload::{Layout, Reader};
use quorate_core::session::{Cast, Kind};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

use crate::curve::POINT_LEN;
use crate::dlog::PROOF_LEN;

/// R1 of every run.
pub(super) const ROUND_1: Kind = broadcast(1, 1 + 2 * 32);
/// R2 of every run.
pub(super) const ROUND_2: Kind = broadcast(2, 1 + 2 * 32 + 8 + PROOF_LEN + 8 + POINT_LEN);
/// R3 of every run.
pub(super) const ROUND_3: Kind = broadcast(3, 1 + 2 * 32);

const fn broadcast(tag: u64, len: usize) -> Kind {
    Kind { tag, cast: Cast::Broadcast, len }
}

/// The length that stands before every point.
pub(super) const POINT_PREFIX: [u8; 8] = 32_u64.to_le_bytes();

/// R1.
pub(super) struct Round1 {
    /// p_j
    pub(super) party_id: u8,
    pub(super) sid: [u8; 32],
    /// com_j
    pub(super) commitment: [u8; 32],
}

/// R2.
pub(super) struct Round2 {
    /// p_j
    pub(super) party_id: u8,
    pub(super) fin: [u8; 32],
    /// β_j
    pub(super) blinding: [u8; 32],
    /// The lengths before the proof and before R_j.
    pub(super) lengths: [[u8; 8]; 2],
    /// Of k_j.
    pub(super) proof: [u8; PROOF_LEN],
    /// enc(R_j)
    pub(super) nonce_point: [u8; POINT_LEN],
}

/// R3.
pub(super) struct Round3 {
    /// p_j
    pub(super) party_id: u8,
    pub(super) fin: [u8; 32],
    /// s_j
    pub(super) partial: [u8; 32],
}

/// com: what a signer fixes before it sees anything of the others.
pub(super) fn commit(
    sid: &[u8; 32],
    party_id: u8,
    nonce_point: &[u8; POINT_LEN],
    blinding: &[u8; 32],
) -> [u8; 32] {
    Sha256::new()
        .chain_update(sid)
        .chain_update(u32::from(party_id).to_be_bytes())
        .chain_update(nonce_point)
        .chain_update(blinding)
        .finalize()
        .into()
}

/// fin: of the message, and of every signer's party id and contribution, by party id.
pub(super) fn session_id(message: &[u8], signers: &FromEach<(u8, [u8; 32])>) -> [u8; 32] {
    let by_id: BTreeMap<u8, [u8; 32]> = signers.values().copied().collect();
    let hash = Sha256::new().chain_update(message);
    let ids = by_id.keys().map(|&id| u32::from(id).to_be_bytes());
    let hash = ids.fold(hash, Sha256::chain_update);
    by_id.values().fold(hash, Sha256::chain_update).finalize().into()
}

/// ds: the context of a signer's proof.
pub(super) fn proof_context(fin: &[u8; 32], party_id: u8) -> [u8; 32] {
    Sha256::new()
        .chain_update("SL-EDDSA-SIGN")
        .chain_update(fin)
        .chain_update(u32::from(party_id).to_be_bytes())
        .chain_update("DLOG-SID")
        .finalize()
        .into()
}

impl Layout for Round1 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let [party_id] = reader.array()?;
        Some(Self { party_id, sid: reader.array()?, commitment: reader.array()? })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.party_id);
        bytes.extend(self.sid);
        bytes.extend(self.commitment);
    }
}

impl Layout for Round2 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let [party_id] = reader.array()?;
        let (fin, blinding) = (reader.array()?, reader.array()?);
        let (proof_length, proof) = (reader.array()?, reader.array()?);
        let (point_length, nonce_point) = (reader.array()?, reader.array()?);
        let lengths = [proof_length, point_length];
        Some(Self { party_id, fin, blinding, lengths, proof, nonce_point })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        let [proof_length, point_length] = self.lengths;
        bytes.push(self.party_id);
        bytes.extend(self.fin);
        bytes.extend(self.blinding);
        bytes.extend(proof_length);
        bytes.extend(self.proof);
        bytes.extend(point_length);
        bytes.extend(self.nonce_point);
    }
}

impl Layout for Round3 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let [party_id] = reader.array()?;
        Some(Self { party_id, fin: reader.array()?, partial: reader.array()? })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.party_id);
        bytes.extend(self.fin);
        bytes.extend(self.partial);
    }
}
