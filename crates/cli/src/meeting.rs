//! Where the devices of a ceremony meet: at a relay that was named, or at one that the initiator serves itself.

mod local;
mod nearby;

use std::time::Duration;

use getrandom::rand_core::CryptoRng;
use quorate_relay::client::Client;
use quorate_vault::ceremony::Route;
use quorate_wire::link::Link;
use quorate_wire::relay_api::{BaseUrl, PartyId, SessionId};

use self::local::Local;
use crate::args::Globals;
use crate::driver::Interrupt;
use crate::output::{Event, Failure, Kind, Output, plain};

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
pub(crate) struct Place {
    /// The relay, as this device reaches it.
    pub(crate) relay: Client,
    /// How the others get there: part of the link.
    pub(crate) route: Route,
    shown: BaseUrl,
    local: Option<Local>,
}

impl Place {
    /// The relay that `--relay` names; without one this device serves it.
    pub(crate) async fn open(
        globals: &Globals,
        output: &Output,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, Failure> {
        if let Some(named) = named(globals)? {
            let server = (named != BaseUrl::public()).then(|| named.clone());
            let route = Route { public_relay: true, server, ..Route::default() };
            let relay = Client::new(&named)?;
            answers(&relay).await?;
            return Ok(Self { relay, route, shown: named, local: None });
        }
        let mut tail = [0; 3];
        rng.fill_bytes(&mut tail);
        let service_name = format!("quorate-{}", hex::encode(tail));
        let local = Local::serve(globals.advertise.as_deref(), &service_name, output).await?;
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
        output: &Output,
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
        output.event(&Event::Link {
            link: text,
            session: session.to_string(),
            relay: self.shown.to_string(),
        });
        Ok(())
    }

    /// Serves the others until all of them have finished too, or a while longer than its own end.
    pub(crate) async fn stay_until_finished(
        &self,
        output: &Output,
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
                let missing: Vec<&str> = committee
                    .iter()
                    .map(String::as_str)
                    .filter(|party| !done.contains(party))
                    .collect();
                if missing.is_empty() {
                    return;
                }
                output.progress(&format!(
                    "serving the relay until {} has finished",
                    missing.join(", ")
                ));
                tokio::time::sleep(LOOK).await;
            }
        };
        // However the wait ends, this device is done.
        let _ = interrupt.or(tokio::time::timeout(FINISHING, finished)).await;
    }

    /// Serves the others until they have heard that it failed.
    pub(crate) async fn stay_until_told(
        &self,
        output: &Output,
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
        output
            .note(&format!("{}; serving the relay until the others know", plain(&failure.message)));
        // Likewise.
        let _ = interrupt.or(tokio::time::sleep(TELLING)).await;
    }

    /// Stops serving.
    pub(crate) async fn close(self) {
        if let Some(local) = self.local {
            local.close().await;
        }
    }
}

/// The relay that a joiner goes to: the one it was told, else the link's, else the one that the link names and the
/// initiator announces on the local network. It is named before the first contact.
pub(crate) async fn relay_of(
    globals: &Globals,
    output: &Output,
    link: &Link,
) -> Result<Client, Failure> {
    let (told, at) = (named(globals)?, link.at());
    let nearby = told.is_none() && !at.public_relay && !at.service_name.is_empty();
    let Some(base) = told.or_else(|| at.relay()) else {
        return look_nearby(globals, output, &at.service_name).await;
    };
    output.note(&format!("meeting at {base}"));
    let relay = Client::new(&base)?;
    match answers(&relay).await {
        Ok(()) => Ok(relay),
        // The address in the link may be one that only the initiator's network knows.
        Err(failure) if nearby && failure.kind == Kind::Unreachable => {
            output.note(&format!("nobody answers at {base}"));
            look_nearby(globals, output, &at.service_name).await.map_err(|nearby| {
                let message = format!("{}; {}", plain(&failure.message), nearby.message);
                Failure { message, ..nearby }
            })
        }
        Err(failure) => Err(failure),
    }
}

/// The relay of this name on the local network.
async fn look_nearby(globals: &Globals, output: &Output, name: &str) -> Result<Client, Failure> {
    if name.is_empty() {
        return Err(Failure::new(
            Kind::Invalid,
            "the link says neither where its relay is nor what it is called on the local network",
            "give its address with --relay http://ADDRESS:18080",
        ));
    }
    let patience = globals.timeout.map_or(nearby::PATIENCE, Duration::from_secs);
    output.event(&Event::Searching { service: name.to_owned(), seconds: patience.as_secs() });
    let relay = nearby::find(name, patience).await?;
    output.note(&format!("found at {}", relay.base()));
    Ok(relay)
}

/// A wrong address is found out before anybody is invited or waited for.
async fn answers(relay: &Client) -> Result<(), Failure> {
    Ok(relay.with_patience(FIRST_CONTACT).ping().await?)
}

fn named(globals: &Globals) -> Result<Option<BaseUrl>, Failure> {
    let given = globals.relay.as_deref().filter(|relay| !relay.is_empty());
    given.map(|relay| parse(relay, "--relay (or QUORATE_RELAY)")).transpose()
}

fn parse(text: &str, what: &str) -> Result<BaseUrl, Failure> {
    BaseUrl::parse(text).map_err(|why| {
        Failure::new(
            Kind::Invalid,
            format!("{what} is '{}', but {why}", plain(text)),
            "give it as http://host:port or https://host/path",
        )
    })
}
