//! The setups of a ceremony, a protocol each: made by the initiator, fetched by the others (CEREMONY 4.1).

use std::collections::{BTreeMap, BTreeSet};

use quorate_core::PartyIndex;
use quorate_wire::frame::{Exchange, Frame};
use quorate_wire::relay_api::Namespace;
use quorate_wire::setup::{self, Body, Setup, SetupError, Suite};
use rand_core::CryptoRng;

use super::desk::Desk;
use super::running::post_frames;
use super::{Answer, Want};
use crate::failure::{Failure, Kind};

/// One protocol of a ceremony.
pub(super) struct Act {
    pub(super) suite: Suite,
    /// The chain whose own key it is about; `None` for the vault's keys.
    pub(super) chain: Option<String>,
    /// Where its setup is stored, and where else it is looked for: clients differ, so it is written to all and read
    /// from any. Two acts that begin with the same bytes have the same slots.
    pub(super) slots: Vec<Namespace>,
    /// Where its frames go.
    pub(super) mail: Namespace,
    /// What its setup must say.
    pub(super) body: Body,
}

/// The acts of a ceremony in the order in which they run, and the setups that are here.
pub(super) struct Setups {
    acts: Vec<Act>,
    /// By their slots.
    here: BTreeMap<Vec<Namespace>, Vec<u8>>,
}

/// This device's place in a setup that it has read.
pub(super) struct Seat {
    pub(super) setup: Setup,
    pub(super) me: PartyIndex,
    pub(super) exchange: Exchange,
    /// Where the frames go.
    pub(super) mail: Namespace,
    /// The chain whose own key it is about.
    pub(super) chain: Option<String>,
}

impl Setups {
    pub(super) fn of(acts: Vec<Act>) -> Self {
        Self { acts, here: BTreeMap::new() }
    }

    /// Makes every setup and stores it, sealed.
    ///
    /// # Errors
    ///
    /// What cannot be written.
    pub(super) fn make(
        &mut self,
        desk: &mut Desk,
        names: &[String],
        rng: &mut dyn CryptoRng,
    ) -> Result<(), SetupError> {
        for act in &self.acts {
            if !self.here.contains_key(&act.slots) {
                let bytes = setup::build(act.suite, &act.body, names, rng)?;
                for slot in &act.slots {
                    desk.put_setup(slot, &bytes, rng);
                }
                self.here.insert(act.slots.clone(), bytes);
            }
        }
        Ok(())
    }

    pub(super) fn wants(&self) -> Vec<Want> {
        let lacking = self.acts.iter().filter(|act| !self.here.contains_key(&act.slots));
        let slots: BTreeSet<&Namespace> = lacking.flat_map(|act| &act.slots).collect();
        slots.into_iter().cloned().map(Want::Setup).collect()
    }

    /// Takes what was in a slot, if it is sealed with the session's key: whoever knows the session may write there.
    pub(super) fn take(&mut self, desk: &Desk, answer: Answer) {
        if let Answer::Setup(slot, Some(body)) = answer
            && let Some(act) = self.acts.iter().find(|act| act.slots.contains(&slot))
            && let Ok(bytes) = desk.meeting.key.open(&body)
        {
            self.here.entry(act.slots.clone()).or_insert(bytes);
        }
    }

    pub(super) fn complete(&self) -> bool {
        self.acts.iter().all(|act| self.here.contains_key(&act.slots))
    }

    /// Reads the setups, in the order of the acts, and finds this device in each: in every one the same parties in the
    /// same order.
    ///
    /// # Errors
    ///
    /// Says what is wrong with a setup, and whose it is.
    pub(super) fn seats(&self, desk: &Desk, rng: &mut dyn CryptoRng) -> Result<Vec<Seat>, Failure> {
        let mut seats: Vec<Seat> = Vec::new();
        for act in &self.acts {
            let bytes = self.here.get(&act.slots).map(Vec::as_slice).unwrap_or_default();
            let names = seats.first().map(|first| first.setup.names());
            let seat = Self::seat(act, bytes, names, desk, rng)?;
            seats.push(seat);
        }
        Ok(seats)
    }

    /// Reads one setup and finds this device in it; `names` are those of the setups before.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it, and whose it is.
    pub(super) fn seat(
        Act { suite, mail, chain, .. }: &Act,
        bytes: &[u8],
        names: Option<&[String]>,
        desk: &Desk,
        rng: &mut dyn CryptoRng,
    ) -> Result<Seat, Failure> {
        let initiator = desk.meeting.initiator_name();
        let refuse = |why: String| Failure {
            suspects: vec![initiator.clone()],
            ..Failure::new(
                Kind::Aborted,
                format!("the setup made by {initiator} is not acceptable: {why}"),
                "do not approve it on any device; start again",
            )
        };
        let setup = Setup::parse(*suite, bytes).map_err(|why| refuse(why.to_string()))?;
        if names.is_some_and(|names| names != setup.names()) {
            return Err(refuse("it lists other devices for each key".to_owned()));
        }
        let me = setup
            .index_of(&desk.meeting.me)
            .ok_or_else(|| refuse("it does not name this device".to_owned()))?;
        let exchange = Exchange::new(&setup, me, rng).map_err(|why| refuse(why.to_string()))?;
        Ok(Seat { setup, me, exchange, mail: mail.clone(), chain: chain.clone() })
    }
}

impl Seat {
    /// The peers get the engine's abort, though no protocol has begun here.
    pub(super) fn post_abort(&self, desk: &mut Desk, rng: &mut dyn CryptoRng) {
        let abort = Frame { to: None, bytes: self.exchange.abort() };
        post_frames(desk, self.setup.names(), &self.mail, vec![abort], rng);
    }
}
