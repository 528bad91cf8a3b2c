//! A relay served to a test on a port of its own.

use quorate_relay::client::Client;
use quorate_relay::server::{Limits, serve};
use quorate_wire::relay_api::{BaseUrl, Message, Namespace, PartyId, SessionId};
use reqwest::{Method, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) struct Served {
    pub(crate) base: BaseUrl,
    pub(crate) http: reqwest::Client,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Served {
    pub(crate) async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    pub(crate) async fn with(limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = BaseUrl::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(serve(listener, limits, async {
            let _ = stopped.await;
        }));
        // Makes the TLS provider that reqwest asks for when it is built.
        Client::new(&base).unwrap();
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        Self { base, http, stop, task }
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(&self.base).unwrap()
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// Posts as the declared media type and returns the code.
    pub(crate) async fn post(&self, path: &str, kind: &str, body: impl Into<String>) -> u16 {
        let request = self.request(Method::POST, path).header("content-type", kind);
        request.body(body.into()).send().await.unwrap().status().as_u16()
    }

    pub(crate) async fn post_json(&self, path: &str, body: impl Into<String>) -> u16 {
        self.post(path, "application/json", body).await
    }

    /// Gets the code and the body.
    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let response = self.request(Method::GET, path).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    pub(crate) async fn delete(&self, path: &str) -> u16 {
        self.request(Method::DELETE, path).send().await.unwrap().status().as_u16()
    }

    /// The value of one line of `/metrics`.
    pub(crate) async fn metric(&self, name: &str) -> u64 {
        let (status, page) = self.get("/metrics").await;
        assert_eq!(status, StatusCode::OK);
        let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in\n{page}")).parse().unwrap()
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }
}

pub(crate) fn sid(text: &str) -> SessionId {
    SessionId::parse(text).unwrap()
}

pub(crate) fn pid(text: &str) -> PartyId {
    PartyId::parse(text).unwrap()
}

pub(crate) fn namespace(text: &str) -> Namespace {
    Namespace::parse(text).unwrap()
}

pub(crate) fn message(to: &[&str], hash: &str, body: &str) -> Message {
    Message {
        session_id: sid("s"),
        from: pid("A-1"),
        to: to.iter().map(|name| pid(name)).collect(),
        body: body.to_owned(),
        hash: hash.to_owned(),
        sequence_no: 0,
    }
}

pub(crate) fn json(message: &Message) -> String {
    serde_json::to_string(message).unwrap()
}
