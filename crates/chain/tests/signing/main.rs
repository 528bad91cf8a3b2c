//! From payload to signed transaction: as the field does it, what is shown, and what is refused.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod changes;
mod golden;
mod messages;
mod payments;
mod readings;
mod refusals;
mod vectors;
