//! The paths, below a relay's base URL: what the client writes, and the route by which the server reads it.
//!
//! Routes name their segments in braces: `{sid}` a session id, `{pid}` a party id (percent-encoded in the path),
//! `{hash}` a message's hash, `{sha256}` lower-case hex.

use super::{PartyId, SessionId};
use crate::percent;

/// Liveness.
pub const PING: &str = "/ping";
/// POST adds participants (JSON array), GET lists them, DELETE forgets them.
pub const SESSION: &str = "/{sid}";
/// POST publishes the committee (JSON array), GET reads it.
pub const START: &str = "/start/{sid}";
/// POST adds parties that have finished (JSON array), GET lists them.
pub const COMPLETE: &str = "/complete/{sid}";
/// POST publishes a finished signature in a namespace, GET reads it.
pub const COMPLETE_KEYSIGN: &str = "/complete/{sid}/keysign";
/// POST appends a [`super::Message`] to its recipients' mailboxes.
pub const MESSAGE: &str = "/message/{sid}";
/// GET reads a mailbox (JSON array).
pub const MAILBOX: &str = "/message/{sid}/{pid}";
/// DELETE removes a message from a mailbox.
pub const MAILBOX_MESSAGE: &str = "/message/{sid}/{pid}/{hash}";
/// POST stores a blob under the SHA-256 of its bytes, GET reads it.
pub const PAYLOAD: &str = "/payload/{sha256}";
/// POST stores (overwrites) the setup message of a namespace, GET reads it.
pub const SETUP_MESSAGE: &str = "/setup-message/{sid}";

/// First segments of the API's own paths, which are no session ids.
pub(super) const RESERVED: [&str; 6] =
    ["ping", "start", "complete", "message", "payload", "setup-message"];

/// The path of [`SESSION`].
#[must_use]
pub fn session(sid: &SessionId) -> String {
    format!("/{sid}")
}

/// The path of [`START`].
#[must_use]
pub fn start(sid: &SessionId) -> String {
    format!("/start/{sid}")
}

/// The path of [`COMPLETE`].
#[must_use]
pub fn complete(sid: &SessionId) -> String {
    format!("/complete/{sid}")
}

/// The path of [`COMPLETE_KEYSIGN`].
#[must_use]
pub fn complete_keysign(sid: &SessionId) -> String {
    format!("/complete/{sid}/keysign")
}

/// The path of [`MESSAGE`].
#[must_use]
pub fn message(sid: &SessionId) -> String {
    format!("/message/{sid}")
}

/// The path of [`MAILBOX`].
#[must_use]
pub fn mailbox(sid: &SessionId, party: &PartyId) -> String {
    format!("/message/{sid}/{}", percent::encode(party.as_str()))
}

/// The path of [`MAILBOX_MESSAGE`]. The hash is another party's text: it is escaped like any other.
#[must_use]
pub fn mailbox_message(sid: &SessionId, party: &PartyId, hash: &str) -> String {
    format!("{}/{}", mailbox(sid, party), percent::encode(hash))
}

/// The path of [`PAYLOAD`].
#[must_use]
pub fn payload(sha256: &[u8; 32]) -> String {
    format!("/payload/{}", hex::encode(sha256))
}

/// The path of [`SETUP_MESSAGE`].
#[must_use]
pub fn setup_message(sid: &SessionId) -> String {
    format!("/setup-message/{sid}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether `path` is what `route` stands for.
    fn fits(path: &str, route: &str) -> bool {
        let (path, route): (Vec<_>, Vec<_>) =
            (path.split('/').collect(), route.split('/').collect());
        path.len() == route.len()
            && path
                .iter()
                .zip(&route)
                .all(|(p, r)| if r.starts_with('{') { !p.is_empty() } else { p == r })
    }

    #[test]
    fn every_path_fits_its_route() {
        let sid = SessionId::parse("s-1").unwrap();
        let pid = PartyId::parse("Anna’s iPad/2 +1").unwrap();
        for (path, route) in [
            (session(&sid), SESSION),
            (start(&sid), START),
            (complete(&sid), COMPLETE),
            (complete_keysign(&sid), COMPLETE_KEYSIGN),
            (message(&sid), MESSAGE),
            (mailbox(&sid, &pid), MAILBOX),
            (mailbox_message(&sid, &pid, "../x"), MAILBOX_MESSAGE),
            (payload(&[0xab; 32]), PAYLOAD),
            (setup_message(&sid), SETUP_MESSAGE),
        ] {
            assert!(fits(&path, route), "{path} is not {route}");
        }
    }

    #[test]
    fn a_party_id_is_one_segment_whatever_it_contains() {
        let sid = SessionId::parse("s").unwrap();
        let pid = PartyId::parse("a/b +’").unwrap();
        assert_eq!(mailbox(&sid, &pid), "/message/s/a%2Fb%20%2B%E2%80%99");
    }
}
