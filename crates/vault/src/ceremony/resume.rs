//! Certifying a sharing whose ceremony was cut short (COMMIT 6).

use quorate_wire::link::Link;
use rand_core::CryptoRng;

use super::Ceremony;
use super::commit::Commit;
use super::desk::Role;
use super::invite::{Device, Invitation, Route, keysign_link, meet};
use super::reshare::own_name;
use super::task::Task;
use crate::failure::{Failure, Kind};
use crate::home;
use crate::store::{Sharing, State, Vault};

/// Opens the lobby in which the members of a voted sharing certify it.
///
/// # Errors
///
/// [`Kind::NotFound`] if nothing waits for a certificate here, [`Kind::Forbidden`] if this device has not voted.
pub fn initiate(
    device: &Device<'_>,
    vault: &Vault,
    route: &Route,
    rng: &mut dyn CryptoRng,
) -> Result<(Ceremony, Link), Failure> {
    let Some(sharing) = vault.pending() else {
        return Err(Failure::new(
            Kind::NotFound,
            format!("nothing of \"{}\" waits for a certificate", vault.name),
            "there is nothing to resume",
        ));
    };
    let commit = commit(device, vault, sharing)?;
    let me = own_name(sharing)?;
    let invitation = Invitation::draw(rng)?;
    let mut link = keysign_link(invitation.at(route)?, sharing, None, Some("m"));
    link.quorate.get_or_insert_default().digests.push(commit.message());
    let link = Link::Keysign(Box::new(link));
    Ok((meet(device, me, Role::Initiator, invitation, Task::Resume(Box::new(commit)), rng), link))
}

/// What this device holds of a sharing that is to be certified, or has been.
pub(super) fn commit(
    device: &Device<'_>,
    vault: &Vault,
    sharing: &Sharing,
) -> Result<Commit, Failure> {
    if !matches!(sharing.state, State::Voted | State::Active) {
        return Err(Failure::new(
            Kind::Forbidden,
            format!(
                "this device has not seen that all members hold epoch {} of \"{}\"",
                sharing.epoch, vault.name
            ),
            "nobody can have certified it without this device: start the keygen or reshare anew",
        ));
    }
    let keys = home::open_keys(device.store, sharing)?;
    let bans = device.store.bans(sharing.fsid).map_err(|error| home::unreadable(&error))?;
    Ok(Commit { name: vault.name.clone(), sharing: sharing.clone(), keys, bans })
}
