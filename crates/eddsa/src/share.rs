//! What a party keeps of a key. `spec/eddsa/share.md`.

use core::fmt;

use curve25519_dalek::{EdwardsPoint, Scalar};
use quorate_core::Secret;
use quorate_core::check::{require, require_some};
use quorate_core::payload::Reader;

use crate::check::ShareCheck;
use crate::curve::{self, POINT_LEN};
use crate::polynomial::lagrange;

/// Length of an encoded share.
pub const SHARE_LEN: usize = 132;

/// One party's share of a key. No `Clone`, and a `Debug` that says whose it is and nothing more.
pub struct KeyShare {
    /// t
    pub(crate) threshold: u8,
    /// n
    pub(crate) parties: u8,
    /// My place among them.
    pub(crate) party_id: u8,
    /// d_i
    pub(crate) secret: Secret<Scalar>,
    /// PK
    pub(crate) public_key: EdwardsPoint,
    /// The name of the key.
    pub(crate) key_id: [u8; 32],
    pub(crate) chain_code: [u8; 32],
}

/// What a run leaves with one who holds a share of its outcome.
#[derive(Debug)]
pub struct NewShare {
    /// To be kept.
    pub share: KeyShare,
    /// S_p = d_p·B of every holder, 32 bytes each, by party id. To be compared with the others' before the share is
    /// used: they differ whenever a dealer has shown two parties different polynomials.
    pub public_shares: Vec<[u8; POINT_LEN]>,
}

impl fmt::Debug for KeyShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyShare")
            .field("party_id", &self.party_id)
            .field("parties", &self.parties)
            .field("threshold", &self.threshold)
            .finish_non_exhaustive()
    }
}

impl KeyShare {
    /// PK, 32 bytes as in RFC 8032.
    pub fn public_key(&self) -> [u8; POINT_LEN] {
        curve::encode_point(&self.public_key)
    }

    /// The chain code. Nothing is derived with it here.
    pub fn chain_code(&self) -> [u8; 32] {
        self.chain_code
    }

    /// The name of the key, as setups carry it.
    pub fn key_id(&self) -> [u8; 32] {
        self.key_id
    }

    /// This party's position in the share, from 0.
    pub fn party_id(&self) -> u8 {
        self.party_id
    }

    /// How many parties hold a share.
    pub fn parties(&self) -> u8 {
        self.parties
    }

    /// How many parties can sign.
    pub fn threshold(&self) -> u8 {
        self.threshold
    }

    /// λ·d of this party among the parties of these ids, itself one of them. What they all have adds up to the
    /// private key.
    pub(crate) fn part(&self, party_ids: impl Iterator<Item = u8>) -> Secret<Scalar> {
        let lambda = lagrange(self.party_id, party_ids);
        Secret::fill(|part| *part = lambda * self.secret.expose())
    }

    /// The 132 bytes of [the specification](self).
    pub fn to_bytes(&self) -> Secret<Vec<u8>> {
        // Exact, so that the bytes never move and leave no copy behind.
        let mut bytes = Vec::with_capacity(SHARE_LEN);
        bytes.extend([self.threshold, self.parties, self.party_id]);
        bytes.extend(self.secret.expose().as_bytes());
        bytes.extend(self.public_key());
        bytes.extend(self.key_id);
        bytes.push(0);
        bytes.extend(self.chain_code);
        Secret::of(bytes)
    }

    /// Reads [`Self::to_bytes`] back, and makes every check of `ED-SHARE`.
    ///
    /// # Errors
    ///
    /// The first check that failed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ShareCheck> {
        // 1
        require(bytes.len() == SHARE_LEN, ShareCheck::Size)?;
        let Stored { numbers, secret, public_key, key_id, extra, chain_code } =
            Stored::read(&mut Reader::new(bytes)).ok_or(ShareCheck::Size)?;
        let [threshold, parties, party_id] = numbers;

        // 2
        require(2 <= threshold && threshold <= parties, ShareCheck::Threshold)?;
        // 3
        require(party_id < parties, ShareCheck::PartyId)?;
        // 4
        let mut secret =
            require_some(curve::nonzero_scalar(secret.expose()), ShareCheck::Secret, || {
                curve::reduce(secret.expose())
            })?;
        let secret = Secret::take(&mut secret);
        // 5
        let public_key =
            require_some(curve::decode_point(&public_key), ShareCheck::PublicKey, || {
                curve::decode_lax(&public_key)
            })?;
        // 6
        require(extra == [0], ShareCheck::Extra)?;

        Ok(Self { threshold, parties, party_id, secret, public_key, key_id, chain_code })
    }
}

/// The fields of a stored share, not decoded yet.
struct Stored {
    numbers: [u8; 3],
    secret: Secret<[u8; 32]>,
    public_key: [u8; POINT_LEN],
    key_id: [u8; 32],
    extra: [u8; 1],
    chain_code: [u8; 32],
}

impl Stored {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            numbers: reader.array()?,
            secret: reader.secret()?,
            public_key: reader.array()?,
            key_id: reader.array()?,
            extra: reader.array()?,
            chain_code: reader.array()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::KeyShare;
    use crate::testing::{bytes, vectors};

    #[test]
    fn recorded_shares_are_read_and_written_unchanged() {
        for file in ["dkg_2of3_bobby_known", "dkg_3of4_all_known", "import_2of3_bobby_known"] {
            let recorded = vectors(file);
            for share in recorded["keyshares"].as_object().unwrap().values() {
                let stored = bytes(&share["bytes"]);
                let read = KeyShare::from_bytes(&stored).unwrap();
                assert!(*read.to_bytes().expose() == stored, "{file}");
                assert_eq!(read.public_key()[..], bytes(&share["public_key"]));
                assert_eq!(read.key_id()[..], bytes(&share["key_id"]));
                assert_eq!(read.chain_code()[..], bytes(&share["root_chain_code"]));
            }
        }
    }
}
