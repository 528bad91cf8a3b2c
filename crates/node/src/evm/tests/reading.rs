//! What a node says, and what it must not be believed.

use super::*;

const TOKEN: &str = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";

fn token() -> Address {
    TOKEN.parse().unwrap()
}

fn word(number: u64) -> String {
    format!("{number:064x}")
}

fn words(words: &[u64]) -> Reply {
    result(format!("0x{}", words.iter().map(|number| word(*number)).collect::<String>()))
}

fn text(text: &str) -> Reply {
    let padded = format!("{:0<64}", hex::encode(text));
    let length = u64::try_from(text.len()).unwrap();
    result(format!("0x{}{}{padded}", word(32), word(length)))
}

/// A node whose contracts answer so, by function.
fn contracts(decimals: Reply, symbol: Reply) -> Fake {
    healthy().with("eth_call 0x313ce567", decimals).with("eth_call 0x95d89b41", symbol)
}

/// What no question has for an answer.
fn nonsense() -> Vec<Reply> {
    let long = format!("0x{}", "1".repeat(65));
    vec![
        Reply::Text("<html><body>Bad Gateway</body></html>"),
        Reply::Text("{}"),
        Reply::Text(""),
        Reply::Endless,
        Reply::Status(500),
        result(json!(null)),
        result(json!(true)),
        result(json!(12)),
        result(json!(-1)),
        result(json!([])),
        result(json!({})),
        result("-0x1"),
        result("0x-1"),
        result("0xzz"),
        result("12"),
        result(long),
    ]
}

#[tokio::test]
async fn what_is_no_answer_is_unreachable_whatever_was_asked() {
    let call = Call { from: sender(), to: token(), value: U256::ZERO, data: vec![1, 2, 3, 4] };
    for reply in nonsense() {
        let fake = Fake::new([("eth_chainId", result("0x1"))]).with("", reply.clone());
        let node = connect(&fake).await;
        let fails = [
            node.balance(sender()).await.err(),
            node.nonces(sender()).await.err(),
            node.gas_price().await.err(),
            node.fees().await.err(),
            node.estimate_gas(&call).await.err(),
            node.facts(&call, None).await.err(),
            node.call(&call).await.err(),
            node.code(token()).await.err(),
            node.token(token()).await.err(),
            node.allowance(token(), sender(), recipient()).await.err(),
        ];
        for (which, error) in fails.into_iter().enumerate() {
            assert!(error.as_ref().is_some_and(is_unreachable), "{which} {reply:?}: {error:?}");
        }
    }
}

#[tokio::test]
async fn an_estimate_is_told_value_and_data() {
    let fake = healthy().with("eth_estimateGas", result("0xea60"));
    let call = Call { from: sender(), to: token(), value: U256::from(5), data: vec![0xa9, 5] };
    let node = connect(&fake).await;
    assert_eq!(node.estimate_gas(&call).await, Ok(60_000));
    assert_eq!(node.gas_limit(&call).await, Ok(75_000));
    let told = json!({"from": sender().to_string(), "to": TOKEN, "value": "0x5", "data": "0xa905"});
    assert_eq!(fake.last("eth_estimateGas"), json!([told]));
}

#[tokio::test]
async fn an_estimate_that_would_fail_is_refused_in_the_nodes_words() {
    let fake = healthy().with("eth_estimateGas", refused("execution reverted: paused"));
    let call = Call { from: sender(), to: token(), value: U256::ZERO, data: vec![1; 4] };
    // Who knows the limit asks for no estimate.
    let told = connect(&fake).await.facts(&call, Some(70_000)).await.unwrap();
    assert_eq!((told.gas, fake.count("eth_estimateGas")), (70_000, 0));
    let failed = connect(&fake).await.facts(&call, None).await.unwrap_err();
    assert!(matches!(failed, NodeError::Refused { message, .. } if message.ends_with("paused")));
}

#[tokio::test]
async fn the_next_nonce_is_after_all_that_wait_and_all_that_are_included() {
    for (latest, pending, next, waiting) in [(3, 3, 3, false), (3, 5, 5, true), (5, 3, 5, false)] {
        let nonces = Nonces { latest, pending };
        assert_eq!((nonces.next(), nonces.is_waiting()), (next, waiting));
    }
    let fake = healthy();
    let nonces = connect(&fake).await.nonces(sender()).await.unwrap();
    assert_eq!(nonces, Nonces { latest: 3, pending: 3 });
    assert_eq!(fake.count("eth_getTransactionCount"), 2);
}

#[tokio::test]
async fn a_token_says_its_decimals_and_its_symbol() {
    let fake = contracts(words(&[6]), text("USDC"));
    let said = connect(&fake).await.token(token()).await.unwrap();
    assert_eq!(said, Token { contract: token(), decimals: 6, symbol: Some("USDC".into()) });
}

#[tokio::test]
async fn a_token_may_have_no_symbol_or_none_that_can_be_read() {
    for symbol in [refused("execution reverted"), result("0x"), words(&[32]), words(&[32, 5, 0])] {
        let fake = contracts(words(&[0]), symbol.clone());
        let said = connect(&fake).await.token(token()).await;
        assert_eq!(said, Ok(Token { contract: token(), decimals: 0, symbol: None }), "{symbol:?}");
    }
}

