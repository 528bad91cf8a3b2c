//! The store's key: sealed under a passphrase, and what it seals (STORE 4).

use std::borrow::Cow;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use quorate_vault::store::{Fsid, PublicKey, Secret, Sharing};
use rand_core::CryptoRng;
use rusqlite::Connection;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::failure::Failure;

const KEY_LABEL: &[u8] = b"quorate/store/v1/key";
const SHARES_LABEL: &[u8] = b"quorate/store/v1/shares";
const PRESIGNATURES_LABEL: &[u8] = b"quorate/store/v1/presignatures";
const NONCES_LABEL: &[u8] = b"quorate/store/v1/nonces";
const INTEGRITY_LABEL: &[u8] = b"quorate/store/v1/integrity";

/// What turning a passphrase into a key costs: Argon2id, version 0x13.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    /// What every home is created with: 64 MiB, three passes, one lane.
    pub(crate) const STANDARD: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };

    /// For tests, which create homes by the hundred.
    #[cfg(feature = "test-util")]
    pub(crate) const WEAK: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };

    /// The most that a file may ask for: 1 GiB, 16 passes and lanes.
    const MOST: Self = Self { memory_kib: 1024 * 1024, passes: 16, lanes: 16 };

    /// STORE 4.1.
    fn derive(
        self,
        passphrase: &Secret<String>,
        salt: &[u8; 16],
    ) -> Result<Secret<[u8; 32]>, Failure> {
        let Self { memory_kib, passes, lanes } = self;
        if memory_kib > Self::MOST.memory_kib
            || passes > Self::MOST.passes
            || lanes > Self::MOST.lanes
        {
            return Err(Failure::Damaged("the cost of its passphrase is out of range"));
        }
        let params = Params::new(memory_kib, passes, lanes, Some(32))
            .map_err(|_| Failure::Damaged("the cost of its passphrase is out of range"))?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut outcome = Ok(());
        let key = Secret::fill(|key: &mut [u8; 32]| {
            outcome = argon.hash_password_into(passphrase.expose().as_bytes(), salt, key);
        });
        outcome.map_err(|error| Failure::Io(error.to_string()))?;
        Ok(key)
    }
}

/// What seals shares and the integrity record. Lives as long as the store is unlocked.
pub(crate) struct StoreKey {
    shares: Secret<[u8; 32]>,
    nonces: Secret<[u8; 32]>,
    integrity: Secret<[u8; 32]>,
}

/// What a sealed secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A share of the ECDSA key.
    Ecdsa,
    /// A share of the Ed25519 key.
    Eddsa,
    /// A share of the key of one or more chains.
    Chain(PublicKey),
    /// What the backup of the sharing says besides.
    Rest,
    /// The presignature of this id.
    Presignature([u8; 32]),
}

impl Kind {
    /// What a share of this key of a sharing is.
    pub(crate) fn of(sharing: &Sharing, key: PublicKey) -> Self {
        match key {
            key if sharing.keys.root(key.curve()) != Some(key) => Self::Chain(key),
            PublicKey::Ecdsa(_) => Self::Ecdsa,
            PublicKey::Eddsa(_) => Self::Eddsa,
        }
    }

    /// As the schema writes it.
    pub(crate) fn name(self) -> Cow<'static, str> {
        match self {
            Self::Ecdsa => "ecdsa".into(),
            Self::Eddsa => "eddsa".into(),
            Self::Chain(key) => format!("chain {key}").into(),
            Self::Rest => "rest".into(),
            Self::Presignature(_) => "presignature".into(),
        }
    }
}

/// What a sealed secret is bound to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Belongs {
    pub(crate) fsid: Fsid,
    pub(crate) me: u8,
    pub(crate) kind: Kind,
}

impl Belongs {
    /// STORE 4.2.
    fn associated_data(self) -> Vec<u8> {
        let Self { fsid, me, kind } = self;
        match kind {
            Kind::Presignature(id) => [PRESIGNATURES_LABEL, &fsid.0, &[me], &id].concat(),
            Kind::Ecdsa | Kind::Eddsa | Kind::Chain(_) | Kind::Rest => {
                [SHARES_LABEL, &fsid.0, &[me], kind.name().as_bytes()].concat()
            }
        }
    }
}

