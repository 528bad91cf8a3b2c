//! The client against relays that follow a script (`RELAY 5`).

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use quorate_relay::client::{Cause, Client, RelayError};
use quorate_wire::relay_api::{BaseUrl, Namespace};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::served::{message, pid, sid};

/// What the relay does with one request.
#[derive(Clone, Copy, Debug)]
enum Step {
    Answer(u16, &'static str),
    /// Closes the connection without a word.
    HangUp,
    /// Closes it in the middle of the answer.
    BreakOff,
    /// Reads the request and never answers.
    Sleep,
    /// Answers with a body of this many bytes.
    Flood(usize),
}
use Step::{Answer, BreakOff, Flood, HangUp, Sleep};

/// A relay that acts out its script, one act a request; the last act repeats.
struct Odd {
    client: Client,
    base: BaseUrl,
    /// Method and path of every request.
    seen: Arc<Mutex<Vec<String>>>,
}

impl Odd {
    async fn playing(script: &'static [Step]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/router", listener.local_addr().unwrap());
        let base = BaseUrl::parse(&base).unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&seen);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let record = Arc::clone(&record);
                tokio::spawn(play(stream, script, record));
            }
        });
        let client = Client::new(&base).unwrap().with_patience(Duration::from_secs(2));
        Self { client, base, seen }
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

async fn play(mut stream: TcpStream, script: &[Step], record: Arc<Mutex<Vec<String>>>) {
    let (mut request, mut byte) = (Vec::new(), [0]);
    while !request.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).await.unwrap_or(0) == 0 {
            return;
        }
        request.push(byte[0]);
    }
    let request = String::from_utf8(request).unwrap().to_lowercase();
    let length = request.split("content-length: ").nth(1);
    let length = length.map_or(0, |rest| rest.lines().next().unwrap().parse().unwrap());
    stream.read_exact(&mut vec![0; length]).await.unwrap();
    let act = {
        let mut record = record.lock().unwrap();
        record.push(request.rsplit_once(" http/1.1").unwrap().0.to_owned());
        *script.get(record.len() - 1).or(script.last()).unwrap()
    };
    let head = |status: u16, length: usize| {
        format!("HTTP/1.1 {status} Odd\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n")
    };
    let answer = match act {
        Answer(status, body) => head(status, body.len()) + body,
        HangUp => return,
        BreakOff => head(200, 100) + "[\"A\"",
        Flood(length) => head(200, length) + &"x".repeat(length),
        Sleep => {
            tokio::time::sleep(Duration::from_mins(1)).await;
            return;
        }
    };
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

