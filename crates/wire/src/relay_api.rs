//! The relay's HTTP API as types: what server and client agree on (`spec/sealing.md` 3).
//!
//! A relay is a set of mailboxes with expiry. Whoever knows a session id can read and write its mailboxes; what
//! travels through them is sealed ([`crate::seal`]), so the relay learns party names and sizes, nothing else.

mod base_url;
mod message;
mod names;
pub mod path;

pub use base_url::{BaseUrl, InvalidBaseUrl};
pub use message::{Message, UnreadableParties, message_hash, read_mailbox, read_parties};
pub use names::{InvalidName, Namespace, PartyId, SessionId};

/// The header that selects a [`Namespace`]; absent or empty for the default one.
pub const MESSAGE_ID: &str = "message_id";

/// The relay that links without a `serverUrl` mean.
pub const PUBLIC_RELAY: &str = "https://api.vultisig.com/router";

/// The port a device listens on when it serves the relay itself; the next free one if it is taken.
pub const LOCAL_PORT: u16 = 18080;

/// The longest request or response body, in bytes: several times the largest sealed frame.
pub const MAX_BODY: usize = 4 << 20;

/// The most party ids in one list: as many as a setup can name.
pub const MAX_PARTIES: usize = 255;
