//! The message object, and reading the lists that a relay returns.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use md5::{Digest as _, Md5};
use serde::{Deserialize, Serialize};

use super::{MAX_PARTIES, PartyId, SessionId};

/// What travels from one party to another through a mailbox.
///
/// Unknown fields are ignored. Nothing in it is authenticated: `from` is the relay's word, until the body opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The session.
    pub session_id: SessionId,
    /// Who says it sent this.
    pub from: PartyId,
    /// Whose mailboxes get a copy; one recipient in everything we send.
    pub to: Vec<PartyId>,
    /// The sealed payload ([`crate::seal`]).
    pub body: String,
    /// An opaque name for it, to skip and delete duplicates by; never verified. See [`message_hash`].
    pub hash: String,
    /// Counts one sender's messages; only for sorting a batch. Some senders leave it out.
    #[serde(default)]
    pub sequence_no: i64,
}

/// The hash that every current client gives to a message: hex of the MD5 of the base64 of the unsealed bytes.
#[must_use]
pub fn message_hash(raw: &[u8]) -> String {
    hex::encode(Md5::digest(STANDARD.encode(raw)))
}

/// Reads a mailbox: a JSON array of messages, or an empty body, as some relays answer for an empty mailbox.
///
/// Skips what is no message, so that one party's nonsense does not hide the others' messages. `None` if the body
/// is no such array at all.
#[must_use]
pub fn read_mailbox(body: &[u8]) -> Option<Vec<Message>> {
    let entries: Vec<serde_json::Value> = array(body)?;
    Some(entries.into_iter().filter_map(|entry| serde_json::from_value(entry).ok()).collect())
}

/// A list of parties that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a JSON array of at most {MAX_PARTIES} party ids")]
pub struct UnreadableParties;

/// Reads a list of parties: a JSON array of party ids, or an empty body for an empty list.
///
/// # Errors
///
/// [`UnreadableParties`] as a whole: a committee with one name left out would be another committee.
pub fn read_parties(body: &[u8]) -> Result<Vec<PartyId>, UnreadableParties> {
    let parties: Vec<PartyId> = array(body).ok_or(UnreadableParties)?;
    if parties.len() <= MAX_PARTIES { Ok(parties) } else { Err(UnreadableParties) }
}

/// A JSON array; `null` and nothing at all are empty ones.
fn array<T: serde::de::DeserializeOwned>(body: &[u8]) -> Option<Vec<T>> {
    if body.trim_ascii().is_empty() {
        return Some(Vec::new());
    }
    serde_json::from_slice::<Option<Vec<T>>>(body).ok().map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_read_past_what_is_no_message() {
        let body = br#"[{"session_id":"s","from":"A-1","to":["B-2"],"body":"x","hash":"h","sequence_no":3,"new":1},
            {"session_id":"s","from":"","to":[],"body":"x","hash":"h"}, 7, null,
            {"session_id":"s","from":"C-3","to":["B-2"],"body":"y","hash":"i"}]"#;
        let read = read_mailbox(body).unwrap();
        let seen: Vec<_> = read.iter().map(|m| (m.from.as_str(), m.sequence_no)).collect();
        assert_eq!(seen, [("A-1", 3), ("C-3", 0)]);
    }

    #[test]
    fn an_empty_answer_is_an_empty_list() {
        for empty in [&b""[..], b" \n", b"[]", b"null"] {
            assert_eq!(read_mailbox(empty), Some(vec![]));
            assert_eq!(read_parties(empty), Ok(vec![]));
        }
        assert_eq!(read_mailbox(b"<html>"), None);
        assert_eq!(read_mailbox(b"{}"), None);
    }

    #[test]
    fn a_committee_is_read_whole_or_not_at_all() {
        assert_eq!(read_parties(br#"["a","b"]"#).unwrap().len(), 2);
        assert_eq!(read_parties(br#"["a",""]"#), Err(UnreadableParties));
        let crowd: Vec<String> = (0..256).map(|i| i.to_string()).collect();
        assert_eq!(read_parties(&serde_json::to_vec(&crowd).unwrap()), Err(UnreadableParties));
    }
}
