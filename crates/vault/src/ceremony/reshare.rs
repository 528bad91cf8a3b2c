//! Starting a reshare.

use quorate_wire::link::{self, Extension, Library, Link};
use quorate_wire::relay_api::PartyId;
use quorate_wire::setup;
use rand_core::CryptoRng;

use super::Ceremony;
use super::desk::Role;
use super::invite::{Device, Invitation, Manner, Route, meet};
use super::task::{Reshare, Size, Task, judge_threshold, least_threshold};
use crate::failure::{Failure, Kind};
use crate::home::{self, Keys};
use crate::store::{ChainKey, PublicKey, Sharing, State, Vault};

/// What a reshare is to lead to.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many members there will be.
    pub devices: u8,
    /// How many of them can sign; ⌈2·devices/3⌉ unless given.
    pub threshold: Option<u8>,
    /// Present members that will not be members.
    pub removed: Vec<String>,
}

impl Plan {
    /// A refresh: new shares for the same members under the same threshold. Everybody must take part.
    pub fn refresh(sharing: &Sharing) -> Self {
        Self {
            devices: u8::try_from(sharing.parties.len()).unwrap_or(u8::MAX),
            threshold: Some(sharing.threshold),
            removed: Vec::new(),
        }
    }
}

/// Opens the lobby for a new sharing of `vault` and makes the link that brings the others.
///
/// # Errors
///
/// [`Kind::Forbidden`] where a rule forbids it, [`Kind::NotFound`] where this device holds no share that signs.
pub fn initiate(
    device: &Device<'_>,
    vault: &Vault,
    plan: Plan,
    route: &Route,
    rng: &mut dyn CryptoRng,
) -> Result<(Ceremony, Link), Failure> {
    let threshold = plan.threshold.unwrap_or_else(|| least_threshold(plan.devices));
    judge_threshold(threshold, plan.devices)?;
    let sharing = signing(vault)?.clone();
    no_vote_open(vault)?;
    judge_chain_keys(route.manner, !sharing.chain_keys.is_empty(), false, false)?;
    let me = own_name(&sharing)?;
    if let Some(stranger) = plan.removed.iter().find(|party| !sharing.parties.contains(party)) {
        return Err(Failure::new(
            Kind::Invalid,
            format!(
                "{stranger} is no member of \"{}\"; its members are {}",
                vault.name,
                sharing.parties.join(", ")
            ),
            "name a member with --remove",
        ));
    }
    if plan.removed.contains(&me) {
        return Err(Failure::new(
            Kind::Forbidden,
            "a device that is being removed takes no part",
            "start the reshare on a device that stays",
        ));
    }
    let staying = sharing.parties.len().saturating_sub(plan.removed.len());
    if staying < usize::from(sharing.threshold) {
        return Err(too_few_stay(&sharing, &plan, staying));
    }
    if usize::from(plan.devices) < staying {
        return Err(Failure::new(
            Kind::Forbidden,
            format!("{staying} members stay, which is more than {} devices", plan.devices),
            "name those that leave with --remove",
        ));
    }
    let keys = home::open_keys(device.store, &sharing)?;
    judge_held(&sharing, &keys)?;
    let invitation = Invitation::draw(rng)?;
    let epoch = sharing.epoch.saturating_add(1);
    let link = Link::Reshare(link::Reshare {
        at: invitation.at(route)?,
        vault_name: vault.name.clone(),
        public_key: vault.key.0,
        chain_code: Some(sharing.chain_code),
        old_parties: party_ids(&sharing.parties)?,
        old_prefix: String::new(),
        library: if sharing.imported { Library::KeyImport } else { Library::Dkls },
        batch: route.manner.batch,
        quorate: Some(Extension {
            threshold: Some(threshold),
            devices: Some(plan.devices),
            epoch: Some(epoch),
            fsid: Some(sharing.fsid.0),
            public_key_eddsa: sharing.public_key_eddsa,
            open: route.manner.open,
            chains: sharing.chain_keys.iter().map(written).collect(),
            ..Extension::default()
        }),
    });
    let task = Task::Reshare(Box::new(Reshare {
        name: vault.name.clone(),
        vault: vault.key,
        eddsa: sharing.public_key_eddsa,
        previous: Some(sharing.fsid),
        epoch,
        old: sharing.parties.clone(),
        size: Some(Size { devices: plan.devices, threshold }),
        manner: route.manner,
        removed: plan.removed,
        imported: sharing.imported,
        chains: sharing.chain_keys.clone(),
        held: Some((sharing, keys)),
    }));
    Ok((meet(device, me, Role::Initiator, invitation, task, rng), link))
}

/// CEREMONY 3.5: those that leave take no part, and those that stay are too few to reshare without them.
fn too_few_stay(sharing: &Sharing, plan: &Plan, staying: usize) -> Failure {
    let leaving = plan.removed.len();
    // Of so many devices, those that leave are no more than the others can do without.
    let first = leaving.saturating_mul(3).max(sharing.parties.len().saturating_add(1));
    let then = first.saturating_sub(leaving).max(usize::from(plan.devices));
    let removals: Vec<String> =
        plan.removed.iter().map(|party| format!("--remove {party}")).collect();
    Failure::new(
        Kind::Forbidden,
        format!(
            "a device that leaves takes no part, and without {} only {staying} of the {} members would be there that a \
             reshare needs",
            plan.removed.join(", "),
            sharing.threshold
        ),
        format!(
            "add first, with every present device: 'quorate reshare VAULT --devices {first}'; then remove: 'quorate reshare \
             VAULT --devices {then} {}'",
            removals.join(" ")
        ),
    )
}

