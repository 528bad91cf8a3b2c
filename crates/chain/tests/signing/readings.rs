//! What a person is shown: read from what is signed, with what others say marked as that.

use quorate_chain::evm::MOST_DATA;
use quorate_chain::payload::swap::{OneInchQuote, OneInchSwapPayload, OneInchTransaction};
use quorate_chain::payload::{DappMetadata, Erc20ApprovePayload, KeysignPayload, SwapPayload};
use quorate_chain::reading::{Blind, Item, Warning};
use serde_json::{Value, json};

use crate::vectors::{
    ONE_INCH, OTHER, OWN, USDC, calling, case, coin, lines, payload, plain, request, text, token,
    tokens, word,
};

const CALLS: &str = include_str!("../../../../vectors/app/evm_calls.json");
const STRANGE: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

fn has(lines: &[String], line: &str) {
    assert!(lines.iter().any(|known| known == line), "{line:?} is not in {lines:#?}");
}

#[test]
fn a_token_is_shown_by_its_name_only_where_we_know_it() {
    let known = lines(tokens(token(USDC, "anything", 6), "1500000"));
    assert_eq!(
        known[..3],
        [
            "send 1.5 USDC on Ethereum".to_owned(),
            format!("to {OTHER}"),
            format!("USDC is the token {USDC}")
        ]
    );
    let unknown = lines(tokens(token(STRANGE, "TEA", 3), "1500000"));
    assert_eq!(
        unknown[..3],
        [
            format!("send 1500000 base units of the token {STRANGE} on Ethereum"),
            format!("to {OTHER}"),
            "the token calls itself \"TEA\" with 3 decimals: 1500 of it".to_owned()
        ]
    );
}

#[test]
fn a_token_may_have_no_decimals_or_as_many_as_can_be_counted() {
    let none = lines(tokens(token(STRANGE, "TEA", 0), "15"));
    has(&none, "the token calls itself \"TEA\" with 0 decimals: 15 of it");
    let most = lines(tokens(token(STRANGE, "TEA", 77), "15"));
    has(
        &most,
        &format!("the token calls itself \"TEA\" with 77 decimals: 0.{}15 of it", "0".repeat(75)),
    );
}

#[test]
fn a_symbol_that_imitates_is_told_apart() {
    for symbol in ["ETH", "eth", "USDC", " usdt "] {
        let reading = request(&tokens(token(STRANGE, symbol, 6), "1").into()).reading;
        let odd = Warning::OddSymbol { symbol: symbol.to_owned() };
        let imitates = Warning::Imitates { symbol: symbol.to_owned() };
        assert!(reading.warnings.contains(if symbol.contains(' ') { &odd } else { &imitates }));
        assert_eq!(reading.gates().count(), usize::from(!symbol.contains(' ')), "{symbol}");
    }
    for (symbol, shown) in [
        ("ЕTH", "\"\\u{415}TH\""),
        ("ETH\u{200b}", "\"ETH\\u{200b}\""),
        ("USD₮", "\"USD\\u{20ae}\""),
    ] {
        let lines = lines(tokens(token(STRANGE, symbol, 6), "1"));
        has(
            &lines,
            &format!(
                "WARNING: the token calls itself {shown}, with letters that can look like others"
            ),
        );
        assert!(lines.iter().all(|line| line.is_ascii()), "{lines:#?}");
    }
    // What we know is never called by another name.
    assert_eq!(request(&tokens(token(USDC, "ETH", 6), "1").into()).reading.warnings, []);
}

#[test]
fn tokens_for_their_own_contract_are_warned_of() {
    let reading = request(
        &KeysignPayload { to_address: USDC.into(), ..tokens(token(USDC, "USDC", 6), "1") }.into(),
    )
    .reading;
    assert_eq!(reading.warnings, [Warning::ToTheToken]);
    let nobody = format!("0xa9059cbb{}{:0>64}", "0".repeat(64), 1);
    let reading = request(&calling(USDC, "0", &nobody).into()).reading;
    assert_eq!(reading.gates().collect::<Vec<_>>(), [&Warning::ToNobody]);
}

