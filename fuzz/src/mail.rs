//! What a relay hands over: sealed bodies, mailboxes, lists of parties, names, and what our devices say in JSON.

use quorate_wire::commit::Prep;
use quorate_wire::hello::{Hello, Presence, Standing};
use quorate_wire::percent;
use quorate_wire::relay_api::{BaseUrl, Namespace, PartyId, SessionId, read_mailbox, read_parties};
use quorate_wire::seal::SessionKey;

use crate::edit::edit;
use crate::input::Input;
use crate::run::seeded;
use crate::{Target, lies, moded};

/// Everything that a relay hands over.
pub const MAIL: Target = Target { name: "mail", seeds, read };

const MAILBOX: &str = r#"[{"session_id":"s","from":"A-1","to":["B-2"],"body":"x","hash":"h","sequence_no":3},
    {"session_id":"s","from":"C-3","to":[],"body":"","hash":""}, null]"#;

fn seeds() -> Vec<Vec<u8>> {
    let voter =
        Presence { fsid: Some([0xab; 32]), state: Standing::Voted, certificate: Some([0xcd; 65]) };
    let hellos =
        [Hello::Here(voter), Hello::Here(Presence::new_device()), Hello::Gone("refused".into())];
    [
        moded(0, [key().seal(b"frame", &mut seeded(0))]),
        moded(1, lies(1)),
        moded(2, [MAILBOX, "[]", "", "null"]),
        moded(3, [r#"["A-1","B-2"]"#, ""]),
        moded(4, hellos.map(|hello| hello.to_json())),
        moded(5, [Prep { staged: [7; 32] }.to_json()]),
        moded(6, ["https://relay.example:8080/router/", "http://127.0.0.1:18080", "a%20%2Bb"]),
    ]
    .concat()
}

fn read(data: &[u8]) {
    let mut input = Input::new(data);
    match input.byte() % 7 {
        0 => drop(key().open(&text(&mut input))),
        1 => resealed(&mut input),
        2 => drop(read_mailbox(input.rest())),
        3 => drop(read_parties(input.rest())),
        4 => {
            if let Some(hello) = Hello::from_json(input.rest()) {
                assert_eq!(Hello::from_json(&hello.to_json()), Some(hello));
            }
        }
        5 => {
            if let Some(prep) = Prep::from_json(input.rest()) {
                assert_eq!(Prep::from_json(&prep.to_json()), Some(prep));
            }
        }
        _ => names(&text(&mut input)),
    }
}

fn key() -> SessionKey {
    SessionKey::generate(&mut seeded(0))
}

fn text(input: &mut Input<'_>) -> String {
    String::from_utf8_lossy(input.rest()).into_owned()
}

fn resealed(input: &mut Input<'_>) {
    let sealed = key().seal(input.chunk(), &mut seeded(1));
    let mut body = sealed.clone().into_bytes();
    edit(&mut body, input);
    let body = String::from_utf8_lossy(&body);
    assert!(key().open(&body).is_err() || body.trim_ascii() == sealed, "a forgery opens");
}

fn names(text: &str) {
    if let Ok(url) = BaseUrl::parse(text) {
        assert_eq!(BaseUrl::parse(url.as_str()).as_ref().map(BaseUrl::as_str), Ok(url.as_str()));
    }
    if let Ok(party) = PartyId::parse(text) {
        assert_eq!(party.as_str(), text);
    }
    if let Ok(session) = SessionId::parse(text) {
        assert_eq!(session.as_str(), text);
    }
    let _ = (Namespace::parse(text), Namespace::batch(text));
    if let Some(plain) = percent::decode(text) {
        assert_eq!(percent::decode(&percent::encode(&plain)), Some(plain));
    }
}
