//! The client against our own server.

use std::time::{Duration, Instant};

use quorate_relay::client::{Cause, Client, RelayError};
use quorate_relay::server::Limits;
use quorate_wire::relay_api::{BaseUrl, Namespace};

use crate::served::{Served, message, namespace, pid, sid};

#[tokio::test]
async fn a_session_from_lobby_to_end() {
    let relay = Served::start().await;
    let (client, s) = (relay.client(), sid("8c1d9f0e-3a55-4f0b-9f3e-0123456789ab"));
    let (anna, ben) = (pid("Anna’s +1/2 iPad"), pid("ben"));
    client.ping().await.unwrap();

    assert_eq!(client.participants(&s).await.unwrap(), []);
    client.register(&s, &anna).await.unwrap();
    client.register(&s, &ben).await.unwrap();
    client.register(&s, &ben).await.unwrap();
    let both = [anna.clone(), ben.clone()];
    assert_eq!(client.participants(&s).await.unwrap(), both);
    assert_eq!(client.committee(&s).await.unwrap(), []);
    client.start(&s, &both).await.unwrap();
    assert_eq!(client.committee(&s).await.unwrap(), both);
    client.complete(&s, &ben).await.unwrap();
    assert_eq!(client.finished(&s).await.unwrap(), [ben]);
    client.forget_participants(&s).await.unwrap();
    assert_eq!(client.participants(&s).await.unwrap(), []);
}

#[tokio::test]
async fn messages_reach_their_mailbox_and_leave_it() {
    let relay = Served::start().await;
    let (client, s, anna) = (relay.client(), sid("s"), pid("Anna’s +1/2 iPad"));
    let (default, other) = (Namespace::default(), namespace("p-ecdsa"));
    let posted = message(&[anna.as_str()], "h/1 +", "body");
    client.post(&default, &posted).await.unwrap();
    client.post(&default, &posted).await.unwrap();
    assert_eq!(client.mailbox(&s, &anna, &default).await.unwrap(), std::slice::from_ref(&posted));
    assert_eq!(client.mailbox(&s, &anna, &other).await.unwrap(), []);
    client.post(&other, &posted).await.unwrap();
    client.discard(&s, &anna, &default, "h/1 +").await.unwrap();
    client.discard(&s, &anna, &default, "h/1 +").await.unwrap();
    assert_eq!(client.mailbox(&s, &anna, &default).await.unwrap(), []);
    assert_eq!(client.mailbox(&s, &anna, &other).await.unwrap(), [posted]);
}

#[tokio::test]
async fn a_hash_that_no_path_can_carry_deletes_nothing() {
    let relay = Served::start().await;
    let (client, s, b, none) = (relay.client(), sid("s"), pid("B"), Namespace::default());
    client.register(&s, &b).await.unwrap();
    for hash in ["", ".", "..", "%2e%2e"] {
        client.post(&none, &message(&["B"], hash, "x")).await.unwrap();
        client.discard(&s, &b, &none, hash).await.unwrap();
    }
    client.discard(&s, &b, &none, &"h".repeat(70_000)).await.unwrap();
    let left = client.mailbox(&s, &b, &none).await.unwrap();
    assert_eq!(left.iter().map(|m| m.hash.as_str()).collect::<Vec<_>>(), ["", ".", ".."]);
    assert_eq!(client.participants(&s).await.unwrap(), [b]);
}

#[tokio::test]
async fn single_values_are_stored_and_found() {
    let relay = Served::start().await;
    let (client, s, none) = (relay.client(), sid("s"), Namespace::default());
    assert_eq!(client.setup(&s, &none).await.unwrap(), None);
    client.store_setup(&s, &none, "c2V0dXA=".into()).await.unwrap();
    assert_eq!(client.setup(&s, &none).await.unwrap().as_deref(), Some("c2V0dXA="));
    assert_eq!(client.setup(&s, &namespace("eddsa")).await.unwrap(), None);

    let m = Namespace::of_message(&[7; 32]);
    assert_eq!(client.signature(&s, &m).await.unwrap(), None);
    client.publish_signature(&s, &m, "{}".into()).await.unwrap();
    assert_eq!(client.signature(&s, &m).await.unwrap().as_deref(), Some("{}"));

    assert_eq!(client.payload(&[7; 32]).await.unwrap(), None);
    let hash = client.store_payload(vec![0, 159, 146, 150]).await.unwrap();
    assert_eq!(client.payload(&hash).await.unwrap(), Some(vec![0, 159, 146, 150]));
}

#[tokio::test]
async fn a_refusal_is_final_and_typed() {
    let relay = Served::with(Limits { body: 1000, ..Limits::default() }).await;
    let client = relay.client();
    let start = Instant::now();
    let sent = client.store_setup(&sid("s"), &Namespace::default(), "x".repeat(1001)).await;
    assert_eq!(sent, Err(RelayError::TooLarge { relay: relay.base.clone() }));

    let elsewhere = BaseUrl::parse(&format!("{}/some/path", relay.base)).unwrap();
    let lost = Client::new(&elsewhere).unwrap();
    let error = lost.ping().await.unwrap_err();
    assert_eq!(error, RelayError::NotFound { relay: elsewhere.clone() });
    assert!(error.to_string().contains(elsewhere.as_str()), "{error}");
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn being_too_fast_is_survived() {
    let limits =
        Limits { rate: 5.try_into().unwrap(), burst: 1.try_into().unwrap(), ..Limits::default() };
    let relay = Served::with(limits).await;
    let client = relay.client();
    for _ in 0..3 {
        client.ping().await.unwrap();
    }
    let refused = r#"quorate_relay_requests_total{endpoint="ping",code="429"}"#;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(relay.metric(refused).await > 0);
}

#[tokio::test]
async fn nobody_there_is_said_so_within_the_patience() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let base = BaseUrl::parse(&format!("http://{free}")).unwrap();
    let client = Client::new(&base).unwrap().with_patience(Duration::from_millis(600));
    let start = Instant::now();
    let error = client.register(&sid("s"), &pid("A")).await.unwrap_err();
    assert_eq!(
        error,
        RelayError::Unreachable { relay: base.clone(), cause: Cause::ConnectionRefused }
    );
    assert!(error.is_temporary());
    assert!(
        error.to_string().starts_with(&format!("cannot reach the relay at {base}: nobody listens"))
    );
    assert!((300..3000).contains(&start.elapsed().as_millis()), "it tried more than once");
}

#[tokio::test]
async fn a_relay_that_comes_late_is_found() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = Client::new(&BaseUrl::parse(&format!("http://{address}")).unwrap()).unwrap();
    let late = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        quorate_relay::server::serve(listener, Limits::default(), std::future::pending()).await
    });
    client.ping().await.unwrap();
    late.abort();
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_before_any_call() {
    for text in ["http://[zz]", "http://a:99999"] {
        let base = BaseUrl::parse(text).unwrap();
        let error = Client::new(&base).unwrap_err();
        assert_eq!(error, RelayError::Address { relay: base });
    }
}

#[tokio::test]
async fn a_relay_without_tls_is_told_from_one_that_is_down() {
    let relay = Served::start().await;
    let base = BaseUrl::parse(&relay.base.as_str().replace("http:", "https:")).unwrap();
    let client = match Client::new(&base) {
        Ok(client) => client,
        // This machine trusts no certificates at all, and says so.
        Err(error) => return assert_eq!(error, RelayError::NoCertificates { relay: base }),
    };
    let error = client.ping().await.unwrap_err();
    assert_eq!(error, RelayError::Unreachable { relay: base, cause: Cause::NotTls });
    assert!(!error.is_temporary());
}
