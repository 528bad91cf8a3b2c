//! Which endpoint a path means.

use percent_encoding::percent_decode_str;
use quorate_wire::relay_api::{PartyId, SessionId};

use crate::mailbox::PartyList;

/// An endpoint of the API and the names in its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Ping,
    Metrics,
    List(SessionId, PartyList),
    Message(SessionId),
    Mailbox(SessionId, PartyId),
    Letter(SessionId, PartyId, String),
    Signature(SessionId),
    Payload(String),
    Setup(SessionId),
}

/// Why a path means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoRoute {
    /// There is no such endpoint.
    Unknown,
    /// A name in it cannot be one.
    Malformed,
}

impl Route {
    /// Reads a path as it came, still percent-encoded. Slashes at its end do not count.
    pub(super) fn parse(path: &str) -> Result<Self, NoRoute> {
        let path = path.strip_prefix('/').ok_or(NoRoute::Unknown)?.trim_end_matches('/');
        let segments: Vec<&str> = path.split('/').collect();
        match *segments.as_slice() {
            [""] => Err(NoRoute::Unknown),
            ["ping"] => Ok(Self::Ping),
            ["metrics"] => Ok(Self::Metrics),
            [sid] => Ok(Self::List(session(sid)?, PartyList::Participants)),
            ["start", sid] => Ok(Self::List(session(sid)?, PartyList::Committee)),
            ["complete", sid] => Ok(Self::List(session(sid)?, PartyList::Finished)),
            ["complete", sid, "keysign"] => Ok(Self::Signature(session(sid)?)),
            ["message", sid] => Ok(Self::Message(session(sid)?)),
            ["message", sid, pid] => Ok(Self::Mailbox(session(sid)?, party(pid)?)),
            ["message", sid, pid, hash] => {
                Ok(Self::Letter(session(sid)?, party(pid)?, decode(hash)?))
            }
            ["payload", hash] => Ok(Self::Payload(decode(hash)?)),
            ["setup-message", sid] => Ok(Self::Setup(session(sid)?)),
            _ => Err(NoRoute::Unknown),
        }
    }

    /// The endpoint's name in the metrics.
    pub(super) fn endpoint(&self) -> &'static str {
        match self {
            Self::Ping => "ping",
            Self::Metrics => "metrics",
            Self::List(_, PartyList::Participants) => "session",
            Self::List(_, PartyList::Committee) => "start",
            Self::List(_, PartyList::Finished) => "complete",
            Self::Message(_) => "message",
            Self::Mailbox(..) => "mailbox",
            Self::Letter(..) => "mailbox_message",
            Self::Signature(_) => "signature",
            Self::Payload(_) => "payload",
            Self::Setup(_) => "setup_message",
        }
    }
}

fn session(segment: &str) -> Result<SessionId, NoRoute> {
    SessionId::parse(&decode(segment)?).map_err(|_| NoRoute::Malformed)
}

fn party(segment: &str) -> Result<PartyId, NoRoute> {
    PartyId::parse(&decode(segment)?).map_err(|_| NoRoute::Malformed)
}

/// Decodes one segment as clients expect it: percent escapes, and a bare `+` is a space, so `%2B` is the plus.
fn decode(segment: &str) -> Result<String, NoRoute> {
    let spaced = segment.replace('+', " ");
    percent_decode_str(&spaced)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| NoRoute::Malformed)
}

#[cfg(test)]
mod tests {
    use quorate_wire::relay_api::path;

    use super::*;

    #[test]
    fn what_the_client_writes_is_what_the_server_reads() {
        let sid = SessionId::parse("8c1d9f0e-3a55-4f0b-9f3e-0123456789ab").unwrap();
        for name in ["A-1", "Anna’s iPad +1/2", "a%20b", "%", "+", "é?#&;", "%2B"] {
            let pid = PartyId::parse(name).unwrap();
            let s = || sid.clone();
            for (path, route) in [
                (path::session(&sid), Route::List(s(), PartyList::Participants)),
                (path::start(&sid), Route::List(s(), PartyList::Committee)),
                (path::complete(&sid), Route::List(s(), PartyList::Finished)),
                (path::complete_keysign(&sid), Route::Signature(s())),
                (path::message(&sid), Route::Message(s())),
                (path::mailbox(&sid, &pid), Route::Mailbox(s(), pid.clone())),
                (
                    path::mailbox_message(&sid, &pid, "../h"),
                    Route::Letter(s(), pid.clone(), "../h".into()),
                ),
                (path::payload(&[7; 32]), Route::Payload("07".repeat(32))),
                (path::setup_message(&sid), Route::Setup(s())),
            ] {
                assert_eq!(Route::parse(&path), Ok(route.clone()), "{path}");
                assert_eq!(Route::parse(&format!("{path}/")), Ok(route), "{path}/");
            }
        }
        assert_eq!(Route::parse(path::PING), Ok(Route::Ping));
    }

    #[test]
    fn a_bare_plus_is_a_space_and_an_escaped_one_a_plus() {
        let mailbox = |path: &str| match Route::parse(path) {
            Ok(Route::Mailbox(_, party)) => party.as_str().to_owned(),
            other => panic!("{other:?}"),
        };
        assert_eq!(mailbox("/message/s/a+b"), "a b");
        assert_eq!(mailbox("/message/s/a%2Bb%2bc"), "a+b+c");
    }

    #[test]
    fn other_paths_are_unknown_or_malformed() {
        for path in ["", "/", "//", "*", "/start/a/b", "/message/a/b/c/d", "/x/y", "ping"] {
            assert_eq!(Route::parse(path), Err(NoRoute::Unknown), "{path}");
        }
        for path in ["/start", "/a%20b", "/message/s/%ff", "/message/s/%00", "/message//p", "/a.b"]
        {
            assert_eq!(Route::parse(path), Err(NoRoute::Malformed), "{path}");
        }
    }
}
