//! Every input that once found a defect, through its target.

use std::fs;
use std::path::Path;

use quorate_fuzz::TARGETS;

#[test]
fn what_once_found_a_defect_finds_none() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    for target in &TARGETS {
        for entry in fs::read_dir(folder.join(target.name)).into_iter().flatten() {
            let path = entry.unwrap().path();
            println!("{}", path.display());
            (target.read)(&fs::read(&path).unwrap());
        }
    }
}

#[test]
fn every_target_has_a_program() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("targets");
    let programs = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut programs: Vec<_> = programs.map(|p| p.file_stem().unwrap().to_owned()).collect();
    programs.sort();
    let mut targets: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
    targets.sort_unstable();
    assert_eq!(programs, targets);
}
