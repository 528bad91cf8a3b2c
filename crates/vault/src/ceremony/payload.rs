//! A payment as it travels between devices, and what it means here.

use quorate_chain::evm::{Address, Transfer};
use quorate_chain::{amount, chain};
use quorate_wire::link::{BlockchainSpecific, Coin, EthereumSpecific, KeysignPayload};

use super::invite::unusable;
use crate::chain_keys::KeyOfChain;
use crate::failure::Failure;
use crate::store::Sharing;

/// The payload that other devices decode.
pub(super) fn of_transfer(
    transfer: &Transfer,
    own: &KeyOfChain,
    sharing: &Sharing,
    me: &str,
) -> Result<KeysignPayload, Failure> {
    let address = transfer.chain.address(own.key).map_err(unusable)?;
    Ok(KeysignPayload {
        coin: Some(Coin {
            chain: transfer.chain.name.to_owned(),
            ticker: transfer.chain.symbol.to_owned(),
            address,
            decimals: i32::from(transfer.chain.decimals),
            is_native_token: true,
            hex_public_key: own.key.to_string(),
            ..Coin::default()
        }),
        to_address: transfer.to.to_string(),
        to_amount: transfer.value.to_string(),
        blockchain_specific: Some(BlockchainSpecific::Ethereum(EthereumSpecific {
            max_fee_per_gas_wei: transfer.max_fee_per_gas.to_string(),
            priority_fee: transfer.max_priority_fee_per_gas.to_string(),
            nonce: i64::try_from(transfer.nonce).map_err(|_| unusable("the nonce is too large"))?,
            gas_limit: transfer.gas_limit.to_string(),
        })),
        vault_public_key_ecdsa: sharing.vault.to_string(),
        vault_local_party_id: me.to_owned(),
        lib_type: if sharing.imported { "KeyImport" } else { "DKLS" }.to_owned(),
        ..KeysignPayload::default()
    })
}

/// What a payload asks for, if it is a plain payment in a chain's own coin.
///
/// # Errors
///
/// Names what this version cannot show, or what does not parse. Nothing is guessed.
pub(super) fn transfer(payload: &KeysignPayload) -> Result<Transfer, Failure> {
    if let Some(what) = payload.beyond_this_version() {
        return Err(unusable(format!("it asks for {what}, which this version cannot show")));
    }
    if payload.memo.as_ref().is_some_and(|memo| !memo.is_empty()) {
        return Err(unusable("it attaches a memo, which this version cannot show"));
    }
    let coin = payload.coin.as_ref().ok_or_else(|| unusable("its payment names no coin"))?;
    let chain = chain::find(&coin.chain).ok_or_else(|| {
        unusable(format!("this version does not know the chain \"{}\"", coin.chain))
    })?;
    if !coin.is_native_token || !coin.contract_address.is_empty() {
        return Err(unusable(format!(
            "it sends the token {}, which this version cannot show",
            coin.ticker
        )));
    }
    let Some(BlockchainSpecific::Ethereum(specific)) = &payload.blockchain_specific else {
        return Err(unusable("its fees are not those of an Ethereum-like chain"));
    };
    let wrong = |what: &str| unusable(format!("its {what} is not a number"));
    Ok(Transfer {
        chain,
        nonce: u64::try_from(specific.nonce).map_err(|_| wrong("nonce"))?,
        to: payload.to_address.parse::<Address>().map_err(unusable)?,
        value: amount::parse_base_units(&payload.to_amount).map_err(unusable)?,
        max_fee_per_gas: specific.max_fee_per_gas_wei.parse().map_err(|_| wrong("fee"))?,
        max_priority_fee_per_gas: specific
            .priority_fee
            .parse()
            .map_err(|_| wrong("priority fee"))?,
        gas_limit: specific.gas_limit.parse().map_err(|_| wrong("gas limit"))?,
    })
}

/// The payment must come from this vault's own address.
///
/// # Errors
///
/// Names both addresses if they differ.
pub(super) fn judge_sender(payload: &KeysignPayload, own: &KeyOfChain) -> Result<(), Failure> {
    let Some(coin) = &payload.coin else { return Ok(()) };
    let Some(chain) = chain::find(&coin.chain) else { return Ok(()) };
    let own = chain.address(own.key).map_err(unusable)?;
    if coin.address.eq_ignore_ascii_case(&own) {
        return Ok(());
    }
    Err(unusable(format!("it pays from {}, but this vault's address is {own}", coin.address)))
}
