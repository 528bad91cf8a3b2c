//! The words of ceremonies: the table of `spec/ceremony.md`, held to the code.
//!
//! A row is a word, what it means, and the file (below `crates/`) where it stands. A word in code marks is a type or a
//! variant of that file; any other is one that the file uses.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::Result;
use crate::workspace::root;

const PAGE: &str = "spec/ceremony.md";
/// Where every type that others can name has a row: files, and folders with all that is in them.
const HELD: &[&str] = &[
    "vault/src/ceremony.rs",
    "vault/src/ceremony/",
    "vault/src/keyring.rs",
    "vault/src/share.rs",
    "vault/src/store.rs",
    "vault/src/store/",
];
/// Words that this field has no use for, or another use, each with what says it.
const NOBODYS: &[(&str, &str)] = &[
    ("Act", "RunPlan"),
    ("Asked", "Proposal"),
    ("Desk", "Context"),
    ("Habit", "PathScheme"),
    ("Late", "PendingRuns"),
    ("Leg", "ActiveRun"),
    ("Made", "Product"),
    ("Manner", "Trust"),
    ("Seat", "Instance"),
    ("Shelf", "ExpiringMap"),
    ("Task", "Plan"),
    ("Told", "ExpectedDigest"),
];
/// Where no type has such a name.
const FREE_OF_THEM: &[&str] = &["vault", "relay", "device", "cli"];

/// A file below `crates/`: its path there, and its text.
type Source = (String, String);

/// Says nothing if the page and the code have the same words.
pub fn verify() -> Result<()> {
    let crates = root().join("crates");
    let mut sources = Vec::new();
    for name in fs::read_dir(&crates)? {
        gather(&crates, &name?.path(), &mut sources)?;
    }
    let wrong = wrong_words(&fs::read_to_string(root().join(PAGE))?, &sources);
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn gather(crates: &Path, at: &Path, sources: &mut Vec<Source>) -> Result<()> {
    if at.is_dir() {
        for entry in fs::read_dir(at)? {
            gather(crates, &entry?.path(), sources)?;
        }
    } else if at.extension().is_some_and(|extension| extension == "rs") {
        let path = at.strip_prefix(crates)?.to_string_lossy().into_owned();
        sources.push((path, fs::read_to_string(at)?));
    }
    Ok(())
}

fn wrong_words(page: &str, sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut rows = BTreeSet::new();
    for row in page.lines().filter_map(row) {
        let (word, file) = row;
        if !rows.insert(row) {
            wrong.push(format!("{PAGE} has {word} of {file} twice"));
        }
        let text = sources.iter().find(|(path, _)| path == file).map(|(_, text)| text.as_str());
        if !text.is_some_and(|text| stands_in(word, text)) {
            wrong.push(format!("{PAGE} has {word}, which is not in crates/{file}"));
        }
    }
    for (path, text) in sources {
        let held = HELD.iter().any(|held| match held.strip_suffix('/') {
            Some(_) => path.starts_with(held),
            None => path == held,
        });
        let named = types(text).filter(|(is_public, _)| held && *is_public);
        for (_, name) in named {
            if !rows.contains(&(&*format!("`{name}`"), path)) {
                wrong.push(format!("{PAGE} has no row for {name} of crates/{path}"));
            }
        }
        let free = path.split('/').next().is_some_and(|of| FREE_OF_THEM.contains(&of));
        let names = types(text).map(|(_, name)| name).chain(aliases(text));
        for name in names.filter(|_| free) {
            if let Some((_, better)) = NOBODYS.iter().find(|(word, _)| *word == name) {
                wrong.push(format!(
                    "crates/{path} has a type {name}: say what it is, as {better} does"
                ));
            }
        }
    }
    wrong
}

/// The word and the file of a row of the table: three cells, the last one a path in code marks.
fn row(line: &str) -> Option<(&str, &str)> {
    let mut cells = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ");
    let (word, _, file) = (cells.next()?, cells.next()?, cells.next()?);
    let file = file.strip_prefix('`')?.strip_suffix('`')?;
    let is_source = Path::new(file).extension().is_some_and(|extension| extension == "rs");
    (cells.next().is_none() && is_source).then_some((word, file))
}

fn stands_in(word: &str, text: &str) -> bool {
    let Some(code) = word.strip_prefix('`').and_then(|word| word.strip_suffix('`')) else {
        return text.to_lowercase().contains(word);
    };
    let (name, variant) = match code.split_once("::") {
        Some((name, variant)) => (name, Some(variant)),
        None => (code, None),
    };
    let mut lines = text.lines().skip_while(|line| of_line(line).is_none_or(|(_, of)| of != name));
    let there = lines.next().is_some();
    there
        && variant.is_none_or(|variant| {
            let body = lines.take_while(|line| *line != "}");
            body.into_iter().any(|line| identifier(line.trim_start()) == variant)
        })
}

/// Every type that a file defines, and whether others can name it.
fn types(text: &str) -> impl Iterator<Item = (bool, &str)> {
    text.lines().filter_map(of_line)
}

/// Every other name that a file gives to something.
fn aliases(text: &str) -> impl Iterator<Item = &str> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split(" as ").skip(1)).map(identifier)
}

