//! A ceremony: what a person understands as one act (keygen, keysign, reshare), from meeting to result.
//!
//! A sans-IO machine, one per device and act (`spec/ceremony.md`). The host asks [`Ceremony::wants`] what to fetch
//! from the relay, feeds the answers, performs [`Ceremony::take_effects`] *in order*, and stops when there is an
//! outcome. The order of effects is the safety argument: what must be durable before it is sent comes first.
//!
//! ```text
//! Lobby ─► Setup ─► Consent ─► Running ─┬─► (keysign) Over
//!                                       ├─► (keygen, reshare) Views ─► Setup ─► Running ─► Certificate ─► Over
//!                                       └─► (the same, open to other clients) Completion ─► Over
//! ```

mod commit;
mod completion;
mod consent;
mod desk;
mod engine;
pub mod import;
mod invite;
pub mod join;
pub mod keygen;
pub mod keysign;
mod late;
mod lobby;
mod mail;
mod payload;
mod published;
pub mod reshare;
pub mod resume;
mod running;
mod setups;
mod subject;
mod task;

use quorate_wire::relay_api::{Message, Namespace};
use rand_core::CryptoRng;

pub use self::consent::{Decision, Request};
use self::desk::Desk;
pub use self::desk::{Meeting, Patience, Role};
pub use self::invite::{Device, Manner, Route};
pub use self::subject::{Signature, Signed, Suite};
pub use self::task::{judge_threshold, least_threshold};
use crate::failure::{Failure, Kind};
use crate::store::{Change, Sharing, StoreError};

/// Milliseconds of a clock that never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(pub u64);

impl Millis {
    /// How long it has been since `earlier`, in milliseconds.
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Something to fetch from the relay, again and again until it is no longer wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// Who has registered.
    Participants,
    /// The committee, once the initiator has published it.
    Started,
    /// A setup message (or a hello: they live in the same slots).
    Setup(Namespace),
    /// This device's mailbox.
    Mailbox(Namespace),
    /// A finished signature.
    Result(Namespace),
    /// Who has said that it is done.
    Finished,
}

/// What the relay had.
#[derive(Clone, Debug)]
pub enum Answer {
    /// To [`Want::Participants`], in the order of joining.
    Participants(Vec<String>),
    /// To [`Want::Started`]; empty while there is none.
    Started(Vec<String>),
    /// To [`Want::Setup`].
    Setup(Namespace, Option<String>),
    /// To [`Want::Mailbox`].
    Mailbox(Namespace, Vec<Message>),
    /// To [`Want::Result`].
    Result(Namespace, Option<String>),
    /// To [`Want::Finished`].
    Finished(Vec<String>),
}

/// Something to do, in the order given.
#[derive(Debug)]
pub enum Effect {
    /// Add this device to the session's participants.
    Register,
    /// Publish the committee.
    Start(Vec<String>),
    /// Store a setup message or a hello.
    PutSetup(Namespace, String),
    /// Send a message.
    Post(Namespace, Message),
    /// Remove a message that has been read from this device's mailbox.
    Delete(Namespace, String),
    /// Publish a finished signature under its id.
    PublishResult(Namespace, String),
    /// Tell the others that this device has finished.
    Complete,
    /// Make a change durable. If that fails, perform none of the effects that follow it; call
    /// [`Ceremony::store_failed`].
    Persist(Change),
    /// Ask the person, then call [`Ceremony::decide`].
    Ask(Request),
    /// Tell the person.
    Show(Event),
}

