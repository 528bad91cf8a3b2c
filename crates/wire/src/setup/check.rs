//! The assertions about a setup message.

use core::fmt;

use quorate_core::{Attribution, Consequence};

/// One assertion of `spec/setup.md`. A setup that fails one is refused, and no party is named: before a setup is
/// accepted, nobody has said anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// SETUP 1.1
    HasBoundedLength,
    /// SETUP 1.2
    ItemsFillTheBody,
    /// SETUP 1.3
    NoSingleItemTwice,
    /// SETUP 1.4
    NothingRequiredIsMissing,
    /// SETUP 1.5
    ItemsHaveTheirLength,
    /// SETUP 2.1
    IdNamesTheInstance,
    /// SETUP 2.2
    SignedByTheInstance,
    /// SETUP 3.1
    ListsAgreeInLength,
    /// SETUP 3.2
    PartiesCanMeet,
    /// SETUP 3.3
    NamesAreText,
    /// SETUP 3.4
    NamesAreDistinct,
    /// SETUP 3.5
    SeedsAreDistinct,
    /// SETUP 3.6
    RanksAreZero,
    /// SETUP 4.1
    ThresholdIsPossible,
    /// SETUP 4.2
    HashComesWithItsAlgorithm,
    /// SETUP 4.3
    PathIsAscii,
    /// SETUP 4.4
    IndicesAreParties,
    /// SETUP 4.5
    IndicesAreDistinct,
    /// SETUP 4.6
    TwoOldPartiesAtLeast,
    /// SETUP 4.7
    EveryPartyHasAPart,
}

impl quorate_core::Check for Check {
    const ALL: &'static [Self] = &[
        Self::HasBoundedLength,
        Self::ItemsFillTheBody,
        Self::NoSingleItemTwice,
        Self::NothingRequiredIsMissing,
        Self::ItemsHaveTheirLength,
        Self::IdNamesTheInstance,
        Self::SignedByTheInstance,
        Self::ListsAgreeInLength,
        Self::PartiesCanMeet,
        Self::NamesAreText,
        Self::NamesAreDistinct,
        Self::SeedsAreDistinct,
        Self::RanksAreZero,
        Self::ThresholdIsPossible,
        Self::HashComesWithItsAlgorithm,
        Self::PathIsAscii,
        Self::IndicesAreParties,
        Self::IndicesAreDistinct,
        Self::TwoOldPartiesAtLeast,
        Self::EveryPartyHasAPart,
    ];

    fn id(self) -> &'static str {
        match self {
            Self::HasBoundedLength => "SETUP 1.1",
            Self::ItemsFillTheBody => "SETUP 1.2",
            Self::NoSingleItemTwice => "SETUP 1.3",
            Self::NothingRequiredIsMissing => "SETUP 1.4",
            Self::ItemsHaveTheirLength => "SETUP 1.5",
            Self::IdNamesTheInstance => "SETUP 2.1",
            Self::SignedByTheInstance => "SETUP 2.2",
            Self::ListsAgreeInLength => "SETUP 3.1",
            Self::PartiesCanMeet => "SETUP 3.2",
            Self::NamesAreText => "SETUP 3.3",
            Self::NamesAreDistinct => "SETUP 3.4",
            Self::SeedsAreDistinct => "SETUP 3.5",
            Self::RanksAreZero => "SETUP 3.6",
            Self::ThresholdIsPossible => "SETUP 4.1",
            Self::HashComesWithItsAlgorithm => "SETUP 4.2",
            Self::PathIsAscii => "SETUP 4.3",
            Self::IndicesAreParties => "SETUP 4.4",
            Self::IndicesAreDistinct => "SETUP 4.5",
            Self::TwoOldPartiesAtLeast => "SETUP 4.6",
            Self::EveryPartyHasAPart => "SETUP 4.7",
        }
    }

    fn asserts(self) -> &'static str {
        match self {
            Self::HasBoundedLength => "is 100 bytes to 128 KiB long",
            Self::ItemsFillTheBody => "consists of whole items, with nothing after them",
            Self::NoSingleItemTwice => "has no item twice that has one value",
            Self::NothingRequiredIsMissing => "has every item that its kind needs",
            Self::ItemsHaveTheirLength => "has only items of their tag's length",
            Self::IdNamesTheInstance => "carries the message id of its instance",
            Self::SignedByTheInstance => "is signed by its instance key",
            Self::ListsAgreeInLength => "has one seed a name, and one rank a sharing party",
            Self::PartiesCanMeet => "names 2 to 255 parties",
            Self::NamesAreText => {
                "has only names that are party ids: 1 to 255 bytes of text, not blank, no control characters"
            }
            Self::NamesAreDistinct => "names no two parties alike",
            Self::SeedsAreDistinct => "gives no two parties one signing key",
            Self::RanksAreZero => "has ranks of zero only",
            Self::ThresholdIsPossible => {
                "has a threshold of at least 2 and at most the number of sharing parties"
            }
            Self::HashComesWithItsAlgorithm => "names an algorithm beside the hash",
            Self::PathIsAscii => "has a derivation path of at most 255 bytes of ASCII",
            Self::IndicesAreParties => "has only indices that are positions in its list of parties",
            Self::IndicesAreDistinct => "has no index twice among the old or among the new parties",
            Self::TwoOldPartiesAtLeast => "has at least two old parties",
            Self::EveryPartyHasAPart => "names nobody who is neither an old nor a new party",
        }
    }

    fn consequence(self) -> Consequence {
        match self {
            Self::HasBoundedLength
            | Self::ItemsFillTheBody
            | Self::NoSingleItemTwice
            | Self::NothingRequiredIsMissing
            | Self::ItemsHaveTheirLength
            | Self::IdNamesTheInstance
            | Self::SignedByTheInstance
            | Self::ListsAgreeInLength
            | Self::PartiesCanMeet
            | Self::NamesAreText
            | Self::NamesAreDistinct
            | Self::SeedsAreDistinct
            | Self::RanksAreZero
            | Self::ThresholdIsPossible
            | Self::HashComesWithItsAlgorithm
            | Self::PathIsAscii
            | Self::IndicesAreParties
            | Self::IndicesAreDistinct
            | Self::TwoOldPartiesAtLeast
            | Self::EveryPartyHasAPart => Consequence::Refuse,
        }
    }

    fn attribution(self) -> Attribution {
        match self {
            Self::HasBoundedLength
            | Self::ItemsFillTheBody
            | Self::NoSingleItemTwice
            | Self::NothingRequiredIsMissing
            | Self::ItemsHaveTheirLength
            | Self::IdNamesTheInstance
            | Self::SignedByTheInstance
            | Self::ListsAgreeInLength
            | Self::PartiesCanMeet
            | Self::NamesAreText
            | Self::NamesAreDistinct
            | Self::SeedsAreDistinct
            | Self::RanksAreZero
            | Self::ThresholdIsPossible
            | Self::HashComesWithItsAlgorithm
            | Self::PathIsAscii
            | Self::IndicesAreParties
            | Self::IndicesAreDistinct
            | Self::TwoOldPartiesAtLeast
            | Self::EveryPartyHasAPart => Attribution::Document,
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use quorate_core::Check as _;
        write!(f, "{} ({})", self.asserts(), self.id())
    }
}
