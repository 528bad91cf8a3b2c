//! From a payload to transactions (`CHAINS 2.5`): the same on every device, whoever made the payload.

use alloy_primitives::U256;

use super::address::Address;
use super::call::{self, Deposit};
use super::known;
use super::transaction::{MOST_DATA, Transaction, TransactionError, Unsigned};
use crate::amount::parse_base_units;
use crate::chain::Chain;
use crate::payload::swap::{OneInchSwapPayload, OneInchTransaction, ThorchainSwapPayload};
use crate::payload::{
    BlockchainSpecific, Coin, EthereumSpecific, KeysignPayload, PayloadError, SwapPayload,
};
use crate::reading::Claim;

/// More decimals than this no token can count with: 10⁷⁸ is more than 256 bits.
const MOST_DECIMALS: i32 = 77;

/// The transactions that a payload stands for, in the order in which the chain takes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Transactions {
    pub(super) chain: &'static Chain,
    /// One, or an approval and what uses it.
    pub(super) list: Vec<Transaction>,
    /// The same, checked and ready for the vault.
    pub(super) unsigned: Vec<Unsigned>,
    /// What is said besides, and shown as that only.
    pub(super) claims: Claims,
}

/// What the initiator says, and nobody signs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Claims {
    /// What tokens call themselves.
    pub(super) tokens: Vec<(Address, Claim)>,
    pub(super) swap: Option<SwapClaims>,
    /// A memo that is no part of the transaction.
    pub(super) unsigned_memo: bool,
}

/// What the initiator says of a swap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SwapClaims {
    pub(super) through: &'static str,
    /// Whether a chain of its own takes the coins, told by a memo.
    pub(super) by_memo: bool,
    pub(super) buy: String,
    pub(super) amount: String,
    pub(super) receiver: String,
    /// Until when the offer is good, in seconds since 1970.
    pub(super) expires: Option<u64>,
}

impl Transactions {
    /// What a payload for this chain stands for.
    ///
    /// # Errors
    ///
    /// [`PayloadError`] for everything that `CHAINS 4.8` refuses.
    pub(crate) fn of(
        payload: &KeysignPayload,
        chain: &'static Chain,
    ) -> Result<Self, PayloadError> {
        let coin = payload.coin.as_ref().ok_or(PayloadError::NoCoin)?;
        judge_parts(payload)?;
        let Some(BlockchainSpecific::Ethereum(specific)) = &payload.blockchain_specific else {
            return Err(PayloadError::Specific("an Ethereum-like chain"));
        };
        let token = token(coin, chain)?;
        let mut claims = Claims::default();
        claims.add(coin, token.is_some(), chain)?;
        let mut next = Next::of(specific, chain)?;
        let mut list = Vec::new();
        if let Some(approve) = &payload.erc20_approve_payload {
            if payload.swap_payload.is_none() {
                return Err(PayloadError::Asks("an approval without what it is for"));
            }
            let contract = token.ok_or(PayloadError::Contradiction(
                "it approves of a token, but moves the chain's own coin",
            ))?;
            let spender: Address = approve.spender.parse()?;
            let amount = parse_base_units(&approve.amount)?;
            list.push(next.call(contract, call::approve(spender, amount)));
            next.nonce = next.nonce.checked_add(1).ok_or(PayloadError::Range("nonce"))?;
        }
        let memo = memo(payload)?;
        if payload.swap_payload.is_some() && !payload.to_amount.is_empty() {
            // The swap has its own. Something else than a number is none of any client's.
            parse_base_units(&payload.to_amount)?;
        }
        list.push(match &payload.swap_payload {
            Some(SwapPayload::Thorchain(swap)) => {
                claims.swap = Some(SwapClaims::by_memo("THORChain", swap));
                next.deposit(swap, coin, token, memo)?
            }
            Some(SwapPayload::Mayachain(swap)) => {
                claims.swap = Some(SwapClaims::by_memo("MayaChain", swap));
                next.deposit(swap, coin, token, memo)?
            }
            Some(SwapPayload::OneInch(swap)) => {
                claims.swap = Some(SwapClaims::by_aggregator(swap));
                claims.add_buy(swap, chain);
                // What the quote asks for holds for the call, not for the approval before it.
                next.aggregated(swap, coin, token)?
            }
            Some(SwapPayload::KyberSwap(_)) => {
                return Err(PayloadError::Asks("a swap in a retired form"));
            }
            Some(SwapPayload::SwapKit(_)) => {
                return Err(PayloadError::Asks("a swap through SwapKit"));
            }
            None => next.payment(payload, token, memo, &mut claims)?,
        });
        for transaction in &list {
            if transaction.data.len() > MOST_DATA {
                return Err(PayloadError::TooMuchData(transaction.data.len()));
            }
        }
        let unsigned = list.iter().map(Transaction::unsigned).collect::<Result<_, _>>()?;
        let transactions = Self { chain, list, unsigned, claims };
        transactions.judge_nothing(coin)?;
        Ok(transactions)
    }

