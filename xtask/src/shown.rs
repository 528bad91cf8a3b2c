//! What shows that each protocol does what it should: `spec/shown.md`.
//!
//! Made of the recorded ceremonies themselves, of the matrix that the live run walks, and of the tests that checks have,
//! so that a row says no more than is there. A protocol of which one of the three shows nothing is an error.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

use quorate_wire::setup::Suite;

use crate::interop::matrix::stories;
use crate::interop::table::{Post, Side};
use crate::seat::Protocol;
use crate::vectors::{Recorded, folders, recorded};
use crate::workspace::root;
use crate::{Result, checks};

const TABLE: &str = "spec/shown.md";
const HEAD: &str = "\
# What is shown of each protocol

* **Vectors**: recorded ceremonies that replay to the byte, from every seat whose randomness is recorded: files of
  `vectors/dkls23` and `vectors/eddsa` (`cargo xtask vectors`).
* **Live**: ceremonies in which our parties and the production engine's sit at one table (`cargo xtask interop`), and the
  seats that ours have had. The first seat of an import is the initiator's, of an export the receiver's. Shuffled: every
  message in any order, and more than once.
* **Misbehaviour**: checks of the protocol by the pages of their ids, each with tests in which only it catches the liar
  ([`checks.md`](checks.md)); and recorded ceremonies in which somebody lies.

Written by `cargo xtask shown --write`. A protocol with an empty cell is an error.
";

/// Says nothing if `spec/shown.md` is what the tests say and no cell is empty.
pub fn verify() -> Result<()> {
    let table = table()?;
    if fs::read_to_string(root().join(TABLE)).is_ok_and(|written| written == table) {
        Ok(())
    } else {
        Err(format!("{TABLE} is not what the tests say: run `cargo xtask shown --write`").into())
    }
}

/// Writes `spec/shown.md`.
pub fn write() -> Result<()> {
    Ok(fs::write(root().join(TABLE), table()?)?)
}

fn table() -> Result<String> {
    let (recorded, tests) = (recorded(&folders())?, checks::tests_by_check()?);
    let mut text = String::from(HEAD);
    let mut empty = Vec::new();
    for suite in [Suite::Ecdsa, Suite::Eddsa] {
        let title = match suite {
            Suite::Ecdsa => "DKLs23 on secp256k1",
            Suite::Eddsa => "Lindell22 on Ed25519",
        };
        write!(
            text,
            "\n## {title}\n\n| protocol | vectors | live | misbehaviour |\n|---|---|---|---|\n"
        )?;
        let live = live(suite);
        for protocol in Protocol::ALL.into_iter().filter(|protocol| protocol.is_of(suite)) {
            let found = recorded.get(&(suite, protocol)).cloned().unwrap_or_default();
            let cells = [
                found.files.iter().map(|file| format!("`{file}`")).collect::<Vec<_>>().join(", "),
                live.get(&protocol).map(Live::told).unwrap_or_default(),
                misbehaviour(pages(suite, protocol), &tests, &found),
            ];
            for (column, cell) in ["vector", "live ceremony", "misbehaviour"].iter().zip(&cells) {
                if cell.is_empty() {
                    empty.push(format!("no {column} shows {protocol} ({title})"));
                }
            }
            writeln!(text, "| {protocol} | {} |", cells.join(" | "))?;
        }
    }
    if empty.is_empty() { Ok(text) } else { Err(empty.join("\n").into()) }
}

/// What the matrix holds of one protocol.
#[derive(Default)]
struct Live {
    ceremonies: usize,
    shuffled: usize,
    /// By how many sit at the table: the seats that ours have had.
    seats: BTreeMap<usize, BTreeSet<usize>>,
}

fn live(suite: Suite) -> BTreeMap<Protocol, Live> {
    let mut live: BTreeMap<Protocol, Live> = BTreeMap::new();
    for story in stories(suite) {
        for act in &story.acts {
            let of = live.entry(act.protocol).or_default();
            of.ceremonies = of.ceremonies.saturating_add(1);
            of.shuffled = of.shuffled.saturating_add(usize::from(story.post == Post::Shuffled));
            let ours = act.seats.iter().zip(1..).filter(|((_, side), _)| *side == Side::Ours);
            of.seats.entry(act.seats.len()).or_default().extend(ours.map(|(_, seat)| seat));
        }
    }
    live
}

