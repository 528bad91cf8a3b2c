//! Private messages: key agreement and encryption (`spec/frames.md` 3), with the sender's key in front where it is not
//! known otherwise (4).

use chacha20::{R20, hchacha};
use chacha20poly1305::aead::array::Array;
use chacha20poly1305::{AeadInOut as _, ChaCha20Poly1305, KeyInit as _, Nonce, Tag};
use quorate_core::Secret;
use quorate_core::check::require;
use quorate_core::session::ChannelKey;
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::{Zeroize as _, Zeroizing};

use super::id::{MessageId, header};
use super::{Check, HEADER_LEN};

/// Length of the mac and the nonce behind a ciphertext in bytes.
const TAIL_LEN: usize = 16 + 12;

/// One party's secret for key agreement (X25519). On the heap, so that it leaves no copy where its owner has been.
pub(super) struct KeyPair(Secret<[u8; 32]>);

impl KeyPair {
    /// Draws 32 bytes.
    pub(super) fn draw(rng: &mut dyn CryptoRng) -> Self {
        Self(Secret::fill(|secret: &mut [u8; 32]| rng.fill_bytes(secret)))
    }

    /// What it announces.
    pub(super) fn public_key(&self) -> ChannelKey {
        PublicKey::from(&self.secret()).to_bytes()
    }

    fn secret(&self) -> StaticSecret {
        StaticSecret::from(*self.0.expose())
    }
}

/// The two keys between this party and one peer.
pub(super) struct Channel {
    to_peer: Secret<[u8; 32]>,
    to_me: Secret<[u8; 32]>,
}

impl Channel {
    /// FRAME 3.1 to 3.3, and 4.1; `contributes` is the check to be made.
    pub(super) fn agree(
        keys: &KeyPair,
        peer: &ChannelKey,
        contributes: Check,
    ) -> Result<Self, Check> {
        // 3.1
        let shared = keys.secret().diffie_hellman(&PublicKey::from(*peer));
        require(shared.was_contributory(), contributes)?;
        // 3.2
        let mut mixed = hchacha::<R20>(shared.as_bytes().into(), &Array::default());
        // 3.3
        let key = |receiver: &ChannelKey| {
            let mut hash =
                Sha256::new().chain_update(receiver).chain_update(mixed.as_slice()).finalize();
            let key = Secret::fill(|key: &mut [u8; 32]| key.copy_from_slice(&hash));
            hash.zeroize();
            key
        };
        let channel = Self { to_peer: key(peer), to_me: key(&keys.public_key()) };
        mixed.zeroize();
        Ok(channel)
    }

    /// FRAME 3.4 and 3.5: `header ‖ announced ‖ ciphertext ‖ mac ‖ nonce`. `None` if the cipher cannot take that much.
    pub(super) fn seal(
        &self,
        id: &MessageId,
        flags: u16,
        announced: &[u8],
        counter: u32,
        payload: &[u8],
    ) -> Option<Vec<u8>> {
        // 3.4
        let mut nonce = [0; 12];
        nonce.iter_mut().zip(counter.to_le_bytes()).for_each(|(to, from)| *to = from);
        // 3.5
        let mut out = header(id, flags, announced.len() + payload.len() + TAIL_LEN);
        out.extend_from_slice(announced);
        let authenticated = out.len();
        out.extend_from_slice(payload);
        let (authenticated, text) = out.split_at_mut_checked(authenticated)?;
        let mac = cipher(self.to_peer.expose())
            .encrypt_inout_detached(&Nonce::from(nonce), authenticated, text.into())
            .ok()?;
        out.extend_from_slice(&mac);
        out.extend_from_slice(&nonce);
        Some(out)
    }

    /// FRAME 3.6: the payload, if the frame authenticates under the key towards this party. So many bytes of it are
    /// announced between header and ciphertext.
    pub(super) fn open(&self, frame: &[u8], announced: usize) -> Option<Zeroizing<Vec<u8>>> {
        open(self.to_me.expose(), frame, announced)
    }

    /// Opens what this party sealed itself.
    #[cfg(test)]
    pub(super) fn open_own(&self, frame: &[u8], announced: usize) -> Option<Zeroizing<Vec<u8>>> {
        open(self.to_peer.expose(), frame, announced)
    }
}

fn open(key: &[u8; 32], frame: &[u8], announced: usize) -> Option<Zeroizing<Vec<u8>>> {
    let (authenticated, rest) = frame.split_at_checked(HEADER_LEN + announced)?;
    let (rest, nonce) = rest.split_last_chunk::<12>()?;
    let (text, mac) = rest.split_last_chunk::<16>()?;
    let mut text = Zeroizing::new(text.to_vec());
    cipher(key)
        .decrypt_inout_detached(
            &Nonce::from(*nonce),
            authenticated,
            text.as_mut_slice().into(),
            &Tag::from(*mac),
        )
        .ok()?;
    Some(text)
}

/// FRAME 3.6: whether a frame can hold a payload of `len` bytes behind so many announced ones.
pub(super) fn has_length(frame: &[u8], announced: usize, len: usize) -> bool {
    frame.len().checked_sub(HEADER_LEN + announced + TAIL_LEN) == Some(len)
}

fn cipher(key: &[u8; 32]) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(key.into())
}
