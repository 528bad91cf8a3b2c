//! From a link to a meeting and back.

use quorate_chain::Chain;
use quorate_wire::link::{self, Extension, Rendezvous};
use quorate_wire::relay_api::{BaseUrl, SessionId};
use quorate_wire::seal::SessionKey;
use rand_core::CryptoRng;

use crate::ceremony::context::{Meeting, Role};
use crate::failure::{Failure, Kind};
use crate::store::{Sharing, Trust};

/// Where an initiator's link sends the others, and how they are to hold the ceremony.
#[derive(Clone, Debug)]
pub struct Route {
    /// Whether the relay is a public one; otherwise the initiator serves it.
    pub public_relay: bool,
    /// The relay, unless it is the one that every client knows.
    pub server: Option<BaseUrl>,
    /// The name under which a local relay is announced.
    pub service_name: String,
    /// What is to vouch for the result of a keygen or reshare: [`Trust::Mixed`] lets other clients take part
    /// (CEREMONY 9).
    pub trust: Trust,
    /// Whether every key of a keygen or reshare has a mailbox of its own, so that devices may make them at once.
    pub batch: bool,
}

impl Default for Route {
    /// At a relay that the initiator serves, among our own devices, one key after the other.
    fn default() -> Self {
        Self {
            public_relay: false,
            server: None,
            service_name: String::new(),
            trust: Trust::Certified,
            batch: false,
        }
    }
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

    /// Where this device meets the others.
    pub(super) fn meeting(self, me: String, role: Role) -> Meeting {
        Meeting { session: self.session, key: self.key, me, role }
    }

    /// Where the others are to meet: session and key again, and the relay.
    pub(super) fn at(&self, route: &Route) -> Result<Rendezvous, Failure> {
        Ok(Rendezvous {
            session: self.session.clone(),
            // A session key is not cloned: the link's is read from its text.
            key: SessionKey::from_hex(&self.key.to_hex()).map_err(unusable)?,
            service_name: route.service_name.clone(),
            public_relay: route.public_relay,
            server: route.server.clone(),
        })
    }
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

/// What vouches for the result of the ceremony that a link asks for. One that another client made is for a mixed one.
pub(super) fn trust_of(quorate: Option<&Extension>) -> Trust {
    if quorate.is_none_or(|quorate| quorate.open) { Trust::Mixed } else { Trust::Certified }
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
