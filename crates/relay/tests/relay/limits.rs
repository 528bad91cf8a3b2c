//! What is too much, too often or too slow (`RELAY 3`).

use std::time::{Duration, Instant};

use quorate_relay::mailbox::Quotas;
use quorate_relay::server::Limits;
use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::served::{Served, json, message};

#[tokio::test]
async fn a_body_may_have_one_mebibyte_and_not_a_byte_more() {
    let relay = Served::start().await;
    assert_eq!(relay.post("/setup-message/s", "text/plain", "x".repeat(1 << 20)).await, 201);
    assert_eq!(relay.post("/setup-message/s", "text/plain", "x".repeat((1 << 20) + 1)).await, 413);
    assert_eq!(relay.post("/setup-message/s", "text/plain", "x".repeat(6 << 20)).await, 413);
    assert_eq!(relay.get("/setup-message/s").await.1.len(), 1 << 20);
}

#[tokio::test]
async fn one_address_gets_its_burst_then_429_then_its_rate() {
    let limits =
        Limits { rate: 5.try_into().unwrap(), burst: 10.try_into().unwrap(), ..Limits::default() };
    let relay = Served::with(limits).await;
    let mut codes = Vec::new();
    for _ in 0..30 {
        codes.push(relay.get("/ping").await.0);
    }
    assert_eq!(codes[..10], [200; 10]);
    assert!(codes.contains(&429));
    let refused = loop {
        let answer = relay.request(Method::GET, "/ping").send().await.unwrap();
        if answer.status() == 429 {
            break answer;
        }
    };
    assert_eq!(refused.headers()["retry-after"], "1");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(relay.get("/ping").await.0, 200);
}

#[tokio::test]
async fn the_default_rate_is_at_least_300_a_second() {
    assert!(Limits::default().rate.get() >= 300);
    assert!(Limits::default().burst.get() >= 300);
    assert_eq!(Limits::default().body, 1 << 20);
}

#[tokio::test]
async fn a_full_mailbox_and_a_full_session_are_413_and_a_full_relay_is_503() {
    let quotas = Quotas { mailbox: 8000, session: 20_000, total: 30_000 };
    let relay = Served::with(Limits { quotas, ..Limits::default() }).await;
    let post = async |session: &str, to: &str, hash: &str| {
        let body = json(&message(&[to], hash, &"x".repeat(5000)));
        relay.post_json(&format!("/message/{session}"), body).await
    };
    assert_eq!(post("s", "A", "1").await, 202);
    assert_eq!(post("s", "A", "2").await, 413, "mailbox");
    assert_eq!(post("s", "B", "1").await, 202);
    assert_eq!(post("s", "C", "1").await, 202);
    assert_eq!(post("s", "D", "1").await, 413, "session");
    assert_eq!(post("t", "A", "1").await, 202);
    assert_eq!(post("u", "A", "1").await, 503, "relay");
    assert_eq!(relay.delete("/message/s/A/1").await, 200);
    assert_eq!(post("u", "A", "1").await, 202);
}

#[tokio::test]
async fn bodies_that_do_not_arrive_are_given_up() {
    let limits = Limits { body_timeout: Duration::from_millis(100), ..Limits::default() };
    let relay = Served::with(limits).await;
    let mut slow = connect(&relay).await;
    let head = "POST /setup-message/s HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc";
    slow.write_all(head.as_bytes()).await.unwrap();
    let (start, mut answer) = (Instant::now(), String::new());
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn bodies_in_transit_share_one_allowance() {
    let limits =
        Limits { transit: 20_000, body_timeout: Duration::from_secs(5), ..Limits::default() };
    let relay = Served::with(limits).await;
    let mut slow = connect(&relay).await;
    let head = "POST /setup-message/s HTTP/1.1\r\nhost: x\r\ncontent-length: 15001\r\n\r\n";
    slow.write_all(head.as_bytes()).await.unwrap();
    slow.write_all(&[b'x'; 15_000]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(relay.post("/setup-message/t", "text/plain", "x".repeat(10_000)).await, 503);
    slow.write_all(b"x").await.unwrap();
    let mut answer = [0; 12];
    slow.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 201");
    assert_eq!(relay.post("/setup-message/t", "text/plain", "x".repeat(10_000)).await, 201);
    assert_eq!(relay.get("/setup-message/t").await.1.len(), 10_000);
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_their_turn() {
    let relay = Served::with(Limits { connections: 2, ..Limits::default() }).await;
    let first = connect(&relay).await;
    let second = connect(&relay).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let waiting = relay.request(Method::GET, "/ping").timeout(Duration::from_millis(200));
    assert!(waiting.send().await.unwrap_err().is_timeout());
    drop((first, second));
    assert_eq!(relay.get("/ping").await.0, 200);
}

async fn connect(relay: &Served) -> TcpStream {
    TcpStream::connect(relay.base.as_str().trim_start_matches("http://")).await.unwrap()
}
