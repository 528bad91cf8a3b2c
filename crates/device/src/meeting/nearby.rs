//! Relays on the local network, announced and found by name (`RELAY 6`): DNS-SD over multicast DNS.
//!
//! Whoever is on the network may announce any name. What is found is a mailbox and nothing more: all that devices leave
//! there is sealed with the link's key.

use std::net::Ipv4Addr;
use std::time::Duration;

use mdns_sd::{IfKind, Receiver, ResolvedService, ServiceDaemon, ServiceEvent, ServiceInfo};
use quorate_relay::client::{Client, RelayError};
use quorate_wire::relay_api::BaseUrl;
use tokio::time::{Instant, timeout_at};

use crate::Failure;

/// What relays of this family of apps are announced as.
const SERVICE: &str = "_http._tcp.local.";
/// The field of an announcement in which some clients repeat the name.
const NAME: &str = "name";
/// How long a relay is looked for, unless the person says otherwise.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// How long taking a name off the network may take.
const FAREWELL: Duration = Duration::from_millis(500);
/// How long one that has been found may take to answer.
const CONTACT: Duration = Duration::from_secs(3);

/// This device's relay, announced for as long as this lives.
pub(super) struct Announcement(ServiceDaemon);

/// A relay that somebody announces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sighting {
    /// The name of the instance.
    name: String,
    /// The name in its text record.
    told: Option<String>,
    addresses: Vec<Ipv4Addr>,
    port: u16,
}

/// Where sightings come from: the network, or a test.
pub(super) trait Watch {
    /// The next one; `None` once there will be no more.
    async fn next(&mut self) -> Option<Sighting>;
}

/// What is announced on the networks of this machine.
struct Browsing {
    daemon: ServiceDaemon,
    events: Receiver<ServiceEvent>,
}

impl Announcement {
    /// Announces the relay that listens at this address and port.
    pub(super) fn of(name: &str, address: Ipv4Addr, port: u16) -> Result<Self, mdns_sd::Error> {
        let host = format!("{name}.local.");
        let text = [(NAME, name)];
        let service = ServiceInfo::new(SERVICE, name, &host, address.to_string(), port, &text[..])?;
        let daemon = daemon()?;
        let announcement = Self(daemon);
        announcement.0.register(service)?;
        Ok(announcement)
    }

    /// Takes the name off the network, so that others forget it at once.
    pub(super) async fn end(self) {
        if let Ok(ended) = self.0.shutdown() {
            // They forget it later otherwise.
            let _ = tokio::time::timeout(FAREWELL, ended.recv_async()).await;
        }
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        // Its thread ends; after `end` it has.
        let _ = self.0.shutdown();
    }
}

impl Browsing {
    fn start() -> Result<Self, mdns_sd::Error> {
        let daemon = daemon()?;
        let events = daemon.browse(SERVICE)?;
        Ok(Self { daemon, events })
    }
}

impl Drop for Browsing {
    fn drop(&mut self) {
        let _ = self.daemon.shutdown();
    }
}

impl Watch for Browsing {
    async fn next(&mut self) -> Option<Sighting> {
        loop {
            if let ServiceEvent::ServiceResolved(found) = self.events.recv_async().await.ok()? {
                return Some(Sighting::of(&found));
            }
        }
    }
}

/// IPv4 only: so do the clients that we meet.
fn daemon() -> Result<ServiceDaemon, mdns_sd::Error> {
    let daemon = ServiceDaemon::new()?;
    daemon.disable_interface(IfKind::IPv6)?;
    Ok(daemon)
}

impl Sighting {
    fn of(found: &ResolvedService) -> Self {
        let name = found.fullname.len().checked_sub(SERVICE.len() + 1);
        let name = name.and_then(|end| found.fullname.get(..end)).unwrap_or(&found.fullname);
        let mut addresses: Vec<Ipv4Addr> = found.get_addresses_v4().into_iter().collect();
        // Whatever the order in which they came.
        addresses.sort_by_key(|address| (address.is_loopback(), address.is_link_local(), *address));
        Self {
            name: unescaped(name),
            told: found.get_property_val_str(NAME).map(str::to_owned),
            addresses,
            port: found.get_port(),
        }
    }

    /// Whether it is the one that the link names. Some clients write the name in another case, or in the text record.
    fn is(&self, wanted: &str) -> bool {
        let same = |name: &str| name.to_lowercase() == wanted.to_lowercase();
        same(&self.name) || self.told.as_deref().is_some_and(same)
    }
}

/// DNS-SD writes dots and backslashes of a name behind a backslash.
fn unescaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut escaped = false;
    for c in name.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            text.push(c);
            escaped = false;
        }
    }
    text
}

