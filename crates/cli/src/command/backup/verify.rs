//! `quorate backup verify`: whether a backup would do, without a home.

use serde::Serialize;

use super::Inside;
use crate::args::{Globals, Verify};
use crate::backups::{self, Keyring};
use crate::output::{Failure, Output};
use crate::terminal::{Person, given_password};

#[derive(Serialize)]
struct Verified {
    backups: Vec<Inside>,
}

/// Every backup of an archive must do.
pub(super) fn run(globals: &Globals, output: &Output, args: &Verify) -> Result<(), Failure> {
    let given = given_password(args.password_file.as_deref())?;
    let mut keyring = Keyring::new(given.into_iter().collect(), Person::new(globals), output);
    let found = backups::read(&args.file)?;
    let backups = found
        .iter()
        .map(|found| keyring.open(found).map(|checked| Inside::of(&checked)))
        .collect::<Result<Vec<_>, _>>()?;
    let text: Vec<String> = backups.iter().map(Inside::text).collect();
    output.document(&Verified { backups }, &text.join("\n"));
    Ok(())
}
