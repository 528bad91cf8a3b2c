//! The mailboxes of a run: what has arrived, by kind of message, until its round takes it.
//!
//! A protocol says once which kinds its rounds take, and from whom. What a session expects, what it keeps, whom it waits
//! for and when its next round is complete all follow from that.

use core::any::Any;
use std::collections::{BTreeMap, BTreeSet};

use crate::each::FromEach;
use crate::party::PartyIndex;
use crate::payload::Layout;
use crate::session::Kind;

/// One mailbox for every kind of message of a run, in the order of its rounds.
#[derive(Default)]
pub struct Mailboxes(Vec<Mailbox>);

/// The messages of one kind.
struct Mailbox {
    kind: Kind,
    /// Which of the rounds takes them, from 1.
    round: usize,
    from: BTreeSet<PartyIndex>,
    decode: fn(&[u8]) -> Option<Box<dyn Any + Send>>,
    /// Decoded, so that what is secret in a message is wiped when it is dropped.
    arrived: BTreeMap<PartyIndex, Box<dyn Any + Send>>,
    taken: bool,
}

impl Mailboxes {
    /// The next round takes a message of this kind from each of these parties.
    ///
    /// # Panics
    ///
    /// If another mailbox has that tag, which is a bug in the protocol.
    #[must_use]
    pub fn then<M: Layout + Send + 'static>(self, kind: Kind, from: &BTreeSet<PartyIndex>) -> Self {
        let round = self.rounds().saturating_add(1);
        self.with::<M>(round, kind, from)
    }

    /// The same round takes this kind as well.
    ///
    /// # Panics
    ///
    /// As [`Mailboxes::then`].
    #[must_use]
    pub fn and<M: Layout + Send + 'static>(self, kind: Kind, from: &BTreeSet<PartyIndex>) -> Self {
        let round = self.rounds();
        self.with::<M>(round, kind, from)
    }

    fn with<M: Layout + Send + 'static>(
        mut self,
        round: usize,
        kind: Kind,
        from: &BTreeSet<PartyIndex>,
    ) -> Self {
        assert!(self.0.iter().all(|other| other.kind.tag != kind.tag), "two mailboxes for a tag");
        self.0.push(Mailbox {
            kind,
            round,
            from: from.clone(),
            decode: |payload| Some(Box::new(M::decode(payload)?)),
            arrived: BTreeMap::new(),
            taken: false,
        });
        self
    }

    fn rounds(&self) -> usize {
        self.0.last().map_or(0, |last| last.round)
    }

    /// Every message of the run, arrived or not, as the layer that opens frames wants to know it.
    #[must_use]
    pub fn expects(&self) -> BTreeSet<(PartyIndex, Kind)> {
        self.0.iter().flat_map(|mailbox| mailbox.from.iter().map(|&j| (j, mailbox.kind))).collect()
    }

    /// Keeps a message until its round, unless it is a second one, a stranger's, of another length, or too late.
    pub fn deliver(&mut self, from: PartyIndex, tag: u64, payload: &[u8]) {
        let Some(mailbox) = self.0.iter_mut().find(|mailbox| mailbox.kind.tag == tag) else {
            return;
        };
        let awaited = !mailbox.taken
            && payload.len() == mailbox.kind.len
            && mailbox.from.contains(&from)
            && !mailbox.arrived.contains_key(&from);
        if awaited && let Some(message) = (mailbox.decode)(payload) {
            mailbox.arrived.insert(from, message);
        }
    }

    /// Whose messages the current round lacks. Empty after the last.
    #[must_use]
    pub fn awaiting(&self) -> BTreeSet<PartyIndex> {
        self.current().flat_map(Mailbox::lacking).collect()
    }

    /// Whether there is a current round, and all that it takes is here.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let mut current = self.current().peekable();
        current.peek().is_some() && current.all(Mailbox::is_complete)
    }

    /// Everybody's message of this kind, once. Afterwards no more of them are kept.
    ///
    /// # Panics
    ///
    /// Unless the current round is complete and takes messages `M` of this kind. The caller has asked whether it is
    /// complete, so that is a bug in the protocol, and found by every run.
    pub fn take<M: 'static>(&mut self, kind: Kind) -> FromEach<M> {
        let round = self.current().next().map(|mailbox| mailbox.round);
        let its = |mailbox: &&mut Mailbox| mailbox.kind == kind && Some(mailbox.round) == round;
        let mailbox = self.0.iter_mut().find(its);
        let arrived = mailbox.filter(|mailbox| mailbox.is_complete()).map(|mailbox| {
            mailbox.taken = true;
            core::mem::take(&mut mailbox.arrived)
        });
        let messages: Option<BTreeMap<_, _>> = arrived.and_then(|arrived| {
            arrived.into_iter().map(|(j, message)| Some((j, *message.downcast().ok()?))).collect()
        });
        assert!(messages.is_some(), "what is taken is not what the round awaits");
        FromEach::of_all(messages.unwrap_or_default())
    }

    /// The message of the only party that sends this kind, once.
    ///
    /// # Panics
    ///
    /// As [`Mailboxes::take`], and unless one party sends this kind.
    pub fn take_one<M: 'static>(&mut self, kind: Kind) -> M {
        let mut messages = self.take(kind).into_iter();
        match (messages.next(), messages.next()) {
            (Some((_, message)), None) => message,
            _ => unreachable!("what one party sends is awaited from others too"),
        }
    }

    /// The mailboxes of the round whose turn it is: the first with something to take. A round to which nobody sends
    /// anything is not held.
    fn current(&self) -> impl Iterator<Item = &Mailbox> {
        let open = |mailbox: &&Mailbox| !mailbox.taken && !mailbox.from.is_empty();
        let round = self.0.iter().find(open).map(|mailbox| mailbox.round);
        self.0.iter().filter(open).filter(move |mailbox| Some(mailbox.round) == round)
    }
}

