//! A transfer signed by a key that is whole, for once: what is accepted, and everything that is refused.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use k256::ecdsa::signature::hazmat::PrehashSigner;
use k256::ecdsa::{RecoveryId, Signature, SigningKey};
use quorate_chain::evm::{Address, SignError, Transaction, TransactionError};
use quorate_chain::{Digest, U256, amount, chain};

fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

fn public_key(key: &SigningKey) -> [u8; 33] {
    key.verifying_key().to_sec1_point(true).as_bytes().try_into().unwrap()
}

fn sign(key: &SigningKey, digest: Digest) -> [u8; 65] {
    let (signature, recovery_id): (Signature, RecoveryId) = key.sign_prehash(&digest.0).unwrap();
    let mut bytes = [0; 65];
    bytes[..64].copy_from_slice(&signature.to_bytes());
    bytes[64] = recovery_id.to_byte();
    bytes
}

fn transfer(chain: &str) -> Transaction {
    Transaction {
        chain: chain::find(chain).unwrap(),
        nonce: 9,
        to: "0xe5F238C95142be312852e864B830daADB9B7D290".parse().unwrap(),
        value: amount::parse("0.5", 18).unwrap(),
        max_fee_per_gas: 20_000_000_000,
        max_priority_fee_per_gas: 1_000_000_000,
        gas_limit: 21_000,
        data: Vec::new(),
    }
}

#[test]
fn every_evm_chain_takes_a_transfer_in_its_own_form() {
    for chain in chain::CHAINS.iter().filter(|chain| chain.evm().is_some()) {
        for seed in 1..=8 {
            let (key, unsigned) = (key(seed), transfer(chain.name).unsigned().unwrap());
            let signature = sign(&key, unsigned.digest());
            let signed = unsigned.sign(&signature, &public_key(&key)).unwrap();
            let typed = signed.raw().first() == Some(&2);
            assert_eq!(typed, chain.name != "BSC", "{}", chain.name);
        }
    }
}

/// The example of EIP-155, whose key is 32 times 0x46, under another chain's number.
#[test]
fn a_legacy_transfer_has_known_bytes() {
    let transfer = Transaction {
        to: "0x3535353535353535353535353535353535353535".parse().unwrap(),
        value: amount::parse("1", 18).unwrap(),
        ..transfer("BSC")
    };
    let (key, unsigned) = (key(0x46), transfer.unsigned().unwrap());
    let signature = sign(&key, unsigned.digest());
    let signed = unsigned.sign(&signature, &public_key(&key)).unwrap();
    let before_signature = "09 8504a817c800 825208 943535353535353535353535353535353535353535 \
                            880de0b6b3a7640000 80"
        .replace(' ', "");
    let raw = hex::encode(signed.raw());
    assert_eq!(&raw[4..4 + before_signature.len()], before_signature);
    let v = u64::from_str_radix(&raw[4 + before_signature.len()..][2..4], 16).unwrap();
    assert_eq!(v, 56 * 2 + 35 + u64::from(signature[64]));
}

#[test]
fn the_larger_s_becomes_the_smaller() {
    let (key, unsigned) = (key(3), transfer("Ethereum").unsigned().unwrap());
    let low = sign(&key, unsigned.digest());
    let (r, s) = Signature::from_slice(&low[..64]).unwrap().split_scalars();
    let mut high = low;
    high[..64].copy_from_slice(&Signature::from_scalars(r, -s).unwrap().to_bytes());
    high[64] ^= 1;
    let from = |signature| unsigned.clone().sign(&signature, &public_key(&key)).unwrap();
    assert_eq!(from(high), from(low));
}

#[test]
fn a_signature_of_another_key_or_transfer_is_refused() {
    let (ours, unsigned) = (key(3), transfer("Ethereum").unsigned().unwrap());
    let expected = Address::of(&public_key(&ours)).unwrap();
    let refused = Err(SignError::NotTheSenders { expected });

    let of_another_key = sign(&key(4), unsigned.digest());
    assert_eq!(unsigned.clone().sign(&of_another_key, &public_key(&ours)), refused);

    let other = Transaction { nonce: 10, ..transfer("Ethereum") }.unsigned().unwrap();
    let of_another_transfer = sign(&ours, other.digest());
    assert_eq!(unsigned.clone().sign(&of_another_transfer, &public_key(&ours)), refused);

    let mut with_another_parity = sign(&ours, unsigned.digest());
    with_another_parity[64] ^= 1;
    assert_eq!(unsigned.sign(&with_another_parity, &public_key(&ours)), refused);
}

#[test]
fn what_is_no_signature_is_refused() {
    let (key, unsigned) = (key(3), transfer("Ethereum").unsigned().unwrap());
    let good = sign(&key, unsigned.digest());
    let (mut zero_r, mut zero_s, mut huge_s, mut recovery_id) = (good, good, good, good);
    zero_r[..32].fill(0);
    zero_s[32..64].fill(0);
    huge_s[32..64].fill(0xff);
    recovery_id[64] = 2;
    for bad in [zero_r, zero_s, huge_s, recovery_id] {
        assert_eq!(unsigned.clone().sign(&bad, &public_key(&key)), Err(SignError::Malformed));
    }
    assert!(matches!(unsigned.sign(&good, &[0xff; 33]), Err(SignError::Key(_))));
}

#[test]
fn what_no_block_could_include_is_refused() {
    let good = transfer("Ethereum");
    let zero = "0x0000000000000000000000000000000000000000".parse().unwrap();
    let refused = [
        (Transaction { to: zero, ..good.clone() }, TransactionError::ZeroAddress),
        (Transaction { gas_limit: 20_999, ..good.clone() }, TransactionError::TooLittleGas(20_999)),
        (Transaction { max_fee_per_gas: 0, ..good.clone() }, TransactionError::NoFee),
        (
            Transaction { max_priority_fee_per_gas: u128::MAX, ..good.clone() },
            TransactionError::TipAboveFee,
        ),
        (Transaction { value: U256::MAX, ..good.clone() }, TransactionError::TooLarge),
        (transfer("Bitcoin"), TransactionError::Family("Bitcoin")),
    ];
    for (transfer, reason) in refused {
        assert_eq!(transfer.unsigned().err(), Some(reason), "{transfer:?}");
    }
}

#[test]
fn a_legacy_transfer_has_no_tip_to_refuse() {
    let with_tip = Transaction { max_priority_fee_per_gas: u128::MAX, ..transfer("BSC") };
    assert_eq!(with_tip.unsigned().unwrap(), transfer("BSC").unsigned().unwrap());
}
