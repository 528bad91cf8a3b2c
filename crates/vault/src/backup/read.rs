//! From a decrypted file to what a store keeps.

use quorate_core::check::require_some;
use quorate_wire::link::Library;
use quorate_wire::relay_api::PartyId;
use quorate_wire::vult::{Extension, KeyShare, VaultContents};

use super::check::demand;
use super::{Backup, Check, Refused, chains};
use crate::certificate;
use crate::share::Place;
use crate::store::{Fsid, Keyring, Secret, Sharing, State, Timestamp, VaultKey};

/// The longest name of a vault, in characters. Longer ones are cut.
const MAX_NAME: usize = 100;

impl Backup {
    /// `BACKUP 1` and `BACKUP 2`: takes the shares out of a decrypted file and compares them with everything public
    /// that it says. `now` stands in where the file does not say when the vault was made.
    ///
    /// # Errors
    ///
    /// The first check that failed, in words that continue the file's name.
    pub fn read(mut vault: VaultContents, now: Timestamp) -> Result<Self, Refused> {
        // 1.1
        let library = kind(&vault)?;
        // 1.2
        let parties = members(&vault.signers)?;
        // 1.3
        demand(
            parties.contains(&vault.local_party_id),
            Check::OwnerIsAMember,
            "is of a device that is not among the members it lists",
        )?;
        // 1.4
        let key = VaultKey(unhex(&vault.public_key_ecdsa, "ECDSA public key")?);
        let chain_code = unhex(&vault.hex_chain_code, "chain code")?;
        let public_key_eddsa = (!vault.public_key_eddsa.is_empty())
            .then(|| unhex(&vault.public_key_eddsa, "Ed25519 public key"))
            .transpose()?;

        // 2.1, 2.2
        let ecdsa = ecdsa_share(&mut vault, library)?;
        // 2.3
        demand(
            ecdsa.public_key() == key.0,
            Check::EcdsaShareIsOfTheKey,
            "has an ECDSA share of another key",
        )?;
        // 2.4
        demand(
            ecdsa.chain_code() == chain_code,
            Check::ChainCodeIsTheShares,
            "names another chain code than its ECDSA share: its addresses would be wrong",
        )?;
        // 2.5
        demand(
            usize::from(ecdsa.parties()) == parties.len(),
            Check::ShareIsOfTheMembers,
            "lists another number of members than its ECDSA share knows",
        )?;
        // 2.1, 2.6 to 2.8
        let eddsa =
            public_key_eddsa.map(|key| eddsa_share(&mut vault, &key, &ecdsa)).transpose()?;

        // 2.12
        let place = Place {
            threshold: ecdsa.threshold(),
            party_id: ecdsa.party_id(),
            parties: ecdsa.parties(),
        };
        let chains = chains::read(&mut vault, place)?;

        let extension = vault.quorate.take().unwrap_or_default();
        let sharing = Sharing {
            fsid: Fsid(ecdsa.fsid()),
            vault: key,
            keys: Keyring::of_roots(key, public_key_eddsa).with_chains(chains.keys),
            chain_code,
            epoch: extension.epoch,
            state: State::Active,
            threshold: ecdsa.threshold(),
            parties: in_order_of_shares(parties, &vault.local_party_id, ecdsa.party_id()),
            me: ecdsa.party_id(),
            // Without a certificate nobody vouches for it: it is an open sharing's.
            digest: extension.certificate.and(extension.digest).filter(|digest| *digest != [0; 32]),
            session: extension.session.clone(),
            previous: extension.previous.map(Fsid),
            certificate: extension.certificate.map(Vec::from),
            created: created(&vault).unwrap_or(now),
            backed_up: true,
            erased: false,
            imported: library == Library::KeyImport,
        };
        // 2.9
        let certified = sharing.certificate.as_ref();
        demand(
            certified.is_none_or(|certificate| certificate::certifies(certificate, &sharing)),
            Check::CertificateIsTheKeys,
            "has a certificate that the vault's key has not signed",
        )?;

        if !extension.unknown.is_empty() {
            vault.quorate = Some(Extension { unknown: extension.unknown, ..Extension::default() });
        }
        let mut rest = vault.encode();
        let rest = Secret::take(&mut *rest);
        Ok(Self {
            name: printable(&vault.name),
            sharing,
            library,
            without_share: chains.without_share,
            rest,
            ecdsa,
            eddsa,
            chains: chains.shares,
        })
    }
}

/// 1.1
fn kind(vault: &VaultContents) -> Result<Library, Refused> {
    let library = vault.library();
    let known = library.filter(|library| *library != Library::Gg20);
    require_some(known, Check::KindIsKnown, || Library::Dkls).map_err(|check| {
        let words = match library {
            Some(_) => {
                "is of a GG20 vault, the kind before DKLS: its shares cannot sign here".to_owned()
            }
            None => format!("is of a later kind of vault (lib_type {})", vault.lib_type),
        };
        Refused::new(check, words)
    })
}

