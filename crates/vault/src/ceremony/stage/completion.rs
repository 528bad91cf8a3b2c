//! The end of a keygen or reshare in which other clients may take part: everybody says that it is done (COMMIT 7).

use super::Stage;
use crate::ceremony::context::Context;
use crate::ceremony::io::{Answer, Effect, Outcome, Want};
use crate::failure::{Failure, Kind, Remedy};
use crate::store::{Change, Sharing, State};

/// The new shares are written down here; not every member has said that it is done.
pub(in crate::ceremony) struct AwaitingCompletion {
    name: String,
    sharing: Sharing,
    /// As the relay lists them. Nobody proves it: other clients offer nothing better, and that is why such a sharing is
    /// [`crate::store::Trust::Mixed`] ever after.
    done: Vec<String>,
}

impl AwaitingCompletion {
    /// Says that this device is done, which it may once its shares are durable.
    pub(super) fn open(context: &mut Context, name: String, sharing: Sharing) -> Stage {
        context.effects.push(Effect::Complete);
        context.news();
        Stage::Completion(Self { name, sharing, done: Vec::new() })
    }

    pub(super) fn wants() -> Vec<Want> {
        vec![Want::Finished]
    }

    pub(super) fn answer(mut self, context: &mut Context, answer: Answer) -> Stage {
        let Answer::Finished(done) = answer else { return Stage::Completion(self) };
        if done.len() > self.done.len() {
            context.news();
        }
        self.done = done;
        if self.awaiting(context).is_empty() {
            self.adopt(context)
        } else {
            Stage::Completion(self)
        }
    }

    pub(super) fn tick(self, context: &Context) -> Stage {
        if context.quiet() <= context.patience.round {
            return Stage::Completion(self);
        }
        let missing = self.awaiting(context);
        Stage::Over(Err(Failure {
            suspects: missing.clone(),
            ..Failure::new(
                Kind::Silent,
                format!("{} did not say that it is done", missing.join(", ")),
                Remedy::AdoptOrDiscard,
            )
        }))
    }

    pub(super) fn awaiting(&self, context: &Context) -> Vec<String> {
        let done = |party: &String| *party == context.meeting.me || self.done.contains(party);
        self.sharing.parties.iter().filter(|party| !done(party)).cloned().collect()
    }

    /// The new sharing becomes the one that signs, and only now the one before ceases to.
    fn adopt(mut self, context: &mut Context) -> Stage {
        context.effects.push(Effect::Persist(Change::Adopt(self.sharing.fsid)));
        self.sharing.state = State::Active;
        Stage::Over(Ok(Outcome::Vault { name: self.name, sharing: Box::new(self.sharing) }))
    }
}
