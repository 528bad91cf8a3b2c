//! Why a device did not do what was asked.

use std::path::PathBuf;

use quorate_relay::client::RelayError;
use quorate_vault::failure as ceremony;
use quorate_vault::store::StoreError;
use quorate_wire::relay_api::InvalidBaseUrl;

/// Why a device did not do what was asked: what happened, not what to type now.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The ceremony ended without its result.
    #[error(transparent)]
    Ceremony(#[from] ceremony::Failure),
    /// The device's memory failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The relay failed.
    #[error(transparent)]
    Relay(#[from] RelayError),
    /// A link or the store names a device in a way that no relay takes, or the program's own parts failed.
    #[error("{what} cannot be used: {why}")]
    Unusable {
        /// What it is.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The person at this device, or the system, stopped it.
    #[error("interrupted at this device")]
    Interrupted,
    /// No home in this directory.
    #[error("there are no vaults in {}", .0.display())]
    NoHome(PathBuf),
    /// No vault of this name, or whose key begins so.
    #[error("there is no vault '{wanted}' on this device")]
    NoVault {
        /// What was asked for.
        wanted: String,
        /// The names of those that there are.
        held: Vec<String>,
    },
    /// Several vaults' keys begin so.
    #[error("'{wanted}' begins the keys of {}", quoted(named).join(" and "))]
    SeveralVaults {
        /// What was asked for.
        wanted: String,
        /// The names of those that it could be.
        named: Vec<String>,
    },
    /// The address under which the others should reach this device is none.
    #[error("'{url}' is no address for the others: {why}")]
    Advertised {
        /// The URL that it makes.
        url: String,
        /// Why that is none.
        why: InvalidBaseUrl,
    },
    /// This device cannot listen.
    #[error("this device cannot serve the relay for the others: {0}")]
    CannotServe(std::io::Error),
    /// The link says neither where its relay is nor what it is called.
    #[error("the link says neither where its relay is nor what it is called on the local network")]
    Nowhere,
    /// Multicast does not work here.
    #[error("this machine cannot look for relays on the local network: {0}")]
    CannotSearch(String),
    /// The relay was not found on the local network, or does not answer.
    #[error("{what} in {seconds} s")]
    NotNearby {
        /// What was found instead.
        what: String,
        /// How long it was looked for.
        seconds: u64,
    },
    /// The relay answers neither at the link's address nor on the local network.
    #[error("{}; {nearby}", without_advice(.there))]
    NeitherThereNorNearby {
        /// What happened at the address.
        there: RelayError,
        /// What happened on the network.
        nearby: Box<Failure>,
    },
}

impl Failure {
    /// What happened, in one sentence. A relay's error goes on to say what to do about it, and this does not.
    pub fn what(&self) -> String {
        match self {
            Self::Relay(error) => without_advice(error),
            other => other.to_string(),
        }
    }
}

fn without_advice(error: &RelayError) -> String {
    let text = error.to_string();
    text.split_once("; ").map_or_else(|| text.clone(), |(what, _)| what.to_owned())
}

/// Names, each in quotes.
pub(crate) fn quoted(names: &[String]) -> Vec<String> {
    names.iter().map(|name| format!("'{name}'")).collect()
}
