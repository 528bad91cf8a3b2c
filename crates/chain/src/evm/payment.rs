//! From what a person wants to have sent to a payload that every client reads alike.

use alloy_primitives::U256;

use super::facts::Facts;
use super::payload::Transactions;
use crate::amount::in_coins;
use crate::chain::Chain;
use crate::key::PublicKey;
use crate::payload::swap::{OneInchQuote, OneInchSwapPayload, OneInchTransaction};
use crate::payload::{
    BlockchainSpecific, Coin, Erc20ApprovePayload, EthereumSpecific, KeysignPayload, Payload,
    SwapPayload,
};
use crate::payment::{Initiator, Memo, Payable, Payment, PaymentError, Quantity, Swap, Wanted};

/// The payload of a payment from the address of this key.
pub(crate) fn payload(
    payment: &Payment,
    facts: &Facts,
    key: PublicKey,
    initiator: &Initiator,
) -> Result<Payload, PaymentError> {
    let Payment { chain, to, quantity, asset, memo, .. } = payment;
    let fields = KeysignPayload {
        coin: Some(sold(chain, asset, key)?),
        to_address: to.clone(),
        to_amount: amount(*quantity, asset, facts)?.to_string(),
        memo: memo.as_ref().map(|memo| written(memo, asset)).transpose()?.flatten(),
        ..common(facts, initiator)?
    };
    checked(fields, chain)
}

/// The payload of a swap from the address of this key.
pub(crate) fn swap_payload(
    swap: &Swap,
    facts: &Facts,
    key: PublicKey,
    initiator: &Initiator,
) -> Result<Payload, PaymentError> {
    let coin = sold(swap.chain, &swap.sell, key)?;
    let bought = swap.buy.as_ref().map(|Wanted { chain, asset, address, .. }| Coin {
        address: address.clone(),
        ..coin_of(chain, asset)
    });
    let promised = swap.buy.as_ref().map(|Wanted { chain, asset, amount, .. }| match asset {
        Payable::Native => in_coins(*amount, chain.decimals),
        Payable::Token { decimals, .. } => in_coins(*amount, *decimals),
    });
    let least = swap.buy.as_ref().map(|wanted| wanted.amount).unwrap_or_default();
    let tx = OneInchTransaction {
        from: coin.address.clone(),
        to: swap.to.clone(),
        data: format!("0x{}", hex::encode(&swap.data)),
        value: swap.value.to_string(),
        // The larger ones hold: these are the same.
        gas_price: facts.max_fee_per_gas.to_string(),
        gas: i64::try_from(facts.gas_limit).map_err(|_| PaymentError::Gas)?,
        ..OneInchTransaction::default()
    };
    let payload = OneInchSwapPayload {
        from_coin: Some(coin.clone()),
        to_coin: bought,
        from_amount: swap.amount.to_string(),
        to_amount_decimal: promised.unwrap_or_default(),
        quote: Some(OneInchQuote { dst_amount: least.to_string(), tx: Some(tx) }),
        provider: swap.provider.clone(),
    };
    let approve = |spender: &String| Erc20ApprovePayload {
        amount: swap.amount.to_string(),
        spender: spender.clone(),
    };
    let fields = KeysignPayload {
        coin: Some(coin),
        to_address: swap.to.clone(),
        to_amount: swap.amount.to_string(),
        swap_payload: Some(SwapPayload::OneInch(payload)),
        erc20_approve_payload: swap.spender.as_ref().map(approve),
        ..common(facts, initiator)?
    };
    checked(fields, swap.chain)
}

/// What every payload says.
fn common(facts: &Facts, initiator: &Initiator) -> Result<KeysignPayload, PaymentError> {
    Ok(KeysignPayload {
        blockchain_specific: Some(BlockchainSpecific::Ethereum(EthereumSpecific {
            max_fee_per_gas_wei: facts.max_fee_per_gas.to_string(),
            priority_fee: facts.max_priority_fee_per_gas.to_string(),
            nonce: i64::try_from(facts.nonce).map_err(|_| PaymentError::Nonce)?,
            gas_limit: facts.gas_limit.to_string(),
        })),
        vault_public_key_ecdsa: initiator.vault.clone(),
        vault_local_party_id: initiator.party.clone(),
        lib_type: initiator.lib_type.clone(),
        ..KeysignPayload::default()
    })
}

/// What nobody would sign is not offered to anybody.
fn checked(fields: KeysignPayload, chain: &'static Chain) -> Result<Payload, PaymentError> {
    Transactions::of(&fields, chain)?;
    Ok(fields.into())
}

/// What is given, by the owner of this key.
fn sold(chain: &Chain, asset: &Payable, key: PublicKey) -> Result<Coin, PaymentError> {
    Ok(Coin {
        address: chain.address(key).map_err(|_| PaymentError::OtherFacts(chain.name))?,
        hex_public_key: hex::encode(key.as_bytes()),
        ..coin_of(chain, asset)
    })
}

fn coin_of(chain: &Chain, asset: &Payable) -> Coin {
    let coin = Coin { chain: chain.name.to_owned(), ..Coin::default() };
    match asset {
        Payable::Native => Coin {
            ticker: chain.symbol.to_owned(),
            decimals: i32::from(chain.decimals),
            is_native_token: true,
            ..coin
        },
        Payable::Token { contract, symbol, decimals } => Coin {
            ticker: symbol.clone(),
            contract_address: contract.clone(),
            decimals: i32::from(*decimals),
            ..coin
        },
    }
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
