//! Following a link: what it asks of this device, checked against what this device knows.

use std::collections::BTreeSet;

use quorate_chain::PublicKey;
use quorate_chain::chain::{self, Chain};
use quorate_chain::message::Method;
use quorate_chain::payload::Payload;
use quorate_wire::link::{self, Extension, Library, Link};
use quorate_wire::relay_api::PartyId;
use rand_core::CryptoRng;

use super::gathering::check_threshold;
use super::invite::{Invitation, trust_of, unusable};
use super::keygen::{NewVault, Size, check_name};
use super::keysign::Intent;
use super::reshare::{Eddsa, Reshare, check_chain_keys, check_held, no_vote_open};
use super::{import, keygen, keysign, reshare, resume};
use crate::ceremony::context::{Device, Role};
use crate::ceremony::machine::Ceremony;
use crate::ceremony::run::plan::of_setup;
use crate::certificate;
use crate::failure::{Failure, Kind, Remedy};
use crate::home::{self, own_name, signing};
use crate::store::{Fsid, Sharing, State, Vault, VaultKey};

/// What a person knows to be signed: for a link that does not say, or to compare with what it says.
#[derive(Clone, Copy, Debug)]
pub struct ExpectedDigest {
    /// The digest.
    pub digest: [u8; 32],
    /// Whose key signs.
    pub chain: &'static Chain,
}

/// Opens this device's side of the ceremony that a link is for.
///
/// `expected` is what the person knows to be signed, from outside the link.
///
/// # Errors
///
/// [`Kind::Invalid`] for a link that makes no sense here, [`Kind::NotFound`] for a vault this device has no part in,
/// [`Kind::Forbidden`] where a rule forbids it.
pub fn join(
    device: &Device<'_>,
    link: Link,
    expected: Option<ExpectedDigest>,
    rng: &mut dyn CryptoRng,
) -> Result<Ceremony, Failure> {
    if let Some(what) = link.beyond_this_version() {
        return Err(unusable(format!("it asks for {what}, which this version does not do")));
    }
    match link {
        Link::Keygen(link) => join_keygen(device, link, rng),
        Link::Reshare(link) => join_reshare(device, link, rng),
        Link::Keysign(link) => join_keysign(device, *link, expected, rng),
    }
}

fn join_keygen(
    device: &Device<'_>,
    link: link::Keygen,
    rng: &mut dyn CryptoRng,
) -> Result<Ceremony, Failure> {
    check_name(&link.vault_name)?;
    let vault = NewVault {
        name: home::free_name(device.store, &link.vault_name)?,
        size: link.quorate.as_ref().map(size).transpose()?,
        trust: trust_of(link.quorate.as_ref()),
        batch: link.batch,
    };
    let plan = match link.library {
        Library::KeyImport => import::plan(&vault, &import::named(&link.chains)?),
        Library::Dkls => keygen::plan(&vault),
        Library::Gg20 => return Err(unusable("it asks for a vault of the GG20 kind")),
    };
    let meeting =
        Invitation::from(link.at).meeting(device.party.clone(), Role::Joiner { initiator: None });
    Ok(Ceremony::open(device, meeting, plan, rng))
}

