//! Links that are broken, foreign, used up, or not for this device. Nothing is lost by any of them.

use std::fs;

use super::node::http;
use super::process::{Running, text};
use super::stage::{Device, Stage, VAULT};

const SIGN: [&str; 4] = ["keysign", VAULT, "--message", "hello"];

fn abandon(started: Running) {
    started.signal("INT");
    started.end().failed(130, &["nothing was lost"]);
}

#[test]
fn a_link_that_is_mangled_cut_or_foreign_is_refused_before_anybody_is_contacted() {
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let before = [&a, &b].map(Device::vaults);
    let mut signing = a.start(&SIGN);
    let link = signing.link();
    let new = stage.device("d");
    let mut making = new.start(&["keygen", "Other", "--devices", "2"]);
    for link in [link, making.link()] {
        let data = link.find("jsonData=").expect("data") + "jsonData=".len();
        let middle = data + (link.len() - data) / 3;
        let other = if link[middle..].starts_with('A') { "B" } else { "A" };
        let mangled = format!("{}{other}{}", &link[..middle], &link[middle + 1..]);
        let elsewhere = link.replacen("vultisig.com", "example.com", 1);
        let bad = [
            mangled.as_str(),
            &link[..middle],
            &link[..data],
            &elsewhere,
            "https://example.com/",
            "ftp://",
        ];
        for link in bad {
            b.run(&["join", link]).failed(10, &["link"]);
        }
    }
    b.run(&["join", "no-such-file.png"]).failed(10, &["no-such-file.png"]);
    abandon(signing);
    abandon(making);
    assert_eq!([&a, &b].map(Device::vaults), before);
    a.signs_with(&[&b]);
}

#[test]
fn a_link_whose_initiator_is_gone_has_expired() {
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let before = b.vaults();
    let mut started = a.start(&SIGN);
    let event = started.event("link");
    started.event("joined");
    started.signal("KILL");
    started.end();
    // What a relay does by itself after five minutes.
    http(&stage.relay.url, "DELETE", &format!("/{}", text(&event["session"])), "");
    b.run(&["join", &text(&event["link"])]).failed(5, &["expired", "fresh link"]);
    assert_eq!(b.vaults(), before);
}

#[test]
fn a_device_cannot_follow_its_own_link_or_come_twice() {
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let party = b.party();
    let before = [&a, &b].map(Device::vaults);

    // The home of a device that waits is in use.
    let mut started = a.start(&SIGN);
    let link = started.link();
    a.run(&["join", &link]).failed(11, &["in use", "other process"]);
    started.event("joined");
    started.signal("KILL");
    started.end();
    a.run(&["join", &link]).failed(10, &["own link", "another device"]);

    // A copy of a home is the same device once more.
    let twin = Device { home: stage.path("twin"), ..b.clone() };
    fs::create_dir(&twin.home).expect("a home");
    fs::copy(b.store(), twin.store()).expect("a copy");
    let mut started = a.start(&["reshare", VAULT, "--devices", "3"]);
    let link = started.link();
    let mut joined = b.start(&["join", &link]);
    started.until("two devices", |event| event["count"] == 2);
    joined.until("two devices", |event| event["count"] == 2);
    twin.run(&["join", &link]).failed(10, &[&party, "another device"]);
    joined.signal("INT");
    joined.end().failed(130, &[]);
    started.end().failed(6, &[&party]);
    assert_eq!([&a, &b].map(Device::vaults), before);

    // A new device that meets its own link again, after it was cut off.
    let new = stage.device("d");
    let mut started = new.start(&["keygen", "Other", "--devices", "2"]);
    let link = started.link();
    started.event("joined");
    started.signal("KILL");
    started.end();
    new.run(&["join", &link]).failed(10, &["own link", "another device"]);
    assert_eq!(new.vaults().as_array().map(Vec::len), Some(0));
}

#[test]
fn a_link_that_has_been_used_lets_nobody_in() {
    let stage = Stage::new();
    let [d, e, late] = ["d", "e", "late"].map(|name| stage.device(name));
    let mut started = d.start(&["keygen", "Other", "--devices", "2"]);
    let link = started.link();
    e.run(&["join", &link]).succeeded();
    started.end().succeeded();
    late.run(&["join", &link]).failed(6, &["all 2 devices"]);
    assert_eq!(late.vaults().as_array().map(Vec::len), Some(0));

    let [a, b, c] = stage.vault();
    let mut started = a.start(&SIGN);
    let link = started.link();
    b.run(&["join", &link]).succeeded();
    started.end().succeeded();
    c.run(&["join", &link]).failed(6, &["without this device"]);
    c.signs_with(&[&b]);
}

#[test]
fn a_link_for_another_vault_or_another_digest_is_not_followed() {
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let [d, e] = ["d", "e"].map(|name| stage.device(name));
    d.meet(&["keygen", "Other", "--devices", "2"], &[&e]);
    let before = [&b, &d].map(Device::vaults);
    let digest = "5a".repeat(32);
    let mut started = a.start(&["keysign", VAULT, "--hash", &digest]);
    let link = started.link();
    let told = |digest: &str| b.run(&["join", &link, "--chain", "Ethereum", "--hash", digest]);

    d.run(&["join", &link]).failed(5, &["no share", "member"]);
    told(&"5b".repeat(32)).failed(10, &[&digest, "compare"]);
    told("5b").failed(10, &["64 hex digits"]);
    assert_eq!([&b, &d].map(Device::vaults), before);

    told(&digest).succeeded();
    assert_eq!(started.end().succeeded().event("signature")["message"], digest.as_str());
}
