//! From a file to a backup that has passed every check, with whatever passwords there are.

use quorate_vault::backup::Backup;
use quorate_vault::store::Secret;
use quorate_wire::vult::{Check, Container, Opened, Scheme};

use super::Found;
use super::file::unreadable;
use crate::output::{Failure, Kind, Output};
use crate::terminal::{Person, ask_password};
use quorate_device::today;

/// How often a password may be mistyped.
const TRIES: usize = 3;

/// A backup whose shares have passed every check, and where it comes from.
#[derive(Debug)]
pub(crate) struct Checked {
    /// The file, for people.
    pub(crate) name: String,
    /// How it was encrypted.
    pub(crate) scheme: Scheme,
    pub(crate) backup: Backup,
}

/// The passwords that have been given, or typed so far.
pub(crate) struct Keyring<'o> {
    passwords: Vec<Secret<String>>,
    /// Whom to ask for more: nobody, if passwords were given.
    asks: Option<Person>,
    output: &'o Output,
}

impl<'o> Keyring<'o> {
    pub(crate) fn new(given: Vec<Secret<String>>, person: Person, output: &'o Output) -> Self {
        let asks = given.is_empty().then_some(person);
        Self { passwords: given, asks, output }
    }

    /// Decrypts a backup, and checks all that it holds (`BACKUP 1`, `BACKUP 2`).
    ///
    /// # Errors
    ///
    /// Exit 10 for a file that is no backup or holds what does not fit together, 4 for a wrong password, 12 if one is
    /// needed and there is nobody to ask.
    pub(crate) fn open(&mut self, found: &Found) -> Result<Checked, Failure> {
        let Opened { vault, scheme } = self.decrypt(found)?;
        let backup = Backup::read(vault, today()).map_err(|refused| {
            Failure::new(Kind::Invalid, format!("{} {refused}", found.name), refused.remedy)
        })?;
        Ok(Checked { name: found.name.clone(), scheme, backup })
    }

    fn decrypt(&mut self, Found { name, bytes }: &Found) -> Result<Opened, Failure> {
        let container = Container::parse(bytes.expose()).map_err(|why| unreadable(name, why))?;
        if !container.is_encrypted() {
            return container.open(None).map_err(|why| unreadable(name, why));
        }
        let mut ended = unreadable(name, Check::PasswordGiven.into());
        for password in &self.passwords {
            match container.open(Some(password)) {
                Ok(opened) => return Ok(opened),
                Err(why) => ended = unreadable(name, why),
            }
            if ended.kind != Kind::Locked {
                return Err(ended);
            }
        }
        let Some(person) = self.asks else { return Err(ended) };
        for _ in 0..TRIES {
            let password = ask_password(person, self.output, name)?;
            match container.open(Some(&password)) {
                Ok(opened) => {
                    self.passwords.push(password);
                    return Ok(opened);
                }
                Err(why) => ended = unreadable(name, why),
            }
            if ended.kind != Kind::Locked {
                break;
            }
            self.output.note(&ended.message);
        }
        Err(ended)
    }
}
