//! A node that says what the test wants: HTTP by hand, one request a connection.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What the node does with one request.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    Json(Value),
    Text(&'static str),
    Status(u16),
    /// More than anybody would read.
    Endless,
    Silence,
}

pub(super) fn result(value: impl Into<Value>) -> Reply {
    Reply::Json(json!({"jsonrpc": "2.0", "id": 1, "result": value.into()}))
}

pub(super) fn refused(message: &str) -> Reply {
    Reply::Json(json!({"jsonrpc": "2.0", "id": 1, "error": {"code": -32000, "message": message}}))
}

#[derive(Default)]
struct Script {
    /// By method, or method and selector; of the name "" for all others. The last reply of each is repeated.
    replies: BTreeMap<String, VecDeque<Reply>>,
    /// The parameters of all calls, by method.
    calls: BTreeMap<String, Vec<Value>>,
}

impl Script {
    fn reply(&mut self, call: &Value) -> Reply {
        let method = call["method"].as_str().unwrap_or_default();
        self.calls.entry(method.to_owned()).or_default().push(call["params"].clone());
        let selector = call["params"][0]["data"].as_str().and_then(|data| data.get(..10));
        let precise = format!("{method} {}", selector.unwrap_or_default());
        let names = [precise.as_str(), method, ""];
        let name = names.into_iter().find(|name| self.replies.contains_key(*name));
        match name.and_then(|name| self.replies.get_mut(name)) {
            Some(replies) if replies.len() > 1 => replies.pop_front().unwrap(),
            Some(replies) => replies.front().unwrap().clone(),
            None => refused("the method does not exist"),
        }
    }
}

pub(super) struct Fake {
    url: String,
    script: Arc<Mutex<Script>>,
    listening: JoinHandle<()>,
}

impl Fake {
    pub(super) fn new<const N: usize>(replies: [(&str, Reply); N]) -> Self {
        let script = Arc::new(Mutex::new(Script::default()));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let listener = TcpListener::from_std(listener).unwrap();
        let shared = script.clone();
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        replies
            .into_iter()
            .fold(Self { url, script, listening }, |fake, (method, reply)| fake.with(method, reply))
    }

    /// From now on, this reply to this method.
    pub(super) fn with(self, method: &str, reply: Reply) -> Self {
        self.script.lock().unwrap().replies.insert(method.to_owned(), [reply].into());
        self
    }

    /// After the replies that it has, this one.
    pub(super) fn then(self, method: &str, reply: Reply) -> Self {
        self.script.lock().unwrap().replies.get_mut(method).unwrap().push_back(reply);
        self
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn count(&self, method: &str) -> usize {
        self.script.lock().unwrap().calls.get(method).map_or(0, Vec::len)
    }

    /// The parameters of the last call of this method.
    pub(super) fn last(&self, method: &str) -> Value {
        self.script.lock().unwrap().calls[method].last().unwrap().clone()
    }

    /// Nobody listens any more.
    pub(super) async fn stop(self) {
        self.listening.abort();
        let _ = self.listening.await;
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Mutex<Script>>) {
    let Some(call) = call(&mut stream).await else { return };
    let reply = script.lock().unwrap().reply(&call);
    let (status, body) = match reply {
        Reply::Json(value) => (200, value.to_string()),
        Reply::Text(text) => (200, text.to_owned()),
        Reply::Status(status) => (status, "busy".to_owned()),
        Reply::Endless => (200, format!("\"{}\"", "0".repeat(2 << 20))),
        Reply::Silence => return std::future::pending().await,
    };
    let head = format!(
        "HTTP/1.1 {status} -\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all((head + &body).as_bytes()).await;
}

/// Reads the request to its end.
async fn call(stream: &mut TcpStream) -> Option<Value> {
    let mut request = Vec::new();
    loop {
        if stream.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&request);
        let Some((_, body)) = text.split_once("\r\n\r\n") else { continue };
        if let Ok(call) = serde_json::from_str(body) {
            return Some(call);
        }
    }
}
