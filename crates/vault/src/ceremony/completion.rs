//! The end of a keygen or reshare in which other clients may take part: everybody says that it is done (COMMIT 7).

use super::desk::Desk;
use super::{Answer, Effect, Outcome, Stage, Want};
use crate::failure::{Failure, Kind};
use crate::store::{Change, Sharing, State};

/// The new shares are written down here; not every member has said that it is done.
pub(super) struct AwaitingCompletion {
    name: String,
    sharing: Sharing,
    done: Vec<String>,
}

impl AwaitingCompletion {
    /// Says that this device is done, which it may once its shares are durable.
    pub(super) fn open(desk: &mut Desk, name: String, sharing: Sharing) -> Stage {
        desk.effects.push(Effect::Complete);
        desk.news();
        Stage::Completion(Self { name, sharing, done: Vec::new() })
    }

    pub(super) fn wants() -> Vec<Want> {
        vec![Want::Finished]
    }

    pub(super) fn answer(mut self, desk: &mut Desk, answer: Answer) -> Stage {
        let Answer::Finished(done) = answer else { return Stage::Completion(self) };
        if done.len() > self.done.len() {
            desk.news();
        }
        self.done = done;
        if self.awaiting(desk).is_empty() { self.adopt(desk) } else { Stage::Completion(self) }
    }

    pub(super) fn tick(self, desk: &Desk) -> Stage {
        if desk.quiet() <= desk.patience.round {
            return Stage::Completion(self);
        }
        let missing = self.awaiting(desk);
        Stage::Over(Err(Failure {
            suspects: missing.clone(),
            ..Failure::new(
                Kind::Silent,
                format!("{} did not say that it is done", missing.join(", ")),
                ADOPT,
            )
        }))
    }

    pub(super) fn awaiting(&self, desk: &Desk) -> Vec<String> {
        let done = |party: &String| *party == desk.meeting.me || self.done.contains(party);
        self.sharing.parties.iter().filter(|party| !done(party)).cloned().collect()
    }

    /// The new sharing becomes the one that signs, and only now the one before ceases to.
    fn adopt(mut self, desk: &mut Desk) -> Stage {
        desk.effects.push(Effect::Persist(Change::Adopt(self.sharing.fsid)));
        self.sharing.state = State::Active;
        Stage::Over(Ok(Outcome::Vault { name: self.name, sharing: Box::new(self.sharing) }))
    }
}

const ADOPT: &str = "the new sharing is kept here, and what was in use before stays in use; if the other devices show the \
     vault as finished, run 'quorate reshare VAULT --resume' here; if none does, 'quorate reshare VAULT --discard'";
