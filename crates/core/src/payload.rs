//! Payloads: exact layouts.

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

/// One message for each party, in party order.
pub fn to_each<M: Layout>(messages: &FromEach<M>, kind: Kind) -> Vec<Outgoing> {
    messages.iter().map(|(j, message)| message.to_one(kind, j)).collect()
}
