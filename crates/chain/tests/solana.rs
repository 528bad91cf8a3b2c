//! Transactions of Solana: made as the field makes them, and read whoever made them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use quorate_chain::message::{Meaning, Message};
use quorate_chain::solana::{Address, Transaction, TransactionError, Transfer, TransferError};
use quorate_chain::{amount, chain};
use serde_json::Value;

const PAYMENTS: &str = include_str!("../../../vectors/app/solana_transactions.json");

const SYSTEM: [u8; 32] = [0; 32];
const OURS: [u8; 32] = [0xa1; 32];
const THEIRS: [u8; 32] = [0xb2; 32];
const PROGRAM: [u8; 32] = [0xc3; 32];

fn payments() -> Vec<Value> {
    let vectors: Value = serde_json::from_str(PAYMENTS).unwrap();
    vectors["cases"].as_array().unwrap().clone()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap()
}

fn message(case: &Value) -> Vec<u8> {
    hex::decode(text(case, "message")).unwrap()
}

fn transfer(case: &Value) -> Transfer {
    let blockhash: Address = text(case, "recent_block_hash").parse().unwrap();
    Transfer {
        from: text(case, "from").parse().unwrap(),
        to: text(case, "to").parse().unwrap(),
        lamports: text(case, "amount").parse().unwrap(),
        recent_blockhash: blockhash.0,
        unit_price: text(case, "priority_fee").parse().unwrap(),
        unit_limit: None,
    }
}

/// A legacy transaction of the vault: its accounts are the vault, `others`, and programs that are only read.
struct Written {
    first: Vec<u8>,
    readonly: u8,
    accounts: Vec<[u8; 32]>,
    instructions: Vec<(u8, Vec<u8>, Vec<u8>)>,
    last: Vec<u8>,
}

impl Written {
    fn legacy(accounts: &[[u8; 32]], instructions: &[(u8, &[u8], &[u8])]) -> Self {
        let instructions = instructions
            .iter()
            .map(|(program, accounts, data)| (*program, accounts.to_vec(), data.to_vec()))
            .collect();
        let accounts = [&[OURS], accounts].concat();
        Self { first: vec![1], readonly: 1, accounts, instructions, last: vec![] }
    }

    /// As version 0, with one account from a table.
    fn with_table(self) -> Self {
        let last = [&[1][..], &[0xdd; 32], &[1, 7], &[0]].concat();
        Self { first: vec![0x80, 1], last, ..self }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.first.clone();
        bytes.extend([0, self.readonly]);
        bytes.push(self.accounts.len().try_into().unwrap());
        bytes.extend(self.accounts.concat());
        bytes.extend([0xee; 32]);
        bytes.push(self.instructions.len().try_into().unwrap());
        for (program, accounts, data) in &self.instructions {
            bytes.push(*program);
            for list in [accounts, data] {
                bytes.push(list.len().try_into().unwrap());
                bytes.extend(list);
            }
        }
        bytes.extend(&self.last);
        bytes
    }

    fn lines(&self) -> Vec<String> {
        Transaction::parse(&self.bytes()).unwrap().lines(Address(OURS))
    }
}

fn pay(lamports: u64) -> Vec<u8> {
    [&[2, 0, 0, 0][..], &lamports.to_le_bytes()].concat()
}

#[test]
fn a_transfer_has_the_bytes_that_the_field_signs() {
    let cases = payments();
    let plain = cases.iter().filter(|case| text(case, "name") == "Send Solana SOL");
    assert_eq!(plain.clone().count(), 1);
    for case in plain {
        assert_eq!(transfer(case).unsigned().unwrap(), message(case));
    }
}

