//! The devices change, the address stays.

use super::stage::{Device, Stage, VAULT};

#[test]
fn a_reshare_replaces_a_device_adds_another_keeps_the_address_and_shuts_the_old_one_out() {
    let stage = Stage::new();
    let [a, b, c] = stage.vault();
    let [d, e] = ["d", "e"].map(|name| stage.device(name));
    let address = a.address();
    let leaves = c.party();

    let ended = a.meet(&["reshare", VAULT, "--devices", "4", "--remove", &leaves], &[&b, &d, &e]);
    for each in &ended {
        let vault = each.event("vault");
        assert_eq!((&vault["threshold"], &vault["epoch"]), (&3.into(), &2.into()));
        assert_eq!(vault["parties"].as_array().map(Vec::len), Some(4));
    }
    for device in [&a, &b, &d, &e] {
        assert_eq!(device.address(), address);
    }
    a.signs_with(&[&d, &e]);
    e.signs_with(&[&b, &d]);

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
