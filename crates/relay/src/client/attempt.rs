//! One request, and its repetition until it succeeds, is refused for good, or patience is over.

use std::time::Duration;

use bytes::Bytes;
use quorate_wire::relay_api::{BaseUrl, MESSAGE_ID, Namespace};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Response, StatusCode};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{Cause, Client, RelayError};

/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(10);
/// The pauses between attempts, in milliseconds; the last one repeats.
const PAUSES: [u64; 7] = [100, 250, 500, 1000, 2000, 4000, 8000];
/// The longest answer that is read: several times what our own server lets one mailbox hold.
const MAX_ANSWER: usize = 16 << 20;

/// A request to a relay.
#[derive(Clone, Debug)]
pub(super) struct Call {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Call {
    pub(super) fn new(method: Method, path: String) -> Self {
        Self { method, path, headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// In a namespace.
    pub(super) fn within(mut self, namespace: &Namespace) -> Self {
        // Visible ASCII by construction, so it always is a header's value.
        if let Some(Ok(value)) = namespace.header().map(HeaderValue::from_str) {
            self.headers.insert(HeaderName::from_static(MESSAGE_ID), value);
        }
        self
    }

    pub(super) fn body(mut self, kind: &'static str, body: Bytes) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        self.body = body;
        self
    }

    pub(super) fn text(self, text: String) -> Self {
        self.body("text/plain; charset=utf-8", text.into())
    }

    pub(super) fn json(
        self,
        relay: &BaseUrl,
        value: &impl serde::Serialize,
    ) -> Result<Self, RelayError> {
        let json =
            serde_json::to_vec(value).map_err(|_| RelayError::TooLarge { relay: relay.clone() })?;
        Ok(self.body("application/json", json.into()))
    }
}

/// What a relay answers when all is well.
#[derive(Debug)]
pub(super) enum Reply {
    /// Any 2xx, with its body.
    Found(Bytes),
    /// 404: not there, or not there yet.
    NotFound,
}

impl Client {
    /// Repeats the call while that may help.
    pub(super) async fn call(&self, call: Call) -> Result<Reply, RelayError> {
        self.repeat(&call, async |_: &RelayError| false).await
    }

    /// Repeats the call while that may help, or until `had_effect` finds that a failed attempt has done its work.
    pub(super) async fn repeat(
        &self,
        call: &Call,
        had_effect: impl AsyncFn(&RelayError) -> bool,
    ) -> Result<Reply, RelayError> {
        let deadline = Instant::now() + self.patience;
        let mut pauses = PAUSES.into_iter().chain(std::iter::repeat(8000));
        let mut last = None;
        loop {
            // Out of time in the middle of an attempt, the failure before it says more than "too late".
            let attempt = async {
                match self.attempt(call).await {
                    Err(error) if had_effect(&error).await => Ok(Reply::Found(Bytes::new())),
                    outcome => outcome,
                }
            };
            let error = match timeout_at(deadline, attempt).await {
                Ok(Err(error)) if error.is_temporary() => error,
                Ok(outcome) => return outcome,
                Err(_) => return Err(last.unwrap_or_else(|| self.unreachable(Cause::TimedOut))),
            };
            let resume = Instant::now() + Duration::from_millis(pauses.next().unwrap_or_default());
            if resume >= deadline {
                return Err(error);
            }
            last = Some(error);
            sleep_until(resume).await;
        }
    }

    /// Sends the request once.
    pub(super) async fn attempt(&self, call: &Call) -> Result<Reply, RelayError> {
        let request = self
            .http
            .request(call.method.clone(), format!("{}{}", self.base, call.path))
            .timeout(ATTEMPT)
            .headers(call.headers.clone())
            .body(call.body.clone());
        let response = request.send().await.map_err(|e| self.unreachable(Cause::of(&e)))?;
        let (relay, status) = (self.base.clone(), response.status());
        match status {
            _ if status.is_success() => self.read(response).await.map(Reply::Found),
            StatusCode::NOT_FOUND => Ok(Reply::NotFound),
            StatusCode::PAYLOAD_TOO_LARGE => Err(RelayError::TooLarge { relay }),
            StatusCode::TOO_MANY_REQUESTS => {
                Err(RelayError::Failing { relay, status: status.as_u16() })
            }
            _ if status.is_server_error() => {
                Err(RelayError::Failing { relay, status: status.as_u16() })
            }
            _ => Err(RelayError::Refused { relay, status: status.as_u16() }),
        }
    }

    async fn read(&self, mut response: Response) -> Result<Bytes, RelayError> {
        let mut body = Vec::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|e| self.unreachable(Cause::of(&e)))?
        {
            if body.len().saturating_add(chunk.len()) > MAX_ANSWER {
                return Err(self.garbled("an answer of at most 16 MiB"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.into())
    }

    fn unreachable(&self, cause: Cause) -> RelayError {
        RelayError::Unreachable { relay: self.base.clone(), cause }
    }
}
