//! Pages name files and kinds that are there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// What a program reads that decides in a person's place: the enums of these files, whose variants are kinds.
const KINDS: &[(&str, &[&str])] = &[
    ("crates/vault/src/ceremony/proposal.rs", &["Proposal"]),
    ("crates/chain/src/reading/item.rs", &["Item", "Change", "Receiver"]),
    ("crates/chain/src/reading/asset.rs", &["Asset"]),
    ("crates/chain/src/reading/warning.rs", &["Warning", "Blind"]),
];

#[test]
fn every_file_that_a_page_names_is_there() {
    let mut named = 0;
    let mut missing = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for path in text.split('`').skip(1).step_by(2).filter(|word| is_path(word)) {
            named += 1;
            if !root().join(path).exists() {
                missing.push(format!("{}: {path}", page.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(named > 60, "{named}");
}

#[test]
fn every_kind_of_a_proposal_is_on_the_page() {
    let page = fs::read_to_string(root().join("spec/cli.md")).unwrap();
    let chapter = page.split("## CLI 6").nth(1).unwrap();
    for (file, enums) in KINDS {
        let text = fs::read_to_string(root().join(file)).unwrap();
        for name in *enums {
            let body = text.split(&format!("pub enum {name} {{\n")).nth(1).unwrap();
            let body = body.split("\n}\n").next().unwrap();
            let variants: Vec<&str> = body.lines().filter_map(variant).collect();
            assert!(variants.len() > 1, "{file}: {name}");
            for variant in variants {
                let kind = format!("`{}`", snake(variant));
                assert!(chapter.contains(&kind), "spec/cli.md does not tell of {kind} ({name})");
            }
        }
    }
}

/// A variant stands four spaces in.
fn variant(line: &str) -> Option<&str> {
    let line = line.strip_prefix("    ").filter(|line| line.starts_with(char::is_uppercase))?;
    line.split(|c: char| !c.is_alphanumeric()).next()
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

/// A path from the root, of one file or folder.
fn is_path(word: &str) -> bool {
    let folders = ["crates/", "xtask/", "spec/", "fuzz/", "interop/", "bench/", "vectors/"];
    folders.iter().any(|folder| word.starts_with(folder))
        && !word.contains(|c: char| c.is_whitespace() || "<>*{}…".contains(c))
}

fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    let mut folders = vec![root().join("spec")];
    for folder in ["", "bench", "fuzz", "interop"] {
        let entries = fs::read_dir(root().join(folder)).unwrap();
        pages.extend(entries.map(|entry| entry.unwrap().path()).filter(|path| is_page(path)));
    }
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if is_page(&path) {
                pages.push(path);
            }
        }
    }
    pages
}

/// The changelog tells of files that are gone.
fn is_page(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md") && !path.ends_with("CHANGELOG.md")
}
