//! Devices as people have them: processes of the program, each with a home of its own, that meet at a relay and lose
//! power, patience, disk space and each other.
#![cfg(unix)]
#![cfg(test)]

mod interrupted;
mod node;
mod payment;
mod process;
mod reshare;
mod stage;
mod vanish;
