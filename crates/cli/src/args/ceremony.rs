use std::path::PathBuf;

use clap::Args;
use quorate_vault::ceremony::Route;
use quorate_vault::store::Trust;

/// Start a keygen: shows a link and a QR code, waits for the other devices
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  quorate keygen Savings --devices 3                  2 of 3
  quorate keygen Savings --devices 3 --threshold 3    all three must sign
  quorate keygen Old --devices 2 --import -           the keys of a seed phrase, which is asked for
  quorate keygen Old --devices 2 --import words.txt --chain Bitcoin --chain Solana")]
pub(crate) struct Keygen {
    /// What the vault will be called
    pub(crate) name: String,

    /// How many devices will hold a share, this one included
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(2..=20))]
    pub(crate) devices: u8,

    /// How many of them must sign together: from ⌈2N/3⌉ (the default) to N
    #[arg(long, value_name = "T")]
    pub(crate) threshold: Option<u8>,

    #[command(flatten)]
    pub(crate) import: Import,

    #[command(flatten)]
    pub(crate) others: OtherClients,
}

/// Keys that exist
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Take the keys of a seed phrase (BIP39, English) instead of new ones: from a file, or '-' to type or pipe it in.
    /// Whoever has the phrase has the vault; a fresh vault, to which the funds are moved, is safer
    #[arg(id = "import", long = "import", value_name = "FILE|-")]
    pub(crate) from: Option<PathBuf>,

    /// A chain that gets the key its wallets make of the phrase; chains with the same path share it (repeatable)
    /// [default: all that can be imported]
    #[arg(long, value_name = "CHAIN", requires = "import")]
    pub(crate) chain: Vec<String>,

    /// Solana: the path that Phantom uses, m/44'/501'/0'/0'
    #[arg(long, requires = "import")]
    pub(crate) solana_phantom: bool,

    /// Terra and TerraClassic: the path of Cosmos
    #[arg(long, requires = "import")]
    pub(crate) terra_cosmos: bool,
}

/// Who else may take part in a keygen or reshare, and how
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct OtherClients {
    /// Let other clients take part, such as phones. Then no certificate vouches for the vault: it is in use once every
    /// device has said that it is done
    #[arg(long)]
    pub(crate) open: bool,

    /// Give each key a mailbox of its own, as other clients do to make both at once
    #[arg(long, requires = "open")]
    pub(crate) batch: bool,
}

impl OtherClients {
    /// Begins a ceremony so.
    pub(crate) fn route(self, route: &mut Route) {
        route.trust = if self.open { Trust::Mixed } else { Trust::Certified };
        route.batch = self.batch;
    }
}

/// Join whatever a link is for, after showing it: keygen, keysign or reshare
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  quorate join 'https://vultisig.com?type=NewVault&…'
  quorate join photo.png
  xclip -o | quorate join -")]
pub(crate) struct Join {
    /// The link, a PNG image with its QR code, or '-' to read the link from standard input
    #[arg(value_name = "LINK")]
    pub(crate) link: String,

    /// The digest to sign, for a link that carries none: 64 hex digits
    #[arg(long, value_name = "HEX", requires = "chain")]
    pub(crate) hash: Option<String>,

    /// The chain whose key signs the digest
    #[arg(long, value_name = "CHAIN", requires = "hash")]
    pub(crate) chain: Option<String>,
}

/// Start signing a digest, a message or typed data
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  quorate keysign Savings --message 'I own this address'
  quorate keysign Savings --message 'I own this address' --chain Solana
  quorate keysign Savings --message 0x8001000204… --chain Solana    a transaction, shown decoded
  quorate keysign Savings --typed-data permit.json --chain Base     EIP-712, every field shown
  quorate keysign Savings --hash 9c22ff5f…")]
pub(crate) struct Keysign {
    /// The vault: its name, or the beginning of its ECDSA public key
    pub(crate) vault: String,

    #[command(flatten)]
    pub(crate) what: What,

    /// The chain whose key signs
    #[arg(long, value_name = "CHAIN", default_value = "Ethereum")]
    pub(crate) chain: String,

    /// The derivation path [default: the chain's]. Chains of the Ed25519 key, such as Solana, have none
    #[arg(long, value_name = "PATH")]
    pub(crate) path: Option<String>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct What {
    /// Sign this digest as it is: 64 hex digits. Nobody can see what it stands for
    #[arg(long, value_name = "HEX")]
    pub(crate) hash: Option<String>,

    /// Sign this text, or the bytes behind 0x, in the form the chain's wallets sign messages (EIP-191 on EVM chains)
    #[arg(long, value_name = "TEXT|0xHEX")]
    pub(crate) message: Option<String>,

    /// Sign the typed data (EIP-712) in this file, the JSON of eth_signTypedData_v4; '-' reads it from standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) typed_data: Option<PathBuf>,
}

/// Start changing the devices or the threshold of a vault; its addresses stay
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  quorate reshare Savings --devices 4                      add devices until there are four
  quorate reshare Savings --devices 3 --remove phone-1f2e  without that device
  quorate reshare Savings --refresh                        new shares for the same devices
  quorate reshare Savings --resume                         finish a reshare that was cut off
  quorate reshare Savings --discard                        give up one that no device uses")]
pub(crate) struct Reshare {
    /// The vault: its name, or the beginning of its ECDSA public key
    pub(crate) vault: String,

    /// How many devices will hold a share afterwards, this one included
    #[arg(long, value_name = "N", required_unless_present_any = ["refresh", "resume", "discard"],
          conflicts_with_all = ["refresh", "resume", "discard"], value_parser = clap::value_parser!(u8).range(2..=20))]
    pub(crate) devices: Option<u8>,

    /// How many of them must sign together: from ⌈2N/3⌉ (the default) to N
    #[arg(long, value_name = "T", conflicts_with_all = ["refresh", "resume", "discard"])]
    pub(crate) threshold: Option<u8>,

    /// A device that will hold no share afterwards (repeatable)
    #[arg(long, value_name = "PARTY", conflicts_with_all = ["refresh", "resume", "discard"])]
    pub(crate) remove: Vec<String>,

    /// Give the same devices new shares under the same threshold: what leaked of the old ones is worth nothing afterwards
    #[arg(long, conflicts_with_all = ["resume", "discard"])]
    pub(crate) refresh: bool,

    /// Finish the last reshare: its devices vote again. Where other clients take part: use what it made, which they do
    #[arg(long, conflicts_with = "discard")]
    pub(crate) resume: bool,

    /// Give up this device's part in a new sharing that was never taken up; only if no other device uses it
    #[arg(long, conflicts_with_all = ["open", "batch"])]
    pub(crate) discard: bool,

    #[command(flatten)]
    pub(crate) others: OtherClients,
}
