//! Protocols whose setups are not here when the first one begins: another client that imports a seed phrase makes each
//! setup when its protocol's turn has come (CEREMONY 11.9).

use std::collections::VecDeque;

use quorate_wire::relay_api::Namespace;
use rand_core::CryptoRng;

use super::Want;
use super::desk::Desk;
use super::engine::Leg;
use super::setups::{Act, Setups};
use super::task::Task;
use crate::failure::Failure;

/// The most that is kept for protocols without a setup, in bytes.
const ROOM: usize = 64 << 20;

/// The protocols that still lack their setups, in order.
#[derive(Default)]
pub(super) struct Late {
    acts: VecDeque<(usize, Act)>,
    /// Frames that came meanwhile: some device may have begun with the next protocol before this one has its setup.
    kept: Vec<Vec<u8>>,
    room: usize,
}

impl Late {
    /// Those of the acts that come after the first `seated`.
    pub(super) fn after(seated: usize, acts: Vec<Act>) -> Self {
        Self {
            acts: acts.into_iter().enumerate().skip(seated).collect(),
            kept: Vec::new(),
            room: ROOM,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.acts.is_empty()
    }

    /// The setup of the next one.
    pub(super) fn wants(&self) -> Vec<Want> {
        let next = self.acts.front().into_iter().flat_map(|(_, act)| &act.slots);
        next.cloned().map(Want::Setup).collect()
    }

    /// A frame that may be for one of them.
    pub(super) fn keep(&mut self, frame: &[u8]) {
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
    pub(super) fn seat(
        &mut self,
        desk: &Desk,
        task: &Task,
        names: &[String],
        (slot, body): (&Namespace, &str),
        rng: &mut dyn CryptoRng,
    ) -> Option<Result<Leg, Failure>> {
        let (_, next) = self.acts.front()?;
        let bytes = next.slots.contains(slot).then(|| desk.meeting.key.open(body).ok())??;
        let (at, act) = self.acts.pop_front()?;
        let mut seated = || {
            let seat = Setups::seat(&act, &bytes, Some(names), desk, rng)?;
            task.judge(at, &seat.setup, names, &desk.meeting.initiator_name())?;
            let mut leg = task.start_act(at, seat, rng)?;
            for frame in &self.kept {
                // Who has given up will not say another word, which is noticed then.
                leg.engine.keep(frame);
            }
            Ok(leg)
        };
        Some(seated())
    }
}
