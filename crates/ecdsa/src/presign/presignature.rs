//! What a presigning leaves with a signer, and its bytes. `PRESIGNATURE`.

use core::fmt;

use k256::{ProjectivePoint, Scalar};
use quorate_core::Secret;
use quorate_core::check::{require, require_some};
use quorate_core::payload::Reader;
use zeroize::Zeroizing;

use crate::check::PresignatureCheck;
use crate::curve::{self, POINT_LEN};
use crate::signature::Nonce;

/// Length of an encoded presignature.
pub const PRESIGNATURE_LEN: usize = 4 * 32 + 2 * POINT_LEN + 1;

/// One signer's part of a signature for which only the hash is lacking.
///
/// Whoever sees what two hashes made of it knows the private key. So it is used once: finishing takes it by value,
/// it has no `Clone`, and it is wiped when it goes. Bytes can be copied, and that is where the promise becomes the
/// caller's: whoever keeps [`Self::to_bytes`] must have destroyed them, durably and in every copy, before it finishes
/// what [`Self::from_bytes`] made of them, and must not bring them back from a backup.
///
/// The bytes do not say who the other signers were. Keep that beside them; another set cannot finish.
pub struct Presignature {
    pub(crate) fsid: [u8; 32],
    /// r·(sk_i·Ψ + …), the part of s0 that no hash enters.
    pub(crate) s0: Secret<Scalar>,
    pub(crate) s1: Secret<Scalar>,
    /// φ_i
    pub(crate) phi: Secret<Scalar>,
    /// R
    pub(crate) big_r: ProjectivePoint,
    /// DPK
    pub(crate) public_key: ProjectivePoint,
    /// pid_i
    pub(crate) party_id: u8,
}

impl fmt::Debug for Presignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presignature").field("party_id", &self.party_id).finish_non_exhaustive()
    }
}

impl Presignature {
    /// The session id of the presigning: equal for all its signers, and what a setup names it by.
    #[must_use]
    pub fn id(&self) -> [u8; 32] {
        self.fsid
    }

    /// The only key that this can sign with, at the path of the presigning: DPK, 33 bytes compressed.
    #[must_use]
    pub fn public_key(&self) -> [u8; POINT_LEN] {
        curve::encode_point(&self.public_key)
    }

    /// Which share of the key this was made with.
    #[must_use]
    pub fn party_id(&self) -> u8 {
        self.party_id
    }

    /// `fsid || s0 || s1 || φ || enc(R) || enc(DPK) || party id`, [`PRESIGNATURE_LEN`] bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Secret<Vec<u8>> {
        // Exact, so that the bytes never move and leave no copy behind.
        let mut bytes = Vec::with_capacity(PRESIGNATURE_LEN);
        bytes.extend(self.fsid);
        for secret in [&self.s0, &self.s1, &self.phi] {
            bytes.extend(*Zeroizing::new(curve::scalar_bytes(secret.expose())));
        }
        bytes.extend(curve::encode_point(&self.big_r));
        bytes.extend(self.public_key());
        bytes.push(self.party_id);
        Secret::of(bytes)
    }

    /// Reads [`Self::to_bytes`] back, and makes every check of `PRESIGNATURE`.
    ///
    /// # Errors
    ///
    /// The first check that failed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PresignatureCheck> {
        let stored = Stored::read(bytes).ok_or(PresignatureCheck::Size)?;

        let [mut s0, mut s1, mut phi] =
            [scalar(&stored.s0)?, scalar(&stored.s1)?, scalar(&stored.phi)?];
        let [s0, s1, phi] = [&mut s0, &mut s1, &mut phi].map(Secret::take);

        let big_r = point(&stored.big_r, PresignatureCheck::NoncePoint)?;
        require(Nonce::of(&big_r).r != Scalar::ZERO, PresignatureCheck::NoncePoint)?;
        let public_key = point(&stored.public_key, PresignatureCheck::PublicKey)?;

        let Stored { fsid, party_id: [party_id], .. } = stored;
        Ok(Self { fsid, s0, s1, phi, big_r, public_key, party_id })
    }
}

/// The fields of a stored presignature, not decoded yet.
struct Stored {
    fsid: [u8; 32],
    s0: Secret<[u8; 32]>,
    s1: Secret<[u8; 32]>,
    phi: Secret<[u8; 32]>,
    big_r: [u8; POINT_LEN],
    public_key: [u8; POINT_LEN],
    party_id: [u8; 1],
}

impl Stored {
    /// `None` unless the bytes are as many as they must be.
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let stored = Self {
            fsid: reader.array()?,
            s0: reader.secret()?,
            s1: reader.secret()?,
            phi: reader.secret()?,
            big_r: reader.array()?,
            public_key: reader.array()?,
            party_id: reader.array()?,
        };
        require(reader.is_empty(), PresignatureCheck::Size).ok().map(|()| stored)
    }
}

fn scalar(bytes: &Secret<[u8; 32]>) -> Result<Scalar, PresignatureCheck> {
    let bytes = bytes.expose();
    require_some(curve::strict_scalar(bytes), PresignatureCheck::Scalars, || curve::reduce(bytes))
}

fn point(
    bytes: &[u8; POINT_LEN],
    check: PresignatureCheck,
) -> Result<ProjectivePoint, PresignatureCheck> {
    require_some(curve::decode_nonidentity(bytes), check, || {
        curve::decode_point(bytes).unwrap_or(ProjectivePoint::IDENTITY)
    })
}
