//! Texts that a vault signs outside any transaction.
//!
//! What travels between devices is a text, the *payload*. `0x` and hex digits stand for those bytes; any other text
//! stands for its UTF-8. Whoever starts the signing puts a prefix there, if one belongs; the others only hash.

use core::fmt;

use alloy_primitives::keccak256;

use crate::chain::Family;
use crate::{Chain, Digest, ToSign, evm, solana};

/// Why a message is not signed (`CHAINS 4.2`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// It begins with `0x`, which promises hex digits.
    #[error("the message begins with 0x, but is not an even number of hex digits")]
    Hex,
    /// There is nothing to sign.
    #[error("the message is empty")]
    Empty,
    /// The chain's messages are hashed in another way.
    #[error("messages are not signed on {0} yet")]
    Family(&'static str),
}

/// A payload, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    bytes: Vec<u8>,
}

/// What a message says to the person who approves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A personal message: it cannot be a transaction, and this is all it says.
    Personal(Readable),
    /// Bytes that may mean anything, a transaction included. Signing them is signing blindly, and they are shown with
    /// a warning.
    Blind(Readable),
    /// They are a transaction, whatever they were called.
    Transaction(solana::Transaction),
}

/// Bytes for the eye: as text where the text shows all there is, otherwise as hex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readable {
    /// UTF-8 in which nothing is invisible and nothing moves the cursor but line breaks and tabs.
    Text(String),
    /// Lower-case hex.
    Hex(String),
}

impl Message {
    /// Decodes a payload.
    pub fn parse(payload: &str) -> Result<Self, MessageError> {
        let bytes = match payload.strip_prefix("0x") {
            Some(digits) => hex::decode(digits).map_err(|_| MessageError::Hex)?,
            None => payload.as_bytes().to_vec(),
        };
        Ok(Self { bytes })
    }

    /// What the vault signs.
    pub fn to_sign(&self, chain: &Chain) -> Result<ToSign, MessageError> {
        match chain.family {
            Family::Evm(_) => Ok(ToSign::Digest(Digest(keccak256(&self.bytes).0))),
            Family::Solana if self.bytes.is_empty() => Err(MessageError::Empty),
            Family::Solana => Ok(ToSign::Bytes(self.bytes.clone())),
            Family::Bitcoin => Err(MessageError::Family(chain.name)),
        }
    }

    /// What it says to the person who approves it.
    pub fn meaning(&self, chain: &Chain) -> Meaning {
        let bytes = &self.bytes;
        match chain.family {
            Family::Evm(_) | Family::Bitcoin => match evm::body(bytes) {
                Some(body) => Meaning::Personal(Readable::of(body)),
                None => Meaning::Blind(Readable::of(bytes)),
            },
            Family::Solana => match (solana::Transaction::parse(bytes), Readable::of(bytes)) {
                (Ok(transaction), _) => Meaning::Transaction(transaction),
                (Err(_), Readable::Text(text)) if bytes.len() != HASH_LEN => {
                    Meaning::Personal(Readable::Text(text))
                }
                (Err(_), bytes) => Meaning::Blind(bytes),
            },
        }
    }
}

/// The key that signs on Solana is also that of chains where a transaction's hash is signed. A text of this length may
/// be one that somebody has searched for.
const HASH_LEN: usize = 32;

/// The payload that signs a person's message (a text, or `0x` and hex digits) as a personal message: EIP-191.
///
/// For the one who starts the signing, on a chain of the Ethereum family.
pub fn prefix_eip191(message: &str) -> Result<String, MessageError> {
    let bytes = Message::parse(message)?.bytes;
    let prefix = evm::prefix(bytes.len());
    Ok(match message.strip_prefix("0x") {
        Some(digits) => format!("0x{}{digits}", hex::encode(prefix)),
        None => format!("{prefix}{message}"),
    })
}

