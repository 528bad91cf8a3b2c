//! The setups of a ceremony, a protocol each: made by the initiator, fetched by the others (CEREMONY 4.1).

use std::collections::{BTreeMap, BTreeSet};

use quorate_core::PartyIndex;
use quorate_wire::frame::Exchange;
use quorate_wire::relay_api::Namespace;
use quorate_wire::setup::{self, Setup, SetupError};
use rand_core::CryptoRng;

use super::plan::RunPlan;
use crate::ceremony::context::Context;
use crate::ceremony::io::{Answer, Want};
use crate::failure::{Failure, Kind};

/// The setups that are here, by their slots.
#[derive(Default)]
pub(in crate::ceremony) struct Setups(BTreeMap<Vec<Namespace>, Vec<u8>>);

/// One run of a protocol, as its setup describes it to this device.
pub(in crate::ceremony) struct Instance {
    pub(in crate::ceremony) setup: Setup,
    pub(in crate::ceremony) me: PartyIndex,
    pub(in crate::ceremony) exchange: Exchange,
}

impl Setups {
    /// Makes the setup of every run and stores it, sealed.
    ///
    /// # Errors
    ///
    /// What cannot be written.
    pub(in crate::ceremony) fn make(
        runs: &[RunPlan],
        context: &mut Context,
        names: &[String],
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, SetupError> {
        let mut setups = Self::default();
        for run in runs {
            if !setups.0.contains_key(&run.slots) {
                let bytes = setup::build(run.suite, &run.body(names), names, rng)?;
                for slot in &run.slots {
                    context.put_setup(slot, &bytes, rng);
                }
                setups.0.insert(run.slots.clone(), bytes);
            }
        }
        Ok(setups)
    }

    pub(in crate::ceremony) fn wants(&self, runs: &[RunPlan]) -> Vec<Want> {
        let lacking = runs.iter().filter(|run| !self.0.contains_key(&run.slots));
        let slots: BTreeSet<&Namespace> = lacking.flat_map(|run| &run.slots).collect();
        slots.into_iter().cloned().map(Want::Setup).collect()
    }

    /// Takes what was in a slot, if it is sealed with the session's key: whoever knows the session may write there.
    pub(in crate::ceremony) fn take(
        &mut self,
        runs: &[RunPlan],
        context: &Context,
        answer: Answer,
    ) {
        if let Answer::Setup(slot, Some(body)) = answer
            && let Some(run) = runs.iter().find(|run| run.slots.contains(&slot))
            && let Ok(bytes) = context.meeting.key.open(&body)
        {
            self.0.entry(run.slots.clone()).or_insert(bytes);
        }
    }

    pub(in crate::ceremony) fn complete(&self, runs: &[RunPlan]) -> bool {
        runs.iter().all(|run| self.0.contains_key(&run.slots))
    }

    /// Reads the setups, in the order of the runs, and finds this device in each: in every one the same parties in the
    /// same order.
    ///
    /// # Errors
    ///
    /// Says what is wrong with a setup, and whose it is.
    pub(in crate::ceremony) fn read(
        &self,
        runs: Vec<RunPlan>,
        context: &Context,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<(RunPlan, Instance)>, Failure> {
        let mut ready: Vec<(RunPlan, Instance)> = Vec::new();
        for run in runs {
            let bytes = self.0.get(&run.slots).map(Vec::as_slice).unwrap_or_default();
            let names = ready.first().map(|(_, first)| first.setup.names());
            let instance = Instance::read(&run, bytes, names, context, rng)?;
            ready.push((run, instance));
        }
        Ok(ready)
    }
}

impl Instance {
    /// Reads one setup and finds this device in it; `names` are those of the setups before.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it, and whose it is.
    pub(in crate::ceremony) fn read(
        run: &RunPlan,
        bytes: &[u8],
        names: Option<&[String]>,
        context: &Context,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, Failure> {
        let initiator = context.meeting.initiator_name();
        let refuse = |why: String| Failure {
            suspects: vec![initiator.clone()],
            ..Failure::new(
                Kind::Aborted,
                format!("the setup made by {initiator} is not acceptable: {why}"),
                "do not approve it on any device; start again",
            )
        };
        let setup = Setup::parse(run.suite, bytes).map_err(|why| refuse(why.to_string()))?;
        if names.is_some_and(|names| names != setup.names()) {
            return Err(refuse("it lists other devices for each key".to_owned()));
        }
        let me = setup
            .index_of(&context.meeting.me)
            .ok_or_else(|| refuse("it does not name this device".to_owned()))?;
        let exchange = Exchange::new(&setup, me, rng).map_err(|why| refuse(why.to_string()))?;
        Ok(Self { setup, me, exchange })
    }

    /// The peers get the engine's abort, though no protocol has begun here.
    pub(in crate::ceremony) fn post_abort(
        &self,
        mailbox: &Namespace,
        context: &mut Context,
        rng: &mut dyn CryptoRng,
    ) {
        let abort = vec![self.exchange.abort()];
        context.post_frames(self.setup.names(), mailbox, abort, rng);
    }
}
