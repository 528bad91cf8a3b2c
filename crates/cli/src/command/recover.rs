//! `quorate recover`: from enough backups to the private keys, on a machine that talks to nobody.

use std::path::Path;

use quorate_chain::chain::{CHAINS, Chain};
use quorate_chain::{Curve, PublicKey, wallet};
use quorate_vault::backup::{self, Backup, Recovered};
use quorate_vault::store::{Secret, Sharing};
use serde::Serialize;
use zeroize::Zeroizing;

use super::address::find_chain;
use crate::args::{Globals, Recover};
use crate::backups::{self, Checked, Keyring, write_new};
use crate::output::{Failure, Kind, Output, plain};
use crate::terminal::{Person, given_password};

/// What has to be typed.
const WORD: &str = "reveal";

#[derive(Serialize)]
struct Report<'a> {
    vault: &'a str,
    public_key_ecdsa: &'a str,
    /// Empty if the vault has none.
    public_key_eddsa: &'a str,
    /// Whose backups fit together.
    parties: &'a [String],
    /// The file that has the keys, if they were not asked for here.
    out: Option<String>,
    /// Absent if they went into a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<Root<'a>>,
    keys: Vec<Line<'a>>,
    /// What does not fit the rest, and what could not be made.
    warnings: &'a [String],
}

#[derive(Serialize)]
struct Root<'a> {
    /// The ECDSA key and the chain code, as wallets import them.
    xprv: &'a str,
    ecdsa: &'a str,
    chain_code: &'a str,
    /// A scalar, little-endian; empty if there is none.
    eddsa: &'a str,
}

/// One chain's key.
#[derive(Serialize)]
struct Line<'a> {
    chain: &'static str,
    address: &'a str,
    path: &'static str,
    public_key: String,
    /// `wif`, `hex` or `scalar`.
    format: &'static str,
    /// Absent if the keys went into a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
}

pub(super) fn run(globals: &Globals, output: &Output, args: &Recover) -> Result<(), Failure> {
    let chains = match args.chains.as_slice() {
        [] => CHAINS.iter().collect(),
        named => named.iter().map(|name| find_chain(name)).collect::<Result<Vec<_>, _>>()?,
    };
    let person = Person::new(globals);
    may_reveal(args, person)?;
    let given = passwords(args)?;
    let mut keyring = Keyring::new(given, person, output);

    let (checked, unread) = open(args, &mut keyring)?;
    for failure in &unread {
        output.warn(&plain(&failure.message));
    }
    let files: Vec<(&str, &Backup)> =
        checked.iter().map(|Checked { name, backup, .. }| (name.as_str(), backup)).collect();
    let recovered = match (backup::recover(&files), unread.into_iter().next()) {
        (Ok(recovered), _) => recovered,
        // What could not be opened might have been enough.
        (Err(_), Some(failure)) => return Err(failure),
        (Err(refused), None) => {
            let message = plain(&refused.to_string());
            return Err(Failure::new(Kind::Invalid, message, refused.remedy));
        }
    };
    let made = Recovery::of(&recovered, &checked, &chains, !args.chains.is_empty())?;
    for warning in &made.warnings {
        output.warn(warning);
    }

    ask(args, person, output, &made.vault)?;
    match &args.out {
        Some(file) => {
            let text = made.text();
            write_new(file, text.as_bytes(), |_| Ok(()))?;
            let shown = plain(&file.display().to_string());
            output.document(&made.report(Some(file)), &format!("the private keys are in {shown}"));
        }
        None if output.is_json() => output.document(&made.report(None), ""),
        None => output.document(&(), &made.text()),
    }
    Ok(())
}

/// Before anything is opened: that the keys could be given out at the end.
fn may_reveal(args: &Recover, person: Person) -> Result<(), Failure> {
    if let Some(out) = &args.out
        && std::fs::symlink_metadata(out).is_ok()
    {
        let shown = plain(&out.display().to_string());
        return Err(Failure::new(
            Kind::Refused,
            format!("there is something at {shown} already, and nothing is overwritten"),
            "name another file",
        ));
    }
    if person.is_present() || (args.reveal && person.says_yes()) {
        return Ok(());
    }
    Err(Failure::new(
        Kind::NeedsAnswer,
        "this gives out the vault's private keys, and there is nobody to ask",
        "run it on a terminal, or give --reveal and --yes",
    ))
}

/// The warning, which takes more than a yes.
fn ask(args: &Recover, person: Person, output: &Output, vault: &str) -> Result<(), Failure> {
    let warning = format!(
        "This gives out the private keys of {}. Whoever sees them has everything in the vault, and no device is asked any \
         more. Disconnect this machine from every network first, and move everything to a new vault afterwards.",
        plain(vault)
    );
    if args.reveal && person.says_yes() {
        output.warn(&warning);
        return Ok(());
    }
    person.without_yes().confirm_by_typing(output, &warning, WORD)
}

