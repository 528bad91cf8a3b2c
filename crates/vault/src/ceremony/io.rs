//! What a ceremony and its host say to each other.

use quorate_wire::relay_api::{Message, Namespace};
use quorate_wire::setup::Suite;

use super::proposal::Request;
use super::run::signing::Signed;
use crate::store::{Change, Sharing};

/// Milliseconds of a clock that never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(pub u64);

impl Millis {
    /// How long it has been since `earlier`, in milliseconds.
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Something to fetch from the relay, again and again until it is no longer wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// Who has registered.
    Participants,
    /// The committee, once the initiator has published it.
    Started,
    /// A setup message (or a hello: they live in the same slots).
    Setup(Namespace),
    /// This device's mailbox.
    Mailbox(Namespace),
    /// A finished signature.
    Result(Namespace),
    /// Who has said that it is done.
    Finished,
}

/// What the relay had.
#[derive(Clone, Debug)]
pub enum Answer {
    /// To [`Want::Participants`], in the order of joining.
    Participants(Vec<String>),
    /// To [`Want::Started`]; empty while there is none.
    Started(Vec<String>),
    /// To [`Want::Setup`].
    Setup(Namespace, Option<String>),
    /// To [`Want::Mailbox`].
    Mailbox(Namespace, Vec<Message>),
    /// To [`Want::Result`].
    Result(Namespace, Option<String>),
    /// To [`Want::Finished`].
    Finished(Vec<String>),
}

/// Something to do, in the order given.
#[derive(Debug)]
pub enum Effect {
    /// Add this device to the session's participants.
    Register,
    /// Publish the committee.
    Start(Vec<String>),
    /// Store a setup message or a hello.
    PutSetup(Namespace, String),
    /// Send a message.
    Post(Namespace, Message),
    /// Remove a message that has been read from this device's mailbox.
    Delete(Namespace, String),
    /// Publish a finished signature under its id.
    PublishResult(Namespace, String),
    /// Tell the others that this device has finished.
    Complete,
    /// Make a change durable. If that fails, perform none of the effects that follow it; call
    /// [`super::Ceremony::store_failed`].
    Persist(Change),
    /// Ask the person, then call [`super::Ceremony::decide`].
    Ask(Request),
    /// Tell the person.
    Show(Event),
}

/// News for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A device is in the lobby.
    Joined {
        /// Its name.
        party: String,
        /// How many there are now, this device included.
        count: usize,
        /// How many are needed.
        needed: usize,
    },
    /// A round has begun.
    Progress {
        /// `keygen`, `keysign`, `reshare` or `commit`.
        ceremony: &'static str,
        /// Of which of the vault's keys.
        key: Suite,
        /// The chain whose own key it is, if it is one's (CEREMONY 11).
        chain: Option<String>,
        /// The round, from 1.
        round: u8,
        /// How many there are.
        of: u8,
    },
    /// A sharing that was waiting for its certificate has become active on this device.
    Activated {
        /// The vault's name.
        vault: String,
        /// The epoch.
        epoch: u64,
    },
    /// A device will never again be run with in this sharing.
    Banned {
        /// The device.
        party: String,
        /// The check it failed.
        check: String,
    },
}

/// What a ceremony leaves behind.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A sharing that is now active on this device.
    Vault {
        /// The vault's name on this device.
        name: String,
        /// The sharing.
        sharing: Box<Sharing>,
    },
    /// What was asked for, signed and verified.
    Signed(Box<Signed>),
}

/// A person's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go on.
    Approve,
    /// Do not.
    Refuse,
}
