//! A source of randomness that says recorded values, one a draw, and accepts no draw of another length.

use std::collections::VecDeque;
use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};
use serde_json::Value;

use crate::recorded::bytes;

/// Recorded values, in the order in which our rounds draw them.
#[derive(Default)]
pub(crate) struct Script(VecDeque<Vec<u8>>);

impl Script {
    /// The next draw.
    pub(crate) fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.0.push_back(value.to_vec());
        self
    }

    /// The next draw, recorded.
    pub(crate) fn one(&mut self, value: &Value) -> &mut Self {
        self.bytes(&bytes(value))
    }

    /// The next draws: all values of a recorded list but the first `skipped`.
    pub(crate) fn each(&mut self, values: &Value, skipped: usize) -> &mut Self {
        let values = values.as_array().unwrap().iter().skip(skipped);
        self.0.extend(values.map(bytes));
        self
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
