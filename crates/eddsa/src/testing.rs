//! What tests share: recorded vectors, and randomness that follows a script.

#![allow(dead_code, reason = "every test program uses its own part of this")]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io::Read;

use rand_core::{TryCryptoRng, TryRng};
use serde_json::Value;

/// The vectors of `vectors/eddsa/<name>.json.xz`.
#[expect(clippy::disallowed_methods, reason = "tests read the recorded vectors")]
pub(crate) fn vectors(name: &str) -> Value {
    let path = format!("{}/../../vectors/eddsa/{name}.json.xz", env!("CARGO_MANIFEST_DIR"));
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
pub(crate) struct Script(VecDeque<Vec<u8>>);

impl Script {
    /// Plays these values.
    pub(crate) fn of(values: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self(values.into_iter().collect())
    }

    /// Whether everything has been drawn.
    pub(crate) fn is_over(&self) -> bool {
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
        let value = self.0.pop_front().expect("a draw beyond the end of the script");
        assert_eq!(value.len(), drawn.len(), "another draw was recorded");
        drawn.copy_from_slice(&value);
        Ok(())
    }
}

impl TryCryptoRng for Script {}
