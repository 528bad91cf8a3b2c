//! What travels: payloads of rounds 1 to 3 of `SIGN`, and the hashes that tie them together.

use quorate_core::payload::{Layout, Reader};
use quorate_core::session::{Cast, Kind};
use quorate_core::{FromEach, Secret};
use sha2::{Digest, Sha256};

use crate::curve::POINT_LEN;
use crate::ot::{RvoleId, rvole};
use crate::transcript::label;

pub(super) const ROUND_1: Kind = Kind { tag: 1, cast: Cast::Broadcast, len: 3 * 32 + 1 };
pub(super) const ROUND_2: Kind = Kind { tag: 2, cast: Cast::Private, len: 32 + rvole::OFFER_LEN };
pub(super) const ROUND_3: Kind =
    Kind { tag: 3, cast: Cast::Private, len: 4 * 32 + rvole::REPLY_LEN + 4 * POINT_LEN };

/// R1.
pub(super) struct Round1 {
    /// sid_j
    pub(super) sid: [u8; 32],
    /// com_j
    pub(super) commitment: [u8; 32],
    /// X_j
    pub(super) channel: [u8; 32],
    /// pid_j
    pub(super) party_id: u8,
}

/// R2.
pub(super) struct Round2 {
    pub(super) fsid: [u8; 32],
    /// RVOLE message 1.
    pub(super) offer: Box<rvole::Offer>,
}

/// R3.
pub(super) struct Round3 {
    pub(super) fsid: [u8; 32],
    /// RVOLE message 2.
    pub(super) reply: Box<rvole::Reply>,
    /// dig
    pub(super) digest: [u8; 32],
    /// enc(PK_j)
    pub(super) key_point: [u8; POINT_LEN],
    /// enc(R_j)
    pub(super) nonce_point: [u8; POINT_LEN],
    /// blind_j
    pub(super) blinding: [u8; 32],
    /// enc(Γ^v)
    pub(super) gamma_v: [u8; POINT_LEN],
    /// enc(Γ^u)
    pub(super) gamma_u: [u8; POINT_LEN],
    /// ψ
    pub(super) psi: Secret<[u8; 32]>,
}

/// com: what a party fixes before it sees anything of the others.
pub(super) fn commit_nonce(
    sid: &[u8; 32],
    nonce_point: &[u8; POINT_LEN],
    blinding: &[u8; 32],
) -> [u8; 32] {
    Sha256::new()
        .chain_update(label::DSG)
        .chain_update(sid)
        .chain_update(nonce_point)
        .chain_update(blinding)
        .chain_update(label::DSG_COMMITMENT)
        .finalize()
        .into()
}

/// dig: everybody's sid and commitment, mine included.
pub(super) fn digest(round1: &FromEach<([u8; 32], [u8; 32])>) -> [u8; 32] {
    let mut hash = Sha256::new_with_prefix(label::DSG);
    for (j, (sid, commitment)) in round1.iter() {
        hash.update(u32::from(j.get()).to_be_bytes());
        hash.update(sid);
        hash.update(commitment);
    }
    hash.chain_update(label::DSG_DIGEST).finalize().into()
}

/// MSID, by party ids.
pub(super) fn multiplication_id(fsid: &[u8; 32], sender: u8, receiver: u8) -> RvoleId {
    let hash = Sha256::new()
        .chain_update(label::DSG)
        .chain_update(fsid)
        .chain_update(b"sender")
        .chain_update([sender])
        .chain_update(b"receiver")
        .chain_update([receiver])
        .chain_update(label::DSG_MTA)
        .finalize();
    RvoleId(hash.into())
}

impl Layout for Round1 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (sid, commitment, channel) = (reader.array()?, reader.array()?, reader.array()?);
        let [party_id] = reader.array()?;
        Some(Self { sid, commitment, channel, party_id })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.sid);
        bytes.extend(self.commitment);
        bytes.extend(self.channel);
        bytes.push(self.party_id);
    }
}

impl Layout for Round2 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self { fsid: reader.array()?, offer: reader.boxed()? })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.fsid);
        bytes.extend(self.offer.as_slice());
    }
}

impl Layout for Round3 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            fsid: reader.array()?,
            reply: reader.boxed()?,
            digest: reader.array()?,
            key_point: reader.array()?,
            nonce_point: reader.array()?,
            blinding: reader.array()?,
            gamma_v: reader.array()?,
            gamma_u: reader.array()?,
            psi: reader.secret()?,
        })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.fsid);
        bytes.extend(self.reply.as_slice());
        bytes.extend(self.digest);
        bytes.extend(self.key_point);
        bytes.extend(self.nonce_point);
        bytes.extend(self.blinding);
        bytes.extend(self.gamma_v);
        bytes.extend(self.gamma_u);
        bytes.extend(self.psi.expose());
    }
}
