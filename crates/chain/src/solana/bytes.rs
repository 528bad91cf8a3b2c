//! Solana's encoding of lists: a short length, then the items.

/// What is left of some bytes.
pub(super) struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    /// A length of at most 65535 in one to three bytes, seven bits in each, the lowest first; no shorter form exists.
    pub(super) fn length(&mut self) -> Option<usize> {
        let mut length = 0;
        for position in 0..3 {
            let byte = self.byte()?;
            if byte == 0 && position > 0 {
                return None;
            }
            length |= usize::from(byte & 0x7f) << (7 * position);
            if byte < 0x80 {
                return u16::try_from(length).is_ok().then_some(length);
            }
        }
        None
    }

    /// A length and so many bytes.
    pub(super) fn list(&mut self) -> Option<&'a [u8]> {
        let length = self.length()?;
        self.take(length)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_has_one_form() {
        let read = |bytes: &[u8]| Bytes::new(bytes).length();
        for (bytes, length) in [
            (&[0x00][..], 0),
            (&[0x7f], 127),
            (&[0x80, 0x01], 128),
            (&[0xff, 0x7f], 0x3fff),
            (&[0x80, 0x80, 0x01], 0x4000),
            (&[0xff, 0xff, 0x03], 0xffff),
        ] {
            assert_eq!(read(bytes), Some(length), "{bytes:?}");
        }
        for bytes in [
            &[][..],
            &[0x80],
            &[0x80, 0x00],
            &[0xff, 0x00],
            &[0x80, 0x80],
            &[0x80, 0x80, 0x00],
            &[0x80, 0x80, 0x04],
            &[0xff, 0xff, 0x07],
            &[0x80, 0x80, 0x80],
            &[0x80, 0x80, 0x81, 0x00],
        ] {
            assert_eq!(read(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_list_is_never_longer_than_its_bytes() {
        let mut bytes = Bytes::new(&[2, 7, 8, 3, 9]);
        assert_eq!(bytes.list(), Some(&[7, 8][..]));
        assert_eq!(bytes.list(), None);
    }
}
