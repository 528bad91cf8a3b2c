//! What is left of secrets in the memory of this process, after sessions that ended well, badly, or not at all.
//!
//! Every draw of every party is known, and so is every secret that a session ends with. When all of it has been
//! dropped, none of it may be found, in any form, anywhere in writable memory.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    missing_docs,
    reason = "a test that reads its own process"
)]

mod depth;
mod derived;
mod ecdsa;
mod eddsa;
mod kept;
mod needles;
mod parties;
mod scan;

use std::hint::black_box;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;

use needles::{Known, Needles, SALT};
use parties::Way;
use quorate_core::{Secret, WIPED, wipe_stack};
use rand_core::Rng as _;
use scan::{Place, Report, search};

/// A ceremony: its name, and what it leaves to be searched for. Counts its messages.
type Scene = (&'static str, fn(Way, &mut Needles) -> usize);

const SCENES: [Scene; 9] = [
    ("ECDSA keygen", ecdsa::keygen),
    ("ECDSA sign", ecdsa::sign),
    ("ECDSA presign", ecdsa::presign),
    ("ECDSA reshare", ecdsa::reshare),
    ("ECDSA refresh", ecdsa::refresh),
    ("EdDSA keygen", eddsa::keygen),
    ("EdDSA sign", eddsa::sign),
    ("EdDSA reshare", eddsa::reshare),
    ("EdDSA refresh", eddsa::refresh),
];

/// One test, so that no other one's memory is searched.
#[test]
fn of_a_session_no_secret_stays_in_memory() {
    control();
    no_call_reaches_deeper_than_is_wiped();
    let mut table = Table::default();
    for (name, scene) in SCENES {
        SALT.fetch_add(1, Relaxed);
        let mut needles = Needles::default();
        let messages = scene(Way::Whole, &mut needles);
        table.row(name, "finished", &needles);
        for quarter in 0..4 {
            let at = messages * quarter / 4;
            let ends = [("lie in", Way::Lie(at)), ("dropped after", Way::Dropped(at))];
            for (end, way) in ends {
                let mut early = Needles::knowing(&needles);
                scene(way, &mut early);
                table.row(name, &format!("{end} message {at}"), &early);
            }
        }
    }
    assert_eq!(table.finds, 0, "secrets are left in memory");
}

/// What is kept on purpose is found, on the heap and on the stack: the search is not blind.
fn control() {
    let mut rng = Known::new(0);
    let kept = Secret::<[u8; 32]>::fill(|secret| rng.fill_bytes(secret));
    let mut on_stack = [0; 32];
    rng.fill_bytes(&mut on_stack);
    let mut needles = Needles::default();
    needles.draws("the control", rng);
    let report = scanned(&needles);
    black_box((&kept, &on_stack));
    println!(
        "control: {} found on the heap, {} on the stack",
        report.count(Place::Heap),
        report.count(Place::Stack)
    );
    assert!(report.count(Place::Heap) > 0 && report.count(Place::Stack) > 0, "{:?}", report.finds);
    drop(kept);
    on_stack.fill(0);
    black_box(&on_stack);
    wipe_stack();
    let finds = scanned(&needles).finds;
    assert!(finds.is_empty(), "{finds:?}");
}

fn no_call_reaches_deeper_than_is_wiped() {
    for (_, scene) in SCENES {
        SALT.fetch_add(1, Relaxed);
        scene(Way::Measured, &mut Needles::default());
    }
    let deepest = depth::deepest();
    println!("stack: {deepest} bytes used, {WIPED} wiped");
    assert!((1 << 12..WIPED).contains(&deepest), "{deepest} bytes of the stack are used");
}

#[derive(Default)]
struct Table {
    finds: usize,
    rows: usize,
}

impl Table {
    fn row(&mut self, scene: &str, end: &str, needles: &Needles) {
        wipe_stack();
        let report = scanned(needles);
        let [heap, stack] = [Place::Heap, Place::Stack].map(|place| report.count(place));
        if self.rows == 0 {
            println!(
                "{:<14} {:<28} {:>8} {:>8} {:>6} {:>6}",
                "scene", "end", "needles", "MiB", "heap", "stack"
            );
        }
        println!(
            "{scene:<14} {end:<28} {:>8} {:>8} {heap:>6} {stack:>6}",
            needles.len(),
            report.bytes >> 20
        );
        for ((place, name), count) in &report.finds {
            println!("    {count} × {name} ({place:?})");
        }
        self.rows += 1;
        self.finds += heap + stack;
    }
}

/// Searches from another thread, whose stack does not lie over what is searched.
fn scanned(needles: &Needles) -> Report {
    let here = 0_u8;
    let stack = black_box(&raw const here) as usize;
    thread::scope(|scope| scope.spawn(|| search(needles, stack)).join().unwrap())
}
