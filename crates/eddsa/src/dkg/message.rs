//! What travels: payloads of `ED-DKG`, and the hashes in them.

use quorate_core::payload::{Layout, Reader};
use quorate_core::session::{Cast, Kind};
use quorate_core::{FromEach, PartyIndex};
use sha2::{Digest, Sha256};

use crate::crypto_box::{NONCE_LEN, SEALED_LEN};
use crate::curve::POINT_LEN;
use crate::dlog::PROOF_LEN;

/// R0 of every run.
pub(super) const ROUND_0: Kind = broadcast(100, 1 + 32);
/// R1 of every run.
pub(super) const ROUND_1: Kind = broadcast(101, 1 + 2 * 32);

/// R2 of a run with `n` parties and threshold `t`.
pub(super) fn round_2(n: u8, t: u8) -> Kind {
    let (n, t) = (usize::from(n), usize::from(t));
    let sealed = 2 + 8 + SEALED_LEN + NONCE_LEN;
    broadcast(102, 1 + 2 * 32 + (8 + POINT_LEN * t) + (8 + sealed * n) + (8 + (8 + PROOF_LEN) * t))
}

const fn broadcast(tag: u64, len: usize) -> Kind {
    Kind { tag, cast: Cast::Broadcast, len }
}

/// R0.
pub(super) struct Round0 {
    pub(super) index: u8,
    /// E_j
    pub(super) key: [u8; 32],
}

/// R1.
pub(super) struct Round1 {
    pub(super) index: u8,
    /// sid_j
    pub(super) sid: [u8; 32],
    /// com_j
    pub(super) commitment: [u8; 32],
}

/// R2 as it came, every number in it unchecked.
pub(super) struct Round2(Vec<u8>);

/// R2 without the numbers that it cannot but have.
pub(super) struct Opening {
    pub(super) fin: [u8; 32],
    pub(super) dealings: Dealings,
    /// One for every coefficient.
    pub(super) proofs: Vec<[u8; PROOF_LEN]>,
}

/// What a party deals, which it commits to in round 1 and opens in round 2.
pub(super) struct Dealings {
    /// ρ_j
    pub(super) blinding: [u8; 32],
    /// enc(A_j)
    pub(super) polynomial: Vec<[u8; POINT_LEN]>,
    /// One for every party, by index.
    pub(super) sealed: Vec<Sealed>,
}

/// What a dealer has sealed to one party.
pub(super) struct Sealed {
    /// ct_ji
    pub(super) text: [u8; SEALED_LEN],
    pub(super) nonce: [u8; NONCE_LEN],
}

impl Dealings {
    /// com: what a party fixes before it sees anything of the others.
    pub(super) fn commit(&self, sid: &[u8; 32], j: PartyIndex) -> [u8; 32] {
        let mut hash = Sha256::new()
            .chain_update("SL-Keygen-Commitment")
            .chain_update(sid)
            .chain_update([j.get()])
            .chain_update(self.polynomial.as_flattened());
        for (Sealed { text, nonce }, to) in self.sealed.iter().zip(0_u8..) {
            hash = hash.chain_update([j.get(), to]).chain_update(text).chain_update(nonce);
        }
        hash.chain_update(self.blinding).finalize().into()
    }

    /// What was sealed to party `i`.
    pub(super) fn sealed_to(&self, i: PartyIndex) -> Option<&Sealed> {
        self.sealed.get(usize::from(i))
    }
}

impl Opening {
    /// R2 of party `j`, with every index, count and length.
    pub(super) fn message(&self, j: PartyIndex) -> Round2 {
        let Dealings { blinding, polynomial, sealed } = &self.dealings;
        let mut bytes = vec![j.get()];
        bytes.extend(self.fin);
        bytes.extend(blinding);
        bytes.extend(u64_of(polynomial.len() * POINT_LEN));
        bytes.extend(polynomial.as_flattened());
        bytes.extend(u64_of(sealed.len()));
        for (Sealed { text, nonce }, to) in sealed.iter().zip(0_u8..) {
            bytes.extend([j.get(), to]);
            bytes.extend(u64_of(SEALED_LEN));
            bytes.extend(text);
            bytes.extend(nonce);
        }
        bytes.extend(u64_of(self.proofs.len()));
        for proof in &self.proofs {
            bytes.extend(u64_of(POINT_LEN));
            bytes.extend(proof);
        }
        Round2(bytes)
    }
}

impl Round2 {
    /// The values, from where they are if every number is right. `None` only for another length than [`round_2`] says.
    pub(super) fn opening(&self, n: u8, t: u8) -> Option<Opening> {
        let mut reader = Reader::new(&self.0);
        let _index = reader.bytes(1)?;
        let (fin, blinding) = (reader.array()?, reader.array()?);
        let _length = reader.bytes(8)?;
        let polynomial = reader.arrays(t.into())?;
        let _count = reader.bytes(8)?;
        let sealed = (0..n).map(|_| {
            let _indices_and_length = reader.bytes(2 + 8)?;
            Some(Sealed { text: reader.array()?, nonce: reader.array()? })
        });
        let sealed = sealed.collect::<Option<_>>()?;
        let _count = reader.bytes(8)?;
        let proofs = (0..t).map(|_| {
            let _length = reader.bytes(8)?;
            reader.array()
        });
        let proofs = proofs.collect::<Option<_>>()?;
        Some(Opening { fin, dealings: Dealings { blinding, polynomial, sealed }, proofs })
    }

    /// Whether every number is as party `j` must write it, where `opening` is of this message.
    pub(super) fn is_message_of(&self, j: PartyIndex, opening: &Opening) -> bool {
        opening.message(j).0 == self.0
    }
}

/// fin
pub(super) fn session_id(sids: &FromEach<[u8; 32]>) -> [u8; 32] {
    let indices = sids.parties().map(|j| u32::from(j.get()).to_be_bytes());
    let hash = indices.fold(Sha256::new(), Sha256::chain_update);
    sids.values().fold(hash, Sha256::chain_update).finalize().into()
}

/// ds: the context of a party's proofs.
pub(super) fn proof_context(fin: &[u8; 32], j: PartyIndex) -> [u8; 32] {
    Sha256::new()
        .chain_update("SL-EDDSA-DLOG-PROOF")
        .chain_update(fin)
        .chain_update(u32::from(j.get()).to_be_bytes())
        .chain_update("DLOG-PROOF-1-SID")
        .finalize()
        .into()
}

/// The chain code of a new key.
pub(super) fn chain_code<'a>(parts: impl Iterator<Item = &'a [u8]>) -> [u8; 32] {
    let hash = Sha256::new().chain_update("SL-Keygen-ChainCode");
    parts.fold(hash, Sha256::chain_update).finalize().into()
}

fn u64_of(number: usize) -> [u8; 8] {
    // No length here comes near the limit.
    u64::try_from(number).unwrap_or(u64::MAX).to_le_bytes()
}

impl Layout for Round0 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let [index] = reader.array()?;
        Some(Self { index, key: reader.array()? })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.index);
        bytes.extend(self.key);
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

impl Layout for Round2 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self(reader.rest().to_vec()))
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(&self.0);
    }
}
