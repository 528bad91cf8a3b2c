//! What is wrong with a link.

/// Why a text is no link that this version can follow. Each message says what to look at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Neither scheme, or another host.
    #[error("this is no ceremony link: those begin with https://vultisig.com? or vultisig://?")]
    NotALink,
    /// Longer than [`super::MAX_LEN`].
    #[error("the link is longer than any ceremony needs")]
    TooLong,
    /// A parameter is missing.
    #[error("the link has no {0}; it may have been cut off when it was copied")]
    Missing(&'static str),
    /// A parameter occurs twice.
    #[error("the link says {0} twice")]
    Repeated(&'static str),
    /// `%` is not followed by two hex digits, or text that is not UTF-8.
    #[error(
        "the link's {0} is not percent-encoded text; it may have been changed when it was copied"
    )]
    PercentEncoding(&'static str),
    /// Not base64.
    #[error("the link's jsonData is not base64; it may have been cut off when it was copied")]
    Base64,
    /// Not an XZ stream, or one that needs too much memory.
    #[error("the link's jsonData is not XZ data; it may have been cut off when it was copied")]
    Compression,
    /// Larger than any message of this kind.
    #[error("the link's jsonData unpacks to more than {} KiB", super::pack::MAX_UNPACKED >> 10)]
    Unpacked,
    /// Not a protobuf message of the kind that the link says it is.
    #[error("the link's jsonData is not the message that its type says")]
    Protobuf,
    /// A field does not hold what it must.
    #[error("the link's {name} is not {expected}")]
    Field {
        /// Which field.
        name: &'static str,
        /// What belongs there.
        expected: &'static str,
    },
    /// The link's parts name different vaults.
    #[error("the link names two different vaults")]
    TwoVaults,
    /// A later version of the extension of our own devices.
    #[error("the link was made by a later version of quorate; update this device")]
    LaterVersion,
    /// A ceremony, but none that this version takes part in.
    #[error("this version takes no part in what the link is for: {0}")]
    Unsupported(String),
    /// What was fetched is not what the link named by its hash.
    #[error("the relay returned other bytes than those that the link names")]
    WrongPayload,
}

impl LinkError {
    pub(super) fn field(name: &'static str, expected: &'static str) -> Self {
        Self::Field { name, expected }
    }

    /// Quotes a stranger's word so that no screen is harmed by it.
    pub(super) fn unsupported(word: &str) -> Self {
        Self::Unsupported(word.chars().take(32).flat_map(char::escape_default).collect())
    }
}