#[test]
fn a_transfer_says_what_it_pays() {
    let case = &payments()[0];
    let transfer = transfer(case);
    let read = Transaction::parse(&transfer.unsigned().unwrap()).unwrap();
    assert!(!read.is_blind());
    assert_eq!(read.fee_payer(), Some(transfer.from));
    let (from, to) = (text(case, "from"), text(case, "to"));
    assert_eq!(
        read.lines(transfer.from),
        [
            "sign a transaction on Solana".to_owned(),
            format!("send 0.1 SOL from {from} (this vault) to {to}"),
            format!("for a fee of at most 0.000105 SOL, paid by {from} (this vault)"),
        ]
    );
    assert_eq!(
        read.lines(transfer.to)[1..],
        [
            "it does not ask for this vault's signature".to_owned(),
            format!("send 0.1 SOL from {from} to {to} (this vault)"),
            format!("for a fee of at most 0.000105 SOL, paid by {from}"),
        ]
    );
}

#[test]
fn a_transfer_to_oneself_names_the_account_once() {
    let own = transfer(&payments()[0]);
    let own = Transfer { to: own.from, unit_price: 2_000_000, unit_limit: Some(450), ..own };
    let bytes = own.unsigned().unwrap();
    let whose = format!("{} (this vault)", own.from);
    let lines = Transaction::parse(&bytes).unwrap().lines(own.from);
    assert_eq!(lines[1], format!("send 0.1 SOL from {whose} to {whose}"));
    assert_eq!(lines[2], format!("for a fee of at most 0.0000059 SOL, paid by {whose}"));
    assert_eq!(bytes.windows(32).filter(|window| *window == own.from.0).count(), 1);
}

#[test]
fn a_transfer_that_loses_its_coins_is_refused() {
    let good = transfer(&payments()[0]);
    let nothing = Transfer { lamports: 0, ..good.clone() };
    assert_eq!(nothing.unsigned(), Err(TransferError::Nothing));
    for program in ["1".repeat(32), "ComputeBudget111111111111111111111111111111".to_owned()] {
        let lost = Transfer { to: program.parse().unwrap(), ..good.clone() };
        assert_eq!(lost.unsigned(), Err(TransferError::Program));
    }
}

#[test]
fn every_payment_of_the_field_is_read_and_what_is_not_understood_is_counted() {
    let understood: Vec<_> = payments()
        .iter()
        .map(|case| {
            let own: Address = text(case, "from").parse().unwrap();
            let read = Transaction::parse(&message(case)).unwrap();
            let lines = read.lines(own);
            if !text(case, "memo").is_empty() {
                assert!(lines.contains(&format!("memo: {}", text(case, "memo"))));
            }
            assert_eq!(lines.last().unwrap().starts_with("BLIND: "), read.is_blind());
            (text(case, "name").to_owned(), read.is_blind())
        })
        .collect();
    let blind = |name: &str| understood.iter().any(|(case, blind)| case == name && *blind);
    assert_eq!(understood.len(), 5);
    assert!(!blind("Send Solana SOL") && !blind("Send Solana SOL with memo"));
    assert!(!blind("Send Ray token") && !blind("Send PYTH token"));
    // It moves a token that the transaction does not name.
    assert!(blind("Send Solana USDC"));
}

#[test]
fn another_program_is_named_with_its_bytes_and_counted() {
    let unknown = (3, &[0_u8, 1][..], &[9_u8, 8, 7][..]);
    let known = (2, &[0_u8, 1][..], &pay(7)[..]);
    let written = Written::legacy(&[THEIRS, SYSTEM, PROGRAM], &[known, unknown]);
    let program = Address(PROGRAM);
    assert_eq!(
        written.lines()[2..],
        [
            format!("call the program {program} with 0x090807"),
            // Nothing limits the compute units, and nothing is offered for them.
            format!("for a fee of at most 0.000005 SOL, paid by {} (this vault)", Address(OURS)),
            "BLIND: this device cannot see what 1 of its 2 instructions do".to_owned(),
        ]
    );
}

#[test]
fn an_account_from_a_table_is_never_taken_for_one_that_is_shown() {
    // The recipient is account 3, the first that the table brings.
    let hidden = Written::legacy(&[THEIRS, SYSTEM], &[(2, &[0, 3], &pay(7))]).with_table();
    let lines = hidden.lines();
    assert!(lines[1].starts_with("call the program 11111111111111111111111111111111 with 0x"));
    assert_eq!(
        lines.last().unwrap(),
        "BLIND: this device cannot see what 1 of its 1 instructions do"
    );

    let shown = Written::legacy(&[THEIRS, SYSTEM], &[(2, &[0, 1, 3], &pay(7))]).with_table();
    assert!(!Transaction::parse(&shown.bytes()).unwrap().is_blind());
}

