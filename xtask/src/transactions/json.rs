//! Payloads of the Ethereum family as clients write them in JSON: names in snake or camel case, what is one of several
//! by its name or within a member for them all.

use quorate_chain::payload::swap::{
    KyberSwapPayload, OneInchQuote, OneInchSwapPayload, OneInchTransaction, SwapKitSwapPayload,
    ThorchainSwapPayload,
};
use quorate_chain::payload::{
    BlockchainSpecific, Coin, Erc20ApprovePayload, EthereumSpecific, KeysignPayload, SwapPayload,
};
use serde_json::Value;

use crate::Result;

/// Reads a payload.
pub(super) fn payload(json: &Value) -> Result<KeysignPayload> {
    let of = Members::of(json)?;
    let specific = of.either("blockchain_specific", "ethereum_specific");
    let specific = specific.ok_or("no parameters of an Ethereum-like chain")?;
    Ok(KeysignPayload {
        coin: of.get("coin").map(coin).transpose()?,
        to_address: of.text("to_address"),
        to_amount: of.text("to_amount"),
        blockchain_specific: Some(BlockchainSpecific::Ethereum(ethereum(&specific)?)),
        memo: of.get("memo").and_then(Value::as_str).map(str::to_owned),
        swap_payload: swap(&of)?,
        erc20_approve_payload: of.get("erc20_approve_payload").map(approve).transpose()?,
        vault_public_key_ecdsa: of.text("vault_public_key_ecdsa"),
        vault_local_party_id: of.text("vault_local_party_id"),
        lib_type: of.text("lib_type"),
        ..KeysignPayload::default()
    })
}

fn coin(json: &Value) -> Result<Coin> {
    let of = Members::of(json)?;
    Ok(Coin {
        chain: of.text("chain"),
        ticker: of.text("ticker"),
        address: of.text("address"),
        contract_address: of.text("contract_address"),
        decimals: i32::try_from(of.number("decimals")?)?,
        price_provider_id: of.text("price_provider_id"),
        is_native_token: of.flag("is_native_token"),
        hex_public_key: of.text("hex_public_key"),
        logo: of.text("logo"),
    })
}

fn ethereum(json: &Value) -> Result<EthereumSpecific> {
    let of = Members::of(json)?;
    Ok(EthereumSpecific {
        max_fee_per_gas_wei: of.text("max_fee_per_gas_wei"),
        priority_fee: of.text("priority_fee"),
        nonce: of.number("nonce")?,
        gas_limit: of.text("gas_limit"),
    })
}

fn approve(json: &Value) -> Result<Erc20ApprovePayload> {
    let of = Members::of(json)?;
    Ok(Erc20ApprovePayload { amount: of.text("amount"), spender: of.text("spender") })
}

fn swap(of: &Members) -> Result<Option<SwapPayload>> {
    let one = |name| of.either("swap_payload", name);
    if let Some(json) = one("thorchain_swap_payload") {
        return Ok(Some(SwapPayload::Thorchain(thorchain(&json)?)));
    }
    if let Some(json) = one("mayachain_swap_payload") {
        return Ok(Some(SwapPayload::Mayachain(thorchain(&json)?)));
    }
    if let Some(json) = one("oneinch_swap_payload") {
        return Ok(Some(SwapPayload::OneInch(one_inch(&json)?)));
    }
    // What is refused, is refused whatever it holds.
    if one("kyberswap_swap_payload").is_some() {
        return Ok(Some(SwapPayload::KyberSwap(KyberSwapPayload::default())));
    }
    if one("swapkit_swap_payload").is_some() {
        return Ok(Some(SwapPayload::SwapKit(SwapKitSwapPayload::default())));
    }
    Ok(None)
}

fn thorchain(json: &Value) -> Result<ThorchainSwapPayload> {
    let of = Members::of(json)?;
    let router = of.text("router_address");
    Ok(ThorchainSwapPayload {
        from_address: of.text("from_address"),
        from_coin: of.get("from_coin").map(coin).transpose()?,
        to_coin: of.get("to_coin").map(coin).transpose()?,
        vault_address: of.text("vault_address"),
        router_address: (!router.is_empty()).then_some(router),
        from_amount: of.text("from_amount"),
        to_amount_decimal: of.text("to_amount_decimal"),
        to_amount_limit: of.text("to_amount_limit"),
        streaming_interval: of.text("streaming_interval"),
        streaming_quantity: of.text("streaming_quantity"),
        expiration_time: u64::try_from(of.number("expiration_time")?)?,
        is_affiliate: of.flag("is_affiliate"),
        fee: of.text("fee"),
    })
}

fn one_inch(json: &Value) -> Result<OneInchSwapPayload> {
    let of = Members::of(json)?;
    let quote = Members::of(of.get("quote").ok_or("a swap without a quote")?)?;
    let call = Members::of(quote.get("tx").ok_or("a quote without a call")?)?;
    let tx = OneInchTransaction {
        from: call.text("from"),
        to: call.text("to"),
        data: call.text("data"),
        value: call.text("value"),
        gas_price: call.text("gas_price"),
        gas: call.number("gas")?,
        ..OneInchTransaction::default()
    };
    Ok(OneInchSwapPayload {
        from_coin: of.get("from_coin").map(coin).transpose()?,
        to_coin: of.get("to_coin").map(coin).transpose()?,
        from_amount: of.text("from_amount"),
        to_amount_decimal: of.text("to_amount_decimal"),
        quote: Some(OneInchQuote { dst_amount: quote.text("dst_amount"), tx: Some(tx) }),
        provider: of.text("provider"),
    })
}

/// The members of an object by their names in snake case.
struct Members(Vec<(String, Value)>);

impl Members {
    fn of(json: &Value) -> Result<Self> {
        let members = json.as_object().ok_or("something else than an object")?;
        Ok(Self(members.iter().map(|(name, value)| (snake(name), value.clone())).collect()))
    }

    /// What is there, and is not null.
    fn get(&self, name: &str) -> Option<&Value> {
        let found = self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        found.filter(|value| !value.is_null())
    }

    /// The member, or the member of this other one.
    fn either(&self, within: &str, name: &str) -> Option<Value> {
        let inner = || Self::of(self.get(within)?).ok()?.get(name).cloned();
        self.get(name).cloned().or_else(inner)
    }

    /// The text, or the digits of a number; empty where there is none.
    fn text(&self, name: &str) -> String {
        match self.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    }

    /// The number, or that of the text; zero where there is none.
    fn number(&self, name: &str) -> Result<i64> {
        match self.text(name).as_str() {
            "" => Ok(0),
            digits => Ok(digits.parse()?),
        }
    }

    fn flag(&self, name: &str) -> bool {
        self.get(name).and_then(Value::as_bool).unwrap_or_default()
    }
}

/// `toAmount` and `ToAmount` as `to_amount`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut before = None;
    for c in name.chars() {
        if c.is_uppercase() && before.is_some_and(|before: char| before.is_lowercase()) {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
        before = Some(c);
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case() {
        for name in ["toAmount", "ToAmount", "to_amount"] {
            assert_eq!(snake(name), "to_amount");
        }
        assert_eq!(snake("OneinchSwapPayload"), "oneinch_swap_payload");
    }
}
