//! A swap, and through whom it goes.

use prost::{Message, Oneof};

use super::coin::Coin;

/// Through whom a swap goes.
#[derive(Clone, PartialEq, Eq, Oneof)]
pub enum SwapPayload {
    /// `THORChain`.
    #[prost(message, tag = "22")]
    Thorchain(ThorchainSwapPayload),
    /// `MayaChain`.
    #[prost(message, tag = "23")]
    Mayachain(ThorchainSwapPayload),
    /// 1inch, or whom its `provider` names.
    #[prost(message, tag = "24")]
    OneInch(OneInchSwapPayload),
    /// `KyberSwap`, retired.
    #[prost(message, tag = "25")]
    KyberSwap(KyberSwapPayload),
    /// `SwapKit`.
    #[prost(message, tag = "26")]
    SwapKit(SwapKitSwapPayload),
}

/// A swap by paying into a vault of `THORChain` or `MayaChain`.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct ThorchainSwapPayload {
    /// Who gives.
    #[prost(string, tag = "1")]
    pub from_address: String,
    /// What is given.
    #[prost(message, optional, tag = "2")]
    pub from_coin: Option<Coin>,
    /// What is wanted.
    #[prost(message, optional, tag = "3")]
    pub to_coin: Option<Coin>,
    /// Where the chain takes coins.
    #[prost(string, tag = "4")]
    pub vault_address: String,
    /// The contract through which it takes tokens.
    #[prost(string, optional, tag = "5")]
    pub router_address: Option<String>,
    /// How much is given, in base units, decimal.
    #[prost(string, tag = "6")]
    pub from_amount: String,
    /// How much is promised, in whole coins.
    #[prost(string, tag = "7")]
    pub to_amount_decimal: String,
    /// The least that is taken.
    #[prost(string, tag = "8")]
    pub to_amount_limit: String,
    /// Blocks between the parts.
    #[prost(string, tag = "9")]
    pub streaming_interval: String,
    /// How many parts.
    #[prost(string, tag = "10")]
    pub streaming_quantity: String,
    /// Seconds since 1970.
    #[prost(uint64, tag = "11")]
    pub expiration_time: u64,
    /// Whether somebody earns by it.
    #[prost(bool, tag = "12")]
    pub is_affiliate: bool,
    /// As the initiator shows it.
    #[prost(string, tag = "13")]
    pub fee: String,
}

/// A swap by a call that an aggregator has made.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct OneInchSwapPayload {
    /// What is given.
    #[prost(message, optional, tag = "1")]
    pub from_coin: Option<Coin>,
    /// What is wanted.
    #[prost(message, optional, tag = "2")]
    pub to_coin: Option<Coin>,
    /// How much is given, in base units, decimal.
    #[prost(string, tag = "3")]
    pub from_amount: String,
    /// How much is promised, in whole coins.
    #[prost(string, tag = "4")]
    pub to_amount_decimal: String,
    /// The call.
    #[prost(message, optional, tag = "5")]
    pub quote: Option<OneInchQuote>,
    /// Which aggregator; empty for 1inch.
    #[prost(string, tag = "6")]
    pub provider: String,
}

/// What an aggregator offers.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct OneInchQuote {
    /// How much is promised, in base units.
    #[prost(string, tag = "1")]
    pub dst_amount: String,
    /// The call.
    #[prost(message, optional, tag = "2")]
    pub tx: Option<OneInchTransaction>,
}

/// The call of an aggregator.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct OneInchTransaction {
    /// Who sends it.
    #[prost(string, tag = "1")]
    pub from: String,
    /// What is called.
    #[prost(string, tag = "2")]
    pub to: String,
    /// `0x` and call data; on Solana base 64.
    #[prost(string, tag = "3")]
    pub data: String,
    /// Base units of the own coin that go along, decimal or `0x` and hex.
    #[prost(string, tag = "4")]
    pub value: String,
    /// Decimal; what is paid per unit of gas at least.
    #[prost(string, tag = "5")]
    pub gas_price: String,
    /// The gas limit at least.
    #[prost(int64, tag = "6")]
    pub gas: i64,
    /// As the initiator shows it.
    #[prost(string, tag = "7")]
    pub swap_fee: String,
    /// In what chain it is taken.
    #[prost(string, optional, tag = "8")]
    pub swap_fee_chain: Option<String>,
    /// In what token it is taken.
    #[prost(string, optional, tag = "9")]
    pub swap_fee_token_id: Option<String>,
    /// That token's decimals.
    #[prost(int32, optional, tag = "10")]
    pub swap_fee_decimals: Option<i32>,
}

/// The retired form of a call that an aggregator has made.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct KyberSwapPayload {
    /// What is given.
    #[prost(message, optional, tag = "1")]
    pub from_coin: Option<Coin>,
    /// What is wanted.
    #[prost(message, optional, tag = "2")]
    pub to_coin: Option<Coin>,
    /// How much is given, in base units, decimal.
    #[prost(string, tag = "3")]
    pub from_amount: String,
    /// How much is promised, in whole coins.
    #[prost(string, tag = "4")]
    pub to_amount_decimal: String,
    /// The call.
    #[prost(message, optional, tag = "5")]
    pub quote: Option<KyberSwapQuote>,
}

/// What an aggregator offers.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct KyberSwapQuote {
    /// How much is promised, in base units.
    #[prost(string, tag = "1")]
    pub dst_amount: String,
    /// The call.
    #[prost(message, optional, tag = "2")]
    pub tx: Option<KyberSwapTransaction>,
}

/// The call of an aggregator.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct KyberSwapTransaction {
    /// Who sends it.
    #[prost(string, tag = "1")]
    pub from: String,
    /// What is called.
    #[prost(string, tag = "2")]
    pub to: String,
    /// `0x` and call data; on Solana base 64.
    #[prost(string, tag = "3")]
    pub data: String,
    /// Base units of the own coin that go along, decimal or `0x` and hex.
    #[prost(string, tag = "4")]
    pub value: String,
    /// Decimal; what is paid per unit of gas at least.
    #[prost(string, tag = "5")]
    pub gas_price: String,
    /// The gas limit at least.
    #[prost(int64, tag = "6")]
    pub gas: i64,
    /// As the initiator shows it.
    #[prost(int64, tag = "7")]
    pub fee: i64,
}

/// A swap by a transaction that an aggregator has made.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SwapKitSwapPayload {
    /// What is given.
    #[prost(message, optional, tag = "1")]
    pub from_coin: Option<Coin>,
    /// What is wanted.
    #[prost(message, optional, tag = "2")]
    pub to_coin: Option<Coin>,
    /// How much is given, in base units, decimal.
    #[prost(string, tag = "3")]
    pub from_amount: String,
    /// How much is promised, in whole coins.
    #[prost(string, tag = "4")]
    pub to_amount_decimal: String,
    /// In what form: `PSBT`, `SUI`, `TRON`, `EVM` …
    #[prost(string, tag = "5")]
    pub tx_type: String,
    /// The transaction.
    #[prost(bytes = "vec", tag = "6")]
    pub tx_payload: Vec<u8>,
    /// To whom.
    #[prost(string, tag = "7")]
    pub target_address: String,
    /// Where it is taken.
    #[prost(string, optional, tag = "8")]
    pub inbound_address: Option<String>,
    /// What it says.
    #[prost(string, optional, tag = "9")]
    pub memo: Option<String>,
    /// Who does it.
    #[prost(string, tag = "10")]
    pub sub_provider: String,
    /// What they call it.
    #[prost(string, tag = "11")]
    pub swap_id: String,
}
