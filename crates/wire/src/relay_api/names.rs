//! The three names of the relay: session, party, namespace.

use core::fmt;

use md5::{Digest as _, Md5};
use serde::{Deserialize, Serialize};

use super::path;

/// A name that cannot be what it is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// See [`SessionId`].
    #[error("a session id is 1 to 128 letters, digits, '-' or '_', and no word of the API")]
    Session,
    /// See [`PartyId`].
    #[error("a party id is 1 to 255 bytes of text, not blank, without control characters")]
    Party,
    /// See [`Namespace`].
    #[error("a message id is at most 128 visible ASCII characters")]
    Namespace,
}

/// The ceremony's mailboxes, chosen by the initiator: usually a UUID.
///
/// 1 to 128 ASCII letters, digits, `-` or `_`, and none of the words that begin the API's own paths.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SessionId(String);

impl SessionId {
    /// Takes the text if it is a session id.
    ///
    /// # Errors
    ///
    /// [`InvalidName::Session`].
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let fits = (1..=128).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !path::RESERVED.contains(&text);
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidName::Session) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A device's name inside a vault, such as `pixel-0f3a9c41d2e7b586`.
///
/// 1 to 255 bytes of UTF-8, not blank, without control characters; neither `.` nor `..`, which no URL path can carry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartyId(String);

impl PartyId {
    /// Takes the text if it is a party id.
    ///
    /// # Errors
    ///
    /// [`InvalidName::Party`].
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let fits = (1..=255).contains(&text.len())
            && !text.trim().is_empty()
            && !text.chars().any(char::is_control)
            && text != "."
            && text != "..";
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidName::Party) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the header [`super::MESSAGE_ID`] selects: a set of mailboxes and a setup slot beside the default ones.
///
/// At most 128 visible ASCII characters; empty is the default namespace, for which no header is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Namespace(String);

impl Namespace {
    /// Takes the text if it can be a header value.
    ///
    /// # Errors
    ///
    /// [`InvalidName::Namespace`].
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let fits = text.len() <= 128 && text.bytes().all(|b| b.is_ascii_graphic());
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidName::Namespace) }
    }

    /// Where `message` (usually a digest) is signed: hex of the MD5 of its lower-case hex.
    #[must_use]
    pub fn of_message(message: &[u8]) -> Self {
        Self(hex::encode(Md5::digest(hex::encode(message))))
    }

    /// Where one key of a batch is made: `p-` and the protocol, such as `p-ecdsa`.
    ///
    /// # Errors
    ///
    /// [`InvalidName::Namespace`].
    pub fn batch(protocol: &str) -> Result<Self, InvalidName> {
        Self::parse(&format!("p-{protocol}"))
    }

    /// The slot of a device's [`crate::hello`].
    #[must_use]
    pub fn hello(party: &PartyId) -> Self {
        Self(format!("quorate-hello-{}", hex::encode(Md5::digest(party.as_str()))))
    }

    /// Where the members of a new sharing exchange [`crate::commit`] messages.
    #[must_use]
    pub fn commit() -> Self {
        Self("quorate-commit".to_owned())
    }

    /// Where the setup of a reshare's Ed25519 key is stored, beside the one of its ECDSA key in the default namespace.
    #[must_use]
    pub fn eddsa() -> Self {
        Self("eddsa".to_owned())
    }

    /// Where the setup of the Ed25519 key of a vault from a seed phrase is stored.
    #[must_use]
    pub fn eddsa_import() -> Self {
        Self("eddsa_key_import".to_owned())
    }

    /// The header's value; `None` for the default namespace.
    #[must_use]
    pub fn header(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(&self.0)
    }
}

macro_rules! plain_text {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;

            fn try_from(text: String) -> Result<Self, InvalidName> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }
    )*};
}

plain_text!(SessionId, PartyId, Namespace);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_ids_are_what_a_path_can_carry() {
        for good in ["8c1d9f0e-3a55-4f0b-9f3e-0123456789ab", "sess-nontty-join-test", "A_1"] {
            assert_eq!(SessionId::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "a/b", "a b", "ping", "setup-message", "..", "ä", &"x".repeat(129)] {
            assert_eq!(SessionId::parse(bad), Err(InvalidName::Session), "{bad}");
        }
    }

    #[test]
    fn party_ids_are_text_a_person_may_have_typed() {
        for good in ["A-1", "Anna’s iPad-a1b", "a+b c/d", "é"] {
            assert_eq!(PartyId::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", " ", ".", "..", "a\nb", "\u{7f}", "\u{85}", &"x".repeat(256)] {
            assert_eq!(PartyId::parse(bad), Err(InvalidName::Party), "{bad:?}");
        }
    }

    #[test]
    fn digests_and_payloads_are_named_as_the_field_names_them() {
        let ids: serde_json::Value =
            serde_json::from_str(include_str!("../../../../vectors/app/ids.json")).unwrap();
        for case in ids["keysign_message_id"].as_array().unwrap() {
            let named = Namespace::of_message(&crate::testing::unhex(&case["message_hex"]));
            assert_eq!(named.header(), case["message_id"].as_str());
        }
        let batch = Namespace::batch("ecdsa").unwrap();
        assert_eq!(batch.header(), ids["batch_ids"]["ecdsa"].as_str());
        let stored = &ids["payload_hash"];
        let hash = sha2::Sha256::digest(stored["body"].as_str().unwrap());
        assert_eq!(path::payload(&hash.into()), stored["path"].as_str().unwrap());
    }

    #[test]
    fn the_default_namespace_has_no_header() {
        assert_eq!(Namespace::default().header(), None);
        assert_eq!(Namespace::parse("").unwrap(), Namespace::default());
        assert_eq!(Namespace::batch("ecdsa").unwrap().header(), Some("p-ecdsa"));
        assert_eq!(Namespace::parse("a\r\nb: c"), Err(InvalidName::Namespace));
    }
}
