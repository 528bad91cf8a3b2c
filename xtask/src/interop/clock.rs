//! What a ceremony costs.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use super::driver::Driver;
use crate::Result;

/// What a ceremony has cost all parties together.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    /// Time of the processor in this process: our parties, their framing and encryption, and carrying messages.
    pub(super) ours: Duration,
    /// Time of the processor inside the production engine.
    pub(super) theirs: Duration,
    /// What all have sent, a copy a receiver.
    pub(super) bytes: usize,
    /// How many messages had to follow one another.
    pub(super) rounds: usize,
    /// How long a share is, where one results.
    pub(super) share: Option<usize>,
}

/// The clocks of both processes.
pub(super) struct Clock {
    ours: Duration,
    theirs: Duration,
}

impl Clock {
    pub(super) fn start(engine: &mut Driver) -> Result<Self> {
        let theirs = engine.processor_time()?;
        Ok(Self { ours: processor_time()?, theirs })
    }

    /// The time that has passed on each.
    pub(super) fn stop(self, engine: &mut Driver) -> Result<(Duration, Duration)> {
        let ours = processor_time()?.saturating_sub(self.ours);
        Ok((ours, engine.processor_time()?.saturating_sub(self.theirs)))
    }
}

fn processor_time() -> Result<Duration> {
    Ok(clock_gettime(ClockId::ProcessCPUTime).try_into()?)
}
