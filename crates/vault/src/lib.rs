//! What one device is: its sharings by epoch, its ceremonies, its consent, its ledger of bans.
//!
//! * [`store`]: what a device keeps, and the trait through which it is kept. * [`home`]: reading it.
//! * [`ceremony`]: keygen, keysign and reshare as sans-IO machines. * [`certificate`]: what members compare and sign.
//! * [`run`]: one seat in one run of one protocol. * [`failure`]: why a ceremony ended, in words.
//! * [`keyring`]: a vault's public keys, and which of them a chain uses. * [`share`]: a share of one.
//! * [`phrase`]: the keys of a seed phrase, for an import.
//! * [`presign`]: presignatures, each finished once.
//! * [`mod@backup`]: files that outlive the device, and what they mean to one.
//!
//! Two devices meet for a new vault, each a machine that its host drives: fetch what it wants, perform what it says, in
//! order. Here the host is a loop, and the relay a list and two maps:
//!
//! ```
//! use std::collections::BTreeMap;
//! use std::sync::Arc;
//!
//! use quorate_core::Alone;
//! use quorate_vault::ceremony::{
//!     Answer, Ceremony, Decision, Device, Effect, Millis, Patience, Route, Want, join, keygen,
//! };
//! use quorate_vault::failure::Kind;
//! use quorate_vault::store::{Store, Timestamp};
//! use quorate_wire::relay_api::Namespace;
//! # use quorate_store::{Home, SqliteStore};
//! # use quorate_vault::store::Secret;
//! # use rand_chacha::ChaCha20Rng;
//! # use rand_core::SeedableRng;
//!
//! #[derive(Default)]
//! struct Relay {
//!     participants: Vec<String>,
//!     started: Vec<String>,
//!     setups: BTreeMap<Namespace, String>,
//! }
//!
//! impl Relay {
//!     fn fetch(&self, want: Want) -> Option<Answer> {
//!         match want {
//!             Want::Participants => Some(Answer::Participants(self.participants.clone())),
//!             Want::Started => Some(Answer::Started(self.started.clone())),
//!             Want::Setup(slot) => {
//!                 let setup = self.setups.get(&slot).cloned();
//!                 Some(Answer::Setup(slot, setup))
//!             }
//!             _ => None,
//!         }
//!     }
//! }
//!
//! fn device<'a>(party: &str, store: &'a dyn Store) -> Device<'a> {
//!     Device {
//!         party: party.to_owned(),
//!         store,
//!         now: Millis(0),
//!         today: Timestamp(1_800_000_000),
//!         patience: Patience::default(),
//!         workers: Arc::new(Alone),
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let mut rng = ChaCha20Rng::seed_from_u64(1);
//! # let homes = std::env::temp_dir().join(format!("quorate-vault-example-{}", std::process::id()));
//! # let home = |name: &str| -> Result<SqliteStore, Box<dyn std::error::Error>> {
//! #     let passphrase = Secret::of("correct horse".to_owned());
//! #     Ok(Home::create_weak(&homes.join(name), &passphrase, Box::new(ChaCha20Rng::seed_from_u64(2)))?)
//! # };
//! # let (at_laptop, at_phone) = (home("laptop")?, home("phone")?);
//! let laptop = device("laptop-0123456789abcdef", &at_laptop);
//! let (initiator, link) =
//!     keygen::initiate(&laptop, "Savings", 2, None, &Route::default(), &mut rng)?;
//! // On the other device, which has scanned the link:
//! let joiner = join::join(&device("phone-fedcba9876543210", &at_phone), link, None, &mut rng)?;
//!
//! let mut relay = Relay::default();
//! let mut ceremonies: [Ceremony; 2] = [initiator, joiner];
//! let mut asked = Vec::new();
//! for now in (0..10_000).step_by(400).map(Millis) {
//!     for ceremony in &mut ceremonies {
//!         for want in ceremony.wants() {
//!             if let Some(answer) = relay.fetch(want) {
//!                 ceremony.answer(now, answer, &mut rng);
//!             }
//!         }
//!         ceremony.tick(now, &mut rng);
//!         for effect in ceremony.take_effects() {
//!             match effect {
//!                 Effect::Register => relay.participants.push(ceremony.meeting().me.clone()),
//!                 Effect::Start(committee) => relay.started = committee,
//!                 Effect::PutSetup(slot, setup) => drop(relay.setups.insert(slot, setup)),
//!                 Effect::Ask(request) => asked.push(request),
//!                 Effect::Show(_) => {}
//!                 other => unreachable!("before anybody has agreed: {other:?}"),
//!             }
//!         }
//!     }
//! }
//!
//! // Both have found each other, checked the setup, and ask their persons the same.
//! let [here, there] = asked.as_slice() else { panic!("each device asks once") };
//! assert_eq!(here, there);
//! assert_eq!(here.lines(), ["make the new vault \"Savings\""]);
//! assert_eq!(here.committee, ["laptop-0123456789abcdef", "phone-fedcba9876543210"]);
//! assert_eq!(here.threshold, 2);
//!
//! // `Decision::Approve` would begin the protocols.
//! let [initiator, _] = &mut ceremonies;
//! initiator.decide(Millis(10_000), Decision::Refuse, &mut rng);
//! assert!(matches!(initiator.outcome(), Some(Err(failure)) if failure.kind == Kind::Declined));
//! # std::fs::remove_dir_all(&homes)?;
//! # Ok(())
//! # }
//! ```
//!
//! A whole host, with a relay, a store and a person, is `quorate-device`.
//!
//! Nothing here opens a socket, a file or a terminal, reads a clock, or draws randomness of its own.

pub mod backup;
pub mod ceremony;
pub mod certificate;
pub mod failure;
pub mod home;
pub mod keyring;
pub mod phrase;
pub mod presign;
pub mod run;
pub mod share;
pub mod store;
