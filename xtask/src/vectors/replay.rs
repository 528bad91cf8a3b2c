//! One recorded ceremony from one seat.

use std::collections::BTreeSet;

use quorate_core::PartyIndex;
use quorate_vault::run::Progress;
use quorate_wire::setup::Setup;

use super::draws::script;
use super::file::{Ceremony, Known, Message};
use crate::Result;
use crate::script::Script;
use crate::seat::{self, Answer, Outcome, Seat};

/// A seat that is fed recorded messages.
pub(super) struct Replay {
    party: String,
    names: Vec<String>,
    me: PartyIndex,
    script: Script,
    seat: Box<dyn Seat>,
    expected: Outcome,
    outcome: Option<Outcome>,
    sent: BTreeSet<Sent>,
}

/// To whom, and the bytes.
type Sent = (BTreeSet<String>, Vec<u8>);

/// Replays the ceremony as `party`. An error if something is not as recorded.
pub(super) fn replay(ceremony: &Ceremony, party: &str) -> Result<()> {
    let mut replay = Replay::begin(ceremony, party)?;
    for message in &ceremony.messages {
        match replay.hear(message) {
            Ok(Progress::PeerAborted(from)) => return Err(format!("party {from} aborts").into()),
            Ok(Progress::PeerBeganAnew(from)) => {
                return Err(format!("party {from} begins anew").into());
            }
            Ok(progress) => replay.note(progress),
            Err(failure) => return Err(format!("it aborts: {failure}").into()),
        }
    }
    replay.is_as_recorded(ceremony)
}

impl Replay {
    pub(super) fn begin(ceremony: &Ceremony, party: &str) -> Result<Self> {
        let setup = Setup::parse(ceremony.suite, &ceremony.setup)?;
        let me = setup.index_of(party).ok_or("the party has no place in the setup")?;
        let Known { random, task, outcome } =
            ceremony.known.get(party).ok_or("its randomness is not recorded")?.clone();
        let mut script = script(&setup, me, &task, &random)?;
        let seat = seat::take(ceremony.suite, &ceremony.setup, party, task, &mut script)?;
        let names = setup.names().to_vec();
        let (party, expected, sent) = (party.to_owned(), outcome, BTreeSet::new());
        let mut replay = Self { party, names, me, script, seat, expected, outcome: None, sent };
        let answer = replay.seat.advance(&mut replay.script);
        replay.note(answer.map_err(|failure| format!("it does not begin: {failure}"))?);
        replay.collect();
        Ok(replay)
    }

    /// Feeds one message, if it is for this party: its own and those for others are left out.
    pub(super) fn hear(&mut self, message: &Message) -> Answer {
        if !message.to.contains(&self.party) {
            return Ok(Progress::Waiting);
        }
        let answer = self.seat.receive(&message.bytes, &mut self.script);
        self.collect();
        answer
    }

    /// Keeps the result, once there is one.
    pub(super) fn note(&mut self, progress: Progress<Outcome>) {
        if let Progress::Done(outcome) = progress {
            self.outcome = Some(outcome);
        }
    }

    /// The position of another party.
    pub(super) fn position(&self, name: &str) -> Option<PartyIndex> {
        (0..)
            .map(PartyIndex::new)
            .zip(&self.names)
            .find(|(_, known)| *known == name)
            .map(|(j, _)| j)
    }

    /// Whether everything sent since the beginning is on record. An abort never is.
    pub(super) fn sent_only_recorded(&self, ceremony: &Ceremony) -> bool {
        self.sent.is_subset(&self.recorded(ceremony))
    }

    /// Says what differs from the record: what was sent, what is left, what was drawn.
    pub(super) fn is_as_recorded(&self, ceremony: &Ceremony) -> Result<()> {
        let recorded = self.recorded(ceremony);
        if self.sent != recorded {
            let wrong = told(self.sent.difference(&recorded));
            let missing = told(recorded.difference(&self.sent));
            return Err(
                format!("sent, not recorded: {wrong}; recorded, not sent: {missing}").into()
            );
        }
        match &self.outcome {
            None => Err("it has no result".into()),
            Some(outcome) if *outcome != self.expected => Err("its result is another".into()),
            Some(_) => self.script.is_played_out(),
        }
    }

    fn collect(&mut self) {
        for frame in self.seat.take_frames() {
            let to = seat::receivers(&self.names, self.me, &frame).into_iter().collect();
            self.sent.insert((to, frame.bytes));
        }
    }

    fn recorded(&self, ceremony: &Ceremony) -> BTreeSet<Sent> {
        let own = ceremony.messages.iter().filter(|message| message.frm == self.party);
        own.map(|message| (message.to.clone(), message.bytes.clone())).collect()
    }
}

fn told<'a>(messages: impl Iterator<Item = &'a Sent>) -> String {
    let each = |(to, bytes): &Sent| {
        format!(
            "{} bytes to {}",
            bytes.len(),
            to.iter().map(String::as_str).collect::<Vec<_>>().join("+")
        )
    };
    let told: Vec<String> = messages.map(each).collect();
    if told.is_empty() { "nothing".into() } else { told.join(", ") }
}
