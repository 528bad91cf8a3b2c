//! Runs a ceremony: the machine of `quorate-vault` says what to fetch and what to do; this does it, in order.
//!
//! ```text
//!            wants ───────► relay ───────► answers
//!          ┌───────────┐                ┌───────────┐
//!  clock ─►│  Ceremony │── effects ────►│   Host    │── store, relay, person
//!          └───────────┘                └───────────┘
//! ```

mod fetch;
mod interrupt;
mod perform;

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use getrandom::rand_core::CryptoRng;
use quorate_core::Workers;
use quorate_relay::client::Client;
use quorate_store::SqliteStore;
use quorate_vault::ceremony::{Ceremony, Decision, Device, Millis, Outcome, Patience};
use quorate_vault::store::{StoreError, Timestamp};
use tokio::sync::oneshot;

pub(crate) use self::interrupt::Interrupt;
pub(crate) use self::perform::summary;
use crate::args::Globals;
use crate::cores::Cores;
use crate::home;
use crate::output::{Failure, Kind, Output, plain};
use crate::terminal::Person;

/// After this long without news the screen names whom it waits for.
const QUIET: u64 = 10_000;

/// Everything outside the machine: this device's store, its clock, its chance, its person.
pub(crate) struct Host<'a> {
    pub(crate) output: &'a Output,
    pub(crate) person: Person,
    pub(crate) store: SqliteStore,
    pub(crate) rng: Box<dyn CryptoRng + Send>,
    pub(crate) interrupt: Interrupt,
    party: String,
    patience: Patience,
    workers: Arc<dyn Workers>,
    started: Instant,
    /// Who takes part, once that is known: they are waited for at the end.
    pub(crate) committee: Vec<String>,
}

impl<'a> Host<'a> {
    /// Unlocks the home (makes it, if it may) and takes over Ctrl-C.
    ///
    /// # Errors
    ///
    /// Those of opening the home.
    pub(crate) fn open(
        globals: &Globals,
        output: &'a Output,
        makes_home: bool,
    ) -> Result<Self, Failure> {
        let person = Person::new(globals);
        let store = if makes_home {
            home::unlock_or_create(globals, person, output)?
        } else {
            home::unlock(globals, person, output)?
        };
        let party = home::party_id(globals, &store)?;
        let patience = match globals.timeout {
            Some(seconds) => Patience::default().with_round(seconds.saturating_mul(1_000)),
            None => Patience::default(),
        };
        Ok(Self {
            output,
            person,
            store,
            rng: home::system_rng(),
            interrupt: Interrupt::listen()?,
            party,
            patience,
            workers: Arc::new(Cores::all()),
            started: Instant::now(),
            committee: Vec::new(),
        })
    }

    /// Before anybody is invited: what will have to be approved later can be.
    ///
    /// # Errors
    ///
    /// Exit 12 if there is nobody to ask.
    pub(crate) fn may_be_asked(&self) -> Result<(), Failure> {
        self.person.can_answer("whether to take part, once it is known in what and with whom")
    }

    /// What this device brings to a ceremony, and the randomness it draws from.
    pub(crate) fn device(&mut self) -> (Device<'_>, &mut dyn CryptoRng) {
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

    /// Runs the ceremony to its end.
    ///
    /// # Errors
    ///
    /// Why it ended without a result; exit 3 if the relay cannot be reached.
    pub(crate) async fn run(
        &mut self,
        mut ceremony: Ceremony,
        relay: &Client,
    ) -> Result<Outcome, Failure> {
        let mut asked: Option<oneshot::Receiver<bool>> = None;
        let mut told = false;
        let mut pause = Duration::ZERO;
        loop {
            let performed = self.perform(&mut ceremony, relay, &mut asked).await?;
            if let Some(outcome) = ceremony.outcome() {
                return ended(outcome.clone(), performed);
            }
            self.name_the_silent(&ceremony, asked.is_some());
            tokio::select! {
                approved = heard(&mut asked) => {
                    asked = None;
                    let decision = if approved { Decision::Approve } else { Decision::Refuse };
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
        let awaited = ceremony.awaiting();
        if asking || awaited.is_empty() {
            return;
        }
        let names = plain(&awaited.join(", "));
        if quiet >= QUIET {
            self.output.progress(&format!("waiting for {names}, silent for {} s", quiet / 1_000));
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
async fn heard(asked: &mut Option<oneshot::Receiver<bool>>) -> bool {
    match asked {
        // A terminal that went away has not said yes.
        Some(answer) => answer.await.unwrap_or(false),
        None => std::future::pending().await,
    }
}

/// Seconds since 1970-01-01 UTC; a clock before that is one that was never set.
pub(crate) fn today() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(since.as_secs())
}

/// What a link or a stored name holds is not what it must be.
fn unusable(what: &str, why: &impl core::fmt::Display) -> Failure {
    Failure::new(
        Kind::Unexpected,
        format!("{what} cannot be used: {why}"),
        "start again with a fresh link",
    )
}
