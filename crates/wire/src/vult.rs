//! Backup files: how a share outlives its device (`spec/backups.md`, `VULT`).
//!
//! ```text
//! file       base64( VaultContainer { 1 version = 1, 2 vault, 3 is_encrypted } )
//! vault      base64( VaultContents ), or base64( ciphertext of it )
//! ```
//!
//! A backup is everything that a thief needs but the other shares, and a stranger's bytes at the same time: it is wiped
//! from memory, and every length in it is bounded before anything is allocated. What is read is written back with
//! nothing lost, also what only another app understands.
//!
//! Whether the share inside fits anything is not known here: that is the vault's to find out.

mod archive;
mod check;
mod cipher;
mod container;
mod contents;
mod fields;
mod legacy;

#[cfg(test)]
mod tests;

use quorate_core::Secret;

pub use archive::{Entry, is_archive, unpack};
pub use check::{Check, Unreadable};
pub use container::{Container, Lock, Opened, write};
pub use contents::{ChainPublicKey, Created, Extension, KeyShare, Unknown, VaultContents};

/// The longest backup that is read, in bytes: more than a share among 255 needs.
pub const MAX_LEN: usize = 64 << 20;

/// How backups have been encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Not at all.
    None,
    /// PBKDF2 and AES-256-GCM: what is written.
    V2,
    /// SHA-256 of the password and AES-256-GCM: a guess at the password costs next to nothing.
    V1,
    /// SHA-256 of the password and AES-256-CBC: likewise, and nothing tells whether the file was changed. Only read.
    Cbc,
}

/// Reads one backup: [`Container::parse`], then [`Container::open`].
///
/// # Errors
///
/// The first check that failed.
pub fn parse(file: &[u8], password: Option<&Secret<String>>) -> Result<Opened, Unreadable> {
    Container::parse(file)?.open(password)
}
