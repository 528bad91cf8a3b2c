//! What an operation draws: its secret, and then anything.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{CryptoRng, Infallible, Rng, TryCryptoRng, TryRng};

/// The secret of the class whose secret is always the same. As a number it is one: what is hasty with zeros shows.
pub(super) fn fixed(len: usize) -> Vec<u8> {
    let mut secret = vec![0; len];
    if let Some(last) = secret.last_mut() {
        *last = 1;
    }
    secret
}

/// A secret, then what a generator makes.
pub(super) struct Secret {
    secret: std::vec::IntoIter<u8>,
    rest: ChaCha20Rng,
}

impl Secret {
    pub(super) fn new(secret: Vec<u8>, rest: ChaCha20Rng) -> Self {
        Self { secret: secret.into_iter(), rest }
    }
}

impl TryRng for Secret {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(draw(self)))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(draw(self)))
    }

    fn try_fill_bytes(&mut self, filled: &mut [u8]) -> Result<(), Infallible> {
        self.rest.fill_bytes(filled);
        for (byte, secret) in filled.iter_mut().zip(&mut self.secret) {
            *byte = secret;
        }
        Ok(())
    }
}

impl TryCryptoRng for Secret {}

pub(super) fn draw<const N: usize>(rng: &mut dyn CryptoRng) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill_bytes(&mut bytes);
    bytes
}
