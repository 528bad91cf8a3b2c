//! Whole keys, which only imports, migrations and exports have to do with.

use curve25519_dalek::{EdwardsPoint, Scalar as Ed25519Scalar};
use getrandom::SysRng;
use k256::elliptic_curve::PrimeField;
use k256::elliptic_curve::group::GroupEncoding;
use k256::{ProjectivePoint, Scalar};
use quorate_wire::setup::Suite;
use rand_core::{Rng, UnwrapErr};
use x25519_dalek::{PublicKey, StaticSecret};

use crate::Result;

/// Random bytes.
pub(super) fn bytes() -> [u8; 32] {
    let mut bytes = [0; 32];
    UnwrapErr(SysRng).fill_bytes(&mut bytes);
    bytes
}

/// A random private key, as encoded on its curve.
pub(super) fn random(suite: Suite) -> [u8; 32] {
    loop {
        let bytes = match suite {
            Suite::Ecdsa => bytes(),
            Suite::Eddsa => Ed25519Scalar::from_bytes_mod_order(bytes()).to_bytes(),
        };
        if public(suite, &bytes).is_ok() {
            return bytes;
        }
    }
}

/// What private keys add up to.
pub(super) fn sum<'a>(suite: Suite, keys: impl Iterator<Item = &'a [u8; 32]>) -> Result<[u8; 32]> {
    match suite {
        Suite::Ecdsa => {
            let mut sum = Scalar::ZERO;
            for key in keys {
                sum += secp256k1(key)?;
            }
            Ok(sum.to_repr().into())
        }
        Suite::Eddsa => {
            let mut sum = Ed25519Scalar::ZERO;
            for key in keys {
                sum += ed25519(key)?;
            }
            Ok(sum.to_bytes())
        }
    }
}

/// The public key of a private one.
pub(super) fn public(suite: Suite, key: &[u8; 32]) -> Result<Vec<u8>> {
    Ok(match suite {
        Suite::Ecdsa => ProjectivePoint::mul_by_generator(&secp256k1(key)?).to_bytes().to_vec(),
        Suite::Eddsa => EdwardsPoint::mul_base(&ed25519(key)?).compress().to_bytes().to_vec(),
    })
}

/// The X25519 key of a secret.
pub(super) fn agreement(secret: &[u8; 32]) -> [u8; 32] {
    PublicKey::from(&StaticSecret::from(*secret)).to_bytes()
}

fn secp256k1(key: &[u8; 32]) -> Result<Scalar> {
    let scalar: Option<Scalar> = Scalar::from_repr((*key).into()).into();
    scalar.filter(|scalar| *scalar != Scalar::ZERO).ok_or_else(|| "not a private key".into())
}

fn ed25519(key: &[u8; 32]) -> Result<Ed25519Scalar> {
    let scalar: Option<Ed25519Scalar> = Ed25519Scalar::from_canonical_bytes(*key).into();
    scalar.filter(|scalar| *scalar != Ed25519Scalar::ZERO).ok_or_else(|| "not a private key".into())
}
