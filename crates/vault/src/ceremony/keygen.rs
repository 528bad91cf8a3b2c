//! Starting a keygen.

use quorate_wire::link::{self, Extension, Library, Link};
use rand_core::CryptoRng;

use super::Ceremony;
use super::desk::Role;
use super::invite::{Device, Invitation, Route, meet};
use super::task::{Import, Keygen, Size, Task, judge_threshold, least_threshold};
use crate::failure::{Failure, Kind};
use crate::home;

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
    open(device, name, devices, threshold, None, route, rng)
}

/// The same, of keys that exist if there are any.
pub(super) fn open(
    device: &Device<'_>,
    name: &str,
    devices: u8,
    threshold: Option<u8>,
    import: Option<Import>,
    route: &Route,
    rng: &mut dyn CryptoRng,
) -> Result<(Ceremony, Link), Failure> {
    let threshold = threshold.unwrap_or_else(|| least_threshold(devices));
    judge_threshold(threshold, devices)?;
    judge_name(name)?;
    if home::free_name(device.store, name)? != name {
        return Err(Failure::new(
            Kind::Invalid,
            format!("this device has a vault named \"{name}\" already"),
            "choose another name",
        ));
    }
    let invitation = Invitation::draw(rng)?;
    let mut chain_code = [0; 32];
    rng.fill_bytes(&mut chain_code);
    let link = Link::Keygen(link::Keygen {
        at: invitation.at(route)?,
        vault_name: name.to_owned(),
        // A field of older protocols; the vault's chain code is the one that keygen makes.
        chain_code: Some(chain_code),
        library: if import.is_some() { Library::KeyImport } else { Library::Dkls },
        chains: import.as_ref().map(Import::names).unwrap_or_default(),
        batch: route.manner.batch,
        quorate: Some(Extension {
            threshold: Some(threshold),
            devices: Some(devices),
            epoch: Some(1),
            open: route.manner.open,
            ..Extension::default()
        }),
    });
    let size = Some(Size { devices, threshold });
    let task = Task::Keygen(Keygen { name: name.to_owned(), size, manner: route.manner, import });
    Ok((meet(device, device.party.clone(), Role::Initiator, invitation, task, rng), link))
}

/// A vault's name is for people: visible, and short enough to read.
///
/// # Errors
///
/// [`Kind::Invalid`].
pub fn judge_name(name: &str) -> Result<(), Failure> {
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
