//! Against a real node, if `QUORATE_ANVIL` names its program: a transfer that the chain executes.

use std::process::Stdio;

use quorate_chain::amount;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::*;

/// The first account that anvil funds: its keys come from a public phrase.
pub(super) const FUNDED: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/// A node of this chain, and the URL at which it listens; `None` where there is no program to run.
pub(super) async fn anvil(chain_id: u64) -> Option<(Child, String)> {
    let Some(program) = std::env::var_os("QUORATE_ANVIL") else {
        eprintln!("skipped: QUORATE_ANVIL does not name a node's program");
        return None;
    };
    let mut node = Command::new(program)
        .args(["--port", "0", "--chain-id", &chain_id.to_string()])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(node.stdout.take().unwrap()).lines();
    let listening = loop {
        let line = lines.next_line().await.unwrap().expect("anvil ended before it listened");
        if let Some(address) = line.strip_prefix("Listening on ") {
            break address.trim().to_owned();
        }
    };
    // Whoever stops reading stops the node.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Some((node, format!("http://{listening}")))
}

async fn pay(url: &str, chain: &'static Chain) {
    let key = SigningKey::from_slice(&hex::decode(FUNDED).unwrap()).unwrap();
    let (from, to) = (Address::of(&public_key(&key)).unwrap(), recipient());
    let node = Node::connect(url, chain, Pace::default()).await.unwrap();
    for paid in 1..=2_u64 {
        let value = amount::parse("0.5", 18).unwrap();
        let transfer = paying(&node, from, value).await.unwrap();
        let signed = sign(transfer.unsigned().unwrap(), &key);

        // The same bytes twice: once new, once known.
        assert_eq!(node.status(&signed.txid()).await.unwrap(), Status::Unknown);
        assert_eq!(node.broadcast(&handed(&signed)).await, Handed::Accepted);
        assert_eq!(node.broadcast(&handed(&signed)).await, Handed::Known);
        let receipt = node.receipt(&signed.txid(), Duration::from_secs(30)).await.unwrap();
        assert!(receipt.succeeded);
        // And once more, when its nonce is used up.
        assert_eq!(node.broadcast(&handed(&signed)).await, Handed::Known);
        assert_eq!(node.status(&signed.txid()).await.unwrap(), Status::Included(receipt));

        assert_eq!(node.balance(to).await.unwrap(), value * U256::from(paid));
    }
}

#[tokio::test]
async fn a_real_node_executes_a_transfer() {
    if let Some((_node, url)) = anvil(1).await {
        pay(&url, chain::find(ETHEREUM).unwrap()).await;
    }
}

#[tokio::test]
async fn a_real_node_executes_a_legacy_transfer() {
    if let Some((_node, url)) = anvil(56).await {
        pay(&url, chain::find("BSC").unwrap()).await;
    }
}

#[tokio::test]
async fn a_real_node_of_another_chain_is_refused() {
    if let Some((_node, url)) = anvil(31337).await {
        let ethereum = chain::find(ETHEREUM).unwrap();
        let refused = Node::connect(&url, ethereum, Pace::default()).await.unwrap_err();
        assert!(matches!(refused, NodeError::WrongChain { expected: 1, .. }), "{refused:?}");
    }
}

#[tokio::test]
async fn a_real_node_refuses_a_used_up_nonce() {
    if let Some((_node, url)) = anvil(1).await {
        let ethereum = chain::find(ETHEREUM).unwrap();
        let key = SigningKey::from_slice(&hex::decode(FUNDED).unwrap()).unwrap();
        let from = Address::of(&public_key(&key)).unwrap();
        let node = Node::connect(&url, ethereum, FAST).await.unwrap();
        let first = paying(&node, from, U256::from(5)).await.unwrap();
        let other = Transaction { value: U256::from(6), ..first.clone() };
        let [first, other] = [first, other].map(|t| sign(t.unsigned().unwrap(), &key));
        assert_eq!(node.broadcast(&handed(&first)).await, Handed::Accepted);
        node.receipt(&first.txid(), Duration::from_secs(30)).await.unwrap();
        let refused = node.broadcast(&handed(&other)).await.confirmed().unwrap_err();
        assert!(matches!(refused, NodeError::Refused { .. }), "{refused:?}");
    }
}
