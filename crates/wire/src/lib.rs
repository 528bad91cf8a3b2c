//! Bytes that leave a process.
//!
//! * [`relay_api`]: the mailbox server that the devices meet at: its paths, names and messages.

pub mod percent;
pub mod relay_api;
