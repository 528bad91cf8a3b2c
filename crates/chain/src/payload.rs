//! What travels between devices to be signed: the field's schema, whole, and the bytes that it came in.
//!
//! * [`specific`]: what the coin's chain needs besides.
//! * [`swap`]: a swap, and through whom it goes.
//! * [`contract`]: contract calls of chains whose calls are not a memo.
//! * [`sign_data`]: whole transactions from elsewhere.

mod coin;
pub mod contract;
mod error;
pub mod sign_data;
pub mod specific;
pub mod swap;
mod unknown;

use core::ops::Deref;

use prost::Message;

pub use self::coin::Coin;
pub use self::contract::{ContractPayload, CosmosCoin};
pub use self::error::PayloadError;
pub use self::sign_data::SignData;
pub use self::specific::{BlockchainSpecific, EthereumSpecific};
pub use self::swap::SwapPayload;

/// The longest payload that is read, in bytes.
pub const MAX_LEN: usize = 512 << 10;

/// A payload: its fields, and the bytes that they were read from.
///
/// The bytes are what other devices are shown, so fields that this version does not know are handed on as they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    fields: KeysignPayload,
    bytes: Vec<u8>,
}

/// Why bytes are not a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// They are not a message of the schema.
    #[error("it is not a keysign payload")]
    Malformed,
    /// They are more than any payload needs.
    #[error("it has more than {MAX_LEN} bytes")]
    TooLong,
}

impl Payload {
    /// Reads the bytes of a protobuf message, `KeysignPayload`.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > MAX_LEN {
            return Err(DecodeError::TooLong);
        }
        let fields = KeysignPayload::decode(bytes).map_err(|_| DecodeError::Malformed)?;
        Ok(Self { fields, bytes: bytes.to_vec() })
    }

    /// The bytes, as they came or as they go out.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The numbers of its fields that this version does not know; what they ask for is not signed.
    pub fn unknown_fields(&self) -> Vec<u32> {
        unknown::of(&self.bytes, KeysignPayload::TAGS)
    }
}

impl From<KeysignPayload> for Payload {
    fn from(fields: KeysignPayload) -> Self {
        Self { bytes: fields.encode_to_vec(), fields }
    }
}

impl Deref for Payload {
    type Target = KeysignPayload;

    fn deref(&self) -> &KeysignPayload {
        &self.fields
    }
}

/// A transaction to be rebuilt and signed by every device.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct KeysignPayload {
    /// What is moved, and from where.
    #[prost(message, optional, tag = "1")]
    pub coin: Option<Coin>,
    /// The recipient.
    #[prost(string, tag = "2")]
    pub to_address: String,
    /// The amount in the coin's smallest unit, decimal.
    #[prost(string, tag = "3")]
    pub to_amount: String,
    /// What the coin's chain needs besides.
    #[prost(oneof = "BlockchainSpecific", tags = "4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15")]
    pub blockchain_specific: Option<BlockchainSpecific>,
    /// Coins to be spent, on chains that have them.
    #[prost(message, repeated, tag = "20")]
    pub utxo_info: Vec<UtxoInfo>,
    /// A memo; on Ethereum `0x` and call data, or text.
    #[prost(string, optional, tag = "21")]
    pub memo: Option<String>,
    /// A swap, instead of a payment.
    #[prost(oneof = "SwapPayload", tags = "22, 23, 24, 25, 26")]
    pub swap_payload: Option<SwapPayload>,
    /// An approval to be signed before it.
    #[prost(message, optional, tag = "30")]
    pub erc20_approve_payload: Option<Erc20ApprovePayload>,
    /// The vault: its root ECDSA public key, hex.
    #[prost(string, tag = "31")]
    pub vault_public_key_ecdsa: String,
    /// The initiator's party id.
    #[prost(string, tag = "32")]
    pub vault_local_party_id: String,
    /// The kind of vault: `DKLS`, `GG20` or `KeyImport`, in any case.
    #[prost(string, tag = "33")]
    pub lib_type: String,
    /// Whether the result shall not be handed to the chain.
    #[prost(bool, optional, tag = "34")]
    pub skip_broadcast: Option<bool>,
    /// A contract call, instead of a payment.
    #[prost(oneof = "ContractPayload", tags = "35, 36, 37, 38")]
    pub contract_payload: Option<ContractPayload>,
    /// A whole transaction from elsewhere, instead of a payment.
    #[prost(oneof = "SignData", tags = "39, 40, 41, 42, 43, 45, 46")]
    pub sign_data: Option<SignData>,
    /// A claim that ignores the transaction.
    #[prost(bool, tag = "44")]
    pub is_qbtc_claim: bool,
    /// What an application on the web says of itself.
    #[prost(message, optional, tag = "50")]
    pub dapp_metadata: Option<DappMetadata>,
}

impl KeysignPayload {
    /// The numbers of its fields.
    const TAGS: &[u32] = &[
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25, 26, 30, 31, 32,
        33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 50,
    ];
}

/// Leave for somebody to move tokens.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Erc20ApprovePayload {
    /// The amount in the token's smallest unit, decimal.
    #[prost(string, tag = "1")]
    pub amount: String,
    /// Who may move it.
    #[prost(string, tag = "2")]
    pub spender: String,
}

/// A coin to be spent.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct UtxoInfo {
    /// The transaction that made it, as displayed.
    #[prost(string, tag = "1")]
    pub hash: String,
    /// Its amount.
    #[prost(int64, tag = "2")]
    pub amount: i64,
    /// Its position in that transaction.
    #[prost(uint32, tag = "3")]
    pub index: u32,
    /// Tokens of Cardano that it holds.
    #[prost(message, repeated, tag = "4")]
    pub cardano_tokens: Vec<CardanoTokenAsset>,
}

/// So much of a token of Cardano.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct CardanoTokenAsset {
    /// Whose it is, hex.
    #[prost(string, tag = "1")]
    pub policy_id: String,
    /// Its name, hex.
    #[prost(string, tag = "2")]
    pub asset_name_hex: String,
    /// Base units, decimal.
    #[prost(string, tag = "3")]
    pub amount: String,
}

/// What an application on the web says of itself.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct DappMetadata {
    /// Its name.
    #[prost(string, tag = "1")]
    pub name: String,
    /// Its address.
    #[prost(string, tag = "2")]
    pub url: String,
    /// A picture.
    #[prost(string, tag = "3")]
    pub icon_url: String,
}
