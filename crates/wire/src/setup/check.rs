//! The assertions about a setup message.

use quorate_core::checks;

checks! {
    /// The assertions of `spec/setup.md`. A setup that fails one is refused, and no party is named: before a setup is
    /// accepted, nobody has said anything.
    Check {
        HasBoundedLength "SETUP 1.1" Refuse Document
            "is 100 bytes to 144 KiB long"
        ItemsFillTheBody "SETUP 1.2" Refuse Document
            "consists of whole items, with nothing after them"
        NoSingleItemTwice "SETUP 1.3" Refuse Document
            "has no item twice that has one value"
        NothingRequiredIsMissing "SETUP 1.4" Refuse Document
            "has every item that its kind needs"
        ItemsHaveTheirLength "SETUP 1.5" Refuse Document
            "has only items of their tag's length"
        IdNamesTheInstance "SETUP 2.1" Refuse Document
            "carries the message id of its instance"
        SignedByTheInstance "SETUP 2.2" Refuse Document
            "is signed by its instance key"
        ListsAgreeInLength "SETUP 3.1" Refuse Document
            "has one seed a name, and one rank a sharing party"
        PartiesCanMeet "SETUP 3.2" Refuse Document
            "names 2 to 255 parties"
        NamesAreText "SETUP 3.3" Refuse Document
            "has only names that are party ids: 1 to 255 bytes of text, not blank, no control characters"
        NamesAreDistinct "SETUP 3.4" Refuse Document
            "names no two parties alike"
        SeedsAreDistinct "SETUP 3.5" Refuse Document
            "gives no two parties one signing key"
        RanksAreZero "SETUP 3.6" Refuse Document
            "has ranks of zero only"
        ThresholdIsPossible "SETUP 4.1" Refuse Document
            "has a threshold of at least 2 and at most the number of sharing parties"
        HashComesWithItsAlgorithm "SETUP 4.2" Refuse Document
            "names an algorithm beside the hash"
        PathIsAscii "SETUP 4.3" Refuse Document
            "has a derivation path of at most 255 bytes of ASCII"
        IndicesAreParties "SETUP 4.4" Refuse Document
            "has only indices that are positions in its list of parties"
        IndicesAreDistinct "SETUP 4.5" Refuse Document
            "has no index twice among the old or among the new parties"
        TwoOldPartiesAtLeast "SETUP 4.6" Refuse Document
            "has at least two old parties"
        EveryPartyHasAPart "SETUP 4.7" Refuse Document
            "names nobody who is neither an old nor a new party"
        MessageIsSignedAsItIs "SETUP 4.8" Refuse Document
            "has the message of an Ed25519 signing signed as it is"
    }
}
