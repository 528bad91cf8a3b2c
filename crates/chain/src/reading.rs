//! What a signing does, as data: for the lines that a person reads, and for whoever judges in their place.
//!
//! A [`Reading`] comes from what is signed, never from what the initiator says about it. What only somebody says is
//! marked as what they say. As JSON, names are in snake case, amounts are decimal strings of base units, and addresses
//! are written with their checksums.
//!
//! * [`asset`]: amounts, and of what; addresses, and whose.
//! * [`item`]: the things that a signing does.
//! * [`warning`]: what is odd about it, and why it cannot be seen through.

pub mod asset;
pub mod item;
mod lines;
pub mod warning;

use serde::Serialize;

pub use self::asset::{Amount, Asset, Claim, Party};
pub use self::item::{Item, Swap};
pub use self::warning::{Blind, Warning};

/// What a signing does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// The chain whose key signs, by the name of the table.
    pub chain: &'static str,
    /// The path of that key, where a person may choose it: for messages, typed data and digests of chains whose keys
    /// have paths.
    pub path: Option<String>,
    /// What it does, in the order in which it happens.
    pub items: Vec<Item>,
    /// The most that all its transactions together can cost besides.
    pub fee: Option<Amount>,
    /// The places of its transactions among those of the same sender, in order; empty where there are none.
    pub nonces: Vec<u64>,
    /// Until when an offer is good that it takes, in seconds since 1970, as the initiator says: later, what is sent may
    /// be lost.
    pub expires: Option<u64>,
    /// Why nobody can see what it does, if that is so.
    pub blind: Option<Blind>,
    /// What is odd about it.
    pub warnings: Vec<Warning>,
    /// Who says that they ask for it.
    pub application: Option<Application>,
}

/// What an application says of itself. Nobody has checked it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Application {
    /// The name that it claims.
    pub claimed_name: String,
    /// The address on the web that it claims.
    pub claimed_url: String,
}

impl Reading {
    /// Nothing but the chain.
    pub(crate) fn on(chain: &'static str) -> Self {
        Self {
            chain,
            path: None,
            items: Vec::new(),
            fee: None,
            nonces: Vec::new(),
            expires: None,
            blind: None,
            warnings: Vec::new(),
            application: None,
        }
    }

    /// Whether nobody can see what it does.
    pub fn is_blind(&self) -> bool {
        self.blind.is_some()
    }

    /// The warnings that nobody should pass over: a person confirms each, and a policy says no.
    pub fn gates(&self) -> impl Iterator<Item = &Warning> {
        self.warnings.iter().filter(|warning| warning.is_gate())
    }
}
