//! The passwords of backups, which outlive the devices: from a file, the environment or a prompt, as the passphrase is.

use std::path::Path;

use quorate_vault::store::Secret;

use super::Person;
use super::passphrase::{read, typed};
use crate::output::{Failure, Kind, Output};

/// The environment's name for it.
const VARIABLE: &str = "QUORATE_BACKUP_PASSWORD";

/// `--password-file`, else `QUORATE_BACKUP_PASSWORD`; `None` if there is neither.
///
/// # Errors
///
/// Exit 10 if the file cannot be read, or is empty.
pub(crate) fn given_password(file: Option<&Path>) -> Result<Option<Secret<String>>, Failure> {
    if let Some(file) = file {
        return read(file, "password").map(|mut text| Some(Secret::take(&mut *text)));
    }
    let value = std::env::var_os(VARIABLE).filter(|value| !value.is_empty());
    value.map(|value| value.into_string().map(Secret::of)).transpose().map_err(|_| {
        Failure::new(Kind::Invalid, format!("{VARIABLE} is not text"), "set it to a text in UTF-8")
    })
}

/// Before anything is done: there is a password for a new backup, or somebody who can choose one.
///
/// # Errors
///
/// Exit 12 if there is neither.
pub(crate) fn can_choose_password(
    person: Person,
    given: Option<&Secret<String>>,
) -> Result<(), Failure> {
    if given.is_some() || person.is_present() {
        return Ok(());
    }
    Err(Failure::new(
        Kind::NeedsAnswer,
        "a backup needs a password of its own, and there is nobody to ask",
        format!(
            "give --password-file FILE, or set {VARIABLE}; --no-password leaves it unencrypted"
        ),
    ))
}

/// Asks twice for the password of a new backup.
///
/// # Errors
///
/// Exit 10 if it is empty, 4 if the two differ.
pub(crate) fn choose_password(output: &Output) -> Result<Secret<String>, Failure> {
    output
        .note("Choose the password of this backup. Without it nobody opens the file, you neither.");
    let mut first = typed(output, "Password of the backup:", "--password-file FILE")?;
    if first.is_empty() {
        return Err(Failure::new(
            Kind::Invalid,
            "the password is empty",
            "choose one; --no-password leaves the backup unencrypted",
        ));
    }
    if *first != *typed(output, "The same again:", "--password-file FILE")? {
        return Err(Failure::new(Kind::Locked, "the two passwords differ", "try again"));
    }
    Ok(Secret::take(&mut *first))
}

/// Asks for the password of a backup that is there.
///
/// # Errors
///
/// Exit 12 if there is nobody to ask.
pub(crate) fn ask_password(
    person: Person,
    output: &Output,
    file: &str,
) -> Result<Secret<String>, Failure> {
    if !person.is_present() {
        return Err(Failure::new(
            Kind::NeedsAnswer,
            format!("{file} is encrypted, and there is nobody to ask for its password"),
            format!("give --password-file FILE, or set {VARIABLE}"),
        ));
    }
    let question = format!("Password of {file}:");
    typed(output, &question, "--password-file FILE").map(|mut text| Secret::take(&mut *text))
}
