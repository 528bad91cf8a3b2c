use clap::Args;

/// Start a payment: nonce and fees from the chain's node, a threshold of devices signs, then it is broadcast
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  quorate send Savings --chain Ethereum --to 0x… --amount 0.5 --rpc http://127.0.0.1:8545
  quorate send Savings --chain Ethereum --to 0x… --amount 0.5 --rpc … --dry-run
  quorate send Savings --chain Ethereum --to 0x… --max --token 0x… --rpc …      all of a token
  quorate send Savings --chain Ethereum --to 0x… --data 0x… --rpc …             a call
  quorate send Savings --chain Ethereum --to 0x… --data 0x… --token USDC --amount 5 --rpc …   a call that takes tokens
  quorate send Savings --replace 0x… --rpc …                                    the same for a higher fee
  quorate send Savings --cancel 0x… --rpc …")]
#[command(group = clap::ArgGroup::new("quantity").args(["amount", "max", "data", "replace", "cancel"]).required(true).multiple(true))]
#[expect(clippy::struct_excessive_bools, reason = "flags are bools")]
pub(crate) struct Send {
    /// The vault: its name, or the beginning of its ECDSA public key
    pub(crate) vault: String,

    /// The chain to pay on
    #[arg(long, value_name = "CHAIN", required_unless_present_any = ["replace", "cancel"])]
    pub(crate) chain: Option<String>,

    /// Who is paid, or which contract is called
    #[arg(long, value_name = "ADDRESS", required_unless_present_any = ["replace", "cancel"])]
    pub(crate) to: Option<String>,

    /// Instead of a new payment: the same as this earlier one, which no block includes yet, for a higher fee
    #[arg(long, value_name = "TXID", conflicts_with_all = ["cancel", "chain", "to", "amount", "max", "token", "memo", "data"])]
    pub(crate) replace: Option<String>,

    /// Instead of a payment: nothing, in the place of this earlier one, which no block includes yet
    #[arg(long, value_name = "TXID", conflicts_with_all = ["chain", "to", "amount", "max", "token", "memo", "data"])]
    pub(crate) cancel: Option<String>,

    /// How much, in the chain's main unit or in whole tokens, such as 0.5
    #[arg(long, value_name = "AMOUNT", conflicts_with = "max")]
    pub(crate) amount: Option<String>,

    /// All there is; of the chain's own coin, all that the fee leaves
    #[arg(long, conflicts_with = "data")]
    pub(crate) max: bool,

    /// A token instead of the chain's own coin: the address of its contract, or the symbol of one that this version knows.
    /// With --data, what the contract that is called may take
    #[arg(long, value_name = "TOKEN", conflicts_with = "memo")]
    pub(crate) token: Option<String>,

    /// A text that goes along
    #[arg(long, value_name = "TEXT", conflicts_with = "data")]
    pub(crate) memo: Option<String>,

    /// Call data that goes along: 0x and hex digits
    #[arg(long, value_name = "HEX")]
    pub(crate) data: Option<String>,

    /// The most to pay for a unit of gas, in gwei [default: as the chain's last blocks suggest]
    #[arg(long, value_name = "GWEI")]
    pub(crate) fee: Option<u128>,

    /// The most gas for each transaction [default: as the chain's node estimates]
    #[arg(long, value_name = "UNITS")]
    pub(crate) gas: Option<u64>,

    /// The chain's node
    #[arg(long, value_name = "URL")]
    pub(crate) rpc: Option<String>,

    /// Show what would be signed, and stop
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Print the signed transaction, and leave broadcasting it to you
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) no_broadcast: bool,

    /// Pay again although the identical payment was already broadcast
    #[arg(long)]
    pub(crate) force: bool,
}
