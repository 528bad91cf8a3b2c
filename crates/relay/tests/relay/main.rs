//! The relay from outside: what it keeps, what it answers over real connections, and what its client survives.

// Helpers of tests are tests, wherever they stand.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)]

mod api;
mod client;
mod limits;
mod mailbox;
mod malformed;
mod odd_relays;
mod served;
