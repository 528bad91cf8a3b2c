//! The two-step commit of a new sharing (`spec/commit.md`): stage, compare, sign once together, activate.

use std::collections::BTreeMap;

use quorate_wire::commit::Prep;
use quorate_wire::relay_api::Namespace;
use rand_core::CryptoRng;

use super::Stage;
use super::completion::AwaitingCompletion;
use super::running::Running;
use crate::ceremony::context::{CERTIFICATE, Context};
use crate::ceremony::io::{Answer, Effect, Millis, Outcome, Want};
use crate::ceremony::plan::finish::{Finish, NewSharing};
use crate::ceremony::run::commitment::Commitment;
use crate::ceremony::run::new_shares::NewShares;
use crate::ceremony::run::pending::PendingRuns;
use crate::ceremony::run::plan::RunPlan;
use crate::ceremony::run::result::RunResult;
use crate::ceremony::run::setups::Setups;
use crate::failure::{Failure, Kind, Remedy};
use crate::home;
use crate::store::{Change, State};

/// The members compare what they hold.
pub(in crate::ceremony) struct AwaitingViews {
    commitment: Commitment,
    views: BTreeMap<String, [u8; 32]>,
}

/// All hold the same; the initiator makes the setups of the one signing.
pub(in crate::ceremony) struct AwaitingVoteSetup {
    commitment: Box<Commitment>,
    runs: Vec<RunPlan>,
    setups: Setups,
}

/// The vote failed here; it may have succeeded elsewhere.
pub(in crate::ceremony) struct AwaitingCertificate {
    commitment: Box<Commitment>,
    failure: Failure,
    until: Millis,
}

/// COMMIT 3, STAGE and PREP: write the shares down, then say what was written.
pub(super) fn stage(
    context: &mut Context,
    new: NewSharing,
    results: Vec<RunResult>,
    names: &[String],
    rng: &mut dyn CryptoRng,
) -> Stage {
    let another_key = || Stage::Over(Err(Failure::fault(ANOTHER_KEY)));
    let Some(made) = NewShares::of(results, &new) else { return another_key() };
    let session = context.meeting.session.as_str();
    let Some((sharing, shares)) = made.sharing(&new, names, session, context.today()) else {
        return another_key();
    };
    // What will be read back later must load now, under every check of the loader.
    let Ok(keys) = home::load_keys(&shares, &sharing) else { return Stage::Over(Err(fault())) };
    let name = new.name;
    context.effects.push(Effect::Persist(Change::Stage {
        name: name.clone(),
        sharing: sharing.clone(),
        shares,
    }));
    let Some(digest) = sharing.digest else {
        return AwaitingCompletion::open(context, name, sharing);
    };
    let prep = Prep { staged: digest }.to_json();
    let me = context.meeting.me.clone();
    for party in names.iter().filter(|party| **party != me) {
        context.post(&Namespace::commit(), party, &prep, rng);
    }
    context.news();
    Stage::Views(AwaitingViews {
        commitment: Commitment { name, sharing, keys, digest },
        views: BTreeMap::new(),
    })
}

const ANOTHER_KEY: &str = "the protocol ended with another key than it ran for";

/// COMMIT 5, ACTIVATE: certificate, new state and the predecessor's retirement in one transaction; then the others may
/// see it.
pub(super) fn activate(
    mut commitment: Commitment,
    context: &mut Context,
    signature: [u8; 65],
) -> Stage {
    let Some(published) = commitment.to_publish(signature) else {
        return Stage::Over(Err(fault()));
    };
    let result_id = commitment.result_id();
    let sharing = &mut commitment.sharing;
    // A member that has activated already helps those that lack the certificate, and keeps its own.
    if sharing.state != State::Active {
        let change = Change::Activate { fsid: sharing.fsid, certificate: signature.to_vec() };
        context.effects.push(Effect::Persist(change));
    }
    context.effects.push(Effect::PublishResult(result_id, published));
    context.effects.push(Effect::Complete);
    sharing.state = State::Active;
    sharing.certificate = Some(signature.to_vec());
    let Commitment { name, sharing, .. } = commitment;
    Stage::Over(Ok(Outcome::Vault { name, sharing: Box::new(sharing) }))
}

/// The vote failed here; it may have succeeded elsewhere.
pub(super) fn look_for_certificate(
    commitment: Box<Commitment>,
    context: &mut Context,
    failure: Failure,
) -> Stage {
    let until = Millis(context.now.0.saturating_add(CERTIFICATE.min(context.patience.round)));
    Stage::Certificate(AwaitingCertificate { commitment, failure, until })
}

impl AwaitingViews {
    pub(super) fn wants() -> Vec<Want> {
        vec![Want::Mailbox(Namespace::commit())]
    }

    pub(super) fn answer(
        mut self,
        context: &mut Context,
        answer: Answer,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        let namespace = Namespace::commit();
        let Answer::Mailbox(from, messages) = answer else { return Stage::Views(self) };
        if from != namespace {
            return Stage::Views(self);
        }
        for message in &messages {
            let Some(letter) = context.letters.open(&context.meeting.key, &namespace, message)
            else {
                continue;
            };
            context.effects.push(Effect::Delete(namespace.clone(), message.hash.clone()));
            if let Some(prep) = Prep::from_json(&letter.bytes)
                && self.commitment.sharing.parties.contains(&letter.from)
            {
                context.news();
                self.views.entry(letter.from).or_insert(prep.staged);
            }
        }
        let own = self.commitment.digest;
        if self.views.values().any(|view| *view != own) {
            return Stage::Over(Err(Failure::new(
                Kind::ViewsDiffer,
                "views differ: the devices do not hold the same new sharing; it was not activated",
                "nothing was lost; start again, and if it happens again leave one device out to find the wrong one",
            )));
        }
        if self.awaiting().is_empty() { self.vote(context, rng) } else { Stage::Views(self) }
    }

