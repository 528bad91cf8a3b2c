//! The project's own vectors, replayed.

use xtask::vectors::{Report, ceremonies, folders, lies};

#[track_caller]
fn all_passed(report: &Report, count: usize) {
    assert_eq!(report.failed, []);
    assert_eq!(report.passed.len(), count, "{:?}", report.passed);
}

#[test]
fn every_recorded_ecdsa_ceremony_replays_to_the_byte() {
    let [ecdsa, _] = folders();
    let report = ceremonies(&ecdsa).unwrap();
    all_passed(&report, 38);
    assert_eq!(report.others, ["base_ot_pprf", "primitives", "rvole", "setup_messages"]);
}

#[test]
fn every_recorded_eddsa_ceremony_replays_to_the_byte() {
    let [_, eddsa] = folders();
    let report = ceremonies(&eddsa).unwrap();
    all_passed(&report, 26);
    assert_eq!(report.others, ["primitives"]);
}

#[test]
fn every_recorded_lie_is_noticed_and_nobody_else_is_blamed_for_it() {
    let [ecdsa, _] = folders();
    all_passed(&lies(&ecdsa).unwrap(), 93);
}
