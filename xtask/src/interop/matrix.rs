//! Which ceremonies are run, with whom in which seat.

use super::table::Side::{self, Ours, Theirs};

/// The parties of a keygen, in the order of its setup.
pub(super) const NAMES: [&str; 4] = ["alice", "bobby", "carol", "david"];
/// Where the keys that sign stand.
pub(super) const PATHS: [&str; 4] = ["m/44/60/0/0/0", "m", "m/84/0/0/0/0", "m/2147483647/0/1"];

/// A keygen: the threshold, and who plays each party.
pub(super) const KEYGENS: &[(u8, &[Side])] = &[
    (2, &[Ours, Theirs]),
    (2, &[Theirs, Ours]),
    (2, &[Ours, Theirs, Theirs]),
    (2, &[Theirs, Ours, Theirs]),
    (2, &[Theirs, Theirs, Ours]),
    (2, &[Ours, Ours, Theirs]),
    (2, &[Ours, Theirs, Ours]),
    (2, &[Theirs, Ours, Ours]),
    (3, &[Ours, Theirs, Theirs, Theirs]),
    (3, &[Theirs, Ours, Theirs, Theirs]),
    (3, &[Theirs, Theirs, Ours, Theirs]),
    (3, &[Theirs, Theirs, Theirs, Ours]),
];

/// A quorum change; `old` and `new` are positions in `seats`.
pub(super) struct Change {
    pub(super) title: &'static str,
    /// Threshold of the sharing before, and of the one after.
    pub(super) thresholds: (u8, u8),
    /// The vault before, whoever of it takes part.
    pub(super) before: &'static [(&'static str, Side)],
    /// Everyone who takes part, in setup order.
    pub(super) seats: &'static [(&'static str, Side)],
    pub(super) old: &'static [u8],
    pub(super) new: &'static [u8],
}

/// Every way in which ours and theirs can stay, join and leave together.
pub(super) const CHANGES: &[Change] = &[
    Change {
        title: "2-of-2 becomes 2-of-3, we join",
        thresholds: (2, 2),
        before: &[("alice", Ours), ("bobby", Theirs)],
        seats: &[("carol", Ours), ("alice", Ours), ("bobby", Theirs)],
        old: &[1, 2],
        new: &[1, 2, 0],
    },
    Change {
        title: "2-of-2 becomes 2-of-3, they join",
        thresholds: (2, 2),
        before: &[("alice", Theirs), ("bobby", Ours)],
        seats: &[("alice", Theirs), ("bobby", Ours), ("carol", Theirs)],
        old: &[0, 1],
        new: &[0, 1, 2],
    },
    Change {
        title: "2-of-2 becomes 2-of-3, we are the only new one among them",
        thresholds: (2, 2),
        before: &[("alice", Theirs), ("bobby", Theirs)],
        seats: &[("alice", Theirs), ("david", Ours), ("bobby", Theirs)],
        old: &[2, 0],
        new: &[1, 0, 2],
    },
    Change {
        title: "a party of theirs is replaced by one of ours",
        thresholds: (2, 2),
        before: &[("alice", Ours), ("bobby", Theirs), ("carol", Theirs)],
        seats: &[("alice", Ours), ("carol", Theirs), ("erin", Ours)],
        old: &[0, 1],
        new: &[0, 1, 2],
    },
    Change {
        title: "a party of ours is replaced by one of theirs",
        thresholds: (2, 2),
        before: &[("alice", Theirs), ("bobby", Ours), ("carol", Ours)],
        seats: &[("carol", Ours), ("erin", Theirs), ("alice", Theirs)],
        old: &[2, 0],
        new: &[2, 0, 1],
    },
    Change {
        title: "we help and leave",
        thresholds: (2, 2),
        before: &[("alice", Ours), ("bobby", Theirs), ("carol", Theirs)],
        seats: &[("alice", Ours), ("bobby", Theirs), ("carol", Theirs)],
        old: &[0, 1, 2],
        new: &[1, 2],
    },
    Change {
        title: "they help and leave",
        thresholds: (2, 2),
        before: &[("alice", Ours), ("bobby", Theirs)],
        seats: &[("bobby", Theirs), ("carol", Theirs), ("alice", Ours)],
        old: &[2, 0],
        new: &[2, 1],
    },
    Change {
        title: "threshold 2 becomes 3, one of ours and one of theirs join",
        thresholds: (2, 3),
        before: &[("alice", Ours), ("bobby", Theirs)],
        seats: &[("david", Theirs), ("alice", Ours), ("carol", Ours), ("bobby", Theirs)],
        old: &[1, 3],
        new: &[1, 3, 2, 0],
    },
    Change {
        title: "2-of-3 becomes 3-of-4, one of ours joins",
        thresholds: (2, 3),
        before: &[("alice", Theirs), ("bobby", Ours), ("carol", Theirs)],
        seats: &[("alice", Theirs), ("bobby", Ours), ("carol", Theirs), ("david", Ours)],
        old: &[0, 1, 2],
        new: &[3, 2, 1, 0],
    },
    Change {
        title: "everybody is replaced",
        thresholds: (2, 2),
        before: &[("alice", Ours), ("bobby", Theirs)],
        seats: &[("alice", Ours), ("bobby", Theirs), ("carol", Theirs), ("david", Ours)],
        old: &[0, 1],
        new: &[2, 3],
    },
];
