//! Tokens, calls and replacements on a real chain, and the journal that tells of them.

use serde_json::{Value, json};

use super::node::{Anvil, number};
use super::process::{Ended, text};
use super::stage::{Device, Stage, VAULT};

const ETHER: u128 = 1_000_000_000_000_000_000;
const RECIPIENT: &str = "0x00000000000000000000000000000000DeaDBeef";
const TOKEN: &str = include_str!("../../../../vectors/contracts/token.hex");
const ROUTER: &str = include_str!("../../../../vectors/contracts/router.hex");

/// Text at the beginning of a word.
fn word_of(text: &str) -> String {
    format!("{:0<64}", hex::encode(text))
}

/// Deploys a token that belongs to the node's first own account, and gives some of it away.
fn token(node: &Anvil, symbol: &str, decimals: u64, owner: &str, amount: u128) -> String {
    let supply = 1_000_000_000_000_u64;
    let what = format!("{}{}{decimals:064x}{supply:064x}", word_of("Test money"), word_of(symbol));
    let contract =
        text(&from_purse(node, json!({ "data": code(TOKEN, &what) }))["contractAddress"]);
    let data = format!("0xa9059cbb{}{amount:064x}", place(owner));
    let given = from_purse(node, json!({ "to": contract, "data": data }));
    assert_eq!(given["status"], "0x1");
    contract
}

/// What makes a contract of this code.
fn code(program: &str, arguments: &str) -> String {
    format!("0x{}{arguments}", program.trim().trim_start_matches("0x"))
}

/// An address as a word.
fn place(address: &str) -> String {
    format!("{:0>64}", address.trim_start_matches("0x"))
}

/// Has the node's first own account do something.
fn from_purse(node: &Anvil, mut what: Value) -> Value {
    what["from"] = node.call("eth_accounts", &json!([]))[0].clone();
    what["gas"] = json!("0x1e8480");
    let txid = node.call("eth_sendTransaction", &json!([what]));
    node.receipt(&text(&txid))
}

fn view(node: &Anvil, contract: &str, data: &str) -> u128 {
    number(&node.call("eth_call", &json!([{ "to": contract, "data": data }, "latest"])))
}

fn tokens_of(node: &Anvil, contract: &str, owner: &str) -> u128 {
    view(node, contract, &format!("0x70a08231{:0>64}", owner.trim_start_matches("0x")))
}

fn txid(ended: &[Ended]) -> String {
    let transaction = ended[0].event("transaction");
    assert_eq!(transaction["broadcast"], true);
    format!("0x{}", text(&transaction["txid"]))
}

impl Ended {
    /// What a command that answers at once has said.
    #[track_caller]
    fn document(&self) -> &Value {
        &self.succeeded().said.last().expect("a document")["data"]
    }
}

fn listed(device: &Device) -> Vec<Value> {
    let list = device.run(&["tx", "list"]);
    list.document()["transactions"].as_array().expect("a list").clone()
}

