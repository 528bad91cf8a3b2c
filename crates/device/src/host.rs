//! Runs a ceremony: the machine of `quorate-vault` says what to fetch and what to do; this does it, in order.
//!
//! ```text
//!            wants ───────► relay ───────► answers
//!          ┌───────────┐                ┌───────────┐
//!  clock ─►│  Ceremony │── effects ────►│   Host    │── store, relay, person
//!          └───────────┘                └───────────┘
//! ```

mod fetch;
mod perform;

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use getrandom::rand_core::CryptoRng;
use quorate_core::Workers;
use quorate_cores::Cores;
use quorate_relay::client::Client;
use quorate_store::SqliteStore;
use quorate_vault::ceremony::{Ceremony, Decision, Device, Millis, Outcome, Patience};
use quorate_vault::store::{StoreError, Timestamp};
use quorate_wire::link::Link;

use crate::meeting::Place;
use crate::{Answer, Event, Failure, Interrupt, Person, home};

/// After this long without news, in milliseconds, the person hears whom the ceremony waits for.
const QUIET: u64 = 10_000;

/// Everything outside the machine: this device's store, its clock, its chance, its person.
pub struct Host<P> {
    /// Whoever decides.
    pub person: P,
    /// What this device holds.
    pub store: SqliteStore,
    /// Where its randomness comes from.
    pub rng: Box<dyn CryptoRng + Send>,
    /// What stops it.
    pub interrupt: Interrupt,
    /// Who takes part, once that is known: they are waited for at the end.
    pub committee: Vec<String>,
    party: String,
    patience: Patience,
    workers: Arc<dyn Workers>,
    started: Instant,
}

impl<P: Person> Host<P> {
    /// A device on all cores of this machine, with the system's randomness.
    ///
    /// `party`: what it is called in new vaults, such as [`home::party_id`] makes it.
    pub fn new(person: P, store: SqliteStore, party: String, interrupt: Interrupt) -> Self {
        Self {
            person,
            store,
            rng: home::system_rng(),
            interrupt,
            committee: Vec::new(),
            party,
            patience: Patience::default(),
            workers: Arc::new(Cores::all()),
            started: Instant::now(),
        }
    }

    /// The same device, with another patience for silent ones.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// What this device brings to a ceremony, and the randomness it draws from.
    pub fn device(&mut self) -> (Device<'_>, &mut dyn CryptoRng) {
        let (now, today) = (self.now(), today());
        let device = Device {
            party: self.party.clone(),
            store: &self.store,
            now,
            today,
            patience: self.patience,
            workers: Arc::clone(&self.workers),
        };
        (device, &mut *self.rng)
    }

    fn now(&self) -> Millis {
        Millis(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// An initiator's way from the open lobby to the result, and what is done with the result while the relay still
    /// serves the others.
    ///
    /// # Errors
    ///
    /// Those of inviting, of [`run`](Self::run) and of `then`.
    pub async fn initiate<T, E: From<Failure>>(
        &mut self,
        place: Place,
        (ceremony, link): (Ceremony, Link),
        then: impl AsyncFnOnce(&mut Self, Outcome) -> Result<T, E>,
    ) -> Result<T, E> {
        let (session, me) = (ceremony.meeting().session.clone(), ceremony.meeting().me.clone());
        place.invite(&self.person, &session, link).await?;
        let ended = match self.run(ceremony, &place.relay).await {
            Ok(outcome) => {
                let done = then(self, outcome).await;
                let (person, others) = (&self.person, &self.committee);
                place.stay_until_finished(person, &session, others, &mut self.interrupt).await;
                done
            }
            Err(failure) => {
                let aborted_by = match &failure {
                    Failure::Ceremony(failure) => failure.aborted_by.as_deref(),
                    _ => None,
                };
                let gone = [Some(me.as_str()), aborted_by];
                let others = self
                    .committee
                    .iter()
                    .filter(|party| !gone.contains(&Some(party.as_str())))
                    .count();
                place.stay_until_told(&self.person, &failure, others, &mut self.interrupt).await;
                Err(failure.into())
            }
        };
        place.close().await;
        ended
    }

    /// Runs the ceremony to its end.
    ///
    /// # Errors
    ///
    /// Why it ended without a result; [`Failure::Relay`] if the relay cannot be reached.
    pub async fn run(
        &mut self,
        mut ceremony: Ceremony,
        relay: &Client,
    ) -> Result<Outcome, Failure> {
        let mut asked: Option<Answer> = None;
        let mut told = false;
        let mut pause = Duration::ZERO;
        loop {
            let performed = self.perform(&mut ceremony, relay, &mut asked).await?;
            if let Some(outcome) = ceremony.outcome() {
                return ended(outcome.clone(), performed);
            }
            self.name_the_silent(&ceremony, asked.is_some());
            tokio::select! {
                decision = heard(&mut asked) => {
                    asked = None;
                    let now = self.now();
                    ceremony.decide(now, decision, &mut *self.rng);
                }
                () = self.interrupt.once(), if !told => {
                    told = true;
                    let now = self.now();
                    ceremony.interrupt(now, &mut *self.rng);
                }
                fetched = fetch::all(relay, &ceremony, pause) => {
                    for answer in fetched? {
                        let now = self.now();
                        ceremony.answer(now, answer, &mut *self.rng);
                    }
                    let now = self.now();
                    ceremony.tick(now, &mut *self.rng);
                    pause = fetch::pause(relay, &ceremony);
                }
            }
        }
    }

    fn name_the_silent(&self, ceremony: &Ceremony, asking: bool) {
        let quiet = ceremony.quiet(self.now());
        let parties = ceremony.awaiting();
        if !asking && !parties.is_empty() && quiet >= QUIET {
            self.person.show(Event::Silent { parties, since: Duration::from_millis(quiet) });
        }
    }
}

/// The store's own error says more than the ceremony could.
fn ended(
    outcome: Result<Outcome, quorate_vault::failure::Failure>,
    performed: Result<(), StoreError>,
) -> Result<Outcome, Failure> {
    match (outcome, performed) {
        (Ok(outcome), _) => Ok(outcome),
        (Err(_), Err(store)) => Err(store.into()),
        (Err(failure), Ok(())) => Err(failure.into()),
    }
}

/// Never, while nothing has been asked.
async fn heard(asked: &mut Option<Answer>) -> Decision {
    match asked {
        Some(answer) => answer.await,
        None => std::future::pending().await,
    }
}

/// Seconds since 1970-01-01 UTC; a clock before that is one that was never set.
pub fn today() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(since.as_secs())
}

/// What a link or a stored name holds is not what it must be.
fn unusable(what: &'static str, why: &impl core::fmt::Display) -> Failure {
    Failure::Unusable { what, why: why.to_string() }
}
