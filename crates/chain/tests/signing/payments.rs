//! What a person wants to have sent becomes a payload that every client reads alike, and that says what was meant.

use quorate_chain::evm::{self, Facts};
use quorate_chain::payment::{self, Initiator, Memo, Payable, Payment, PaymentError, Quantity};
use quorate_chain::{Signature, U256, chain};

use crate::vectors::{ONE_INCH, OTHER, OWN, USDC, case, lines, payload, request, signer, text};

fn facts() -> Facts {
    Facts {
        nonce: 7,
        max_fee_per_gas: 30_000_000_000,
        max_priority_fee_per_gas: 2_000_000_000,
        gas_limit: 60_000,
    }
}

fn payment() -> Payment {
    Payment {
        chain: chain::find("Ethereum").unwrap(),
        to: OTHER.to_owned(),
        quantity: Quantity::Exactly(U256::from(5_000_000_000_000_000_u64)),
        asset: Payable::Native,
        memo: None,
        facts: payment::Facts::Evm(facts()),
    }
}

fn usdc() -> Payable {
    Payable::Token { contract: USDC.to_owned(), symbol: "USDC".to_owned(), decimals: 6 }
}

fn initiator() -> Initiator {
    Initiator { vault: "02".repeat(33), party: "one-1".to_owned(), lib_type: "DKLS".to_owned() }
}

fn written(payment: &Payment) -> Result<quorate_chain::Payload, PaymentError> {
    payment.payload(&signer(payment.chain), &initiator())
}

fn shown(payment: &Payment) -> Vec<String> {
    lines(written(payment).unwrap())
}

#[test]
fn coins_are_sent_as_they_are_shown() {
    let to = format!("to {OTHER}");
    let fee = "for a fee of at most 0.0018 ETH";
    assert_eq!(
        shown(&payment()),
        ["send 0.005 ETH on Ethereum", &to, fee, "as transaction number 7"]
    );
    let memo = Some(Memo::Text("for the tea".to_owned()));
    let with_memo = Payment { memo, ..payment() };
    assert!(shown(&with_memo).contains(&"memo: for the tea".to_owned()));
}

#[test]
fn all_there_is_leaves_the_fee_and_what_the_chain_takes_besides() {
    let ten = U256::from(10).pow(U256::from(16));
    let besides = U256::from(200_000_000_000_000_u64);
    let all = Payment { quantity: Quantity::All { balance: ten, besides }, ..payment() };
    // 0.01 less 0.0018 less 0.0002.
    assert_eq!(shown(&all)[0], "send 0.008 ETH on Ethereum");
    for balance in [U256::ZERO, besides, U256::from(1_800_000_000_000_000_u64)] {
        let quantity = Quantity::All { balance, besides: U256::ZERO };
        let none = Payment { quantity, ..payment() };
        assert_eq!(written(&none).unwrap_err(), PaymentError::NotEnough, "{balance}");
    }
    let balance = U256::from(1_500_000);
    let quantity = Quantity::All { balance, besides };
    let all = Payment { quantity, asset: usdc(), ..payment() };
    assert_eq!(shown(&all)[0], "send 1.5 USDC on Ethereum");
}

#[test]
fn a_memo_that_would_be_lost_or_misread_is_refused() {
    let memo = |memo, asset| Payment { memo: Some(memo), asset, ..payment() };
    let hex = Memo::Text("0xabcd".to_owned());
    assert_eq!(written(&memo(hex, Payable::Native)).unwrap_err(), PaymentError::MemoIsHex);
    let text = Memo::Text("hi".to_owned());
    assert_eq!(written(&memo(text, usdc())).unwrap_err(), PaymentError::MemoOfToken);
    let empty = memo(Memo::Text(String::new()), Payable::Native);
    assert_eq!(written(&empty).unwrap().memo, None);
}

#[test]
fn a_chain_whose_payments_are_not_built_is_named_whatever_the_address() {
    for chain in chain::CHAINS.iter().filter(|chain| chain.evm().is_none()) {
        let not_built = PaymentError::NotBuilt(chain.name);
        assert_eq!(chain.pays(), Err(not_built.clone()));
        assert_eq!(not_built.to_string(), format!("payments on {} are not built yet", chain.name));
        assert_eq!(written(&Payment { chain, ..payment() }), Err(not_built));
    }
}

#[test]
fn what_nobody_would_sign_is_not_offered() {
    for (to, quantity, words) in [
        ("0x0", 1, "\"0x0\" is not an address: it must be 0x and 40 hex digits"),
        (OTHER, 0, "the transfer sends nothing"),
    ] {
        let quantity = Quantity::Exactly(U256::from(quantity));
        let bad = Payment { to: to.to_owned(), quantity, ..payment() };
        assert_eq!(written(&bad).unwrap_err().to_string(), words);
    }
    let facts = payment::Facts::Evm(Facts { nonce: u64::MAX, ..facts() });
    assert_eq!(written(&Payment { facts, ..payment() }), Err(PaymentError::Nonce));
}

