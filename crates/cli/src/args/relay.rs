use std::net::SocketAddr;

use clap::Args;

/// Serve a relay: mailboxes that devices meet at, which learn nothing of what passes
///
/// Runs until it is interrupted; that is its ordinary end (exit code 0). Everything is kept in memory and expires.
#[derive(Debug, Args)]
pub(crate) struct Relay {
    /// The address and port to listen on; port 0 takes any free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:18080")]
    pub(crate) listen: SocketAddr,
}
