//! Payloads: exact layouts, and the boxes in which they wait for their round.

use std::collections::{BTreeMap, BTreeSet};

use zeroize::Zeroizing;

use crate::each::FromEach;
use crate::party::PartyIndex;
use crate::secret::Secret;
use crate::session::{Delivery, Kind, Outgoing};

/// A message with a fixed layout.
pub trait Layout: Sized {
    /// Takes the fields in order. `None` if the bytes are too few; the reader's rest must then be empty.
    fn read(reader: &mut Reader<'_>) -> Option<Self>;

    /// Appends the fields in order.
    fn write(&self, bytes: &mut Vec<u8>);

    /// `None` unless the fields fill the payload exactly.
    fn decode(payload: &[u8]) -> Option<Self> {
        let mut reader = Reader(payload);
        let message = Self::read(&mut reader)?;
        reader.is_empty().then_some(message)
    }

    /// For everybody.
    fn to_all(&self, kind: Kind) -> Outgoing {
        self.outgoing(kind, Delivery::Broadcast)
    }

    /// For one party, under the keys of the run.
    fn to_one(&self, kind: Kind, to: PartyIndex) -> Outgoing {
        self.outgoing(kind, Delivery::Private(to))
    }

    /// As `delivery` says, which is to be of the kind's cast.
    fn outgoing(&self, kind: Kind, delivery: Delivery) -> Outgoing {
        // Room for all of it, so that no half-written copy of a secret stays behind in memory.
        let mut payload = Zeroizing::new(Vec::with_capacity(kind.len));
        self.write(&mut payload);
        debug_assert_eq!(payload.len(), kind.len, "a message has the length of its kind");
        Outgoing { tag: kind.tag, delivery, payload }
    }
}

/// Takes fixed-size fields off the front of a payload.
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Over these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.array_ref().copied()
    }

    /// The next `N` bytes, where they are.
    pub fn array_ref<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(array)
    }

    /// The next 32 bytes, which hold a secret: on the heap, because a message is moved before it is read.
    pub fn secret(&mut self) -> Option<Secret<[u8; 32]>> {
        self.array_ref().map(|bytes| Secret::fill(|secret| *secret = *bytes))
    }

    /// The next `N` bytes, too many for the stack.
    pub fn boxed<const N: usize>(&mut self) -> Option<Box<[u8; N]>> {
        self.bytes(N)?.to_vec().into_boxed_slice().try_into().ok()
    }

    /// The next `len` bytes.
    pub fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(bytes)
    }

    /// The next `count` arrays of `N` bytes.
    pub fn arrays<const N: usize>(&mut self, count: usize) -> Option<Vec<[u8; N]>> {
        let (arrays, _) = self.bytes(count.checked_mul(N)?)?.as_chunks();
        Some(arrays.to_vec())
    }

    /// All that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        core::mem::take(&mut self.0)
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many bytes are left.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// The messages of one kind, waiting for their round.
pub struct Inbox<M> {
    kind: Kind,
    from: BTreeSet<PartyIndex>,
    arrived: BTreeMap<PartyIndex, M>,
    taken: bool,
}

impl<M: Layout> Inbox<M> {
    /// Awaits one message of `kind` from each party of `from`.
    pub fn new(kind: Kind, from: BTreeSet<PartyIndex>) -> Self {
        Self { kind, from, arrived: BTreeMap::new(), taken: false }
    }

    /// Takes a message of this kind, unless it is a second one, a stranger's, or of another length.
    pub fn deliver(&mut self, from: PartyIndex, tag: u64, payload: &[u8]) {
        let awaited = !self.taken
            && tag == self.kind.tag
            && payload.len() == self.kind.len
            && self.from.contains(&from)
            && !self.arrived.contains_key(&from);
        if awaited && let Some(message) = M::decode(payload) {
            self.arrived.insert(from, message);
        }
    }

    /// Whose message is not here.
    pub fn lacking(&self) -> BTreeSet<PartyIndex> {
        self.from.iter().filter(|j| !self.arrived.contains_key(j)).copied().collect()
    }

    /// Whether everybody's message is here, and not taken yet.
    fn is_complete(&self) -> bool {
        !self.taken && self.arrived.len() == self.from.len()
    }

    /// Everybody's message, once; `None` while somebody's is lacking. Afterwards nothing more is taken in.
    pub fn take(&mut self) -> Option<FromEach<M>> {
        if !self.is_complete() {
            return None;
        }
        self.taken = true;
        FromEach::complete(&self.from, core::mem::take(&mut self.arrived))
    }

    /// What this box takes, from whom, as the layer that opens frames wants to know it.
    pub fn expects(&self) -> impl Iterator<Item = (PartyIndex, Kind)> + '_ {
        self.from.iter().map(|&j| (j, self.kind))
    }
}

/// Takes from both boxes once both are complete, and from neither before.
pub fn take_both<A: Layout, B: Layout>(
    a: &mut Inbox<A>,
    b: &mut Inbox<B>,
) -> Option<(FromEach<A>, FromEach<B>)> {
    if a.is_complete() && b.is_complete() { a.take().zip(b.take()) } else { None }
}

/// One message for each party, in party order.
pub fn to_each<M: Layout>(messages: &FromEach<M>, kind: Kind) -> Vec<Outgoing> {
    messages.iter().map(|(j, message)| message.to_one(kind, j)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
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

    const KIND: Kind = Kind { tag: 7, cast: Cast::Broadcast, len: 2 };

    fn inbox() -> Inbox<Two> {
        Inbox::new(KIND, [0, 2].map(PartyIndex::new).into())
    }

    #[test]
    fn a_box_takes_one_message_of_its_kind_and_length_from_each_of_its_parties() {
        let [zero, one, two] = [0, 1, 2].map(PartyIndex::new);
        let mut inbox = inbox();
        for (from, tag, payload) in [
            (zero, 7, &[1, 1, 1][..]),
            (zero, 7, &[1]),
            (zero, 8, &[1, 1]),
            (one, 7, &[1, 1]),
            (two, 7, &[5, 6]),
            (two, 7, &[9, 9]),
        ] {
            inbox.deliver(from, tag, payload);
        }
        assert!(inbox.take().is_none());
        assert_eq!(inbox.lacking(), [zero].into());

        inbox.deliver(zero, 7, &[3, 4]);
        let taken = inbox.take().unwrap().map(|_, Two(bytes)| bytes);
        assert_eq!(taken.into_iter().collect::<Vec<_>>(), [(zero, [3, 4]), (two, [5, 6])]);
    }

    #[test]
    fn what_comes_after_its_round_is_not_kept() {
        let parties = [0, 2].map(PartyIndex::new);
        let mut inbox = inbox();
        for taken in [true, false] {
            for j in parties {
                inbox.deliver(j, 7, &[0, 0]);
            }
            assert_eq!(inbox.take().is_some(), taken);
        }
    }

    #[test]
    fn two_boxes_are_emptied_together_or_not_at_all() {
        let (mut full, mut empty) = (inbox(), inbox());
        for j in [0, 2].map(PartyIndex::new) {
            full.deliver(j, 7, &[0, 0]);
        }
        assert!(take_both(&mut full, &mut empty).is_none());
        assert!(full.take().is_some());
    }
}
