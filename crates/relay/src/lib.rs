//! Store-and-forward mailboxes with expiry: how devices that share nothing but a session id reach each other.
//!
//! * [`mailbox`]: what a relay keeps, for how long, and how much of it; no clock and no socket of its own.
//! * [`server`]: the HTTP API around it (`RELAY 1`), as a process of its own or inside a device on a local network.
//! * [`client`]: every call of that API, patient with relays that answer late, oddly or not at all (`RELAY 5`).
//!
//! The relay authenticates nobody and reads nothing: whoever knows a session id may read and write there, and what
//! travels is sealed by the devices. What the API looks like is defined once, in `quorate_wire::relay_api`.
//!
//! ```
//! use quorate_relay::client::Client;
//! use quorate_relay::server::{self, Limits};
//! use quorate_wire::relay_api::{BaseUrl, Message, Namespace, PartyId, SessionId, message_hash};
//! use tokio::sync::oneshot;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let base = BaseUrl::parse(&format!("http://{}", listener.local_addr()?))?;
//! let (stop, stopped) = oneshot::channel::<()>();
//! let serving = tokio::spawn(server::serve(listener, Limits::default(), async {
//!     let _ = stopped.await;
//! }));
//!
//! // Who knows the session finds who is there.
//! let relay = Client::new(&base)?;
//! let session = SessionId::parse("8c1d9f0e-3a55-4f0b-9f3e-0123456789ab")?;
//! let [laptop, phone] = [PartyId::parse("laptop-1f3a")?, PartyId::parse("phone-77c0")?];
//! relay.register(&session, &laptop).await?;
//! relay.register(&session, &phone).await?;
//! assert_eq!(relay.participants(&session).await?, [laptop.clone(), phone.clone()]);
//!
//! // A letter waits in its receiver's mailbox until that has taken it.
//! let (body, hash) = ("what only they can open".to_owned(), message_hash(b"a payload"));
//! let (from, to) = (laptop, vec![phone.clone()]);
//! let letter = Message { session_id: session.clone(), from, to, body, hash, sequence_no: 0 };
//! relay.post(&Namespace::default(), &letter).await?;
//! assert_eq!(relay.mailbox(&session, &phone, &Namespace::default()).await?, [letter.clone()]);
//! relay.discard(&session, &phone, &Namespace::default(), &letter.hash).await?;
//! assert_eq!(relay.mailbox(&session, &phone, &Namespace::default()).await?, []);
//!
//! drop(relay);
//! let _ = stop.send(());
//! serving.await??;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

pub mod client;
pub mod mailbox;
pub mod server;