/// The relay that is announced under `name` on one of this machine's networks.
///
/// # Errors
///
/// [`Failure::NotNearby`] when none is found in time, [`Failure::CannotSearch`] when multicast cannot be used.
pub(super) async fn find(name: &str, patience: Duration) -> Result<Client, Failure> {
    let mut browsing =
        Browsing::start().map_err(|error| Failure::CannotSearch(error.to_string()))?;
    search(&mut browsing, name, patience).await
}

async fn search(watch: &mut impl Watch, name: &str, patience: Duration) -> Result<Client, Failure> {
    let deadline = Instant::now() + patience;
    let mut silent = Vec::new();
    while let Ok(Some(sighting)) = timeout_at(deadline, watch.next()).await {
        if !sighting.is(name) {
            continue;
        }
        for address in &sighting.addresses {
            let url = format!("http://{address}:{}", sighting.port);
            let Ok(base) = BaseUrl::parse(&url) else { continue };
            let client = Client::new(&base)?;
            if timeout_at(deadline, answers(&client)).await == Ok(true) {
                return Ok(client);
            }
            if !silent.contains(&url) {
                silent.push(url);
            }
        }
    }
    let what = if silent.is_empty() {
        format!("no relay named '{name}' was found on the local network")
    } else {
        format!("the relay '{name}' is announced at {} but does not answer", silent.join(", "))
    };
    Err(Failure::NotNearby { what, seconds: patience.as_secs() })
}

/// Whether something answers there. Not every relay has something to say to a ping.
async fn answers(relay: &Client) -> bool {
    matches!(relay.with_patience(CONTACT).ping().await, Ok(()) | Err(RelayError::NotFound { .. }))
}

#[cfg(test)]
mod tests {
    use quorate_relay::server::{self, Limits};
    use tokio::net::TcpListener;

    use super::*;

    /// Sightings that were written down, then silence.
    struct Written(Vec<Sighting>);

    impl Watch for Written {
        async fn next(&mut self) -> Option<Sighting> {
            if self.0.is_empty() {
                return std::future::pending().await;
            }
            Some(self.0.remove(0))
        }
    }

    fn sighting(name: &str, port: u16) -> Sighting {
        Sighting { name: name.into(), told: None, addresses: vec![Ipv4Addr::LOCALHOST], port }
    }

    async fn relay() -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(server::serve(listener, Limits::default(), std::future::pending()));
        port
    }

    /// A port where nobody listens.
    async fn nobody() -> u16 {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap().port()
    }

    const SOON: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn the_relay_of_the_links_name_is_taken_among_others() {
        let (port, other) = (relay().await, relay().await);
        let mut watch = Written(vec![sighting("Printer", other), sighting("vultisigapp-7", port)]);
        let found = search(&mut watch, "VultisigApp-7", SOON).await.unwrap();
        assert_eq!(found.base().to_string(), format!("http://127.0.0.1:{port}"));
    }

    #[tokio::test]
    async fn the_name_may_stand_in_the_text_record() {
        let port = relay().await;
        let told = Sighting { told: Some("Vultisig-Windows-123".into()), ..sighting("desk", port) };
        assert!(search(&mut Written(vec![told]), "vultisig-windows-123", SOON).await.is_ok());
    }

    #[tokio::test]
    async fn an_announcement_that_nobody_stands_behind_does_not_hide_the_true_one() {
        let (dead, port) = (nobody().await, relay().await);
        let mut both = sighting("Vultisig-1", port);
        both.addresses.insert(0, Ipv4Addr::new(127, 0, 0, 99));
        let mut watch = Written(vec![sighting("Vultisig-1", dead), both]);
        let found = search(&mut watch, "Vultisig-1", Duration::from_secs(20)).await.unwrap();
        assert!(found.base().to_string().ends_with(&format!(":{port}")));
    }

    #[tokio::test]
    async fn what_is_not_found_says_what_was_found_instead() {
        let mut watch = Written(vec![sighting("Printer", 9)]);
        let failure = search(&mut watch, "Vultisig", Duration::from_millis(50)).await.unwrap_err();
        assert!(matches!(failure, Failure::NotNearby { .. }));
        assert!(failure.to_string().contains("no relay named 'Vultisig'"), "{failure:?}");

        let dead = nobody().await;
        let mut watch = Written(vec![sighting("Vultisig-1", dead)]);
        let failure = search(&mut watch, "Vultisig-1", Duration::from_secs(4)).await.unwrap_err();
        assert!(failure.to_string().contains(&format!("127.0.0.1:{dead} but does not answer")));
    }

    #[test]
    fn dots_in_a_name_come_back_as_they_were() {
        assert_eq!(unescaped(r"Anna\.s \\ phone"), r"Anna.s \ phone");
    }
}
