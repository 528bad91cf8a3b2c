//! A coin, as every part of a payload names it.

use prost::Message;

/// What is moved, and from where.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Coin {
    /// The chain's name.
    #[prost(string, tag = "1")]
    pub chain: String,
    /// The coin's symbol, as the initiator shows it.
    #[prost(string, tag = "2")]
    pub ticker: String,
    /// The sender.
    #[prost(string, tag = "3")]
    pub address: String,
    /// The token's contract; empty for the chain's own coin.
    #[prost(string, tag = "4")]
    pub contract_address: String,
    /// Digits behind the point, as the initiator shows it.
    #[prost(int32, tag = "5")]
    pub decimals: i32,
    /// Where the initiator looks up prices.
    #[prost(string, tag = "6")]
    pub price_provider_id: String,
    /// Whether it is the chain's own coin.
    #[prost(bool, tag = "7")]
    pub is_native_token: bool,
    /// The derived public key, hex.
    #[prost(string, tag = "8")]
    pub hex_public_key: String,
    /// A picture.
    #[prost(string, tag = "9")]
    pub logo: String,
}
