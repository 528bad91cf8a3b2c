//! What one device is: its shares by epoch, its ceremonies, its consent, its ledger.

pub mod store;
