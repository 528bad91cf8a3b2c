//! Every call of the relay's API, from a device (`RELAY 5`).
//!
//! All calls are safe to repeat, so all are repeated: when the network fails, on 5xx and on 429, with growing pauses
//! until the client's patience is over. Any other refusal is final. Whatever a relay answers is bounded in length and
//! read as unauthenticated.

mod attempt;
mod error;

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use quorate_wire::relay_api::{
    BaseUrl, Message, Namespace, PartyId, SessionId, path, read_mailbox, read_parties,
};
use reqwest::{Method, Url};
use sha2::{Digest as _, Sha256};

use attempt::{Call, Reply};
pub use error::{Cause, RelayError};

/// How long a client tries one call, unless told otherwise.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Shorter than relays keep a silent connection, so that none is used while it is being closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// The longest message hash that is a path segment for every relay.
const MAX_HASH: usize = 255;

/// A relay, seen from a device. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: BaseUrl,
    patience: Duration,
}

impl Client {
    /// A client of the relay at `base`. Contacts nobody yet.
    ///
    /// Redirects are not followed. A proxy from the environment is used, except for addresses of this machine and of
    /// private networks.
    ///
    /// # Errors
    ///
    /// [`RelayError::Address`] if no request can be made to such a URL, [`RelayError::NoCertificates`] if it needs TLS and this
    /// machine has no certificates to trust.
    pub fn new(base: &BaseUrl) -> Result<Self, RelayError> {
        let url =
            Url::parse(base.as_str()).map_err(|_| RelayError::Address { relay: base.clone() })?;
        // Fails when a provider is installed already, and then there is one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("quorate/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .tcp_nodelay(true);
        if is_near(&url) {
            builder = builder.no_proxy();
        }
        if url.scheme() == "http" {
            // Nothing to verify, so nothing is loaded, and a machine without certificates can use its own network.
            builder = builder.tls_certs_only([]);
        }
        let http =
            builder.build().map_err(|_| RelayError::NoCertificates { relay: base.clone() })?;
        Ok(Self { http, base: base.clone(), patience: PATIENCE })
    }

    /// The same relay, with this long for each call, retries and pauses included.
    #[must_use]
    pub fn with_patience(&self, patience: Duration) -> Self {
        Self { patience, ..self.clone() }
    }

    /// Where the relay is.
    #[must_use]
    pub fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// Whether the relay answers.
    pub async fn ping(&self) -> Result<(), RelayError> {
        self.expect(Call::new(Method::GET, path::PING.to_owned())).await.map(drop)
    }

    /// Adds a party, usually this device, to the session's participants.
    pub async fn register(&self, sid: &SessionId, party: &PartyId) -> Result<(), RelayError> {
        self.enlist(path::session(sid), std::slice::from_ref(party)).await
    }

    /// Who has registered, in the order of joining.
    pub async fn participants(&self, sid: &SessionId) -> Result<Vec<PartyId>, RelayError> {
        self.list(path::session(sid)).await
    }

    /// Forgets who has registered, all of them.
    pub async fn forget_participants(&self, sid: &SessionId) -> Result<(), RelayError> {
        self.call(Call::new(Method::DELETE, path::session(sid))).await.map(drop)
    }

    /// Publishes the committee. A relay keeps the order of the first call: call it once, initiator first.
    pub async fn start(&self, sid: &SessionId, committee: &[PartyId]) -> Result<(), RelayError> {
        self.enlist(path::start(sid), committee).await
    }

    /// The committee; empty until it is published.
    pub async fn committee(&self, sid: &SessionId) -> Result<Vec<PartyId>, RelayError> {
        self.list(path::start(sid)).await
    }

    /// Adds a party, usually this device, to those that have finished.
    pub async fn complete(&self, sid: &SessionId, party: &PartyId) -> Result<(), RelayError> {
        self.enlist(path::complete(sid), std::slice::from_ref(party)).await
    }

    /// Who has finished.
    pub async fn finished(&self, sid: &SessionId) -> Result<Vec<PartyId>, RelayError> {
        self.list(path::complete(sid)).await
    }

    /// Puts a copy of `message` into the mailbox of each of its recipients, in its session.
    pub async fn post(&self, namespace: &Namespace, message: &Message) -> Result<(), RelayError> {
        let call = Call::new(Method::POST, path::message(&message.session_id))
            .within(namespace)
            .json(&self.base, message)?;
        self.expect(call).await.map(drop)
    }

    /// The messages in a party's mailbox, as the relay orders them. They stay there.
    pub async fn mailbox(
        &self,
        sid: &SessionId,
        party: &PartyId,
        namespace: &Namespace,
    ) -> Result<Vec<Message>, RelayError> {
        let call = Call::new(Method::GET, path::mailbox(sid, party)).within(namespace);
        let body = self.find(call).await?.unwrap_or_default();
        read_mailbox(&body).ok_or_else(|| self.garbled("a list of messages"))
    }

