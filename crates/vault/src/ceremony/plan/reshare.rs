//! Starting a reshare.

use std::collections::BTreeSet;

use quorate_chain::{Curve, PublicKey};
use quorate_wire::link::{self, Extension, Library, Link};
use quorate_wire::relay_api::{Namespace, PartyId};
use rand_core::CryptoRng;

use super::Plan;
use super::finish::{Finish, NewSharing};
use super::gathering::{Gathering, check_threshold, least_threshold};
use super::invite::{Invitation, Route};
use super::keygen::Size;
use crate::ceremony::context::{Device, Role};
use crate::ceremony::machine::Ceremony;
use crate::ceremony::proposal::Proposal;
use crate::ceremony::run::plan::{Protocol, RunPlan, batched, in_setups, suite};
use crate::certificate::Origin;
use crate::failure::{AddThenRemove, Failure, Kind, Remedy};
use crate::home::{self, Keys, own_name, signing};
use crate::store::{Fsid, Sharing, State, Trust, Vault, VaultKey};

/// What a reshare is to lead to.
#[derive(Clone, Debug)]
pub struct Aim {
    /// How many members there will be.
    pub devices: u8,
    /// How many of them can sign; ⌈2·devices/3⌉ unless given.
    pub threshold: Option<u8>,
    /// Present members that will not be members.
    pub removed: Vec<String>,
}

impl Aim {
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
    aim: Aim,
    route: &Route,
    rng: &mut dyn CryptoRng,
) -> Result<(Ceremony, Link), Failure> {
    let threshold = aim.threshold.unwrap_or_else(|| least_threshold(aim.devices));
    check_threshold(threshold, aim.devices)?;
    let sharing = signing(vault)?.clone();
    no_vote_open(vault)?;
    check_chain_keys(route.trust, sharing.keys.chains().next().is_some(), false, false)?;
    let me = own_name(&sharing)?;
    if let Some(stranger) = aim.removed.iter().find(|party| !sharing.parties.contains(party)) {
        return Err(Failure::new(
            Kind::Invalid,
            format!(
                "{stranger} is no member of \"{}\"; its members are {}",
                vault.name,
                sharing.parties.join(", ")
            ),
            Remedy::RemoveAMember,
        ));
    }
    if aim.removed.contains(&me) {
        return Err(Failure::new(
            Kind::Forbidden,
            "a device that is being removed takes no part",
            "start the reshare on a device that stays",
        ));
    }
    let staying = sharing.parties.len().saturating_sub(aim.removed.len());
    if staying < usize::from(sharing.threshold) {
        return Err(too_few_stay(&sharing, &aim, staying));
    }
    if usize::from(aim.devices) < staying {
        return Err(Failure::new(
            Kind::Forbidden,
            format!("{staying} members stay, which is more than {} devices", aim.devices),
            Remedy::RemoveThoseThatLeave,
        ));
    }
    let keys = home::open_keys(device.store, &sharing)?;
    check_held(&sharing, &keys)?;
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
        batch: route.batch,
        quorate: Some(Extension {
            threshold: Some(threshold),
            devices: Some(aim.devices),
            epoch: Some(epoch),
            fsid: Some(sharing.fsid.0),
            public_key_eddsa: sharing.keys.root_eddsa(),
            open: route.trust == Trust::Mixed,
            chains: sharing.keys.chains().map(written).collect(),
            ..Extension::default()
        }),
    });
    let plan = plan(Reshare {
        name: vault.name.clone(),
        vault: vault.key,
        eddsa: Eddsa::Known(sharing.keys.root_eddsa()),
        previous: Some(sharing.fsid),
        epoch,
        old: sharing.parties.clone(),
        size: Some(Size { devices: aim.devices, threshold }),
        trust: route.trust,
        batch: route.batch,
        removed: aim.removed,
        imported: sharing.imported,
        chains: sharing.keys.chains().map(|(chain, key)| (chain.to_owned(), key)).collect(),
        held: Some((sharing, keys)),
    })?;
    Ok((Ceremony::open(device, invitation.meeting(me, Role::Initiator), plan, rng), link))
}

