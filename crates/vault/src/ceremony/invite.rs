//! From a link to a ceremony and back: the meeting that a link describes.

use std::sync::Arc;

use quorate_chain::Chain;
use quorate_core::Workers;
use quorate_wire::link::{self, Extension, Rendezvous};
use quorate_wire::relay_api::{BaseUrl, SessionId};
use quorate_wire::seal::SessionKey;
use rand_core::CryptoRng;

use super::desk::{Desk, Meeting, Patience, Role};
use super::lobby::Lobby;
use super::task::Task;
use super::{Ceremony, Millis};
use crate::failure::{Failure, Kind};
use crate::store::{Sharing, Store, Timestamp};

/// This device, as it comes to a ceremony.
pub struct Device<'a> {
    /// Its party id for a vault that it has no part in yet.
    pub party: String,
    /// What it holds.
    pub store: &'a dyn Store,
    /// The clock.
    pub now: Millis,
    /// The time of day.
    pub today: Timestamp,
    /// How long it waits.
    pub patience: Patience,
    /// Who computes for it: its cores.
    pub workers: Arc<dyn Workers>,
}

/// How a keygen or reshare is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// Whether other clients may take part: the list of those that have finished decides, not a certificate
    /// (CEREMONY 9).
    pub open: bool,
    /// Whether every key has a mailbox of its own, so that devices may make them at once.
    pub batch: bool,
}

/// Where an initiator's link sends the others, and how they are to hold the ceremony.
#[derive(Clone, Debug, Default)]
pub struct Route {
    /// Whether the relay is a public one; otherwise the initiator serves it.
    pub public_relay: bool,
    /// The relay, unless it is the one that every client knows.
    pub server: Option<BaseUrl>,
    /// The name under which a local relay is announced.
    pub service_name: String,
    /// How a keygen or reshare is held.
    pub manner: Manner,
}

/// What an initiator draws for a ceremony.
pub(super) struct Invitation {
    pub(super) session: SessionId,
    pub(super) key: SessionKey,
}

impl Invitation {
    /// Draws a session id (16 bytes, as a version 4 UUID) and a key (32 bytes).
    pub(super) fn draw(rng: &mut dyn CryptoRng) -> Result<Self, Failure> {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        let session = SessionId::parse(&uuid(bytes)).map_err(unusable)?;
        Ok(Self { session, key: SessionKey::generate(rng) })
    }

    /// Where the others are to meet: session and key again, and the relay.
    pub(super) fn at(&self, route: &Route) -> Result<Rendezvous, Failure> {
        Ok(Rendezvous {
            session: self.session.clone(),
            key: SessionKey::from_hex(&self.key.to_hex()).map_err(unusable)?,
            service_name: route.service_name.clone(),
            public_relay: route.public_relay,
            server: route.server.clone(),
        })
    }
}

/// Opens the lobby of a ceremony.
pub(super) fn meet(
    device: &Device<'_>,
    me: String,
    role: Role,
    invitation: Invitation,
    task: Task,
    rng: &mut dyn CryptoRng,
) -> Ceremony {
    let meeting = Meeting { session: invitation.session, key: invitation.key, me, role };
    let mut desk = Desk::new(meeting, device);
    let lobby = Lobby::open(&mut desk, task, rng);
    Ceremony::open(desk, lobby)
}

/// A link that asks the holders of `sharing` to sign, at `path` if it is with the ECDSA key; what they sign is added by the caller.
pub(super) fn keysign_link(
    at: Rendezvous,
    sharing: &Sharing,
    chain: Option<&Chain>,
    path: Option<&str>,
) -> link::Keysign {
    link::Keysign {
        at,
        vault: Some(sharing.vault.0),
        payload: None,
        payload_id: None,
        custom: None,
        custom_id: None,
        quorate: Some(Extension {
            threshold: Some(sharing.threshold),
            devices: u8::try_from(sharing.parties.len()).ok(),
            epoch: Some(sharing.epoch),
            fsid: Some(sharing.fsid.0),
            chain: chain.map(|chain| chain.name.to_owned()),
            path: path.map(str::to_owned),
            ..Extension::default()
        }),
    }
}

impl From<Rendezvous> for Invitation {
    fn from(at: Rendezvous) -> Self {
        Self { session: at.session, key: at.key }
    }
}

impl Manner {
    /// As a link asks for it. One that another client made is for an open ceremony.
    pub(super) fn of(quorate: Option<&Extension>, batch: bool) -> Self {
        Self { open: quorate.is_none_or(|quorate| quorate.open), batch }
    }
}

pub(super) fn unusable(why: impl core::fmt::Display) -> Failure {
    Failure::new(
        Kind::Invalid,
        format!("the link cannot be used: {why}"),
        "ask the initiating device for a fresh link",
    )
}

fn uuid(mut bytes: [u8; 16]) -> String {
    let [.., _, _, _, _, _, _, version, _, variant, _, _, _, _, _, _, _] = &mut bytes;
    *version = (*version & 0x0f) | 0x40;
    *variant = (*variant & 0x3f) | 0x80;
    let digits = hex::encode(bytes);
    let mut text = String::with_capacity(36);
    for (position, digit) in digits.chars().enumerate() {
        if matches!(position, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}