#[test]
fn what_a_memo_says_cannot_be_mistaken_for_another_word() {
    let mut payload = recorded("thorchainswap: Swap from ETH to RUNE");
    payload.memo = Some("=:ЕTH.ETH:thоr1x:1e9".to_owned());
    let lines = lines(payload);
    assert!(lines[0].ends_with("for \"\\u{415}TH.ETH\", through THORChain"), "{lines:#?}");
    has(&lines, "at least 1e9 of 10⁻⁸ \"\\u{415}TH.ETH\" must come out");
    has(&lines, "what comes out goes to \"th\\u{43e}r1x\"");
}

#[test]
fn a_fee_above_the_amount_is_warned_of() {
    let fee = 60_000_u128 * 30_000_000_000;
    for (amount, warned) in [(fee, false), (fee - 1, true), (1, true)] {
        let reading =
            request(&KeysignPayload { to_amount: amount.to_string(), ..plain() }.into()).reading;
        assert_eq!(reading.warnings == [Warning::FeeAboveAmount], warned, "{amount}");
    }
}

#[test]
fn calls_that_are_known_are_put_into_words() {
    let amount = format!("{:0>64x}", 1_500_000);
    let most = "f".repeat(64);
    let (own, other, one_inch) = (word(OWN), word(OTHER), word(ONE_INCH));
    for (data, line) in [
        (format!("a9059cbb{other}{amount}"), "send 1.5 USDC on Ethereum".to_owned()),
        (format!("23b872dd{own}{other}{amount}"), "send 1.5 USDC on Ethereum".to_owned()),
        (format!("23b872dd{other}{own}{amount}"), format!("from {OTHER}")),
        (
            format!("095ea7b3{one_inch}{amount}"),
            format!("allow {ONE_INCH} (1inch v6) to take 1.5 USDC on Ethereum"),
        ),
        (
            format!("095ea7b3{other}{most}"),
            format!("allow {OTHER} to take ANY AMOUNT of USDC on Ethereum"),
        ),
        (
            format!("095ea7b3{other}{:0>64}", 0),
            format!("allow {OTHER} no longer to take any of USDC on Ethereum"),
        ),
        (
            format!("39509351{other}{amount}"),
            format!("allow {OTHER} to take 1.5 USDC more than before on Ethereum"),
        ),
        (
            format!("a457c2d7{other}{amount}"),
            format!("allow {OTHER} to take 1.5 USDC less than before on Ethereum"),
        ),
        (
            format!("a22cb465{other}{:0>64}", 1),
            format!(
                "allow {OTHER} to take EVERYTHING of the collection {USDC} (USDC), on Ethereum"
            ),
        ),
        (
            format!("d505accf{own}{other}{amount}{:0>64x}{}", 1_700_000_000, "0".repeat(192)),
            format!(
                "hand in the leave of {OWN} (this vault) that {OTHER} may take 1.5 USDC on Ethereum, good until 2023-11-14 22:13:20 UTC"
            ),
        ),
    ] {
        let reading = request(&calling(USDC, "0", &format!("0x{data}")).into()).reading;
        has(&reading.lines(), &line);
        assert_eq!(reading.blind, None, "{line}");
        // With coins it is another call, whatever it looks like.
        let paid = request(&calling(USDC, "1", &format!("0x{data}")).into()).reading;
        assert!(paid.is_blind(), "{line}");
        // So it is with a byte more.
        let longer = request(&calling(USDC, "0", &format!("0x{data}00")).into()).reading;
        assert!(longer.is_blind(), "{line}");
    }
}

#[test]
fn leave_for_somebody_unknown_or_without_limit_is_a_gate() {
    let approve = |spender: &str, amount: &str| {
        let data = format!("0x095ea7b3{}{amount}", word(spender));
        request(&calling(USDC, "0", &data).into()).reading
    };
    let (some, most) = (format!("{:0>64x}", 1), "f".repeat(64));
    assert_eq!(approve(ONE_INCH, &some).gates().count(), 0);
    assert_eq!(approve(OTHER, &some).gates().count(), 1);
    assert_eq!(approve(ONE_INCH, &most).gates().count(), 1);
    assert_eq!(approve(OTHER, &most).gates().count(), 2);
    // 2¹²⁸ and above is no limit.
    let limit = format!("{:0>64}", format!("1{}", "0".repeat(32)));
    assert_eq!(approve(ONE_INCH, &limit).gates().count(), 1);
    let below = format!("{:0>64}", "f".repeat(32));
    assert_eq!(approve(ONE_INCH, &below).gates().count(), 0);
    // Nothing is given to whom everything is taken from.
    assert_eq!(approve(OTHER, &"0".repeat(64)).gates().count(), 0);
}