impl Live {
    /// "31 ceremonies, 5 shuffled; ours in every seat of 2, 3".
    fn told(&self) -> String {
        let Self { ceremonies, shuffled, seats } = self;
        let (every, some): (Vec<_>, Vec<_>) =
            seats.iter().partition(|(size, seats)| seats.len() == **size);
        let every: BTreeSet<usize> = every.into_iter().map(|(size, _)| *size).collect();
        let mut told = vec![format!("{ceremonies} ceremonies, {shuffled} of them shuffled")];
        if !every.is_empty() {
            told.push(format!("ours in every seat of {}", listed(&every)));
        }
        told.extend(some.iter().map(|(size, seats)| format!("of {size}, in {}", listed(seats))));
        told.join("; ")
    }
}

fn listed(numbers: &BTreeSet<usize>) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Under which ids the checks stand that a party of the protocol makes.
fn pages(suite: Suite, protocol: Protocol) -> &'static [&'static str] {
    match (suite, protocol) {
        (Suite::Ecdsa, Protocol::Keygen) => &["DKG", "OT 2", "OT 3", "OT 5"],
        (Suite::Ecdsa, Protocol::Sign) => &["DERIVE", "SIGN", "OT 7", "RVOLE"],
        (Suite::Ecdsa, Protocol::Presign) => {
            &["DERIVE", "SIGN 1", "SIGN 2", "SIGN 3", "SIGN 4", "OT 7", "RVOLE"]
        }
        (Suite::Ecdsa, Protocol::Finish) => &["PRESIGNATURE", "FINISH", "SIGN 5"],
        (Suite::Ecdsa, Protocol::QuorumChange) => &["QC", "OT 2", "OT 3", "OT 5"],
        (Suite::Ecdsa, Protocol::Refresh | Protocol::Migration) => &["REFRESH", "DKG"],
        (Suite::Ecdsa, Protocol::Import) => &["IMPORT", "REFRESH", "DKG"],
        (Suite::Ecdsa, Protocol::Export) => &["EXPORT"],
        (Suite::Eddsa, Protocol::Keygen) => &["ED-DKG"],
        (Suite::Eddsa, Protocol::Sign) => &["ED-SIGN"],
        (Suite::Eddsa, Protocol::QuorumChange) => &["ED-QC"],
        (Suite::Eddsa, Protocol::Refresh | Protocol::Migration) => &["ED-REFRESH", "ED-DKG"],
        (Suite::Eddsa, Protocol::Import) => &["ED-IMPORT", "ED-REFRESH", "ED-DKG"],
        (Suite::Eddsa, Protocol::Export) => &["ED-EXPORT"],
        (Suite::Eddsa, Protocol::Presign | Protocol::Finish) => &[],
    }
}

/// "DKG, OT 2: 15 checks, 17 tests; 42 recorded lies". Empty unless every page has checks.
fn misbehaviour(pages: &[&str], tests: &[(&'static str, usize)], found: &Recorded) -> String {
    let (mut checks, mut count): (usize, usize) = (0, 0);
    for page in pages {
        let stands_there = |(id, _): &&(&str, usize)| {
            id.strip_prefix(page).is_some_and(|rest| rest.starts_with([' ', '.']))
        };
        let on_page: Vec<usize> =
            tests.iter().filter(stands_there).map(|(_, tests)| *tests).collect();
        if on_page.is_empty() {
            return String::new();
        }
        checks = checks.saturating_add(on_page.len());
        count = count.saturating_add(on_page.iter().sum());
    }
    if checks == 0 {
        return String::new();
    }
    let lies = match found.lies {
        0 => String::new(),
        lies => format!("; {lies} recorded lies"),
    };
    format!("{}: {checks} checks, {count} tests{lies}", pages.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_counts_its_own_checks_and_not_those_of_a_page_that_begins_alike() {
        let tests = [("OT 2.1", 3), ("OT 2.3", 1), ("OT 21.1", 5), ("ED-OT 2.1", 5)];
        let told = misbehaviour(&["OT 2"], &tests, &Recorded::default());
        assert_eq!(told, "OT 2: 2 checks, 4 tests");
    }

    #[test]
    fn a_page_without_a_check_leaves_the_cell_empty() {
        let lies = Recorded { lies: 3, ..Recorded::default() };
        assert_eq!(misbehaviour(&["OT 2", "OT 9"], &[("OT 2.1", 3)], &lies), "");
    }

    #[test]
    fn every_protocol_is_live_in_every_seat_of_three_and_fewer() {
        for suite in [Suite::Ecdsa, Suite::Eddsa] {
            let live = live(suite);
            for protocol in Protocol::ALL.into_iter().filter(|protocol| protocol.is_of(suite)) {
                let seats = &live[&protocol].seats;
                assert!(seats.contains_key(&3), "{protocol}");
                assert!(seats.iter().all(|(size, seats)| *size > 3 || seats.len() == *size));
            }
        }
    }
}