    /// Nothing moves nothing, but for what takes the place of an earlier transaction.
    fn judge_nothing(&self, coin: &Coin) -> Result<(), PayloadError> {
        let [only] = self.list.as_slice() else { return Ok(()) };
        let moves = !only.value.is_zero() || !only.data.is_empty();
        if moves || coin.address.parse() == Ok(only.to) {
            return Ok(());
        }
        Err(TransactionError::Nothing.into())
    }
}

/// What is not signed on these chains, whatever else a payload says.
fn judge_parts(payload: &KeysignPayload) -> Result<(), PayloadError> {
    if payload.is_qbtc_claim {
        return Err(PayloadError::Asks("a QBTC claim"));
    }
    if payload.contract_payload.is_some() {
        return Err(PayloadError::Asks("a contract call of another family"));
    }
    if payload.sign_data.is_some() {
        return Err(PayloadError::Asks("a transaction that was made elsewhere"));
    }
    if !payload.utxo_info.is_empty() {
        return Err(PayloadError::Contradiction(
            "it lists coins to be spent, which the chain has not",
        ));
    }
    Ok(())
}

/// The token's contract; `None` for the chain's own coin.
fn token(coin: &Coin, chain: &Chain) -> Result<Option<Address>, PayloadError> {
    let contract = coin.contract_address.as_str();
    match (coin.is_native_token, contract) {
        (true, "") if coin.decimals != i32::from(chain.decimals) => {
            Err(PayloadError::Contradiction("the chain's own coin has other decimals"))
        }
        (true, "") => Ok(None),
        (true, _) => Err(PayloadError::Contradiction("the chain's own coin has no contract")),
        (false, "") => Err(PayloadError::Contradiction("a token without a contract")),
        (false, contract) => Ok(Some(contract.parse()?)),
    }
}

/// What is signed of a memo: `0x` and hex are bytes, anything else is text.
fn memo(payload: &KeysignPayload) -> Result<Memo<'_>, PayloadError> {
    let text = payload.memo.as_deref().unwrap_or_default();
    match text.strip_prefix("0x") {
        Some(digits) => {
            let bytes = hex::decode(digits).map_err(|_| PayloadError::Hex("memo"))?;
            Ok(Memo { text, bytes, is_hex: true })
        }
        None => Ok(Memo { text, bytes: text.as_bytes().to_vec(), is_hex: false }),
    }
}

struct Memo<'p> {
    text: &'p str,
    bytes: Vec<u8>,
    is_hex: bool,
}

/// The place and the price of the next transaction.
struct Next {
    chain: &'static Chain,
    nonce: u64,
    max_fee_per_gas: u128,
    max_priority_fee_per_gas: u128,
    gas_limit: u64,
}

impl Next {
    fn of(specific: &EthereumSpecific, chain: &'static Chain) -> Result<Self, PayloadError> {
        // No tip is written in two ways.
        let tip = match specific.priority_fee.as_str() {
            "" => "0",
            tip => tip,
        };
        Ok(Self {
            chain,
            nonce: u64::try_from(specific.nonce).map_err(|_| PayloadError::Number("nonce"))?,
            max_fee_per_gas: number(&specific.max_fee_per_gas_wei, "fee")?,
            max_priority_fee_per_gas: number(tip, "priority fee")?,
            gas_limit: number(&specific.gas_limit, "gas limit")?,
        })
    }

