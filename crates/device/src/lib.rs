//! A device as a library: its memory, the relay and the local network around the ceremonies of `quorate-vault`.
//!
//! * [`Host`]: runs a ceremony, for whoever stands behind [`Person`].
//! * [`meeting`]: where the devices of a ceremony meet.
//! * [`home`]: what a device holds, and what it is called.
//! * [`Interrupt`]: what stops it.
//!
//! Nothing here prints, asks or reads signals: that is for whoever uses it, of which the command line is one.
//!
//! Two devices make a vault, at a relay on this machine:
//!
//! ```
//! use quorate_device::meeting::{Place, relay_of};
//! use quorate_device::{Answer, Event, Host, Interrupt, Person, home};
//! use quorate_relay::server::{self, Limits};
//! use quorate_store::Home;
//! use quorate_vault::ceremony::{Decision, Outcome, Request, join, keygen};
//! use quorate_vault::store::Secret;
//! use quorate_wire::link::Link;
//! use quorate_wire::relay_api::BaseUrl;
//! use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
//!
//! /// Says yes to everything, and hands on the link that the other device needs.
//! struct Willing(UnboundedSender<String>);
//!
//! impl Person for Willing {
//!     fn ask(&self, request: Request) -> Answer {
//!         assert_eq!((request.ceremony, request.committee.len()), ("keygen", 2));
//!         Box::pin(async { Decision::Approve })
//!     }
//!
//!     fn show(&self, event: Event) {
//!         if let Event::Link { link, .. } = event {
//!             self.0.send(link).unwrap();
//!         }
//!     }
//! }
//!
//! # let homes = std::env::temp_dir().join(format!("quorate-device-{}", std::process::id()));
//! let device = |name: &str, links: &UnboundedSender<String>| {
//!     let passphrase = Secret::take(&mut "correct horse".to_owned());
//!     let store = Home::create(&homes.join(name), &passphrase, home::system_rng()).unwrap();
//!     let party = home::party_id(Some(name), &store).unwrap();
//!     Host::new(Willing(links.clone()), store, party, Interrupt::never())
//! };
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let relay = BaseUrl::parse(&format!("http://{}", listener.local_addr()?))?;
//! tokio::spawn(server::serve(listener, Limits::default(), std::future::pending()));
//! let (links, mut link) = unbounded_channel();
//!
//! let mut laptop = device("laptop", &links);
//! let initiating = async {
//!     let place = Place::open(Some(&relay), None, &laptop.person, &mut *laptop.rng).await?;
//!     let (me, rng) = laptop.device();
//!     let opened = keygen::initiate(&me, "Savings", 2, None, &place.route, rng)?;
//!     laptop.initiate(place, opened, async |_: &mut Host<Willing>, made| Ok(made)).await
//! };
//!
//! let mut desk = device("desk", &links);
//! let joining = async {
//!     let link = Link::parse(&link.recv().await.unwrap()).unwrap();
//!     let relay = relay_of(None, None, &desk.person, &link).await?;
//!     let (me, rng) = desk.device();
//!     let ceremony = join::join(&me, link, None, rng)?;
//!     desk.run(ceremony, &relay).await
//! };
//!
//! let (here, there) = tokio::try_join!(initiating, joining)?;
//! let [Outcome::Vault { sharing: here, .. }, Outcome::Vault { sharing: there, .. }] = [here, there] else {
//!     panic!("a key generation makes a vault");
//! };
//! assert_eq!(here.vault, there.vault);
//! # std::fs::remove_dir_all(&homes)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

mod failure;
pub mod home;
mod host;
mod interrupt;
pub mod meeting;
mod person;

pub use failure::Failure;
pub use host::{Host, today};
pub use interrupt::{Interrupt, Stop};
pub use person::{Answer, Event, Person};