#[test]
fn a_call_that_is_not_known_is_shown_as_one_and_is_blind() {
    let reading = request(&calling(STRANGE, "5", "0xdeadbeef00").into()).reading;
    assert_eq!(reading.blind, Some(Blind::Calls { unknown: 1, of: 1 }));
    let lines = reading.lines();
    assert_eq!(lines[0], format!("call the function 0xdeadbeef of {STRANGE} on Ethereum"));
    assert_eq!(lines[1], "and send 0.000000000000000005 ETH along");
    assert!(lines[2].starts_with("data: 5 bytes, keccak-256 0x"), "{}", lines[2]);
    assert_eq!(lines.last().unwrap(), "BLIND: this device cannot see what the call does");
    let short = request(&calling(STRANGE, "5", "0xff").into()).reading;
    assert_eq!(short.lines()[0], format!("call no function of {STRANGE} on Ethereum"));
    let longest = request(&calling(STRANGE, "0", &format!("0x{}", "ff".repeat(MOST_DATA))).into());
    assert!(longest.reading.is_blind());
    assert!(longest.reading.lines().iter().all(|line| line.len() < 200), "data is not spilled");
}

#[test]
fn a_text_that_goes_along_is_shown_and_what_is_no_text_is_blind() {
    has(&lines(calling(OTHER, "1", "for the tea")), "memo: for the tea");
    // The same bytes as hex are the same transaction.
    has(
        &lines(calling(OTHER, "1", &format!("0x{}", hex::encode("for the tea")))),
        "memo: for the tea",
    );
    assert!(request(&calling(OTHER, "1", "a\u{202e}b").into()).reading.is_blind());
    let tokens = KeysignPayload { memo: Some("hi".into()), ..tokens(token(USDC, "USDC", 6), "1") };
    has(&lines(tokens), "its memo is no part of the transaction, and nobody gets it");
}

#[test]
fn a_swap_through_thorchain_says_what_the_memo_says() {
    let case = case("THORChain swap from ETH");
    let reading = request(&payload(&case)).reading;
    let Item::Swap(swap) = &reading.items[0] else { panic!("{:?}", reading.items) };
    assert_eq!((swap.through, reading.is_blind()), ("THORChain", false));
    let lines = reading.lines();
    assert!(
        lines[0].starts_with("swap ") && lines[0].ends_with(", through THORChain"),
        "{lines:#?}"
    );
    assert!(lines.iter().any(|line| line.contains("has not checked")), "{lines:#?}");
}

#[test]
fn an_approval_and_what_uses_it_are_shown_in_their_order() {
    let reading = request(&payload(&case("THORChain swap from USDC with approve"))).reading;
    assert_eq!(reading.items.len(), 2);
    assert!(matches!(reading.items[0], Item::Approve { .. }));
    assert!(matches!(reading.items[1], Item::Swap(_)));
    assert_eq!(reading.nonces[1], reading.nonces[0] + 1);
    let lines = reading.lines();
    assert_eq!(lines[0], "2 transactions on Ethereum, one after the other:");
    assert!(lines.iter().any(|line| line.starts_with("as the transactions number ")), "{lines:#?}");
}

/// The call that the field recorded, as a swap of this vault's.
fn recorded(name: &str) -> KeysignPayload {
    let mut payload = (*payload(&case(name))).clone();
    let key = coin();
    let coin = payload.coin.as_mut().unwrap();
    coin.address.clone_from(&key.address);
    coin.hex_public_key.clone_from(&key.hex_public_key);
    if let Some(SwapPayload::OneInch(swap)) = &mut payload.swap_payload {
        OWN.clone_into(&mut swap.quote.as_mut().unwrap().tx.as_mut().unwrap().from);
    }
    payload
}