impl Mailbox {
    fn lacking(&self) -> impl Iterator<Item = PartyIndex> {
        self.from.iter().copied().filter(|j| !self.arrived.contains_key(j))
    }

    fn is_complete(&self) -> bool {
        !self.taken && self.arrived.len() == self.from.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Reader;
    use crate::session::Cast;

    struct Two([u8; 2]);

    impl Layout for Two {
        fn read(reader: &mut Reader<'_>) -> Option<Self> {
            reader.array().map(Self)
        }

        fn write(&self, bytes: &mut Vec<u8>) {
            bytes.extend(self.0);
        }
    }

    const FIRST: Kind = Kind { tag: 7, cast: Cast::Broadcast, len: 2 };
    const SECOND: Kind = Kind { tag: 8, ..FIRST };
    const BESIDE: Kind = Kind { tag: 9, ..FIRST };

    fn parties<const N: usize>(parties: [u8; N]) -> BTreeSet<PartyIndex> {
        parties.map(PartyIndex::new).into()
    }

    fn one_round() -> Mailboxes {
        Mailboxes::default().then::<Two>(FIRST, &parties([0, 2]))
    }

    fn two_rounds() -> Mailboxes {
        one_round().then::<Two>(SECOND, &parties([0, 2])).and::<Two>(BESIDE, &parties([2]))
    }

    /// Everybody's message of this kind.
    fn deliver_all(mail: &mut Mailboxes, kind: Kind) {
        for j in mail.0.iter().find(|mailbox| mailbox.kind == kind).unwrap().from.clone() {
            mail.deliver(j, kind.tag, &[0; 2]);
        }
    }

    #[test]
    fn a_mailbox_takes_one_message_of_its_kind_and_length_from_each_of_its_parties() {
        let [zero, one, two] = [0, 1, 2].map(PartyIndex::new);
        let mut mail = one_round();
        for (from, tag, payload) in [
            (zero, 7, &[1, 1, 1][..]),
            (zero, 7, &[1]),
            (zero, 8, &[1, 1]),
            (one, 7, &[1, 1]),
            (two, 7, &[5, 6]),
            (two, 7, &[9, 9]),
        ] {
            mail.deliver(from, tag, payload);
        }
        assert!(!mail.is_complete());
        assert_eq!(mail.awaiting(), [zero].into());

        mail.deliver(zero, 7, &[3, 4]);
        assert!(mail.is_complete());
        let taken = mail.take(FIRST).map(|_, Two(bytes)| bytes);
        assert_eq!(taken.into_iter().collect::<Vec<_>>(), [(zero, [3, 4]), (two, [5, 6])]);
    }

    #[test]
    fn what_comes_after_its_round_is_not_kept() {
        let mut mail = one_round();
        deliver_all(&mut mail, FIRST);
        mail.take::<Two>(FIRST);
        deliver_all(&mut mail, FIRST);
        assert!(!mail.is_complete());
        assert!(mail.0.iter().all(|mailbox| mailbox.arrived.is_empty()));
    }

    #[test]
    fn what_comes_before_its_round_waits_and_is_not_asked_for() {
        let mut mail = two_rounds();
        deliver_all(&mut mail, SECOND);
        assert_eq!(mail.awaiting(), parties([0, 2]));
        deliver_all(&mut mail, FIRST);
        mail.take::<Two>(FIRST);
        assert_eq!(mail.awaiting(), parties([2]));
    }

    #[test]
    fn a_round_is_complete_once_all_kinds_that_it_takes_are_here() {
        let mut mail = two_rounds();
        for kind in [FIRST, SECOND, BESIDE] {
            assert!(!mail.is_complete());
            deliver_all(&mut mail, kind);
            if kind == FIRST {
                mail.take::<Two>(kind);
            }
        }
        assert!(mail.is_complete());
        mail.take::<Two>(SECOND);
        assert!(mail.is_complete());
        mail.take_one::<Two>(BESIDE);
        assert!(!mail.is_complete());
        assert_eq!(mail.awaiting(), parties([]));
    }

    #[test]
    fn what_nobody_sends_is_not_awaited() {
        let (nobody, two) = (parties([]), parties([2]));
        let rounds = Mailboxes::default().then::<Two>(FIRST, &nobody).then::<Two>(SECOND, &two);
        let mut mail = rounds.and::<Two>(BESIDE, &nobody);
        assert_eq!(mail.awaiting(), two);
        deliver_all(&mut mail, SECOND);
        assert!(mail.is_complete());
        mail.take::<Two>(SECOND);
        assert!(!mail.is_complete() && mail.awaiting().is_empty());
    }

    #[test]
    fn every_message_of_the_run_is_expected() {
        let of = |parties: BTreeSet<_>, kind| parties.into_iter().map(move |j| (j, kind));
        let both = parties([0, 2]);
        let expected =
            of(both.clone(), FIRST).chain(of(both, SECOND)).chain(of(parties([2]), BESIDE));
        assert_eq!(two_rounds().expects(), expected.collect());
    }

    #[test]
    #[should_panic = "not what the round awaits"]
    fn a_kind_of_another_round_cannot_be_taken() {
        let mut mail = two_rounds();
        deliver_all(&mut mail, SECOND);
        mail.take::<Two>(SECOND);
    }

    #[test]
    #[should_panic = "not what the round awaits"]
    fn a_round_that_is_not_complete_cannot_be_run() {
        one_round().take::<Two>(FIRST);
    }

    #[test]
    #[should_panic = "not what the round awaits"]
    fn another_type_of_message_cannot_be_taken() {
        let mut mail = one_round();
        deliver_all(&mut mail, FIRST);
        mail.take::<[u8; 2]>(FIRST);
    }

    #[test]
    #[should_panic = "two mailboxes for a tag"]
    fn a_tag_has_one_mailbox() {
        let _ = one_round().then::<Two>(FIRST, &parties([1]));
    }
}
