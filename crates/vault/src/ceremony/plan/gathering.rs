//! Who may meet for a ceremony, and when enough are there.

use crate::failure::{Failure, Kind, Remedy};
use crate::store::Ban;

/// The fewest devices of any vault, and so of a ceremony whose size nobody has said.
pub(super) const FEWEST: u8 = 2;

/// Who meets.
pub(in crate::ceremony) struct Gathering {
    /// How many devices must be there before it can start.
    pub(in crate::ceremony) needed: usize,
    /// Whether more than those are too many.
    pub(in crate::ceremony) no_more: bool,
    /// Whether everybody who is there takes part, or only as many as are ready.
    pub(in crate::ceremony) everyone: bool,
    /// The vault's members at present.
    pub(in crate::ceremony) members: Vec<String>,
    /// Whether devices that are no members may come.
    pub(in crate::ceremony) strangers: Strangers,
    /// Members that must not come. All others must, where everyone takes part.
    pub(in crate::ceremony) removed: Vec<String>,
    /// Members that failed a banning check in the sharing that is used.
    pub(in crate::ceremony) bans: Vec<Ban>,
}

/// What happens with a device that is no member of the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ceremony) enum Strangers {
    /// It may become one.
    Welcome,
    /// It is refused.
    Refused,
    /// Some clients sign under a name of the day: a joiner's person decides, an initiator refuses.
    AskedAbout,
}

impl Gathering {
    /// Whoever comes makes a vault together: as many as were asked for, or any number if nobody said.
    pub(super) fn of_anybody(devices: Option<u8>) -> Self {
        Self {
            needed: usize::from(devices.unwrap_or(FEWEST)),
            no_more: devices.is_some(),
            everyone: true,
            members: Vec::new(),
            strangers: Strangers::Welcome,
            removed: Vec::new(),
            bans: Vec::new(),
        }
    }

    /// At least so many of these members, as soon as they are ready.
    pub(super) fn of_signers(members: &[String], threshold: u8, bans: Vec<Ban>) -> Self {
        Self {
            needed: usize::from(threshold),
            no_more: false,
            everyone: false,
            members: members.to_vec(),
            strangers: Strangers::Refused,
            removed: Vec::new(),
            bans,
        }
    }

    /// Whether as many devices are here as may take part, as far as this device knows.
    pub(in crate::ceremony) fn is_full(&self, present: usize) -> bool {
        self.no_more && present >= self.needed
    }

    /// Whether these devices may meet for this. `complete`: nobody else will come.
    ///
    /// # Errors
    ///
    /// Names the device that may not be here, or is missing, or is one too many.
    pub(in crate::ceremony) fn admits(
        &self,
        present: &[String],
        complete: bool,
    ) -> Result<(), Failure> {
        if let Some(ban) = self.bans.iter().find(|ban| present.contains(&ban.party)) {
            return Err(banned(ban));
        }
        if let Some(party) = present.iter().find(|party| self.removed.contains(party)) {
            return Err(Failure::new(
                Kind::Surplus,
                format!("{party} is being removed and must not take part"),
                "start again without that device",
            ));
        }
        if self.strangers != Strangers::Welcome
            && let Some(stranger) = present.iter().find(|party| !self.members.contains(party))
        {
            return Err(Failure::new(
                Kind::Surplus,
                format!("{stranger} is no member of this vault"),
                "only its members can sign; start again without that device",
            ));
        }
        match present.get(self.needed..) {
            Some(surplus) if self.no_more && !surplus.is_empty() => {
                return Err(Failure::new(
                    Kind::Surplus,
                    format!(
                        "{} devices were asked for, but these came as well: {}",
                        self.needed,
                        surplus.join(", ")
                    ),
                    "start again with the right number of devices, and show the link to nobody else",
                ));
            }
            _ => {}
        }
        let absent = |party: &&String| !self.removed.contains(party) && !present.contains(party);
        let missing: Vec<&str> = self.members.iter().filter(absent).map(String::as_str).collect();
        if complete && self.everyone && !missing.is_empty() {
            return Err(Failure::new(
                Kind::Forbidden,
                format!("{} neither joined nor was removed", missing.join(", ")),
                Remedy::RemoveTheMissing,
            ));
        }
        Ok(())
    }

    /// Whether this device takes part with the committee that the initiator has published.
    ///
    /// # Errors
    ///
    /// As [`Self::admits`].
    pub(in crate::ceremony) fn joins(&self, committee: &[String]) -> Result<(), Failure> {
        // A banned device could come under a name of the day: then only members may (CEREMONY 9.6).
        if self.strangers == Strangers::AskedAbout && self.bans.is_empty() {
            return Ok(());
        }
        self.admits(committee, false)
    }
}

/// The least threshold this project makes: ⌈2n/3⌉.
pub fn least_threshold(devices: u8) -> u8 {
    let n = u16::from(devices);
    u8::try_from((2 * n).div_ceil(3)).unwrap_or(u8::MAX)
}

/// As every client makes vaults of these devices.
pub(in crate::ceremony) fn usual_threshold(committee: &[String]) -> u8 {
    least_threshold(u8::try_from(committee.len()).unwrap_or(u8::MAX))
}

/// Refuses a threshold that this project does not make, with the reason.
///
/// # Errors
///
/// [`Kind::Forbidden`] unless 2 ≤ devices and ⌈2·devices/3⌉ ≤ threshold ≤ devices.
pub fn check_threshold(threshold: u8, devices: u8) -> Result<(), Failure> {
    let least = least_threshold(devices);
    let refuse = |why: String, hint: &str| Err(Failure::new(Kind::Forbidden, why, hint));
    if devices < FEWEST {
        return refuse(
            format!("a vault needs at least two devices, not {devices}"),
            "ask for two or more: one device alone would hold the whole key",
        );
    }
    if threshold < least {
        return refuse(
            format!(
                "threshold {threshold} of {devices} is too low: at least {least} devices must sign together"
            ),
            "ask for a higher threshold, or leave it out",
        );
    }
    if threshold > devices {
        return refuse(
            format!("threshold {threshold} is more than the {devices} devices"),
            "ask for a lower threshold, or for more devices",
        );
    }
    Ok(())
}

fn banned(ban: &Ban) -> Failure {
    Failure::new(
        Kind::Forbidden,
        format!("{} is banned from this sharing: it failed check {}", ban.party, ban.check),
        "sign with other devices, or reshare: a reshare makes fresh shares and ends the ban",
    )
}
