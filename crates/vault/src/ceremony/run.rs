//! One protocol of a ceremony, from what it is to do to what it ends with.
//!
//! ```text
//! RunPlan ──setup──▶ Instance ──start──▶ ActiveRun ──rounds──▶ RunResult
//! ```

pub(super) mod active;
pub(super) mod commitment;
pub(super) mod new_shares;
pub(super) mod pending;
pub(super) mod plan;
pub(super) mod published;
pub(super) mod result;
pub(super) mod setups;
pub(super) mod signing;