fn of_line(line: &str) -> Option<(bool, &str)> {
    let line = line.trim_start();
    let private = line.strip_prefix("pub").map(|rest| match rest.strip_prefix('(') {
        Some(of) => of.split_once(") ").map_or("", |(_, rest)| rest),
        None => rest.trim_start(),
    });
    let definition = private.unwrap_or(line);
    let (keyword, rest) = definition.split_once(' ')?;
    let is_type = matches!(keyword, "struct" | "enum" | "trait" | "type" | "union");
    let name = identifier(rest);
    (is_type && !name.is_empty()).then_some((private.is_some(), name))
}

fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = "\
/// A plan.
pub(super) struct Plan {
    /// Who meets.
    gathering: Gathering,
}

struct Hidden;

pub(in crate::ceremony) enum Finish {
    /// Shares.
    Share(Box<u8>),
}
";

    fn wrong(page: &str, path: &str, text: &str) -> Vec<String> {
        wrong_words(page, &[(path.to_owned(), text.to_owned())])
    }

    fn table(rows: &[&str]) -> String {
        let rows: Vec<String> = rows
            .iter()
            .map(|word| format!("| {word} | a meaning | `vault/src/ceremony/plan.rs` |"))
            .collect();
        format!("# Ceremonies\n\n| word | means | where |\n|---|---|---|\n{}\n", rows.join("\n"))
    }

    #[test]
    fn a_table_of_all_types_is_right_and_may_have_variants_and_plain_words_besides() {
        let page = table(&["`Plan`", "`Finish`", "`Finish::Share`", "meets"]);
        assert_eq!(wrong(&page, "vault/src/ceremony/plan.rs", PLAN), Vec::<String>::new());
    }

    #[test]
    fn a_type_without_a_row_is_named_with_its_file() {
        assert_eq!(
            wrong(&table(&["`Finish`"]), "vault/src/ceremony/plan.rs", PLAN),
            ["spec/ceremony.md has no row for Plan of crates/vault/src/ceremony/plan.rs"]
        );
        assert!(wrong("", "vault/src/phrase.rs", "pub struct Phrase;").is_empty());
    }

    #[test]
    fn a_word_that_the_code_does_not_have_is_named() {
        for word in ["`Hello`", "`Finish::Vote`", "`Plan::Share`", "quorum", "`Gathering`"] {
            let page = table(&["`Plan`", "`Finish`", word]);
            assert_eq!(
                wrong(&page, "vault/src/ceremony/plan.rs", PLAN),
                [format!(
                    "spec/ceremony.md has {word}, which is not in crates/vault/src/ceremony/plan.rs"
                )]
            );
        }
    }

    #[test]
    fn a_word_has_one_row_a_file() {
        let page = table(&["`Plan`", "`Plan`", "`Finish`"]);
        assert_eq!(
            wrong(&page, "vault/src/ceremony/plan.rs", PLAN),
            ["spec/ceremony.md has `Plan` of vault/src/ceremony/plan.rs twice"]
        );
    }

    #[test]
    fn nobodys_words_are_refused_under_any_visibility_and_as_other_names() {
        for text in ["pub struct Desk;", "enum Desk {", "    pub(crate) trait Desk: Send {"] {
            assert_eq!(
                wrong("", "relay/src/mailbox.rs", text),
                ["crates/relay/src/mailbox.rs has a type Desk: say what it is, as Context does"]
            );
        }
        assert_eq!(
            wrong("", "vault/tests/a.rs", "use b::{\n    Device as Seat, Role,\n};").len(),
            1
        );
        assert!(wrong("", "core/src/workers.rs", "pub struct Task<'a>(u8);").is_empty());
        assert!(wrong("", "vault/tests/a.rs", "struct Deskwork;\n// a struct Desk").is_empty());
    }
}
