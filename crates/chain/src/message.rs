//! Texts that a vault signs outside any transaction.
//!
//! What travels between devices is a text, the *payload*. `0x` and hex digits stand for those bytes; any other text
//! stands for its UTF-8. Whoever starts the signing puts a prefix there, if one belongs; the others only hash.

mod method;
mod prefix;

pub use self::method::{Method, MethodError};
pub(crate) use self::prefix::Prefix;
use crate::chain::Chain;
pub use crate::evm::typed_data;
pub use crate::readable::Readable;
use crate::solana::transaction::Transaction;
use crate::to_sign::ToSign;

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
    /// A personal message of the Cosmos family (ADR-36), and the address that is to sign it, as the message says.
    Arbitrary(Readable, String),
    /// Bytes that may mean anything, a transaction included. Signing them is signing blindly, and they are shown with
    /// a warning.
    Blind(Readable),
    /// They are a transaction, whatever they were called.
    Transaction(Transaction),
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
        chain.message_to_sign(&self.bytes)
    }

    /// What it says to the person who approves it.
    pub fn meaning(&self, chain: &Chain) -> Meaning {
        let meaning = chain.message_meaning(&self.bytes);
        meaning.unwrap_or_else(|| Meaning::Blind(Readable::of(&self.bytes)))
    }
}

/// The payload that signs a person's message (a text, or `0x` and hex digits) as the chain's wallets write it: behind
/// the prefix of a personal message, on the chains that have one.
///
/// For the one who starts the signing.
pub fn as_personal(chain: &Chain, message: &str) -> Result<String, MessageError> {
    let bytes = Message::parse(message)?.bytes;
    let Some(prefix) = chain.message_prefix() else { return Ok(message.to_owned()) };
    let prefix = prefix.before(bytes.len());
    Ok(match message.strip_prefix("0x") {
        Some(digits) => format!("0x{}{digits}", hex::encode(prefix)),
        None => format!("{prefix}{message}"),
    })
}

#[cfg(test)]
mod tests {
    use alloy_primitives::keccak256;

    use super::*;
    use crate::chain;

    fn meaning(payload: &str) -> Meaning {
        meaning_on("Ethereum", payload)
    }

    fn on_ethereum(message: &str) -> Result<String, MessageError> {
        as_personal(chain::find("Ethereum").unwrap(), message)
    }

    fn meaning_on(chain: &str, payload: &str) -> Meaning {
        Message::parse(payload).unwrap().meaning(chain::find(chain).unwrap())
    }

    #[test]
    fn a_prefixed_text_says_the_text() {
        let payload = on_ethereum("grüße, 12").unwrap();
        assert_eq!(payload, "\u{19}Ethereum Signed Message:\n11grüße, 12");
        assert_eq!(meaning(&payload), Meaning::Personal(Readable::Text("grüße, 12".into())));
    }

    #[test]
    fn prefixed_bytes_travel_as_hex() {
        let payload = on_ethereum("0xff00").unwrap();
        assert_eq!(payload, format!("0x{}ff00", hex::encode("\u{19}Ethereum Signed Message:\n2")));
        assert_eq!(meaning(&payload), Meaning::Personal(Readable::Hex("ff00".into())));
        // Bytes that happen to be a text are the same message as the text.
        let digest = |payload: &str| keccak256(Message::parse(payload).unwrap().bytes);
        let (bytes, text) = (on_ethereum("0x6869").unwrap(), on_ethereum("hi").unwrap());
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
            let Meaning::Personal(shown) = meaning(&on_ethereum(text).unwrap()) else {
                panic!("{text:?} has the prefix")
            };
            assert_eq!(shown, Readable::Hex(hex::encode(text)));
        }
        let lines = "line one\n\tline two";
        let shown = meaning(&on_ethereum(lines).unwrap());
        assert_eq!(shown, Meaning::Personal(Readable::Text(lines.into())));
    }

    #[test]
    fn a_broken_hex_message_is_refused() {
        for payload in ["0xabc", "0xzz", "0x 12"] {
            assert_eq!(Message::parse(payload), Err(MessageError::Hex), "{payload}");
            assert_eq!(on_ethereum(payload), Err(MessageError::Hex), "{payload}");
        }
    }

    #[test]
    fn a_chain_whose_messages_are_not_defined_is_refused() {
        let bitcoin = chain::find("Bitcoin").unwrap();
        let refused = Message::parse("hi").unwrap().to_sign(bitcoin);
        assert_eq!(refused, Err(MessageError::Family("Bitcoin")));
    }

    #[test]
    fn a_personal_message_of_tron_has_a_prefix_of_its_own() {
        let tron = chain::find("Tron").unwrap();
        let payload = as_personal(tron, "hi").unwrap();
        assert_eq!(payload, "\u{19}TRON Signed Message:\n2hi");
        assert_eq!(meaning_on("Tron", &payload), Meaning::Personal(Readable::Text("hi".into())));
        assert!(matches!(meaning(&payload), Meaning::Blind(_)));
        assert!(matches!(meaning_on("Tron", "hi"), Meaning::Blind(_)));
    }

    #[test]
    fn a_text_is_shown_as_one_where_no_transaction_can_be_one() {
        let text = Meaning::Personal(Readable::Text("hi".into()));
        for chain in ["Ripple", "Sui", "Solana", "Ton", "Polkadot", "Bittensor", "Cardano"] {
            assert_eq!(as_personal(chain::find(chain).unwrap(), "hi").unwrap(), "hi");
            assert_eq!(meaning_on(chain, "hi"), text, "{chain}");
        }
        // Where transactions are signed as JSON, a text may be one, unless it is one for no chain.
        let document = r#"{"account_number":"0","chain_id":"","fee":{"amount":[],"gas":"0"},"memo":"","msgs":[{"type":"sign/MsgSignData","value":{"data":"aGk=","signer":"cosmos1x"}}],"sequence":"0"}"#;
        let said = Meaning::Arbitrary(Readable::Text("hi".into()), "cosmos1x".into());
        assert_eq!(meaning_on("Cosmos", document), said);
        assert!(matches!(meaning(document), Meaning::Blind(_)));
        assert_eq!(meaning_on("Cosmos", "hi"), Meaning::Blind(Readable::Text("hi".into())));
        // Behind Sui's mark even bytes are no transaction; a transaction of XRP begins with `STX` and a zero byte.
        let bytes = Readable::Hex("53545800".into());
        assert_eq!(meaning_on("Sui", "0x53545800"), Meaning::Personal(bytes.clone()));
        assert_eq!(meaning_on("Ripple", "0x53545800"), Meaning::Blind(bytes));
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