/// News for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A device is in the lobby.
    Joined {
        /// Its name.
        party: String,
        /// How many there are now, this device included.
        count: usize,
        /// How many are needed.
        needed: usize,
    },
    /// A round has begun.
    Progress {
        /// `keygen`, `keysign`, `reshare` or `commit`.
        ceremony: &'static str,
        /// Of which of the vault's keys.
        key: Suite,
        /// The chain whose own key it is, if it is one's (CEREMONY 11).
        chain: Option<String>,
        /// The round, from 1.
        round: u8,
        /// How many there are.
        of: u8,
    },
    /// A sharing that was waiting for its certificate has become active on this device.
    Activated {
        /// The vault's name.
        vault: String,
        /// The epoch.
        epoch: u64,
    },
    /// A device will never again be run with in this sharing.
    Banned {
        /// The device.
        party: String,
        /// The check it failed.
        check: String,
    },
}

/// What a ceremony leaves behind.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A sharing that is now active on this device.
    Vault {
        /// The vault's name on this device.
        name: String,
        /// The sharing.
        sharing: Box<Sharing>,
    },
    /// A signature, verified.
    Signature(Box<Signed>),
}

enum Stage {
    Lobby(lobby::Lobby),
    Setup(consent::AwaitingSetup),
    Consent(consent::AwaitingConsent),
    Running(running::Running),
    Views(commit::AwaitingViews),
    VoteSetup(commit::AwaitingVoteSetup),
    Certificate(commit::AwaitingCertificate),
    Completion(completion::AwaitingCompletion),
    Over(Result<Outcome, Failure>),
    /// Only while a transition runs.
    Moving,
}

/// One device's part in one ceremony.
pub struct Ceremony {
    desk: Desk,
    stage: Stage,
}

impl Ceremony {
    fn open(desk: Desk, lobby: lobby::Lobby) -> Self {
        Self { desk, stage: Stage::Lobby(lobby) }
    }

    /// What to fetch now.
    pub fn wants(&self) -> Vec<Want> {
        match &self.stage {
            Stage::Lobby(stage) => stage.wants(&self.desk),
            Stage::Setup(stage) => stage.wants(&self.desk),
            Stage::Consent(stage) => stage.wants(&self.desk),
            Stage::Running(stage) => stage.wants(&self.desk),
            Stage::Views(_) => commit::AwaitingViews::wants(),
            Stage::VoteSetup(stage) => stage.wants(),
            Stage::Certificate(stage) => stage.wants(),
            Stage::Completion(_) => completion::AwaitingCompletion::wants(),
            Stage::Over(_) | Stage::Moving => Vec::new(),
        }
    }

    /// Takes what the relay had.
    pub fn answer(&mut self, now: Millis, answer: Answer, rng: &mut dyn CryptoRng) {
        self.step(now, |stage, desk| match stage {
            Stage::Lobby(stage) => stage.answer(desk, answer, rng),
            Stage::Setup(stage) => stage.answer(desk, answer, rng),
            Stage::Consent(stage) => stage.answer(desk, &answer),
            Stage::Running(stage) => stage.answer(desk, answer, rng),
            Stage::Views(stage) => stage.answer(desk, answer, rng),
            Stage::VoteSetup(stage) => stage.answer(desk, answer, rng),
            Stage::Certificate(stage) => stage.answer(desk, &answer),
            Stage::Completion(stage) => stage.answer(desk, answer),
            over => over,
        });
    }

    /// Lets time pass: deadlines are checked here and only here.
    pub fn tick(&mut self, now: Millis, rng: &mut dyn CryptoRng) {
        self.step(now, |stage, desk| {
            if desk.total_elapsed() && !matches!(stage, Stage::Over(_)) {
                let minutes = desk.patience.total / 60_000;
                return stage.leave(
                    desk,
                    Failure::new(
                        Kind::Silent,
                        format!("the ceremony did not finish within {minutes} minutes"),
                        "start it again when all devices are at hand",
                    ),
                    None,
                    rng,
                );
            }
            match stage {
                Stage::Lobby(stage) => stage.tick(desk, rng),
                Stage::Setup(stage) => stage.tick(desk, rng),
                Stage::Running(stage) => stage.tick(desk, rng),
                Stage::Views(stage) => stage.tick(desk),
                Stage::VoteSetup(stage) => stage.tick(desk),
                Stage::Certificate(stage) => stage.tick(desk),
                Stage::Completion(stage) => stage.tick(desk),
                waiting => waiting,
            }
        });
    }

