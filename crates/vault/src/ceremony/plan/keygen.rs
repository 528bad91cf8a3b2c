//! Starting a keygen.

use quorate_wire::link::{self, Extension, Library, Link};
use quorate_wire::relay_api::Namespace;
use quorate_wire::setup::Suite;
use rand_core::CryptoRng;

use super::Plan;
use super::finish::{Finish, NewSharing};
use super::gathering::{Gathering, check_threshold, least_threshold};
use super::invite::{Invitation, Route};
use crate::ceremony::context::{Device, Role};
use crate::ceremony::machine::Ceremony;
use crate::ceremony::proposal::Proposal;
use crate::ceremony::run::plan::{Protocol, RunPlan, batched};
use crate::certificate::Origin;
use crate::failure::{Failure, Kind};
use crate::home;
use crate::store::Trust;

/// How many devices there are to be, and how many of them can sign.
#[derive(Clone, Copy)]
pub(super) struct Size {
    pub(super) devices: u8,
    pub(super) threshold: u8,
}

/// What tells one new vault from another.
pub(super) struct NewVault {
    /// Its name on this device.
    pub(super) name: String,
    /// `None` if nobody has said.
    pub(super) size: Option<Size>,
    pub(super) trust: Trust,
    pub(super) batch: bool,
}

/// Opens the lobby for a new vault and makes the link that brings the others.
///
/// # Errors
///
/// [`Kind::Forbidden`] for numbers that make no vault, [`Kind::Invalid`] for a name that is taken or none.
pub fn initiate(
    device: &Device<'_>,
    name: &str,
    devices: u8,
    threshold: Option<u8>,
    route: &Route,
    rng: &mut dyn CryptoRng,
) -> Result<(Ceremony, Link), Failure> {
    let size = size(devices, threshold)?;
    check_new_name(device, name)?;
    let vault = NewVault {
        name: name.to_owned(),
        size: Some(size),
        trust: route.trust,
        batch: route.batch,
    };
    invite(device, plan(&vault), size, Vec::new(), route, rng)
}

/// The size of a vault of so many devices, ⌈2·devices/3⌉ of which can sign unless a threshold is given.
///
/// # Errors
///
/// As [`check_threshold`].
pub(super) fn size(devices: u8, threshold: Option<u8>) -> Result<Size, Failure> {
    let threshold = threshold.unwrap_or_else(|| least_threshold(devices));
    check_threshold(threshold, devices)?;
    Ok(Size { devices, threshold })
}

/// A name that a new vault may have on this device.
///
/// # Errors
///
/// [`Kind::Invalid`] for one that is taken, or none.
pub(super) fn check_new_name(device: &Device<'_>, name: &str) -> Result<(), Failure> {
    check_name(name)?;
    if home::free_name(device.store, name)? == name {
        return Ok(());
    }
    Err(Failure::new(
        Kind::Invalid,
        format!("this device has a vault named \"{name}\" already"),
        "choose another name",
    ))
}

/// Two new keys.
pub(super) fn plan(vault: &NewVault) -> Plan {
    let threshold = vault.size.map(|size| size.threshold);
    let suites = [Suite::Ecdsa, Suite::Eddsa];
    // Both keys begin with the same bytes.
    let mut slots = vec![Namespace::default()];
    if vault.batch {
        slots.extend(suites.map(batched));
    }
    let run = |suite| RunPlan {
        suite,
        chain: None,
        slots: slots.clone(),
        mailbox: if vault.batch { batched(suite) } else { Namespace::default() },
        protocol: Protocol::Keygen { threshold },
    };
    of_new_keys(vault, suites.map(run).into(), Proposal::Keygen)
}

/// A vault of the keys that these protocols make.
pub(super) fn of_new_keys(vault: &NewVault, runs: Vec<RunPlan>, proposal: Proposal) -> Plan {
    let NewVault { name, size, trust, .. } = vault;
    let imported = matches!(proposal, Proposal::Import { .. });
    Plan {
        vault: name.clone(),
        held: None,
        gathering: Gathering::of_anybody(size.map(|size| size.devices)),
        threshold: size.map(|size| size.threshold),
        runs,
        setups_may_be_late: false,
        proposal,
        finish: Finish::Share(Box::new(NewSharing {
            name: name.clone(),
            origin: Origin::Keygen,
            previous: None,
            epoch: 1,
            trust: *trust,
            imported,
            chain_code: None,
            chains: None,
            rest: None,
        })),
        trust: *trust,
    }
}

/// Opens the lobby for a new vault, and makes the link for the others.
pub(super) fn invite(
    device: &Device<'_>,
    plan: Plan,
    size: Size,
    chains: Vec<String>,
    route: &Route,
    rng: &mut dyn CryptoRng,
) -> Result<(Ceremony, Link), Failure> {
    let invitation = Invitation::draw(rng)?;
    let mut chain_code = [0; 32];
    rng.fill_bytes(&mut chain_code);
    let imported = matches!(plan.proposal, Proposal::Import { .. });
    let link = Link::Keygen(link::Keygen {
        at: invitation.at(route)?,
        vault_name: plan.vault.clone(),
        // A field of older protocols; the vault's chain code is the one that keygen makes.
        chain_code: Some(chain_code),
        library: if imported { Library::KeyImport } else { Library::Dkls },
        chains,
        batch: route.batch,
        quorate: Some(Extension {
            threshold: Some(size.threshold),
            devices: Some(size.devices),
            epoch: Some(1),
            open: route.trust == Trust::Mixed,
            ..Extension::default()
        }),
    });
    Ok((
        Ceremony::open(
            device,
            invitation.meeting(device.party.clone(), Role::Initiator),
            plan,
            rng,
        ),
        link,
    ))
}

/// A vault's name is for people: visible, and short enough to read.
///
/// # Errors
///
/// [`Kind::Invalid`].
pub fn check_name(name: &str) -> Result<(), Failure> {
    let fits = !name.trim().is_empty() && name.trim() == name && name.chars().count() <= 64;
    if fits && !name.chars().any(char::is_control) {
        return Ok(());
    }
    Err(Failure::new(
        Kind::Invalid,
        "a vault's name is 1 to 64 visible characters without spaces around them",
        "choose another name",
    ))
}
