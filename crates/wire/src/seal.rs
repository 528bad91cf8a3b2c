//! Sealing: whatever a relay carries is opaque to it (`spec/sealing.md` 1).
//!
//! A ceremony has one key, made by its initiator and handed over in the link, outside the relay. Setups, frames,
//! hellos and commit messages travel under it.

use aes_gcm::aead::Aead as _;
use aes_gcm::{Aes256Gcm, KeyInit as _, Nonce};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use quorate_core::Secret;
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize as _, Zeroizing};

use crate::relay_api::MAX_BODY;

/// A ceremony's key: 32 random bytes, drawn by the initiator and never used for another ceremony.
pub struct SessionKey(Secret<[u8; 32]>);

/// The text is no key: 64 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an encryption key is 64 hex digits")]
pub struct InvalidKey;

/// The body was not sealed with this key, or has been changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not sealed with this ceremony's key")]
pub struct NotSealed;

impl SessionKey {
    /// Draws 32 bytes from `rng`.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self(Secret::fill(|key: &mut [u8; 32]| rng.fill_bytes(key)))
    }

    /// Reads 64 hex digits, as links carry a key.
    ///
    /// # Errors
    ///
    /// [`InvalidKey`].
    pub fn from_hex(text: &str) -> Result<Self, InvalidKey> {
        let mut key = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text, &mut *key).map_err(|_| InvalidKey)?;
        Ok(Self(Secret::take(&mut key)))
    }

    /// The 64 hex digits, for a link.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0.expose()))
    }

    /// SEAL 1: `base64(nonce 12 ‖ AES-256-GCM(SHA-256(key), nonce, base64(raw)) ‖ tag 16)`, standard and padded.
    ///
    /// Draws the nonce (12 bytes) from `rng`.
    #[must_use]
    pub fn seal(&self, raw: &[u8], rng: &mut dyn CryptoRng) -> String {
        let inner = Zeroizing::new(STANDARD.encode(raw));
        let mut nonce = [0; 12];
        rng.fill_bytes(&mut nonce);
        // The cipher refuses only texts beyond 64 GiB, which the empty body then stands for.
        let sealed =
            self.cipher().encrypt(&Nonce::from(nonce), inner.as_bytes()).unwrap_or_default();
        STANDARD.encode([&nonce[..], &sealed].concat())
    }

    /// Opens what [`Self::seal`] made. White space around the body is no part of it.
    ///
    /// # Errors
    ///
    /// [`NotSealed`], also for bodies longer than [`MAX_BODY`].
    pub fn open(&self, body: &str) -> Result<Vec<u8>, NotSealed> {
        let body = body.trim_ascii();
        if body.len() > MAX_BODY {
            return Err(NotSealed);
        }
        let blob = STANDARD.decode(body).map_err(|_| NotSealed)?;
        let (nonce, sealed) = blob.split_first_chunk::<12>().ok_or(NotSealed)?;
        let inner = self.cipher().decrypt(&Nonce::from(*nonce), sealed).map_err(|_| NotSealed)?;
        STANDARD.decode(&*Zeroizing::new(inner)).map_err(|_| NotSealed)
    }

    fn cipher(&self) -> Aes256Gcm {
        let mut key = Sha256::digest(self.0.expose());
        let cipher = Aes256Gcm::new(&key);
        key.zeroize();
        cipher
    }
}

impl core::fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SessionKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::relay_api::{Message, message_hash};
    use crate::testing::{Script, damage, rng, unhex};

    fn case() -> Value {
        serde_json::from_str(include_str!("../../../vectors/app/relay_crypto.json")).unwrap()
    }

    fn key(case: &Value) -> SessionKey {
        SessionKey::from_hex(case["encryption_key_hex"].as_str().unwrap()).unwrap()
    }

    #[test]
    fn bodies_are_sealed_and_opened_as_the_field_does() {
        let case = case();
        let (key, raw) = (key(&case), unhex(&case["raw_message_hex"]));
        let sealed = key.seal(&raw, &mut Script(unhex(&case["nonce_hex"])));
        assert_eq!(sealed, case["body_base64"].as_str().unwrap());
        assert_eq!(key.open(&sealed).unwrap(), raw);
        assert_eq!(key.open(&format!(" {sealed}\n")).unwrap(), raw);
        let setup = &case["setup_message"];
        assert_eq!(
            key.open(setup["http_body"].as_str().unwrap()).unwrap(),
            unhex(&setup["raw_hex"])
        );
    }

    #[test]
    fn the_message_object_is_the_fields() {
        let case = case();
        let message: Message = serde_json::from_value(case["message_json"].clone()).unwrap();
        assert_eq!(serde_json::to_value(&message).unwrap(), case["message_json"]);
        assert_eq!(message.hash, message_hash(&unhex(&case["raw_message_hex"])));
        assert_eq!(message.hash, case["md5_hash_sdk_mobile"].as_str().unwrap());
    }

    #[test]
    fn another_key_and_changed_bytes_do_not_open() {
        let mut rng = rng(1);
        let (key, other) = (SessionKey::generate(&mut rng), SessionKey::generate(&mut rng));
        let sealed = key.seal(b"frame", &mut rng);
        assert_eq!(other.open(&sealed), Err(NotSealed));
        let blob = STANDARD.decode(&sealed).unwrap();
        for _ in 0..2_000 {
            let bad = STANDARD.encode(damage(&blob, &mut rng));
            assert_eq!(key.open(&bad), Err(NotSealed));
        }
        for len in 0..sealed.len() {
            assert_eq!(key.open(&sealed[..len]), Err(NotSealed));
        }
    }

    #[test]
    fn the_same_bytes_are_sealed_differently_each_time() {
        let mut rng = rng(2);
        let key = SessionKey::generate(&mut rng);
        assert_ne!(key.seal(b"x", &mut rng), key.seal(b"x", &mut rng));
        assert_eq!(key.open(&key.seal(b"", &mut rng)).unwrap(), b"");
    }

    #[test]
    fn keys_are_64_hex_digits_and_never_printed() {
        let case = case();
        let text = case["encryption_key_hex"].as_str().unwrap();
        assert_eq!(*key(&case).to_hex(), text);
        assert_eq!(format!("{:?}", key(&case)), "SessionKey(..)");
        for bad in ["", &text[1..], &format!("{text}00"), &text.replace('0', "g")] {
            assert_eq!(SessionKey::from_hex(bad).unwrap_err(), InvalidKey);
        }
    }
}
