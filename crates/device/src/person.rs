//! Whoever a device asks and tells: the person at a terminal, a page, a policy.

use std::pin::Pin;
use std::time::Duration;

use quorate_vault::ceremony::{self, Decision, Request};
use quorate_wire::relay_api::BaseUrl;

use crate::Failure;

/// A decision that may take its time: the ceremony goes on meanwhile, and drops it when it ends first.
pub type Answer = Pin<Box<dyn Future<Output = Decision> + Send>>;

/// Whoever decides for a device, and hears what it does.
pub trait Person {
    /// Asks whether to take part in this. It is asked at most once in a ceremony.
    fn ask(&self, request: Request) -> Answer;

    /// Tells what happened. It must not wait for anybody: the ceremony waits for it.
    fn show(&self, event: Event);
}

/// What a device tells its person.
#[derive(Debug)]
pub enum Event {
    /// Of the ceremony itself.
    Ceremony(ceremony::Event),
    /// The others have been silent for a while; told again as long as they are.
    Silent {
        /// Whom the ceremony waits for.
        parties: Vec<String>,
        /// For how long.
        since: Duration,
    },
    /// The ceremony has ended, and the others may not have heard of it.
    Unheard(Failure),
    /// What the other devices need in order to join.
    Link {
        /// The link, as a URL.
        link: String,
        /// The session of which it is the key.
        session: String,
        /// Where they meet.
        relay: BaseUrl,
    },
    /// This device goes to the relay at this address.
    MeetingAt(BaseUrl),
    /// Nobody answers there, so the relay is looked for on the local network.
    NobodyAt(BaseUrl),
    /// The relay of this name is looked for on the local network.
    Searching {
        /// Its name there.
        service: String,
        /// For how long at most.
        patience: Duration,
    },
    /// It was found, at this address.
    FoundAt(BaseUrl),
    /// The usual port is in use: clients that expect it will not find the relay that this device serves.
    OtherPort {
        /// The one that is used.
        port: u16,
        /// The one that is usual.
        usual: u16,
    },
    /// This machine has no address on a network: only devices on this machine can join.
    NoNetwork,
    /// The relay that this device serves cannot be announced, and why: devices whose link has no address do not find it.
    NotAnnounced(String),
    /// The ceremony has ended well here; the relay is served until these have finished, too.
    ServingUntilFinished(Vec<String>),
    /// It has failed here; the relay is served until the others know.
    ServingUntilTold {
        /// What happened.
        why: String,
    },
}
