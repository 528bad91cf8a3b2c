//! What tests share: recorded vectors, randomness that follows a script, and the switch that takes a check away.

#![allow(dead_code, reason = "every test program uses its own part of this")]

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::io::Read;

use k256::elliptic_curve::ff::PrimeField;
use k256::elliptic_curve::group::GroupEncoding;
use k256::{ProjectivePoint, Scalar};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_core::{TryCryptoRng, TryRng};
use serde_json::Value;

/// Switches off the check that the environment names, so that the test that needs it can be seen to fail.
#[expect(
    clippy::disallowed_methods,
    reason = "the test program itself decides which check it does without"
)]
pub(crate) fn switch() {
    if let Ok(id) = std::env::var("QUORATE_CHECK_OFF") {
        quorate_core::check::switch::off(id);
    }
}

/// The vectors of `vectors/dkls23/<name>.json.xz`.
#[expect(clippy::disallowed_methods, reason = "tests read the recorded vectors")]
pub(crate) fn vectors(name: &str) -> Value {
    let path = format!("{}/../../vectors/dkls23/{name}.json.xz", env!("CARGO_MANIFEST_DIR"));
    let packed = std::fs::read(&path).unwrap();
    let mut text = String::new();
    lzma_rust2::XzReader::new(&packed[..], true).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A hex string of a vector file.
pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

/// A hex string that encodes exactly `N` bytes.
pub(crate) fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().unwrap()
}

/// Every element of an array of a vector file.
pub(crate) fn list<T>(value: &Value, read: impl Fn(&Value) -> T) -> Vec<T> {
    value.as_array().unwrap().iter().map(read).collect()
}

/// A source of randomness that says recorded values, one a draw, and accepts no draw of another length.
pub(crate) struct Script(VecDeque<(String, Vec<u8>)>);

impl Script {
    /// Plays the named values of a recording `[[name, hex], …]` in the order of `names`.
    ///
    /// A name that ends in `r_other_dlog[i]` stands for the encoding of that multiple of the generator.
    pub(crate) fn new(recorded: &Value, names: impl IntoIterator<Item = String>) -> Self {
        let recorded: BTreeMap<&str, Vec<u8>> = recorded
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| (pair[0].as_str().unwrap(), bytes(&pair[1])))
            .collect();
        let play = |name: String| {
            let value = recorded.get(&*name).unwrap_or_else(|| panic!("no {name} recorded"));
            let said = if name.contains("r_other_dlog") { point(value) } else { value.clone() };
            (name, said)
        };
        Self(names.into_iter().map(play).collect())
    }

    /// Plays these values.
    pub(crate) fn of(values: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self(values.into_iter().map(|value| (String::new(), value)).collect())
    }

    /// Whether everything has been drawn.
    pub(crate) fn is_over(&self) -> bool {
        self.0.is_empty()
    }
}

fn point(dlog: &[u8]) -> Vec<u8> {
    let dlog: [u8; 32] = dlog.try_into().unwrap();
    let dlog = Scalar::from_repr(dlog.into()).unwrap();
    ProjectivePoint::mul_by_generator(&dlog).to_bytes().to_vec()
}

/// Sixteen scalars: those at the edges, and random ones.
pub(crate) fn scalars(seed: u64) -> [Scalar; 16] {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let half = Scalar::from_u128(u128::MAX);
    let edges =
        [Scalar::ZERO, Scalar::ONE, -Scalar::ONE, half, -half, half + Scalar::ONE, half * half];
    let mut edges = edges.into_iter();
    core::array::from_fn(|_| {
        edges.next().unwrap_or_else(|| Scalar::generate_biased_from_rng(&mut rng))
    })
}

/// What the base-OT receiver draws, in its order.
pub(crate) fn base_ot_receiver(prefix: &str) -> impl Iterator<Item = String> {
    let each = ["t_a", "r_other_dlog"]
        .into_iter()
        .flat_map(move |name| (0..256).map(move |i| format!("{prefix}{name}[{i}]")));
    std::iter::once(format!("{prefix}choice_bits")).chain(each)
}

/// What the base-OT sender draws, in its order.
pub(crate) fn base_ot_sender(prefix: &str) -> impl Iterator<Item = String> {
    (0..256).flat_map(move |i| [format!("{prefix}t_b0[{i}]"), format!("{prefix}t_b1[{i}]")])
}

impl TryRng for Script {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("randomness is drawn as byte strings")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("randomness is drawn as byte strings")
    }

    fn try_fill_bytes(&mut self, drawn: &mut [u8]) -> Result<(), Infallible> {
        let (name, value) = self.0.pop_front().expect("a draw beyond the end of the script");
        assert_eq!(value.len(), drawn.len(), "another draw where {name} was recorded");
        drawn.copy_from_slice(&value);
        Ok(())
    }
}

impl TryCryptoRng for Script {}
