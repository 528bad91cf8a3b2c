//! Bytes that leave a process.
//!
//! * [`setup`]: the document that every run of a protocol begins with.
//! * [`frame`]: a protocol's payloads as authenticated bytes.
//! * [`relay_api`]: the mailbox server that the devices meet at: its paths, names and messages.

pub mod frame;
pub mod percent;
pub mod relay_api;
pub mod setup;

#[cfg(test)]
mod testing;
