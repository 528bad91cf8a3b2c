//! Every check of the specification beside the test that only it can pass: `spec/checks.md`.
//!
//! A check's test is found by its name: `check_`, the check's id in lower case with `_` for all else, `_`, and a
//! sentence. What is written is what the code says, so the table cannot rot; that a test really depends on its
//! check is shown by [`prove`].

mod proof;
mod tests;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use quorate_core::{Attribution, Check, Consequence};

use crate::Result;
use crate::workspace::root;
use tests::Test;

const TABLE: &str = "spec/checks.md";
const HEAD: &str = "\
# Checks

Every assertion that this implementation makes about what it receives, in the order of the protocols. The id is the
step of the specification. *Names* is whom a failure names: the sender of the message, a set of suspects (the wire
cannot tell who is wrong), or nobody (a document is refused before anybody has spoken). *Then* is what follows: the
ceremony may be tried again, the party is banned from this sharing, or the document is not accepted.

Each check is passed by the test beside it and by nothing else: with that one check switched off, the test fails
(`cargo xtask checks --prove`). Written by `cargo xtask checks --write`.
";

/// One check, whatever protocol it belongs to.
#[derive(Clone, Copy, Debug)]
struct Row {
    /// What the check guards, a heading of the table.
    of: &'static str,
    id: &'static str,
    asserts: &'static str,
    consequence: Consequence,
    attribution: Attribution,
}

fn rows_of<C: Check>(of: &'static str) -> impl Iterator<Item = Row> {
    C::ALL.iter().map(move |check| Row {
        of,
        id: check.id(),
        asserts: check.asserts(),
        consequence: check.consequence(),
        attribution: check.attribution(),
    })
}

fn all() -> Vec<Row> {
    rows_of::<quorate_ecdsa::Check>("The DKLs23 protocols")
        .chain(rows_of::<quorate_ecdsa::ShareCheck>("Stored shares"))
        .chain(rows_of::<quorate_ecdsa::PresignatureCheck>("Stored presignatures"))
        .chain(rows_of::<quorate_eddsa::Check>("The Ed25519 protocols"))
        .chain(rows_of::<quorate_eddsa::ShareCheck>("Stored Ed25519 shares"))
        .chain(rows_of::<quorate_wire::setup::Check>("Setup messages"))
        .chain(rows_of::<quorate_wire::frame::Check>("Frames"))
        .chain(rows_of::<quorate_wire::vult::Check>("Backup files"))
        .chain(rows_of::<quorate_vault::backup::Check>("Backups"))
        .collect()
}

/// Says nothing if `spec/checks.md` is what the code says and every check has a test.
pub fn verify() -> Result<()> {
    let table = table(&matched()?)?;
    if fs::read_to_string(root().join(TABLE)).is_ok_and(|written| written == table) {
        Ok(())
    } else {
        Err(format!("{TABLE} is not what the code says: run `cargo xtask checks --write`").into())
    }
}

/// Writes `spec/checks.md`.
pub fn write() -> Result<()> {
    let table = table(&matched()?)?;
    Ok(fs::write(root().join(TABLE), table)?)
}

/// Shows for every check that its test passes, and fails once that check is switched off.
pub fn prove() -> Result<()> {
    proof::prove(&matched()?)
}

/// Every check by its id, and how many tests it has; an error if a check has none.
pub(crate) fn tests_by_check() -> Result<Vec<(&'static str, usize)>> {
    Ok(matched()?.into_iter().map(|(row, tests)| (row.id, tests.len())).collect())
}

/// Every check with its tests; an error that lists them if a check has none, or a test no check.
fn matched() -> Result<Vec<(Row, Vec<Test>)>> {
    matched_among(all(), tests::list()?)
}

