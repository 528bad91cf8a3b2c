//! The project's own vectors, replayed.

use std::path::PathBuf;

use xtask::vectors::{Report, ceremonies, lies};

fn folder() -> PathBuf {
    xtask::workspace::root().join("vectors/dkls23")
}

#[track_caller]
fn all_passed(report: &Report, count: usize) {
    assert_eq!(report.failed, []);
    assert_eq!(report.passed.len(), count, "{:?}", report.passed);
}

#[test]
fn every_recorded_ceremony_replays_to_the_byte() {
    let report = ceremonies(&folder()).unwrap();
    all_passed(&report, 17);
    assert_eq!(report.skipped, ["base_ot_pprf", "primitives", "rvole", "setup_messages"]);
}

#[test]
fn every_recorded_lie_is_noticed_and_nobody_else_is_blamed_for_it() {
    let report = lies(&folder()).unwrap();
    all_passed(&report, 88);
    assert!(
        report
            .skipped
            .iter()
            .all(|name| name.ends_with("(py_refresh_2of3)")
                || name.ends_with("(py_presign_fsg_2of2)"))
    );
}
