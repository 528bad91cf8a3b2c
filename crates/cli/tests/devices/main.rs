//! Devices as people have them: processes of the program, each with a home of its own, that meet at a relay and lose
//! power, patience, disk space and each other.
#![cfg(unix)]
#![cfg(test)]

mod address;
mod backups;
mod bad_links;
mod bad_stores;
mod import;
mod interrupted;
mod lost_relay;
mod mediator;
mod messages;
mod nearby;
mod node;
mod payment;
mod phones;
mod process;
mod recover;
mod refused;
mod reshare;
mod solana;
mod stage;
mod tokens;
mod vanish;
