use std::path::PathBuf;

use clap::Args;

/// Make the private keys of a vault from enough of its backups, offline
///
/// For the day on which the devices are gone. Run it on a machine that is connected to nothing: what it prints is the
/// vault. It needs no home and no relay.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  quorate recover Savings-44fd-share1of3.vult Savings-44fd-share3of3.vult
  quorate recover one.vult two.vult --chain Bitcoin --chain Ethereum --out keys.txt")]
pub(crate) struct Recover {
    /// Backups of as many devices as sign together; more tell which one does not fit
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Only the keys of this chain; may be given several times [default: all]
    #[arg(long = "chain", value_name = "CHAIN")]
    pub(crate) chains: Vec<String>,

    /// Write the keys into a new file that only you can read, instead of showing them
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    /// Read a backup's password from a file; may be given several times, each is tried
    #[arg(long = "password-file", value_name = "FILE")]
    pub(crate) password_files: Vec<PathBuf>,

    /// Give out the private keys without asking, together with --yes; --json then has them too
    #[arg(long)]
    pub(crate) reveal: bool,
}