    /// The person has answered [`Effect::Ask`].
    pub fn decide(&mut self, now: Millis, decision: Decision, rng: &mut dyn CryptoRng) {
        self.step(now, |stage, desk| match stage {
            Stage::Consent(stage) => stage.decide(desk, decision, rng),
            other => other,
        });
    }

    /// The person, or the system, stops this device. The peers are told; nothing that is stored is lost.
    pub fn interrupt(&mut self, now: Millis, rng: &mut dyn CryptoRng) {
        self.step(now, |stage, desk| {
            let failure = Failure::new(
                Kind::Interrupted,
                "interrupted at this device",
                stage.after_leaving(),
            );
            stage.leave(desk, failure, Some("interrupted"), rng)
        });
    }

    /// A change could not be made durable: the ceremony ends here, before anything that depended on it.
    pub fn store_failed(&mut self, now: Millis, error: &StoreError, rng: &mut dyn CryptoRng) {
        self.step(now, |stage, desk| {
            desk.effects.clear();
            let hint = match error {
                StoreError::Full { .. } => "make room on that disk, then run the ceremony again",
                _ => "mend that, then run the ceremony again",
            };
            stage.leave(
                desk,
                Failure::new(Kind::Store, error.to_string(), hint),
                Some("interrupted"),
                rng,
            )
        });
    }

    /// What to do, in order.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        core::mem::take(&mut self.desk.effects)
    }

    /// Whom this device waits for, by name.
    pub fn awaiting(&self) -> Vec<String> {
        match &self.stage {
            Stage::Lobby(stage) => stage.awaiting(&self.desk),
            Stage::Setup(_) | Stage::VoteSetup(_) => vec![self.desk.meeting.initiator_name()],
            Stage::Running(stage) => stage.awaiting(&self.desk),
            Stage::Views(stage) => stage.awaiting(),
            Stage::Completion(stage) => stage.awaiting(&self.desk),
            Stage::Consent(_) | Stage::Certificate(_) | Stage::Over(_) | Stage::Moving => {
                Vec::new()
            }
        }
    }

    /// How long it has been since anything useful arrived, in milliseconds.
    pub fn quiet(&self, now: Millis) -> u64 {
        now.since(self.desk.last_news)
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
        &self.desk.meeting
    }

    fn step(&mut self, now: Millis, change: impl FnOnce(Stage, &mut Desk) -> Stage) {
        self.desk.now = now;
        let stage = core::mem::replace(&mut self.stage, Stage::Moving);
        self.stage = change(stage, &mut self.desk);
    }
}

impl Stage {
    /// Ends the ceremony from wherever it is, telling the peers.
    fn leave(
        self,
        desk: &mut Desk,
        failure: Failure,
        gone: Option<&'static str>,
        rng: &mut dyn CryptoRng,
    ) -> Self {
        match self {
            Self::Over(outcome) => return Self::Over(outcome),
            Self::Running(mut running) => running.post_abort(desk, rng),
            Self::Consent(consent) => consent.post_abort(desk, rng),
            _ => {}
        }
        if let Some(reason) = gone {
            desk.say_gone(reason, rng);
        }
        Self::Over(Err(failure))
    }

    /// What a person should know when they stop here.
    fn after_leaving(&self) -> &'static str {
        let committing = match self {
            Self::Views(_) | Self::VoteSetup(_) | Self::Certificate(_) | Self::Completion(_) => {
                true
            }
            Self::Running(running) => running.is_vote(),
            _ => false,
        };
        if committing {
            "the new sharing is kept on this device; the others may have finished: join the next ceremony, or run \
             'quorate reshare VAULT --resume'"
        } else {
            "nothing was lost; start again when you like"
        }
    }
}