fn passwords(args: &Recover) -> Result<Vec<Secret<String>>, Failure> {
    if args.password_files.is_empty() {
        return Ok(given_password(None)?.into_iter().collect());
    }
    let read = |file: &std::path::PathBuf| given_password(Some(file));
    let read = args.password_files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(read.into_iter().flatten().collect())
}

/// What opens, and why the rest does not.
fn open(
    args: &Recover,
    keyring: &mut Keyring<'_>,
) -> Result<(Vec<Checked>, Vec<Failure>), Failure> {
    let (mut checked, mut unread) = (Vec::new(), Vec::new());
    for file in &args.files {
        let found = match backups::read(file) {
            Ok(found) => found,
            Err(failure) => {
                unread.push(failure);
                continue;
            }
        };
        for found in &found {
            match keyring.open(found) {
                Ok(opened) => checked.push(opened),
                Err(failure) => unread.push(failure),
            }
        }
    }
    match (checked.is_empty(), unread.is_empty()) {
        (true, false) => Err(unread.swap_remove(0)),
        _ => Ok((checked, unread)),
    }
}

/// One chain's private key, and what it is the key of.
struct Key {
    chain: &'static Chain,
    path: &'static str,
    of: PublicKey,
    address: String,
    format: wallet::Format,
    text: Zeroizing<String>,
}

impl Key {
    fn line(&self, here: bool) -> Line<'_> {
        Line {
            chain: self.chain.name,
            address: &self.address,
            path: self.path,
            public_key: hex::encode(self.of.as_bytes()),
            format: self.format.name(),
            key: here.then(|| self.text.as_str()),
        }
    }
}

/// Everything that is given out.
struct Recovery {
    vault: String,
    public_key_ecdsa: String,
    public_key_eddsa: String,
    parties: Vec<String>,
    xprv: Zeroizing<String>,
    ecdsa: Zeroizing<String>,
    chain_code: String,
    eddsa: Zeroizing<String>,
    keys: Vec<Key>,
    warnings: Vec<String>,
}

impl Recovery {
    fn of(
        recovered: &Recovered,
        checked: &[Checked],
        chains: &[&'static Chain],
        named: bool,
    ) -> Result<Self, Failure> {
        let misfit = |file: &str| recovered.misfits.iter().any(|misfit| misfit.file == file);
        let fitting: Vec<&Checked> =
            checked.iter().filter(|checked| !misfit(&checked.name)).collect();
        let sharing = fitting.first().map(|checked| &checked.backup.sharing);
        let sharing = sharing.ok_or_else(|| wrong("no backup fits"))?;
        let mut warnings: Vec<String> = recovered
            .misfits
            .iter()
            .map(|misfit| plain(&format!("{} {}", misfit.file, misfit.why)))
            .collect();
        let eddsa = match &recovered.eddsa {
            Some(Ok(key)) => Some(key),
            Some(Err(why)) => {
                warnings.push(plain(&format!("no Ed25519 key: {why}; {}", why.remedy)));
                None
            }
            None => None,
        };
        let mut keys = Vec::new();
        for chain in chains {
            match key(recovered, eddsa, chain) {
                Ok(Some(key)) => {
                    agrees(&key, recovered, sharing)?;
                    keys.push(key);
                }
                Ok(None) if !named => {}
                Ok(None) => warnings.push(format!("there is no key for {}", chain.name)),
                Err(why) => warnings.push(plain(&format!("no key for {}: {why}", chain.name))),
            }
        }
        let mut parties: Vec<String> =
            fitting.iter().map(|checked| checked.backup.party().to_owned()).collect();
        parties.sort();
        parties.dedup();
        Ok(Self {
            vault: fitting.first().map(|checked| checked.backup.name.clone()).unwrap_or_default(),
            public_key_ecdsa: recovered.vault.to_string(),
            public_key_eddsa: recovered.keys.root_eddsa().map(hex::encode).unwrap_or_default(),
            parties,
            xprv: wallet::extended(recovered.ecdsa.expose(), &recovered.chain_code),
            ecdsa: Zeroizing::new(hex::encode(recovered.ecdsa.expose())),
            chain_code: hex::encode(recovered.chain_code),
            eddsa: Zeroizing::new(eddsa.map(|key| hex::encode(key.expose())).unwrap_or_default()),
            keys,
            warnings,
        })
    }

    /// For a program; without what is secret if that is in a file.
    fn report(&self, out: Option<&Path>) -> Report<'_> {
        let here = out.is_none();
        Report {
            vault: &self.vault,
            public_key_ecdsa: &self.public_key_ecdsa,
            public_key_eddsa: &self.public_key_eddsa,
            parties: &self.parties,
            out: out.map(|out| out.display().to_string()),
            root: here.then(|| Root {
                xprv: &self.xprv,
                ecdsa: &self.ecdsa,
                chain_code: &self.chain_code,
                eddsa: &self.eddsa,
            }),
            keys: self.keys.iter().map(|key| key.line(here)).collect(),
            warnings: &self.warnings,
        }
    }

