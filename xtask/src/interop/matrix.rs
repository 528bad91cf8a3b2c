//! Which ceremonies are held, with whom in which seat. Nothing here runs: `spec/shown.md` is made of it as well.

use std::collections::BTreeSet;

use quorate_wire::setup::Suite;

use super::table::{Post, Side};
use crate::seat::Protocol;
use Side::{Ours, Theirs};

/// How many of how many.
pub(super) type Size = (u8, u8);

/// A party by name, and whose it is.
pub(crate) type Seat = (&'static str, Side);

/// The parties of a new vault, in the order of its setup.
const NAMES: [&str; 4] = ["alice", "bobby", "carol", "david"];
/// Where the keys that sign stand. On Ed25519 they all stand at the root.
const PATHS: [&str; 4] = ["m/44/60/0/0/0", "m", "m/84/0/0/0/0", "m/2147483647/0/1"];

/// A new vault: the threshold, and who plays each party.
type Seating = (u8, &'static [Side]);

/// Ours in every seat of two, three and four, and ours twice with theirs once.
const SEATINGS: [Seating; 12] = [
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

/// Those in which messages arrive in any order, and more than once.
const SHUFFLED: [Seating; 2] = [(2, &[Theirs, Ours, Theirs]), (2, &[Ours, Theirs, Ours])];

/// A quorum change; `old` and `new` are positions in `seats`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    pub(crate) title: &'static str,
    /// Threshold of the sharing before, and of the one after.
    pub(crate) thresholds: (u8, u8),
    /// The vault before, whoever of it takes part.
    before: &'static [Seat],
    /// Everyone who takes part, in setup order.
    pub(crate) seats: &'static [Seat],
    pub(crate) old: &'static [u8],
    pub(crate) new: &'static [u8],
}

/// Every way in which ours and theirs can stay, join and leave together.
const CHANGES: [Change; 10] = [
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

/// A vault, and what happens to it, act by act.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub(crate) suite: Suite,
    pub(crate) post: Post,
    pub(crate) acts: Vec<Act>,
}

/// One ceremony; a presigning and its finish are two.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    pub(crate) protocol: Protocol,
    /// Who takes part, in setup order.
    pub(crate) seats: Vec<Seat>,
    pub(crate) detail: Detail,
}

/// What is particular to it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Detail {
    /// A new vault, or new shares of one: how many sign.
    Threshold(u8),
    /// A quorum change.
    Change(Change),
    /// A signing, with a hash or without: where the key stands.
    Path(&'static str),
    /// Nothing.
    Plain,
}

/// Everything that is held live on one curve.
pub(crate) fn stories(suite: Suite) -> Vec<Story> {
    let all = SEATINGS.iter().map(|&seating| (seating, Post::InOrder));
    let shuffled = SHUFFLED.iter().map(|&seating| (seating, Post::Shuffled));
    let mut stories = Vec::new();
    for (seating, post) in all.chain(shuffled) {
        let seats = NAMES.into_iter().zip(seating.1.iter().copied()).collect::<Vec<Seat>>();
        let of = |protocol| of_vault(suite, protocol, &seats, seating.0);
        let mut made = vec![of(Protocol::Keygen)];
        // Four parties on secp256k1 take their time, and sit as three do.
        if suite == Suite::Eddsa || seats.len() < 4 {
            made.push(of(Protocol::Refresh));
            for protocol in [Protocol::Migration, Protocol::Import] {
                stories.push(Story { suite, post, acts: of(protocol) });
            }
        }
        stories.push(Story { suite, post, acts: made.concat() });
    }
    let change = |change: &Change, post| {
        let (before, after) = change.thresholds;
        let acts = [
            vec![share(Protocol::Keygen, change.before, Detail::Threshold(before))],
            vec![share(Protocol::QuorumChange, change.seats, Detail::Change(*change))],
            uses(suite, &change.after(), after, true),
        ];
        Story { suite, post, acts: acts.concat() }
    };
    stories.extend(CHANGES.iter().map(|one| change(one, Post::InOrder)));
    stories.extend(CHANGES.iter().take(2).map(|one| change(one, Post::Shuffled)));
    stories
}

/// Of those, as many as hold every protocol: each has one that those before it have not.
pub(super) fn sample(suite: Suite) -> Vec<Story> {
    let mut held = BTreeSet::new();
    let mut stories = stories(suite);
    stories.retain(|story| {
        let before = held.len();
        held.extend(story.acts.iter().map(|act| act.protocol));
        held.len() > before
    });
    stories
}

/// Everybody gets a share, and uses it.
fn of_vault(suite: Suite, protocol: Protocol, seats: &[Seat], threshold: u8) -> Vec<Act> {
    let mut acts = vec![share(protocol, seats, Detail::Threshold(threshold))];
    acts.extend(uses(suite, seats, threshold, protocol == Protocol::Keygen));
    acts
}

fn share(protocol: Protocol, seats: &[Seat], detail: Detail) -> Act {
    Act { protocol, seats: seats.to_vec(), detail }
}

/// A vault of one side only, of as many as there may be.
const fn crowd(side: Side) -> [Seat; 9] {
    [
        ("a", side),
        ("b", side),
        ("c", side),
        ("d", side),
        ("e", side),
        ("f", side),
        ("g", side),
        ("h", side),
        ("i", side),
    ]
}
const OUR_CROWD: &[Seat] = &crowd(Ours);
const THEIR_CROWD: &[Seat] = &crowd(Theirs);
const POSITIONS: &[u8] = &[0, 1, 2, 3, 4, 5, 6, 7, 8];

/// Every protocol that a vault lives by, once, with everybody on one side: the quorum change adds a party.
pub(super) fn alone(suite: Suite, side: Side, (threshold, parties): Size) -> Vec<Act> {
    fn first<T>(of: &'static [T], count: usize) -> &'static [T] {
        of.get(..count).unwrap_or(of)
    }
    let crowd = if side == Ours { OUR_CROWD } else { THEIR_CROWD };
    let (quorum, all) = (usize::from(threshold), usize::from(parties));
    let more = all.saturating_add(1);
    let change = Change {
        title: "one joins",
        thresholds: (threshold, threshold),
        before: first(crowd, all),
        seats: first(crowd, more),
        old: first(POSITIONS, quorum),
        new: first(POSITIONS, more),
    };
    let signs = |protocol, detail| share(protocol, first(crowd, quorum), detail);
    let shares = |protocol| share(protocol, change.before, Detail::Threshold(threshold));
    let mut acts = vec![shares(Protocol::Keygen), signs(Protocol::Sign, Detail::Path("m"))];
    if suite == Suite::Ecdsa {
        acts.push(signs(Protocol::Presign, Detail::Path("m")));
        acts.push(signs(Protocol::Finish, Detail::Plain));
    }
    acts.push(shares(Protocol::Refresh));
    acts.push(share(Protocol::QuorumChange, change.seats, Detail::Change(change)));
    acts
}

/// What is done with shares: everything that they are for, by every quorum, and at last with every share in the other
/// side's hands; or one signature by one quorum.
fn uses(suite: Suite, members: &[Seat], threshold: u8, all: bool) -> Vec<Act> {
    let quorums = quorums(members, threshold);
    let mut acts = Vec::new();
    if !all {
        let last = quorums.last().map(|seats| share(Protocol::Sign, seats, Detail::Path("m")));
        return last.into_iter().collect();
    }
    for (seats, path) in quorums.iter().zip(PATHS.into_iter().cycle()) {
        let mut act = |protocol, seats: &[Seat], detail| acts.push(share(protocol, seats, detail));
        act(Protocol::Sign, seats, Detail::Path(path));
        if suite == Suite::Ecdsa {
            // A finish may have another order than its presigning.
            let turned: Vec<Seat> = seats.iter().rev().copied().collect();
            act(Protocol::Presign, seats, Detail::Path(path));
            act(Protocol::Finish, &turned, Detail::Plain);
        }
        act(Protocol::Export, seats, Detail::Plain);
    }
    if let Some(seats) = quorums.last() {
        let exchanged: Vec<Seat> = seats.iter().map(|&(name, side)| (name, side.other())).collect();
        acts.push(share(Protocol::Sign, &exchanged, Detail::Path("m/44/60/0/0/1")));
    }
    acts
}

/// Everybody in reverse, then a smallest quorum led by each. Quorums of one side only have nothing to show here.
fn quorums(members: &[Seat], threshold: u8) -> Vec<Vec<Seat>> {
    let mut quorums = vec![members.iter().rev().copied().collect::<Vec<_>>()];
    for leader in 0..members.len() {
        let turned = members.iter().cycle().skip(leader).take(usize::from(threshold));
        quorums.push(turned.copied().collect());
    }
    quorums.retain(|signers| {
        [Ours, Theirs].iter().all(|side| signers.iter().any(|(_, played)| played == side))
    });
    quorums
}

impl Change {
    /// The members of the new sharing.
    fn after(&self) -> Vec<Seat> {
        let seat = |&position: &u8| self.seats.get(usize::from(position)).copied();
        self.new.iter().filter_map(seat).collect()
    }
}
