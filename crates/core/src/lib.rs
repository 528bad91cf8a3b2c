//! The vocabulary that every threshold protocol of this project is written in.
//!
//! * [`party`]: who takes part: an index, a committee, a place in it.
//! * [`each`]: exact collections: one value from, or for, every party named.
//! * [`check`]: one assertion of the specification: its step, its consequence, whom it can name.
//! * [`abort`]: why a party stopped, and whom it names.
//! * [`secret`]: the one wrapper for values that must not be printed, copied or left in memory.
//! * [`payload`]: messages of fixed layout.
//! * [`mailbox`]: what has arrived, until its round takes it.
//! * [`session`]: the mailbox-fed face that every protocol shows to the layers above.
//! * [`workers`]: computing for several parties at the same time, on threads that the caller owns.
//! * `simulation`: parties in one process, for tests; with the feature of that name.
//!
//! A round takes one value from every other party, and names everybody whose value is wrong:
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use quorate_core::{Abort, Committee, FromEach, PartyIndex};
//!
//! let me = PartyIndex::new(1);
//! let committee = Committee::new(me, 3, 2).expect("two of three");
//! let [first, last] = [0, 2].map(PartyIndex::new);
//!
//! // Not yet: the last party's value is missing.
//! let mut received = BTreeMap::from([(first, 4)]);
//! assert_eq!(FromEach::complete(committee.others(), received.clone()), None);
//!
//! received.insert(last, 7);
//! let values = FromEach::complete(committee.others(), received).expect("everybody's value");
//! let halves = values.check_each(|_, value| {
//!     if value % 2 == 0 { Ok(value / 2) } else { Err("a number that is not even") }
//! });
//! assert_eq!(halves, Err(Abort::Blame([(last, "a number that is not even")].into())));
//! ```
//!
//! Nothing here knows a curve by name, a byte on a wire, a clock or a source of randomness.

pub mod abort;
pub mod check;
pub mod each;
pub mod mailbox;
pub mod party;
pub mod payload;
pub mod secret;
pub mod session;
#[cfg(feature = "simulation")]
pub mod simulation;
pub mod workers;

pub use abort::Abort;
pub use check::{Attribution, Check, Consequence, require};
pub use each::FromEach;
pub use party::{Committee, PartyIndex};
pub use secret::{Secret, WIPED, wipe_stack};
pub use workers::{Alone, Workers};
