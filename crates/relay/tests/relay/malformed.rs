//! Whatever arrives, the answer is never 5xx.

use quorate_relay::server::Limits;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::served::{Served, json, message};

#[tokio::test]
async fn bodies_that_mean_nothing_are_400() {
    let relay = Served::start().await;
    for body in ["", " ", "{", "[", "{}", "7", "\"A\"", "[7]", "[\"\"]", "[\"a\\n\"]", "[[]]"] {
        for path in ["/s", "/start/s", "/complete/s", "/message/s"] {
            assert_eq!(relay.post_json(path, body).await, 400, "{body:?} to {path}");
        }
    }
    let whole = json(&message(&["B"], "h", "x"));
    for (there, instead) in [
        (r#""B""#, r#""""#),
        (r#"["B"]"#, "null"),
        (r#""s""#, r#""a/b""#),
        (r#""h""#, "7"),
        (r#""x""#, "null"),
        (r#""sequence_no":0"#, r#""sequence_no":1.5"#),
    ] {
        assert!(whole.contains(there), "{there}");
        let spoilt = whole.replacen(there, instead, 1);
        assert_eq!(relay.post_json("/message/s", spoilt.clone()).await, 400, "{spoilt}");
    }
    let crowd: Vec<String> = (0..256).map(|i| i.to_string()).collect();
    let crowd: Vec<&str> = crowd.iter().map(String::as_str).collect();
    assert_eq!(relay.post_json("/message/s", json(&message(&crowd, "h", "x"))).await, 400);
    assert_eq!(relay.post_json("/s", serde_json::to_string(&crowd).unwrap()).await, 400);
    let long = json(&message(&["B"], &"h".repeat(256), "x"));
    assert_eq!(relay.post_json("/message/s", long).await, 400);
    assert_eq!(relay.get("/s").await.1, "[]");
}

#[tokio::test]
async fn paths_and_methods_that_mean_nothing_are_refused() {
    let relay = Served::start().await;
    for path in ["/a/b", "/start/a/b", "/complete/s/other", "/message/a/b/c/d", "/"] {
        assert_eq!(relay.get(path).await.0, 404, "{path}");
    }
    for path in ["/a%2Fb", "/start/%ff", "/payload/xyz", "/payload/%00", "/message/s/%00"] {
        assert_eq!(relay.get(path).await.0, 400, "{path}");
    }
    assert_eq!(relay.post_json("/ping", r#"["A"]"#).await, 405);
    assert_eq!(relay.post_json("/metrics", r#"["A"]"#).await, 405);
    assert_eq!(relay.get("/message/s").await.0, 405);
    assert_eq!(relay.delete("/start/s").await, 405);
    let long = relay.request(reqwest::Method::GET, "/message/s/B").header("message_id", "é");
    assert_eq!(long.send().await.unwrap().status(), 400);
    let long =
        relay.request(reqwest::Method::GET, "/message/s/B").header("message_id", "x".repeat(129));
    assert_eq!(long.send().await.unwrap().status(), 400);
}

/// Pieces from which requests are put together: some right, most not.
const METHODS: [&str; 8] = ["GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "BREW", "post"];
const PATHS: [&str; 16] = [
    "/",
    "/s",
    "/start/s",
    "/complete/s",
    "/complete/s/keysign",
    "/message/s",
    "/message/s/B",
    "/message/s/B/h",
    "/payload/00",
    "/setup-message/s",
    "/ping",
    "/metrics",
    "*",
    "//",
    "/%",
    "s",
];
const VERSIONS: [&str; 6] =
    ["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTQ/9.9"];
const HEADERS: [&str; 12] = [
    "content-type: application/json",
    "content-type: text/plain",
    "message_id: p-ecdsa",
    "message_id: \u{e9}",
    "message-id: ",
    "content-length: 5",
    "content-length: -1",
    "content-length: 99999999999999999999",
    "transfer-encoding: chunked",
    "expect: 100-continue",
    "connection: close",
    "x",
];
const BODIES: [&str; 10] = [
    "",
    "[\"A\"]",
    "[",
    "null",
    "5\r\n[\"A\"]\r\n0\r\n\r\n",
    "zz\r\n",
    "{\"to\":[\"B\"]}",
    "{\"session_id\":\"s\",\"from\":\"A\",\"to\":[\"B\"],\"body\":\"\",\"hash\":\"h\"}",
    "[[[[[[[[[[[[[[[[",
    "\u{0}\u{ff}",
];

#[tokio::test]
async fn nothing_that_arrives_is_answered_by_5xx() {
    let limits = Limits {
        rate: 1_000_000.try_into().unwrap(),
        burst: 1_000_000.try_into().unwrap(),
        body_timeout: std::time::Duration::from_millis(20),
        ..Limits::default()
    };
    let relay = Served::with(limits).await;
    let address = relay.base.as_str().trim_start_matches("http://");
    let mut rng = ChaCha20Rng::seed_from_u64(0x51_7561_7465);
    let mut answered = 0;
    for round in 0..1500 {
        let request = request(&mut rng);
        let mut stream = TcpStream::connect(address).await.unwrap();
        let _ = stream.write_all(&request).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let text = String::from_utf8_lossy(&answer);
        for line in text.lines().filter(|line| line.starts_with("HTTP/1.")) {
            assert!(
                matches!(line.as_bytes()[9], b'1' | b'2' | b'4'),
                "round {round}: {line} to {}",
                String::from_utf8_lossy(&request)
            );
            answered += 1;
        }
    }
    assert!(answered > 1000, "{answered}");
    assert_eq!(relay.get("/ping").await.0, 200);
}

/// One request, put together at random, sometimes with some bytes changed.
fn request(rng: &mut ChaCha20Rng) -> Vec<u8> {
    let mut pick = |from: &[&'static str]| from[rng.next_u32() as usize % from.len()];
    let (method, path, body) = (pick(&METHODS), pick(&PATHS), pick(&BODIES));
    let version = pick(&VERSIONS);
    let headers = [pick(&HEADERS), pick(&HEADERS)].join("\r\n");
    let mut request =
        format!("{method} {path} {version}\r\nhost: x\r\n{headers}\r\n\r\n{body}").into_bytes();
    if rng.next_u32().is_multiple_of(2) {
        for _ in 0..=rng.next_u32() % 3 {
            let at = rng.next_u32() as usize % request.len();
            request[at] = rng.next_u32().to_le_bytes()[0];
        }
    }
    request
}