    fn call(&self, to: Address, data: Vec<u8>) -> Transaction {
        self.pay(to, U256::ZERO, data)
    }

    fn pay(&self, to: Address, value: U256, data: Vec<u8>) -> Transaction {
        Transaction {
            chain: self.chain,
            nonce: self.nonce,
            to,
            value,
            data,
            max_fee_per_gas: self.max_fee_per_gas,
            max_priority_fee_per_gas: self.max_priority_fee_per_gas,
            gas_limit: self.gas_limit,
        }
    }

    /// The chain's own coin, a call beside it or alone, or tokens.
    fn payment(
        &self,
        payload: &KeysignPayload,
        token: Option<Address>,
        memo: Memo<'_>,
        claims: &mut Claims,
    ) -> Result<Transaction, PayloadError> {
        let to: Address = payload.to_address.parse()?;
        let amount = parse_base_units(&payload.to_amount)?;
        match token {
            None => Ok(self.pay(to, amount, memo.bytes)),
            // A token's payload that moves nothing and has call data is a call of whatever it names.
            Some(_) if amount.is_zero() && memo.is_hex => Ok(self.call(to, memo.bytes)),
            Some(_) if amount.is_zero() => Err(TransactionError::Nothing.into()),
            Some(_) if to.is_zero() => Err(TransactionError::ZeroAddress.into()),
            Some(contract) => {
                claims.unsigned_memo = !memo.bytes.is_empty();
                Ok(self.call(contract, call::transfer(to, amount)))
            }
        }
    }

    /// Coins for a vault of THORChain or MayaChain, with a memo; tokens through its router.
    fn deposit(
        &self,
        swap: &ThorchainSwapPayload,
        coin: &Coin,
        token: Option<Address>,
        memo: Memo<'_>,
    ) -> Result<Transaction, PayloadError> {
        judge_from(swap.from_coin.as_ref(), coin, token, self.chain)?;
        if memo.bytes.is_empty() {
            return Err(PayloadError::Contradiction("a swap without its memo"));
        }
        let vault: Address = swap.vault_address.parse()?;
        let amount = parse_base_units(&swap.from_amount)?;
        if amount.is_zero() {
            return Err(TransactionError::Nothing.into());
        }
        let Some(asset) = token else { return Ok(self.pay(vault, amount, memo.bytes)) };
        let router: Address = swap.router_address.as_deref().unwrap_or_default().parse()?;
        // The router takes the memo as it is written, even where it begins with 0x.
        let text = memo.text.as_bytes().to_vec();
        let deposit = Deposit { vault, asset, amount, memo: text, expires: swap.expiration_time };
        Ok(self.call(router, deposit.data()))
    }

    /// The call that an aggregator has made; its gas and price hold where they are higher.
    fn aggregated(
        &self,
        swap: &OneInchSwapPayload,
        coin: &Coin,
        token: Option<Address>,
    ) -> Result<Transaction, PayloadError> {
        judge_from(swap.from_coin.as_ref(), coin, token, self.chain)?;
        let call: &OneInchTransaction = swap
            .quote
            .as_ref()
            .and_then(|quote| quote.tx.as_ref())
            .ok_or(PayloadError::Contradiction("a swap without its call"))?;
        if !call.from.is_empty() && !call.from.eq_ignore_ascii_case(&coin.address) {
            return Err(PayloadError::Contradiction("the swap was made for another sender"));
        }
        let data = call.data.strip_prefix("0x").unwrap_or(&call.data);
        let data = hex::decode(data).map_err(|_| PayloadError::Hex("call data"))?;
        let gas = u64::try_from(call.gas).map_err(|_| PayloadError::Range("gas limit"))?;
        let price = match call.gas_price.as_str() {
            "" => 0,
            price => number(price, "gas price")?,
        };
        let mut transaction = self.pay(call.to.parse()?, value(&call.value)?, data);
        transaction.gas_limit = transaction.gas_limit.max(gas);
        transaction.max_fee_per_gas = transaction.max_fee_per_gas.max(price);
        Ok(transaction)
    }
}

