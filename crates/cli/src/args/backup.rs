use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Back up this device's share of a vault, look into a backup, restore one
#[derive(Debug, Args)]
pub(crate) struct Backup {
    #[command(subcommand)]
    pub(crate) command: BackupCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BackupCommand {
    Create(Create),
    Verify(Verify),
    Restore(Restore),
}

/// Write this device's share of a vault into a file, and read it back
///
/// The file has a password of its own: from --password-file, else the variable QUORATE_BACKUP_PASSWORD, else a prompt.
/// Keep it away from the backups of the vault's other devices: a threshold of them is the vault.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  quorate backup create Savings --out /media/stick       named Savings-44fd-share1of3.vult there
  quorate backup create Savings --out savings-laptop.vult --password-file FILE")]
pub(crate) struct Create {
    /// The vault: its name, or the beginning of its ECDSA public key
    pub(crate) vault: String,

    /// A folder, or the file to write; nothing is ever overwritten
    #[arg(long, value_name = "PATH")]
    pub(crate) out: PathBuf,

    /// How the file is encrypted; v1 is for apps that read nothing later
    #[arg(long, value_enum, default_value_t = Scheme::V2)]
    pub(crate) scheme: Scheme,

    /// Read the backup's password from a file
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,

    /// Do not encrypt: whoever finds the file has the share
    #[arg(long, conflicts_with_all = ["password_file", "scheme"])]
    pub(crate) no_password: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scheme {
    V2,
    V1,
}

/// Decrypt a backup and check all that it holds, without restoring it
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  quorate backup verify Savings-44fd-share1of3.vult
  quorate backup verify vaults_backup_2026-08-22.zip --password-file FILE")]
pub(crate) struct Verify {
    /// The backup (.vult, .bak, .dat), or the ZIP with several that an app has saved
    pub(crate) file: PathBuf,

    /// Read the backup's password from a file
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

/// Take a backup's share into this device
///
/// One home is one device: it never takes in two shares of one vault.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  quorate backup restore Savings-44fd-share1of3.vult
  quorate backup restore vaults_backup_2026-08-22.zip --vault Savings --party Pixel-5a9")]
pub(crate) struct Restore {
    /// The backup (.vult, .bak, .dat), or the ZIP with several that an app has saved
    pub(crate) file: PathBuf,

    /// What the vault will be called here [default: its name in the backup]
    #[arg(long)]
    pub(crate) name: Option<String>,

    /// Of several in a ZIP, that of this vault: its name, or the beginning of its ECDSA public key
    #[arg(long)]
    pub(crate) vault: Option<String>,

    /// Of several in a ZIP, that of this device of the vault
    #[arg(long)]
    pub(crate) party: Option<String>,

    /// Let it replace the share that this device signs with, though the file does not say which is newer
    #[arg(long)]
    pub(crate) replace: bool,

    /// Read the backup's password from a file
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}
