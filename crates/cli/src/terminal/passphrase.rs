//! The passphrase that locks this device's shares: from a file, the environment or a prompt, never from the command
//! line, which other programs can read.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::Person;
use crate::args::Globals;
use crate::output::{Failure, Kind, Output};

/// What the passphrase is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To open what it locked before.
    Open,
    /// To lock what is new: a prompt asks twice.
    Create,
}

/// `--passphrase-file`, else `QUORATE_PASSPHRASE`, else the file that `QUORATE_PASSPHRASE_FILE` names, else a
/// prompt.
///
/// # Errors
///
/// Exit 12 if it is nowhere and there is nobody to ask; 10 if its file cannot be read, or it is empty; 4 if the two
/// that were typed differ.
pub(crate) fn passphrase(
    globals: &Globals,
    person: Person,
    output: &Output,
    purpose: Purpose,
) -> Result<Zeroizing<String>, Failure> {
    let env = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(file) = &globals.passphrase_file {
        return read(file, "passphrase");
    }
    if let Some(value) = env("QUORATE_PASSPHRASE") {
        return value.into_string().map(Zeroizing::new).map_err(|_| {
            Failure::new(
                Kind::Invalid,
                "QUORATE_PASSPHRASE is not text",
                "set it to a text in UTF-8",
            )
        });
    }
    if let Some(file) = env("QUORATE_PASSPHRASE_FILE") {
        return read(&PathBuf::from(file), "passphrase");
    }
    if !person.is_present() {
        return Err(Failure::new(
            Kind::NeedsAnswer,
            "the passphrase of this device is needed, and there is nobody to ask",
            "give --passphrase-file FILE, or set QUORATE_PASSPHRASE or QUORATE_PASSPHRASE_FILE",
        ));
    }
    prompt(output, purpose)
}

/// The file's text without the line end that editors add. `what` it holds: a passphrase or a password.
pub(super) fn read(file: &Path, what: &str) -> Result<Zeroizing<String>, Failure> {
    let place = file.display();
    let text = std::fs::read(file).map(Zeroizing::new).map_err(|error| {
        Failure::new(
            Kind::Invalid,
            format!("the {what} file {place} cannot be read: {error}"),
            "check its path and permissions",
        )
    })?;
    let text = core::str::from_utf8(&text).map_err(|_| {
        Failure::new(
            Kind::Invalid,
            format!("the {what} file {place} is not text"),
            format!("write the {what} into it in UTF-8"),
        )
    })?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err(Failure::new(
            Kind::Invalid,
            format!("the {what} file {place} is empty"),
            format!("write the {what} into it"),
        ));
    }
    Ok(Zeroizing::new(text.to_owned()))
}

/// What is typed, unseen. `flag`: how to give it otherwise.
pub(super) fn typed(
    output: &Output,
    question: &str,
    flag: &str,
) -> Result<Zeroizing<String>, Failure> {
    output.ask(question);
    rpassword::read_password().map(Zeroizing::new).map_err(|error| {
        Failure::new(
            Kind::NeedsAnswer,
            format!("what was typed could not be read from the terminal: {error}"),
            format!("give {flag}"),
        )
    })
}

fn prompt(output: &Output, purpose: Purpose) -> Result<Zeroizing<String>, Failure> {
    let typed = |question: &str| typed(output, question, "--passphrase-file FILE");
    if purpose == Purpose::Open {
        return typed("Passphrase of this device:");
    }
    output.note("This device has no shares yet. Choose the passphrase that will lock them.");
    let first = typed("New passphrase:")?;
    if first.is_empty() {
        return Err(Failure::new(Kind::Invalid, "the passphrase is empty", "choose one"));
    }
    if *first != *typed("The same again:")? {
        return Err(Failure::new(Kind::Locked, "the two passphrases differ", "try again"));
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_end_is_not_part_of_the_passphrase() {
        let file = std::env::temp_dir().join(format!("quorate-passphrase-{}", std::process::id()));
        for (written, meant) in
            [("a b\n", "a b"), ("a b\r\n", "a b"), ("a b", "a b"), ("a b\n\n", "a b\n")]
        {
            std::fs::write(&file, written).unwrap();
            assert_eq!(*read(&file, "passphrase").unwrap(), meant);
        }
        std::fs::write(&file, "\n").unwrap();
        assert_eq!(read(&file, "passphrase").unwrap_err().kind, Kind::Invalid);
        std::fs::remove_file(&file).unwrap();
        assert_eq!(read(&file, "passphrase").unwrap_err().kind, Kind::Invalid);
    }
}
