//! Local mode: the initiator serves the relay itself, for the devices on its network, and announces it there.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use quorate_relay::server::{self, Limits};
use quorate_wire::relay_api::{BaseUrl, LOCAL_PORT};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::nearby::Announcement;
use crate::{Event, Failure, Person};

/// How many ports above the usual one are tried.
const PORTS: u16 = 32;
/// A relay inside this process.
pub(super) struct Local {
    /// As this device reaches it.
    pub(super) own: BaseUrl,
    /// As the others do.
    pub(super) advertised: BaseUrl,
    /// `None` where nothing can be announced.
    announced: Option<Announcement>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<io::Result<()>>,
}

impl Local {
    /// Listens on every IPv4 address of this machine, and announces itself under `name`.
    pub(super) async fn serve(
        advertise: Option<&str>,
        name: &str,
        person: &dyn Person,
    ) -> Result<Self, Failure> {
        let listener = listen().await.map_err(Failure::CannotServe)?;
        let port = listener.local_addr().map_err(Failure::CannotServe)?.port();
        if port != LOCAL_PORT {
            person.show(Event::OtherPort { port, usual: LOCAL_PORT });
        }
        let given = advertise.and_then(|address| address.parse().ok());
        let here = given.or_else(lan_address).unwrap_or(Ipv4Addr::LOCALHOST);
        if advertise.is_none() && here.is_loopback() {
            person.show(Event::NoNetwork);
        }
        let address = advertise.map_or_else(|| here.to_string(), str::to_owned);
        let announced = announce(name, here, port, person);
        let advertised = base(url(&address, port))?;
        let own = base(url("127.0.0.1", port))?;
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(server::serve(listener, Limits::default(), async {
            // Dropping the sender stops it too.
            let _ = stopped.await;
        }));
        Ok(Self { own, advertised, announced, stop, serving })
    }

    /// Finishes the requests that are under way.
    pub(super) async fn close(self) {
        if let Some(announced) = self.announced {
            announced.end().await;
        }
        let _ = self.stop.send(());
        // It has nothing to say that would matter now.
        let _ = self.serving.await;
    }
}

/// The link carries the address as well: without an announcement, only devices whose link does not are lost.
fn announce(name: &str, address: Ipv4Addr, port: u16, person: &dyn Person) -> Option<Announcement> {
    Announcement::of(name, address, port)
        .map_err(|error| person.show(Event::NotAnnounced(error.to_string())))
        .ok()
}

fn base(url: String) -> Result<BaseUrl, Failure> {
    BaseUrl::parse(&url).map_err(|why| Failure::Advertised { url, why })
}

/// The usual port or the next free one, else any.
async fn listen() -> io::Result<TcpListener> {
    for port in LOCAL_PORT..LOCAL_PORT.saturating_add(PORTS) {
        match TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            bound => return bound,
        }
    }
    TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await
}

/// The address by which this machine would leave it. Asks the routing table; sends nothing.
fn lan_address() -> Option<Ipv4Addr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    match socket.local_addr().ok()?.ip() {
        IpAddr::V4(address) if !address.is_loopback() && !address.is_unspecified() => Some(address),
        _ => None,
    }
}

/// An address without a port gets the one that is listened on; a whole URL stays as it is.
fn url(address: &str, port: u16) -> String {
    if address.contains("://") {
        address.to_owned()
    } else if address.parse::<SocketAddr>().is_ok() {
        format!("http://{address}")
    } else if address.parse::<Ipv6Addr>().is_ok() {
        format!("http://[{address}]:{port}")
    } else if address.contains(':') && !address.ends_with(']') {
        format!("http://{address}")
    } else {
        format!("http://{address}:{port}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_a_port_gets_the_one_that_is_listened_on() {
        for (given, meant) in [
            ("192.168.1.5", "http://192.168.1.5:18081"),
            ("192.168.1.5:80", "http://192.168.1.5:80"),
            ("laptop.local", "http://laptop.local:18081"),
            ("laptop.local:80", "http://laptop.local:80"),
            ("fe80::1", "http://[fe80::1]:18081"),
            ("[fe80::1]:80", "http://[fe80::1]:80"),
            ("https://relay.example/x", "https://relay.example/x"),
        ] {
            assert_eq!(url(given, 18081), meant);
        }
    }
}