#[test]
fn tokens_move_calls_are_shown_for_what_they_are_and_all_of_it_can_be_sent() {
    let Some(node) = Anvil::start(1) else { return };
    let stage = Stage::new();
    let [a, b, c] = stage.vault();
    let address = a.address();
    node.fund(&address, ETHER);
    let contract = token(&node, "TST", 6, &address, 5_000_000);
    let send = |more: &[&str]| {
        let words = ["send", VAULT, "--chain", "Ethereum", "--rpc", &node.url];
        [&words, more].concat().iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()
    };
    let meet = |words: &[String], joiner: &Device| {
        a.meet(&words.iter().map(String::as_str).collect::<Vec<_>>(), &[joiner])
    };

    // A token, by its contract; what it calls itself is shown as that, on the other device too.
    let words = send(&["--to", RECIPIENT, "--amount", "1.5", "--token", &contract]);
    let paid = meet(&words, &b);
    let shown = text(&paid[1].event("approve")["summary"]).to_lowercase();
    assert!(shown.contains(&contract.to_lowercase()) && shown.contains("1.5"), "{shown}");
    let item = &paid[1].event("approve")["proposal"]["reading"]["items"][0];
    assert!(!item.is_null(), "{:?}", paid[1].event("approve"));
    node.receipt(&txid(&paid));
    assert_eq!(tokens_of(&node, &contract, RECIPIENT), 1_500_000);

    // More than there is.
    let words = send(&["--to", RECIPIENT, "--amount", "4", "--token", &contract]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    a.run(&words).failed(10, &["3.5", "4"]);

    // A call: an approval, in words, though it came as bytes.
    let spender = RECIPIENT.trim_start_matches("0x");
    let data = format!("0x095ea7b3{spender:0>64}{:064x}", 700_000);
    let called = meet(&send(&["--to", &contract, "--data", &data]), &c);
    let shown = text(&called[1].event("approve")["summary"]);
    assert!(shown.contains(RECIPIENT), "{shown}");
    node.receipt(&txid(&called));
    let owner = address.trim_start_matches("0x");
    let allowance = format!("0xdd62ed3e{owner:0>64}{spender:0>64}");
    assert_eq!(view(&node, &contract, &allowance), 700_000);

    // All of the token, then all of the coin.
    node.receipt(&txid(&meet(&send(&["--to", RECIPIENT, "--max", "--token", &contract]), &b)));
    assert_eq!(tokens_of(&node, &contract, &address), 0);
    assert_eq!(tokens_of(&node, &contract, RECIPIENT), 5_000_000);
    node.receipt(&txid(&meet(&send(&["--to", RECIPIENT, "--max"]), &c)));
    let left = node.balance(&address);
    assert!(left < ETHER / 100, "{left} of the fee that was reserved is left");

    // Whoever has signed has it in the journal.
    assert_eq!(listed(&a).len(), 4);
    assert_eq!((listed(&b).len(), listed(&c).len()), (2, 2));
    assert!(listed(&a).iter().all(|entry| entry["state"] == "handed"), "{:?}", listed(&a));
    assert!(listed(&b).iter().all(|entry| entry["state"] == "signed"), "{:?}", listed(&b));
}

#[test]
fn a_payment_that_waits_is_overtaken_and_one_that_is_cancelled_moves_nothing() {
    let Some(node) = Anvil::start(1) else { return };
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let address = a.address();
    node.fund(&address, ETHER);
    let pay = |amount: &'static str| {
        let words = [
            "send", VAULT, "--chain", "Ethereum", "--to", RECIPIENT, "--amount", amount, "--rpc",
            &node.url,
        ];
        txid(&a.meet(&words, &[&b]))
    };
    node.call("evm_setAutomine", &json!([false]));
    let first = pay("0.1");
    assert_eq!(a.run(&["tx", "show", &first]).document()["state"], "handed");

    let replaced = a.meet(&["send", VAULT, "--replace", &first, "--rpc", &node.url], &[&b]);
    let second = txid(&replaced);
    assert_ne!(first, second);
    node.call("evm_mine", &json!([]));
    assert_eq!(node.receipt(&second)["status"], "0x1");
    assert_eq!((node.balance(RECIPIENT), node.sent(&address)), (ETHER / 10, 1));

    // The journal learns it from the node, of both.
    let followed = a.run(&["tx", "follow", &second, "--rpc", &node.url]);
    assert_eq!(followed.document()["state"], "included");
    a.run(&["tx", "follow", &first, "--rpc", &node.url]).failed(5, &[&first, "taken the place"]);
    let states: Vec<Value> = listed(&a).iter().map(|entry| entry["state"].clone()).collect();
    assert_eq!(states, ["replaced", "included"]);
    // What is included stands, and is not paid again by mistake.
    a.run(&["send", VAULT, "--replace", &second, "--rpc", &node.url]).failed(9, &[&second]);
    let words = [
        "send", VAULT, "--chain", "Ethereum", "--to", RECIPIENT, "--amount", "0.1", "--rpc",
        &node.url,
    ];
    a.run(&words).failed(9, &[&second, "--force"]);

    let third = pay("0.2");
    let cancelled = a.meet(&["send", VAULT, "--cancel", &third, "--rpc", &node.url], &[&b]);
    node.call("evm_mine", &json!([]));
    assert_eq!(node.receipt(&txid(&cancelled))["status"], "0x1");
    assert_eq!((node.balance(RECIPIENT), node.sent(&address)), (ETHER / 10, 2));
    a.run(&["tx", "show", "0xnone"]).failed(5, &["0xnone", "tx list"]);
}

