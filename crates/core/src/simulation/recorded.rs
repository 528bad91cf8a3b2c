//! Recorded ceremonies: the files of `vectors/`, and randomness that says what was recorded.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::io::Read;

use lzma_rust2::XzReader;
use rand_core::{TryCryptoRng, TryRng};
use serde_json::Value;

/// The vectors of `vectors/<folder>/<name>.json.xz`.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "tests read the recorded vectors")]
pub fn vectors(folder: &str, name: &str) -> Value {
    let here = env!("CARGO_MANIFEST_DIR");
    let packed = std::fs::read(format!("{here}/../../vectors/{folder}/{name}.json.xz")).unwrap();
    let mut text = String::new();
    XzReader::new(&packed[..], true).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A hex string of a vector file.
#[must_use]
pub fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

/// A hex string that encodes exactly `N` bytes.
#[must_use]
pub fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().unwrap()
}

/// Every element of an array of a vector file.
#[must_use]
pub fn list<T>(value: &Value, read: impl Fn(&Value) -> T) -> Vec<T> {
    value.as_array().unwrap().iter().map(read).collect()
}

/// A source of randomness that says recorded values, one a draw, and accepts no draw of another length.
#[derive(Default)]
pub struct Script(VecDeque<(String, Vec<u8>)>);

impl Script {
    /// Plays these values.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self(values.into_iter().map(|value| (String::new(), value)).collect())
    }

    /// Plays the named values of a recording `[[name, hex], …]` in the order of `names`. `said` makes of a recorded value
    /// what is drawn.
    #[must_use]
    pub fn named(
        recorded: &Value,
        names: impl IntoIterator<Item = String>,
        said: impl Fn(&str, Vec<u8>) -> Vec<u8>,
    ) -> Self {
        let pairs = list(recorded, |pair| (pair[0].as_str().unwrap().to_owned(), bytes(&pair[1])));
        let mut recorded: BTreeMap<String, Vec<u8>> = pairs.into_iter().collect();
        let play = |name: String| {
            let value = recorded.remove(&name).unwrap_or_else(|| panic!("no {name} recorded"));
            let value = said(&name, value);
            (name, value)
        };
        Self(names.into_iter().map(play).collect())
    }

    /// The next draw.
    pub fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.0.push_back((String::new(), value.to_vec()));
        self
    }

    /// The next draw, recorded.
    pub fn one(&mut self, value: &Value) -> &mut Self {
        self.bytes(&bytes(value))
    }

    /// The next draws: all values of a recorded list but the first `skipped`.
    pub fn each(&mut self, values: &Value, skipped: usize) -> &mut Self {
        let values = values.as_array().unwrap().iter().skip(skipped);
        values.fold(self, |script, value| script.one(value))
    }

    /// Whether everything has been drawn.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.0.is_empty()
    }
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

/// The names of what the receiver of base OTs draws, in its order.
pub fn base_ot_receiver(prefix: &str) -> impl Iterator<Item = String> {
    let each = ["t_a", "r_other_dlog"]
        .into_iter()
        .flat_map(move |name| (0..256).map(move |i| format!("{prefix}{name}[{i}]")));
    std::iter::once(format!("{prefix}choice_bits")).chain(each)
}

/// The names of what the sender of base OTs draws, in its order.
pub fn base_ot_sender(prefix: &str) -> impl Iterator<Item = String> {
    (0..256).flat_map(move |i| [format!("{prefix}t_b0[{i}]"), format!("{prefix}t_b1[{i}]")])
}
