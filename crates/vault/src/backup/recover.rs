//! From enough backups to the private keys. Whoever holds the result holds the vault: this is for a machine that talks
//! to nobody, and for the day on which the devices are gone.

use std::collections::{BTreeMap, BTreeSet};

use quorate_core::Secret;
use quorate_core::check::require_some;
use quorate_ecdsa::derive::DerivationPath;
use quorate_eddsa::KeyShare;

use super::check::demand;
use super::{Backup, Check, Refused};
use crate::store::{Fsid, Keyring, PublicKey, VaultKey};

/// The most quorums that are tried to find one whose Ed25519 shares fit.
const MAX_QUORUMS: usize = 10_000;

/// What enough backups hold together.
#[derive(Debug)]
pub struct Recovered {
    /// The vault.
    pub vault: VaultKey,
    /// The root chain code: with it and the key below, every address has its private key.
    pub chain_code: [u8; 32],
    /// The root ECDSA private key, 32 bytes big-endian.
    pub ecdsa: Secret<[u8; 32]>,
    /// The root Ed25519 private key, if the vault has one: a scalar of 32 bytes little-endian, with no seed behind it. Or
    /// why there is none: the ECDSA key is not held back for that.
    pub eddsa: Option<Result<Secret<[u8; 32]>, Refused>>,
    /// The public keys: the roots, and those of single chains that a vault from a seed phrase has, as its files list them.
    pub keys: Keyring,
    /// Their private keys: of secp256k1 32 bytes big-endian, of Ed25519 a scalar as above. Or why there is none.
    pub chains: BTreeMap<PublicKey, Result<Secret<[u8; 32]>, Refused>>,
    /// The files that do not fit the others, with what was made without them.
    pub misfits: Vec<Misfit>,
}

impl Recovered {
    /// The private key at a path without hardened steps below the root, and the public key that belongs to it. `None` if
    /// there is no such path.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<(Secret<[u8; 32]>, [u8; 33])> {
        let path = DerivationPath::parse(path).ok()?;
        quorate_ecdsa::recover::child(&self.ecdsa, &self.chain_code, &path).ok()
    }
}

/// A file that does not fit the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The file.
    pub file: String,
    /// Why; continues the file's name.
    pub why: Refused,
}

/// A backup beside the name of its file.
type File<'a> = (&'a str, &'a Backup);

/// `BACKUP 4`: makes the private keys of enough backups. Several of one device count once.
///
/// # Errors
///
/// The first check that failed, in a sentence that names the files.
pub fn recover(files: &[(&str, &Backup)]) -> Result<Recovered, Refused> {
    // 4.1
    let vault = files.first().map(|(_, backup)| backup.sharing.vault);
    let named = files.iter().map(|(file, backup)| format!("{file} ({})", backup.name));
    let words = format!("these are backups of different vaults: {}", list(named));
    demand(files.iter().all(|(_, b)| Some(b.sharing.vault) == vault), Check::OneVault, words)?;

    // 4.2
    let mut misfits = Vec::new();
    let sharing = sharing_of_most(files);
    let mut members: BTreeMap<u8, File<'_>> = BTreeMap::new();
    for &(file, backup) in files {
        let same = Some(backup.sharing.fsid) == sharing;
        match demand(same, Check::OneSharing, "is of another epoch than the others") {
            Ok(()) => drop(members.entry(backup.sharing.me).or_insert((file, backup))),
            Err(why) => misfits.push(Misfit { file: file.to_owned(), why }),
        }
    }
    let members: Vec<File<'_>> = members.into_values().collect();

    // 4.3
    let threshold = members.first().map_or(2, |(_, backup)| backup.sharing.threshold.into());
    let have = list(members.iter().map(|(_, backup)| backup.party().to_owned()));
    let words = format!("the backups of {threshold} devices of one epoch are needed; here: {have}");
    demand(members.len() >= threshold, Check::Enough, words)?;

    // 4.4
    let (fitting, odd): (Vec<_>, Vec<_>) =
        members.iter().copied().partition(|file| fits_most(*file, &members));
    let quorum: Vec<_> = fitting.iter().take(threshold).map(|(_, backup)| &backup.ecdsa).collect();
    let key = quorate_ecdsa::recover::private_key(&quorum);
    let ecdsa =
        require_some(key, Check::EcdsaSharesFit, || Secret::of([0; 32])).map_err(|check| {
            let named = list(odd.iter().map(|(file, _)| (*file).to_owned()));
            Refused::new(check, format!("the ECDSA shares of these files do not fit: {named}"))
        })?;
    misfits.extend(odd.iter().map(|(file, _)| Misfit {
        file: (*file).to_owned(),
        why: Refused::new(Check::EcdsaSharesFit, "has an ECDSA share that does not fit the others"),
    }));

    // 4.5
    let public_key_eddsa = fitting.iter().find_map(|(_, backup)| backup.sharing.keys.root_eddsa());
    let eddsa = public_key_eddsa.map(|_| eddsa(&fitting, threshold, &mut misfits));
    let vault = vault.unwrap_or(VaultKey([0; 33]));
    Ok(Recovered {
        vault,
        chain_code: fitting.first().map_or([0; 32], |(_, backup)| backup.sharing.chain_code),
        ecdsa,
        eddsa,
        keys: Keyring::of_roots(vault, public_key_eddsa).with_chains(chain_keys(&fitting)),
        chains: chains(&fitting, threshold),
        misfits,
    })
}

