//! Why typed data is not signed (`CHAINS 8`).

use core::fmt;

/// Where in the document something is wrong, and what.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the typed data cannot be signed: {place}: {reason}")]
pub struct TypedDataError {
    /// Such as `message.from.wallet` or `types.Person`.
    pub place: Place,
    /// What is wrong there.
    pub reason: Reason,
}

/// A place in a document, shown so that no name in it can deceive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place(String);

/// What is wrong at a place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Longer than [`super::MAX_LEN`].
    #[error("more than {} bytes", super::MAX_LEN)]
    TooLong,
    /// More types, members, values or nesting than a person could judge.
    #[error("more than {most} {what}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The most that is read.
        most: usize,
    },
    /// Not JSON, or one name twice in one object.
    #[error("no JSON that can be read: {0}")]
    Json(String),
    /// Another kind of JSON value.
    #[error("{found} stands where {wanted} must")]
    Kind {
        /// What is there.
        found: &'static str,
        /// What the type asks for.
        wanted: String,
    },
    /// A member is not there.
    #[error("{0} is missing")]
    Missing(String),
    /// A member that no type names would be shown but not signed.
    #[error("there is {0}, which no type names: it would not be signed")]
    Extra(String),
    /// No name of a type.
    #[error(
        "{0} is no name of a type: letters, digits, _ and colons only, no digit first, at most 128"
    )]
    TypeName(String),
    /// No name of a member.
    #[error("{0} is no name: letters, digits and _ only, no digit first, at most 128")]
    Name(String),
    /// A struct type is named like a type that Solidity has already.
    #[error("{0} is the name of a type of Solidity")]
    Reserved(String),
    /// One name twice.
    #[error("{0} is there twice")]
    Twice(String),
    /// A type that is neither one of the standard nor defined.
    #[error("{0} is no type: neither of the standard nor defined in types")]
    UnknownType(String),
    /// A type that contains itself.
    #[error("{0} contains itself")]
    Recursive(String),
    /// The domain stands where the message's type must.
    #[error("the domain alone is no message")]
    OnlyDomain,
    /// The domain has a member that the standard does not know, or of another type.
    #[error("{0} is no member of a domain in the standard")]
    Domain(String),
    /// No whole number.
    #[error("{0} is no whole number in decimal or 0x hex digits")]
    Number(String),
    /// A number that the type has no room for.
    #[error("{number} does not fit {kind}")]
    Range {
        /// As written.
        number: String,
        /// The type.
        kind: String,
    },
    /// No `0x` and an even number of hex digits.
    #[error("bytes are written as 0x and an even number of hex digits")]
    Hex,
    /// Another number of bytes than the type has.
    #[error("{found} bytes stand where {kind} must")]
    Length {
        /// How many there are.
        found: usize,
        /// The type.
        kind: String,
    },
    /// Another number of elements than the type has.
    #[error("{found} elements stand where the type says {wanted}")]
    Elements {
        /// How many there are.
        found: usize,
        /// How many there must be.
        wanted: usize,
    },
    /// No address.
    #[error("{0} is no address: 0x and 40 hex digits")]
    NoAddress(String),
    /// An address whose casing says that a digit is wrong.
    #[error("the checksum of {0} does not fit: a character of it is wrong")]
    Checksum(String),
}

impl Place {
    /// A member of this place.
    pub(super) fn member(&self, name: &str) -> Self {
        let dot = if self.0.is_empty() { "" } else { "." };
        Self(format!("{}{dot}{}", self.0, brief(name)))
    }

    /// An element of this place.
    pub(super) fn element(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    /// This is wrong here.
    pub(super) fn wrong(&self, reason: Reason) -> TypedDataError {
        TypedDataError { place: self.clone(), reason }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "the document" } else { &self.0 })
    }
}

/// A text of the document, quoted and short enough for a sentence.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", brief(text))
}

fn brief(text: &str) -> String {
    const LONGEST: usize = 64;
    let mut brief: String = text.chars().take(LONGEST).map(super::shown::escaped).collect();
    if text.chars().nth(LONGEST).is_some() {
        brief.push('…');
    }
    brief
}