fn join_reshare(
    device: &Device<'_>,
    link: link::Reshare,
    rng: &mut dyn CryptoRng,
) -> Result<Ceremony, Failure> {
    check_name(&link.vault_name)?;
    let key = VaultKey(link.public_key);
    let old: Vec<String> = link.old_parties.iter().map(PartyId::to_string).collect();
    let known = home::by_key(device.store, key)?;
    if let Some(vault) = &known {
        no_vote_open(vault)?;
    }
    let trust = trust_of(link.quorate.as_ref());
    let active = known.as_ref().and_then(Vault::active);
    check_chain_keys(
        trust,
        active.is_some_and(|sharing| sharing.keys.chains().next().is_some()),
        link.library == Library::KeyImport,
        known.is_none(),
    )?;
    let chains = link.quorate.as_ref().map(chain_keys_of).unwrap_or_default();
    let size = link.quorate.as_ref().map(size).transpose()?;
    let (previous, epoch, eddsa, held) = match &link.quorate {
        Some(quorate) => {
            let previous = fsid(quorate)?;
            let epoch = quorate.epoch.ok_or_else(|| unusable("it names no epoch"))?;
            let eddsa = quorate.public_key_eddsa;
            let held = match &known {
                Some(vault) => member(vault, previous, epoch, &old, eddsa, &chains)?,
                None => None,
            };
            (Some(previous), epoch, Eddsa::Known(eddsa), held)
        }
        None => match known.as_ref().and_then(|vault| member_by_name(vault, &old)) {
            Some(held) => {
                let next = held.epoch.saturating_add(1);
                let eddsa = Eddsa::Known(held.keys.root_eddsa());
                (Some(held.fsid), next, eddsa, Some(held.clone()))
            }
            None => (None, LATER, Eddsa::OfTheSetup, None),
        },
    };
    let (me, held) = match held {
        Some(sharing) => {
            let keys = home::open_keys(device.store, &sharing)?;
            check_held(&sharing, &keys)?;
            (own_name(&sharing)?, Some((sharing, keys)))
        }
        None if old.contains(&device.party) => {
            return Err(Failure::new(
                Kind::Forbidden,
                format!(
                    "the vault names {} as a member, but its share is not on this device",
                    device.party
                ),
                Remedy::RestoreOrRename,
            ));
        }
        None => (device.party.clone(), None),
    };
    let name = match known {
        Some(vault) => vault.name,
        None => home::free_name(device.store, &link.vault_name)?,
    };
    let plan = reshare::plan(Reshare {
        name,
        vault: key,
        eddsa,
        previous,
        epoch,
        old,
        size,
        trust,
        batch: link.batch,
        removed: Vec::new(),
        imported: link.library == Library::KeyImport,
        chains,
        held,
    })?;
    let meeting = Invitation::from(link.at).meeting(me, Role::Joiner { initiator: None });
    Ok(Ceremony::open(device, meeting, plan, rng))
}

/// The same keys for the same chains, in whatever order a backup had them.
fn same_keys<'a>(
    ours: impl Iterator<Item = (&'a str, PublicKey)>,
    theirs: &'a [(String, PublicKey)],
) -> bool {
    let theirs = theirs.iter().map(|(chain, key)| (chain.as_str(), *key));
    ours.collect::<BTreeSet<_>>() == theirs.collect()
}

/// The keys for single chains that a link tells of.
fn chain_keys_of(quorate: &Extension) -> Vec<(String, PublicKey)> {
    quorate.chains.iter().map(|own| (own.chain.clone(), of_setup(own.key))).collect()
}

/// This device's sharing, if it takes part in a reshare as a present member; `None` if it comes as a new one.
fn member(
    vault: &Vault,
    previous: Fsid,
    epoch: u64,
    old: &[String],
    public_key_eddsa: Option<[u8; 32]>,
    chains: &[(String, PublicKey)],
) -> Result<Option<Sharing>, Failure> {
    let Some(active) = vault.active() else { return Ok(None) };
    if active.fsid == previous {
        if active.parties != old
            || active.epoch.checked_add(1) != Some(epoch)
            || active.keys.root_eddsa() != public_key_eddsa
            || !same_keys(active.keys.chains(), chains)
        {
            return Err(unusable(format!(
                "it names other members, another key or another epoch of \"{}\" than this device knows",
                vault.name
            )));
        }
        return Ok(Some(active.clone()));
    }
    if old.contains(&own_name(active)?) {
        return Err(Failure::new(
            Kind::Forbidden,
            format!(
                "this device holds epoch {} of \"{}\", which is not the one in use there",
                active.epoch, vault.name
            ),
            "shares of different epochs do not fit together: use the newest share of this device",
        ));
    }
    Ok(None)
}

