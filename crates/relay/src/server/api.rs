//! The endpoints (`RELAY 1`): what each request does to the mailboxes, and which code says so.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use quorate_wire::relay_api::{MAX_PARTIES, MESSAGE_ID, Message, Namespace, PartyId, read_parties};
use sha2::{Digest as _, Sha256};

use super::Limits;
use super::metrics::Metrics;
use super::rate::Rate;
use super::route::{NoRoute, Route};
use super::transfer::{Outgoing, Transit};
use crate::mailbox::{Full, Letter, Mailboxes, PartyList, ValueKey};

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";

/// The longest message hash: it has to fit into the path that deletes it.
const MAX_HASH: usize = 255;
/// Some phones write the header's name with a hyphen; proxies drop names with an underscore.
const MESSAGE_ID_HYPHENATED: &str = "message-id";

/// The state that all connections share.
#[derive(Debug)]
pub(super) struct Relay {
    limits: Limits,
    mailboxes: Mutex<Mailboxes>,
    rate: Mutex<Rate>,
    metrics: Mutex<Metrics>,
    transit: Transit,
}

/// A successful answer.
struct Answer {
    status: StatusCode,
    /// The media type, if there is a body.
    kind: Option<&'static str>,
    bytes: Bytes,
}

impl Answer {
    fn empty(status: StatusCode) -> Self {
        Self { status, kind: None, bytes: Bytes::new() }
    }

    fn found(kind: &'static str, bytes: impl Into<Bytes>) -> Self {
        Self { status: StatusCode::OK, kind: Some(kind), bytes: bytes.into() }
    }
}

/// What a request comes to. Errors have no body.
type Outcome = Result<Answer, StatusCode>;

