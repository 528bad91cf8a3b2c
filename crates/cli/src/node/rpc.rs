//! JSON-RPC over HTTP: one request, one answer, both bounded.

use std::error::Error;
use std::net::IpAddr;

use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use serde_json::{Value, json};

use super::{NodeError, Pace};

/// The longest answer that is read, in bytes. The longest that we ask for has a few hundred.
const LONGEST_ANSWER: usize = 1 << 20;
/// How often a question is asked before its node counts as unreachable.
pub(super) const ATTEMPTS: u32 = 3;
/// How many characters of a node's own words are shown.
const LONGEST_MESSAGE: usize = 300;

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// There was no connection: the node has not seen the request.
    NotSent(String),
    /// There was a connection but no answer: the node may have acted on the request.
    NoAnswer(String),
    /// The node answered, with an error, in these words.
    Refused(String),
}

/// The far end.
#[derive(Debug)]
pub(super) struct Rpc {
    http: Client,
    url: Url,
    pace: Pace,
}

impl Rpc {
    pub(super) fn new(url: Url, pace: Pace) -> Result<Self, NodeError> {
        // Fails when a provider is installed already, and then there is one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut http = Client::builder().timeout(pace.request).redirect(Policy::none());
        if is_this_machine(&url) {
            http = http.no_proxy();
        }
        if url.scheme() == "http" {
            // Nothing to verify, so no certificates are loaded, and a machine without any can use its own node.
            http = http.tls_certs_only([]);
        }
        match http.build() {
            Ok(http) => Ok(Self { http, url, pace }),
            Err(error) => {
                let node = host(&url);
                Err(NodeError::Unreachable { node, why: root_cause(&error) })
            }
        }
    }

    /// The node's name for people: host and port. The rest of a URL may hold a key, and is never shown.
    pub(super) fn host(&self) -> String {
        host(&self.url)
    }

    /// Calls a method that changes nothing, and calls again if no answer comes.
    pub(super) async fn ask(&self, method: &str, params: Value) -> Result<Value, Failure> {
        let mut last = self.call(method, &params).await;
        for _ in 1..ATTEMPTS {
            match last {
                Err(Failure::NotSent(_) | Failure::NoAnswer(_)) => {
                    self.pause().await;
                    last = self.call(method, &params).await;
                }
                _ => break,
            }
        }
        last
    }

    /// Calls a method, once.
    pub(super) async fn call(&self, method: &str, params: &Value) -> Result<Value, Failure> {
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let request = self.http.post(self.url.clone()).body(request.to_string());
        let sent = request.header(CONTENT_TYPE, "application/json").send().await;
        let response = sent.map_err(|error| self.failure(&error))?;
        let status = response.status();
        let body = self.body(response).await?;
        let answer = match serde_json::from_slice::<Value>(&body) {
            Ok(answer) if status != StatusCode::TOO_MANY_REQUESTS => answer,
            _ => return Err(Failure::NoAnswer(format!("it answers with HTTP {status}"))),
        };
        // An error wins over a result: some nodes send both, one of them null.
        match (answer.get("error").filter(|error| !error.is_null()), answer.get("result")) {
            (Some(error), _) => Err(Failure::Refused(words(error))),
            (None, Some(result)) => Ok(result.clone()),
            (None, None) => Err(Failure::NoAnswer("it does not speak JSON-RPC".to_owned())),
        }
    }

    /// Waits as long as one waits before asking again.
    pub(super) async fn pause(&self) {
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

/// A node's own words, fit for a terminal.
fn words(error: &Value) -> String {
    let message = error.get("message").and_then(Value::as_str);
    let message = message.map_or_else(|| error.to_string(), str::to_owned);
    message.chars().filter(|c| !c.is_control()).take(LONGEST_MESSAGE).collect()
}
