//! The setups are read and checked, then the person is asked: once, before the first protocol frame (CEREMONY 4).

use quorate_wire::hello::Hello;
use rand_core::CryptoRng;

use super::Stage;
use super::running::Running;
use crate::ceremony::context::{Context, hello_slot};
use crate::ceremony::io::{Answer, Decision, Effect, Want};
use crate::ceremony::plan::Plan;
use crate::ceremony::plan::finish::Finish;
use crate::ceremony::run::pending::PendingRuns;
use crate::ceremony::run::plan::RunPlan;
use crate::ceremony::run::setups::{Instance, Setups};
use crate::failure::{Failure, Kind};

/// The committee is known; the setups are not here yet.
pub(in crate::ceremony) struct AwaitingSetup {
    plan: Plan,
    /// Protocols whose setups may come when their turn has come.
    late: Vec<RunPlan>,
    committee: Vec<String>,
    setups: Setups,
}

/// The person is being asked.
pub(in crate::ceremony) struct AwaitingConsent {
    /// Without the runs that have their setups.
    plan: Plan,
    ready: Vec<(RunPlan, Instance)>,
    late: Vec<RunPlan>,
    names: Vec<String>,
}

impl AwaitingSetup {
    /// The initiator makes the setups; the others wait for them.
    pub(super) fn open(
        context: &mut Context,
        mut plan: Plan,
        committee: Vec<String>,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        if !context.meeting.initiates() {
            // Where setups may be late, the first is all there will be before the others have agreed (CEREMONY 11.9).
            let first = if plan.setups_may_be_late { 1 } else { plan.runs.len() };
            let late = plan.runs.split_off(first.min(plan.runs.len()));
            return Stage::Setup(Self { plan, late, committee, setups: Setups::default() });
        }
        match Setups::make(&plan.runs, context, &committee, rng) {
            Ok(setups) => Self { plan, late: Vec::new(), committee, setups }.read(context, rng),
            Err(why) => Stage::Over(Err(Failure::new(
                Kind::Invalid,
                format!("no setup can be made of this: {why}"),
                "check the devices' names and numbers",
            ))),
        }
    }

    pub(super) fn wants(&self) -> Vec<Want> {
        self.setups.wants(&self.plan.runs)
    }

    pub(super) fn answer(
        mut self,
        context: &mut Context,
        answer: Answer,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        self.setups.take(&self.plan.runs, context, answer);
        if self.setups.complete(&self.plan.runs) {
            self.read(context, rng)
        } else {
            Stage::Setup(self)
        }
    }

    pub(super) fn tick(self, context: &mut Context, rng: &mut dyn CryptoRng) -> Stage {
        if context.quiet() <= context.patience.round {
            return Stage::Setup(self);
        }
        let initiator = context.meeting.initiator_name();
        context.say_gone("interrupted", rng);
        Stage::Over(Err(Failure {
            suspects: vec![initiator.clone()],
            ..Failure::new(
                Kind::Silent,
                format!(
                    "{initiator} started the ceremony but sent no setup for {} s",
                    context.quiet() / 1_000
                ),
                "check that device, then start again",
            )
        }))
    }

    fn read(self, context: &mut Context, rng: &mut dyn CryptoRng) -> Stage {
        let Self { mut plan, late, committee, setups } = self;
        let initiator = context.meeting.initiator_name();
        let runs = core::mem::take(&mut plan.runs);
        let ready = setups.read(runs, context, rng).and_then(|ready| {
            for (run, instance) in &ready {
                run.check(&instance.setup, &committee, &initiator)?;
            }
            Ok(ready)
        });
        match ready {
            Ok(ready) => {
                context.news();
                let first = ready.first().map(|(_, instance)| instance.setup.names().to_vec());
                let names = first.unwrap_or_default();
                context.effects.push(Effect::Ask(plan.request(&names)));
                Stage::Consent(AwaitingConsent { plan, ready, late, names })
            }
            Err(failure) => {
                context.say_gone("refused", rng);
                Stage::Over(Err(failure))
            }
        }
    }
}

impl AwaitingConsent {
    /// No protocol has begun: only a hello can tell this device that another one has left.
    pub(super) fn wants(&self, context: &Context) -> Vec<Want> {
        let others = self.names.iter().filter(|name| **name != context.meeting.me);
        others.map(|name| Want::Setup(hello_slot(name))).collect()
    }

    pub(super) fn answer(self, context: &Context, answer: &Answer) -> Stage {
        if let Answer::Setup(slot, body) = answer
            && let Some(who) = self.names.iter().find(|name| hello_slot(name) == *slot)
            && let Some(Hello::Gone(reason)) = context.read_hello(body.as_ref())
        {
            return Stage::Over(Err(Failure::left(who, &reason)));
        }
        Stage::Consent(self)
    }

    pub(super) fn decide(
        self,
        context: &mut Context,
        decision: Decision,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        if decision == Decision::Refuse {
            self.post_abort(context, rng);
            context.say_gone("refused", rng);
            return Stage::Over(Err(Failure::new(
                Kind::Declined,
                "refused at this device; nothing was signed",
                "nothing to do: the other devices have been told",
            )));
        }
        let Self { mut plan, ready, late, names } = self;
        // Without a certificate a sharing signs nothing but one, and no hello of the lobby has brought it.
        let certifies = matches!(plan.finish, Finish::Certify(_));
        if let Some(sharing) = plan.uncertified().filter(|_| !certifies) {
            let epoch = sharing.epoch;
            let failure = Failure::new(
                Kind::Forbidden,
                format!(
                    "epoch {epoch} of \"{}\" has no certificate on this device yet",
                    plan.vault
                ),
                "let a device that finished the ceremony take part: it brings the certificate",
            );
            context.say_gone("refused", rng);
            return Stage::Over(Err(failure));
        }
        let started = ready.into_iter().map(|(run, instance)| run.start(instance, rng));
        match started.collect::<Result<Vec<_>, _>>() {
            Ok(runs) => {
                let pending = PendingRuns::new(late);
                Running::start(context, runs, pending, plan.finish, names, true, rng)
            }
            Err(failure) => {
                context.say_gone("refused", rng);
                Stage::Over(Err(failure))
            }
        }
    }

    /// The peers get the engines' aborts, though no protocol has begun here.
    pub(super) fn post_abort(&self, context: &mut Context, rng: &mut dyn CryptoRng) {
        for (run, instance) in &self.ready {
            instance.post_abort(&run.mailbox, context, rng);
        }
    }
}