    pub(super) fn tick(self, context: &mut Context) -> Stage {
        if context.quiet() <= context.patience.round {
            return Stage::Views(self);
        }
        let missing = self.awaiting();
        Stage::Over(Err(Failure {
            suspects: missing.clone(),
            ..Failure::new(
                Kind::Silent,
                format!(
                    "{} did not confirm the new sharing; it was not activated",
                    missing.join(", ")
                ),
                "what was in use before stays in use; start again",
            )
        }))
    }

    pub(super) fn awaiting(&self) -> Vec<String> {
        let sharing = &self.commitment.sharing;
        let others =
            sharing.parties.iter().enumerate().filter(|(id, _)| *id != usize::from(sharing.me));
        others
            .map(|(_, party)| party)
            .filter(|party| !self.views.contains_key(*party))
            .cloned()
            .collect()
    }

    /// COMMIT 4, VOTE: durable before the first frame of the signing. With that frame the others may come to a certificate
    /// without this device; had it forgotten its vote, it could replace a sharing that already signs elsewhere.
    fn vote(self, context: &mut Context, rng: &mut dyn CryptoRng) -> Stage {
        let mut commitment = Box::new(self.commitment);
        context.effects.push(Effect::Persist(Change::Vote(commitment.sharing.fsid)));
        commitment.sharing.state = State::Voted;
        let runs = match commitment.runs() {
            Ok(runs) => runs,
            Err(failure) => return Stage::Over(Err(failure)),
        };
        if !context.meeting.initiates() {
            let setups = Setups::default();
            return Stage::VoteSetup(AwaitingVoteSetup { commitment, runs, setups });
        }
        match Setups::make(&runs, context, &commitment.sharing.parties, rng) {
            Ok(setups) => AwaitingVoteSetup { commitment, runs, setups }.read(context, rng),
            Err(_) => Stage::Over(Err(fault())),
        }
    }
}

impl AwaitingVoteSetup {
    pub(super) fn wants(&self) -> Vec<Want> {
        self.setups.wants(&self.runs)
    }

    pub(super) fn answer(
        mut self,
        context: &mut Context,
        answer: Answer,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        self.setups.take(&self.runs, context, answer);
        if self.setups.complete(&self.runs) {
            self.read(context, rng)
        } else {
            Stage::VoteSetup(self)
        }
    }

    pub(super) fn tick(self, context: &mut Context) -> Stage {
        if context.quiet() <= context.patience.round {
            return Stage::VoteSetup(self);
        }
        let initiator = context.meeting.initiator_name();
        let failure = Failure {
            suspects: vec![initiator.clone()],
            ..Failure::new(
                Kind::Silent,
                format!("{initiator} fell silent before the new sharing was certified"),
                Remedy::ResumeWhenTheyAreBack,
            )
        };
        look_for_certificate(self.commitment, context, failure)
    }

    /// Names, key ids, path and what is signed must be one's own, or this device does not vote.
    fn read(self, context: &mut Context, rng: &mut dyn CryptoRng) -> Stage {
        let Self { commitment, runs, setups } = self;
        let initiator = context.meeting.initiator_name();
        let mut members = commitment.sharing.parties.clone();
        members.sort();
        let ready = setups.read(runs, context, rng).and_then(|ready| {
            let agreed = ready.iter().all(|(run, instance)| {
                let mut named = instance.setup.names().to_vec();
                named.sort();
                named == members && *instance.setup.body() == run.body(&members)
            });
            if agreed { Ok(ready) } else { Err(something_else(&initiator)) }
        });
        let started = ready.and_then(|ready| {
            let first = ready.first().map(|(_, instance)| instance.setup.names().to_vec());
            let runs = ready.into_iter().map(|(run, instance)| run.start(instance, rng));
            Ok((runs.collect::<Result<Vec<_>, _>>()?, first.unwrap_or_default()))
        });
        match started {
            Ok((runs, names)) => {
                // Nobody is asked again: the vote belongs to what has been approved.
                let finish = Finish::Certify(commitment);
                Running::start(context, runs, PendingRuns::default(), finish, names, false, rng)
            }
            Err(failure) => look_for_certificate(commitment, context, failure),
        }
    }
}

fn something_else(initiator: &str) -> Failure {
    Failure {
        suspects: vec![initiator.to_owned()],
        ..Failure::new(
            Kind::Aborted,
            format!("{initiator} asked to certify something other than the new sharing"),
            Remedy::ResumeWhenTheyAreBack,
        )
    }
}

impl AwaitingCertificate {
    pub(super) fn wants(&self) -> Vec<Want> {
        vec![Want::Result(self.commitment.result_id())]
    }

    pub(super) fn answer(self, context: &mut Context, answer: &Answer) -> Stage {
        if let Answer::Result(id, Some(body)) = answer
            && *id == self.commitment.result_id()
            && let Some(signature) = self.commitment.published(body)
        {
            return activate(*self.commitment, context, signature);
        }
        Stage::Certificate(self)
    }

    pub(super) fn tick(self, context: &mut Context) -> Stage {
        if context.now < self.until {
            return Stage::Certificate(self);
        }
        let Failure { message, .. } = &self.failure;
        let message = format!("{message}; the new sharing is kept, waiting for its certificate");
        Stage::Over(Err(Failure { message, hint: Remedy::ResumeWhenTheyAreBack, ..self.failure }))
    }
}

fn fault() -> Failure {
    Failure::fault("the commit reached a state it cannot reach")
}
