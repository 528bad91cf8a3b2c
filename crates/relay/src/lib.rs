//! Store-and-forward mailboxes with expiry: how devices that share nothing but a session id reach each other.
//!
//! * [`mailbox`]: what a relay keeps, for how long, and how much of it; no clock and no socket of its own.
//! * [`server`]: the HTTP API around it (`RELAY 1`), as a process of its own or inside a device on a local network.
//! * [`client`]: every call of that API, patient with relays that answer late, oddly or not at all (`RELAY 5`).
//!
//! The relay authenticates nobody and reads nothing: whoever knows a session id may read and write there, and what
//! travels is sealed by the devices. What the API looks like is defined once, in `quorate_wire::relay_api`.

pub mod client;
pub mod mailbox;
pub mod server;
