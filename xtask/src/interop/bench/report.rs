//! Tells what has been measured: tables for people, ratios first; or one JSON object a protocol and size.

use std::fs;
use std::time::Duration;

use quorate_wire::setup::Suite;
use serde_json::{Map, json};

use super::super::engines::{Who, peer};
use super::super::matrix::Size;
use super::super::{Telling, curve};
use super::{Measured, ON_CORES, SIZES, Seen};
use crate::lanes::Lanes;
use crate::seat::Protocol;

pub(super) fn tell(telling: Telling, measured: &Measured) {
    match telling {
        Telling::Json => objects(measured),
        Telling::Lines => tables(measured),
    }
}

/// What a second core is worth.
pub(super) fn tell_wall(telling: Telling, [one, two]: [Duration; 2]) {
    let [one, two] = [one, two].map(|time| time.as_secs_f64() * 1000.0);
    let (threshold, parties) = ON_CORES;
    match telling {
        Telling::Json => println!(
            "{}",
            json!({
                "curve": curve(Suite::Ecdsa), "protocol": "keygen", "threshold": threshold, "parties": parties,
                "one_core_wall_ms": one, "two_cores_wall_ms": two, "wall_ratio": two / one,
            })
        ),
        Telling::Lines => println!(
            "\nwall time of {threshold}/{parties} keygen on 2 cores against 1: {:.2} of {one:.0} ms",
            two / one
        ),
    }
}

fn objects(measured: &Measured) {
    println!("{}", json!({ "processor": processor() }));
    for (&(suite, protocol), sizes) in measured {
        for (&(threshold, parties), seen) in sizes {
            let ours = seen.ours.map(|cost| seen.each(cost.ours));
            let production = seen.production.map(|theirs| seen.each(theirs));
            let engine = |of: &dyn Fn(Who) -> Option<f64>| {
                let here = Lanes::ALL.into_iter();
                let known = here.filter_map(|lanes| Some((lanes.name(), of(Who::Ours(lanes))?)));
                known.map(|(name, value)| (name.to_owned(), value.into())).collect::<Map<_, _>>()
            };
            let object = json!({
                "curve": curve(suite), "protocol": protocol.to_string(),
                "threshold": threshold, "parties": parties,
                "ratio": seen.to_production(), "ours_ms": ours, "production_ms": production,
                "crate": peer(suite), "crate_ratio": engine(&|who| seen.to_peer(who)),
                "engine_ms": engine(&|who| seen.engine(who)), "crate_ms": seen.engine(Who::Peer),
                "bytes": seen.bytes(), "rounds": seen.ours.map(|cost| cost.rounds),
                "share": seen.share(), "heap": seen.heap(),
            });
            println!("{object}");
        }
    }
}

fn tables(measured: &Measured) {
    println!("{}\n", processor());
    println!("Ratios, ours to theirs, of the processor time that a party takes.\n");
    table(measured, "our devices to the production engine (WebAssembly in node)", |rows| {
        rows.of_each(|seen| seen.to_production().map(ratio));
    });
    table(measured, "our engine alone to a crate", |rows| {
        for (suite, protocol) in ALONE {
            for (with, lanes) in instructions(suite) {
                let name = format!("{} to {}{with}", title(suite, protocol), peer(suite));
                rows.row(&name, (suite, protocol), |seen| {
                    seen.to_peer(Who::Ours(lanes)).map(ratio)
                });
            }
        }
    });
    println!("And what it is, a party.\n");
    table(measured, "milliseconds of processor time, our devices", |rows| {
        rows.of_each(|seen| seen.ours.map(|cost| number(seen.each(cost.ours))));
    });
    table(measured, "milliseconds, the production engine", |rows| {
        rows.of_each(|seen| seen.production.map(|theirs| number(seen.each(theirs))));
    });
    table(measured, "milliseconds, engines alone", |rows| {
        for (suite, protocol) in ALONE {
            let title = title(suite, protocol);
            for (with, lanes) in instructions(suite) {
                let name = format!("{title}, ours{with}");
                rows.row(&name, (suite, protocol), |seen| {
                    seen.engine(Who::Ours(lanes)).map(number)
                });
            }
            let name = format!("{title}, {}", peer(suite));
            rows.row(&name, (suite, protocol), |seen| seen.engine(Who::Peer).map(number));
        }
    });
    table(measured, "messages that follow one another", |rows| {
        rows.of_each(|seen| seen.ours.map(|cost| cost.rounds.to_string()));
    });
    table(measured, "kilobytes sent", |rows| {
        rows.of_each(|seen| seen.bytes().map(kilobytes));
    });
    table(measured, "kilobytes of a share", |rows| {
        rows.of_each(|seen| seen.share().map(kilobytes));
    });
    table(measured, "kilobytes of heap at the peak", |rows| {
        rows.of_each(|seen| seen.heap().map(kilobytes));
    });
}

