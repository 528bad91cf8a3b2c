//! A ceremony: what a person understands as one act (keygen, keysign, reshare), from meeting to result.
//!
//! A sans-IO machine, one per device and act (`spec/ceremony.md`). The host asks [`Ceremony::wants`] what to fetch
//! from the relay, feeds the answers, performs [`Ceremony::take_effects`] *in order*, and stops when there is an
//! outcome. The order of effects is the safety argument: what must be durable before it is sent comes first.
//!
//! * `plan`: what a ceremony is to lead to, made before it begins; a file for each way to begin one.
//! * `stage`: the stages that every ceremony goes through, which know its plan and not its kind.
//! * `run`: one protocol of a ceremony. * `proposal`: what a person is asked. * `io`: what the host sees.

mod context;
mod io;
mod letters;
mod machine;
mod plan;
mod proposal;
mod run;
mod stage;

pub use quorate_wire::setup::Suite;

pub use self::context::{Device, Meeting, Patience, Role};
pub use self::io::{Answer, Decision, Effect, Event, Millis, Outcome, Want};
pub use self::machine::Ceremony;
pub use self::plan::gathering::{check_threshold, least_threshold};
pub use self::plan::invite::Route;
pub use self::plan::{import, join, keygen, keysign, reshare, resume};
pub use self::proposal::{Proposal, Request};
pub use self::run::signing::{Signature, Signed};
