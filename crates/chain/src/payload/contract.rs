//! Contract calls of chains whose calls are not a memo.

use prost::{Message, Oneof};

/// What kind of contract call.
#[derive(Clone, PartialEq, Eq, Oneof)]
pub enum ContractPayload {
    /// `CosmWasm`.
    #[prost(message, tag = "35")]
    WasmExecute(WasmExecuteContractPayload),
    /// A transfer of Tron.
    #[prost(message, tag = "36")]
    TronTransfer(TronTransferContractPayload),
    /// A contract of Tron.
    #[prost(message, tag = "37")]
    TronTrigger(TronTriggerSmartContractPayload),
    /// A transfer of an asset of Tron.
    #[prost(message, tag = "38")]
    TronTransferAsset(TronTransferAssetContractPayload),
}

/// A call of a contract of the Cosmos family.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct WasmExecuteContractPayload {
    /// Who calls.
    #[prost(string, tag = "1")]
    pub sender_address: String,
    /// What is called.
    #[prost(string, tag = "2")]
    pub contract_address: String,
    /// The call, JSON.
    #[prost(string, tag = "3")]
    pub execute_msg: String,
    /// What goes along.
    #[prost(message, repeated, tag = "4")]
    pub coins: Vec<CosmosCoin>,
}

/// So much of a coin.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct CosmosCoin {
    /// Its name on the chain.
    #[prost(string, tag = "1")]
    pub denom: String,
    /// Base units, decimal.
    #[prost(string, tag = "2")]
    pub amount: String,
}

/// A transfer of Tron.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct TronTransferContractPayload {
    /// Who gets it.
    #[prost(string, tag = "1")]
    pub to_address: String,
    /// Who sends it.
    #[prost(string, tag = "2")]
    pub owner_address: String,
    /// In sun, decimal.
    #[prost(string, tag = "3")]
    pub amount: String,
}

/// A call of a contract of Tron.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct TronTriggerSmartContractPayload {
    /// Who calls.
    #[prost(string, tag = "1")]
    pub owner_address: String,
    /// What is called.
    #[prost(string, tag = "2")]
    pub contract_address: String,
    /// Sun that go along, decimal.
    #[prost(string, optional, tag = "3")]
    pub call_value: Option<String>,
    /// Tokens that go along, decimal.
    #[prost(string, optional, tag = "4")]
    pub call_token_value: Option<String>,
    /// Which tokens.
    #[prost(int32, optional, tag = "5")]
    pub token_id: Option<i32>,
    /// The call, hex.
    #[prost(string, optional, tag = "6")]
    pub data: Option<String>,
}

/// A transfer of an asset of Tron.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct TronTransferAssetContractPayload {
    /// Who gets it.
    #[prost(string, tag = "1")]
    pub to_address: String,
    /// Who sends it.
    #[prost(string, tag = "2")]
    pub owner_address: String,
    /// Base units, decimal.
    #[prost(string, tag = "3")]
    pub amount: String,
    /// Which asset.
    #[prost(string, tag = "4")]
    pub asset_name: String,
}
