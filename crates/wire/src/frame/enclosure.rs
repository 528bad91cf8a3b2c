//! Enclosed messages: encrypted to a key that the receiver gave to the sender (`spec/frames.md` 4).

use quorate_core::session::ChannelKey;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::id::MessageId;
use super::private::{self, Channel, KeyPair};
use super::{Check, HEADER_LEN};

/// Length of the sender's key in front of the ciphertext in bytes.
const KEY_LEN: usize = 32;

/// A key pair (X25519) for enclosed messages alone: one run of one party. Neither `Clone` nor storable, because it
/// numbers its encryptions.
pub struct Enclosure {
    keys: KeyPair,
    encrypted: u32,
}

impl Enclosure {
    /// Draws the secret from `rng` (32 bytes).
    pub fn draw(rng: &mut dyn CryptoRng) -> Self {
        Self { keys: KeyPair::draw(rng), encrypted: 0 }
    }

    /// What others enclose messages to.
    #[must_use]
    pub fn public_key(&self) -> ChannelKey {
        self.keys.public_key()
    }

    /// FRAME 4.1 to 4.4. `None` if the cipher cannot take that much or the counter is at its end.
    pub(super) fn seal(
        &mut self,
        id: &MessageId,
        receiver: &ChannelKey,
        payload: &[u8],
    ) -> Result<Option<Vec<u8>>, Check> {
        // 4.1, 4.2
        let channel = self.agree(receiver)?;
        // 4.3, counted before use as in 3.4.
        let Some(counter) = self.encrypted.checked_add(1) else { return Ok(None) };
        self.encrypted = counter;
        // 4.4
        Ok(channel.seal(id, 0, &self.public_key(), counter, payload))
    }

    /// FRAME 4.5: the payload, if it is `len` bytes long and authenticates under the key in front of it.
    pub(super) fn open(&self, frame: &[u8], len: usize) -> Option<Zeroizing<Vec<u8>>> {
        if !private::has_length(frame, KEY_LEN, len) {
            return None;
        }
        let sender = frame.get(HEADER_LEN..)?.first_chunk()?;
        self.agree(sender).ok()?.open(frame, KEY_LEN)
    }

    fn agree(&self, peer: &ChannelKey) -> Result<Channel, Check> {
        Channel::agree(&self.keys, peer, Check::EnclosureKeyContributes)
    }

    /// What one of this party's own recorded frames says.
    #[cfg(test)]
    pub(super) fn open_own(&self, frame: &[u8], receiver: &ChannelKey) -> Zeroizing<Vec<u8>> {
        self.agree(receiver).unwrap().open_own(frame, KEY_LEN).unwrap()
    }
}

impl core::fmt::Debug for Enclosure {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Enclosure").finish_non_exhaustive()
    }
}