#[test]
fn leave_and_the_call_that_uses_it_are_one_ceremony_and_the_same_again_is_the_same_bytes() {
    let Some(node) = Anvil::start(1) else { return };
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let address = a.address();
    node.fund(&address, ETHER);
    let router = text(&from_purse(&node, json!({ "data": code(ROUTER, "") }))["contractAddress"]);
    let sold = token(&node, "TST", 6, &address, 5_000_000);
    let bought = token(&node, "BOT", 6, &router, 5_000_000);
    let swap = |amount: u128| {
        let (sold, bought) = (place(&sold), place(&bought));
        format!("0x8a0ccd56{sold}{amount:064x}{bought}{amount:064x}")
    };
    let call = |data: &str, amount: &str, more: &[&str]| -> Vec<String> {
        let to = ["send", VAULT, "--chain", "Ethereum", "--rpc", &node.url, "--to", &router];
        let what = ["--data", data, "--token", &sold, "--amount", amount];
        [&to[..], &what, more].concat().into_iter().map(str::to_owned).collect()
    };
    let run = |words: &[String]| a.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let meet =
        |words: &[String]| a.meet(&words.iter().map(String::as_str).collect::<Vec<_>>(), &[&b]);

    // What cannot be estimated yet has to be said.
    run(&call(&swap(2_000_000), "2", &[])).failed(2, &["--gas"]);
    run(&call(&swap(9_000_000), "9", &["--gas", "300000"])).failed(10, &["5", "9"]);

    // Both devices are shown both; nobody has them yet.
    let once = call(&swap(2_000_000), "2", &["--gas", "300000"]);
    let signed = meet(&[&once[..], &["--no-broadcast".to_owned()]].concat());
    for device in &signed {
        let shown = text(&device.event("approve")["summary"]).to_lowercase();
        let router = router.to_lowercase();
        for line in
            [format!("allow {router} to take"), format!("call the function 0x8a0ccd56 of {router}")]
        {
            assert!(shown.contains(&line), "{shown}");
        }
        assert!(!shown.contains("says that it is"), "nobody has said what it is: {shown}");
    }
    assert_eq!((listed(&a).len(), listed(&b).len()), (2, 2));
    assert_eq!(node.sent(&address), 0);

    // The same again asks nobody: both go out, in their order, and only once.
    let sent = run(&once);
    let out: Vec<&Value> =
        sent.succeeded().said.iter().filter(|event| event["event"] == "transaction").collect();
    assert_eq!(out.len(), 2);
    assert_eq!(tokens_of(&node, &bought, &address), 2_000_000);
    assert_eq!(tokens_of(&node, &sold, &address), 3_000_000);
    assert_eq!(node.sent(&address), 2);
    run(&once).failed(9, &[]);
    assert_eq!(node.sent(&address), 2);

    // Who has leave already needs no other, and the node can tell the gas.
    let leave = format!("0x095ea7b3{}{:064x}", place(&router), 1_000_000);
    let allow =
        ["send", VAULT, "--chain", "Ethereum", "--rpc", &node.url, "--to", &sold, "--data", &leave];
    node.receipt(&txid(&a.meet(&allow, &[&b])));
    node.receipt(&txid(&meet(&call(&swap(1_000_000), "1", &[]))));
    assert_eq!(tokens_of(&node, &bought, &address), 3_000_000);
    assert_eq!(node.sent(&address), 4);
}

#[test]
fn what_is_no_token_or_no_call_is_refused_before_anybody_is_asked() {
    let Some(node) = Anvil::start(1) else { return };
    let stage = Stage::new();
    let [a, ..] = stage.vault();
    let address = a.address();
    node.fund(&address, ETHER);
    let much = token(&node, "BIG", 78, &address, 1);
    let before = a.vaults();
    let send = |more: &[&str]| {
        let words = ["send", VAULT, "--chain", "Ethereum", "--to", RECIPIENT, "--rpc", &node.url];
        a.run(&[&words, more].concat())
    };
    send(&["--amount", "1", "--token", "0x1234"]).failed(10, &["0x1234"]);
    // A symbol is looked up on the chain that is paid on. This node has nothing where Ethereum has that token.
    let usdc = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";
    send(&["--amount", "1", "--token", "USDC"]).failed(10, &[usdc]);
    send(&["--amount", "1", "--token", "ARB"]).failed(10, &["'ARB'", "Ethereum"]);
    send(&["--amount", "1", "--token", RECIPIENT]).failed(10, &[RECIPIENT]);
    send(&["--amount", "1", "--token", &much]).failed(10, &["78", "77"]);
    send(&["--data", "0xabc"]).failed(10, &["hex digits"]);
    send(&["--amount", "0.1", "--memo", "0x00"]).failed(10, &["0x"]);
    send(&[]).failed(2, &["--amount"]);
    a.run(&[
        "send",
        VAULT,
        "--chain",
        "Bitcoin",
        "--to",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "--amount",
        "0.1",
        "--rpc",
        &node.url,
    ])
    .failed(10, &["payments on Bitcoin are not built yet"]);
    assert_eq!((a.vaults(), node.sent(&address)), (before, 0));
}
