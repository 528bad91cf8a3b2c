//! Why a ceremony ended without its result, in words a person can act on.

mod remedy;

pub use quorate_core::Consequence;
use quorate_core::{Abort, Check};

pub use self::remedy::{AddThenRemove, Remedy};
use crate::run::Failed;

/// What kind of end it was. The binary turns it into an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There is no such vault, share or session; or the link has expired.
    NotFound,
    /// A check of the protocol failed, or a peer gave up.
    Aborted,
    /// A device fell silent.
    Silent,
    /// Another device said no, or was interrupted.
    RefusedByPeer,
    /// More devices came than were asked for.
    Surplus,
    /// The devices do not hold the same result.
    ViewsDiffer,
    /// The person at this device said no.
    Declined,
    /// A rule forbids it: a ban, the threshold, the epoch, a second share of one vault.
    Forbidden,
    /// What was given is not valid: a link, a digest, an amount.
    Invalid,
    /// The person at this device, or the system, stopped it.
    Interrupted,
    /// The device's own store failed.
    Store,
}

/// A device that is certainly to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blamed {
    /// The device.
    pub party: String,
    /// The check that its message failed, such as `DKG 2.3`.
    pub check: &'static str,
    /// What it asserts.
    pub asserts: &'static str,
    /// What follows.
    pub consequence: Consequence,
}

/// A ceremony that ended without its result. Nothing was signed, and no share was lost.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What kind of end.
    pub kind: Kind,
    /// What happened, naming the device or file.
    pub message: String,
    /// What to do now.
    pub hint: Remedy,
    /// Devices that are certainly to blame.
    pub blamed: Vec<Blamed>,
    /// Devices of which at least one is wrong, where the wire cannot tell which.
    pub suspects: Vec<String>,
    /// The device that gave up first, if that is why.
    pub aborted_by: Option<Box<str>>,
}

impl Failure {
    /// A failure that names no device.
    pub fn new(kind: Kind, message: impl Into<String>, hint: impl Into<Remedy>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: hint.into(),
            blamed: Vec::new(),
            suspects: Vec::new(),
            aborted_by: None,
        }
    }

    /// What cannot happen has happened.
    pub(crate) fn fault(message: &str) -> Self {
        Self::new(Kind::Aborted, message, "please report this: it is a fault of this program")
    }

    /// Another device said why it left.
    pub(crate) fn left(who: &str, reason: &str) -> Self {
        let (message, hint) = if reason == "refused" {
            (
                format!("{who} refused; nothing was signed"),
                "talk to whoever holds that device, then start again if you agree",
            )
        } else {
            (
                format!("{who} was interrupted; nothing was signed"),
                "start again when that device is ready",
            )
        };
        Self { aborted_by: Some(who.into()), ..Self::new(Kind::RefusedByPeer, message, hint) }
    }

    /// A run that ended without a result, with the parties' names in place of their positions.
    pub fn from_failed<C: Check>(failed: &Failed<C>, names: &[String]) -> Self {
        match failed {
            Failed::Protocol(abort) => Self::from_abort(abort, names),
            Failed::Framing(abort) => Self::from_abort(abort, names),
            Failed::Fault(_) => {
                Self::fault("a private message was to be sent before its receiver's key was known")
            }
        }
    }

    /// An abort of a protocol, with the parties' names in place of their positions.
    pub fn from_abort<C: Check>(abort: &Abort<C>, names: &[String]) -> Self {
        let name = |j: quorate_core::PartyIndex| {
            names.get(usize::from(j)).cloned().unwrap_or_else(|| format!("party {j}"))
        };
        match abort {
            Abort::Blame(blamed) => {
                let blamed: Vec<Blamed> = blamed
                    .iter()
                    .map(|(&j, check)| Blamed {
                        party: name(j),
                        check: check.id(),
                        asserts: check.asserts(),
                        consequence: check.consequence(),
                    })
                    .collect();
                let banned = blamed.iter().any(|b| b.consequence == Consequence::Ban);
                let list: Vec<String> = blamed
                    .iter()
                    .map(|b| format!("{} failed check {} ({})", b.party, b.check, b.asserts))
                    .collect();
                let hint = if banned {
                    "this device will not run this sharing with it again; reshare without it, or with it once you \
                     trust it: a reshare makes fresh shares and ends the ban"
                } else {
                    "look at that device: it is broken, out of date or not what it seems; then try again"
                };
                Self { blamed, ..Self::new(Kind::Aborted, list.join("; "), hint) }
            }
            Abort::Suspect { check, among } => {
                let suspects: Vec<String> = among.iter().map(|&j| name(j)).collect();
                let message = format!(
                    "check {} does not hold ({}); at least one of these devices is wrong: {}",
                    check.id(),
                    check.asserts(),
                    suspects.join(", ")
                );
                let hint = "try again, with other devices if you can, to find out which one it is";
                Self { suspects, ..Self::new(Kind::Aborted, message, hint) }
            }
        }
    }
}