#[test]
fn a_call_of_an_aggregator_is_read_and_its_receiver_is_held_against_the_vault() {
    let reading = request(&recorded("arb: Swap from ARB.ARB to ARB.ETH via 1inch").into()).reading;
    let lines = reading.lines();
    has(&lines, "swap 8 ARB on Arbitrum for ETH, through 1inch v6");
    has(&lines, "at least 0.000947382502669478 ETH must come out");
    assert_eq!(reading.blind, None);
    // It was made for the vault that recorded it.
    assert!(reading.gates().any(|it| matches!(it, Warning::ReceiverIsNotOwn { .. })), "{lines:#?}");

    let bridged = request(&recorded("lifiswap: Swap from ARB.ETH to BASE.ETH").into()).reading;
    has(&bridged.lines(), "swap 0.001 ETH on Arbitrum for what comes out on Base, through LI.FI");
    has(
        &bridged.lines(),
        "the initiator says that \"0.000991932538885999 ETH on Base\" comes out; nothing holds them to it",
    );
    assert!(bridged.warnings.contains(&Warning::NoLeast));
}

#[test]
fn a_swap_through_a_router_that_is_not_known_is_blind_and_a_gate() {
    let tx = OneInchTransaction {
        to: STRANGE.to_owned(),
        data: "0x07ed2379".to_owned(),
        value: "0x10".to_owned(),
        ..OneInchTransaction::default()
    };
    let swap = OneInchSwapPayload {
        from_coin: Some(coin()),
        to_coin: Some(token(USDC, "USDC", 6)),
        from_amount: "16".to_owned(),
        quote: Some(OneInchQuote { dst_amount: String::new(), tx: Some(tx) }),
        ..OneInchSwapPayload::default()
    };
    let swap = KeysignPayload { swap_payload: Some(SwapPayload::OneInch(swap)), ..plain() };
    let reading = request(&swap.into()).reading;
    assert!(reading.is_blind());
    assert!(reading.gates().any(|it| matches!(it, Warning::UnknownRouter { .. })));
}

#[test]
fn who_asks_is_shown_as_a_claim() {
    let metadata = DappMetadata {
        name: "Uniswap\u{202e}".to_owned(),
        url: "https://uniswap.example".to_owned(),
        icon_url: String::new(),
    };
    let lines = lines(KeysignPayload { dapp_metadata: Some(metadata), ..plain() });
    has(
        &lines,
        "asked for by an application that claims to be \"Uniswap\\u{202e}\" at \"https://uniswap.example\"",
    );
}

#[test]
fn a_reading_as_json_says_all_that_its_lines_say() {
    let reading = request(&tokens(token(STRANGE, "TEA", 3), "1500000").into()).reading;
    assert_eq!(
        serde_json::to_value(&reading).unwrap(),
        json!({
            "chain": "Ethereum",
            "path": null,
            "items": [{
                "kind": "pay",
                "amount": {
                    "base_units": "1500000",
                    "asset": {
                        "kind": "token",
                        "contract": STRANGE,
                        "symbol": null,
                        "decimals": null,
                        "claims": { "symbol": "TEA", "decimals": 3 },
                    },
                },
                "to": { "address": OTHER, "own": false, "name": null },
                "from": null,
                "memo": null,
            }],
            "fee": {
                "base_units": "1800000000000000",
                "asset": { "kind": "coin", "symbol": "ETH", "decimals": 18 },
            },
            "nonces": [7],
            "expires": null,
            "blind": null,
            "warnings": [],
            "application": null,
        })
    );
}

#[test]
fn leave_for_another_than_what_is_called_is_a_gate_and_more_than_it_takes_is_told() {
    let swapped = |spender: &str, amount: &str| {
        let mut payload = recorded("arb: Swap from ARB.ARB to ARB.ETH via 1inch");
        let (amount, spender) = (amount.to_owned(), spender.to_owned());
        payload.erc20_approve_payload = Some(Erc20ApprovePayload { amount, spender });
        let warnings = request(&payload.into()).reading.warnings;
        let other = |it: &&Warning| matches!(it, Warning::SpenderIsNotCalled { .. });
        let gate = warnings.iter().find(other).is_some_and(Warning::is_gate);
        (gate, warnings.contains(&Warning::AllowsMore))
    };
    let (exact, more) = ("8000000000000000000", "8000000000000000001");
    assert_eq!(swapped(ONE_INCH, exact), (false, false));
    assert_eq!(swapped(ONE_INCH, more), (false, true));
    // One that is known as well.
    assert_eq!(swapped("0x6131B5fae19EA4f9D964eAc0408E4408b66337b5", exact), (true, false));
}