impl StoreKey {
    /// Draws a store key and writes the `home` row that seals it. Draws, in order: device suffix (8 bytes), salt
    /// (16), key (32), nonce (24).
    pub(crate) fn create(
        connection: &Connection,
        passphrase: &Secret<String>,
        cost: Cost,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, Failure> {
        let mut suffix = [0; 8];
        rng.fill_bytes(&mut suffix);
        let mut salt = [0; 16];
        rng.fill_bytes(&mut salt);
        let root = Secret::fill(|root: &mut [u8; 32]| rng.fill_bytes(root));
        let mut nonce = [0; 24];
        rng.fill_bytes(&mut nonce);

        let sealed = cipher(&cost.derive(passphrase, &salt)?)
            .encrypt(&XNonce::from(nonce), Payload { msg: root.expose(), aad: KEY_LABEL })
            .map_err(|_| Failure::Io("encryption failed".to_owned()))?;
        connection.execute(
            "INSERT INTO home (one, device_suffix, memory_kib, passes, lanes, salt, nonce, sealed_key)
             VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (format!("{:016x}", u64::from_be_bytes(suffix)), cost.memory_kib, cost.passes, cost.lanes, salt, nonce, sealed),
        )?;
        Ok(Self::from_root(&root))
    }

    /// Opens the store key with the passphrase.
    pub(crate) fn open(
        connection: &Connection,
        passphrase: &Secret<String>,
    ) -> Result<Self, Failure> {
        let (cost, salt, nonce, sealed) = connection.query_row(
            "SELECT memory_kib, passes, lanes, salt, nonce, sealed_key FROM home",
            (),
            |row| {
                let cost =
                    Cost { memory_kib: row.get(0)?, passes: row.get(1)?, lanes: row.get(2)? };
                Ok((cost, row.get(3)?, row.get::<_, [u8; 24]>(4)?, row.get::<_, [u8; 48]>(5)?))
            },
        )?;
        let opened = cipher(&cost.derive(passphrase, &salt)?)
            .decrypt(&XNonce::from(nonce), Payload { msg: &sealed, aad: KEY_LABEL })
            .map(Secret::of)
            .map_err(|_| Failure::WrongPassphrase)?;
        let root = Secret::fill(|root: &mut [u8; 32]| {
            root.iter_mut().zip(opened.expose()).for_each(|(to, from)| *to = *from);
        });
        Ok(Self::from_root(&root))
    }

    fn from_root(root: &Secret<[u8; 32]>) -> Self {
        let derive = |label| {
            Secret::fill(|key: &mut [u8; 32]| {
                *key = mac(root).chain_update(label).finalize().into_bytes().into();
            })
        };
        Self {
            shares: derive(SHARES_LABEL),
            nonces: derive(NONCES_LABEL),
            integrity: derive(INTEGRITY_LABEL),
        }
    }

    /// STORE 4.2: the nonce and the sealed share or presignature. Draws 24 bytes.
    pub(crate) fn seal(
        &self,
        share: &Secret<Vec<u8>>,
        belongs: Belongs,
        rng: &mut dyn CryptoRng,
    ) -> Result<([u8; 24], Vec<u8>), Failure> {
        let aad = belongs.associated_data();
        let mut drawn = [0; 24];
        rng.fill_bytes(&mut drawn);
        // Even if the random source repeats itself, two different shares never meet the same nonce.
        let hedged =
            mac(&self.nonces).chain_update(drawn).chain_update(&aad).chain_update(share.expose());
        let [nonce @ .., _, _, _, _, _, _, _, _]: [u8; 32] = hedged.finalize().into_bytes().into();
        let sealed = cipher(&self.shares)
            .encrypt(&XNonce::from(nonce), Payload { msg: share.expose(), aad: &aad })
            .map_err(|_| Failure::Io("encryption failed".to_owned()))?;
        Ok((nonce, sealed))
    }

    /// A share or presignature that was sealed for exactly this sharing, party and kind.
    pub(crate) fn unseal(
        &self,
        nonce: [u8; 24],
        sealed: &[u8],
        belongs: Belongs,
    ) -> Result<Secret<Vec<u8>>, Failure> {
        let aad = belongs.associated_data();
        cipher(&self.shares)
            .decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: &aad })
            .map(Secret::of)
            .map_err(|_| Failure::Damaged("a secret does not decrypt"))
    }

    /// STORE 4.4: the tag of a digest of all rows.
    pub(crate) fn tag(&self, digest: &[u8; 32]) -> [u8; 32] {
        mac(&self.integrity).chain_update(digest).finalize().into_bytes().into()
    }

    /// Whether `tag` is the tag of `digest`; in constant time.
    pub(crate) fn verifies(&self, digest: &[u8; 32], tag: &[u8; 32]) -> bool {
        mac(&self.integrity).chain_update(digest).verify_slice(tag).is_ok()
    }
}