impl Relay {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            mailboxes: Mutex::new(Mailboxes::new(limits.quotas)),
            rate: Mutex::new(Rate::new(limits.rate, limits.burst)),
            metrics: Mutex::default(),
            transit: Transit::new(limits.transit),
            limits,
        }
    }

    /// Drops what nobody will ask for any more.
    pub(super) fn sweep(&self, now: Instant) {
        self.mailboxes().expire(now);
        lock(&self.rate).sweep(now);
    }

    /// Answers one request from `peer`.
    pub(super) async fn answer(
        &self,
        peer: IpAddr,
        request: Request<Incoming>,
    ) -> Response<Outgoing> {
        let route = Route::parse(request.uri().path());
        let endpoint = route.as_ref().map_or("none", Route::endpoint);
        let outcome = if lock(&self.rate).admit(Instant::now(), peer) {
            self.handle(route, request).await
        } else {
            Err(StatusCode::TOO_MANY_REQUESTS)
        };
        let response = self.respond(outcome.unwrap_or_else(Answer::empty));
        lock(&self.metrics).count(endpoint, response.status());
        response
    }

    async fn handle(&self, route: Result<Route, NoRoute>, request: Request<Incoming>) -> Outcome {
        let (head, body) = request.into_parts();
        let route = route.map_err(|no| match no {
            NoRoute::Unknown => StatusCode::NOT_FOUND,
            NoRoute::Malformed => StatusCode::BAD_REQUEST,
        })?;
        match head.method {
            Method::GET | Method::HEAD => self.read(route, &head.headers),
            Method::DELETE => self.delete(route, &head.headers),
            Method::POST => self.write(route, &head.headers, body).await,
            Method::OPTIONS => Ok(Answer::empty(StatusCode::NO_CONTENT)),
            _ => Err(StatusCode::METHOD_NOT_ALLOWED),
        }
    }

    fn read(&self, route: Route, headers: &HeaderMap) -> Outcome {
        let now = Instant::now();
        let value = |kind, key| {
            let bytes = self.mailboxes().fetch(now, &key).ok_or(StatusCode::NOT_FOUND)?;
            Ok(Answer::found(kind, bytes))
        };
        match route {
            Route::Ping => Ok(Answer::found(TEXT, "quorate relay\n")),
            Route::Metrics => {
                let stats = self.mailboxes().stats();
                let page = lock(&self.metrics).page(&stats, &self.limits.quotas);
                Ok(Answer::found(TEXT, page.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?))
            }
            Route::List(sid, which) => {
                let list = serde_json::to_vec(&self.mailboxes().list(now, &sid, which));
                Ok(Answer::found(JSON, list.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?))
            }
            Route::Mailbox(sid, party) => {
                let key = (sid, party, namespace(headers)?);
                let letters = self.mailboxes().letters(now, &key);
                Ok(Answer::found(JSON, [&b"["[..], &letters.join(&b","[..]), b"]"].concat()))
            }
            Route::Signature(sid) => value(TEXT, ValueKey::Signature(sid, namespace(headers)?)),
            Route::Setup(sid) => value(TEXT, ValueKey::Setup(sid, namespace(headers)?)),
            Route::Payload(hash) => value(BYTES, ValueKey::Payload(payload_hash(&hash)?)),
            Route::Message(_) | Route::Letter(..) => Err(StatusCode::METHOD_NOT_ALLOWED),
        }
    }

    fn delete(&self, route: Route, headers: &HeaderMap) -> Outcome {
        let now = Instant::now();
        match route {
            Route::List(sid, PartyList::Participants) => {
                self.mailboxes().disband(now, &sid, PartyList::Participants);
            }
            Route::Letter(sid, party, hash) => {
                let key = (sid, party, namespace(headers)?);
                self.mailboxes().discard(now, &key, &hash);
            }
            _ => return Err(StatusCode::METHOD_NOT_ALLOWED),
        }
        Ok(Answer::empty(StatusCode::OK))
    }

    async fn write(&self, route: Route, headers: &HeaderMap, body: Incoming) -> Outcome {
        if matches!(route, Route::List(..) | Route::Message(_)) && !declares_json(headers) {
            return Err(StatusCode::BAD_REQUEST);
        }
        let body = self.transit.receive(body, self.limits.body, self.limits.body_timeout).await?;
        let now = Instant::now();
        match route {
            Route::List(sid, which) => {
                let parties = posted_parties(&body)?;
                self.mailboxes().enlist(now, &sid, which, &parties).map_err(refusal)?;
                Ok(Answer::empty(match which {
                    PartyList::Participants => StatusCode::CREATED,
                    PartyList::Committee | PartyList::Finished => StatusCode::OK,
                }))
            }
            Route::Message(sid) => {
                let namespace = namespace(headers)?;
                let (to, letter) = posted_letter(&body)?;
                self.mailboxes().post(now, &sid, &namespace, &to, &letter).map_err(refusal)?;
                Ok(Answer::empty(StatusCode::ACCEPTED))
            }
            Route::Signature(sid) => {
                let key = ValueKey::Signature(sid, namespace(headers)?);
                self.mailboxes().store(now, key, body.into()).map_err(refusal)?;
                Ok(Answer::empty(StatusCode::OK))
            }
            Route::Setup(sid) => {
                let key = ValueKey::Setup(sid, namespace(headers)?);
                self.mailboxes().store(now, key, body.into()).map_err(refusal)?;
                Ok(Answer::empty(StatusCode::CREATED))
            }
            Route::Payload(hash) => {
                let hash = payload_hash(&hash)?;
                if Sha256::digest(&body) != hash {
                    return Err(StatusCode::BAD_REQUEST);
                }
                let key = ValueKey::Payload(hash);
                self.mailboxes().store(now, key, body.into()).map_err(refusal)?;
                Ok(Answer::empty(StatusCode::OK))
            }
            Route::Ping | Route::Metrics | Route::Mailbox(..) | Route::Letter(..) => {
                Err(StatusCode::METHOD_NOT_ALLOWED)
            }
        }
    }

    /// Puts an answer into HTTP. Web pages of any origin may read it: there is nothing here that a cookie opens.
    fn respond(&self, Answer { status, kind, bytes }: Answer) -> Response<Outgoing> {
        let (status, kind, body) = match self.transit.send(bytes) {
            Ok(body) => (status, kind, body),
            Err(status) => (status, None, Outgoing::empty()),
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let mut fixed = |name, value| {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        };
        fixed(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        if let Some(kind) = kind {
            fixed(header::CONTENT_TYPE, kind);
            // What strangers stored is shown as what it is, never run as a page of this origin.
            fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
            fixed(header::CACHE_CONTROL, "no-store");
        }
        match status {
            StatusCode::NO_CONTENT => {
                fixed(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, DELETE");
                fixed(header::ACCESS_CONTROL_ALLOW_HEADERS, "*");
                fixed(header::ACCESS_CONTROL_MAX_AGE, "86400");
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                fixed(header::RETRY_AFTER, "1");
            }
            _ => {}
        }
        response
    }

    fn mailboxes(&self) -> MutexGuard<'_, Mailboxes> {
        lock(&self.mailboxes)
    }
}

/// What is too much for one session is the client's doing; what is too much for the relay is not.
fn refusal(full: Full) -> StatusCode {
    match full {
        Full::List | Full::Mailbox | Full::Session => StatusCode::PAYLOAD_TOO_LARGE,
        Full::Relay => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn declares_json(headers: &HeaderMap) -> bool {
    let declared = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = declared.and_then(|value| value.split(';').next()).unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case(JSON)
}

fn namespace(headers: &HeaderMap) -> Result<Namespace, StatusCode> {
    let header = headers.get(MESSAGE_ID).or_else(|| headers.get(MESSAGE_ID_HYPHENATED));
    let text = header.map_or(Ok(""), HeaderValue::to_str).map_err(|_| StatusCode::BAD_REQUEST)?;
    Namespace::parse(text).map_err(|_| StatusCode::BAD_REQUEST)
}

fn payload_hash(text: &str) -> Result<[u8; 32], StatusCode> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).map_err(|_| StatusCode::BAD_REQUEST)?;
    if hex::encode(hash) == text { Ok(hash) } else { Err(StatusCode::BAD_REQUEST) }
}

/// A list in a request: unlike in an answer, nothing at all is not an empty one.
fn posted_parties(body: &[u8]) -> Result<Vec<PartyId>, StatusCode> {
    let written = !body.trim_ascii().is_empty();
    read_parties(body).ok().filter(|_| written).ok_or(StatusCode::BAD_REQUEST)
}

/// A message in a request, and the bytes in which it is handed on: the fields we know, nothing else.
fn posted_letter(body: &[u8]) -> Result<(Vec<PartyId>, Letter), StatusCode> {
    let message: Message = serde_json::from_slice(body).map_err(|_| StatusCode::BAD_REQUEST)?;
    if message.to.len() > MAX_PARTIES || message.hash.len() > MAX_HASH {
        return Err(StatusCode::BAD_REQUEST);
    }
    let json = serde_json::to_vec(&message).map_err(|_| StatusCode::BAD_REQUEST)?.into();
    Ok((message.to, Letter { hash: message.hash, json }))
}

/// Nothing under these locks panics; if something did, going on would still serve the other sessions best.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
