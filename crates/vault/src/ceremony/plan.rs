//! A plan: everything that tells one ceremony from another, written down before it begins.
//!
//! Each way to begin one makes a plan; the stages follow it and never ask which ceremony they are in. A new kind of
//! ceremony is a new file here.

pub(super) mod finish;
pub(super) mod gathering;
pub mod import;
pub(super) mod invite;
pub mod join;
pub mod keygen;
pub mod keysign;
pub mod reshare;
pub mod resume;

use quorate_wire::hello::{Presence, Standing};

use self::finish::Finish;
use self::gathering::{Gathering, usual_threshold};
use super::proposal::{Proposal, Request};
use super::run::plan::RunPlan;
use crate::store::{Sharing, State, Trust};

/// What a ceremony is to lead to, and how.
pub(super) struct Plan {
    /// The vault's name on this device.
    pub(super) vault: String,
    /// This device's sharing of the vault as it comes to the ceremony: what its hello tells of.
    pub(super) held: Option<Sharing>,
    /// Who meets.
    pub(super) gathering: Gathering,
    /// How many devices can sign at the end; ⌈2n/3⌉ of those that meet, if nobody has said.
    pub(super) threshold: Option<u8>,
    /// The protocols, in the order in which they run.
    pub(super) runs: Vec<RunPlan>,
    /// Whether the initiator may make each setup when its protocol's turn has come (CEREMONY 11.9).
    pub(super) setups_may_be_late: bool,
    /// What the person is asked.
    pub(super) proposal: Proposal,
    /// What their end means.
    pub(super) finish: Finish,
    /// What vouches for the result.
    pub(super) trust: Trust,
}

impl Plan {
    /// What this device says of itself in the lobby.
    pub(super) fn presence(&self) -> Presence {
        let Some(sharing) = &self.held else { return Presence::new_device() };
        Presence {
            fsid: Some(sharing.fsid.0),
            state: match sharing.state {
                State::Staged => Standing::Staged,
                State::Voted => Standing::Voted,
                State::Active => Standing::Active,
                State::Retired => Standing::None,
            },
            certificate: sharing.certificate.as_deref().and_then(|bytes| bytes.try_into().ok()),
        }
    }

    /// The sharing of this device that still waits for its certificate.
    pub(super) fn uncertified(&mut self) -> Option<&mut Sharing> {
        let waits = |sharing: &Sharing| matches!(sharing.state, State::Staged | State::Voted);
        self.held.as_mut().filter(|sharing| waits(sharing))
    }

    /// What the person is asked, among these devices.
    pub(super) fn request(&self, committee: &[String]) -> Request {
        Request {
            ceremony: self.finish.word(),
            vault: self.vault.clone(),
            proposal: self.proposal.among(&self.gathering.members, committee),
            committee: committee.to_vec(),
            threshold: self.threshold.unwrap_or_else(|| usual_threshold(committee)),
            trust: self.trust,
        }
    }
}
