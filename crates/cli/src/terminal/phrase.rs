//! A seed phrase: from a file, standard input or a prompt that shows nothing of it, never from the command line, which
//! other programs can read.

use std::io::Read;
use std::path::Path;

use quorate_vault::phrase::Phrase;
use zeroize::Zeroizing;

use super::Person;
use crate::output::{Failure, Kind, Output};

/// More than any phrase has, in bytes.
const MAX_LEN: u64 = 1_024;

/// The phrase in the file, or for `-` the one that is typed, or piped in where there is no terminal.
///
/// # Errors
///
/// Exit 10 if it cannot be read or is none; nothing of it is repeated.
pub(crate) fn phrase(from: &Path, person: Person, output: &Output) -> Result<Phrase, Failure> {
    let text = if from == Path::new("-") {
        if person.is_present() {
            output.ask("Seed phrase (it is not shown):");
            rpassword::read_password().map(Zeroizing::new).map_err(|error| unread("-", &error))?
        } else {
            text(std::io::stdin(), "standard input")?
        }
    } else {
        let place = from.display().to_string();
        text(std::fs::File::open(from).map_err(|error| unread(&place, &error))?, &place)?
    };
    Phrase::parse(&text).map_err(|why| {
        Failure::new(
            Kind::Invalid,
            why.to_string(),
            "compare it with what you wrote down, word by word; nothing was kept of it",
        )
    })
}

fn text(from: impl Read, place: &str) -> Result<Zeroizing<String>, Failure> {
    // Room for all of it at once: a buffer that grows leaves copies behind.
    let room = usize::try_from(MAX_LEN).unwrap_or(usize::MAX);
    let mut text = Zeroizing::new(String::with_capacity(room));
    from.take(MAX_LEN).read_to_string(&mut text).map_err(|error| unread(place, &error))?;
    Ok(text)
}

fn unread(place: &str, error: &std::io::Error) -> Failure {
    Failure::new(
        Kind::Invalid,
        format!("no seed phrase could be read from {place}: {error}"),
        "give a file with the words in it, or - to type them",
    )
}
