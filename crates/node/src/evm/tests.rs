//! A payment's way to its chain, against a scripted node.

mod anvil;
mod contracts;
mod fake;
mod reading;

use std::time::Duration;

use k256::ecdsa::signature::hazmat::PrehashSigner;
use k256::ecdsa::{RecoveryId, Signature, SigningKey};
use quorate_chain::SignedTransaction;
use quorate_chain::chain;
use quorate_chain::evm::{Address, Signed, Transaction, Unsigned};
use serde_json::json;

use super::*;
use crate::Handed;
use fake::{Fake, Reply, refused, result};

const FAST: Pace = Pace { request: Duration::from_secs(1), pause: Duration::from_millis(1) };
const ETHEREUM: &str = "Ethereum";
const GWEI: u128 = 1_000_000_000;

/// A key that is whole, for once.
fn key() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).unwrap()
}

fn public_key(key: &SigningKey) -> [u8; 33] {
    key.verifying_key().to_sec1_point(true).as_bytes().try_into().unwrap()
}

fn sender() -> Address {
    Address::of(&public_key(&key())).unwrap()
}

fn recipient() -> Address {
    "0xe5F238C95142be312852e864B830daADB9B7D290".parse().unwrap()
}

fn sign(unsigned: Unsigned, key: &SigningKey) -> Signed {
    let (signature, id): (Signature, RecoveryId) = key.sign_prehash(&unsigned.digest().0).unwrap();
    let mut bytes = [0; 65];
    bytes[..64].copy_from_slice(&signature.to_bytes());
    bytes[64] = id.to_byte();
    unsigned.sign(&bytes, &public_key(key)).unwrap()
}

fn signed() -> Signed {
    let transfer = Transaction {
        chain: chain::find(ETHEREUM).unwrap(),
        nonce: 3,
        to: recipient(),
        value: U256::from(5),
        max_fee_per_gas: 30 * GWEI,
        max_priority_fee_per_gas: GWEI,
        gas_limit: 21_000,
        data: Vec::new(),
    };
    sign(transfer.unsigned().unwrap(), &key())
}

fn is_unreachable(error: &NodeError) -> bool {
    matches!(error, NodeError::Unreachable { .. })
}

fn hash(txid: [u8; 32]) -> String {
    format!("0x{}", hex::encode(txid))
}

/// A node of Ethereum on which everything is in order, and the sender has one coin.
fn healthy() -> Fake {
    Fake::new([
        ("eth_chainId", result("0x1")),
        ("eth_getTransactionCount", result("0x3")),
        ("eth_getBalance", result("0xde0b6b3a7640000")),
        ("eth_gasPrice", result("0x4190ab00")),
        (
            "eth_feeHistory",
            result(json!({
                "oldestBlock": "0x10",
                "baseFeePerGas": ["0x3b9aca00", "0x3b9aca00", "0x3b9aca00", "0x77359400"],
                "reward": [["0x5"], ["0x1"], ["0x3"]],
            })),
        ),
        ("eth_estimateGas", result("0x5208")),
    ])
}

async fn connect(fake: &Fake) -> Node {
    Node::connect(fake.url(), chain::find(ETHEREUM).unwrap(), FAST).await.unwrap()
}

/// As a request hands it out.
fn handed(signed: &Signed) -> SignedTransaction {
    let txid = format!("0x{}", hex::encode(signed.txid()));
    SignedTransaction { raw: signed.raw().to_vec(), txid }
}

async fn transfer(fake: &Fake, value: u128) -> Result<Transaction, NodeError> {
    paying(&connect(fake).await, sender(), U256::from(value)).await
}

/// So many wei to the recipient, as the node has nonce, gas and fees now, if the sender can pay them.
async fn paying(node: &Node, from: Address, value: U256) -> Result<Transaction, NodeError> {
    let to = recipient();
    let facts = node.facts(&Call { from, to, value, data: Vec::new() }, None).await?;
    let transaction = Transaction {
        chain: node.chain(),
        nonce: facts.nonces.next(),
        to,
        value,
        data: Vec::new(),
        max_fee_per_gas: facts.fees.per_gas,
        max_priority_fee_per_gas: facts.fees.tip,
        gas_limit: facts.gas,
    };
    node.afford(from, facts.balance, transaction.max_cost().unwrap())?;
    Ok(transaction)
}

#[tokio::test]
async fn a_transfer_takes_nonce_and_fees_from_the_node() {
    let transfer = transfer(&healthy(), 5).await.unwrap();
    assert_eq!(transfer.nonce, 3);
    assert_eq!(transfer.gas_limit, 21_000);
    // Twice the coming block's base fee, and the median tip.
    assert_eq!(transfer.max_fee_per_gas, 2 * 2 * GWEI + 3);
    assert_eq!(transfer.max_priority_fee_per_gas, 3);
}

