//! What a keysign link asks to have signed: a transaction in parts, or a message.
//!
//! Decoded in full where this version can show it, that is for Ethereum and its relatives. The other members are
//! known by name, so that a link for them is refused in words, not misread.

use prost::{Message, Oneof};

/// A transaction to be rebuilt and signed by every device.
#[derive(Clone, PartialEq, Message)]
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
    pub dapp_metadata: Option<Unread>,
}

/// A message to be signed.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct CustomMessagePayload {
    /// By which rule, such as `personal_sign`.
    #[prost(string, tag = "1")]
    pub method: String,
    /// Hex if it begins with `0x`, text otherwise.
    #[prost(string, tag = "2")]
    pub message: String,
    /// The vault: its root ECDSA public key, hex.
    #[prost(string, tag = "3")]
    pub vault_public_key_ecdsa: String,
    /// The initiator's party id.
    #[prost(string, tag = "4")]
    pub vault_local_party_id: String,
    /// The chain; Ethereum if absent.
    #[prost(string, optional, tag = "5")]
    pub chain: Option<String>,
}

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

/// What an Ethereum transaction needs besides.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct EthereumSpecific {
    /// The most to pay per unit of gas, in wei, decimal.
    #[prost(string, tag = "1")]
    pub max_fee_per_gas_wei: String,
    /// The tip per unit of gas, in wei, decimal.
    #[prost(string, tag = "2")]
    pub priority_fee: String,
    /// The account's next number.
    #[prost(int64, tag = "3")]
    pub nonce: i64,
    /// The most gas to use, decimal.
    #[prost(string, tag = "4")]
    pub gas_limit: String,
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
}

/// A member whose fields this version does not read.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Unread {}

/// What the coin's chain needs besides.
#[derive(Clone, PartialEq, Eq, Oneof)]
pub enum BlockchainSpecific {
    /// Bitcoin and its relatives.
    #[prost(message, tag = "4")]
    Utxo(Unread),
    /// Ethereum and its relatives.
    #[prost(message, tag = "5")]
    Ethereum(EthereumSpecific),
    /// `THORChain`.
    #[prost(message, tag = "6")]
    Thorchain(Unread),
    /// `MayaChain`.
    #[prost(message, tag = "7")]
    Mayachain(Unread),
    /// Cosmos and its relatives.
    #[prost(message, tag = "8")]
    Cosmos(Unread),
    /// Solana.
    #[prost(message, tag = "9")]
    Solana(Unread),
    /// Polkadot and its relatives.
    #[prost(message, tag = "10")]
    Polkadot(Unread),
    /// Sui.
    #[prost(message, tag = "11")]
    Sui(Unread),
    /// Ton.
    #[prost(message, tag = "12")]
    Ton(Unread),
    /// Ripple.
    #[prost(message, tag = "13")]
    Ripple(Unread),
    /// Tron.
    #[prost(message, tag = "14")]
    Tron(Unread),
    /// Cardano.
    #[prost(message, tag = "15")]
    Cardano(Unread),
}

/// Through whom a swap goes.
#[derive(Clone, PartialEq, Eq, Oneof)]
pub enum SwapPayload {
    /// `THORChain`.
    #[prost(message, tag = "22")]
    Thorchain(Unread),
    /// `MayaChain`.
    #[prost(message, tag = "23")]
    Mayachain(Unread),
    /// 1inch.
    #[prost(message, tag = "24")]
    OneInch(Unread),
    /// `KyberSwap`.
    #[prost(message, tag = "25")]
    KyberSwap(Unread),
    /// `SwapKit`.
    #[prost(message, tag = "26")]
    SwapKit(Unread),
}

/// What kind of contract call.
#[derive(Clone, PartialEq, Eq, Oneof)]
pub enum ContractPayload {
    /// `CosmWasm`.
    #[prost(message, tag = "35")]
    WasmExecute(Unread),
    /// A Tron transfer.
    #[prost(message, tag = "36")]
    TronTransfer(Unread),
    /// A Tron contract.
    #[prost(message, tag = "37")]
    TronTrigger(Unread),
    /// A Tron asset transfer.
    #[prost(message, tag = "38")]
    TronTransferAsset(Unread),
}

