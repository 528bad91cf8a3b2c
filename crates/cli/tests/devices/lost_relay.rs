//! A relay that is not there, goes away, or comes back without its memory.

use super::process::{Ended, Running};
use super::stage::{Device, Relay, Stage, VAULT};

const KEYGEN: [&str; 4] = ["keygen", VAULT, "--devices", "3"];

/// A keygen whose devices have come as far as this round.
fn under_way(stage: &Stage, round: u64) -> ([Device; 3], Vec<Running>) {
    let [a, b, c] = ["a", "b", "c"].map(|name| stage.device(name));
    let mut started = a.start_impatient(&KEYGEN);
    let link = started.link();
    let joined = [&b, &c].map(|device| device.start_impatient(&["join", &link]));
    let mut running: Vec<Running> = core::iter::once(started).chain(joined).collect();
    for each in &mut running {
        each.until("the round", |event| event["event"] == "progress" && event["round"] == round);
    }
    ([a, b, c], running)
}

/// Whether the vault is there: on all devices or on none.
fn made(devices: &[Device], ended: &[Ended]) -> bool {
    let vaults = ended.iter().filter(|each| !each.events("vault").is_empty()).count();
    assert!(vaults == 0 || vaults == devices.len(), "{ended:#?}");
    vaults > 0
}

#[test]
fn a_relay_that_is_not_there_is_named_and_worth_another_try() {
    let mut stage = Stage::new();
    let [a, b, c] = stage.vault();
    let mut started = a.start(&["keysign", VAULT, "--message", "hello"]);
    let link = started.link();
    stage.relay.process.signal("KILL");
    started.signal("INT");
    started.end();
    let address = stage.relay.address().to_owned();
    let waiting = [
        a.start(&["keysign", VAULT, "--message", "hello"]),
        b.start(&["join", &link]),
        stage.device("d").start(&["keygen", "Other", "--devices", "2"]),
        Device { relay: None, ..c.clone() }.start(&["join", &link]),
    ];
    for each in waiting {
        assert_eq!(each.end().failed(3, &[&address])["retryable"], true);
    }
    stage.relay = Relay::start(&address);
    a.signs_with(&[&b]);
    c.signs_with(&[&a]);
}

#[test]
fn a_relay_that_is_lost_in_a_keygen_ends_it() {
    let stage = Stage::new();
    let (devices, running) = under_way(&stage, 2);
    stage.relay.process.signal("KILL");
    let ended: Vec<Ended> = running.into_iter().map(Running::end).collect();
    for each in &ended {
        each.failed(3, &[stage.relay.address()]);
    }
    assert!(!made(&devices, &ended));
}

#[test]
fn a_relay_that_comes_back_empty_in_a_keygen_ends_it_the_same_way_everywhere() {
    let mut stage = Stage::new();
    let (devices, running) = under_way(&stage, 2);
    let address = stage.relay.address().to_owned();
    stage.relay.process.signal("KILL");
    stage.relay = Relay::start(&address);
    let ended: Vec<Ended> = running.into_iter().map(Running::end).collect();
    if !made(&devices, &ended) {
        for each in &ended {
            each.failed(6, &[]);
        }
    }
    // Whatever was lost was lost at the relay.
    let [a, b, c] = &devices;
    a.meet(&["keygen", "Second", "--devices", "3"], &[b, c]);
}

#[test]
fn a_relay_that_comes_back_empty_in_the_lobby_is_told_again_who_is_there() {
    let mut stage = Stage::new();
    let [a, b, c] = ["a", "b", "c"].map(|name| stage.device(name));
    let mut started = a.start(&KEYGEN);
    let link = started.link();
    let mut joined = b.start(&["join", &link]);
    for each in [&mut started, &mut joined] {
        each.until("two of three", |event| event["count"] == 2);
    }
    let address = stage.relay.address().to_owned();
    stage.relay.process.signal("KILL");
    stage.relay = Relay::start(&address);
    let last = c.start(&["join", &link]);
    for each in [started, joined, last] {
        each.end().succeeded();
    }
}