/// What a swap gives is what the payload moves.
fn judge_from(
    from: Option<&Coin>,
    coin: &Coin,
    token: Option<Address>,
    chain: &Chain,
) -> Result<(), PayloadError> {
    let from = from.ok_or(PayloadError::Contradiction("a swap that gives nothing"))?;
    let gives = if from.is_native_token { None } else { Some(from.contract_address.parse()?) };
    if from.chain.eq_ignore_ascii_case(&coin.chain)
        && from.chain.eq_ignore_ascii_case(chain.name)
        && gives == token
    {
        return Ok(());
    }
    Err(PayloadError::Contradiction("the swap gives another coin than the payload moves"))
}

/// Digits, and nothing else.
fn number<N: core::str::FromStr>(digits: &str, what: &'static str) -> Result<N, PayloadError> {
    if !digits.bytes().all(|c| c.is_ascii_digit()) {
        return Err(PayloadError::Number(what));
    }
    digits.parse().map_err(|_| PayloadError::Number(what))
}

/// Wei, as an aggregator writes them: decimal, or `0x` and hex, or nothing for none.
fn value(text: &str) -> Result<U256, PayloadError> {
    match text.strip_prefix("0x") {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_hexdigit()) => {
            U256::from_str_radix(digits, 16).map_err(|_| PayloadError::Range("value"))
        }
        Some(_) => Err(PayloadError::Number("value")),
        None if text.is_empty() => Ok(U256::ZERO),
        None => Ok(parse_base_units(text)?),
    }
}

impl Claims {
    /// What a coin of the payload says of its contract. A known token is what we know it to be.
    fn add(&mut self, coin: &Coin, is_token: bool, chain: &Chain) -> Result<(), PayloadError> {
        if !is_token {
            return Ok(());
        }
        let contract: Address = coin.contract_address.parse()?;
        if !(0..=MOST_DECIMALS).contains(&coin.decimals) {
            return Err(PayloadError::Range("token's number of decimals"));
        }
        let decimals = u8::try_from(coin.decimals)
            .map_err(|_| PayloadError::Range("token's number of decimals"))?;
        match known::token(chain, contract) {
            Some(token) if token.decimals != decimals => {
                Err(PayloadError::Contradiction("the token has another number of decimals"))
            }
            Some(_) => Ok(()),
            None => {
                let claim = Claim { symbol: coin.ticker.clone(), decimals };
                self.tokens.push((contract, claim));
                Ok(())
            }
        }
    }

    /// The same for what is bought on the same chain. It is not signed, so what is odd about it is nobody's refusal.
    fn add_buy(&mut self, swap: &OneInchSwapPayload, chain: &Chain) {
        if let Some(coin) = &swap.to_coin
            && coin.chain.eq_ignore_ascii_case(chain.name)
            && !coin.is_native_token
        {
            let _ = self.add(coin, true, chain);
        }
    }
}

impl SwapClaims {
    fn by_memo(through: &'static str, swap: &ThorchainSwapPayload) -> Self {
        let (buy, receiver) = wanted(swap.to_coin.as_ref());
        let amount = swap.to_amount_decimal.clone();
        let expires = Some(swap.expiration_time).filter(|seconds| *seconds > 0);
        Self { through, by_memo: true, buy, amount, receiver, expires }
    }

    fn by_aggregator(swap: &OneInchSwapPayload) -> Self {
        let through = match swap.provider.to_ascii_lowercase().as_str() {
            "1inch" => "1inch",
            "kyber" => "KyberSwap",
            "li.fi" => "LI.FI",
            _ => "an aggregator",
        };
        let (buy, receiver) = wanted(swap.to_coin.as_ref());
        let amount = swap.to_amount_decimal.clone();
        Self { through, by_memo: false, buy, amount, receiver, expires: None }
    }
}

/// What is said to come out, and for whom.
fn wanted(coin: Option<&Coin>) -> (String, String) {
    coin.map(|coin| (format!("{} on {}", coin.ticker, coin.chain), coin.address.clone()))
        .unwrap_or_default()
}