#[test]
fn an_offer_ends_when_the_initiator_says_so() {
    let reading = request(&payload(&case("THORChain swap from ETH"))).reading;
    let expires = reading.expires.unwrap();
    assert!(expires > 1_700_000_000, "{expires}");
    let line = reading.lines().into_iter().find(|line| line.contains("the offer is good until"));
    assert!(line.unwrap().starts_with("the initiator says"));
}

/// Encoded by another implementation of the ABI.
#[test]
fn calls_of_routers_say_what_is_swapped_for_how_much_and_for_whom() {
    let calls: Value = serde_json::from_str(CALLS).unwrap();
    let calls = calls["cases"].as_array().unwrap();
    let expected = [
        (
            "swap 1.5 USDC on Ethereum for DAI, through KyberSwap",
            Some("at least 1.49 DAI must come out"),
            "what comes out goes to this vault",
        ),
        (
            "swap 0.01 ETH on Ethereum for USDC, through KyberSwap",
            Some("at least 30 USDC must come out"),
            "what comes out goes to 0x17c5185167401eD00cF5F5b2fc97D9BBfDb7D025",
        ),
        (
            "swap 1.5 USDC on Ethereum for ETH, through 1inch v6",
            Some("at least 0.0004 ETH must come out"),
            "what comes out goes to this vault",
        ),
        // Where a part may be swapped, nothing holds for it.
        (
            "swap 0.01 ETH on Ethereum for DAI, through 1inch v5",
            None,
            "what comes out goes to this vault",
        ),
        (
            "swap 1.5 USDC on Ethereum for what its pools give, through 1inch v6",
            Some("at least 400000000000000 base units must come out"),
            "what comes out goes to this vault",
        ),
        (
            "swap 0.01 ETH on Ethereum for what its pools give, through 1inch v6",
            Some("at least 30000000 base units must come out"),
            "what comes out goes to this vault",
        ),
        (
            "swap 1.5 USDC on Ethereum for DAI, through LI.FI",
            Some("at least 1.49 DAI must come out"),
            "what comes out goes to this vault",
        ),
        (
            "swap 0.01 ETH on Ethereum for DAI, through LI.FI",
            Some("at least 25 DAI must come out"),
            "what comes out goes to 0x17c5185167401eD00cF5F5b2fc97D9BBfDb7D025",
        ),
        (
            "swap 1.5 USDC on Ethereum for what comes out on Base, through LI.FI",
            None,
            "what comes out goes to this vault",
        ),
        (
            "swap 1.5 DAI on Ethereum for what comes out on Arbitrum, through LI.FI",
            None,
            "what comes out goes to 0x17c5185167401eD00cF5F5b2fc97D9BBfDb7D025",
        ),
    ];
    assert_eq!(calls.len(), expected.len());
    for (call, (swap, least, receiver)) in calls.iter().zip(expected) {
        let payload = calling(text(call, "to"), text(call, "value"), text(call, "data"));
        let reading = request(&payload.into()).reading;
        let lines = reading.lines();
        assert_eq!((lines[0].as_str(), reading.blind), (swap, None), "{}", call["name"]);
        has(&lines, receiver);
        match least {
            Some(least) => has(&lines, least),
            None => assert!(reading.warnings.contains(&Warning::NoLeast), "{}", call["name"]),
        }
        let elsewhere = reading.gates().any(|it| matches!(it, Warning::ReceiverIsNotOwn { .. }));
        assert_eq!(elsewhere, !receiver.contains("this vault"), "{}", call["name"]);
        // With coins where a token is swapped, or without where coins are, it is not what it says.
        let other = if text(call, "value") == "0" { "1" } else { "0" };
        let payload = calling(text(call, "to"), other, text(call, "data"));
        assert!(request(&payload.into()).reading.is_blind(), "{}", call["name"]);
        // At an address that is no router's it may be anything.
        let strange = calling(STRANGE, text(call, "value"), text(call, "data"));
        assert!(request(&strange.into()).reading.is_blind(), "{}", call["name"]);
    }
}
