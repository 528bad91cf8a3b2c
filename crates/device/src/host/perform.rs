//! What the ceremony wants done, in the order in which it is safe.

use std::time::Duration;

use quorate_relay::client::Client;
use quorate_vault::ceremony::{Ceremony, Effect};
use quorate_vault::store::{Store, StoreError};
use quorate_wire::relay_api::{PartyId, SessionId};

use super::{Host, unusable};
use crate::{Answer, Event, Failure, Person};

/// How long a relay is tried for, once this device wants to leave.
const LEAVING: Duration = Duration::from_secs(3);

impl<P: Person> Host<P> {
    /// Performs everything that is due. `Ok(Err)` if the store failed: the ceremony has been told.
    pub(super) async fn perform(
        &mut self,
        ceremony: &mut Ceremony,
        relay: &Client,
        asked: &mut Option<Answer>,
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
                    Effect::Ask(request) => {
                        self.committee.clone_from(&request.committee);
                        *asked = Some(self.person.ask(request));
                    }
                    Effect::Show(news) => self.person.show(Event::Ceremony(news)),
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
            self.person.show(Event::Unheard(failure));
        }
        Ok(stored)
    }
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
