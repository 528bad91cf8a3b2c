//! What a coin's chain needs besides, a message for each family.

use prost::{Message, Oneof};

/// What the coin's chain needs besides.
#[derive(Clone, PartialEq, Eq, Oneof)]
pub enum BlockchainSpecific {
    /// Bitcoin and its relatives.
    #[prost(message, tag = "4")]
    Utxo(UtxoSpecific),
    /// Ethereum and its relatives.
    #[prost(message, tag = "5")]
    Ethereum(EthereumSpecific),
    /// `THORChain`.
    #[prost(message, tag = "6")]
    Thorchain(ThorchainSpecific),
    /// `MayaChain`.
    #[prost(message, tag = "7")]
    Mayachain(MayachainSpecific),
    /// Cosmos and its relatives.
    #[prost(message, tag = "8")]
    Cosmos(CosmosSpecific),
    /// Solana.
    #[prost(message, tag = "9")]
    Solana(SolanaSpecific),
    /// Polkadot and its relatives.
    #[prost(message, tag = "10")]
    Polkadot(PolkadotSpecific),
    /// Sui.
    #[prost(message, tag = "11")]
    Sui(SuiSpecific),
    /// TON.
    #[prost(message, tag = "12")]
    Ton(TonSpecific),
    /// The XRP Ledger.
    #[prost(message, tag = "13")]
    Ripple(RippleSpecific),
    /// Tron.
    #[prost(message, tag = "14")]
    Tron(TronSpecific),
    /// Cardano.
    #[prost(message, tag = "15")]
    Cardano(CardanoSpecific),
}

/// Bitcoin and its relatives.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct UtxoSpecific {
    /// Base units for a byte, decimal.
    #[prost(string, tag = "1")]
    pub byte_fee: String,
    /// Whether all there is shall be sent.
    #[prost(bool, tag = "2")]
    pub send_max_amount: bool,
}

/// Ethereum and its relatives.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct EthereumSpecific {
    /// The most to pay per unit of gas, in wei, decimal.
    #[prost(string, tag = "1")]
    pub max_fee_per_gas_wei: String,
    /// The tip per unit of gas, in wei, decimal; empty for none.
    #[prost(string, tag = "2")]
    pub priority_fee: String,
    /// The place of the first transaction among the account's.
    #[prost(int64, tag = "3")]
    pub nonce: i64,
    /// The most gas for each transaction, decimal.
    #[prost(string, tag = "4")]
    pub gas_limit: String,
}

/// `THORChain`.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct ThorchainSpecific {
    /// The account's number.
    #[prost(uint64, tag = "1")]
    pub account_number: u64,
    /// The account's next transaction.
    #[prost(uint64, tag = "2")]
    pub sequence: u64,
    /// What the chain takes; not signed.
    #[prost(uint64, tag = "3")]
    pub fee: u64,
    /// Whether it is a deposit, instead of a payment.
    #[prost(bool, tag = "4")]
    pub is_deposit: bool,
    /// The kind of transaction, a number of `TransactionType`.
    #[prost(int32, tag = "5")]
    pub transaction_type: i32,
}

/// `MayaChain`.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct MayachainSpecific {
    /// The account's number.
    #[prost(uint64, tag = "1")]
    pub account_number: u64,
    /// The account's next transaction.
    #[prost(uint64, tag = "2")]
    pub sequence: u64,
    /// Whether it is a deposit, instead of a payment.
    #[prost(bool, tag = "3")]
    pub is_deposit: bool,
}

/// Cosmos and its relatives.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct CosmosSpecific {
    /// The account's number.
    #[prost(uint64, tag = "1")]
    pub account_number: u64,
    /// The account's next transaction.
    #[prost(uint64, tag = "2")]
    pub sequence: u64,
    /// The fee, in base units.
    #[prost(uint64, tag = "3")]
    pub gas: u64,
    /// The kind of transaction, a number of `TransactionType`.
    #[prost(int32, tag = "4")]
    pub transaction_type: i32,
    /// Where a coin of another chain comes from.
    #[prost(message, optional, tag = "5")]
    pub ibc_denom_traces: Option<CosmosIbcDenomTrace>,
    /// The channel to another chain.
    #[prost(message, optional, tag = "6")]
    pub ibc_info: Option<CosmosIbcInfo>,
    /// The most gas.
    #[prost(uint64, optional, tag = "7")]
    pub gas_limit: Option<u64>,
}

/// Where a coin of another chain comes from.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct CosmosIbcDenomTrace {
    /// The ports and channels it came through.
    #[prost(string, tag = "1")]
    pub path: String,
    /// Its name there.
    #[prost(string, tag = "2")]
    pub base_denom: String,
    /// `HEIGHT_TIMEOUT`, the latter in nanoseconds.
    #[prost(string, tag = "3")]
    pub latest_block: String,
}

/// A channel to another chain.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct CosmosIbcInfo {
    /// The port.
    #[prost(string, tag = "1")]
    pub source_port: String,
    /// The channel.
    #[prost(string, tag = "2")]
    pub source_channel: String,
    /// Of the height of the timeout.
    #[prost(uint64, tag = "3")]
    pub revision_number: u64,
    /// Of the height of the timeout.
    #[prost(uint64, tag = "4")]
    pub revision_height: u64,
}