/// What the engines do by themselves.
const ALONE: [(Suite, Protocol); 4] = [
    (Suite::Ecdsa, Protocol::Keygen),
    (Suite::Ecdsa, Protocol::Sign),
    (Suite::Eddsa, Protocol::Keygen),
    (Suite::Eddsa, Protocol::Sign),
];

/// With what our engine runs, and how a row says it: Ed25519 has one set of instructions, whatever ours are told to use.
fn instructions(suite: Suite) -> Vec<(String, Lanes)> {
    match suite {
        Suite::Ecdsa => Lanes::ALL.map(|lanes| (format!(", {}", lanes.name()), lanes)).into(),
        Suite::Eddsa => vec![(String::new(), Lanes::Portable)],
    }
}

/// "ECDSA keygen"
fn title(suite: Suite, protocol: Protocol) -> String {
    let suite = match suite {
        Suite::Ecdsa => "ECDSA",
        Suite::Eddsa => "EdDSA",
    };
    format!("{suite} {protocol}")
}

/// Of each row, its name, and what is known at each size.
struct Rows<'a> {
    measured: &'a Measured,
    rows: Vec<(String, Vec<Option<String>>)>,
}

/// Prints the rows under a head of sizes; sizes and rows of which nothing is known are left out.
fn table(measured: &Measured, head: &str, fill: impl FnOnce(&mut Rows<'_>)) {
    let mut rows = Rows { measured, rows: Vec::new() };
    fill(&mut rows);
    rows.rows.retain(|(_, cells)| cells.iter().any(Option::is_some));
    let known =
        |at: &usize| rows.rows.iter().any(|(_, cells)| cells.get(*at).is_some_and(Option::is_some));
    let columns: Vec<usize> = (0..SIZES.len()).filter(known).collect();
    let line = |name: &str, cell: &dyn Fn(usize) -> Option<String>| {
        let cells: Vec<String> = columns.iter().map(|at| cell(*at).unwrap_or_default()).collect();
        println!("| {name} | {} |", cells.join(" | "));
    };
    line(head, &|at| SIZES.get(at).map(|((t, n), _)| format!("{t}/{n}")));
    line("---", &|_| Some("---:".to_owned()));
    for (name, cells) in &rows.rows {
        line(name, &|at| cells.get(at).cloned().flatten());
    }
    println!();
}

impl Rows<'_> {
    fn row(&mut self, name: &str, of: (Suite, Protocol), cell: impl Fn(&Seen) -> Option<String>) {
        let seen = |size: &Size| self.measured.get(&of)?.get(size);
        let cells = SIZES.iter().map(|(size, _)| seen(size).and_then(&cell)).collect();
        self.rows.push((name.to_owned(), cells));
    }

    /// A row a protocol of each curve.
    fn of_each(&mut self, cell: impl Fn(&Seen) -> Option<String>) {
        for of @ (suite, protocol) in self.measured.keys().copied() {
            self.row(&title(suite, protocol), of, &cell);
        }
    }
}

impl Seen {
    /// What of all parties' time is one's, in milliseconds.
    fn each(&self, time: Duration) -> f64 {
        let seats = u32::try_from(self.seats).unwrap_or(u32::MAX).max(1);
        time.as_secs_f64() * 1000.0 / f64::from(seats)
    }

    fn to_production(&self) -> Option<f64> {
        Some(self.ours?.ours.div_duration_f64(self.production?))
    }

    fn engine(&self, who: Who) -> Option<f64> {
        self.engines.get(&who).map(|time| self.each(*time))
    }

    fn to_peer(&self, who: Who) -> Option<f64> {
        Some(self.engine(who)? / self.engine(Who::Peer)?)
    }

    fn bytes(&self) -> Option<usize> {
        self.ours?.bytes.checked_div(self.seats)
    }

    fn heap(&self) -> Option<usize> {
        self.ours?.heap.checked_div(self.seats)
    }

    fn share(&self) -> Option<usize> {
        self.ours?.share
    }
}

fn ratio(ratio: f64) -> String {
    format!("{ratio:.2}")
}

/// Three digits.
fn number(number: f64) -> String {
    match number {
        100.0.. => format!("{number:.0}"),
        10.0.. => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

fn kilobytes(bytes: usize) -> String {
    number(f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1000.0)
}

/// What the processor calls itself, and those of its features that our code asks for.
fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim())
    };
    let flags = field("flags").unwrap_or_default();
    let wanted = ["aes", "pclmulqdq", "sha_ni", "avx2", "avx512f", "avx512ifma"];
    let has: Vec<&str> = flags.split(' ').filter(|flag| wanted.contains(flag)).collect();
    let model = ["cpu family", "model\t"].map(|name| field(name).unwrap_or("unknown"));
    let [family, model] = model;
    let name = field("model name").unwrap_or("unknown");
    format!("{name}, family {family} model {model}: {}", has.join(", "))
}
