//! Protocols whose setups are not here when the first one begins: some clients make each setup when its protocol's turn
//! has come (CEREMONY 11.9).

use std::collections::VecDeque;

use quorate_wire::relay_api::Namespace;
use rand_core::CryptoRng;

use super::active::ActiveRun;
use super::plan::RunPlan;
use super::setups::Instance;
use crate::ceremony::context::Context;
use crate::ceremony::io::Want;
use crate::failure::Failure;

/// The most that is kept for protocols without a setup, in bytes.
const ROOM: usize = 64 << 20;

/// The protocols that still lack their setups, in order.
#[derive(Default)]
pub(in crate::ceremony) struct PendingRuns {
    runs: VecDeque<RunPlan>,
    /// Frames that came meanwhile: some device may have begun with the next protocol before this one has its setup.
    kept: Vec<Vec<u8>>,
    room: usize,
}

impl PendingRuns {
    pub(in crate::ceremony) fn new(runs: Vec<RunPlan>) -> Self {
        Self { runs: runs.into(), kept: Vec::new(), room: ROOM }
    }

    pub(in crate::ceremony) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The setup of the next one.
    pub(in crate::ceremony) fn wants(&self) -> Vec<Want> {
        let next = self.runs.front().into_iter().flat_map(|run| &run.slots);
        next.cloned().map(Want::Setup).collect()
    }

    /// A frame that may be for one of them.
    pub(in crate::ceremony) fn keep(&mut self, frame: &[u8]) {
        if !self.is_empty()
            && let Some(room) = self.room.checked_sub(frame.len())
        {
            self.room = room;
            self.kept.push(frame.to_vec());
        }
    }

    /// The next protocol, if this is its setup: sealed with the session's key, and saying what was agreed.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it.
    pub(in crate::ceremony) fn start(
        &mut self,
        context: &Context,
        names: &[String],
        (slot, body): (&Namespace, &str),
        rng: &mut dyn CryptoRng,
    ) -> Option<Result<ActiveRun, Failure>> {
        let next = self.runs.front()?;
        let bytes = next.slots.contains(slot).then(|| context.meeting.key.open(body).ok())??;
        let run = self.runs.pop_front()?;
        let started = || {
            let instance = Instance::read(&run, &bytes, Some(names), context, rng)?;
            run.check(&instance.setup, names, &context.meeting.initiator_name())?;
            let mut active = run.start(instance, rng)?;
            for frame in &self.kept {
                // Who has given up will not say another word, which is noticed then.
                active.engine.keep(frame);
            }
            Ok(active)
        };
        Some(started())
    }
}
