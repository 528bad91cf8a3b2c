//! Relays that are announced on the local network, and links that name them instead of saying where they are.

use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use mdns_sd::{ServiceDaemon, ServiceEvent, ServiceInfo};
use quorate_wire::link::Link;

use super::process::text;
use super::stage::{Device, Stage};

pub(crate) const SERVICE: &str = "_http._tcp.local.";

/// Whether what one process announces on the loopback interface another one hears, and why not.
pub(crate) fn multicast() -> Result<(), String> {
    let said = |error: mdns_sd::Error| error.to_string();
    let (announcing, browsing) =
        (ServiceDaemon::new().map_err(said)?, ServiceDaemon::new().map_err(said)?);
    let name = format!("probe-{}", std::process::id());
    let host = format!("{name}.local.");
    let nothing: &[(&str, &str)] = &[];
    let service = ServiceInfo::new(SERVICE, &name, &host, "127.0.0.1", 9, nothing).map_err(said)?;
    announcing.register(service).map_err(said)?;
    let events = browsing.browse(SERVICE).map_err(said)?;
    let deadline = Instant::now() + Duration::from_secs(10);
    let heard = loop {
        match events.recv_deadline(deadline) {
            Ok(ServiceEvent::ServiceResolved(found)) if found.fullname.starts_with(&name) => {
                break Ok(());
            }
            Ok(_) => {}
            Err(_) => break Err("nothing announced on loopback is heard in 10 s".to_owned()),
        }
    };
    let _ = (announcing.shutdown(), browsing.shutdown());
    heard
}

/// The link as a phone writes it: with the name of the relay, in another case, but not its address.
fn without_address(link: &str) -> String {
    let mut link = Link::parse(link).expect("a link");
    let at = match &mut link {
        Link::Keygen(link) => &mut link.at,
        Link::Reshare(link) => &mut link.at,
        Link::Keysign(link) => &mut link.at,
    };
    assert!(!at.public_relay && at.service_name.starts_with("quorate-"));
    at.server = None;
    at.service_name = at.service_name.to_uppercase();
    link.to_url()
}

fn local(stage: &Stage, name: &str) -> Device {
    Device { relay: None, ..stage.device(name) }
}

#[test]
fn a_link_without_an_address_leads_to_the_relay_that_is_announced() {
    if let Err(why) = multicast() {
        println!("skipped: {why}");
        return;
    }
    let stage = Stage::new();
    let (a, b) = (local(&stage, "a"), local(&stage, "b"));
    let mut started = a.start(&["keygen", "Home", "--devices", "2"]);
    let link = without_address(&started.link());
    let joined = b.start(&["join", &link]).end();
    let searched = joined.succeeded().event("searching");
    assert!(text(&searched["service"]).starts_with("QUORATE-"), "{searched}");
    let ended = started.end();
    let key = |ended: &super::process::Ended| text(&ended.event("vault")["public_key_ecdsa"]);
    assert_eq!(key(ended.succeeded()), key(&joined));
}

#[test]
fn an_address_that_leads_nowhere_is_no_dead_end() {
    if let Err(why) = multicast() {
        println!("skipped: {why}");
        return;
    }
    let stage = Stage::new();
    let (a, b) = (local(&stage, "a"), local(&stage, "b"));
    let mut started = a.start(&["keygen", "Home", "--devices", "2"]);
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let nowhere = format!("http://{}", free.local_addr().expect("an address"));
    drop(free);
    let Ok(Link::Keygen(mut link)) = Link::parse(&started.link()) else { panic!() };
    link.at.server = quorate_wire::relay_api::BaseUrl::parse(&nowhere).ok();
    b.start(&["join", &Link::Keygen(link).to_url()]).end().succeeded().event("searching");
    started.end().succeeded();
}

#[test]
fn a_relay_that_nobody_announces_is_given_up_with_what_to_do() {
    let stage = Stage::new();
    let (a, b) = (local(&stage, "a"), local(&stage, "b"));
    let mut started = a.start(&["keygen", "Home", "--devices", "2"]);
    let Ok(Link::Keygen(mut link)) = Link::parse(&started.link()) else { panic!() };
    started.signal("INT");
    started.end();
    link.at.server = None;
    link.at.service_name = "VultisigApp-1001".into();
    let link = Link::Keygen(link).to_url();
    let before = Instant::now();
    let ended = b.start(&["join", &link, "--timeout", "2"]).end();
    ended.failed(3, &["VultisigApp-1001", "2 s", "one network", "--relay http://"]);
    assert!(before.elapsed() < Duration::from_secs(20));

    // Looking can be interrupted.
    let mut looking = b.start(&["join", &link]);
    looking.event("searching");
    looking.signal("INT");
    looking.end().failed(130, &["nothing was lost"]);
}

#[test]
fn a_taken_port_is_said_and_another_one_is_served() {
    // Whoever has it, this test or another program.
    let _taken = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 18080));
    let stage = Stage::new();
    let a = local(&stage, "a");
    let mut started = a.start(&["keygen", "Home", "--devices", "2"]);
    let served = text(&started.event("link")["relay"]);
    assert!(!served.ends_with(":18080"), "{served}");
    started.signal("INT");
    assert!(started.end().complaint().contains("port 18080 is in use"), "said on standard error");
}
