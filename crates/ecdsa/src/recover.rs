//! Recovery: the shares of enough parties, in one place, are the key again. `spec/backups.md`, `BACKUP 4`.
//!
//! Whoever holds the result holds the key. The shares come from backups, never in messages: those are
//! [`export`](crate::export)'s.

use k256::{ProjectivePoint, Scalar};
use quorate_core::Secret;

use crate::curve::{self, SCALAR_LEN};
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
}
