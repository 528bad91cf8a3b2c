//! Files that import from each other, in a circle: none of them can be read, tested or moved without all others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::imports::{self, Imports};
use crate::Result;

/// The most files that a circle may have.
const LIMIT: usize = 8;

/// The largest circle of every crate in this folder, by the crate's name there. The files are in order, and there are
/// none where no two import from each other.
pub(super) fn of_crates(crates: &Path) -> Result<BTreeMap<String, Vec<PathBuf>>> {
    let mut circles = BTreeMap::new();
    for entry in crates.read_dir()? {
        let entry = entry?;
        if let Some(imports) = imports::of_crate(&entry.path().join("src"))? {
            circles.insert(entry.file_name().to_string_lossy().into_owned(), largest(&imports));
        }
    }
    Ok(circles)
}

/// A line about each crate.
pub(super) fn told(circles: &BTreeMap<String, Vec<PathBuf>>) -> Vec<String> {
    let line = |(name, files): (&String, &Vec<PathBuf>)| {
        if files.is_empty() {
            format!("{name}: no circle of imports")
        } else {
            format!(
                "{name}: the largest circle of imports has {} files: {}",
                files.len(),
                list(files)
            )
        }
    };
    circles.iter().map(line).collect()
}

/// Those that are too large.
pub(super) fn too_large(circles: &BTreeMap<String, Vec<PathBuf>>) -> Vec<String> {
    let large = circles.iter().filter(|(_, files)| files.len() > LIMIT);
    large
        .map(|(name, files)| {
            format!(
                "{name} has a circle of {} files, more than {LIMIT}: {}",
                files.len(),
                list(files)
            )
        })
        .collect()
}

fn list(files: &[PathBuf]) -> String {
    files.iter().map(|file| file.to_string_lossy()).collect::<Vec<_>>().join(", ")
}

/// The most files of which each imports from each, itself or through others.
fn largest(imports: &Imports) -> Vec<PathBuf> {
    let reached: BTreeMap<&PathBuf, BTreeSet<&PathBuf>> =
        imports.keys().map(|file| (file, reaches(imports, file))).collect();
    let circle = |file: &PathBuf| -> Vec<PathBuf> {
        let back = |other: &&&PathBuf| reached.get(*other).is_some_and(|of| of.contains(file));
        reached.get(file).into_iter().flatten().filter(back).map(|other| (*other).clone()).collect()
    };
    // The first of several that are as large.
    let mut largest = Vec::new();
    for circle in imports.keys().map(circle) {
        if circle.len() > largest.len() {
            largest = circle;
        }
    }
    largest
}

/// All files that one imports from, itself or through others: itself only if it stands in a circle.
fn reaches<'a>(imports: &'a Imports, file: &PathBuf) -> BTreeSet<&'a PathBuf> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&PathBuf> = imports.get(file).into_iter().flatten().collect();
    while let Some(next) = open.pop() {
        if seen.insert(next) {
            open.extend(imports.get(next).into_iter().flatten());
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A crate of these files, in a folder of its own.
    fn circle(name: &str, files: &[(&str, &str)]) -> Vec<PathBuf> {
        let crates = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        for (file, text) in files {
            let file = crates.join("made/src").join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let circles = of_crates(&crates).unwrap();
        fs::remove_dir_all(&crates).unwrap();
        circles.into_values().next().unwrap()
    }

    fn paths(files: &[&str]) -> Vec<PathBuf> {
        files.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn files_that_import_in_a_circle_are_found() {
        let found = circle(
            "circle",
            &[
                ("lib.rs", "mod a; mod b; mod c; mod d;"),
                ("a.rs", "use crate::b::B;"),
                ("b.rs", "use crate::{c::C, d::D};"),
                ("c.rs", "use super::a;"),
                ("d.rs", "pub struct D;"),
            ],
        );
        assert_eq!(found, paths(&["a.rs", "b.rs", "c.rs"]));
    }

    #[test]
    fn a_child_may_import_from_its_parent_that_declares_it() {
        let files = [
            ("lib.rs", "mod a; pub use a::A;"),
            ("a.rs", "mod b; pub struct A;"),
            ("a/b.rs", "use super::A; #[cfg(test)] mod tests;"),
            ("a/b/tests.rs", "use super::*;"),
        ];
        assert_eq!(circle("child", &files), paths(&[]));
        // What the parent shows of the child closes the circle.
        let shows = [("a.rs", "mod b; pub struct A; pub use b::B;")];
        assert_eq!(circle("shows", &[&files[..], &shows].concat()), paths(&["a/b.rs", "a.rs"]));
    }

    #[test]
    fn the_root_shows_its_files_and_is_in_no_circle() {
        let files = [("lib.rs", "mod a; pub use a::A; pub struct B;"), ("a.rs", "use crate::B;")];
        assert_eq!(circle("root", &files), paths(&[]));
    }

    #[test]
    fn a_circle_above_the_limit_is_named_with_its_files() {
        let files: Vec<PathBuf> = (0..=LIMIT).map(|n| format!("{n}.rs").into()).collect();
        let circle = |files: &[PathBuf]| BTreeMap::from([("made".to_owned(), files.to_vec())]);
        assert_eq!(too_large(&circle(&files[..LIMIT])), Vec::<String>::new());
        let named = too_large(&circle(&files));
        assert!(named[0].starts_with(&format!("made has a circle of {} files", LIMIT + 1)));
        assert!(named[0].ends_with(&format!("{LIMIT}.rs")), "{named:?}");
    }
}
