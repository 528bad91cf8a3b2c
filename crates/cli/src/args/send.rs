use clap::Args;

/// Start a payment: nonce and fees from the chain's node, a threshold of devices signs, then it is broadcast
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  quorate send Savings --chain Ethereum --to 0x… --amount 0.5 --rpc http://127.0.0.1:8545
  quorate send Savings --chain Ethereum --to 0x… --amount 0.5 --rpc … --dry-run")]
pub(crate) struct Send {
    /// The vault: its name, or the beginning of its ECDSA public key
    pub(crate) vault: String,

    /// The chain to pay on
    #[arg(long, value_name = "CHAIN")]
    pub(crate) chain: String,

    /// Who is paid
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) to: String,

    /// How much, in the chain's main unit, such as 0.5
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) amount: String,

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
