//! What others wrote, for the eye: nothing in it is invisible, moves the cursor or reorders what is around it.

use core::fmt;

use serde::{Serialize, Serializer};

/// Bytes for the eye: as text where the text shows all there is, otherwise as hex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readable {
    /// UTF-8 in which nothing is invisible and nothing moves the cursor but line breaks and tabs.
    Text(String),
    /// Lower-case hex.
    Hex(String),
}

impl Readable {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        match core::str::from_utf8(bytes) {
            Ok(text) if text.chars().all(shows_itself) => Self::Text(text.to_owned()),
            _ => Self::Hex(hex::encode(bytes)),
        }
    }
}

impl Readable {
    /// As text, if the text shows all there is.
    pub(crate) fn text(bytes: &[u8]) -> Option<Self> {
        Some(Self::of(bytes)).filter(|readable| matches!(readable, Self::Text(_)))
    }
}

impl fmt::Display for Readable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Hex(digits) => write!(f, "0x{digits}"),
        }
    }
}

impl Serialize for Readable {
    /// As it is shown.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Whether a character is seen where it stands: no control (a terminal would obey it), nothing that is invisible
/// or that reorders what is around it.
pub(crate) fn shows_itself(c: char) -> bool {
    let hides = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    matches!(c, '\n' | '\t') || !(c.is_control() || hides)
}

/// How many characters of a name are shown.
const LONGEST_NAME: usize = 64;

/// A name that somebody gave themselves, in quotation marks: letters that are not plain ASCII are written as their
/// numbers, for they can look like others, and what is too long is cut.
pub(crate) fn quoted(name: &str) -> String {
    let plain = |c: char| c == ' ' || c.is_ascii_graphic();
    let mut shown = String::from("\"");
    for c in name.chars().take(LONGEST_NAME) {
        if plain(c) && c != '"' {
            shown.push(c);
        } else {
            shown.extend(c.escape_unicode());
        }
    }
    if name.chars().nth(LONGEST_NAME).is_some() {
        shown.push('…');
    }
    shown.push('"');
    shown
}

/// As it is where it is plain and short, otherwise as [`quoted`].
pub(crate) fn plain_or_quoted(name: &str) -> String {
    let plain = name.len() <= 2 * LONGEST_NAME && name.bytes().all(|c| c.is_ascii_graphic());
    if plain { name.to_owned() } else { quoted(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted_so_that_it_cannot_be_mistaken_for_another() {
        assert_eq!(quoted("USDC"), "\"USDC\"");
        assert_eq!(quoted("ЕTH"), "\"\\u{415}TH\"");
        assert_eq!(quoted("ETH\u{200b}\n"), "\"ETH\\u{200b}\\u{a}\"");
        assert_eq!(quoted("a\"b"), "\"a\\u{22}b\"");
        assert_eq!(quoted(&"x".repeat(70)), format!("\"{}…\"", "x".repeat(64)));
    }
}
