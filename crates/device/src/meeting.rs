//! Where the devices of a ceremony meet: at a relay that was named, or at one that the initiator serves itself.

mod local;
mod nearby;

use std::time::Duration;

use getrandom::rand_core::CryptoRng;
use quorate_relay::client::{Client, RelayError};
use quorate_vault::ceremony::Route;
use quorate_wire::link::Link;
use quorate_wire::relay_api::{BaseUrl, PartyId, SessionId};

use self::local::Local;
use crate::{Event, Failure, Interrupt, Person};

/// How long a relay may take to answer for the first time.
const FIRST_CONTACT: Duration = Duration::from_secs(10);

/// How much longer than its own good end an initiator serves devices that have not finished.
const FINISHING: Duration = Duration::from_mins(1);
/// How much longer than a bad one: devices that hear nothing look for the reason after ten seconds.
const TELLING: Duration = Duration::from_secs(15);
/// The same in a hurry: devices in the lobby, and those that are running, look more often.
const LEAVING: Duration = Duration::from_secs(2);
/// Between two looks at who has finished.
const LOOK: Duration = Duration::from_millis(500);

/// An initiator's meeting place.
pub struct Place {
    /// The relay, as this device reaches it.
    pub relay: Client,
    /// How the others get there: part of the link.
    pub route: Route,
    shown: BaseUrl,
    local: Option<Local>,
}

impl Place {
    /// The relay that is named; without one this device serves it, to the others at `advertise` or at its own address on
    /// the local network.
    ///
    /// # Errors
    ///
    /// [`Failure::Relay`] if nobody answers at the relay that is named; without one, [`Failure::CannotServe`] or
    /// [`Failure::Advertised`].
    pub async fn open(
        named: Option<&BaseUrl>,
        advertise: Option<&str>,
        person: &dyn Person,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, Failure> {
        if let Some(named) = named.cloned() {
            let server = (named != BaseUrl::public()).then(|| named.clone());
            let route = Route { public_relay: true, server, ..Route::default() };
            let relay = Client::new(&named)?;
            answers(&relay).await?;
            return Ok(Self { relay, route, shown: named, local: None });
        }
        let mut tail = [0; 3];
        rng.fill_bytes(&mut tail);
        let service_name = format!("quorate-{}", hex::encode(tail));
        let local = Local::serve(advertise, &service_name, person).await?;
        let route = Route {
            public_relay: false,
            server: Some(local.advertised.clone()),
            service_name,
            ..Route::default()
        };
        let relay = Client::new(&local.own)?;
        Ok(Self { relay, route, shown: local.advertised.clone(), local: Some(local) })
    }

    /// Shows the link; what would make it too long for a camera is left at the relay first.
    pub(crate) async fn invite(
        &self,
        person: &dyn Person,
        session: &SessionId,
        mut link: Link,
    ) -> Result<(), Failure> {
        let mut text = link.to_url();
        if text.chars().count() > quorate_wire::link::COMFORTABLE_LEN
            && let Link::Keysign(keysign) = &mut link
            && let Some(detached) = keysign.detach()
        {
            self.relay.store_payload(detached.text.into_bytes()).await?;
            text = link.to_url();
        }
        person.show(Event::Link {
            link: text,
            session: session.to_string(),
            relay: self.shown.clone(),
        });
        Ok(())
    }

    /// Serves the others until all of them have finished too, or a while longer than its own end.
    pub(crate) async fn stay_until_finished(
        &self,
        person: &dyn Person,
        session: &SessionId,
        committee: &[String],
        interrupt: &mut Interrupt,
    ) {
        if self.local.is_none() {
            return;
        }
        let finished = async {
            loop {
                let done = self.relay.finished(session).await.unwrap_or_default();
                let done: Vec<&str> = done.iter().map(PartyId::as_str).collect();
                let missing: Vec<String> = committee
                    .iter()
                    .filter(|party| !done.contains(&party.as_str()))
                    .cloned()
                    .collect();
                if missing.is_empty() {
                    return;
                }
                person.show(Event::ServingUntilFinished(missing));
                tokio::time::sleep(LOOK).await;
            }
        };
        // However the wait ends, this device is done.
        let _ = interrupt.or(tokio::time::timeout(FINISHING, finished)).await;
    }

    /// Serves the others until they have heard that it failed.
    pub(crate) async fn stay_until_told(
        &self,
        person: &dyn Person,
        failure: &Failure,
        others: usize,
        interrupt: &mut Interrupt,
    ) {
        if self.local.is_none() {
            return;
        }
        if others == 0 || interrupt.happened() {
            return tokio::time::sleep(LEAVING).await;
        }
        person.show(Event::ServingUntilTold { why: failure.what() });
        // Likewise.
        let _ = interrupt.or(tokio::time::sleep(TELLING)).await;
    }

    /// Stops serving.
    pub async fn close(self) {
        if let Some(local) = self.local {
            local.close().await;
        }
    }
}

/// The relay that a joiner goes to: the one it was told, else the link's, else the one that the link names and the
/// initiator announces on the local network. It is named before the first contact.
///
/// `patience`: how long it is looked for on the local network, if not 30 seconds.
///
/// # Errors
///
/// [`Failure::Relay`] if it does not answer, and those of looking for it.
pub async fn relay_of(
    told: Option<BaseUrl>,
    patience: Option<Duration>,
    person: &dyn Person,
    link: &Link,
) -> Result<Client, Failure> {
    let (at, patience) = (link.at(), patience.unwrap_or(nearby::PATIENCE));
    let nearby = told.is_none() && !at.public_relay && !at.service_name.is_empty();
    let Some(base) = told.or_else(|| at.relay()) else {
        return look_nearby(&at.service_name, patience, person).await;
    };
    person.show(Event::MeetingAt(base.clone()));
    let relay = Client::new(&base)?;
    match answers(&relay).await {
        Ok(()) => Ok(relay),
        // The address in the link may be one that only the initiator's network knows.
        Err(there) if nearby && !matches!(there, RelayError::Address { .. }) => {
            person.show(Event::NobodyAt(base));
            let found = look_nearby(&at.service_name, patience, person).await;
            found.map_err(|nearby| Failure::NeitherThereNorNearby {
                there,
                nearby: Box::new(nearby),
            })
        }
        Err(error) => Err(error.into()),
    }
}

/// The relay of this name on the local network.
async fn look_nearby(
    name: &str,
    patience: Duration,
    person: &dyn Person,
) -> Result<Client, Failure> {
    if name.is_empty() {
        return Err(Failure::Nowhere);
    }
    person.show(Event::Searching { service: name.to_owned(), patience });
    let relay = nearby::find(name, patience).await?;
    person.show(Event::FoundAt(relay.base().clone()));
    Ok(relay)
}

/// A wrong address is found out before anybody is invited or waited for.
async fn answers(relay: &Client) -> Result<(), RelayError> {
    relay.with_patience(FIRST_CONTACT).ping().await
}
