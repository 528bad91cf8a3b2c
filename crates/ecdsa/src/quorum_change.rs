//! Quorum change: the same key, shared anew among other parties or under another threshold.
//! `spec/dkls23/quorum_change.md`.
//!
//! Each type is named for what it waits for; each `receive` is one round of the page.
//!
//! ```text
//! round 1   ·            → R0: old party id          old           round1::start
//! round 2   ← R0         → R1: sid_i, Q1_i           all           round2::AwaitingPartyIds::receive
//! round 3   ← R1         → P1: Q2_ij                 old           round3::AwaitingContributions::receive
//! round 4   ← P1         → P2: p_ij, R2: F_i         new, old      round4::AwaitingCommitments::receive
//!           ·            → P2: p_ij, R2: F_i         leaving       round4::AwaitingCommitments::leave
//! round 5   ← R2         · nothing                   leaving       round5::AwaitingPolynomials::receive
//!           ← R2, P2     → OT1                       new           round5::AwaitingShares::receive
//! round 6   ← OT1        → OT2                       new           round6::AwaitingOffers::receive
//! round 7   ← OT2        · the new share             new           round7::AwaitingAnswers::receive
//! ```

mod message;
mod round1;
mod round2;
mod round3;
mod round4;
mod round5;
mod round6;
mod round7;
mod run;
mod session;

pub use run::Params;
pub use session::Session;
