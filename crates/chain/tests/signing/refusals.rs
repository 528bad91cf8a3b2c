//! What is refused, in words, before anybody's share is touched (`CHAINS 4.8`).

use quorate_chain::evm::MOST_DATA;
use quorate_chain::payload::specific::{CosmosSpecific, ThorchainSpecific, UtxoSpecific};
use quorate_chain::payload::swap::{
    KyberSwapPayload, OneInchQuote, OneInchSwapPayload, OneInchTransaction, SwapKitSwapPayload,
    ThorchainSwapPayload,
};
use quorate_chain::payload::{
    BlockchainSpecific, Coin, ContractPayload, Erc20ApprovePayload, EthereumSpecific,
    KeysignPayload, SignData, SwapPayload, UtxoInfo, contract, sign_data,
};
use quorate_chain::{Intent, Payload, Signer, chain};

use crate::vectors::{
    ONE_INCH, OTHER, OWN, USDC, calling, coin, plain, plain_on, signer, specific, token, tokens,
    try_request, with,
};

/// Every payload of a table is refused with its words.
fn refused(table: Vec<(KeysignPayload, &'static str)>) {
    for (payload, words) in table {
        let error = try_request(&payload.into()).expect_err(words);
        assert_eq!(error.to_string(), words);
        assert!(!error.is_forbidden());
    }
}

fn of_coin(coin: Coin) -> KeysignPayload {
    KeysignPayload { coin: Some(coin), ..plain() }
}

#[test]
fn a_coin_that_is_none_or_contradicts_itself() {
    let contract = USDC.to_owned();
    let other = "0x17c5185167401eD00cF5F5b2fc97D9BBfDb7D025";
    refused(vec![
        (KeysignPayload { coin: None, ..plain() }, "its payment names no coin"),
        (
            of_coin(Coin { chain: "Ethereum\n".into(), ..coin() }),
            "this version does not know the chain \"Ethereum\\u{a}\"",
        ),
        (
            of_coin(Coin { chain: String::new(), ..coin() }),
            "this version does not know the chain \"\"",
        ),
        (
            of_coin(Coin { contract_address: contract, ..coin() }),
            "it contradicts itself: the chain's own coin has no contract",
        ),
        (
            of_coin(Coin { decimals: 6, ..coin() }),
            "it contradicts itself: the chain's own coin has other decimals",
        ),
        (of_coin(token("", "TEA", 6)), "it contradicts itself: a token without a contract"),
        (
            of_coin(token("0x12", "TEA", 6)),
            "\"0x12\" is not an address: it must be 0x and 40 hex digits",
        ),
        (
            of_coin(token(USDC, "USDC", 18)),
            "it contradicts itself: the token has another number of decimals",
        ),
        (of_coin(token(other, "TEA", 78)), "its token's number of decimals is out of range"),
        (of_coin(token(other, "TEA", -1)), "its token's number of decimals is out of range"),
        (of_coin(token(other, "TEA", i32::MAX)), "its token's number of decimals is out of range"),
    ]);
}

#[test]
fn a_sender_that_is_not_this_vault() {
    let key = "02".repeat(33);
    refused(vec![
        (
            of_coin(Coin { address: OTHER.into(), ..coin() }),
            "it pays from 0x17c5185167401eD00cF5F5b2fc97D9BBfDb7D025, but this vault's address is 0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A",
        ),
        (
            of_coin(Coin { hex_public_key: key, ..coin() }),
            "it names another public key than this vault's for Ethereum",
        ),
    ]);
}

#[test]
fn addresses_and_amounts_that_do_not_parse() {
    let to = |to: &str| KeysignPayload { to_address: to.into(), ..plain() };
    let amount = |amount: &str| KeysignPayload { to_amount: amount.into(), ..plain() };
    refused(vec![
        (to(""), "\"\" is not an address: it must be 0x and 40 hex digits"),
        (
            to("0x17C5185167401eD00cF5F5b2fc97D9BBfDb7D025"),
            "the checksum of 0x17C5185167401eD00cF5F5b2fc97D9BBfDb7D025 does not fit: a character of it was mistyped",
        ),
        (
            to("0x0000000000000000000000000000000000000000"),
            "the recipient is the zero address, whose coins nobody can spend",
        ),
        (
            amount("1.5"),
            "\"1.5\" is not an amount: write digits with at most one point, such as 0.5",
        ),
        (amount("-1"), "\"-1\" is not an amount: write digits with at most one point, such as 0.5"),
        (amount(""), "\"\" is not an amount: write digits with at most one point, such as 0.5"),
        (amount("0"), "the transfer sends nothing"),
        (tokens(token(USDC, "USDC", 6), "0"), "the transfer sends nothing"),
        (
            KeysignPayload {
                to_address: "0x0000000000000000000000000000000000000000".into(),
                ..tokens(token(USDC, "USDC", 6), "1")
            },
            "the recipient is the zero address, whose coins nobody can spend",
        ),
        (
            calling(OTHER, "1", "0xabc"),
            "its memo begins with 0x, but is not an even number of hex digits",
        ),
        (
            calling(OTHER, "1", "0xzz"),
            "its memo begins with 0x, but is not an even number of hex digits",
        ),
    ]);
    let most = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    let beyond = "115792089237316195423570985008687907853269984665640564039457584007913129639936";
    let error = |digits: &str| try_request(&amount(digits).into()).unwrap_err().to_string();
    assert_eq!(error(most), "amount and fee together are more than any chain can count");
    assert_eq!(error(beyond), format!("{beyond} is more than any chain can count"));
}

#[test]
fn fees_gas_and_numbers_that_do_not_parse_or_contradict_each_other() {
    let fee = |fee: &str| with(EthereumSpecific { max_fee_per_gas_wei: fee.into(), ..specific() });
    let tip = |tip: &str| with(EthereumSpecific { priority_fee: tip.into(), ..specific() });
    let gas = |gas: &str| with(EthereumSpecific { gas_limit: gas.into(), ..specific() });
    refused(vec![
        (fee(""), "its fee is not a number"),
        (fee("1.5"), "its fee is not a number"),
        (fee("+1"), "its fee is not a number"),
        (fee("0x10"), "its fee is not a number"),
        (fee("340282366920938463463374607431768211456"), "its fee is not a number"),
        (fee("0"), "the fee per gas is zero"),
        (tip("x"), "its priority fee is not a number"),
        (tip("30000000001"), "the tip per gas is above the whole fee per gas"),
        (gas(""), "its gas limit is not a number"),
        (gas("-1"), "its gas limit is not a number"),
        (gas("20999"), "the gas limit of 20999 is below the 21000 that any transfer uses"),
        (gas("18446744073709551616"), "its gas limit is not a number"),
        (with(EthereumSpecific { nonce: -1, ..specific() }), "its nonce is not a number"),
    ]);
}

#[test]
fn data_that_is_too_long() {
    let data = |len: usize| calling(OTHER, "0", &format!("0x{}", "ff".repeat(len)));
    assert!(try_request(&data(MOST_DATA).into()).is_ok());
    refused(vec![
        (data(MOST_DATA + 1), "its data has 65537 bytes; at most 65536 are signed"),
        (data(100_000), "its data has 100000 bytes; at most 65536 are signed"),
    ]);
}

#[test]
fn parameters_of_another_family() {
    for specific in [
        None,
        Some(BlockchainSpecific::Utxo(UtxoSpecific::default())),
        Some(BlockchainSpecific::Cosmos(CosmosSpecific::default())),
        Some(BlockchainSpecific::Thorchain(ThorchainSpecific::default())),
    ] {
        let payload = KeysignPayload { blockchain_specific: specific, ..plain() };
        refused(vec![(payload, "its fees are not those of an Ethereum-like chain")]);
    }
}

#[test]
fn a_family_that_is_not_built_is_named() {
    for chain in chain::CHAINS.iter().filter(|chain| chain.evm().is_none()) {
        let payload: Payload =
            KeysignPayload { coin: Some(Coin { chain: chain.name.into(), ..coin() }), ..plain() }
                .into();
        let error = quorate_chain::intent::to_sign(&payload).unwrap_err().to_string();
        assert_eq!(error, format!("transactions on {} are not built yet", chain.name));
    }
    for chain in chain::CHAINS.iter().filter(|chain| chain.evm().is_some()) {
        assert!(try_request(&plain_on(chain.name).into()).is_ok(), "{}", chain.name);
    }
}

#[test]
fn parts_of_other_families() {
    let contract = contract::WasmExecuteContractPayload::default();
    refused(vec![
        (
            KeysignPayload { is_qbtc_claim: true, ..plain() },
            "it asks for a QBTC claim, which this version does not sign",
        ),
        (
            KeysignPayload {
                contract_payload: Some(ContractPayload::WasmExecute(contract)),
                ..plain()
            },
            "it asks for a contract call of another family, which this version does not sign",
        ),
        (
            KeysignPayload {
                sign_data: Some(SignData::Solana(sign_data::SignSolana::default())),
                ..plain()
            },
            "it asks for a transaction that was made elsewhere, which this version does not sign",
        ),
        (
            KeysignPayload { utxo_info: vec![UtxoInfo::default()], ..plain() },
            "it contradicts itself: it lists coins to be spent, which the chain has not",
        ),
    ]);
}

fn approve(amount: &str, spender: &str) -> Erc20ApprovePayload {
    Erc20ApprovePayload { amount: amount.into(), spender: spender.into() }
}

fn one_inch(tx: OneInchTransaction) -> KeysignPayload {
    let swap = OneInchSwapPayload {
        from_coin: Some(coin()),
        to_coin: Some(token(USDC, "USDC", 6)),
        from_amount: "1".to_owned(),
        quote: Some(OneInchQuote { dst_amount: "1".to_owned(), tx: Some(tx) }),
        ..OneInchSwapPayload::default()
    };
    KeysignPayload { swap_payload: Some(SwapPayload::OneInch(swap)), ..plain() }
}

fn call() -> OneInchTransaction {
    OneInchTransaction {
        from: OWN.to_owned(),
        to: ONE_INCH.to_owned(),
        data: "0x01".to_owned(),
        value: "1".to_owned(),
        ..OneInchTransaction::default()
    }
}

#[test]
fn approvals_that_clients_read_in_different_ways() {
    let usdc = || tokens(token(USDC, "USDC", 6), "1");
    refused(vec![
        (
            KeysignPayload { erc20_approve_payload: Some(approve("1", OTHER)), ..usdc() },
            "it asks for an approval without what it is for, which this version does not sign",
        ),
        (
            KeysignPayload {
                erc20_approve_payload: Some(approve("1", ONE_INCH)),
                ..one_inch(call())
            },
            "it contradicts itself: it approves of a token, but moves the chain's own coin",
        ),
    ]);
    let swap = |approve| {
        let mut payload = one_inch(OneInchTransaction { value: String::new(), ..call() });
        if let Some(SwapPayload::OneInch(swap)) = &mut payload.swap_payload {
            swap.from_coin = Some(token(USDC, "USDC", 6));
        }
        KeysignPayload {
            coin: Some(token(USDC, "USDC", 6)),
            erc20_approve_payload: Some(approve),
            ..payload
        }
    };
    assert!(try_request(&swap(approve("1", ONE_INCH)).into()).is_ok());
    refused(vec![
        (
            swap(approve("", ONE_INCH)),
            "\"\" is not an amount: write digits with at most one point, such as 0.5",
        ),
        (swap(approve("1", "")), "\"\" is not an address: it must be 0x and 40 hex digits"),
    ]);
    let last = swap(approve("1", ONE_INCH));
    let last = KeysignPayload {
        blockchain_specific: with(EthereumSpecific { nonce: i64::MAX, ..specific() })
            .blockchain_specific,
        ..last
    };
    // Two transactions, the second of which has a number that still counts.
    assert!(try_request(&last.into()).is_ok());
}

#[test]
fn swaps_that_contradict_themselves() {
    let with_coin = |from: Option<Coin>| {
        let mut payload = one_inch(call());
        if let Some(SwapPayload::OneInch(swap)) = &mut payload.swap_payload {
            swap.from_coin = from;
        }
        payload
    };
    let other = "it contradicts itself: the swap gives another coin than the payload moves";
    assert!(try_request(&one_inch(call()).into()).is_ok());
    refused(vec![
        (
            KeysignPayload { to_amount: "1.5".into(), ..one_inch(call()) },
            "\"1.5\" is not an amount: write digits with at most one point, such as 0.5",
        ),
        (with_coin(None), "it contradicts itself: a swap that gives nothing"),
        (with_coin(Some(Coin { chain: "Base".into(), ..coin() })), other),
        (with_coin(Some(token(USDC, "USDC", 6))), other),
        (
            one_inch(OneInchTransaction { from: OTHER.into(), ..call() }),
            "it contradicts itself: the swap was made for another sender",
        ),
        (
            one_inch(OneInchTransaction { data: "0xzz".into(), ..call() }),
            "its call data begins with 0x, but is not an even number of hex digits",
        ),
        (
            one_inch(OneInchTransaction { value: "0x".into(), ..call() }),
            "its value is not a number",
        ),
        (
            one_inch(OneInchTransaction { value: format!("0x1{}", "0".repeat(64)), ..call() }),
            "its value is out of range",
        ),
        (one_inch(OneInchTransaction { gas: -1, ..call() }), "its gas limit is out of range"),
        (
            one_inch(OneInchTransaction { gas_price: "1.5".into(), ..call() }),
            "its gas price is not a number",
        ),
        (
            one_inch(OneInchTransaction { to: String::new(), ..call() }),
            "\"\" is not an address: it must be 0x and 40 hex digits",
        ),
        (
            KeysignPayload {
                swap_payload: Some(SwapPayload::KyberSwap(KyberSwapPayload::default())),
                ..plain()
            },
            "it asks for a swap in a retired form, which this version does not sign",
        ),
        (
            KeysignPayload {
                swap_payload: Some(SwapPayload::SwapKit(SwapKitSwapPayload::default())),
                ..plain()
            },
            "it asks for a swap through SwapKit, which this version does not sign",
        ),
    ]);
}

#[test]
fn deposits_without_what_they_need() {
    let swap = ThorchainSwapPayload {
        from_coin: Some(coin()),
        vault_address: OTHER.to_owned(),
        from_amount: "1".to_owned(),
        ..ThorchainSwapPayload::default()
    };
    let payload = |swap: ThorchainSwapPayload, memo: &str| KeysignPayload {
        swap_payload: Some(SwapPayload::Thorchain(swap)),
        memo: Some(memo.to_owned()),
        ..plain()
    };
    assert!(try_request(&payload(swap.clone(), "=:r:thor1").into()).is_ok());
    let usdc = ThorchainSwapPayload { from_coin: Some(token(USDC, "USDC", 6)), ..swap.clone() };
    refused(vec![
        (payload(swap.clone(), ""), "it contradicts itself: a swap without its memo"),
        (
            payload(ThorchainSwapPayload { from_amount: "0".into(), ..swap.clone() }, "=:r:thor1"),
            "the transfer sends nothing",
        ),
        (
            payload(ThorchainSwapPayload { vault_address: "thor1".into(), ..swap }, "=:r:thor1"),
            "\"thor1\" is not an address: it must be 0x and 40 hex digits",
        ),
        (
            KeysignPayload { coin: Some(token(USDC, "USDC", 6)), ..payload(usdc, "=:r:thor1") },
            "\"\" is not an address: it must be 0x and 40 hex digits",
        ),
    ]);
}

#[test]
fn the_root_key_and_paths_that_a_key_has_not() {
    let [ethereum, solana] = ["Ethereum", "Solana"].map(|name| chain::find(name).unwrap());
    let digest =
        |chain, path: &str| Intent::Digest { digest: [7; 32], chain, path: path.to_owned() };
    let root = digest(ethereum, "m").request(&signer(ethereum)).unwrap_err();
    assert!(root.is_forbidden());
    assert_eq!(
        root.to_string(),
        "the vault's root key signs certificates only, never a message or digest"
    );
    let own = Signer { path: "m".to_owned(), ..signer(ethereum) };
    assert!(digest(ethereum, ethereum.path).request(&own).is_ok());
    let elsewhere = digest(ethereum, "m/44/60/0/0/1").request(&own).unwrap_err();
    assert_eq!(
        elsewhere.to_string(),
        "the key of Ethereum came from a seed phrase, and has no paths below it"
    );
    let below = digest(solana, "m/44")
        .request(&Signer { key: quorate_chain::PublicKey::Eddsa([7; 32]), path: "m".to_owned() });
    assert_eq!(below.unwrap_err().to_string(), "the key of Solana has no paths below it");
    let other = digest(solana, "m").request(&signer(solana)).unwrap_err();
    assert_eq!(other.to_string(), "not a public key of the curve that the chain uses");
}
