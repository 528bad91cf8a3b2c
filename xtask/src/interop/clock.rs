//! What a ceremony costs.

use std::time::Duration;

use peak_alloc::PeakAlloc;
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
    /// What our parties had of the heap when they had most.
    pub(super) heap: usize,
}

/// The heap, which remembers when it held most.
#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// The clocks of both processes, and our heap.
pub(super) struct Clock {
    ours: Duration,
    theirs: Duration,
    heap: usize,
}

impl Clock {
    pub(super) fn start(engine: &mut Driver) -> Result<Self> {
        let theirs = engine.processor_time()?;
        HEAP.reset_peak_usage();
        Ok(Self { ours: processor_time()?, theirs, heap: HEAP.current_usage() })
    }

    /// The time that has passed on each, and how much more than at first our heap held.
    pub(super) fn stop(self, engine: &mut Driver) -> Result<Cost> {
        let ours = processor_time()?.saturating_sub(self.ours);
        let heap = HEAP.peak_usage().saturating_sub(self.heap);
        let theirs = engine.processor_time()?.saturating_sub(self.theirs);
        Ok(Cost { ours, theirs, heap, ..Cost::default() })
    }
}

fn processor_time() -> Result<Duration> {
    Ok(clock_gettime(ClockId::ProcessCPUTime).try_into()?)
}