impl Readable {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        match core::str::from_utf8(bytes) {
            Ok(text) if text.chars().all(shows_itself) => Self::Text(text.to_owned()),
            _ => Self::Hex(hex::encode(bytes)),
        }
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

/// Whether a character is seen where it stands: no control (a terminal would obey it), nothing that is invisible
/// or that reorders what is around it.
fn shows_itself(c: char) -> bool {
    let hides = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    matches!(c, '\n' | '\t') || !(c.is_control() || hides)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain;

    fn meaning(payload: &str) -> Meaning {
        meaning_on("Ethereum", payload)
    }

    fn meaning_on(chain: &str, payload: &str) -> Meaning {
        Message::parse(payload).unwrap().meaning(chain::find(chain).unwrap())
    }

    #[test]
    fn a_prefixed_text_says_the_text() {
        let payload = prefix_eip191("grüße, 12").unwrap();
        assert_eq!(payload, "\u{19}Ethereum Signed Message:\n11grüße, 12");
        assert_eq!(meaning(&payload), Meaning::Personal(Readable::Text("grüße, 12".into())));
    }

    #[test]
    fn prefixed_bytes_travel_as_hex() {
        let payload = prefix_eip191("0xff00").unwrap();
        assert_eq!(payload, format!("0x{}ff00", hex::encode("\u{19}Ethereum Signed Message:\n2")));
        assert_eq!(meaning(&payload), Meaning::Personal(Readable::Hex("ff00".into())));
        // Bytes that happen to be a text are the same message as the text.
        let digest = |payload: &str| keccak256(Message::parse(payload).unwrap().bytes);
        let (bytes, text) = (prefix_eip191("0x6869").unwrap(), prefix_eip191("hi").unwrap());
        assert_eq!(digest(&bytes), digest(&text));
    }

    #[test]
    fn a_message_without_the_prefix_is_blind() {
        assert_eq!(meaning("log in"), Meaning::Blind(Readable::Text("log in".into())));
        assert_eq!(meaning("0x02f0ff"), Meaning::Blind(Readable::Hex("02f0ff".into())));
        let wrong_length = "\u{19}Ethereum Signed Message:\n5log in";
        assert!(matches!(meaning(wrong_length), Meaning::Blind(_)));
    }

    #[test]
    fn a_text_that_could_deceive_the_eye_is_shown_as_hex() {
        for text in
            ["\u{1b}[2Jall is well", "a\u{202e}b", "a\u{200b}b", "a\rb", "a\u{7f}", "\u{9b}31m"]
        {
            let Meaning::Personal(shown) = meaning(&prefix_eip191(text).unwrap()) else {
                panic!("{text:?} has the prefix")
            };
            assert_eq!(shown, Readable::Hex(hex::encode(text)));
        }
        let lines = "line one\n\tline two";
        let shown = meaning(&prefix_eip191(lines).unwrap());
        assert_eq!(shown, Meaning::Personal(Readable::Text(lines.into())));
    }

    #[test]
    fn a_broken_hex_message_is_refused() {
        for payload in ["0xabc", "0xzz", "0x 12"] {
            assert_eq!(Message::parse(payload), Err(MessageError::Hex), "{payload}");
            assert_eq!(prefix_eip191(payload), Err(MessageError::Hex), "{payload}");
        }
    }

    #[test]
    fn a_chain_of_another_family_is_refused() {
        let bitcoin = chain::find("Bitcoin").unwrap();
        let refused = Message::parse("hi").unwrap().to_sign(bitcoin);
        assert_eq!(refused, Err(MessageError::Family("Bitcoin")));
    }

    #[test]
    fn solana_signs_the_bytes_of_a_text() {
        let solana = chain::find("Solana").unwrap();
        let to_sign = |payload| Message::parse(payload).unwrap().to_sign(solana);
        assert_eq!(to_sign("grüße"), Ok(ToSign::Bytes("grüße".into())));
        assert_eq!(to_sign("0x6869"), Ok(ToSign::Bytes("hi".into())));
        for nothing in ["", "0x"] {
            assert_eq!(to_sign(nothing), Err(MessageError::Empty));
        }
        assert_eq!(meaning_on("Solana", "hi"), Meaning::Personal(Readable::Text("hi".into())));
        assert_eq!(meaning_on("Solana", "0x6869"), meaning_on("Solana", "hi"));
    }

    /// A hash that reads as a text can be found by trying 2⁴⁶ transactions.
    #[test]
    fn a_text_as_long_as_a_hash_is_blind_where_other_chains_sign_hashes_with_the_same_key() {
        let text = "f1nd 4 h4sh th4t l00ks l1ke th15";
        assert_eq!(text.len(), 32);
        assert_eq!(meaning_on("Solana", text), Meaning::Blind(Readable::Text(text.into())));
        assert!(matches!(meaning_on("Solana", &text[1..]), Meaning::Personal(_)));
    }

    #[test]
    fn bytes_that_are_no_text_are_blind_on_solana() {
        assert_eq!(meaning_on("Solana", "0xff00"), Meaning::Blind(Readable::Hex("ff00".into())));
        assert_eq!(
            meaning_on("Solana", "a\u{202e}b"),
            Meaning::Blind(Readable::Hex(hex::encode("a\u{202e}b")))
        );
    }
}
