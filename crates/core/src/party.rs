//! Who takes part in one run of a protocol.

use core::fmt;
use std::collections::BTreeSet;

/// A party's position in the setup's list of parties, from 0.
///
/// It is not an evaluation point and not the party id inside a key share; the protocols that need those have
/// types of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartyIndex(u8);

impl PartyIndex {
    /// The party at `position`.
    #[must_use]
    pub const fn new(position: u8) -> Self {
        Self(position)
    }

    /// The position, from 0.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The first `count` positions, ascending.
    pub fn first(count: u8) -> impl DoubleEndedIterator<Item = Self> {
        (0..count).map(Self)
    }
}

impl From<PartyIndex> for usize {
    fn from(index: PartyIndex) -> Self {
        Self::from(index.0)
    }
}

impl From<PartyIndex> for u64 {
    fn from(index: PartyIndex) -> Self {
        Self::from(index.0)
    }
}

impl fmt::Display for PartyIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The parties of one run, seen from one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committee {
    me: PartyIndex,
    size: u8,
    others: BTreeSet<PartyIndex>,
    threshold: u8,
}

/// The numbers do not describe a committee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("need 2 <= threshold <= parties <= 255 and a place among them")]
pub struct InvalidCommittee;

impl Committee {
    /// `threshold` is the number of parties that can sign: 2-of-3 has threshold 2 and polynomials of degree 1.
    ///
    /// # Errors
    ///
    /// [`InvalidCommittee`] unless `2 <= threshold <= size` and `me < size`.
    pub fn new(me: PartyIndex, size: u8, threshold: u8) -> Result<Self, InvalidCommittee> {
        if threshold < 2 || threshold > size || me.get() >= size {
            return Err(InvalidCommittee);
        }
        let others = PartyIndex::first(size).filter(|&j| j != me).collect();
        Ok(Self { me, size, others, threshold })
    }

    /// This party.
    #[must_use]
    pub fn me(&self) -> PartyIndex {
        self.me
    }

    /// How many parties there are, this one included.
    #[must_use]
    pub fn size(&self) -> u8 {
        self.size
    }

    /// How many parties can sign: the number of coefficients of a sharing polynomial.
    #[must_use]
    pub fn threshold(&self) -> u8 {
        self.threshold
    }

    /// Every party, ascending.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = PartyIndex> + use<> {
        PartyIndex::first(self.size)
    }

    /// Every party but this one.
    #[must_use]
    pub fn others(&self) -> &BTreeSet<PartyIndex> {
        &self.others
    }
}
