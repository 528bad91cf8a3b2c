//! What unit tests share: the recorded vectors, and scalars.

use k256::elliptic_curve::ff::PrimeField;
use k256::elliptic_curve::group::GroupEncoding;
use k256::{ProjectivePoint, Scalar};
use quorate_core::simulation::recorded;
pub(crate) use quorate_core::simulation::recorded::{
    Script, array, base_ot_receiver, base_ot_sender, bytes, list,
};
use quorate_core::simulation::seeded;
pub(crate) use quorate_core::simulation::switch;
use serde_json::Value;

/// The vectors of `vectors/dkls23/<name>.json.xz`.
pub(crate) fn vectors(name: &str) -> Value {
    recorded::vectors("dkls23", name)
}

/// What is drawn under these names. A name with `r_other_dlog` stands for a point, of which the logarithm is recorded.
pub(crate) fn script(recorded: &Value, names: impl IntoIterator<Item = String>) -> Script {
    Script::named(recorded, names, |name, value| {
        if name.contains("r_other_dlog") { point(&value) } else { value }
    })
}

fn point(dlog: &[u8]) -> Vec<u8> {
    let dlog: [u8; 32] = dlog.try_into().unwrap();
    let dlog = Scalar::from_repr(dlog.into()).unwrap();
    ProjectivePoint::mul_by_generator(&dlog).to_bytes().to_vec()
}

/// Sixteen scalars: those at the edges, and random ones.
pub(crate) fn scalars(seed: u64) -> [Scalar; 16] {
    let mut rng = seeded(seed);
    let half = Scalar::from_u128(u128::MAX);
    let edges =
        [Scalar::ZERO, Scalar::ONE, -Scalar::ONE, half, -half, half + Scalar::ONE, half * half];
    let mut edges = edges.into_iter();
    core::array::from_fn(|_| {
        edges.next().unwrap_or_else(|| Scalar::generate_biased_from_rng(&mut rng))
    })
}
