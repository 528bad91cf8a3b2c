use clap::Args;

/// Print the vault's addresses
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  quorate address Savings
  quorate address Savings Ethereum Bitcoin
  quorate address Savings Bitcoin --qr           as a QR code, for another wallet's camera")]
pub(crate) struct Address {
    /// The vault: its name, or the beginning of its ECDSA public key
    pub(crate) vault: String,

    /// The chains [default: all]
    #[arg(value_name = "CHAIN")]
    pub(crate) chains: Vec<String>,

    /// Draw each named chain's address as a QR code that holds the address and nothing else
    #[arg(long, requires = "chains")]
    pub(crate) qr: bool,
}
