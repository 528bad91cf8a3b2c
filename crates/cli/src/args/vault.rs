use clap::{Args, Subcommand};

/// Look at, rename or forget the vaults of this device
#[derive(Debug, Args)]
pub(crate) struct Vault {
    #[command(subcommand)]
    pub(crate) command: VaultCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum VaultCommand {
    /// List the vaults of this device
    List,
    /// Show one vault: its devices, its threshold, every epoch this device knows
    Show {
        /// The vault: its name, or the beginning of its ECDSA public key
        vault: String,
    },
    /// Give a vault another name on this device
    Rename {
        /// The vault: its name, or the beginning of its ECDSA public key
        vault: String,
        /// The new name
        name: String,
    },
    /// Wipe everything this device holds of a vault; the other devices keep their shares
    Forget {
        /// The vault: its name, or the beginning of its ECDSA public key
        vault: String,
    },
}
