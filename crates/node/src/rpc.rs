//! JSON-RPC 2.0: a method and its parameters, a result or the node's own words.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::NodeError;
use crate::http::{Failure, Http, Pace};

/// How often a question is asked before its node counts as unreachable.
const ATTEMPTS: u32 = 3;
/// How many characters of a node's own words are shown.
const LONGEST_MESSAGE: usize = 300;

/// A node that speaks JSON-RPC.
#[derive(Debug)]
pub(crate) struct Rpc(Http);

impl Rpc {
    pub(crate) fn new(url: &str, pace: Pace) -> Result<Self, NodeError> {
        Ok(Self(Http::new(url, pace)?))
    }

    /// See [`Http::host`].
    pub(crate) fn host(&self) -> String {
        self.0.host()
    }

    /// Asks a question that changes nothing, again if no answer comes, and reads the result.
    pub(crate) async fn ask<T>(
        &self,
        method: &'static str,
        params: Value,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<T, NodeError> {
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
        match last {
            Ok(answer) => read(&answer).ok_or_else(|| self.nonsense(method)),
            Err(failure) => Err(self.failed(failure)),
        }
    }

    /// Calls a method, once.
    pub(crate) async fn call(&self, method: &str, params: &Value) -> Result<Value, Failure> {
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let (status, body) = self.0.post(request.to_string()).await?;
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

    /// See [`Http::pause`].
    pub(crate) async fn pause(&self) {
        self.0.pause().await;
    }

    /// The failure of a question, or of a call that is not made again, with the node's name.
    pub(crate) fn failed(&self, failure: Failure) -> NodeError {
        let node = self.host();
        match failure {
            Failure::NotSent(why) | Failure::NoAnswer(why) => NodeError::Unreachable { node, why },
            Failure::Refused(message) => NodeError::Refused { node, message },
        }
    }

    /// The node answered, but nothing that could be the result of this method.
    pub(crate) fn nonsense(&self, method: &str) -> NodeError {
        let why = format!("what it answers to {method} is not an answer");
        NodeError::Unreachable { node: self.host(), why }
    }
}

/// A node's own words, fit for a terminal.
fn words(error: &Value) -> String {
    let message = error.get("message").and_then(Value::as_str);
    let message = message.map_or_else(|| error.to_string(), str::to_owned);
    message.chars().filter(|c| !c.is_control()).take(LONGEST_MESSAGE).collect()
}