#[tokio::test]
async fn decimals_are_as_many_as_an_amount_can_have() {
    for decimals in [0, 18, 77] {
        let fake = contracts(words(&[decimals]), text("T"));
        let said = connect(&fake).await.token(token()).await.unwrap();
        assert_eq!(u64::from(said.decimals), decimals);
    }
    for (decimals, says) in [
        (words(&[78]), "it counts 78 decimals, and no amount has more than 77"),
        (words(&[256 + 18]), "274 decimals"),
        (result(format!("0x{}", "f".repeat(64))), "decimals, and no amount"),
        (result("0x"), "it does not answer to decimals"),
        (result("0x12"), "it does not answer to decimals"),
        (refused("execution reverted"), "decimals fails: execution reverted"),
    ] {
        let fake = contracts(decimals, text("T"));
        let error = connect(&fake).await.token(token()).await.unwrap_err();
        assert!(matches!(error, NodeError::NoToken { .. }), "{error:?}");
        assert!(error.to_string().contains(says) && error.to_string().contains(TOKEN), "{error}");
    }
}

#[tokio::test]
async fn a_node_that_does_not_want_to_be_asked_says_nothing_about_the_token() {
    let fake = contracts(words(&[6]), refused("daily request count exceeded"));
    let error = connect(&fake).await.token(token()).await.unwrap_err();
    assert!(matches!(error, NodeError::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn holders_of_a_token_are_asked_for_by_their_addresses() {
    let fake = healthy()
        .with("eth_call 0x70a08231", words(&[7]))
        .with("eth_call 0xdd62ed3e", result(format!("0x{}", "f".repeat(64))));
    let node = connect(&fake).await;
    assert_eq!(node.token_balance(token(), sender()).await, Ok(U256::from(7)));
    assert_eq!(node.allowance(token(), sender(), recipient()).await, Ok(U256::MAX));
    let argument = |address: Address| format!("{:0>64}", hex::encode(address.to_bytes()));
    let data = ["0xdd62ed3e".to_owned(), argument(sender()), argument(recipient())].concat();
    assert_eq!(fake.last("eth_call"), json!([{"to": TOKEN, "data": data}, "latest"]));
}

#[tokio::test]
async fn an_address_has_no_code_or_a_contracts_or_one_that_acts_for_its_owner() {
    let delegated = format!("0xef0100{}", hex::encode(token().to_bytes()));
    for (answer, code) in [
        ("0x", Code::Nothing),
        ("0x6001", Code::Contract),
        ("0xef0100", Code::Contract),
        (&delegated, Code::Delegated(token())),
    ] {
        let fake = healthy().with("eth_getCode", result(answer));
        assert_eq!(connect(&fake).await.code(recipient()).await, Ok(code));
    }
}

#[tokio::test]
async fn a_transaction_is_unknown_then_waits_then_is_included_or_failed() {
    let txid = signed().txid();
    let receipt = |block: serde_json::Value, status: &str| {
        result(json!({"transactionHash": hash(txid), "blockNumber": block, "status": status}))
    };
    let known = result(json!({"hash": hash(txid), "blockNumber": null}));
    let nothing = || result(json!(null));
    let included = |succeeded| Status::Included(Receipt { block: 16, succeeded });
    for (receipt, found, status) in [
        (nothing(), nothing(), Status::Unknown),
        (nothing(), known.clone(), Status::Pending),
        (receipt(json!(null), "0x1"), known.clone(), Status::Pending),
        (receipt(json!("0x10"), "0x1"), nothing(), included(true)),
        (receipt(json!("0x10"), "0x0"), nothing(), included(false)),
    ] {
        let fake = healthy()
            .with("eth_getTransactionReceipt", receipt)
            .with("eth_getTransactionByHash", found);
        assert_eq!(connect(&fake).await.status(&txid).await, Ok(status));
    }
}

#[tokio::test]
async fn a_status_is_of_the_transaction_that_was_asked_for() {
    let txid = signed().txid();
    let other = json!({"transactionHash": hash([1; 32]), "blockNumber": "0x10", "status": "0x1"});
    let ours = |block: &str, status: serde_json::Value| {
        result(json!({"transactionHash": hash(txid), "blockNumber": block, "status": status}))
    };
    let receipts = [result(other), result("0x"), ours("-0x1", "0x1".into()), ours("0x1", 1.into())];
    for receipt in receipts {
        let fake = healthy().with("eth_getTransactionReceipt", receipt.clone());
        let error = connect(&fake).await.status(&txid).await.unwrap_err();
        assert!(is_unreachable(&error), "{receipt:?}: {error:?}");
    }
    for found in [json!({"hash": hash([1; 32])}), json!(false), json!([])] {
        let fake = healthy()
            .with("eth_getTransactionReceipt", result(json!(null)))
            .with("eth_getTransactionByHash", result(found));
        assert!(is_unreachable(&connect(&fake).await.status(&txid).await.unwrap_err()));
    }
}