#[test]
fn who_else_pays_or_signs_is_named() {
    let mut written = Written::legacy(&[THEIRS, SYSTEM], &[(2, &[0, 1], &pay(7))]);
    written.first = vec![2];
    written.accounts.swap(0, 1);
    let (ours, theirs) = (Address(OURS), Address(THEIRS));
    assert_eq!(
        written.lines()[1..],
        [
            format!("send 0.000000007 SOL from {theirs} to {ours} (this vault)"),
            format!("for a fee of at most 0.00001 SOL, paid by {theirs}"),
        ]
    );
    written.accounts.swap(0, 1);
    assert_eq!(written.lines().last().unwrap(), &format!("{theirs} must sign it too"));
}

#[test]
fn a_transaction_that_does_not_expire_says_so() {
    let advance = (2, &[1_u8, 3, 0][..], &[4_u8, 0, 0, 0][..]);
    let written =
        Written::legacy(&[THEIRS, SYSTEM, PROGRAM], &[advance, (2, &[0, 1], &pay(1_000_000_000))]);
    let (ours, theirs) = (Address(OURS), Address(THEIRS));
    assert_eq!(
        written.lines()[1..4],
        [
            format!("advance the nonce {theirs} of {ours} (this vault)"),
            format!("send 1 SOL from {ours} (this vault) to {theirs}"),
            "it does not expire: whoever has it can send it at any later time".to_owned(),
        ]
    );
}

#[test]
fn a_price_without_a_limit_is_paid_for_all_that_can_be_computed() {
    let budget: Address = "ComputeBudget111111111111111111111111111111".parse().unwrap();
    let price = [&[3][..], &1_000_000_u64.to_le_bytes()].concat();
    let written = Written::legacy(&[budget.0], &[(1, &[], &price)]);
    assert!(written.lines()[1].starts_with("for a fee of at most 0.001405 SOL"));
    for data in [&[2_u8, 1, 0, 0][..], &[3, 1], &[5, 0, 0, 0, 0], &[0], &[]] {
        let odd = Written::legacy(&[budget.0], &[(1, &[], data)]);
        assert!(Transaction::parse(&odd.bytes()).unwrap().is_blind(), "{data:?}");
    }
}

