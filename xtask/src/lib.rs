//! The project's own chores: what a person or CI does to the project, not what the project does.
//!
//! * [`mod@test`]: everything that has to pass, and the installing of what it needs.
//! * [`edges`]: the table of crates, enforced.
//! * [`checks`]: the table of checks, generated, and the proof that each has a test of its own.
//! * [`counts`]: how many instructions a ceremony takes, beside the counts on record.
//! * [`timing`]: whether time tells secrets.
//! * [`vectors`]: recorded ceremonies, replayed to the byte.
//! * [`transactions`]: recorded transactions, the same.
//! * [`fuzz`]: arbitrary bytes for everything that reads bytes.
//! * [`interop`]: live ceremonies with the production engines.
//! * [`sdk`]: live ceremonies with the real SDK.
//! * [`lanes`]: narrower instructions than the processor has.
//! * [`shown`]: the table of what shows each protocol, generated.
//! * [`words`]: the words of ceremonies, held to the code.

pub mod checks;
pub mod counts;
pub mod edges;
pub mod fuzz;
pub mod interop;
pub mod lanes;
pub mod packages;
pub mod script;
pub mod sdk;
pub mod seat;
pub mod shown;
pub mod test;
pub mod timing;
pub mod transactions;
pub mod vectors;
pub mod words;
pub mod workspace;

/// What a chore ends with: a sentence about what is wrong, if anything is.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;
