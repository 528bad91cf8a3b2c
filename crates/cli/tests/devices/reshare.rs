//! The devices change, the address stays.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::process::text;
use super::stage::{Device, Stage, VAULT};

#[test]
fn a_reshare_replaces_a_device_adds_another_keeps_the_address_and_shuts_the_old_one_out() {
    let stage = Stage::new();
    let [a, b, c] = stage.vault();
    let [d, e] = ["d", "e"].map(|name| stage.device(name));
    let (address, on_solana) = (a.address(), a.address_on("Solana"));
    let leaves = c.party();

    let ended = a.meet(&["reshare", VAULT, "--devices", "4", "--remove", &leaves], &[&b, &d, &e]);
    for each in &ended {
        let vault = each.event("vault");
        assert_eq!((&vault["threshold"], &vault["epoch"]), (&3.into(), &2.into()));
        assert_eq!(vault["parties"].as_array().map(Vec::len), Some(4));
    }
    for device in [&a, &b, &d, &e] {
        assert_eq!(
            (device.address(), device.address_on("Solana")),
            (address.clone(), on_solana.clone())
        );
    }
    a.signs_with(&[&d, &e]);
    e.signs_with(&[&b, &d]);
    d.signs_on_solana_with(&[&b, &e]);

    // The old device can neither take part in the new sharing nor bring back the old one.
    let before = [&a, &c].map(Device::vaults);
    let mut started = a.start(&["keysign", VAULT, "--message", "hello"]);
    let link = started.link();
    c.run(&["join", &link]).failed(7, &["epoch 1", "epoch 2", "reshare"]);
    started.signal("INT");
    started.end().failed(130, &[]);
    let mut started = c.start(&["keysign", VAULT, "--message", "hello"]);
    let link = started.link();
    a.run(&["join", &link]).failed(7, &["epoch 1", "retired"]);
    started.signal("INT");
    started.end().failed(130, &[]);
    assert_eq!([&a, &c].map(Device::vaults), before);
}

#[test]
fn a_refresh_keeps_devices_and_addresses_and_makes_the_old_shares_worthless() {
    let stage = Stage::new();
    let [a, b, c] = stage.vault();
    let parties = members(&a.shown());
    let addresses = ["Ethereum", "Solana"].map(|chain| a.address_on(chain));
    // Whoever has copied a share of one device.
    let thief = Device { home: stage.path("copied"), ..c.clone() };
    fs::create_dir(&thief.home).expect("a home");
    fs::copy(c.store(), thief.store()).expect("a copy");

    for each in a.meet(&["reshare", VAULT, "--refresh"], &[&b, &c]) {
        let vault = each.event("vault");
        assert_eq!((&vault["threshold"], &vault["epoch"]), (&2.into(), &2.into()));
        assert_eq!(members(vault), parties);
    }
    for device in [&a, &b, &c] {
        assert_eq!(["Ethereum", "Solana"].map(|chain| device.address_on(chain)), addresses);
    }
    c.signs_with(&[&a]);
    b.signs_on_solana_with(&[&c]);

    for words in [&["keysign", VAULT, "--message", "hello"][..], &SOLANA] {
        let mut started = a.start(words);
        let link = started.link();
        thief.run(&["join", &link]).failed(7, &["epoch 1", "epoch 2", "reshare"]);
        started.signal("INT");
        started.end().failed(130, &[]);
        let mut started = thief.start(words);
        let link = started.link();
        b.run(&["join", &link]).failed(7, &["epoch 1", "retired"]);
        started.signal("INT");
        started.end().failed(130, &[]);
    }
}

const SOLANA: [&str; 6] = ["keysign", VAULT, "--chain", "Solana", "--message", "hello"];

/// In whichever order they came to the ceremony.
fn members(vault: &Value) -> BTreeSet<String> {
    vault["parties"].as_array().expect("a list").iter().map(text).collect()
}