    /// Removes the messages with this hash from a party's mailbox.
    ///
    /// A hash that no URL can carry (empty, `.`, `..`, above 255 bytes) is left to expire.
    pub async fn discard(
        &self,
        sid: &SessionId,
        party: &PartyId,
        namespace: &Namespace,
        hash: &str,
    ) -> Result<(), RelayError> {
        if matches!(hash, "" | "." | "..") || hash.len() > MAX_HASH {
            return Ok(());
        }
        let call = Call::new(Method::DELETE, path::mailbox_message(sid, party, hash));
        self.call(call.within(namespace)).await.map(drop)
    }

    /// Publishes a finished signature.
    pub async fn publish_signature(
        &self,
        sid: &SessionId,
        namespace: &Namespace,
        signature: String,
    ) -> Result<(), RelayError> {
        let call = Call::new(Method::POST, path::complete_keysign(sid)).within(namespace);
        self.expect(call.text(signature)).await.map(drop)
    }

    /// A published signature, if there is one.
    pub async fn signature(
        &self,
        sid: &SessionId,
        namespace: &Namespace,
    ) -> Result<Option<String>, RelayError> {
        self.text(Call::new(Method::GET, path::complete_keysign(sid)).within(namespace)).await
    }

    /// Stores (overwrites) the setup message of a namespace.
    pub async fn store_setup(
        &self,
        sid: &SessionId,
        namespace: &Namespace,
        setup: String,
    ) -> Result<(), RelayError> {
        let call = Call::new(Method::POST, path::setup_message(sid)).within(namespace);
        self.expect(call.text(setup)).await.map(drop)
    }

    /// The setup message of a namespace, if there is one.
    pub async fn setup(
        &self,
        sid: &SessionId,
        namespace: &Namespace,
    ) -> Result<Option<String>, RelayError> {
        self.text(Call::new(Method::GET, path::setup_message(sid)).within(namespace)).await
    }

    /// Stores a blob, and returns the SHA-256 by which it is found.
    pub async fn store_payload(&self, payload: Vec<u8>) -> Result<[u8; 32], RelayError> {
        let hash = Sha256::digest(&payload).into();
        let call = Call::new(Method::POST, path::payload(&hash));
        self.expect(call.body("application/octet-stream", payload.into())).await?;
        Ok(hash)
    }

    /// The blob with this SHA-256, if the relay has it. Its hash is checked.
    pub async fn payload(&self, sha256: &[u8; 32]) -> Result<Option<Vec<u8>>, RelayError> {
        match self.find(Call::new(Method::GET, path::payload(sha256))).await? {
            Some(payload) if Sha256::digest(&payload) != *sha256 => {
                Err(self.garbled("the payload with this hash"))
            }
            payload => Ok(payload.map(Vec::from)),
        }
    }

    /// Posts a list. Some relays answer 5xx when they have all of it already (`RELAY 5.1`).
    async fn enlist(&self, path: String, parties: &[PartyId]) -> Result<(), RelayError> {
        let call = Call::new(Method::POST, path.clone()).json(&self.base, &parties)?;
        let listed = async |error: &RelayError| {
            matches!(error, RelayError::Failing { status, .. } if *status >= 500)
                && match self.attempt(&Call::new(Method::GET, path.clone())).await {
                    Ok(Reply::Found(body)) => read_parties(&body)
                        .is_ok_and(|list| parties.iter().all(|party| list.contains(party))),
                    _ => false,
                }
        };
        match self.repeat(&call, listed).await? {
            Reply::Found(_) => Ok(()),
            Reply::NotFound => Err(RelayError::NotFound { relay: self.base.clone() }),
        }
    }

    async fn list(&self, path: String) -> Result<Vec<PartyId>, RelayError> {
        let body = self.find(Call::new(Method::GET, path)).await?.unwrap_or_default();
        read_parties(&body).map_err(|_| self.garbled("a list of parties"))
    }

    async fn text(&self, call: Call) -> Result<Option<String>, RelayError> {
        let Some(body) = self.find(call).await? else { return Ok(None) };
        String::from_utf8(body.into()).map(Some).map_err(|_| self.garbled("text"))
    }

    /// The body, unless the relay has none: it says so by 404, or by an empty body.
    async fn find(&self, call: Call) -> Result<Option<Bytes>, RelayError> {
        match self.call(call).await? {
            Reply::Found(body) if !body.is_empty() => Ok(Some(body)),
            Reply::Found(_) | Reply::NotFound => Ok(None),
        }
    }

    /// For calls that every relay has an answer to.
    async fn expect(&self, call: Call) -> Result<Bytes, RelayError> {
        match self.call(call).await? {
            Reply::Found(body) => Ok(body),
            Reply::NotFound => Err(RelayError::NotFound { relay: self.base.clone() }),
        }
    }

    fn garbled(&self, expected: &'static str) -> RelayError {
        RelayError::Garbled { relay: self.base.clone(), expected }
    }
}

/// Whether the host is this machine or on a private network, by its very name.
fn is_near(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    match host.trim_start_matches('[').trim_end_matches(']').parse() {
        Ok(IpAddr::V4(v4)) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        Ok(IpAddr::V6(v6)) => {
            v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local()
        }
        Err(_) => host == "localhost",
    }
}
