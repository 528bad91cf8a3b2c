//! Backups: what a file holds, compared with everything public in it, and what it means to a home (`spec/backups.md`,
//! `BACKUP`).
//!
//! * [`Backup::read`]: a decrypted file becomes what a store keeps, or is refused in words.
//! * [`contents`]: and back.
//! * [`compare`]: whether a home holds it already, or may hold it at all.
//! * [`Backup::restore`]: taking it in.
//! * [`recover()`]: enough backups become the private keys, on a machine that talks to nobody.

mod chains;
mod check;
mod name;
mod read;
mod recover;
mod restore;
mod verdict;
mod write;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use quorate_wire::link::Library;

pub use check::{Check, Refused};
pub use name::{file_name, names_other_share};
pub use recover::{Misfit, Recovered, recover};
pub use verdict::{Age, Verdict, compare};
pub use write::{carried, contents};

use crate::store::{PublicKey, Secret, Shares, Sharing};

/// A backup whose shares have passed every check.
#[derive(Debug)]
pub struct Backup {
    /// The vault's name as the file has it, fit for a screen.
    pub name: String,
    /// The public side, as a store keeps it: active, and backed up by this very file. Epoch 0 is an unknown one. Without
    /// certificate unless a device of ours has written the file; digest and session are then empty as well.
    pub sharing: Sharing,
    /// Which kind of vault: [`Library::Dkls`], or [`Library::KeyImport`] for a key that existed before the vault.
    pub library: Library,
    /// The chains for which the file names a key and has no share that fits: there, this member could not sign, and what is
    /// derived from the vault's own keys is another address than the vault's.
    pub without_share: Vec<String>,
    /// What else the file says, for [`contents`]: its order, shares of keys that this version does not know, fields of
    /// later apps. It may hold secrets.
    pub rest: Secret<Vec<u8>>,
    ecdsa: quorate_ecdsa::KeyShare,
    eddsa: Option<quorate_eddsa::KeyShare>,
    chains: BTreeMap<PublicKey, Secret<Vec<u8>>>,
}

impl Backup {
    /// The secret side, as a store keeps it.
    #[must_use]
    pub fn shares(&self) -> Shares {
        let copy = |secret: &Secret<Vec<u8>>| Secret::of(secret.expose().clone());
        let ecdsa = (PublicKey::Ecdsa(self.ecdsa.public_key()), self.ecdsa.to_bytes());
        let eddsa = self.eddsa.as_ref();
        let eddsa = eddsa.map(|share| (PublicKey::Eddsa(share.public_key()), share.to_bytes()));
        let chains = self.chains.iter().map(|(key, share)| (*key, copy(share)));
        let shares = chains.chain([ecdsa]).chain(eddsa);
        Shares { rest: Some(copy(&self.rest)), ..Shares::new(shares) }
    }

    /// The member whose share this is.
    #[must_use]
    pub fn party(&self) -> &str {
        let me = usize::from(self.sharing.me);
        self.sharing.parties.get(me).map_or("", String::as_str)
    }

    /// Whether it is the share of the server that co-signs for a fast vault: whoever restores it holds two devices' worth.
    #[must_use]
    pub fn is_server(&self) -> bool {
        let first = self.party().split('-').next().unwrap_or_default();
        first.eq_ignore_ascii_case("server")
    }
}
