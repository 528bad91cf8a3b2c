//! Recovery: the shares of enough parties, in one place, are the key again. `spec/backups.md`, `BACKUP 4`.
//!
//! Whoever holds the result holds the key. The shares come from backups, never in messages: those are
//! [`export`](crate::export)'s.

use k256::{ProjectivePoint, Scalar};
use quorate_core::Secret;
use quorate_core::check::{require, require_some};

use crate::check::Check;
use crate::curve::{self, POINT_LEN, SCALAR_LEN};
use crate::derive::{Child, DerivationPath};
use crate::share::KeyShare;

/// The private key, 32 bytes big-endian, that these shares make together.
///
/// `None` unless it is the key of all of them: not if they are too few, or of one party, or of several sharings.
#[must_use]
pub fn private_key(shares: &[&KeyShare]) -> Option<Secret<[u8; SCALAR_LEN]>> {
    let public_key = shares.first()?.public_key;
    let ids = || shares.iter().map(|share| share.party_id());
    let key: Secret<Scalar> = Secret::fill(|key| {
        for share in shares {
            *key += share.lagrange(ids()) * share.secret.expose();
        }
    });
    let is_the_key = ProjectivePoint::mul_by_generator(key.expose()) == public_key
        && shares.iter().all(|share| share.public_key == public_key);
    is_the_key.then(|| Secret::fill(|bytes| *bytes = curve::scalar_bytes(key.expose())))
}

/// A key below a recovered one: its private key, 32 bytes big-endian, and the public key that belongs to it, 33 bytes
/// compressed. The steps are those of [`derive`](crate::derive::derive), so the public key is what that makes.
///
/// # Errors
///
/// [`Check::DeriveParent`] if `root` is no private key, [`Check::DeriveChild`] if there is no such child.
pub fn child(
    root: &Secret<[u8; SCALAR_LEN]>,
    chain_code: &[u8; 32],
    path: &DerivationPath,
) -> Result<(Secret<[u8; SCALAR_LEN]>, [u8; POINT_LEN]), Check> {
    let key =
        require_some(curve::strict_scalar(root.expose()), Check::DeriveParent, || Scalar::ONE);
    let mut key: Secret<Scalar> = {
        let mut key = key?;
        Secret::take(&mut key)
    };
    let public_key = ProjectivePoint::mul_by_generator(key.expose());
    require(!curve::is_identity(&public_key), Check::DeriveParent)?;
    let child = Child::below(public_key, *chain_code, path)?;
    *key.expose_mut() += child.offset;
    let public_key = curve::encode_point(&ProjectivePoint::mul_by_generator(key.expose()));
    Ok((Secret::fill(|bytes| *bytes = curve::scalar_bytes(key.expose())), public_key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{bytes, vectors};

    fn shares(file: &str, at: &str) -> Vec<KeyShare> {
        let recorded = vectors(file);
        let shares = recorded.pointer(at).unwrap().as_object().unwrap();
        shares.values().map(|share| KeyShare::from_bytes(&bytes(share)).unwrap()).collect()
    }

    #[test]
    fn the_shares_of_any_quorum_make_the_key_and_no_others() {
        let [a, b, c] = shares("live_W_dkg", "/dkg/shares").try_into().unwrap();
        let other = shares("live_S_dkg", "/dkg/shares").remove(1);
        let key = *private_key(&[&a, &b]).unwrap().expose();
        let image = ProjectivePoint::mul_by_generator(&curve::reduce(&key));
        assert_eq!(curve::encode_point(&image), a.public_key());
        for quorum in [&[&b, &a][..], &[&a, &c], &[&c, &b], &[&b, &c, &a]] {
            assert_eq!(*private_key(quorum).unwrap().expose(), key);
        }
        for short in [&[][..], &[&a], &[&a, &a], &[&a, &other], &[&a, &b, &other]] {
            assert!(private_key(short).is_none());
        }
    }

    /// Test vector 2 of BIP-32: chain m/0, whose one step is not hardened.
    #[test]
    fn a_key_below_is_that_of_bip_32_and_of_public_derivation() {
        let unhex = |text: &str| <[u8; 32]>::try_from(hex::decode(text).unwrap()).unwrap();
        let root = unhex("4b03d6fc340455b363f51020ad3ecca4f0850280cf436c70c727923f6db46c3e");
        let code = unhex("60499f801b896d83179a4374aeb7822aaeaceaa0db1f85ee3e904c4defbd9689");
        let root = Secret::of(root);
        let (private, public) =
            child(&root, &code, &DerivationPath::parse("m/0").unwrap()).unwrap();
        assert_eq!(
            hex::encode(private.expose()),
            "abe74a98f6c7eabee0428f53798f0ab8aa1bd37873999041703c742f15ac7e1e"
        );
        assert_eq!(
            hex::encode(public),
            "02fc9e5af0ac8d9b3cecfe2a888e2117ba3d089d8585886c9c826b6b22a98d12ea"
        );

        let path = DerivationPath::parse("m/84/0/0/0/7").unwrap();
        let (_, parent) = child(&root, &code, &DerivationPath::root()).unwrap();
        let derived = crate::derive::derive(&parent, &code, &path).unwrap();
        assert_eq!(child(&root, &code, &path).unwrap().1, derived);
        for no_key in [[0; 32], [0xff; 32]] {
            let refused = child(&Secret::of(no_key), &code, &path).map(|(_, public)| public);
            assert_eq!(refused, Err(Check::DeriveParent));
        }
    }
}
