//! Personal messages: behind a prefix that no transaction can begin with.

/// What stands before a personal message, up to its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Prefix(pub(crate) &'static str);

impl Prefix {
    /// What stands before a message of so many bytes. The keccak-256 of the whole is signed.
    pub(crate) fn before(self, length: usize) -> String {
        format!("{}{length}", self.0)
    }

    /// The message behind a prefix whose length fits, if there is one.
    ///
    /// Of all splits into a length and a message, at most one fits: a longer length needs a longer whole.
    pub(crate) fn body(self, bytes: &[u8]) -> Option<&[u8]> {
        let framed = bytes.strip_prefix(self.0.as_bytes())?;
        (1..=framed.len().min(20))
            .filter_map(|digits| framed.split_at_checked(digits))
            .find(|(length, message)| message.len().to_string().as_bytes() == *length)
            .map(|(_, message)| message)
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::keccak256;

    use super::*;

    const ETHEREUM: Prefix = Prefix("\x19Ethereum Signed Message:\n");

    fn prefixed(message: &[u8]) -> Vec<u8> {
        [ETHEREUM.before(message.len()).as_bytes(), message].concat()
    }

    fn body(bytes: &[u8]) -> Option<&[u8]> {
        ETHEREUM.body(bytes)
    }

    #[test]
    fn known_messages_have_their_known_digests() {
        let known = [
            ("hello world", "d9eba16ed0ecae432b71fe008c98cc872bb4cc214d3220a36f365326cf807d68"),
            ("Hello World", "a1de988600a42c4b4ab089b619297c17d53cffae5d5120d82d8a92d0bb3b78f2"),
            ("", "5f35dce98ba4fba25530a026ed80b2cecdaa31091ba4958b99b52ea1d068adad"),
        ];
        for (text, digest) in known {
            assert_eq!(hex::encode(keccak256(prefixed(text.as_bytes()))), digest, "{text}");
        }
    }

    #[test]
    fn a_prefix_comes_off_whatever_the_message_begins_with() {
        for length in 0..=1100 {
            let message = vec![b'1'; length];
            assert_eq!(body(&prefixed(&message)), Some(message.as_slice()), "{length}");
        }
    }

    #[test]
    fn a_prefix_with_another_length_is_none() {
        let mut bytes = prefixed(b"pay nobody");
        bytes.push(b'!');
        assert_eq!(body(&bytes), None);
        assert_eq!(body(ETHEREUM.0.as_bytes()), None);
        assert_eq!(body(b"\x19Ethereum Signed Message:\n02ab"), None);
        assert_eq!(body(b"pay nobody"), None);
    }
}
