//! NaCl's crypto_box, in which a dealer seals a share: X25519, HSalsa20, XSalsa20-Poly1305.
//!
//! The two directions of a pair have one key, so it is the random 24-byte nonce that keeps them apart.

use curve25519_dalek::MontgomeryPoint;
use poly1305::Poly1305;
use poly1305::universal_hash::KeyInit as _;
use quorate_core::Secret;
use rand_core::CryptoRng;
use salsa20::cipher::array::Array;
use salsa20::cipher::consts::U10;
use salsa20::cipher::{KeyIvInit as _, StreamCipher as _};
use salsa20::{XSalsa20, hsalsa};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// Length of what is sealed.
pub(crate) const TEXT_LEN: usize = 64;
/// Length of the mac before the ciphertext.
const MAC_LEN: usize = 16;
/// Length of the sealed text.
pub(crate) const SEALED_LEN: usize = MAC_LEN + TEXT_LEN;
/// Length of a nonce.
pub(crate) const NONCE_LEN: usize = 24;

/// e: one party's secret of one session.
pub(crate) struct BoxSecret(Secret<[u8; 32]>);

impl BoxSecret {
    /// Draws 32 bytes.
    pub(crate) fn draw(rng: &mut dyn CryptoRng) -> Self {
        Self(Secret::fill(|secret: &mut [u8; 32]| rng.fill_bytes(secret)))
    }

    /// E.
    pub(crate) fn public(&self) -> [u8; 32] {
        MontgomeryPoint::mul_base_clamped(*self.0.expose()).to_bytes()
    }

    /// What this party and the one behind `peer` share. `None` if everybody shares it: the key is of small order.
    pub(crate) fn agree(&self, peer: &[u8; 32]) -> Option<BoxKey> {
        let shared = self.product(peer);
        let contributes: bool = shared.ct_ne(&[0; 32]).into();
        contributes.then(|| BoxKey::mix(&shared))
    }

    /// What remains of [`Self::agree`] without its check.
    pub(crate) fn agree_lax(&self, peer: &[u8; 32]) -> BoxKey {
        BoxKey::mix(&self.product(peer))
    }

    fn product(&self, peer: &[u8; 32]) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(MontgomeryPoint(*peer).mul_clamped(*self.0.expose()).to_bytes())
    }
}

/// What two parties share.
pub(crate) struct BoxKey(Secret<[u8; 32]>);

impl BoxKey {
    fn mix(shared: &Zeroizing<[u8; 32]>) -> Self {
        let mut mixed = hsalsa::<U10>((&**shared).into(), &Array::default());
        let key = Secret::fill(|key: &mut [u8; 32]| key.copy_from_slice(&mixed));
        mixed.zeroize();
        Self(key)
    }

    /// `mac || ciphertext`.
    pub(crate) fn seal(
        &self,
        nonce: &[u8; NONCE_LEN],
        text: &Zeroizing<[u8; TEXT_LEN]>,
    ) -> [u8; SEALED_LEN] {
        let mut sealed = [0; SEALED_LEN];
        let (mac, sealed_text) = sealed.split_at_mut(MAC_LEN);
        let (mac_key, mut stream) = self.start(nonce);
        sealed_text.copy_from_slice(&**text);
        stream.apply_keystream(sealed_text);
        mac.copy_from_slice(&authenticate(&mac_key, sealed_text));
        sealed
    }

    /// The text, if the mac is right.
    pub(crate) fn open(
        &self,
        nonce: &[u8; NONCE_LEN],
        sealed: &[u8; SEALED_LEN],
    ) -> Option<Zeroizing<[u8; TEXT_LEN]>> {
        let (mac, text) = sealed.split_at(MAC_LEN);
        let (mac_key, _) = self.start(nonce);
        let right: bool = authenticate(&mac_key, text).ct_eq(mac).into();
        right.then(|| self.open_lax(nonce, sealed))
    }

    /// What remains of [`Self::open`] without its check.
    pub(crate) fn open_lax(
        &self,
        nonce: &[u8; NONCE_LEN],
        sealed: &[u8; SEALED_LEN],
    ) -> Zeroizing<[u8; TEXT_LEN]> {
        let (_, sealed_text) = sealed.split_at(MAC_LEN);
        let mut text = Zeroizing::new([0; TEXT_LEN]);
        text.copy_from_slice(sealed_text);
        let (_, mut stream) = self.start(nonce);
        stream.apply_keystream(&mut *text);
        text
    }

    /// The key of the mac, which is the start of the key stream, and the stream after it.
    fn start(&self, nonce: &[u8; NONCE_LEN]) -> (Zeroizing<[u8; 32]>, XSalsa20) {
        let mut stream = XSalsa20::new(self.0.expose().into(), nonce.into());
        let mut mac_key = Zeroizing::new([0; 32]);
        stream.apply_keystream(&mut *mac_key);
        (mac_key, stream)
    }
}

fn authenticate(key: &[u8; 32], text: &[u8]) -> [u8; MAC_LEN] {
    Poly1305::new(key.into()).compute_unpadded(text).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Script;

    fn secret(byte: u8) -> BoxSecret {
        BoxSecret::draw(&mut Script::of([vec![byte; 32]]))
    }

    #[test]
    fn what_one_seals_the_other_opens_and_nothing_else_does() {
        let (a, b) = (secret(1), secret(2));
        let text = Zeroizing::new([5; TEXT_LEN]);
        let sealed = a.agree(&b.public()).unwrap().seal(&[9; NONCE_LEN], &text);
        let key = b.agree(&a.public()).unwrap();
        assert_eq!(key.open(&[9; NONCE_LEN], &sealed).as_deref(), Some(&[5; TEXT_LEN]));
        assert!(key.open(&[8; NONCE_LEN], &sealed).is_none());
        for i in 0..SEALED_LEN {
            let mut spoilt = sealed;
            spoilt[i] ^= 1;
            assert!(key.open(&[9; NONCE_LEN], &spoilt).is_none());
        }
    }

    #[test]
    fn nothing_is_agreed_with_a_key_of_small_order() {
        let mut minus_one = [0xff; 32];
        (minus_one[0], minus_one[31]) = (0xec, 0x7f);
        let mut one = [0; 32];
        one[0] = 1;
        for key in [[0; 32], one, minus_one] {
            assert!(secret(3).agree(&key).is_none());
        }
    }
}