/// 1.2
fn members(signers: &[String]) -> Result<Vec<String>, Refused> {
    let named = signers.iter().all(|signer| PartyId::parse(signer).is_ok());
    let distinct = (signers.iter().enumerate())
        .all(|(at, signer)| signers.iter().skip(at.saturating_add(1)).all(|other| other != signer));
    let words = "does not list 2 to 255 members by distinct names";
    demand(
        named && distinct && (2..=255).contains(&signers.len()),
        Check::MembersAreParties,
        words,
    )?;
    Ok(signers.to_vec())
}

/// 1.4
fn unhex<const N: usize>(text: &str, what: &str) -> Result<[u8; N], Refused> {
    let mut bytes = [0; N];
    let decoded = hex::decode_to_slice(text, &mut bytes).ok().map(|()| bytes);
    require_some(decoded, Check::KeysAreKeys, || [0; N])
        .map_err(|check| Refused::new(check, format!("names an {what} that is none")))
}

/// 2.2
fn ecdsa_share(
    vault: &mut VaultContents,
    library: Library,
) -> Result<quorate_ecdsa::KeyShare, Refused> {
    let share = one_share(&mut vault.key_shares, &vault.public_key_ecdsa)?;
    let without = match library {
        Library::KeyImport => {
            "is of a vault from a seed phrase that has a key for each chain, and none of its own"
        }
        Library::Dkls | Library::Gg20 => "has no share of the vault's ECDSA key",
    };
    let share = present(share, Check::EcdsaShareIsThere, without)?;
    quorate_ecdsa::KeyShare::from_bytes(share.expose())
        .map_err(|check| Refused::share("ECDSA", check))
}

/// 2.6 to 2.8
fn eddsa_share(
    vault: &mut VaultContents,
    key: &[u8; 32],
    ecdsa: &quorate_ecdsa::KeyShare,
) -> Result<quorate_eddsa::KeyShare, Refused> {
    let share = one_share(&mut vault.key_shares, &vault.public_key_eddsa)?;
    let without = "has no share of the vault's Ed25519 key";
    let share = present(share, Check::EddsaShareIsThere, without)?;
    let eddsa = quorate_eddsa::KeyShare::from_bytes(share.expose())
        .map_err(|check| Refused::share("Ed25519", check))?;
    demand(
        eddsa.public_key() == *key,
        Check::EddsaShareIsOfTheKey,
        "has an Ed25519 share of another key",
    )?;
    demand(
        (eddsa.party_id(), eddsa.parties(), eddsa.threshold())
            == (ecdsa.party_id(), ecdsa.parties(), ecdsa.threshold()),
        Check::SharesAreOfOneMember,
        "has an ECDSA and an Ed25519 share that are not of one device and epoch",
    )?;
    Ok(eddsa)
}

/// `None` if the file does not say, or names a time before 1970.
fn created(vault: &VaultContents) -> Option<Timestamp> {
    let seconds = vault.created_at.as_ref()?.seconds;
    i64::try_from(seconds).is_ok().then_some(Timestamp(seconds))
}

/// 2.1: takes every share of this key out of its place, which stays; they must be copies of one.
pub(super) fn one_share(
    shares: &mut [KeyShare],
    key: &str,
) -> Result<Option<Secret<Vec<u8>>>, Refused> {
    let mut copies = shares.iter_mut().filter(|share| share.is_of(key));
    let Some(first) = copies.next() else { return Ok(None) };
    // What is no base64 is no share either: an empty one passes no loader.
    let share = first.share().unwrap_or_else(|| Secret::of(Vec::new()));
    let text = core::mem::replace(&mut first.keyshare, Secret::of(String::new()));
    let alike = copies.all(|copy| {
        let copy = core::mem::replace(&mut copy.keyshare, Secret::of(String::new()));
        copy.expose() == text.expose()
    });
    demand(alike, Check::OneShareAKey, "has two different shares of one key")?;
    Ok(Some(share))
}

/// 2.2, 2.6
fn present(
    share: Option<Secret<Vec<u8>>>,
    check: Check,
    without: &str,
) -> Result<Secret<Vec<u8>>, Refused> {
    require_some(share, check, || Secret::of(Vec::new()))
        .map_err(|check| Refused::new(check, without))
}

/// The members' names in the order of the shares, as far as it can be known: a share knows its own place only. Apps
/// list the members as they met, or sorted; otherwise the owner is put into its place, and the rest stays as listed.
pub(super) fn in_order_of_shares(mut listed: Vec<String>, owner: &str, place: u8) -> Vec<String> {
    let place = usize::from(place);
    let fits = |names: &[String]| names.get(place).is_some_and(|name| name == owner);
    if fits(&listed) {
        return listed;
    }
    let mut sorted = listed.clone();
    sorted.sort_unstable();
    if fits(&sorted) {
        return sorted;
    }
    listed.retain(|name| name != owner);
    listed.insert(place.min(listed.len()), owner.to_owned());
    listed
}

/// A stranger's text, fit for a screen.
pub(super) fn printable(name: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
    let name = name.trim();
    if name.is_empty() { "Vault".to_owned() } else { name.to_owned() }
}
