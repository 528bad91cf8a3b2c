//! Devices as people have them: processes of the program, each with a home of its own, that meet at a relay and lose
//! power, patience, disk space and each other.
#![cfg(unix)]
#![cfg(test)]

mod address;
mod bad_links;
mod bad_stores;
mod interrupted;
mod lost_relay;
mod mediator;
mod messages;
mod nearby;
mod node;
mod payment;
mod process;
mod refused;
mod reshare;
mod solana;
mod stage;
mod vanish;