/// What tells one reshare from another.
pub(super) struct Reshare {
    pub(super) name: String,
    pub(super) vault: VaultKey,
    pub(super) eddsa: Eddsa,
    /// The sharing in use, unless another client's link brought a device that has no part in it.
    pub(super) previous: Option<Fsid>,
    /// The new epoch.
    pub(super) epoch: u64,
    /// The present members, by party id.
    pub(super) old: Vec<String>,
    /// `None` if the link did not say.
    pub(super) size: Option<Size>,
    pub(super) trust: Trust,
    pub(super) batch: bool,
    /// Members that must not come.
    pub(super) removed: Vec<String>,
    /// Whether the keys existed before the vault.
    pub(super) imported: bool,
    /// The keys that it has for single chains, with each chain's name.
    pub(super) chains: Vec<(String, PublicKey)>,
    /// This device's shares of the sharing in use, if it is a member.
    pub(super) held: Option<(Sharing, Keys)>,
}

/// The vault's Ed25519 key.
#[derive(Clone, Copy)]
pub(super) enum Eddsa {
    /// This one, or none.
    Known(Option<[u8; 32]>),
    /// A new member learns it from the setup, if another client's link does not say.
    OfTheSetup,
}

/// Each key shared anew among those that meet.
///
/// # Errors
///
/// [`Kind::Forbidden`] where a member has no share of a key.
pub(super) fn plan(reshare: Reshare) -> Result<Plan, Failure> {
    let Reshare { old, size, trust, batch, chains, held, .. } = reshare;
    let threshold = size.map(|size| size.threshold);
    let (held, keys) = held.unzip();
    let run = |curve, public_key: Option<PublicKey>| -> Result<RunPlan, Failure> {
        let share = match (&keys, public_key) {
            (Some(keys), Some(key)) => Some(keys.share(&key)?.clone()),
            _ => None,
        };
        let suite = suite(curve);
        let alone = match curve {
            Curve::Secp256k1 => Namespace::default(),
            Curve::Ed25519 => Namespace::eddsa(),
        };
        Ok(RunPlan {
            suite,
            chain: None,
            // Clients differ in where they store the setups of a batch.
            slots: batch.then(|| batched(suite)).into_iter().chain([alone]).collect(),
            mailbox: if batch { batched(suite) } else { Namespace::default() },
            protocol: Protocol::Reshare { threshold, public_key, old: old.clone(), share },
        })
    };
    let mut runs = vec![run(Curve::Secp256k1, Some(PublicKey::Ecdsa(reshare.vault.0)))?];
    match reshare.eddsa {
        Eddsa::Known(Some(key)) => runs.push(run(Curve::Ed25519, Some(PublicKey::Eddsa(key)))?),
        Eddsa::OfTheSetup => runs.push(run(Curve::Ed25519, None)?),
        Eddsa::Known(None) => {}
    }
    // CEREMONY 11.8: each key once, under the first chain that has it.
    let mut seen = BTreeSet::new();
    for (chain, key) in &chains {
        if seen.insert(*key) {
            runs.push(RunPlan {
                chain: Some(chain.clone()),
                slots: vec![Namespace::parse(chain).unwrap_or_default()],
                mailbox: Namespace::default(),
                ..run(key.curve(), Some(*key))?
            });
        }
    }
    Ok(Plan {
        vault: reshare.name.clone(),
        gathering: Gathering {
            members: old.clone(),
            removed: reshare.removed,
            ..Gathering::of_anybody(size.map(|size| size.devices))
        },
        threshold,
        runs,
        setups_may_be_late: false,
        proposal: Proposal::Reshare {
            epoch: reshare.epoch,
            added: Vec::new(),
            left: Vec::new(),
            threshold_before: held.as_ref().map(|sharing| sharing.threshold),
        },
        finish: Finish::Share(Box::new(NewSharing {
            name: reshare.name,
            origin: Origin::Reshare,
            previous: reshare.previous,
            epoch: reshare.epoch,
            trust,
            imported: reshare.imported,
            chain_code: held.as_ref().map(|sharing| sharing.chain_code),
            chains: Some(chains),
            rest: keys.and_then(|keys| keys.rest),
        })),
        trust,
        held,
    })
}

