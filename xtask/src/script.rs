//! A source of randomness that is none: bytes that are known beforehand, in the order in which they are drawn.

use std::collections::VecDeque;

use rand_core::{Infallible, TryCryptoRng, TryRng};

use crate::Result;

/// Known bytes as a source of randomness.
pub struct Script {
    bytes: VecDeque<u8>,
    /// More was drawn than there was.
    overdrawn: bool,
}

impl Script {
    /// These bytes.
    #[must_use]
    pub fn of(bytes: impl Into<VecDeque<u8>>) -> Self {
        Self { bytes: bytes.into(), overdrawn: false }
    }

    /// Says so unless exactly these bytes have been drawn.
    pub fn is_played_out(&self) -> Result<()> {
        match (self.overdrawn, self.bytes.len()) {
            (false, 0) => Ok(()),
            (false, left) => Err(format!("{left} recorded bytes were not drawn").into()),
            (true, _) => Err("more was drawn than was recorded".into()),
        }
    }
}

impl TryRng for Script {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> std::result::Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> std::result::Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, filled: &mut [u8]) -> std::result::Result<(), Infallible> {
        for byte in filled {
            // Past the end of the script anything will do that is a scalar: the replay has failed already.
            let scripted = self.bytes.pop_front();
            self.overdrawn |= scripted.is_none();
            *byte = scripted.unwrap_or(1);
        }
        Ok(())
    }
}

impl TryCryptoRng for Script {}
