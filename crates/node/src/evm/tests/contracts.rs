//! Against a real node, if `QUORATE_ANVIL` names its program: contracts that the test puts there.

use super::anvil::{FUNDED, anvil};
use super::*;

/// A contract that answers to each selector with its bytes, and fails otherwise.
fn answering(answers: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    // selector := calldata[0..4]
    let mut code = vec![0x60, 0x00, 0x35, 0x60, 0xe0, 0x1c];
    // Each comparison takes 11 bytes; the failure after them 5.
    let mut at = code.len() + 11 * answers.len() + 5;
    let mut handlers = Vec::new();
    for (selector, returned) in answers {
        // if selector == this { goto at }
        code.extend([0x80, 0x63]);
        code.extend(selector);
        code.extend([0x14, 0x61]);
        code.extend(u16::try_from(at).unwrap().to_be_bytes());
        code.push(0x57);
        let mut handler = vec![0x5b];
        for (index, word) in returned.chunks(32).enumerate() {
            handler.push(0x7f);
            handler.extend(word);
            handler.extend([0x60, u8::try_from(index * 32).unwrap(), 0x52]);
        }
        handler.extend([0x60, u8::try_from(returned.len()).unwrap(), 0x60, 0x00, 0xf3]);
        at += handler.len();
        handlers.extend(handler);
    }
    code.extend([0x60, 0x00, 0x60, 0x00, 0xfd]);
    code.extend(handlers);
    code
}

fn word(number: u64) -> Vec<u8> {
    U256::from(number).to_be_bytes::<32>().to_vec()
}

fn string(text: &str) -> Vec<u8> {
    let mut returned = [word(32), word(text.len().try_into().unwrap())].concat();
    returned.extend(text.bytes());
    returned.resize(returned.len().next_multiple_of(32), 0);
    returned
}

async fn put(node: &Node, code: &[u8]) -> Address {
    let contract: Address = "0x00000000000000000000000000000000000c0de1".parse().unwrap();
    let params = json!([contract.to_string(), quantity::hex(code)]);
    node.ask("anvil_setCode", params, |_| Some(())).await.unwrap();
    contract
}

#[tokio::test]
async fn a_real_node_says_what_a_token_says() {
    let Some((_node, url)) = anvil(1).await else { return };
    let node = Node::connect(&url, chain::find(ETHEREUM).unwrap(), FAST).await.unwrap();
    assert_eq!(node.code(recipient()).await, Ok(Code::Nothing));
    let none = node.token(recipient()).await.unwrap_err();
    assert!(none.to_string().ends_with("it does not answer to decimals"), "{none}");

    let token = put(
        &node,
        &answering(&[
            ([0x31, 0x3c, 0xe5, 0x67], word(6)),
            ([0x95, 0xd8, 0x9b, 0x41], string("USDC")),
            ([0x70, 0xa0, 0x82, 0x31], word(70)),
            ([0xdd, 0x62, 0xed, 0x3e], word(7)),
            ([0xa9, 0x05, 0x9c, 0xbb], word(1)),
        ]),
    )
    .await;
    assert_eq!(node.code(token).await, Ok(Code::Contract));
    let said = node.token(token).await.unwrap();
    assert_eq!((said.decimals, said.symbol.as_deref()), (6, Some("USDC")));
    assert_eq!(node.token_balance(token, sender()).await, Ok(U256::from(70)));
    assert_eq!(node.allowance(token, sender(), recipient()).await, Ok(U256::from(7)));

    let mut call =
        Call { from: sender(), to: token, value: U256::ZERO, data: vec![0xa9, 5, 0x9c, 0xbb] };
    assert_eq!(node.call(&call).await.unwrap(), word(1));
    let funded = SigningKey::from_slice(&hex::decode(FUNDED).unwrap()).unwrap();
    call.from = Address::of(&public_key(&funded)).unwrap();
    let facts = node.facts(&call, None).await.unwrap();
    assert!((21_001..60_000).contains(&facts.gas), "{facts:?}");
    assert_eq!(facts.nonces, Nonces { latest: 0, pending: 0 });
    assert!(node.gas_price().await.unwrap() > 0);

    call.data = vec![1, 2, 3, 4];
    let failed = node.facts(&call, None).await.unwrap_err();
    assert!(matches!(failed, NodeError::Refused { .. }), "{failed:?}");
}

#[tokio::test]
async fn a_real_node_says_that_a_contract_is_no_token() {
    let Some((_node, url)) = anvil(1).await else { return };
    let node = Node::connect(&url, chain::find(ETHEREUM).unwrap(), FAST).await.unwrap();
    let contract = put(&node, &answering(&[])).await;
    let none = node.token(contract).await.unwrap_err();
    assert!(matches!(none, NodeError::NoToken { .. }), "{none:?}");

    let only_decimals = put(&node, &answering(&[([0x31, 0x3c, 0xe5, 0x67], word(18))])).await;
    assert_eq!(node.token(only_decimals).await.unwrap().symbol, None);
}
