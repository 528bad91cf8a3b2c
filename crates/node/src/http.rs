//! HTTP to a node: one request, one bounded answer.

use std::error::Error;
use std::net::IpAddr;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};

use crate::NodeError;

/// The longest answer that is read, in bytes. Most that we ask for have a few hundred; a contract's code has more.
const LONGEST_ANSWER: usize = 1 << 20;

/// How long a node is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The longest one request may take.
    pub request: Duration,
    /// The pause before asking again.
    pub pause: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { request: Duration::from_secs(10), pause: Duration::from_secs(1) }
    }
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// There was no connection: the node has not seen the request.
    NotSent(String),
    /// There was a connection but no answer: the node may have acted on the request.
    NoAnswer(String),
    /// The node answered, with an error, in these words.
    Refused(String),
}

/// The far end.
#[derive(Debug)]
pub(crate) struct Http {
    client: Client,
    url: Url,
    pace: Pace,
}

impl Http {
    /// Ready to ask the node at this URL; nothing is sent yet.
    pub(crate) fn new(url: &str, pace: Pace) -> Result<Self, NodeError> {
        let url = Url::parse(url).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let url = url.ok_or(NodeError::Url)?;
        // Fails when a provider is installed already, and then there is one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = Client::builder().timeout(pace.request).redirect(Policy::none());
        if is_this_machine(&url) {
            client = client.no_proxy();
        }
        if url.scheme() == "http" {
            // Nothing to verify, so no certificates are loaded, and a machine without any can use its own node.
            client = client.tls_certs_only([]);
        }
        match client.build() {
            Ok(client) => Ok(Self { client, url, pace }),
            Err(error) => {
                let node = host(&url);
                Err(NodeError::Unreachable { node, why: root_cause(&error) })
            }
        }
    }

    /// The node's name for people: host and port. The rest of a URL may hold a key, and is never shown.
    pub(crate) fn host(&self) -> String {
        host(&self.url)
    }

    /// Posts a JSON text, once.
    pub(crate) async fn post(&self, json: String) -> Result<(StatusCode, Vec<u8>), Failure> {
        let request = self.client.post(self.url.clone()).body(json);
        let sent = request.header(CONTENT_TYPE, "application/json").send().await;
        let response = sent.map_err(|error| self.failure(&error))?;
        Ok((response.status(), self.body(response).await?))
    }

    /// Waits as long as one waits before asking again.
    pub(crate) async fn pause(&self) {
        tokio::time::sleep(self.pace.pause).await;
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failure(&error))? {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST_ANSWER {
                return Err(Failure::NoAnswer("its answer does not end".to_owned()));
            }
        }
        Ok(body)
    }

    fn failure(&self, error: &reqwest::Error) -> Failure {
        if error.is_connect() {
            Failure::NotSent(root_cause(error))
        } else if error.is_timeout() {
            Failure::NoAnswer(format!("no answer within {:?}", self.pace.request))
        } else {
            Failure::NoAnswer(root_cause(error))
        }
    }
}

fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address: Result<IpAddr, _> = host.trim_matches(['[', ']']).parse();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// What the system said, without the URL that the layers above it repeat.
fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
