use clap::{Args, Subcommand};

/// Look at the transactions that this device has signed with others, and follow them
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  quorate tx list
  quorate tx show 0x5f…
  quorate tx follow 0x5f… --rpc http://127.0.0.1:8545")]
pub(crate) struct Tx {
    #[command(subcommand)]
    pub(crate) command: TxCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TxCommand {
    /// List them, the latest last
    List {
        /// Only those of this vault: its name, or the beginning of its ECDSA public key
        vault: Option<String>,
    },
    /// Show one: what was approved, its bytes, how far it has come
    Show {
        /// Its id, or the beginning of it
        txid: String,
    },
    /// Ask the chain's node for one until a block includes it
    Follow {
        /// Its id, or the beginning of it
        txid: String,
        /// The chain's node
        #[arg(long, value_name = "URL")]
        rpc: String,
    },
    /// Hand one to the chain's node: the same bytes, which a chain takes once
    Broadcast {
        /// Its id, or the beginning of it
        txid: String,
        /// The chain's node
        #[arg(long, value_name = "URL")]
        rpc: String,
    },
}
