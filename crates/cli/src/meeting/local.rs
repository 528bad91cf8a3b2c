//! Local mode: the initiator serves the relay itself, for the devices on its network.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use quorate_relay::server::{self, Limits};
use quorate_wire::relay_api::{BaseUrl, LOCAL_PORT};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::parse;
use crate::output::{Failure, Kind, Output};

/// How many ports above the usual one are tried.
const PORTS: u16 = 32;
/// A relay inside this process.
pub(super) struct Local {
    /// As this device reaches it.
    pub(super) own: BaseUrl,
    /// As the others do.
    pub(super) advertised: BaseUrl,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<io::Result<()>>,
}

impl Local {
    /// Listens on every IPv4 address of this machine.
    pub(super) async fn serve(advertise: Option<&str>, output: &Output) -> Result<Self, Failure> {
        let cannot = |error: io::Error| {
            Failure::new(
                Kind::Unexpected,
                format!("this device cannot serve the relay for the others: {error}"),
                "name a relay with --relay",
            )
        };
        let listener = listen().await.map_err(cannot)?;
        let port = listener.local_addr().map_err(cannot)?.port();
        let address = advertise.map_or_else(|| lan_address(output).to_string(), str::to_owned);
        let advertised = parse(&url(&address, port), "the address of --advertise")?;
        let own = parse(&url("127.0.0.1", port), "this machine's own address")?;
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(server::serve(listener, Limits::default(), async {
            // Dropping the sender stops it too.
            let _ = stopped.await;
        }));
        Ok(Self { own, advertised, stop, serving })
    }

    /// Finishes the requests that are under way.
    pub(super) async fn close(self) {
        let _ = self.stop.send(());
        // It has nothing to say that would matter now.
        let _ = self.serving.await;
    }
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
fn lan_address(output: &Output) -> Ipv4Addr {
    let outward = || {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
        socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
        match socket.local_addr().ok()?.ip() {
            IpAddr::V4(address) if !address.is_loopback() && !address.is_unspecified() => {
                Some(address)
            }
            _ => None,
        }
    };
    outward().unwrap_or_else(|| {
        output.warn(
            "this machine has no address on a network: only devices on this machine can join; give --advertise ADDR \
             if you know one",
        );
        Ipv4Addr::LOCALHOST
    })
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
