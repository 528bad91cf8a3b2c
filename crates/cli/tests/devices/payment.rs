//! From three devices to a payment that a real node executes.

use serde_json::{Value, json};

use super::node::{Anvil, number};
use super::process::{Ended, Running, quorate, text};
use super::stage::{Device, Stage, VAULT};

const ETHER: u128 = 1_000_000_000_000_000_000;
const RECIPIENT: &str = "0x00000000000000000000000000000000DeaDBeef";

fn send<'w>(node: &'w str, more: &[&'w str]) -> Vec<&'w str> {
    let words = [
        "send", VAULT, "--chain", "Ethereum", "--to", RECIPIENT, "--amount", "0.25", "--rpc", node,
    ];
    [&words, more].concat()
}

/// What the initiator says of the transaction, which its joiners signed with it.
fn transaction(ended: &[Ended]) -> Value {
    ended[0].event("transaction").clone()
}

/// Three processes make a vault, its address gets coins, two of them pay.
fn three_devices_pay(a: &Device, b: &Device, c: &Device) {
    let Some(node) = Anvil::start(1) else { return };
    let made = a.meet(&["keygen", VAULT, "--devices", "3"], &[b, c]);
    let keys: Vec<&Value> =
        made.iter().map(|ended| &ended.event("vault")["public_key_ecdsa"]).collect();
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    let address = a.address();
    for other in [b, c] {
        assert_eq!(other.address(), address);
    }
    node.fund(&address, ETHER);

    // Printed, not broadcast: the node has seen nothing, and decodes it when it is given it.
    let printed = transaction(&c.meet(&send(&node.url, &["--no-broadcast"]), &[a]));
    assert_eq!(printed["broadcast"], false);
    let txid = format!("0x{}", text(&printed["txid"]));
    assert_eq!((node.sent(&address), node.transaction(&txid)), (0, Value::Null));
    let raw = format!("0x{}", text(&printed["raw"]));
    assert_eq!(node.call("eth_sendRawTransaction", &json!([raw])), txid.as_str());
    assert_eq!(node.receipt(&txid)["status"], "0x1");
    let decoded = node.transaction(&txid);
    assert_eq!(text(&decoded["from"]), address.to_lowercase());
    assert_eq!(text(&decoded["to"]), RECIPIENT.to_lowercase());
    assert_eq!(number(&decoded["value"]), ETHER / 4);
    assert_eq!(node.balance(RECIPIENT), ETHER / 4);

    // Broadcast.
    let paid = a.meet(&send(&node.url, &[]), &[b]);
    let approved = paid[1].event("approve");
    let summary = text(&approved["summary"]);
    assert!(
        summary.contains("0.25 ETH") && summary.contains(RECIPIENT),
        "the joiner sees: {summary}"
    );
    let broadcast = transaction(&paid);
    assert_eq!(broadcast["broadcast"], true);
    let txid = format!("0x{}", text(&broadcast["txid"]));
    assert_eq!(node.receipt(&txid)["status"], "0x1");
    let known = node.transaction(&txid);
    assert_eq!(text(&known["hash"]), txid);
    assert_eq!(text(&known["from"]), address.to_lowercase());
    assert_eq!(node.balance(RECIPIENT), ETHER / 2);
    assert!(node.balance(&address) < ETHER / 2, "amount and fee are gone");

    // The same once more is a mistake, unless it is said not to be one.
    let again = a.run(&send(&node.url, &[]));
    again.failed(9, &[&txid, "--force"]);
    assert_eq!(node.sent(&address), 2);
    let forced = transaction(&a.meet(&send(&node.url, &["--force"]), &[c]));
    assert_ne!(forced["txid"], broadcast["txid"]);
    node.receipt(&format!("0x{}", text(&forced["txid"])));
    assert_eq!(node.balance(RECIPIENT), ETHER / 4 * 3);
}

#[test]
fn three_devices_make_a_vault_at_a_relay_and_pay_on_a_real_chain() {
    let stage = Stage::new();
    let [a, b, c] = ["a", "b", "c"].map(|name| stage.new_device(name));
    three_devices_pay(&a, &b, &c);
}

#[test]
fn three_devices_make_a_vault_without_a_relay_and_pay_on_a_real_chain() {
    let stage = Stage::new();
    let [a, b, c] = ["a", "b", "c"].map(|name| Device { relay: None, ..stage.device(name) });
    three_devices_pay(&a, &b, &c);
}

#[test]
fn the_demo_pays_twice_on_a_real_chain() {
    let Some(node) = Anvil::start(1) else { return };
    let words = ["demo", "--rpc", &node.url, "--json"];
    let demo = Running::start("the demo", &mut quorate(words)).end();
    assert_eq!(demo.succeeded().event("demo")["ok"], true);
    for payment in demo.events("transaction") {
        assert_eq!(payment["broadcast"], true);
        let txid = format!("0x{}", text(&payment["txid"]));
        assert_eq!(node.receipt(&txid)["status"], "0x1", "{txid}");
    }
    assert_eq!(demo.events("transaction").len(), 2);
}

#[test]
fn a_payment_that_cannot_be_meant_or_made_is_refused_before_anybody_is_asked() {
    let Some(node) = Anvil::start(1) else { return };
    let elsewhere = Anvil::start(31337).expect("one more");
    let stage = Stage::new();
    let [a, ..] = stage.vault();
    node.fund(&a.address(), ETHER);
    let before = a.vaults();
    let pay = |to: &str, amount: &str, rpc: &str| {
        a.run(&["send", VAULT, "--chain", "Ethereum", "--to", to, "--amount", amount, "--rpc", rpc])
    };
    let mistyped = RECIPIENT.replace("DeaD", "Dead");
    let url = &node.url;
    pay(&mistyped, "0.1", url).failed(10, &[&mistyped]);
    pay("0x1234", "0.1", url).failed(10, &["0x1234"]);
    pay(&format!("0x{}", "0".repeat(40)), "0.1", url).failed(10, &["zero address"]);
    pay(RECIPIENT, "0", url).failed(10, &["zero"]);
    pay(RECIPIENT, "1e3", url).failed(10, &["1e3"]);
    pay(RECIPIENT, "0.0000000000000000001", url).failed(10, &["decimal places"]);
    pay(RECIPIENT, "1", url).failed(10, &["fee", "fund the address"]);
    pay(RECIPIENT, "1000000", url).failed(10, &["1000000"]);
    pay(RECIPIENT, "0.1", &elsewhere.url).failed(10, &["31337", "chain 1"]);
    pay(RECIPIENT, "0.1", "ftp://example").failed(10, &["http://"]);
    let gone = elsewhere.url.clone();
    drop(elsewhere);
    let unreachable = pay(RECIPIENT, "0.1", &gone);
    assert_eq!(unreachable.failed(3, &[gone.trim_start_matches("http://")])["retryable"], true);
    a.run(&["send", VAULT, "--chain", "Ethereum", "--to", RECIPIENT, "--amount", "1"])
        .failed(2, &["--rpc"]);
    a.run(&["send", VAULT, "--chain", "Nowhere", "--to", RECIPIENT, "--amount", "1", "--rpc", url])
        .failed(10, &["Nowhere", "Ethereum"]);
    assert_eq!((a.vaults(), node.sent(&a.address())), (before, 0));
}