    /// For a person.
    fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(64 << 10));
        let parties = plain(&self.parties.join(", "));
        let mut line = |parts: &[&str]| {
            for part in parts {
                text.push_str(part);
            }
            text.push('\n');
        };
        line(&["Private keys of ", &plain(&self.vault), ", from the backups of ", &parties]);
        line(&[]);
        line(&["public ecdsa  ", &self.public_key_ecdsa]);
        line(&["public eddsa  ", &self.public_key_eddsa]);
        line(&["chain code    ", &self.chain_code]);
        line(&["xprv          ", &self.xprv]);
        line(&["ecdsa         ", &self.ecdsa]);
        if !self.eddsa.is_empty() {
            line(&["eddsa scalar  ", &self.eddsa]);
        }
        line(&[]);
        for Key { chain, address, format, text: key, .. } in &self.keys {
            line(&[chain.name, "  ", address, "\n    ", format.name(), "  ", key]);
        }
        line(&[]);
        let has = |format| self.keys.iter().any(|key| key.format == format);
        line(&[
            "The xprv is the root: a wallet makes these keys from it only along the paths of 'quorate address --json',",
        ]);
        line(&[
            "which have no hardened steps. Most wallets take hardened ones and then show other addresses.",
        ]);
        if has(wallet::Format::Wif) {
            line(&[
                "wif: for wallets that import single keys; for bc1 and ltc1 addresses as a key of the kind p2wpkh.",
            ]);
        }
        if has(wallet::Format::Hex) {
            line(&["hex: for wallets that import a private key of the chain."]);
        }
        if has(wallet::Format::Scalar) {
            line(&[
                "scalar: little-endian. Wallets of these chains import a seed, from which such a scalar is hashed; there is no",
            ]);
            line(&[
                "seed here, so they cannot take it. A program that signs with an expanded key can. To move what is there without",
            ]);
            line(&[
                "one, restore each backup into a home of its own ('quorate backup restore --home DIR') and sign with them.",
            ]);
        }
        let end = text.trim_end().len();
        text.truncate(end);
        text
    }
}

/// A private key whose address is not the vault's is not given out.
fn agrees(key: &Key, recovered: &Recovered, sharing: &Sharing) -> Result<(), Failure> {
    // The engine has compared these with the shares.
    if recovered.keys.chains().any(|(_, own)| own == key.of) {
        return Ok(());
    }
    let expected = sharing.derived(key.chain.curve(), key.chain.path)?;
    if key.of == expected {
        return Ok(());
    }
    Err(wrong(&format!("the key made for {} has another address than the vault's", key.chain.name)))
}

fn wrong(what: &str) -> Failure {
    Failure::new(Kind::Unexpected, what, "nothing was given out; please report this")
}

/// The private key of a chain: its own, or below the vault's. `None` if the vault has no key of that curve.
fn key(
    recovered: &Recovered,
    eddsa: Option<&Secret<[u8; 32]>>,
    chain: &'static Chain,
) -> Result<Option<Key>, String> {
    let own = recovered.keys.imported_for(chain);
    let (path, private, public_key);
    let derived;
    match (own, chain.curve()) {
        (Some(own), _) => {
            path = "m";
            public_key = own;
            let made = recovered.chains.get(&own).ok_or("no file has a share of it")?;
            private = made.as_ref().map_err(ToString::to_string)?;
        }
        (None, Curve::Secp256k1) => {
            path = chain.path;
            derived = recovered.at(path).ok_or("there is no key at its path")?;
            private = &derived.0;
            public_key = PublicKey::Ecdsa(derived.1);
        }
        (None, Curve::Ed25519) => {
            path = chain.path;
            let Some((key, public)) = eddsa.zip(recovered.keys.root_eddsa()) else {
                return Ok(None);
            };
            private = key;
            public_key = PublicKey::Eddsa(public);
        }
    }
    let address = chain.address(public_key).map_err(|why| why.to_string())?;
    let (format, text) = wallet::key(chain, private.expose());
    Ok(Some(Key { chain, path, of: public_key, address, format, text }))
}
