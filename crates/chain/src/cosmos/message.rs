//! Arbitrary data of the Cosmos family (ADR-36): a transaction that no chain takes, around bytes that a person signs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::message::Meaning;
use crate::readable::Readable;

/// SHA-256.
pub(crate) fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// A transaction may be a text, but not the one that stands for arbitrary data.
pub(crate) fn meaning(bytes: &[u8]) -> Option<Meaning> {
    let read = Arbitrary::read(bytes)?;
    Some(Meaning::Arbitrary(Readable::of(&read.data), read.signer))
}

/// What somebody signs, and as whom.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Arbitrary {
    /// The address that is to sign, as the document says.
    signer: String,
    data: Vec<u8>,
}

impl Arbitrary {
    /// The data, if these bytes are the one text that stands for it. It has no chain and no fee, so that it is a
    /// transaction nowhere; any other text may be one.
    fn read(bytes: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Document {
            msgs: [Message; 1],
        }
        #[derive(Deserialize)]
        struct Message {
            value: Value,
        }
        #[derive(Deserialize)]
        struct Value {
            data: String,
            signer: String,
        }
        let Document { msgs: [Message { value: Value { data, signer } }] } =
            serde_json::from_slice(bytes).ok()?;
        let plain = signer.bytes().all(|c| c.is_ascii_alphanumeric());
        let read = Self { data: STANDARD.decode(&data).ok()?, signer };
        (plain && read.text().as_bytes() == bytes).then_some(read)
    }

    /// The text that is signed.
    fn text(&self) -> String {
        format!(
            r#"{{"account_number":"0","chain_id":"","fee":{{"amount":[],"gas":"0"}},"memo":"","msgs":[{{"type":"sign/MsgSignData","value":{{"data":"{}","signer":"{}"}}}}],"sequence":"0"}}"#,
            STANDARD.encode(&self.data),
            self.signer
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNER: &str = "cosmos1zt50azupanqlfam5afhv3hexwyutnukeh4c573";

    fn written(data: &[u8]) -> String {
        Arbitrary { signer: SIGNER.to_owned(), data: data.to_vec() }.text()
    }

    /// The example of ADR-36, in the form in which it is signed.
    #[test]
    fn the_document_of_the_standard_is_read() {
        let text = concat!(
            r#"{"account_number":"0","chain_id":"","fee":{"amount":[],"gas":"0"},"memo":"","msgs":[{"type":"#,
            r#""sign/MsgSignData","value":{"data":"cmFuZG9t","signer":"#,
            r#""cosmos1ujrqetxn4hgzmhqscr44nptzxxnmu2dkxmeys4"}}],"sequence":"0"}"#
        );
        let read = Arbitrary::read(text.as_bytes()).unwrap();
        assert_eq!(read.data, b"random");
        assert!(read.signer.starts_with("cosmos1ujrq"));
    }

    #[test]
    fn any_other_text_may_be_a_transaction() {
        let good = written(b"hi");
        assert!(Arbitrary::read(good.as_bytes()).is_some());
        for (from, to) in [
            (r#""chain_id":"""#, r#""chain_id":"cosmoshub-4""#),
            ("sign/MsgSignData", "cosmos-sdk/MsgSend"),
            (r#""gas":"0""#, r#""gas":"1""#),
            (r#""memo":"""#, r#""memo":"x""#),
            (r#""sequence":"0""#, r#""sequence":"0","more":1"#),
            (r#""sequence":"0""#, r#""sequence": "0""#),
            ("aGk=", "aGk"),
            (SIGNER, r"cosmos1\u0061"),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good);
            assert_eq!(Arbitrary::read(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(Arbitrary::read(b"hi"), None);
        assert_eq!(Arbitrary::read(b""), None);
    }
}
