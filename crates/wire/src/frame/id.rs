//! Message ids and headers (`spec/frames.md` 1).

use sha2::{Digest as _, Sha256};

use super::{HEADER_LEN, TTL};

/// What a message is found by: tag, sender, receiver and instance, hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct MessageId([u8; 32]);

impl MessageId {
    /// FRAME 1.1: `SHA-256(u64le(tag) ‖ VK_sender ‖ VK_receiver, nothing for a broadcast ‖ instance)`.
    pub(crate) fn new(
        tag: u64,
        sender: &[u8; 32],
        receiver: Option<&[u8; 32]>,
        instance: &[u8; 32],
    ) -> Self {
        let hash = Sha256::new()
            .chain_update(tag.to_le_bytes())
            .chain_update(sender)
            .chain_update(receiver.map_or(&[][..], |key| key))
            .chain_update(instance);
        Self(hash.finalize().into())
    }

    /// SETUP 2.1: the instance key plays the sender, and the tag is 0.
    pub(crate) fn of_setup(instance: &[u8; 32]) -> Self {
        Self::new(0, instance, None, instance)
    }

    /// The id at the head of a frame. `None` if the frame is too short to have one.
    pub(super) fn of_frame(frame: &[u8]) -> Option<Self> {
        frame.first_chunk().copied().map(Self)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// FRAME 1.2: `id ‖ ttl u16le ‖ flags u16le`, with room for what follows.
pub(super) fn header(id: &MessageId, flags: u16, rest: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER_LEN + rest);
    out.extend_from_slice(id.as_bytes());
    out.extend_from_slice(&TTL.to_le_bytes());
    out.extend_from_slice(&flags.to_le_bytes());
    out
}