/// Solana.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SolanaSpecific {
    /// Base 58.
    #[prost(string, tag = "1")]
    pub recent_block_hash: String,
    /// Millionths of a lamport for a compute unit, decimal.
    #[prost(string, tag = "2")]
    pub priority_fee: String,
    /// The sender's account of the token.
    #[prost(string, optional, tag = "3")]
    pub from_token_associated_address: Option<String>,
    /// The recipient's account of the token, if there is one.
    #[prost(string, optional, tag = "4")]
    pub to_token_associated_address: Option<String>,
    /// Whether it is a token of the newer program.
    #[prost(bool, optional, tag = "5")]
    pub program_id: Option<bool>,
    /// The most compute units, decimal.
    #[prost(string, optional, tag = "6")]
    pub compute_limit: Option<String>,
}

/// Polkadot and its relatives.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct PolkadotSpecific {
    /// Hex.
    #[prost(string, tag = "1")]
    pub recent_block_hash: String,
    /// The account's next transaction.
    #[prost(uint64, tag = "2")]
    pub nonce: u64,
    /// Decimal.
    #[prost(string, tag = "3")]
    pub current_block_number: String,
    /// Of the chain's code.
    #[prost(uint32, tag = "4")]
    pub spec_version: u32,
    /// Of its transactions.
    #[prost(uint32, tag = "5")]
    pub transaction_version: u32,
    /// Hex.
    #[prost(string, tag = "6")]
    pub genesis_hash: String,
    /// The expected fee.
    #[prost(uint64, tag = "7")]
    pub gas: u64,
}

/// Sui.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SuiSpecific {
    /// Decimal.
    #[prost(string, tag = "1")]
    pub reference_gas_price: String,
    /// Coins to be spent.
    #[prost(message, repeated, tag = "2")]
    pub coins: Vec<SuiCoin>,
    /// Decimal.
    #[prost(string, tag = "3")]
    pub gas_budget: String,
}

/// A coin of Sui.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SuiCoin {
    /// Of what.
    #[prost(string, tag = "1")]
    pub coin_type: String,
    /// Its id, hex.
    #[prost(string, tag = "2")]
    pub coin_object_id: String,
    /// Decimal.
    #[prost(string, tag = "3")]
    pub version: String,
    /// Base 58.
    #[prost(string, tag = "4")]
    pub digest: String,
    /// Decimal.
    #[prost(string, tag = "5")]
    pub balance: String,
    /// The one that made this version.
    #[prost(string, tag = "6")]
    pub previous_transaction: String,
}

/// TON.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct TonSpecific {
    /// The wallet's next payment.
    #[prost(uint64, tag = "1")]
    pub sequence_number: u64,
    /// Seconds since 1970.
    #[prost(uint64, tag = "2")]
    pub expire_at: u64,
    /// Whether what cannot be delivered comes back.
    #[prost(bool, tag = "3")]
    pub bounceable: bool,
    /// Whether all there is shall be sent.
    #[prost(bool, tag = "4")]
    pub send_max_amount: bool,
    /// The sender's wallet of the token.
    #[prost(string, tag = "5")]
    pub jetton_address: String,
    /// Whether the recipient has been used.
    #[prost(bool, tag = "6")]
    pub is_active_destination: bool,
}

/// The XRP Ledger.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct RippleSpecific {
    /// The account's next transaction.
    #[prost(uint64, tag = "1")]
    pub sequence: u64,
    /// The fee, in drops.
    #[prost(uint64, tag = "2")]
    pub gas: u64,
    /// After it the transaction is worthless.
    #[prost(uint64, tag = "3")]
    pub last_ledger_sequence: u64,
    /// Whom the recipient shall credit.
    #[prost(uint32, optional, tag = "4")]
    pub destination_tag: Option<u32>,
    /// The kind of transaction, a number of `TransactionType`.
    #[prost(int32, tag = "5")]
    pub transaction_type: i32,
}

/// Tron.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct TronSpecific {
    /// Milliseconds since 1970.
    #[prost(uint64, tag = "1")]
    pub timestamp: u64,
    /// Milliseconds since 1970.
    #[prost(uint64, tag = "2")]
    pub expiration: u64,
    /// Of a recent block.
    #[prost(uint64, tag = "3")]
    pub block_header_timestamp: u64,
    /// Of a recent block.
    #[prost(uint64, tag = "4")]
    pub block_header_number: u64,
    /// Of a recent block.
    #[prost(uint64, tag = "5")]
    pub block_header_version: u64,
    /// Of a recent block, hex.
    #[prost(string, tag = "6")]
    pub block_header_tx_trie_root: String,
    /// Of a recent block, hex.
    #[prost(string, tag = "7")]
    pub block_header_parent_hash: String,
    /// Of a recent block, hex.
    #[prost(string, tag = "8")]
    pub block_header_witness_address: String,
    /// The most that is burnt for a contract, in sun.
    #[prost(uint64, tag = "9")]
    pub gas_estimation: u64,
}

/// Cardano.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct CardanoSpecific {
    /// The whole fee, whatever it is called, in base units.
    #[prost(int64, tag = "1")]
    pub byte_fee: i64,
    /// Whether all there is shall be sent.
    #[prost(bool, tag = "2")]
    pub send_max_amount: bool,
    /// The last slot in which it is good.
    #[prost(uint64, tag = "3")]
    pub ttl: u64,
}