#[tokio::test]
async fn a_recipient_with_code_gets_the_gas_that_the_node_estimates_and_a_quarter() {
    let fake = healthy().with("eth_estimateGas", result("0x9c40"));
    assert_eq!(transfer(&fake, 5).await.unwrap().gas_limit, 50_000);
}

#[tokio::test]
async fn where_blocks_name_no_tip_the_nodes_price_implies_it() {
    let empty = json!({"baseFeePerGas": ["0x3b9aca00"], "reward": null});
    let fake = healthy().with("eth_feeHistory", result(empty));
    assert_eq!(transfer(&fake, 5).await.unwrap().max_priority_fee_per_gas, GWEI / 10);
}

#[tokio::test]
async fn a_chain_with_legacy_transactions_pays_the_nodes_price() {
    let fake = healthy().with("eth_chainId", result("0x38"));
    let bsc = chain::find("BSC").unwrap();
    let node = Node::connect(fake.url(), bsc, FAST).await.unwrap();
    let transfer = paying(&node, sender(), U256::from(5)).await.unwrap();
    assert_eq!(transfer.max_fee_per_gas, 11 * GWEI / 10);
    assert_eq!(fake.count("eth_feeHistory"), 0);
}

#[tokio::test]
async fn a_sender_that_cannot_pay_amount_and_fee_is_told_what_is_missing() {
    let coin = 1_000_000_000_000_000_000;
    let fake = healthy();
    let expected = |needs: &str| NodeError::Insufficient {
        address: sender(),
        has: "1".into(),
        needs: needs.into(),
        symbol: "ETH",
    };
    assert_eq!(transfer(&fake, coin + 1).await, Err(expected("1.000000000000000001")));
    assert_eq!(fake.count("eth_estimateGas"), 0, "a node cannot estimate what cannot be paid");
    assert_eq!(transfer(&fake, coin).await, Err(expected("1.000084000000063")));
    let fee = 21_000 * (4 * GWEI + 3);
    assert_eq!(transfer(&fake, coin - fee).await.unwrap().max_fee(), U256::from(fee));
}

#[tokio::test]
async fn a_node_of_another_chain_is_refused() {
    let fake = healthy().with("eth_chainId", result("0xaa36a7"));
    let refused = Node::connect(fake.url(), chain::find(ETHEREUM).unwrap(), FAST).await;
    let refused = refused.unwrap_err();
    assert!(matches!(refused, NodeError::WrongChain { .. }));
    assert!(refused.to_string().ends_with("is one of chain 11155111, but Ethereum is chain 1"));
}

#[tokio::test]
async fn what_is_no_node_is_refused_by_its_url() {
    let connect = |url, chain| Node::connect(url, chain::find(chain).unwrap(), FAST);
    for url in ["", "127.0.0.1:8545", "ws://127.0.0.1:8545", "file:///dev/null", "http://"] {
        assert_eq!(connect(url, ETHEREUM).await.unwrap_err(), NodeError::Url, "{url}");
    }
    let family = connect("http://127.0.0.1:1", "Bitcoin").await.unwrap_err();
    assert_eq!(family, NodeError::Family("Bitcoin"));
}

#[tokio::test]
async fn an_unreachable_node_is_named_without_the_key_in_its_url() {
    let url = "http://user:secret@127.0.0.1:1/v2/secret?key=secret";
    let unreachable = Node::connect(url, chain::find(ETHEREUM).unwrap(), FAST).await.unwrap_err();
    assert!(is_unreachable(&unreachable));
    let text = format!("{unreachable} {unreachable:?}");
    assert!(text.contains("127.0.0.1:1") && !text.contains("secret"), "{text}");
}

#[tokio::test]
async fn a_question_is_asked_again_until_it_is_answered() {
    for stumble in [Reply::Status(503), Reply::Status(429), Reply::Silence, Reply::Text("<html>")] {
        let fake = healthy().with("eth_chainId", stumble).then("eth_chainId", result("0x1"));
        connect(&fake).await;
        assert_eq!(fake.count("eth_chainId"), 2);
    }
}

#[tokio::test]
async fn a_node_that_never_answers_is_given_up() {
    for reply in [Reply::Status(503), Reply::Silence, Reply::Text("[]"), result(json!("1"))] {
        let fake = healthy().with("eth_getBalance", reply.clone());
        let given_up = transfer(&fake, 5).await.unwrap_err();
        assert!(is_unreachable(&given_up), "{reply:?}: {given_up:?}");
    }
}

#[tokio::test]
async fn the_nodes_own_words_reach_the_person_without_control_characters() {
    let fake = healthy().with("eth_estimateGas", refused("execution \u{1b}[2Jreverted"));
    let words = transfer(&fake, 5).await.unwrap_err();
    assert!(
        matches!(&words, NodeError::Refused { message, .. } if message == "execution [2Jreverted")
    );
}

