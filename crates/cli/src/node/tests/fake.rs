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
    /// By method; the last reply of each is repeated.
    replies: BTreeMap<String, VecDeque<Reply>>,
    calls: BTreeMap<String, usize>,
}

impl Script {
    fn reply(&mut self, method: &str) -> Reply {
        *self.calls.entry(method.to_owned()).or_default() += 1;
        match self.replies.get_mut(method) {
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
        self.script.lock().unwrap().calls.get(method).copied().unwrap_or(0)
    }

    /// Nobody listens any more.
    pub(super) async fn stop(self) {
        self.listening.abort();
        let _ = self.listening.await;
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Mutex<Script>>) {
    let Some(method) = method(&mut stream).await else { return };
    let reply = script.lock().unwrap().reply(&method);
    let (status, body) = match reply {
        Reply::Json(value) => (200, value.to_string()),
        Reply::Text(text) => (200, text.to_owned()),
        Reply::Status(status) => (status, "busy".to_owned()),
        Reply::Silence => return std::future::pending().await,
    };
    let head = format!(
        "HTTP/1.1 {status} -\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all((head + &body).as_bytes()).await;
}

/// Reads the request to its end.
async fn method(stream: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    loop {
        if stream.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&request);
        let Some((_, body)) = text.split_once("\r\n\r\n") else { continue };
        if let Ok(call) = serde_json::from_str::<Value>(body) {
            return call["method"].as_str().map(str::to_owned);
        }
    }
}