/// CEREMONY 11.10: other clients do not move the keys of single chains.
///
/// `imported`: the link says that the keys came from a phrase; a device that is `new` to the vault cannot know more.
pub(super) fn judge_chain_keys(
    manner: Manner,
    has_some: bool,
    imported: bool,
    new: bool,
) -> Result<(), Failure> {
    if !manner.open || !(has_some || (imported && new)) {
        return Ok(());
    }
    Err(Failure::new(
        Kind::Forbidden,
        "this vault came from a seed phrase and has keys for single chains: other clients would leave their shares as \
         they are, and new devices without any",
        "reshare among devices of this program, without --open; or make a new vault and move the funds there",
    ))
}

/// Every share that a reshare moves is here.
pub(super) fn judge_held(sharing: &Sharing, keys: &Keys) -> Result<(), Failure> {
    match sharing.chain_keys.iter().find(|own| !keys.chains.contains_key(&own.key)) {
        None => Ok(()),
        Some(own) => Err(Failure::new(
            Kind::Forbidden,
            format!("this device has no share of the key that the vault has for {}", own.chain),
            "reshare from the devices that have all shares, with --remove for this one",
        )),
    }
}

fn written(own: &ChainKey) -> link::ChainKey {
    let key = match own.key {
        PublicKey::Ecdsa(key) => setup::PublicKey::Ecdsa(key),
        PublicKey::Eddsa(key) => setup::PublicKey::Eddsa(key),
    };
    link::ChainKey { chain: own.chain.clone(), key }
}

/// The sharing of a vault that signs.
///
/// # Errors
///
/// [`Kind::NotFound`] with what to do if there is none.
pub fn signing(vault: &Vault) -> Result<&Sharing, Failure> {
    vault.active().ok_or_else(|| {
        let (message, hint) = match vault.pending() {
            Some(sharing) => (
                format!("epoch {} of \"{}\" has not been certified yet", sharing.epoch, vault.name),
                "run 'quorate reshare VAULT --resume' on this device while the others join",
            ),
            None => (
                format!("this device holds no share of \"{}\" that signs", vault.name),
                "it has been left out of a reshare; use a device that is a member",
            ),
        };
        Failure::new(Kind::NotFound, message, hint)
    })
}

/// A vote that may have been certified elsewhere must be settled before anything replaces it (COMMIT 6).
pub(super) fn no_vote_open(vault: &Vault) -> Result<(), Failure> {
    match vault.pending() {
        Some(sharing) if sharing.state == State::Voted => Err(Failure::new(
            Kind::Forbidden,
            format!("epoch {} of \"{}\" waits for its certificate", sharing.epoch, vault.name),
            "run 'quorate reshare VAULT --resume' first",
        )),
        // COMMIT 7.5: whoever saw all complete uses it, and this device's share of it is needed.
        Some(sharing) if sharing.is_open() => Err(Failure::new(
            Kind::Forbidden,
            format!(
                "other devices may be using epoch {} of \"{}\" already, which this one has not taken up",
                sharing.epoch, vault.name
            ),
            "look at the other devices: if they use it, run 'quorate reshare VAULT --resume'; if none of them does, \
             'quorate reshare VAULT --discard'",
        )),
        _ => Ok(()),
    }
}

/// The staged sharing that this device may give up (COMMIT 7.6).
///
/// # Errors
///
/// [`Kind::NotFound`] if there is none, [`Kind::Forbidden`] if its vote may have been certified elsewhere, or if nothing
/// would sign without it.
pub fn discardable(vault: &Vault) -> Result<&Sharing, Failure> {
    let name = &vault.name;
    let Some(sharing) = vault.pending() else {
        return Err(Failure::new(
            Kind::NotFound,
            format!("nothing of \"{name}\" waits to be taken up"),
            "there is nothing to discard",
        ));
    };
    let refuse = |why: String, hint: &str| Err(Failure::new(Kind::Forbidden, why, hint));
    if sharing.state == State::Voted {
        return refuse(
            format!(
                "this device has voted for epoch {} of \"{name}\": the others may have certified it",
                sharing.epoch
            ),
            "run 'quorate reshare VAULT --resume' with them",
        );
    }
    if vault.active().is_none() {
        return refuse(
            format!("epoch {} is all that this device holds of \"{name}\"", sharing.epoch),
            "if no device shows that vault as finished, run 'quorate vault forget VAULT'",
        );
    }
    Ok(sharing)
}

/// This device's name in a sharing.
pub(super) fn own_name(sharing: &Sharing) -> Result<String, Failure> {
    sharing.parties.get(usize::from(sharing.me)).cloned().ok_or_else(|| {
        Failure::new(
            Kind::Store,
            "the stored sharing does not name this device",
            "restore this device's store",
        )
    })
}

fn party_ids(names: &[String]) -> Result<Vec<PartyId>, Failure> {
    let ids = names.iter().map(|name| PartyId::parse(name));
    ids.collect::<Result<_, _>>().map_err(|why| {
        Failure::new(
            Kind::Store,
            format!("a stored member name cannot be used: {why}"),
            "restore this device's store",
        )
    })
}
