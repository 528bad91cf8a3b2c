//! Bytes that leave a process.
//!
//! * [`setup`]: the document that every run of a protocol begins with.
//! * [`frame`]: a protocol's payloads as authenticated bytes.
//! * [`link`]: how a ceremony reaches the other devices.
//! * [`seal`]: the ceremony's key, under which everything travels.
//! * [`relay_api`]: the mailbox server that the devices meet at: its paths, names and messages.
//! * [`vult`]: how a share is kept outside its device.
//! * [`hello`], [`commit`]: what our devices say to each other beside the protocol.

pub mod commit;
pub mod frame;
pub mod hello;
mod json;
pub mod link;
pub mod percent;
pub mod relay_api;
pub mod seal;
pub mod setup;
pub mod vult;

#[cfg(test)]
mod testing;
