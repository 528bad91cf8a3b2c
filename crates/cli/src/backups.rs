//! Backup files on this machine: found, opened, and written whole or not at all.

mod file;
mod open;
mod place;
mod whole;

pub(crate) use self::file::{Found, read};
pub(crate) use self::open::{Checked, Keyring};
pub(crate) use self::place::Place;
pub(crate) use self::whole::write_new;