/// CEREMONY 3.5: those that leave take no part, and those that stay are too few to reshare without them.
fn too_few_stay(sharing: &Sharing, aim: &Aim, staying: usize) -> Failure {
    let leaving = aim.removed.len();
    // Of so many devices, those that leave are no more than the others can do without.
    let first = leaving.saturating_mul(3).max(sharing.parties.len().saturating_add(1));
    let then = first.saturating_sub(leaving).max(usize::from(aim.devices));
    Failure::new(
        Kind::Forbidden,
        format!(
            "a device that leaves takes no part, and without {} only {staying} of the {} members would be there that a \
             reshare needs",
            aim.removed.join(", "),
            sharing.threshold
        ),
        Remedy::AddThenRemove(Box::new(AddThenRemove {
            first,
            then,
            removed: aim.removed.clone(),
        })),
    )
}

/// CEREMONY 11.10: other clients do not move the keys of single chains.
///
/// `imported`: the link says that the keys came from a phrase; a device that is `new` to the vault cannot know more.
pub(super) fn check_chain_keys(
    trust: Trust,
    has_some: bool,
    imported: bool,
    new: bool,
) -> Result<(), Failure> {
    if trust == Trust::Certified || !(has_some || (imported && new)) {
        return Ok(());
    }
    Err(Failure::new(
        Kind::Forbidden,
        "this vault came from a seed phrase and has keys for single chains: other clients would leave their shares as \
         they are, and new devices without any",
        Remedy::WithoutOtherClients,
    ))
}

/// Every share that a reshare moves is here.
pub(super) fn check_held(sharing: &Sharing, keys: &Keys) -> Result<(), Failure> {
    match sharing.keys.chains().find(|(_, key)| !keys.shares.contains_key(key)) {
        None => Ok(()),
        Some((chain, _)) => Err(Failure::new(
            Kind::Forbidden,
            format!("this device has no share of the key that the vault has for {chain}"),
            Remedy::RemoveThisDevice,
        )),
    }
}

fn written((chain, key): (&str, PublicKey)) -> link::ChainKey {
    link::ChainKey { chain: chain.to_owned(), key: in_setups(key) }
}

/// A vote that may have been certified elsewhere must be settled before anything replaces it (COMMIT 6).
pub(super) fn no_vote_open(vault: &Vault) -> Result<(), Failure> {
    match vault.pending() {
        Some(sharing) if sharing.state == State::Voted => Err(Failure::new(
            Kind::Forbidden,
            format!("epoch {} of \"{}\" waits for its certificate", sharing.epoch, vault.name),
            Remedy::ResumeFirst,
        )),
        // COMMIT 7.5: whoever saw all complete uses it, and this device's share of it is needed.
        Some(sharing) if sharing.trust() == Trust::Mixed => Err(Failure::new(
            Kind::Forbidden,
            format!(
                "other devices may be using epoch {} of \"{}\" already, which this one has not taken up",
                sharing.epoch, vault.name
            ),
            Remedy::ResumeOrDiscard,
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
    let refuse = |why: String, hint: Remedy| Err(Failure::new(Kind::Forbidden, why, hint));
    if sharing.state == State::Voted {
        return refuse(
            format!(
                "this device has voted for epoch {} of \"{name}\": the others may have certified it",
                sharing.epoch
            ),
            Remedy::ResumeWithThem,
        );
    }
    if vault.active().is_none() {
        return refuse(
            format!("epoch {} is all that this device holds of \"{name}\"", sharing.epoch),
            Remedy::ForgetIfNobodyHasIt,
        );
    }
    Ok(sharing)
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
