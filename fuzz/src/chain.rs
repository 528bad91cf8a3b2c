//! What a person is asked to sign: amounts, addresses, transfers, messages.

use quorate_chain::evm::{self, Address};
use quorate_chain::message::Message;
use quorate_chain::message::typed_data::TypedData;
use quorate_chain::{U256, amount, chain, solana};

use crate::input::Input;
use crate::{Target, moded};

/// Amounts, addresses, transfers and messages of every chain.
pub const MESSAGES: Target = Target { name: "message", seeds, read };

fn seeds() -> Vec<Vec<u8>> {
    [
        moded(0, ["0x6869", "hi", "\u{19}Ethereum Signed Message:\n2hi", "grüße\u{202e}"]),
        moded(
            1,
            [
                "1.5",
                "0.000000000000000001",
                "115792089237316195423570985008687907853269984665640564039457584007913129639935",
            ],
        ),
        moded(
            2,
            [
                "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
                "0x0000000000000000000000000000000000000000",
            ],
        ),
        moded(3, [[7; 160]]),
    ]
    .concat()
}

fn read(data: &[u8]) {
    let mut input = Input::new(data);
    match input.byte() % 4 {
        0 => message(&text(&mut input)),
        1 => {
            let text = text(&mut input);
            if let Ok(number) = amount::parse(&text, 18) {
                let shown = amount::in_coins(number, 18);
                assert_eq!(amount::parse(&shown, 18), Ok(number), "an amount is shown as another");
            }
            let _ = amount::parse_base_units(&text).map(|number| amount::in_coins(number, 0));
        }
        2 => {
            if let Ok(address) = text(&mut input).parse::<Address>() {
                assert_eq!(address.to_string().parse(), Ok(address));
            }
        }
        _ => transfer(&mut input),
    }
}

/// Transactions of Solana, as another device made them.
pub const SOLANA: Target = Target { name: "solana", seeds: solana_seeds, read: solana };

fn solana_seeds() -> Vec<Vec<u8>> {
    let transfer = solana::Transfer {
        from: solana::Address([7; 32]),
        to: solana::Address([9; 32]),
        lamports: 1,
        recent_blockhash: [3; 32],
        unit_price: 1,
        unit_limit: None,
    };
    let to_itself = solana::Transfer { to: transfer.from, ..transfer.clone() };
    [transfer, to_itself].map(|transfer| transfer.unsigned().expect("a transfer")).to_vec()
}

fn solana(data: &[u8]) {
    if let Ok(transaction) = solana::Transaction::parse(data) {
        let own = solana::Address([7; 32]);
        let _ = (transaction.fee_payer(), transaction.is_blind());
        assert!(!transaction.lines(own).is_empty(), "a transaction says nothing");
    }
}

/// Typed data, as an application wrote it.
pub const TYPED_DATA: Target =
    Target { name: "typed_data", seeds: typed_data_seeds, read: typed_data };

const DOCUMENTS: &str = include_str!("../../vectors/app/typed_data.json");

fn typed_data_seeds() -> Vec<Vec<u8>> {
    let vectors: serde_json::Value = serde_json::from_str(DOCUMENTS).expect("vectors");
    let cases = vectors["cases"].as_array().expect("cases");
    cases.iter().map(|case| case["document"].to_string().into_bytes()).collect()
}

fn typed_data(data: &[u8]) {
    let json = String::from_utf8_lossy(data);
    let read = match TypedData::parse(&json) {
        Ok(read) => read,
        Err(why) => {
            let said = why.to_string();
            assert!(
                !said.chars().any(char::is_control),
                "an error that moves the cursor: {said:?}"
            );
            return;
        }
    };
    let ethereum = chain::find("Ethereum").expect("a chain");
    let own = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed".parse().expect("an address");
    for line in read.lines(ethereum, own) {
        assert!(!line.chars().any(char::is_control), "a line that moves the cursor: {line:?}");
    }
    // Another reader of JSON writes it anew. Where it loses digits, what it writes is no whole number.
    let value: serde_json::Value = serde_json::from_str(&json).expect("what is read is JSON");
    if let Ok(again) = TypedData::parse(&value.to_string()) {
        assert_eq!(again.digest(), read.digest(), "how it is written is signed");
    }
}

fn text(input: &mut Input<'_>) -> String {
    String::from_utf8_lossy(input.rest()).into_owned()
}

fn message(payload: &str) {
    let Ok(message) = Message::parse(payload) else { return };
    for chain in chain::CHAINS {
        let _ = (message.meaning(chain), message.to_sign(chain));
    }
}

fn transfer(input: &mut Input<'_>) {
    let chain = &chain::CHAINS[input.below(chain::CHAINS.len())];
    let mut bytes = [0; 128];
    let rest = input.rest();
    let len = rest.len().min(bytes.len());
    bytes[..len].copy_from_slice(&rest[..len]);
    let number = |at: usize| u128::from_le_bytes(bytes[at..at + 16].try_into().expect("16 bytes"));
    let hex: String = bytes[..20].iter().map(|byte| format!("{byte:02x}")).collect();
    let Ok(to) = format!("0x{hex}").parse() else { return };
    let transfer = evm::Transaction {
        chain,
        nonce: number(32) as u64,
        to,
        value: U256::from_le_slice(&bytes[96..]),
        max_fee_per_gas: number(48),
        max_priority_fee_per_gas: number(64),
        gas_limit: number(80) as u64,
        data: Vec::new(),
    };
    if let Ok(unsigned) = transfer.unsigned() {
        let _ = unsigned.digest();
        let signature = std::array::from_fn(|i| bytes[i % bytes.len()]);
        let generator = [
            2, 0x79, 0xbe, 0x66, 0x7e, 0xf9, 0xdc, 0xbb, 0xac, 0x55, 0xa0, 0x62, 0x95, 0xce, 0x87,
            0x0b, 0x07, 0x02, 0x9b, 0xfc, 0xdb, 0x2d, 0xce, 0x28, 0xd9, 0x59, 0xf2, 0x81, 0x5b,
            0x16, 0xf8, 0x17, 0x98,
        ];
        assert!(unsigned.sign(&signature, &generator).is_err(), "anybody's signature completes it");
    }
}
