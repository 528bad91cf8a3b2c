use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Flags that every command takes, before or after its name.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Globals {
    /// Where this device keeps its shares; one home is one device [default: the platform's data directory]
    #[arg(long, global = true, value_name = "DIR", env = "QUORATE_HOME", hide_env_values = true)]
    pub(crate) home: Option<PathBuf>,

    /// What this device is called in new vaults [default: the kind of system, such as linux]
    #[arg(long, global = true, value_name = "NAME", env = "QUORATE_DEVICE", hide_env_values = true,
          value_parser = device_name)]
    pub(crate) device: Option<String>,

    /// The relay to meet at [default: the link's; who starts a ceremony serves one itself]
    #[arg(long, global = true, value_name = "URL", env = "QUORATE_RELAY", hide_env_values = true)]
    pub(crate) relay: Option<String>,

    /// Read the passphrase that locks this device's shares from a file
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,

    /// Local mode: the address under which the other devices reach this one [default: its LAN IPv4 address]
    #[arg(long, global = true, value_name = "ADDR")]
    pub(crate) advertise: Option<String>,

    /// How long to wait for a silent device, in a round and before it, and for a relay to be found on the local network
    /// [default: 60, 300, 30]
    #[arg(long, global = true, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) timeout: Option<u64>,

    /// Print JSON and nothing else on standard output; never ask
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Answer yes to every question
    #[arg(long, short = 'y', global = true)]
    pub(crate) yes: bool,

    /// Print results, warnings and questions only
    #[arg(long, short = 'q', global = true)]
    pub(crate) quiet: bool,

    /// When to use colour (also NO_COLOR, CLICOLOR_FORCE)
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

/// Other people read this name, and clients of the field treat names that begin with `server` as servers.
fn device_name(name: &str) -> Result<String, String> {
    if name.trim().is_empty() || name.chars().count() > 32 {
        return Err("a device name has 1 to 32 characters".into());
    }
    if !crate::output::is_plain(name) {
        return Err("a device name has no control or invisible characters".into());
    }
    if name.to_lowercase().starts_with("server") {
        return Err("a device name cannot begin with 'server'".into());
    }
    Ok(name.to_owned())
}