#[test]
fn a_cancellation_sends_nothing_and_takes_the_place_of_another() {
    let cancel = Payment::cancel(payment().chain, OWN.to_owned(), payment::Facts::Evm(facts()));
    let first =
        "send nothing on Ethereum, in the place of an earlier transaction with the same number";
    assert_eq!(shown(&cancel)[0], first);
    assert_eq!(shown(&cancel)[2], "as transaction number 7");
    let elsewhere = Payment { to: OTHER.to_owned(), ..cancel };
    assert_eq!(written(&elsewhere).unwrap_err().to_string(), "the transfer sends nothing");
}

#[test]
fn a_replacement_does_the_same_for_a_higher_price() {
    for name in ["native send", "ERC-20 transfer", "BSC token legacy"] {
        let case = case(name);
        let sent = request(&payload(&case));
        let signature = hex::decode(text(&case["transactions"][0], "signature")).unwrap();
        let shown = sent.reading.clone();
        let signed = sent.assemble(&[Signature::Ecdsa(signature.try_into().unwrap())]).unwrap();
        let (earlier, sender) = evm::Transaction::read(&signed.transactions[0].raw).unwrap();
        assert_eq!(sender.to_string(), OWN);
        let price = Facts {
            nonce: earlier.nonce,
            max_fee_per_gas: earlier.max_fee_per_gas,
            max_priority_fee_per_gas: earlier.max_priority_fee_per_gas,
            gas_limit: earlier.gas_limit,
        };
        let again = Payment::again(&earlier, price.replacing(&price));
        let again = request(&written(&again).unwrap()).reading;
        assert_eq!(again.nonces, shown.nonces);
        // Of a token that we know, or of the coin, the words are the same too.
        if name != "BSC token legacy" {
            assert_eq!(again.items, shown.items, "{name}");
        }
        let [dearer, before] = [again, shown].map(|reading| reading.fee.unwrap().base_units);
        assert!(dearer >= before + before / U256::from(10), "{name}: {dearer} {before}");
    }
    assert_eq!(evm::Transaction::read(&[]), None);
    assert_eq!(evm::Transaction::read(&[2, 0xc0]), None);
}

#[test]
fn an_approval_and_the_call_that_uses_it_are_one_act() {
    let chain = payment().chain;
    let swap = payment::Swap {
        chain,
        sell: usdc(),
        amount: U256::from(1_500_000),
        spender: Some(ONE_INCH.to_owned()),
        to: ONE_INCH.to_owned(),
        value: U256::ZERO,
        data: vec![0xde, 0xad, 0xbe, 0xef],
        buy: Some(payment::Wanted {
            chain,
            asset: Payable::Native,
            amount: U256::from(400_000_000_000_000_u64),
            address: OWN.to_owned(),
        }),
        provider: "1inch".to_owned(),
        facts: payment::Facts::Evm(facts()),
    };
    let written = |swap: &payment::Swap| swap.payload(&signer(chain), &initiator());
    let request = request(&written(&swap).unwrap());
    assert_eq!((request.signings.len(), request.reading.nonces), (2, vec![7, 8]));
    let lines = lines(written(&swap).unwrap());
    let allow = format!("allow {ONE_INCH} (1inch v6) to take 1.5 USDC on Ethereum");
    assert_eq!(lines[1], allow);
    let claim = "the initiator says that it is \"a swap through 1inch for 0.0004 ETH on Ethereum\"";
    assert!(lines.iter().any(|line| line == claim), "{lines:#?}");
    // Both cost as much as was asked for, whatever the quote.
    assert!(lines.iter().any(|line| line == "for a fee of at most 0.0036 ETH"), "{lines:#?}");

    let once = payment::Swap { spender: None, ..swap.clone() };
    assert_eq!(crate::vectors::request(&written(&once).unwrap()).signings.len(), 1);
    // What comes out of a call need not be known, and then nothing is said of it.
    let call = payment::Swap { buy: None, provider: String::new(), ..swap.clone() };
    let lines = crate::vectors::lines(written(&call).unwrap());
    assert!(
        lines.contains(&allow) && !lines.iter().any(|line| line.contains("says that it is")),
        "{lines:#?}"
    );
    let own_coin = payment::Swap { sell: Payable::Native, ..swap };
    assert!(written(&own_coin).is_err(), "nobody approves of the chain's own coin");
}
