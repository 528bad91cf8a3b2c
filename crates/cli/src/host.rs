//! This process as a device: what the command line says of it, and its terminal.

use std::time::Duration;

use quorate_device::meeting::{self, Place};
use quorate_relay::client::Client;
use quorate_vault::ceremony::Patience;
use quorate_wire::link::Link;
use quorate_wire::relay_api::BaseUrl;

use crate::args::Globals;
use crate::output::{Failure, Kind, Output, plain};
use crate::terminal::{Person, Terminal};
use crate::{home, interrupt};

/// A device whose person sits at this terminal.
pub(crate) type Host<'a> = quorate_device::Host<Terminal<'a>>;

/// Unlocks the home (makes it, if it may) and takes over Ctrl-C.
///
/// # Errors
///
/// Those of opening the home.
pub(crate) fn open<'a>(
    globals: &Globals,
    output: &'a Output,
    makes_home: bool,
) -> Result<Host<'a>, Failure> {
    let person = Person::new(globals);
    let store = if makes_home {
        home::unlock_or_create(globals, person, output)?
    } else {
        home::unlock(globals, person, output)?
    };
    let party = quorate_device::home::party_id(globals.device.as_deref(), &store)?;
    let patience = match globals.timeout {
        Some(seconds) => Patience::default().with_round(seconds.saturating_mul(1_000)),
        None => Patience::default(),
    };
    let host = Host::new(Terminal { output, person }, store, party, interrupt::listen()?);
    Ok(host.with_patience(patience))
}

/// The relay that `--relay` names; without one this device serves it.
pub(crate) async fn place(globals: &Globals, host: &mut Host<'_>) -> Result<Place, Failure> {
    let named = named(globals)?;
    let advertise = globals.advertise.as_deref();
    let opened = Place::open(named.as_ref(), advertise, &host.person, &mut *host.rng);
    Ok(host.interrupt.or(opened).await??)
}

/// The relay that a joiner of this link goes to.
pub(crate) async fn relay_of(
    globals: &Globals,
    host: &mut Host<'_>,
    link: &Link,
) -> Result<Client, Failure> {
    let patience = globals.timeout.map(Duration::from_secs);
    let relay = meeting::relay_of(named(globals)?, patience, &host.person, link);
    Ok(host.interrupt.or(relay).await??)
}

fn named(globals: &Globals) -> Result<Option<BaseUrl>, Failure> {
    let given = globals.relay.as_deref().filter(|relay| !relay.is_empty());
    given.map(parse).transpose()
}

fn parse(text: &str) -> Result<BaseUrl, Failure> {
    BaseUrl::parse(text).map_err(|why| {
        Failure::new(
            Kind::Invalid,
            format!("--relay (or QUORATE_RELAY) is '{}', but {why}", plain(text)),
            "give it as http://host:port or https://host/path",
        )
    })
}
