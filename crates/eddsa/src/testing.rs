//! What unit tests share: the recorded vectors.

pub(crate) use quorate_core::simulation::recorded::{Script, array, bytes, list};
use serde_json::Value;

/// The vectors of `vectors/eddsa/<name>.json.xz`.
pub(crate) fn vectors(name: &str) -> Value {
    quorate_core::simulation::recorded::vectors("eddsa", name)
}