/// What kind of whole transaction.
#[derive(Clone, PartialEq, Eq, Oneof)]
pub enum SignData {
    /// Cosmos, amino JSON.
    #[prost(message, tag = "39")]
    Amino(Unread),
    /// Cosmos, protobuf.
    #[prost(message, tag = "40")]
    Direct(Unread),
    /// Solana.
    #[prost(message, tag = "41")]
    Solana(Unread),
    /// Ton.
    #[prost(message, tag = "42")]
    Ton(Unread),
    /// Bitcoin.
    #[prost(message, tag = "43")]
    Bitcoin(Unread),
    /// Sui.
    #[prost(message, tag = "45")]
    Sui(Unread),
    /// Ripple.
    #[prost(message, tag = "46")]
    Ripple(Unread),
}

impl KeysignPayload {
    /// Whether it holds anything to sign, or only names vault and initiator.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let names_only = Self {
            vault_public_key_ecdsa: self.vault_public_key_ecdsa.clone(),
            vault_local_party_id: self.vault_local_party_id.clone(),
            lib_type: self.lib_type.clone(),
            ..Self::default()
        };
        *self == names_only
    }

    /// What it asks for that this version cannot show, in words that continue "this link asks for".
    #[must_use]
    pub fn beyond_this_version(&self) -> Option<String> {
        if !self.lib_type.is_empty() && !self.lib_type.eq_ignore_ascii_case("dkls") {
            return Some("a vault of another kind than DKLS".to_owned());
        }
        if self.is_empty() {
            return None;
        }
        let what = if self.is_qbtc_claim {
            "a QBTC claim"
        } else if let Some(swap) = &self.swap_payload {
            swap.name()
        } else if let Some(contract) = &self.contract_payload {
            contract.name()
        } else if let Some(data) = &self.sign_data {
            data.name()
        } else if self.erc20_approve_payload.is_some() {
            "a token approval"
        } else {
            match &self.blockchain_specific {
                Some(BlockchainSpecific::Ethereum(_)) => return None,
                Some(chain) => chain.name(),
                None => "a transaction without the parameters of its chain",
            }
        };
        Some(what.to_owned())
    }
}

impl BlockchainSpecific {
    fn name(&self) -> &'static str {
        match self {
            Self::Utxo(_) => "a Bitcoin-like transaction",
            Self::Ethereum(_) => "an Ethereum-like transaction",
            Self::Thorchain(_) => "a THORChain transaction",
            Self::Mayachain(_) => "a MayaChain transaction",
            Self::Cosmos(_) => "a Cosmos-like transaction",
            Self::Solana(_) => "a Solana transaction",
            Self::Polkadot(_) => "a Polkadot-like transaction",
            Self::Sui(_) => "a Sui transaction",
            Self::Ton(_) => "a Ton transaction",
            Self::Ripple(_) => "a Ripple transaction",
            Self::Tron(_) => "a Tron transaction",
            Self::Cardano(_) => "a Cardano transaction",
        }
    }
}

impl SwapPayload {
    fn name(&self) -> &'static str {
        match self {
            Self::Thorchain(_) => "a swap through THORChain",
            Self::Mayachain(_) => "a swap through MayaChain",
            Self::OneInch(_) => "a swap through 1inch",
            Self::KyberSwap(_) => "a swap through KyberSwap",
            Self::SwapKit(_) => "a swap through SwapKit",
        }
    }
}

impl ContractPayload {
    fn name(&self) -> &'static str {
        match self {
            Self::WasmExecute(_) => "a CosmWasm contract call",
            Self::TronTransfer(_) | Self::TronTransferAsset(_) => "a Tron transfer contract",
            Self::TronTrigger(_) => "a Tron contract call",
        }
    }
}

impl SignData {
    fn name(&self) -> &'static str {
        match self {
            Self::Amino(_) | Self::Direct(_) => "a Cosmos transaction made elsewhere",
            Self::Solana(_) => "a Solana transaction made elsewhere",
            Self::Ton(_) => "a Ton transaction made elsewhere",
            Self::Bitcoin(_) => "a Bitcoin transaction made elsewhere",
            Self::Sui(_) => "a Sui transaction made elsewhere",
            Self::Ripple(_) => "a Ripple transaction made elsewhere",
        }
    }
}
