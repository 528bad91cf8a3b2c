//! Whole transactions from elsewhere.

use prost::{Message, Oneof};

use super::contract::CosmosCoin;

/// What kind of whole transaction.
#[derive(Clone, PartialEq, Eq, Oneof)]
pub enum SignData {
    /// Cosmos, amino JSON.
    #[prost(message, tag = "39")]
    Amino(SignAmino),
    /// Cosmos, protobuf.
    #[prost(message, tag = "40")]
    Direct(SignDirect),
    /// Solana.
    #[prost(message, tag = "41")]
    Solana(SignSolana),
    /// TON.
    #[prost(message, tag = "42")]
    Ton(SignTon),
    /// Bitcoin.
    #[prost(message, tag = "43")]
    Bitcoin(SignBitcoin),
    /// Sui.
    #[prost(message, tag = "45")]
    Sui(SignSui),
    /// The XRP Ledger.
    #[prost(message, tag = "46")]
    Ripple(SignRipple),
}

/// A transaction of the Cosmos family, as JSON.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SignAmino {
    /// The fee.
    #[prost(message, optional, tag = "1")]
    pub fee: Option<CosmosFee>,
    /// What it does.
    #[prost(message, repeated, tag = "2")]
    pub msgs: Vec<CosmosMsg>,
}

/// A fee of the Cosmos family.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct CosmosFee {
    /// How much.
    #[prost(message, repeated, tag = "1")]
    pub amount: Vec<CosmosCoin>,
    /// The most gas, decimal.
    #[prost(string, tag = "2")]
    pub gas: String,
    /// Who pays.
    #[prost(string, optional, tag = "3")]
    pub payer: Option<String>,
    /// Who lets them.
    #[prost(string, optional, tag = "4")]
    pub granter: Option<String>,
    /// Who pays, by another name.
    #[prost(string, optional, tag = "5")]
    pub fee_payer: Option<String>,
}

/// One thing that a transaction of the Cosmos family does.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct CosmosMsg {
    /// Its kind.
    #[prost(string, tag = "1")]
    pub r#type: String,
    /// JSON.
    #[prost(string, tag = "2")]
    pub value: String,
}

/// A transaction of the Cosmos family, as bytes.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SignDirect {
    /// Base 64.
    #[prost(string, tag = "1")]
    pub body_bytes: String,
    /// Base 64.
    #[prost(string, tag = "2")]
    pub auth_info_bytes: String,
    /// For which chain.
    #[prost(string, tag = "3")]
    pub chain_id: String,
    /// Decimal.
    #[prost(string, tag = "4")]
    pub account_number: String,
}

/// Transactions of Solana.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SignSolana {
    /// Base 64.
    #[prost(string, repeated, tag = "1")]
    pub raw_transactions: Vec<String>,
}

/// Messages of TON.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SignTon {
    /// In order.
    #[prost(message, repeated, tag = "2")]
    pub ton_messages: Vec<TonMessage>,
}

/// A message of TON.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct TonMessage {
    /// To whom.
    #[prost(string, tag = "1")]
    pub to: String,
    /// Base units, decimal.
    #[prost(string, tag = "2")]
    pub amount: String,
    /// What it says, base 64.
    #[prost(string, optional, tag = "3")]
    pub payload: Option<String>,
    /// A contract that it makes, base 64.
    #[prost(string, optional, tag = "4")]
    pub state_init: Option<String>,
}

/// A transaction of Bitcoin.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SignBitcoin {
    /// Its version.
    #[prost(uint32, tag = "1")]
    pub version: u32,
    /// When it becomes good.
    #[prost(uint32, tag = "2")]
    pub locktime: u32,
    /// What is spent.
    #[prost(message, repeated, tag = "3")]
    pub inputs: Vec<BitcoinInput>,
    /// Where it goes.
    #[prost(message, repeated, tag = "4")]
    pub outputs: Vec<BitcoinOutput>,
}

/// What is spent.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct BitcoinInput {
    /// The transaction that made it, as displayed.
    #[prost(string, tag = "1")]
    pub hash: String,
    /// Its position there.
    #[prost(uint32, tag = "2")]
    pub index: u32,
    /// In satoshis.
    #[prost(int64, tag = "3")]
    pub amount: i64,
    /// Hex.
    #[prost(string, tag = "4")]
    pub script_pub_key: String,
    /// Its form.
    #[prost(string, tag = "5")]
    pub script_type: String,
    /// What its signature covers.
    #[prost(uint32, optional, tag = "6")]
    pub sighash_type: Option<u32>,
    /// Whether the vault signs it.
    #[prost(bool, tag = "7")]
    pub is_ours: bool,
    /// Hex.
    #[prost(string, optional, tag = "8")]
    pub redeem_script: Option<String>,
    /// Its sequence number.
    #[prost(uint32, optional, tag = "9")]
    pub sequence: Option<u32>,
}

/// Where it goes.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct BitcoinOutput {
    /// In satoshis.
    #[prost(int64, tag = "1")]
    pub amount: i64,
    /// To whom.
    #[prost(string, tag = "2")]
    pub address: String,
    /// Data instead.
    #[prost(string, optional, tag = "3")]
    pub op_return_data: Option<String>,
    /// Hex.
    #[prost(string, tag = "4")]
    pub script_pub_key: String,
    /// Whether it comes back, as the initiator says.
    #[prost(bool, tag = "5")]
    pub is_change: bool,
}

/// A transaction of Sui.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SignSui {
    /// Base 64.
    #[prost(string, tag = "1")]
    pub unsigned_tx_msg: String,
}

/// A transaction of the XRP Ledger.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SignRipple {
    /// JSON.
    #[prost(string, tag = "1")]
    pub raw_json: String,
}
