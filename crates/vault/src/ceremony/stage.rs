//! The stages of a ceremony, each a file: what it waits for, and what follows.
//!
//! ```text
//! Lobby ─► Setup ─► Consent ─► Running ─┬─► (signatures) Over
//!                                       ├─► (new shares) Views ─► VoteSetup ─► Running ─► Certificate ─► Over
//!                                       └─► (new shares, among other clients) Completion ─► Over
//! ```

mod commit;
mod completion;
mod consent;
mod lobby;
mod running;

use rand_core::CryptoRng;

pub(super) use self::lobby::Lobby;
use super::context::Context;
use super::io::{Answer, Decision, Outcome, Want};
use crate::failure::{Failure, Kind, Remedy};

/// Where a ceremony stands.
///
/// No stage asks which ceremony this is. What differs between ceremonies is in the plan, and a stage hands the next one
/// what is left of it.
pub(super) enum Stage {
    Lobby(lobby::Lobby),
    Setup(consent::AwaitingSetup),
    Consent(consent::AwaitingConsent),
    Running(running::Running),
    Views(commit::AwaitingViews),
    VoteSetup(commit::AwaitingVoteSetup),
    Certificate(commit::AwaitingCertificate),
    Completion(completion::AwaitingCompletion),
    Over(Result<Outcome, Failure>),
    /// Stands here while one stage becomes the next: a stage is moved into its step, and cannot be used again.
    Moving,
}

impl Stage {
    /// What to fetch now.
    pub(super) fn wants(&self, context: &Context) -> Vec<Want> {
        match self {
            Self::Lobby(stage) => stage.wants(context),
            Self::Setup(stage) => stage.wants(),
            Self::Consent(stage) => stage.wants(context),
            Self::Running(stage) => stage.wants(context),
            Self::Views(_) => commit::AwaitingViews::wants(),
            Self::VoteSetup(stage) => stage.wants(),
            Self::Certificate(stage) => stage.wants(),
            Self::Completion(_) => completion::AwaitingCompletion::wants(),
            Self::Over(_) | Self::Moving => Vec::new(),
        }
    }

    /// Takes what the relay had.
    pub(super) fn answer(
        self,
        context: &mut Context,
        answer: Answer,
        rng: &mut dyn CryptoRng,
    ) -> Self {
        match self {
            Self::Lobby(stage) => stage.answer(context, answer, rng),
            Self::Setup(stage) => stage.answer(context, answer, rng),
            Self::Consent(stage) => stage.answer(context, &answer),
            Self::Running(stage) => stage.answer(context, answer, rng),
            Self::Views(stage) => stage.answer(context, answer, rng),
            Self::VoteSetup(stage) => stage.answer(context, answer, rng),
            Self::Certificate(stage) => stage.answer(context, &answer),
            Self::Completion(stage) => stage.answer(context, answer),
            over => over,
        }
    }

    /// Lets time pass: deadlines are checked here and only here.
    pub(super) fn tick(self, context: &mut Context, rng: &mut dyn CryptoRng) -> Self {
        if context.total_elapsed() && !matches!(self, Self::Over(_)) {
            let minutes = context.patience.total / 60_000;
            let failure = Failure::new(
                Kind::Silent,
                format!("the ceremony did not finish within {minutes} minutes"),
                "start it again when all devices are at hand",
            );
            return self.leave(context, failure, None, rng);
        }
        match self {
            Self::Lobby(stage) => stage.tick(context, rng),
            Self::Setup(stage) => stage.tick(context, rng),
            Self::Running(stage) => stage.tick(context, rng),
            Self::Views(stage) => stage.tick(context),
            Self::VoteSetup(stage) => stage.tick(context),
            Self::Certificate(stage) => stage.tick(context),
            Self::Completion(stage) => stage.tick(context),
            waiting => waiting,
        }
    }

    /// The person has answered.
    pub(super) fn decide(
        self,
        context: &mut Context,
        decision: Decision,
        rng: &mut dyn CryptoRng,
    ) -> Self {
        match self {
            Self::Consent(stage) => stage.decide(context, decision, rng),
            other => other,
        }
    }

    /// Whom this device waits for, by name.
    pub(super) fn awaiting(&self, context: &Context) -> Vec<String> {
        match self {
            Self::Lobby(stage) => stage.awaiting(context),
            Self::Setup(_) | Self::VoteSetup(_) => vec![context.meeting.initiator_name()],
            Self::Running(stage) => stage.awaiting(context),
            Self::Views(stage) => stage.awaiting(),
            Self::Completion(stage) => stage.awaiting(context),
            Self::Consent(_) | Self::Certificate(_) | Self::Over(_) | Self::Moving => Vec::new(),
        }
    }

    /// Ends the ceremony from wherever it is, telling the peers.
    pub(super) fn leave(
        self,
        context: &mut Context,
        failure: Failure,
        gone: Option<&'static str>,
        rng: &mut dyn CryptoRng,
    ) -> Self {
        match self {
            Self::Over(outcome) => return Self::Over(outcome),
            Self::Running(mut running) => running.post_abort(context, rng),
            Self::Consent(consent) => consent.post_abort(context, rng),
            _ => {}
        }
        if let Some(reason) = gone {
            context.say_gone(reason, rng);
        }
        Self::Over(Err(failure))
    }

    /// What a person should know when they stop here.
    pub(super) fn after_leaving(&self) -> Remedy {
        let committing = match self {
            Self::Views(_) | Self::VoteSetup(_) | Self::Certificate(_) | Self::Completion(_) => {
                true
            }
            Self::Running(running) => running.certifies(),
            _ => false,
        };
        if committing {
            Remedy::JoinNextOrResume
        } else {
            "nothing was lost; start again when you like".into()
        }
    }
}