fn matched_among(rows: Vec<Row>, found: Vec<Test>) -> Result<Vec<(Row, Vec<Test>)>> {
    let mut by_prefix: BTreeMap<String, (Row, Vec<Test>)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for row in &rows {
        if by_prefix.insert(prefix(row.id), (*row, Vec::new())).is_some() {
            wrong.push(format!("two checks have the id {}", row.id));
        }
    }
    for test in found {
        let name = test.function().to_owned();
        // The longest: `check_dkg_2_11_…` is of DKG 2.11, not of DKG 2.1.
        let longest = by_prefix.keys().filter(|p| name.starts_with(*p)).max_by_key(|p| p.len());
        match longest.cloned().and_then(|prefix| by_prefix.get_mut(&prefix)) {
            Some((_, tests)) => tests.push(test),
            None => wrong.push(format!("{name} is named after no check")),
        }
    }
    let mut matched = Vec::new();
    for row in rows {
        let tests = by_prefix.remove(&prefix(row.id)).map(|(_, tests)| tests).unwrap_or_default();
        if tests.is_empty() {
            wrong.push(format!("{} has no test {}…", row.id, prefix(row.id)));
        }
        matched.push((row, tests));
    }
    if wrong.is_empty() { Ok(matched) } else { Err(wrong.join("\n").into()) }
}

fn prefix(id: &str) -> String {
    let letters =
        id.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    format!("check_{}_", letters.collect::<String>())
}

fn table(matched: &[(Row, Vec<Test>)]) -> Result<String> {
    let mut text = String::from(HEAD);
    let mut of = "";
    for (row, tests) in matched {
        if row.of != of {
            of = row.of;
            write!(
                text,
                "\n## {of}\n\n| check | asserts | names | then | test |\n|---|---|---|---|---|\n"
            )?;
        }
        let names = match row.attribution {
            Attribution::Certain => "the sender",
            Attribution::Suspects => "suspects",
            Attribution::Document => "nobody",
        };
        let then = match row.consequence {
            Consequence::Retry => "retry",
            Consequence::Ban => "**ban**",
            Consequence::Refuse => "refuse",
        };
        let tests: Vec<String> =
            tests.iter().map(|test| format!("`{}`", test.function())).collect();
        writeln!(
            text,
            "| {} | {} | {names} | {then} | {} |",
            row.id,
            row.asserts,
            tests.join("<br>")
        )?;
    }
    Ok(text)
}

#[cfg(test)]
mod self_tests {
    use super::*;

    fn row(id: &'static str) -> Row {
        let (consequence, attribution) = (Consequence::Ban, Attribution::Certain);
        Row { of: "Signing", id, asserts: "holds", consequence, attribution }
    }

    fn test(path: &str) -> Test {
        Test { path: path.into(), program: "program".into(), directory: ".".into() }
    }

    #[test]
    fn a_check_finds_its_own_tests_and_not_those_of_a_longer_id() {
        let tests = vec![test("a::check_dkg_2_1_holds"), test("b::check_dkg_2_11_holds")];
        let matched = matched_among(vec![row("DKG 2.1"), row("DKG 2.11")], tests).unwrap();
        let paths = |(_, tests): &(Row, Vec<Test>)| {
            tests.iter().map(|t| t.path.clone()).collect::<Vec<_>>()
        };
        assert_eq!(
            matched.iter().flat_map(paths).collect::<Vec<_>>(),
            ["a::check_dkg_2_1_holds", "b::check_dkg_2_11_holds"]
        );
    }

    #[test]
    fn a_check_without_a_test_and_a_test_without_a_check_are_both_named() {
        let error =
            matched_among(vec![row("DKG 2.1")], vec![test("check_dkg_9_9_holds")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "check_dkg_9_9_holds is named after no check\nDKG 2.1 has no test check_dkg_2_1_…"
        );
    }

    #[test]
    fn an_id_is_used_once() {
        let tests = vec![test("check_dkg_2_1_holds")];
        let error = matched_among(vec![row("DKG 2.1"), row("DKG 2.1")], tests).unwrap_err();
        assert!(error.to_string().starts_with("two checks have the id DKG 2.1"));
    }

    #[test]
    fn a_row_says_what_follows_and_whom_a_failure_names() {
        let text = table(&[(row("SIGN 3.2"), vec![test("a::check_sign_3_2_holds")])]).unwrap();
        assert!(
            text.ends_with(
                "| SIGN 3.2 | holds | the sender | **ban** | `check_sign_3_2_holds` |\n"
            )
        );
    }
}
