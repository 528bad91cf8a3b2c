//! Randomness that every run repeats.

use std::collections::BTreeMap;
use std::convert::Infallible;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng, TryCryptoRng, TryRng};

/// A source of randomness that every run repeats.
#[must_use]
pub fn seeded(seed: u64) -> Seeded {
    Seeded { rng: ChaCha20Rng::seed_from_u64(seed), draws: 0, chosen: BTreeMap::new() }
}

/// Randomness that every run repeats; a liar chooses some of it.
#[derive(Clone, Debug)]
pub struct Seeded {
    rng: ChaCha20Rng,
    draws: usize,
    chosen: BTreeMap<usize, [u8; 32]>,
}

impl Seeded {
    /// What the draw of this number gives, from 0. It must be one of 32 bytes.
    #[must_use]
    pub fn choosing(mut self, draw: usize, value: [u8; 32]) -> Self {
        self.chosen.insert(draw, value);
        self
    }
}

impl TryRng for Seeded {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.rng.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.rng.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.rng.fill_bytes(bytes);
        if let Some(value) = self.chosen.get(&self.draws) {
            bytes.copy_from_slice(value);
        }
        self.draws = self.draws.saturating_add(1);
        Ok(())
    }
}

impl TryCryptoRng for Seeded {}