/// The epoch that a new member writes down where nobody tells it how many there have been: not the first.
const LATER: u64 = 2;

/// The same, as another client's link tells: by the members' names, in any order.
fn member_by_name<'a>(vault: &'a Vault, old: &[String]) -> Option<&'a Sharing> {
    let active = vault.active()?;
    let same =
        active.parties.len() == old.len() && active.parties.iter().all(|party| old.contains(party));
    same.then_some(active)
}

fn join_keysign(
    device: &Device<'_>,
    mut link: link::Keysign,
    expected: Option<ExpectedDigest>,
    rng: &mut dyn CryptoRng,
) -> Result<Ceremony, Failure> {
    let (vault, sharing, quorate) = if let Some(quorate) = link.quorate.take() {
        let Some((vault, sharing)) = home::by_fsid(device.store, fsid(&quorate)?)? else {
            return Err(no_part(device, link.vault, quorate.epoch.unwrap_or_default())?);
        };
        (vault, sharing, quorate)
    } else {
        let (vault, sharing) = in_use(device, link.vault)?;
        (vault, sharing, Extension::default())
    };
    if link.vault.is_some_and(|key| key != vault.key.0) {
        return Err(unusable("it names one vault and another vault's sharing"));
    }
    if sharing.state == State::Retired {
        return Err(Failure::new(
            Kind::Forbidden,
            format!(
                "epoch {} of \"{}\" is retired on this device; a newer sharing has replaced it",
                sharing.epoch, vault.name
            ),
            "the initiating device is behind: bring it up to date first",
        ));
    }
    let me = own_name(&sharing)?;
    if is_certificate(&quorate, &sharing) {
        let commitment = resume::commitment(device, &vault, &sharing)?;
        let plan = resume::plan(device, commitment)?;
        let meeting = Invitation::from(link.at).meeting(me, Role::Joiner { initiator: None });
        return Ok(Ceremony::open(device, meeting, plan, rng));
    }
    let (intent, initiator) = intent(&link, &quorate, expected)?;
    let request = keysign::read(&intent, &sharing)?;
    let asked: Vec<&[u8]> = request.signings.iter().map(|one| one.bytes.as_bytes()).collect();
    if let Some(expected) = expected
        && asked != [&expected.digest]
    {
        let asked: Vec<String> = asked.iter().map(hex::encode).collect();
        return Err(Failure::new(
            Kind::Invalid,
            format!(
                "the link asks to sign {}, which is not the digest given here",
                asked.join(" and ")
            ),
            "compare the digests; approve nothing until they agree",
        ));
    }
    if initiator.as_ref() == Some(&me) {
        return Err(Failure::new(
            Kind::Invalid,
            "this is this device's own link",
            "open it on another device of the vault",
        ));
    }
    let plan = keysign::plan(device, vault.name, sharing, request)?;
    let meeting = Invitation::from(link.at).meeting(me, Role::Joiner { initiator });
    Ok(Ceremony::open(device, meeting, plan, rng))
}

