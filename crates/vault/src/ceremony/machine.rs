//! The machine: one device's part in one ceremony.

use rand_core::CryptoRng;

use super::context::{Context, Device, Meeting};
use super::io::{Answer, Decision, Effect, Millis, Outcome, Want};
use super::plan::Plan;
use super::stage::{Lobby, Stage};
use crate::failure::{Failure, Kind};
use crate::store::StoreError;

/// One device's part in one ceremony.
pub struct Ceremony {
    context: Context,
    stage: Stage,
}

impl Ceremony {
    /// Opens the lobby in which the devices meet for this plan.
    pub(super) fn open(
        device: &Device<'_>,
        meeting: Meeting,
        plan: Plan,
        rng: &mut dyn CryptoRng,
    ) -> Self {
        let mut context = Context::new(meeting, device);
        let stage = Stage::Lobby(Lobby::open(&mut context, plan, rng));
        Self { context, stage }
    }

    /// What to fetch now.
    pub fn wants(&self) -> Vec<Want> {
        self.stage.wants(&self.context)
    }

    /// Takes what the relay had.
    pub fn answer(&mut self, now: Millis, answer: Answer, rng: &mut dyn CryptoRng) {
        self.step(now, |stage, context| stage.answer(context, answer, rng));
    }

    /// Lets time pass: deadlines are checked here and only here.
    pub fn tick(&mut self, now: Millis, rng: &mut dyn CryptoRng) {
        self.step(now, |stage, context| stage.tick(context, rng));
    }

    /// The person has answered [`Effect::Ask`].
    pub fn decide(&mut self, now: Millis, decision: Decision, rng: &mut dyn CryptoRng) {
        self.step(now, |stage, context| stage.decide(context, decision, rng));
    }

    /// The person, or the system, stops this device. The peers are told; nothing that is stored is lost.
    pub fn interrupt(&mut self, now: Millis, rng: &mut dyn CryptoRng) {
        self.step(now, |stage, context| {
            let failure = Failure::new(
                Kind::Interrupted,
                "interrupted at this device",
                stage.after_leaving(),
            );
            stage.leave(context, failure, Some("interrupted"), rng)
        });
    }

    /// A change could not be made durable: the ceremony ends here, before anything that depended on it.
    pub fn store_failed(&mut self, now: Millis, error: &StoreError, rng: &mut dyn CryptoRng) {
        self.step(now, |stage, context| {
            context.effects.clear();
            let hint = match error {
                StoreError::Full { .. } => "make room on that disk, then run the ceremony again",
                _ => "mend that, then run the ceremony again",
            };
            let failure = Failure::new(Kind::Store, error.to_string(), hint);
            stage.leave(context, failure, Some("interrupted"), rng)
        });
    }

    /// What to do, in order.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        core::mem::take(&mut self.context.effects)
    }

    /// Whom this device waits for, by name.
    pub fn awaiting(&self) -> Vec<String> {
        self.stage.awaiting(&self.context)
    }

    /// How long it has been since anything useful arrived, in milliseconds.
    pub fn quiet(&self, now: Millis) -> u64 {
        now.since(self.context.last_news)
    }

    /// The end, once it has come and the effects have been performed.
    pub fn outcome(&self) -> Option<&Result<Outcome, Failure>> {
        match &self.stage {
            Stage::Over(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// The session, the key and the names of this meeting.
    pub fn meeting(&self) -> &Meeting {
        &self.context.meeting
    }

    fn step(&mut self, now: Millis, change: impl FnOnce(Stage, &mut Context) -> Stage) {
        self.context.now = now;
        let stage = core::mem::replace(&mut self.stage, Stage::Moving);
        self.stage = change(stage, &mut self.context);
    }
}
