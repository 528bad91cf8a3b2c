//! Percent-encoding (RFC 3986) of one path segment or one query value.
//!
//! `+` is never a space here, in either direction: readers differ about it, so it is always written `%2B`.

use core::fmt::Write as _;

/// Everything but letters, digits and `-._~` becomes `%XX`.
#[must_use]
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Resolves every `%XX`. `None` if one is incomplete, or if the result is not UTF-8.
#[must_use]
pub fn decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(if byte == b'%' {
            hex_digit(bytes.next()?)? << 4 | hex_digit(bytes.next()?)?
        } else {
            byte
        });
    }
    String::from_utf8(out).ok()
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_urls_reserve_is_escaped_and_comes_back() {
        let name = "Anna’s iPad/2 +?%&#-a1b";
        assert_eq!(encode(name), "Anna%E2%80%99s%20iPad%2F2%20%2B%3F%25%26%23-a1b");
        assert_eq!(decode(&encode(name)).as_deref(), Some(name));
    }

    #[test]
    fn a_plus_stays_a_plus() {
        assert_eq!(decode("a+b%2bc").as_deref(), Some("a+b+c"));
    }

    #[test]
    fn half_an_escape_and_broken_utf8_are_refused() {
        for broken in ["%", "%4", "%zz", "a%+1", "%ff"] {
            assert_eq!(decode(broken), None, "{broken}");
        }
    }
}
