//! Certifying a sharing whose ceremony was cut short (COMMIT 6).

use quorate_wire::link::Link;
use rand_core::CryptoRng;

use super::Plan;
use super::finish::Finish;
use super::gathering::Gathering;
use super::invite::{Invitation, Route, keysign_link};
use crate::ceremony::context::{Device, Role};
use crate::ceremony::machine::Ceremony;
use crate::ceremony::proposal::Proposal;
use crate::ceremony::run::commitment::Commitment;
use crate::failure::{Failure, Kind};
use crate::home::{self, own_name};
use crate::store::{Sharing, State, Trust, Vault};

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
    let commitment = commitment(device, vault, sharing)?;
    let me = own_name(sharing)?;
    let invitation = Invitation::draw(rng)?;
    let mut link = keysign_link(invitation.at(route)?, sharing, None, Some("m"));
    link.quorate.get_or_insert_default().digests.push(commitment.message());
    let plan = plan(device, commitment)?;
    let link = Link::Keysign(Box::new(link));
    Ok((Ceremony::open(device, invitation.meeting(me, Role::Initiator), plan, rng), link))
}

/// The signings that certify a sharing.
///
/// # Errors
///
/// As for [`initiate`], and [`Kind::Store`].
pub(super) fn plan(device: &Device<'_>, commitment: Commitment) -> Result<Plan, Failure> {
    let sharing = commitment.sharing.clone();
    let bans = device.store.bans(sharing.fsid).map_err(|error| home::unreadable(&error))?;
    Ok(Plan {
        vault: commitment.name.clone(),
        gathering: Gathering::of_signers(&sharing.parties, sharing.threshold, bans),
        threshold: Some(sharing.threshold),
        runs: commitment.runs()?,
        setups_may_be_late: false,
        proposal: Proposal::Commit { epoch: sharing.epoch },
        finish: Finish::Certify(Box::new(commitment)),
        trust: Trust::Certified,
        held: Some(sharing),
    })
}

/// What this device holds of a sharing that is to be certified, or has been.
///
/// # Errors
///
/// [`Kind::Forbidden`] if this device has not voted, or cannot know what the members have compared.
pub(super) fn commitment(
    device: &Device<'_>,
    vault: &Vault,
    sharing: &Sharing,
) -> Result<Commitment, Failure> {
    let (State::Voted | State::Active, Some(digest)) = (sharing.state, sharing.digest) else {
        return Err(Failure::new(
            Kind::Forbidden,
            format!(
                "this device has not seen that all members hold epoch {} of \"{}\"",
                sharing.epoch, vault.name
            ),
            "nobody can have certified it without this device: start the keygen or reshare anew",
        ));
    };
    let keys = home::open_keys(device.store, sharing)?;
    Ok(Commitment { name: vault.name.clone(), sharing: sharing.clone(), keys, digest })
}