#[tokio::test]
async fn a_broadcast_is_done_when_the_node_names_our_transaction() {
    let fake = healthy().with("eth_sendRawTransaction", result(hash(signed().txid())));
    assert_eq!(connect(&fake).await.broadcast(&handed(&signed())).await, Handed::Accepted);
    assert_eq!(fake.count("eth_sendRawTransaction"), 1);
}

#[tokio::test]
async fn a_broadcast_is_done_when_the_node_has_our_transaction_whatever_it_answered() {
    let answers = [
        refused("already known"),
        refused("nonce too low"),
        Reply::Silence,
        Reply::Status(502),
        result(hash([1; 32])),
    ];
    for answer in answers {
        let fake = healthy()
            .with("eth_sendRawTransaction", answer.clone())
            .with("eth_getTransactionByHash", result(json!({"hash": hash(signed().txid())})));
        let handed = connect(&fake).await.broadcast(&handed(&signed())).await;
        assert_eq!((handed.may_be_out(), handed), (true, Handed::Known), "{answer:?}");
    }
}

#[tokio::test]
async fn a_refused_transaction_that_the_node_does_not_have_was_not_broadcast() {
    for found in [json!(null), json!({"hash": hash([1; 32])})] {
        let fake = healthy()
            .with("eth_sendRawTransaction", refused("nonce too low"))
            .with("eth_getTransactionByHash", result(found));
        let handed = connect(&fake).await.broadcast(&handed(&signed())).await;
        assert!(!handed.may_be_out());
        let refused = handed.confirmed().unwrap_err();
        assert!(
            matches!(&refused, NodeError::Refused { message, .. } if message == "nonce too low")
        );
    }
}

#[tokio::test]
async fn a_broadcast_that_nobody_confirms_is_uncertain() {
    // Refused at last, but the first attempt may have arrived; refused, but whether it is known cannot be asked.
    let first_unclear = healthy()
        .with("eth_sendRawTransaction", Reply::Silence)
        .then("eth_sendRawTransaction", refused("nonce too low"))
        .with("eth_getTransactionByHash", result(json!(null)));
    let cannot_ask = healthy()
        .with("eth_sendRawTransaction", refused("already known"))
        .with("eth_getTransactionByHash", Reply::Status(503));
    for fake in [first_unclear, cannot_ask] {
        let handed = connect(&fake).await.broadcast(&handed(&signed())).await;
        assert!(handed.may_be_out());
        let uncertain = handed.confirmed().unwrap_err();
        assert!(matches!(uncertain, NodeError::Uncertain { .. }), "{uncertain:?}");
    }
}

#[tokio::test]
async fn a_transaction_that_never_left_may_be_sent_again() {
    let fake = healthy();
    let node = connect(&fake).await;
    fake.stop().await;
    let handed = node.broadcast(&handed(&signed())).await;
    assert!(!handed.may_be_out());
    assert!(is_unreachable(&handed.confirmed().unwrap_err()));
}

#[tokio::test]
async fn a_receipt_is_waited_for_through_silence_and_failure() {
    let txid = signed().txid();
    let receipt = json!({"transactionHash": hash(txid), "blockNumber": "0x10", "status": "0x1"});
    let fake = healthy()
        .with("eth_getTransactionReceipt", result(json!(null)))
        .then("eth_getTransactionReceipt", Reply::Status(503))
        .then("eth_getTransactionReceipt", result(receipt));
    let receipt = connect(&fake).await.receipt(&txid, Duration::from_secs(10)).await;
    assert_eq!(receipt, Ok(Receipt { block: 16, succeeded: true }));
}

#[tokio::test]
async fn a_transaction_that_failed_in_its_block_is_reported_so() {
    let txid = signed().txid();
    let receipt = json!({"transactionHash": hash(txid), "blockNumber": "0x10", "status": "0x0"});
    let fake = healthy().with("eth_getTransactionReceipt", result(receipt));
    let receipt = connect(&fake).await.receipt(&txid, Duration::from_secs(10)).await;
    assert_eq!(receipt, Ok(Receipt { block: 16, succeeded: false }));
}

#[tokio::test]
async fn anothers_receipt_does_not_end_the_waiting_but_the_deadline_does() {
    let other = json!({"transactionHash": hash([1; 32]), "blockNumber": "0x10", "status": "0x1"});
    let fake = healthy().with("eth_getTransactionReceipt", result(other));
    let node = connect(&fake).await;
    let late = node.receipt(&signed().txid(), Duration::from_millis(50)).await.unwrap_err();
    assert_eq!(late, NodeError::NotIncluded);
}