#[tokio::test]
async fn a_500_on_what_the_relay_has_already_is_a_success() {
    let relay = Odd::playing(&[Answer(500, ""), Answer(200, r#"["B","A"]"#)]).await;
    relay.client.register(&sid("s"), &pid("A")).await.unwrap();
    assert_eq!(relay.seen(), ["post /router/s", "get /router/s"]);
    let relay = Odd::playing(&[Answer(500, ""), Answer(200, r#"["A"]"#)]).await;
    relay.client.start(&sid("s"), &[pid("A")]).await.unwrap();
    assert_eq!(relay.seen(), ["post /router/start/s", "get /router/start/s"]);
    let relay = Odd::playing(&[Answer(503, ""), Answer(200, r#"["A"]"#)]).await;
    relay.client.complete(&sid("s"), &pid("A")).await.unwrap();
    assert_eq!(relay.seen(), ["post /router/complete/s", "get /router/complete/s"]);
}

#[tokio::test]
async fn a_500_on_what_the_relay_lacks_is_tried_again() {
    let relay = Odd::playing(&[
        Answer(500, ""),
        Answer(200, r#"["B"]"#),
        Answer(500, ""),
        Answer(404, ""),
        Answer(201, ""),
    ])
    .await;
    relay.client.register(&sid("s"), &pid("A")).await.unwrap();
    let methods: Vec<_> =
        relay.seen().iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(methods, ["post", "get", "post", "get", "post"]);
}

#[tokio::test]
async fn any_2xx_is_a_success() {
    for status in [200, 201, 202, 204] {
        let relay = Odd::playing(Box::leak(Box::new([Answer(status, "")]))).await;
        relay.client.register(&sid("s"), &pid("A")).await.unwrap();
        relay.client.post(&Namespace::default(), &message(&["B"], "h", "x")).await.unwrap();
    }
}

#[tokio::test]
async fn lists_and_mailboxes_that_are_not_there_yet_are_empty() {
    const SCRIPTS: [&[Step]; 4] =
        [&[Answer(404, "")], &[Answer(200, "")], &[Answer(200, "null")], &[Answer(200, "[]")]];
    for script in SCRIPTS {
        let relay = Odd::playing(script).await;
        let (client, s) = (&relay.client, sid("s"));
        assert_eq!(client.participants(&s).await.unwrap(), [], "{script:?}");
        assert_eq!(client.committee(&s).await.unwrap(), []);
        assert_eq!(client.finished(&s).await.unwrap(), []);
        assert_eq!(client.mailbox(&s, &pid("A"), &Namespace::default()).await.unwrap(), []);
    }
}

#[tokio::test]
async fn single_values_that_are_not_there_yet_are_none() {
    for script in [&[Answer(404, "not found")], &[Answer(200, "")]] {
        let relay = Odd::playing(script).await;
        let none = Namespace::default();
        assert_eq!(relay.client.setup(&sid("s"), &none).await.unwrap(), None);
        assert_eq!(relay.client.signature(&sid("s"), &none).await.unwrap(), None);
        assert_eq!(relay.client.payload(&[7; 32]).await.unwrap(), None);
    }
}

#[tokio::test]
async fn deleting_what_is_not_there_succeeds() {
    let relay = Odd::playing(&[Answer(404, "")]).await;
    relay.client.discard(&sid("s"), &pid("A"), &Namespace::default(), "h").await.unwrap();
    relay.client.forget_participants(&sid("s")).await.unwrap();
}

#[tokio::test]
async fn a_flaky_connection_is_survived() {
    let relay =
        Odd::playing(&[HangUp, BreakOff, Answer(502, "<html>"), Answer(200, r#"["A"]"#)]).await;
    assert_eq!(relay.client.participants(&sid("s")).await.unwrap(), [pid("A")]);
    assert_eq!(relay.seen().len(), 4);
    let relay = Odd::playing(&[HangUp, Answer(429, ""), Answer(202, "")]).await;
    relay.client.post(&Namespace::default(), &message(&["B"], "h", "x")).await.unwrap();
    assert_eq!(relay.seen().len(), 3);
}

#[tokio::test]
async fn what_a_lost_answer_hid_is_found_in_the_list() {
    let relay = Odd::playing(&[HangUp, Answer(500, ""), Answer(200, r#"["A"]"#)]).await;
    relay.client.register(&sid("s"), &pid("A")).await.unwrap();
    assert_eq!(relay.seen(), ["post /router/s", "post /router/s", "get /router/s"]);
}

#[tokio::test]
async fn a_refusal_is_not_repeated() {
    const CODES: [(u16, &[Step]); 4] = [
        (400, &[Answer(400, "")]),
        (403, &[Answer(403, "")]),
        (405, &[Answer(405, "")]),
        (302, &[Answer(302, "")]),
    ];
    for (status, script) in CODES {
        let relay = Odd::playing(script).await;
        let error = relay.client.register(&sid("s"), &pid("A")).await.unwrap_err();
        assert_eq!(error, RelayError::Refused { relay: relay.base.clone(), status });
        assert!(!error.is_temporary());
        assert_eq!(relay.seen().len(), 1);
    }
    let relay = Odd::playing(&[Answer(413, "")]).await;
    let error = relay.client.store_payload(vec![1]).await.unwrap_err();
    assert_eq!(error, RelayError::TooLarge { relay: relay.base.clone() });
    assert_eq!(relay.seen().len(), 1);
}

#[tokio::test]
async fn a_relay_that_only_fails_is_given_up_with_its_code() {
    let relay = Odd::playing(&[Answer(503, "")]).await;
    let client = relay.client.with_patience(Duration::from_millis(500));
    let start = Instant::now();
    let error = client.ping().await.unwrap_err();
    assert_eq!(error, RelayError::Failing { relay: relay.base.clone(), status: 503 });
    assert!(error.to_string().contains(relay.base.as_str()), "{error}");
    assert!(start.elapsed() < Duration::from_secs(2));
    assert!((2..=3).contains(&relay.seen().len()), "at 0, 100 and 350 ms");
}

#[tokio::test]
async fn a_relay_that_never_answers_costs_no_more_than_the_patience() {
    let relay = Odd::playing(&[Sleep]).await;
    let client = relay.client.with_patience(Duration::from_millis(300));
    let start = Instant::now();
    let error = client.participants(&sid("s")).await.unwrap_err();
    assert_eq!(
        error,
        RelayError::Unreachable { relay: relay.base.clone(), cause: Cause::TimedOut }
    );
    assert!((250..2000).contains(&start.elapsed().as_millis()));
}

#[tokio::test]
async fn nonsense_is_said_to_be_nonsense() {
    for script in [&[Answer(200, "<html>")], &[Answer(200, r#"{"a":1}"#)], &[Answer(200, "[\"\"]")]]
    {
        let relay = Odd::playing(script).await;
        let error = relay.client.committee(&sid("s")).await.unwrap_err();
        let expected = "a list of parties";
        assert_eq!(error, RelayError::Garbled { relay: relay.base.clone(), expected });
    }
    let relay = Odd::playing(&[Answer(200, "other bytes")]).await;
    let error = relay.client.payload(&[7; 32]).await.unwrap_err();
    assert!(matches!(error, RelayError::Garbled { .. }), "{error}");
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let relay = Odd::playing(&[Flood(17 << 20)]).await;
    let error = relay.client.setup(&sid("s"), &Namespace::default()).await.unwrap_err();
    assert!(matches!(error, RelayError::Garbled { .. }), "{error}");
    assert_eq!(relay.seen().len(), 1);
}
