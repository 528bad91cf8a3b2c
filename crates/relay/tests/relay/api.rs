//! Every endpoint, over a connection: its codes and its bodies (`RELAY 1`).

use reqwest::Method;
use sha2::{Digest as _, Sha256};

use crate::served::{Served, json, message};

#[tokio::test]
async fn a_relay_says_that_it_is_there() {
    let relay = Served::start().await;
    assert_eq!(relay.get("/ping").await, (200, "quorate relay\n".into()));
    let head = relay.request(Method::HEAD, "/ping").send().await.unwrap();
    assert_eq!((head.status().as_u16(), head.text().await.unwrap()), (200, String::new()));
}

#[tokio::test]
async fn participants_join_are_listed_and_forgotten() {
    let relay = Served::start().await;
    assert_eq!(relay.get("/s").await, (200, "[]".into()));
    assert_eq!(relay.post_json("/s", r#"["A-1"]"#).await, 201);
    assert_eq!(relay.post_json("/s/", r#"["B-2","A-1"]"#).await, 201);
    assert_eq!(relay.post_json("/s", r#"["B-2"]"#).await, 201);
    assert_eq!(relay.get("/s").await, (200, r#"["A-1","B-2"]"#.into()));
    assert_eq!(relay.get("/s/").await, (200, r#"["A-1","B-2"]"#.into()));
    assert_eq!(relay.delete("/s").await, 200);
    assert_eq!(relay.delete("/s").await, 200);
    assert_eq!(relay.get("/s").await, (200, "[]".into()));
}

#[tokio::test]
async fn the_committee_and_the_finished_are_lists_of_their_own() {
    let relay = Served::start().await;
    for path in ["/start/s", "/complete/s"] {
        assert_eq!(relay.get(path).await, (200, "[]".into()));
        assert_eq!(relay.post_json(path, r#"["B","A"]"#).await, 200);
        assert_eq!(relay.post_json(path, r#"["A","B","C"]"#).await, 200);
        assert_eq!(relay.get(path).await, (200, r#"["B","A","C"]"#.into()));
    }
    assert_eq!(relay.get("/s").await, (200, "[]".into()));
}

#[tokio::test]
async fn messages_wait_in_the_mailbox_of_each_recipient() {
    let relay = Served::start().await;
    let (first, second) = (message(&["B", "C"], "h1", "one"), message(&["B"], "h2", "two"));
    assert_eq!(relay.get("/message/s/B").await, (200, "[]".into()));
    assert_eq!(relay.post_json("/message/s", json(&first)).await, 202);
    assert_eq!(relay.post_json("/message/s", json(&second)).await, 202);
    let both = format!("[{},{}]", json(&first), json(&second));
    assert_eq!(relay.get("/message/s/B").await, (200, both.clone()));
    assert_eq!(relay.get("/message/s/B").await, (200, both), "reading does not consume");
    assert_eq!(relay.get("/message/s/C").await, (200, format!("[{}]", json(&first))));

    // The same hash again is accepted and dropped.
    assert_eq!(relay.post_json("/message/s", json(&message(&["C"], "h1", "other"))).await, 202);
    assert_eq!(relay.get("/message/s/C").await, (200, format!("[{}]", json(&first))));

    assert_eq!(relay.delete("/message/s/B/h1").await, 200);
    assert_eq!(relay.delete("/message/s/B/h1").await, 200);
    assert_eq!(relay.get("/message/s/B").await, (200, format!("[{}]", json(&second))));
    assert_eq!(relay.get("/message/s/C").await, (200, format!("[{}]", json(&first))));
}

#[tokio::test]
async fn the_message_id_header_selects_a_namespace() {
    let relay = Served::start().await;
    let posted = message(&["B"], "h", "x");
    for (header, value) in [("message_id", "p-ecdsa"), ("MESSAGE_ID", "p-eddsa")] {
        let request = relay.request(Method::POST, "/message/s").header(header, value);
        let request = request.header("content-type", "application/json").body(json(&posted));
        assert_eq!(request.send().await.unwrap().status(), 202);
    }
    let seen = async |header: &str, value: &str| {
        let request = relay.request(Method::GET, "/message/s/B").header(header, value);
        request.send().await.unwrap().text().await.unwrap()
    };
    assert_eq!(seen("message_id", "p-ecdsa").await, format!("[{}]", json(&posted)));
    assert_eq!(seen("message-id", "p-eddsa").await, format!("[{}]", json(&posted)));
    assert_eq!(seen("message_id", "").await, "[]");
    assert_eq!(relay.get("/message/s/B").await.1, "[]");

    let delete = relay.request(Method::DELETE, "/message/s/B/h").header("message_id", "p-ecdsa");
    assert_eq!(delete.send().await.unwrap().status(), 200);
    assert_eq!(seen("message_id", "p-ecdsa").await, "[]");
    assert_ne!(seen("message_id", "p-eddsa").await, "[]");
}

#[tokio::test]
async fn party_ids_arrive_whatever_they_contain() {
    let relay = Served::start().await;
    let posted = message(&["Anna’s +1/2 iPad"], "h", "x");
    assert_eq!(relay.post_json("/message/s", json(&posted)).await, 202);
    let expected = (200, format!("[{}]", json(&posted)));
    assert_eq!(relay.get("/message/s/Anna%E2%80%99s%20%2B1%2F2%20iPad").await, expected);
    // A bare plus is a space.
    assert_eq!(relay.get("/message/s/Anna%E2%80%99s+%2B1%2f2+iPad").await, expected);
}

#[tokio::test]
async fn setup_messages_are_overwritten_and_served_as_they_came() {
    let relay = Served::start().await;
    assert_eq!(relay.get("/setup-message/s").await, (404, String::new()));
    assert_eq!(relay.post("/setup-message/s", "text/plain", "one").await, 201);
    assert_eq!(relay.post("/setup-message/s", "application/json", "{two").await, 201);
    assert_eq!(relay.get("/setup-message/s").await, (200, "{two".into()));
    let other = relay.request(Method::GET, "/setup-message/s").header("message_id", "eddsa");
    assert_eq!(other.send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn finished_signatures_are_published_in_their_namespace() {
    let relay = Served::start().await;
    assert_eq!(relay.get("/complete/s/keysign").await, (404, String::new()));
    let post = relay.request(Method::POST, "/complete/s/keysign").header("message_id", "m");
    assert_eq!(post.body(r#"{"r":1}"#).send().await.unwrap().status(), 200);
    let get = relay.request(Method::GET, "/complete/s/keysign").header("message_id", "m");
    assert_eq!(get.send().await.unwrap().text().await.unwrap(), r#"{"r":1}"#);
    assert_eq!(relay.get("/complete/s/keysign").await.0, 404);
    assert_eq!(relay.get("/complete/s").await, (200, "[]".into()));
}

#[tokio::test]
async fn payloads_are_stored_under_their_hash_only() {
    let relay = Served::start().await;
    let hash = hex::encode(Sha256::digest(b"payload"));
    let path = format!("/payload/{hash}");
    assert_eq!(relay.get(&path).await, (404, String::new()));
    assert_eq!(relay.post(&path, "text/plain", "another").await, 400);
    assert_eq!(relay.get(&path).await.0, 404);
    assert_eq!(relay.post(&path, "text/plain", "payload").await, 200);
    assert_eq!(relay.get(&path).await, (200, "payload".into()));
    let upper = format!("/payload/{}", hash.to_uppercase());
    assert_eq!(relay.post(&upper, "text/plain", "payload").await, 400);
}

#[tokio::test]
async fn json_posts_say_that_they_are_json() {
    let relay = Served::start().await;
    let list = r#"["A"]"#;
    for path in ["/s", "/start/s", "/complete/s"] {
        assert_eq!(relay.post(path, "text/plain", list).await, 400, "{path}");
        assert!(relay.post(path, "Application/JSON; charset=utf-8", list).await < 300, "{path}");
        let bare = relay.request(Method::POST, path).body(list).send().await.unwrap();
        assert_eq!(bare.status(), 400);
    }
    assert_eq!(relay.post("/message/s", "text/plain", json(&message(&["B"], "h", "x"))).await, 400);
}

#[tokio::test]
async fn web_pages_of_any_origin_may_ask() {
    let relay = Served::start().await;
    let asked = relay
        .request(Method::OPTIONS, "/message/s")
        .header("origin", "https://wallet.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type,message_id")
        .send()
        .await
        .unwrap();
    assert_eq!(asked.status(), 204);
    assert_eq!(asked.headers()["access-control-allow-origin"], "*");
    assert_eq!(asked.headers()["access-control-allow-headers"], "*");
    assert!(asked.headers()["access-control-allow-methods"].to_str().unwrap().contains("DELETE"));
    for path in ["/ping", "/s", "/setup-message/none", "/a/b/c/d"] {
        let answer = relay.request(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.headers()["access-control-allow-origin"], "*", "{path}");
    }
}

#[tokio::test]
async fn stored_text_is_never_served_as_a_page() {
    let relay = Served::start().await;
    assert_eq!(relay.post("/setup-message/s", "text/html", "<script>").await, 201);
    let answer = relay.request(Method::GET, "/setup-message/s").send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
}

#[tokio::test]
async fn metrics_count_requests_and_what_is_stored() {
    let relay = Served::start().await;
    assert_eq!(relay.metric("quorate_relay_stored_bytes").await, 0);
    relay.post_json("/secret-session", r#"["secret-name"]"#).await;
    relay.post_json("/message/s", json(&message(&["B", "C"], "h", "x"))).await;
    relay.get("/nowhere/at/all").await;
    assert!(relay.metric("quorate_relay_stored_bytes").await > 0);
    assert_eq!(relay.metric("quorate_relay_sessions").await, 2);
    assert_eq!(relay.metric("quorate_relay_mailboxes").await, 2);
    for line in [
        r#"quorate_relay_requests_total{endpoint="session",code="201"}"#,
        r#"quorate_relay_requests_total{endpoint="message",code="202"}"#,
        r#"quorate_relay_requests_total{endpoint="none",code="404"}"#,
    ] {
        assert_eq!(relay.metric(line).await, 1);
    }
    let (_, page) = relay.get("/metrics").await;
    assert!(!page.contains("secret"), "{page}");
}

#[tokio::test]
async fn a_stopped_relay_finishes_the_request_at_hand_and_frees_its_port() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let relay = Served::start().await;
    let address = relay.base.as_str().trim_start_matches("http://").to_owned();
    let idle = tokio::net::TcpStream::connect(&address).await.unwrap();
    let mut busy = tokio::net::TcpStream::connect(&address).await.unwrap();
    let head = "POST /s HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\n[\"";
    busy.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;

    let stopping = tokio::spawn(relay.stop());
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert!(tokio::net::TcpStream::connect(&address).await.is_err());
    busy.write_all(b"A\"]").await.unwrap();
    let mut answer = String::new();
    busy.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    stopping.await.unwrap();
    drop(idle);
    tokio::net::TcpListener::bind(&address).await.unwrap();
}