/// What the link asks to be signed, as this device decodes it, and who asks.
fn intent(
    link: &link::Keysign,
    quorate: &Extension,
    expected: Option<ExpectedDigest>,
) -> Result<(Intent, Option<String>), Failure> {
    if let Some(payment) = link.payload.as_ref().filter(|payload| !payload.is_empty()) {
        let initiator = named(payment.vault_local_party_id());
        let payload = Payload::decode(payment.bytes()).map_err(unusable)?;
        return Ok((Intent::Transaction(payload), initiator));
    }
    if let Some(custom) = &link.custom {
        let chain = known_chain(custom.chain.as_deref().unwrap_or("Ethereum"))?;
        let (text, path) = (custom.message.clone(), path(quorate, chain));
        let intent = match Method::read(&custom.method).map_err(unusable)? {
            Method::TypedData => Intent::TypedData { json: text, chain, path },
            _ => Intent::Message { payload: text, chain, path },
        };
        return Ok((intent, named(&custom.vault_local_party_id)));
    }
    if link.awaits().is_some() {
        return Err(unusable(
            "what is to be signed has not been fetched from the relay".to_owned(),
        ));
    }
    let [digest] = quorate.digests.as_slice() else {
        return match (quorate.digests.as_slice(), expected) {
            ([], Some(ExpectedDigest { digest, chain })) => {
                Ok((Intent::Digest { digest, chain, path: chain.path.to_owned() }, None))
            }
            ([], None) => Err(Failure::new(
                Kind::Invalid,
                "the link does not say what is to be signed",
                Remedy::NameTheDigest,
            )),
            _ => Err(unusable("it carries more than one digest")),
        };
    };
    let chain = known_chain(quorate.chain.as_deref().unwrap_or("Ethereum"))?;
    Ok((Intent::Digest { digest: *digest, chain, path: path(quorate, chain) }, None))
}

/// A link that asks for nothing but the certificate of a sharing held here.
fn is_certificate(quorate: &Extension, sharing: &Sharing) -> bool {
    quorate.path.as_deref() == Some("m")
        && quorate.chain.is_none()
        && sharing.digest.is_some_and(|digest| quorate.digests == [certificate::message(&digest)])
}

/// No share of the sharing that the link is for: says what this device has instead.
fn no_part(device: &Device<'_>, vault: Option<[u8; 33]>, epoch: u64) -> Result<Failure, Failure> {
    let known = match vault {
        Some(key) => home::by_key(device.store, VaultKey(key))?,
        None => None,
    };
    let Some(vault) = known else {
        return Ok(Failure::new(
            Kind::NotFound,
            format!("this device holds no share of epoch {epoch} of that vault"),
            "a share of another epoch or vault does not fit; open the link on a member of this epoch",
        ));
    };
    let held = vault.active().or_else(|| vault.sharings.last()).map_or(0, |sharing| sharing.epoch);
    Ok(Failure::new(
        Kind::Forbidden,
        format!(
            "this device holds epoch {held} of \"{}\", the link is for epoch {epoch}: its share no longer fits",
            vault.name
        ),
        "this device was left out of a reshare, or missed one: add it with a new reshare",
    ))
}

/// The sharing in use of the vault that another client's link names.
fn in_use(device: &Device<'_>, vault: Option<[u8; 33]>) -> Result<(Vault, Sharing), Failure> {
    let key = VaultKey(vault.ok_or_else(|| unusable("it names no vault"))?);
    let Some(vault) = home::by_key(device.store, key)? else {
        return Err(Failure::new(
            Kind::NotFound,
            format!("this device holds no share of the vault {key}"),
            "open the link on a member of that vault, or restore its share here first",
        ));
    };
    let sharing = signing(&vault)?.clone();
    Ok((vault, sharing))
}

fn size(quorate: &Extension) -> Result<Size, Failure> {
    let (Some(threshold), Some(devices)) = (quorate.threshold, quorate.devices) else {
        return Err(unusable("it does not say how many devices there are to be"));
    };
    check_threshold(threshold, devices)?;
    Ok(Size { devices, threshold })
}

fn fsid(quorate: &Extension) -> Result<Fsid, Failure> {
    quorate.fsid.map(Fsid).ok_or_else(|| unusable("it does not say which sharing it is for"))
}

fn known_chain(name: &str) -> Result<&'static Chain, Failure> {
    chain::find(name)
        .ok_or_else(|| unusable(format!("this version does not know the chain \"{name}\"")))
}

fn path(quorate: &Extension, chain: &Chain) -> String {
    quorate.path.clone().unwrap_or_else(|| chain.path.to_owned())
}

fn named(party: &str) -> Option<String> {
    (!party.is_empty()).then(|| party.to_owned())
}
