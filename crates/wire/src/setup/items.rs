//! The items of a setup: `u16le(tag) ‖ u16le(length − 1) ‖ value`, so a value has 1 to 65536 bytes.

/// The tags.
pub(super) mod tag {
    /// The kind, ASCII.
    pub(crate) const KIND: u16 = 0x00;
    /// The threshold.
    pub(crate) const THRESHOLD: u16 = 0x01;
    /// A party's Ed25519 seed.
    pub(crate) const SEED: u16 = 0x02;
    /// A sharing party's rank.
    pub(crate) const RANK: u16 = 0x03;
    /// The key id.
    pub(crate) const KEY_ID: u16 = 0x04;
    /// The instance id.
    pub(crate) const INSTANCE: u16 = 0x08;
    /// The position of a new party.
    pub(crate) const NEW: u16 = 0x14;
    /// The position of an old party.
    pub(crate) const OLD: u16 = 0x15;
    /// The key.
    pub(crate) const PUBLIC_KEY: u16 = 0x16;
    /// The derivation path.
    pub(crate) const PATH: u16 = 0x21;
    /// How what is to be signed has been, or will be, hashed.
    pub(crate) const HASHING: u16 = 0x22;
    /// The hash or message to sign.
    pub(crate) const TO_SIGN: u16 = 0x23;
    /// The receiver's key in an export.
    pub(crate) const RECEIVER_KEY: u16 = 0x25;
    /// A party's name.
    pub(crate) const NAME: u16 = 0x40;

    /// `HASHING` of a digest.
    pub(crate) const HASHED: u8 = 0;
    /// `HASHING` of a message that is signed as it is.
    pub(crate) const AS_IT_IS: u8 = 0xfe;

    /// Those that have one value.
    pub(crate) const SINGLE: [u16; 9] =
        [KIND, THRESHOLD, KEY_ID, INSTANCE, PUBLIC_KEY, PATH, HASHING, TO_SIGN, RECEIVER_KEY];
}

/// The items, in the order of the message.
pub(super) struct Items<'a>(Vec<(u16, &'a [u8])>);

impl<'a> Items<'a> {
    /// Reads whole items, and returns what is left when no further one can be read.
    pub(super) fn read(mut body: &'a [u8]) -> (Self, &'a [u8]) {
        let mut items = Vec::new();
        while let Some((tag, value, rest)) = first(body) {
            items.push((tag, value));
            body = rest;
        }
        (Self(items), body)
    }

    /// Every value of `tag`, in order.
    pub(super) fn all(&self, tag: u16) -> impl Iterator<Item = &'a [u8]> {
        self.0.iter().filter(move |(t, _)| *t == tag).map(|&(_, value)| value)
    }

    /// The first value of `tag`.
    pub(super) fn one(&self, tag: u16) -> Option<&'a [u8]> {
        self.all(tag).next()
    }
}

fn first(body: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let (tag, body) = body.split_first_chunk()?;
    let (len, body) = body.split_first_chunk()?;
    let (value, rest) = body.split_at_checked(usize::from(u16::from_le_bytes(*len)) + 1)?;
    Some((u16::from_le_bytes(*tag), value, rest))
}

/// Appends one item.
///
/// A value longer than an item can carry is cut, and an empty one left out; the reader then refuses the message.
pub(super) fn put(out: &mut Vec<u8>, tag: u16, value: &[u8]) {
    let value = value.get(..1 << 16).unwrap_or(value);
    let Some(len) = value.len().checked_sub(1).and_then(|len| u16::try_from(len).ok()) else {
        return;
    };
    out.extend_from_slice(&tag.to_le_bytes());
    out.extend_from_slice(&len.to_le_bytes());
    out.extend_from_slice(value);
}

#[cfg(test)]
impl<'a> IntoIterator for Items<'a> {
    type Item = (u16, &'a [u8]);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
