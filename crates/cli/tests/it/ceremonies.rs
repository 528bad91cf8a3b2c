//! Ceremonies between processes.

use super::kit::{Device, Ran, Relay, Running, meet};

fn pair() -> (Relay, Device, Device) {
    let (relay, a, b) = (Relay::start(), Device::new("a"), Device::new("b"));
    meet(&relay.url, &["keygen", "Savings", "--devices", "2"], &[&a, &b]);
    (relay, a, b)
}

fn error(ran: &Ran) -> serde_json::Value {
    ran.event("error")
}

#[test]
fn two_devices_make_a_vault_and_sign_a_message_with_it() {
    let (relay, a, b) = pair();
    let words = ["address", "Savings", "Ethereum", "Bitcoin", "Solana"];
    let of = |device: &Device| device.run(words).document();
    let addresses = of(&a);
    assert_eq!(addresses, of(&b), "both derive the same");
    let lines = addresses["data"]["addresses"].as_array().unwrap();
    assert_eq!(lines[0]["path"], "m/44/60/0/0/0");
    assert!(lines[1]["address"].as_str().unwrap().starts_with("bc1q"));
    assert_eq!(lines[2]["path"], "m");
    let shown = a.run(["vault", "show", "Savings"]).document();
    assert_eq!(lines[2]["public_key"], shown["data"]["public_key_eddsa"]);
    let all = a.run(["address", "Savings"]).document();
    assert_eq!(all["data"]["addresses"].as_array().unwrap().len(), 38);

    let ended = meet(&relay.url, &["keysign", "Savings", "--message", "hello"], &[&a, &b]);
    let signatures: Vec<_> = ended.iter().map(|ran| ran.event("signature")).collect();
    assert_eq!(signatures[0], signatures[1]);
    assert_eq!(signatures[0]["public_key"], lines[0]["public_key"]);
    assert_eq!(signatures[0]["signature"].as_str().unwrap().len(), 128);
    let asked = ended[1].event("approve")["summary"].as_str().unwrap().to_owned();
    assert!(asked.contains("hello"), "the joiner sees the text: {asked}");

    let words = ["keysign", "Savings", "--chain", "Solana", "--message", "hello"];
    let ended = meet(&relay.url, &words, &[&b, &a]);
    let signatures: Vec<_> = ended.iter().map(|ran| ran.event("signature")).collect();
    assert_eq!(signatures[0], signatures[1]);
    assert_eq!((&signatures[0]["key"], &signatures[0]["path"]), (&"eddsa".into(), &"m".into()));
    assert_eq!(signatures[0]["public_key"], lines[2]["public_key"]);
    assert_eq!(signatures[0]["message"], "68656c6c6f", "as it is");
    assert_eq!(signatures[0]["signature"].as_str().unwrap().len(), 128);
    assert!(signatures[0].get("recovery_id").is_none());
}

#[test]
fn both_keys_are_told_of_while_they_are_made() {
    let relay = Relay::start();
    let (a, b) = (Device::new("a"), Device::new("b"));
    let ended = meet(&relay.url, &["keygen", "Savings", "--devices", "2"], &[&a, &b]);
    for ran in ended {
        let key = |event: serde_json::Value| {
            let keygen = event["event"] == "progress" && event["ceremony"] == "keygen";
            keygen.then(|| event["key"].as_str().unwrap().to_owned())
        };
        let mut keys: Vec<String> = ran.events().into_iter().filter_map(key).collect();
        keys.dedup();
        assert_eq!(keys, ["ecdsa", "eddsa"]);
        let vault = ran.event("vault");
        assert_eq!(vault["public_key_ecdsa"].as_str().unwrap().len(), 66);
        assert_eq!(vault["public_key_eddsa"].as_str().unwrap().len(), 64);
    }
}

#[test]
fn a_digest_is_signed_blindly_and_only_if_it_is_the_one_that_was_told() {
    let (relay, a, b) = pair();
    let digest = "5a".repeat(32);
    let mut started = a.start(&relay.url, ["keysign", "Savings", "--hash", &digest]);
    let link = started.until("link")["link"].as_str().unwrap().to_owned();
    let other = "5b".repeat(32);
    let told = ["join", &link, "--chain", "Ethereum", "--hash"];
    let refused = b.start(&relay.url, told.iter().chain(&[other.as_str()])).end();
    assert_eq!(refused.code, Some(10), "{refused:?}");

    let joined = b.start(&relay.url, told.iter().chain(&[digest.as_str()])).end();
    assert_eq!(joined.code, Some(0), "{joined:?}");
    assert!(joined.event("approve")["summary"].as_str().unwrap().contains("BLIND"));
    let ran = started.end();
    assert_eq!(ran.event("signature")["message"], digest);
}

#[test]
fn the_initiator_serves_the_relay_itself_when_none_is_named() {
    let (a, b) = (Device::new("a"), Device::new("b"));
    let words = ["keygen", "Home", "--devices", "2", "--yes", "--advertise", "127.0.0.1"];
    let mut started = Running::start(&mut a.command(words));
    let link = started.until("link");
    assert!(link["relay"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    let joined =
        Running::start(&mut b.command(["join", link["link"].as_str().unwrap(), "--yes"])).end();
    assert_eq!(joined.code, Some(0), "{joined:?}");
    let ran = started.end();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.event("vault")["public_key_ecdsa"], joined.event("vault")["public_key_ecdsa"]);
}

#[test]
fn without_a_terminal_nothing_is_signed_or_joined_unasked() {
    let relay = Relay::start();
    let a = Device::new("a");
    let ran = a.run(["keygen", "Savings", "--devices", "2", "--relay", &relay.url]);
    assert_eq!(ran.code, Some(12), "{ran:?}");
    assert!(error(&ran)["hint"].as_str().unwrap().contains("--yes"));
}

#[cfg(unix)]
#[test]
fn whoever_presses_ctrl_c_exits_130_and_the_others_learn_who_it_was() {
    let relay = Relay::start();
    let (a, b) = (Device::new("a"), Device::new("b"));
    let mut a = a.start(&relay.url, ["keygen", "Savings", "--devices", "3"]);
    let link = a.until("link")["link"].as_str().unwrap().to_owned();
    let mut b = b.start(&relay.url, ["join", &link]);
    for _ in 0..2 {
        a.until("joined");
        b.until("joined");
    }
    b.interrupt();
    let b = b.end();
    assert_eq!(b.code, Some(130), "{b:?}");
    assert_eq!(error(&b)["kind"], "interrupted");
    let a = a.end();
    assert_eq!(a.code, Some(6), "{a:?}");
    assert_eq!(error(&a)["kind"], "refused");
    assert!(error(&a)["message"].as_str().unwrap().contains("b-"), "{a:?}");
}

#[test]
fn a_relay_that_is_not_there_is_unreachable() {
    let a = Device::new("a");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ran = a.start(&format!("http://{free}"), ["keygen", "Savings", "--devices", "2"]).end();
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert_eq!(error(&ran)["retryable"], true);
    let ran = a.start("not a url", ["keygen", "Savings", "--devices", "2"]).end();
    assert_eq!(ran.code, Some(10), "{ran:?}");
}

#[test]
fn a_second_vault_of_the_same_name_is_refused_where_it_would_be() {
    let (relay, a, _) = pair();
    let ran = a.start(&relay.url, ["keygen", "Savings", "--devices", "2"]).end();
    assert_eq!(ran.code, Some(10), "{ran:?}");
}
