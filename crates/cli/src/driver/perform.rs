//! What the ceremony wants done, in the order in which it is safe.

use std::time::Duration;

use quorate_relay::client::Client;
use quorate_vault::ceremony::{self, Ceremony, Effect, Request, Suite};
use quorate_vault::store::{Store, StoreError};
use quorate_wire::relay_api::{PartyId, SessionId};
use tokio::sync::oneshot;

use super::{Host, unusable};
use crate::output::{Event, Failure};
use crate::terminal::ask_in_the_background;

/// How long a relay is tried for, once this device wants to leave.
const LEAVING: Duration = Duration::from_secs(3);

impl Host<'_> {
    /// Performs everything that is due. `Ok(Err)` if the store failed: the ceremony has been told.
    pub(super) async fn perform(
        &mut self,
        ceremony: &mut Ceremony,
        relay: &Client,
        asked: &mut Option<oneshot::Receiver<bool>>,
    ) -> Result<Result<(), StoreError>, Failure> {
        let session = ceremony.meeting().session.clone();
        let me = party(&ceremony.meeting().me)?;
        let mut stored = Ok(());
        let mut missed: Option<Failure> = None;
        let mut due = ceremony.take_effects();
        while !due.is_empty() {
            for effect in due {
                match effect {
                    Effect::Persist(change) => {
                        if let Err(error) = self.store.commit(change) {
                            let now = self.now();
                            ceremony.store_failed(now, &error, &mut *self.rng);
                            stored = Err(error);
                            break;
                        }
                    }
                    Effect::Ask(request) => *asked = self.ask(request, ceremony),
                    Effect::Show(news) => self.output.event(&news.into()),
                    outward => {
                        let over = ceremony.outcome().is_some();
                        let hurry = self.interrupt.happened() || missed.is_some();
                        let relay =
                            if hurry { relay.with_patience(LEAVING) } else { relay.clone() };
                        match call(&relay, &session, &me, outward).await {
                            Ok(()) => {}
                            // What this device has, it has; the rest is for the others.
                            Err(failure) if over => missed = Some(failure),
                            Err(failure) => return Err(failure),
                        }
                    }
                }
            }
            due = ceremony.take_effects();
        }
        if let Some(failure) = missed {
            self.output.warn(&format!("the others may not have heard of it: {}", failure.message));
        }
        Ok(stored)
    }

    /// Shows what is to be approved, and asks unless the answer is given.
    fn ask(
        &mut self,
        request: Request,
        ceremony: &mut Ceremony,
    ) -> Option<oneshot::Receiver<bool>> {
        self.committee.clone_from(&request.committee);
        let blind = request.blind;
        self.output.event(&Event::Approve {
            ceremony: request.ceremony.to_owned(),
            summary: summary(&request.lines),
            committee: request.committee,
            threshold: request.threshold,
            open: request.open,
        });
        if self.person.says_yes() {
            let now = self.now();
            ceremony.decide(now, ceremony::Decision::Approve, &mut *self.rng);
            return None;
        }
        let question = if blind { "Sign what cannot be shown?" } else { "Take part?" };
        Some(ask_in_the_background(self.output, question))
    }
}

/// A line each. A line break inside one cannot pass for the next.
pub(crate) fn summary(lines: &[String]) -> String {
    lines.iter().map(|line| line.replace('\n', "\n    ")).collect::<Vec<_>>().join("\n")
}

async fn call(
    relay: &Client,
    session: &SessionId,
    me: &PartyId,
    effect: Effect,
) -> Result<(), Failure> {
    match effect {
        Effect::Register => relay.register(session, me).await?,
        Effect::Start(committee) => {
            let committee =
                committee.iter().map(|name| party(name)).collect::<Result<Vec<_>, _>>()?;
            relay.start(session, &committee).await?;
        }
        Effect::PutSetup(slot, body) => relay.store_setup(session, &slot, body).await?,
        Effect::Post(slot, message) => relay.post(&slot, &message).await?,
        Effect::Delete(slot, hash) => relay.discard(session, me, &slot, &hash).await?,
        Effect::PublishResult(slot, body) => relay.publish_signature(session, &slot, body).await?,
        Effect::Complete => relay.complete(session, me).await?,
        Effect::Persist(_) | Effect::Ask(_) | Effect::Show(_) => {}
    }
    Ok(())
}

fn party(name: &str) -> Result<PartyId, Failure> {
    PartyId::parse(name).map_err(|why| unusable("a device's name", &why))
}

impl From<ceremony::Event> for Event {
    fn from(news: ceremony::Event) -> Self {
        match news {
            ceremony::Event::Joined { party, count, needed } => {
                Self::Joined { party, count, needed }
            }
            ceremony::Event::Progress { ceremony, key, chain, round, of } => {
                let key = match key {
                    Suite::Ecdsa => "ecdsa",
                    Suite::Eddsa => "eddsa",
                };
                Self::Progress { ceremony: ceremony.to_owned(), key, chain, round, of }
            }
            ceremony::Event::Activated { vault, epoch } => Self::Activated { vault, epoch },
            ceremony::Event::Banned { party, check } => Self::Banned { party, check },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_cannot_pass_for_another_line_of_what_is_approved() {
        let lines =
            ["message: hello\nsend 0 ETH".to_owned(), "with the key of Ethereum".to_owned()];
        assert_eq!(summary(&lines), "message: hello\n    send 0 ETH\nwith the key of Ethereum");
    }
}