fn cipher(key: &Secret<[u8; 32]>) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.expose().into())
}

fn mac(key: &Secret<[u8; 32]>) -> Hmac<Sha256> {
    // HMAC pads a key to its block with zeros; done here, because a key of exactly one block cannot be refused.
    let mut block = Zeroizing::new([0; 64]);
    block.iter_mut().zip(key.expose()).for_each(|(to, from)| *to = *from);
    Hmac::new((&*block).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{passphrase, rng};

    fn key() -> StoreKey {
        StoreKey::from_root(&Secret::of([7; 32]))
    }

    fn belongs() -> Belongs {
        Belongs { fsid: Fsid([1; 32]), me: 2, kind: Kind::Ecdsa }
    }

    #[test]
    fn a_share_opens_for_its_own_sharing_party_and_engine_only() {
        let share = Secret::of(b"share".to_vec());
        let (nonce, sealed) = key().seal(&share, belongs(), &mut *rng(1)).unwrap();
        assert_eq!(key().unseal(nonce, &sealed, belongs()).unwrap().expose(), b"share");
        for other in [
            Belongs { fsid: Fsid([3; 32]), ..belongs() },
            Belongs { me: 3, ..belongs() },
            Belongs { kind: Kind::Eddsa, ..belongs() },
            Belongs { kind: Kind::Chain(PublicKey::Eddsa([1; 32])), ..belongs() },
            Belongs { kind: Kind::Rest, ..belongs() },
            Belongs { kind: Kind::Presignature([1; 32]), ..belongs() },
        ] {
            assert!(matches!(key().unseal(nonce, &sealed, other), Err(Failure::Damaged(_))));
        }
        let stranger = StoreKey::from_root(&Secret::of([8; 32]));
        assert!(matches!(stranger.unseal(nonce, &sealed, belongs()), Err(Failure::Damaged(_))));
    }

    #[test]
    fn a_random_source_that_repeats_itself_makes_no_nonce_twice() {
        let seal = |share: &[u8], belongs| {
            key().seal(&Secret::of(share.to_vec()), belongs, &mut *rng(1)).unwrap()
        };
        let (nonce, _) = seal(b"share", belongs());
        assert_ne!(nonce, seal(b"sharf", belongs()).0);
        assert_ne!(nonce, seal(b"share", Belongs { me: 3, ..belongs() }).0);
    }

    #[test]
    fn a_passphrase_and_its_salt_decide_the_key() {
        let derive = |passphrase: &str, salt| {
            *Cost::WEAK.derive(&Secret::of(passphrase.to_owned()), &[salt; 16]).unwrap().expose()
        };
        assert_eq!(derive("a", 1), derive("a", 1));
        assert_ne!(derive("a", 1), derive("b", 1));
        assert_ne!(derive("a", 1), derive("a", 2));
    }

    /// The expected key was computed with OpenSSL.
    #[test]
    fn the_standard_cost_is_that_of_the_page() {
        let derived = Cost::STANDARD.derive(&passphrase(), b"0123456789abcdef").unwrap();
        assert_eq!(
            hex::encode(derived.expose()),
            "94c86f541abdb3d9aabfea59aa03963549483e9c0b1a79336e76b54cee6c917e"
        );
    }
}
