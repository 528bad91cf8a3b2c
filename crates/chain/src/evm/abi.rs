//! The arguments of calls: words of 32 bytes, and what is longer behind them, at the offsets that words name.
//!
//! Read is only what has one meaning: addresses and truths with nothing in their unused bytes, offsets and lengths
//! within the data.

use alloy_primitives::U256;

use super::address::Address;

/// Where offsets count from: the arguments of a call, or a tuple among them.
#[derive(Clone, Copy)]
pub(super) struct Words<'a>(&'a [u8]);

impl<'a> Words<'a> {
    /// The arguments of a call of the function of this selector; `None` if it is another function's.
    pub(super) fn of_call(data: &'a [u8], selector: [u8; 4]) -> Option<Self> {
        data.strip_prefix(&selector).map(Self)
    }

    /// Itself, if it has exactly so many words.
    pub(super) fn exactly(self, words: usize) -> Option<Self> {
        (self.0.len() == words.checked_mul(32)?).then_some(self)
    }

    fn word(self, position: usize) -> Option<[u8; 32]> {
        let start = position.checked_mul(32)?;
        self.0.get(start..)?.first_chunk().copied()
    }

    pub(super) fn uint(self, position: usize) -> Option<U256> {
        Some(U256::from_be_bytes(self.word(position)?))
    }

    /// A number, where one that large makes no sense.
    pub(super) fn small(self, position: usize) -> Option<u64> {
        u64::try_from(self.uint(position)?).ok()
    }

    pub(super) fn address(self, position: usize) -> Option<Address> {
        let word = self.word(position)?;
        let (unused, address) = word.split_first_chunk::<12>()?;
        let address: [u8; 20] = address.try_into().ok()?;
        (unused == &[0; 12]).then(|| Address(address.into()))
    }

    pub(super) fn truth(self, position: usize) -> Option<bool> {
        match self.small(position)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// What the offset in this word points at.
    pub(super) fn tuple(self, position: usize) -> Option<Self> {
        let offset = usize::try_from(self.small(position)?).ok()?;
        self.0.get(offset..).map(Self)
    }

    /// What stands behind so many words: where the offsets of an array's members count from.
    pub(super) fn behind(self, words: usize) -> Option<Self> {
        self.0.get(words.checked_mul(32)?..).map(Self)
    }

    /// Bytes, or the UTF-8 of a text.
    pub(super) fn bytes(self, position: usize) -> Option<&'a [u8]> {
        let at = self.tuple(position)?;
        let length = usize::try_from(at.small(0)?).ok()?;
        at.0.get(32..)?.get(..length)
    }
}

/// A call as it is written.
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn call(selector: [u8; 4]) -> Self {
        Self(selector.to_vec())
    }

    pub(super) fn uint(mut self, number: U256) -> Self {
        self.0.extend(number.to_be_bytes::<32>());
        self
    }

    pub(super) fn address(mut self, address: Address) -> Self {
        self.0.extend([0; 12]);
        self.0.extend(address.to_bytes());
        self
    }

    /// The length and the bytes, filled up to a whole word: what stands at the end.
    pub(super) fn tail(mut self, bytes: &[u8]) -> Self {
        self = self.uint(U256::from(bytes.len()));
        self.0.extend(bytes);
        let filled = bytes.len().next_multiple_of(32);
        self.0.extend(core::iter::repeat_n(0, filled.saturating_sub(bytes.len())));
        self
    }

    pub(super) fn data(self) -> Vec<u8> {
        self.0
    }
}