/// 4.6: what the files list, each chain once.
fn chain_keys(members: &[File<'_>]) -> Vec<(String, PublicKey)> {
    let mut keys: Vec<(String, PublicKey)> = Vec::new();
    for (chain, key) in members.iter().flat_map(|(_, backup)| backup.sharing.keys.chains()) {
        if !keys.iter().any(|(known, of)| known == chain && *of == key) {
            keys.push((chain.to_owned(), key));
        }
    }
    keys
}

/// 4.6: of each chain's key, whatever quorum's shares make it.
fn chains(
    members: &[File<'_>],
    threshold: usize,
) -> BTreeMap<PublicKey, Result<Secret<[u8; 32]>, Refused>> {
    let keys: BTreeSet<PublicKey> =
        members.iter().flat_map(|(_, backup)| backup.chains.keys().copied()).collect();
    keys.into_iter().map(|key| (key, chain(key, members, threshold))).collect()
}

fn chain(
    key: PublicKey,
    members: &[File<'_>],
    threshold: usize,
) -> Result<Secret<[u8; 32]>, Refused> {
    let shares = members.iter().filter_map(|(_, backup)| backup.chains.get(&key));
    let mut tries = MAX_QUORUMS;
    let (made, check) = match key {
        PublicKey::Ecdsa(_) => {
            let shares = shares.map(|share| quorate_ecdsa::KeyShare::from_bytes(share.expose()));
            let shares: Vec<_> = shares.filter_map(Result::ok).collect();
            let shares: Vec<&quorate_ecdsa::KeyShare> = shares.iter().collect();
            let make = quorate_ecdsa::recover::private_key;
            let made = first_quorum(&shares, threshold, &mut Vec::new(), &mut tries, &make);
            (made, Check::EcdsaSharesFit)
        }
        PublicKey::Eddsa(_) => {
            let shares = shares.map(|share| KeyShare::from_bytes(share.expose()));
            let shares: Vec<_> = shares.filter_map(Result::ok).collect();
            let shares: Vec<&KeyShare> = shares.iter().collect();
            let make = quorate_eddsa::recover::private_key;
            let made = first_quorum(&shares, threshold, &mut Vec::new(), &mut tries, &make);
            (made, Check::EddsaSharesFit)
        }
    };
    require_some(made, check, || Secret::of([0; 32])).map_err(|check| {
        Refused::new(
            check,
            format!("no {threshold} of these files have shares that make the key {key}"),
        )
    })
}

/// 4.2: the sharing of which most members are here.
fn sharing_of_most(files: &[File<'_>]) -> Option<Fsid> {
    let mut members: BTreeMap<Fsid, BTreeSet<u8>> = BTreeMap::new();
    for (_, Backup { sharing, .. }) in files {
        members.entry(sharing.fsid).or_default().insert(sharing.me);
    }
    members.into_iter().max_by_key(|(_, members)| members.len()).map(|(fsid, _)| fsid)
}

/// 4.4: whether half of the other shares or more know this one's public share as its own.
fn fits_most((_, backup): File<'_>, members: &[File<'_>]) -> bool {
    let place = usize::from(backup.sharing.me);
    let public_share = |of: &Backup| of.ecdsa.public_shares().get(place).copied();
    let mine = public_share(backup);
    let others = members.iter().filter(|(_, other)| other.sharing.me != backup.sharing.me);
    let votes = others.map(|(_, other)| public_share(other) == mine);
    let (fit, unfit): (Vec<_>, Vec<_>) = votes.partition(|fits| *fits);
    fit.len() >= unfit.len()
}

/// 4.5: an Ed25519 share knows no public shares. The first quorum that makes the key shows which others lie with it.
fn eddsa(
    members: &[File<'_>],
    threshold: usize,
    misfits: &mut Vec<Misfit>,
) -> Result<Secret<[u8; 32]>, Refused> {
    let shares = members.iter().filter_map(|(file, backup)| Some((*file, backup.eddsa.as_ref()?)));
    let shares: Vec<(&str, &KeyShare)> = shares.collect();
    let all: Vec<&KeyShare> = shares.iter().map(|(_, share)| *share).collect();
    let (mut quorum, mut tries) = (Vec::with_capacity(threshold), MAX_QUORUMS);
    let make = quorate_eddsa::recover::private_key;
    let key = first_quorum(&all, threshold, &mut quorum, &mut tries, &make);
    let key =
        require_some(key, Check::EddsaSharesFit, || Secret::of([0; 32])).map_err(|check| {
            let named = list(shares.iter().map(|(file, _)| (*file).to_owned()));
            let words = format!(
                "at least one of these files has an Ed25519 share that does not fit: {named}"
            );
            Refused::new(check, words)
        })?;
    for (file, share) in shares {
        let one_of_them = quorum.iter().any(|member| member.party_id() == share.party_id());
        let with_it: Vec<_> = quorum.iter().copied().skip(1).chain([share]).collect();
        if !one_of_them && quorate_eddsa::recover::private_key(&with_it).is_none() {
            let words = "has an Ed25519 share that does not fit the others";
            let why = Refused::new(Check::EddsaSharesFit, words);
            misfits.push(Misfit { file: file.to_owned(), why });
        }
    }
    Ok(key)
}

/// The key that the first fitting `more` of `shares` make with those that are in `quorum`; they are left in it.
fn first_quorum<'a, S>(
    shares: &[&'a S],
    more: usize,
    quorum: &mut Vec<&'a S>,
    tries: &mut usize,
    make: &impl Fn(&[&S]) -> Option<Secret<[u8; 32]>>,
) -> Option<Secret<[u8; 32]>> {
    let Some(more) = more.checked_sub(1) else {
        *tries = tries.saturating_sub(1);
        return make(quorum);
    };
    let mut rest = shares;
    while let Some((first, after)) = rest.split_first().filter(|_| *tries > 0) {
        rest = after;
        quorum.push(first);
        let key = first_quorum(rest, more, quorum, tries, make);
        if key.is_some() {
            return key;
        }
        quorum.pop();
    }
    None
}

fn list(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_for_a_quorum_ends_however_many_there_are() {
        // Sixty shares of nothing in common: more quorums than anybody could try.
        let junk = |id: u8| {
            let mut share = [1; 132];
            (share[..3]).copy_from_slice(&[30, 60, id]);
            share[34] = 0;
            let base: [u8; 32] = core::array::from_fn(|at| if at == 0 { 0x58 } else { 0x66 });
            share[35..67].copy_from_slice(&base);
            share[99] = 0;
            KeyShare::from_bytes(&share).unwrap()
        };
        let shares: Vec<KeyShare> = (0..60).map(junk).collect();
        let shares: Vec<&KeyShare> = shares.iter().collect();
        let mut tries = 20;
        let make = quorate_eddsa::recover::private_key;
        assert!(first_quorum(&shares, 30, &mut Vec::new(), &mut tries, &make).is_none());
        assert_eq!(tries, 0);
    }
}
