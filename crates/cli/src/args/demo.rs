use clap::Args;

/// Show the whole job on this machine: a relay and five devices, each its own process
///
/// Five devices A to E: A, B and C generate a 2-of-3 vault with two keys; two of them sign an EIP-1559 transaction, two a
/// payment on Solana; a reshare replaces C and adds E: 3 of {A, B, D, E}, the addresses stay; three sign each again; C's
/// old shares are shown to be refused.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Broadcast the EIP-1559 transactions to this node; without it they are verified only
    #[arg(long, value_name = "URL")]
    pub(crate) rpc: Option<String>,

    /// Keep the devices' homes and say where they are
    #[arg(long)]
    pub(crate) keep: bool,
}