#[test]
fn what_is_not_exactly_a_transaction_is_none() {
    let good = Written::legacy(&[THEIRS, SYSTEM], &[(2, &[0, 1], &pay(7))]);
    let parse = |written: &Written| Transaction::parse(&written.bytes()).map(drop);
    assert_eq!(parse(&good), Ok(()));

    let bytes = good.bytes();
    for end in 0..bytes.len() {
        let cut = Transaction::parse(&bytes[..end]);
        assert!(
            matches!(cut, Err(TransactionError::Malformed | TransactionError::Header)),
            "{end}"
        );
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(Transaction::parse(&longer), Err(TransactionError::Trailing));

    let with = |change: fn(&mut Written)| {
        let mut written = Written::legacy(&[THEIRS, SYSTEM], &[(2, &[0, 1], &pay(7))]);
        change(&mut written);
        parse(&written)
    };
    assert_eq!(with(|it| it.first = vec![0x81, 1]), Err(TransactionError::Version(1)));
    assert_eq!(with(|it| it.first = vec![0]), Err(TransactionError::Header));
    assert_eq!(with(|it| it.first = vec![3]), Err(TransactionError::Header));
    assert_eq!(with(|it| it.readonly = 3), Err(TransactionError::Header));
    // The one that pays the fee is no program, and a program is never one that the transaction does not name.
    assert_eq!(with(|it| it.instructions[0].0 = 0), Err(TransactionError::Index));
    assert_eq!(with(|it| it.instructions[0].0 = 3), Err(TransactionError::Index));
    assert_eq!(with(|it| it.instructions[0].1 = vec![3]), Err(TransactionError::Index));
    assert_eq!(
        with(|it| it.instructions = vec![it.instructions[0].clone(); 65]),
        Err(TransactionError::TooMany)
    );

    let mut table = good.with_table();
    assert_eq!(parse(&table), Ok(()));
    // A table from which nothing comes, and more accounts than a byte can point into.
    table.last = [&[1][..], &[0xdd; 32], &[0], &[0]].concat();
    assert_eq!(parse(&table), Err(TransactionError::Header));
    table.last = [&[1][..], &[0xdd; 32], &[0xfe, 1], &[0; 254], &[0]].concat();
    assert_eq!(parse(&table), Err(TransactionError::Index));
}

#[test]
fn lengths_that_promise_too_much_are_not_believed() {
    for promise in [&[1, 0, 0, 0xff, 0xff, 0x03][..], &[0x80, 1, 0, 0, 0xff, 0xff, 0x03]] {
        assert_eq!(Transaction::parse(promise), Err(TransactionError::Malformed));
    }
}

#[test]
fn signatures_that_are_checked_on_the_way_are_paid_for() {
    let check: Address = "Ed25519SigVerify111111111111111111111111111".parse().unwrap();
    let written = Written::legacy(&[check.0], &[(1, &[], &[2, 0])]);
    assert!(written.lines()[2].starts_with("for a fee of at most 0.000015 SOL"));
}

#[test]
fn a_payment_in_a_token_names_the_token_and_whose_account_it_opens() {
    let cases = payments();
    let case = cases.iter().find(|case| text(case, "name") == "Send PYTH token").unwrap();
    let own: Address = text(case, "from").parse().unwrap();
    let mint = "HZ1JovNiVvGrGNiiYvEozEVgZ58xaU3RKwX8eACQBCt3";
    let (from, to) = ("FH7bbXZWL9MNuXnRB4rrThT1CAhBfhJHkrEUffZjr33f", text(case, "to"));
    let lines = Transaction::parse(&message(case)).unwrap().lines(own);
    let opened = lines[1].split(' ').nth(3).unwrap();
    assert_eq!(
        lines[1..3],
        [
            format!(
                "open the account {opened} of {to} for the token {mint}, at the cost of {own} (this vault)"
            ),
            format!(
                "send 1 of the token {mint} from the account {from} of {own} (this vault) to the account {opened}"
            ),
        ]
    );

    // A transfer that does not name its token, and one of another length, are not understood.
    let token: Address = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA".parse().unwrap();
    for data in [&[3_u8, 1, 0, 0, 0, 0, 0, 0, 0][..], &[12, 1, 0, 0, 0, 0, 0, 0, 0]] {
        let written = Written::legacy(&[THEIRS, PROGRAM, token.0], &[(3, &[0, 1, 2, 0], data)]);
        assert!(Transaction::parse(&written.bytes()).unwrap().is_blind(), "{data:?}");
    }
}

/// Every byte of every payment, changed to every value: read or refused, never worse.
#[test]
fn no_change_of_a_byte_breaks_the_reader() {
    for case in payments() {
        let own: Address = text(&case, "from").parse().unwrap();
        let mut bytes = message(&case);
        for position in 0..bytes.len() {
            let before = bytes[position];
            for value in [0, 1, 2, 3, 0x7f, 0x80, 0x81, 0xff, before ^ 1, before.wrapping_add(1)] {
                bytes[position] = value;
                if let Ok(read) = Transaction::parse(&bytes) {
                    assert!(!read.lines(own).is_empty());
                }
            }
            bytes[position] = before;
        }
    }
}

#[test]
fn a_transaction_that_is_called_a_message_is_shown_as_a_transaction() {
    let solana = chain::find("solana").unwrap();
    for case in payments() {
        let payload = format!("0x{}", text(&case, "message"));
        let message = Message::parse(&payload).unwrap();
        assert_eq!(
            hex::encode(message.to_sign(solana).unwrap().as_bytes()),
            text(&case, "message")
        );
        assert!(matches!(message.meaning(solana), Meaning::Transaction(_)));
    }
    assert_eq!(amount::in_coins(quorate_chain::U256::from(1), solana.decimals), "0.000000001");
}
