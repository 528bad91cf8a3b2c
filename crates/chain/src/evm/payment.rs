//! From what a person wants to have sent to a payload that every client reads alike.

use alloy_primitives::U256;

use super::facts::Facts;
use super::payload::Transactions;
use crate::key::PublicKey;
use crate::payload::{BlockchainSpecific, Coin, EthereumSpecific, KeysignPayload, Payload};
use crate::payment::{Initiator, Memo, Payable, Payment, PaymentError, Quantity};

/// The payload of a payment from the address of this key.
pub(crate) fn payload(
    payment: &Payment,
    facts: &Facts,
    key: PublicKey,
    initiator: &Initiator,
) -> Result<Payload, PaymentError> {
    let Payment { chain, to, quantity, asset, memo, .. } = payment;
    let coin = Coin {
        chain: chain.name.to_owned(),
        address: chain.address(key).map_err(|_| PaymentError::OtherFacts(chain.name))?,
        hex_public_key: hex::encode(key.as_bytes()),
        ..match asset {
            Payable::Native => Coin {
                ticker: chain.symbol.to_owned(),
                decimals: i32::from(chain.decimals),
                is_native_token: true,
                ..Coin::default()
            },
            Payable::Token { contract, symbol, decimals } => Coin {
                ticker: symbol.clone(),
                contract_address: contract.clone(),
                decimals: i32::from(*decimals),
                ..Coin::default()
            },
        }
    };
    let fields = KeysignPayload {
        coin: Some(coin),
        to_address: to.clone(),
        to_amount: amount(*quantity, asset, facts)?.to_string(),
        blockchain_specific: Some(BlockchainSpecific::Ethereum(EthereumSpecific {
            max_fee_per_gas_wei: facts.max_fee_per_gas.to_string(),
            priority_fee: facts.max_priority_fee_per_gas.to_string(),
            nonce: i64::try_from(facts.nonce).map_err(|_| PaymentError::Nonce)?,
            gas_limit: facts.gas_limit.to_string(),
        })),
        memo: memo.as_ref().map(|memo| written(memo, asset)).transpose()?.flatten(),
        vault_public_key_ecdsa: initiator.vault.clone(),
        vault_local_party_id: initiator.party.clone(),
        lib_type: initiator.lib_type.clone(),
        ..KeysignPayload::default()
    };
    // What nobody would sign is not offered to anybody.
    Transactions::of(&fields, chain)?;
    Ok(fields.into())
}

fn amount(quantity: Quantity, asset: &Payable, facts: &Facts) -> Result<U256, PaymentError> {
    match (quantity, asset) {
        (Quantity::Exactly(amount), _) => Ok(amount),
        (Quantity::All { balance, .. }, Payable::Token { .. }) => Ok(balance),
        (Quantity::All { balance, besides }, Payable::Native) => {
            let fee = facts.max_fee().saturating_add(besides);
            balance.checked_sub(fee).filter(|left| !left.is_zero()).ok_or(PaymentError::NotEnough)
        }
    }
}

/// As the field writes it: text, or `0x` and hex.
fn written(memo: &Memo, asset: &Payable) -> Result<Option<String>, PaymentError> {
    match (memo, asset) {
        (Memo::Text(text), _) if text.is_empty() => Ok(None),
        (Memo::Data(bytes), _) if bytes.is_empty() => Ok(None),
        (_, Payable::Token { .. }) => Err(PaymentError::MemoOfToken),
        (Memo::Text(text), _) if text.starts_with("0x") => Err(PaymentError::MemoIsHex),
        (Memo::Text(text), _) => Ok(Some(text.clone())),
        (Memo::Data(bytes), _) => Ok(Some(format!("0x{}", hex::encode(bytes)))),
    }
}
