//! Where a new backup goes, and who is there already: two shares of one vault in one folder are a smaller threshold
//! (`BACKUP 6.3`).

use std::fs;
use std::path::{Path, PathBuf};

use quorate_vault::backup::{file_name, names_other_share};
use quorate_vault::store::{Secret, Sharing};
use quorate_wire::vult::{Container, Opened};

use super::file::{Found, read};
use super::whole::folder_of;
use crate::output::{Failure, Kind, plain};

/// The most files of a folder that are opened, and the most that are decrypted: each costs what a guess at a password
/// costs.
const MAX_OPENED: usize = 256;
const MAX_DECRYPTED: usize = 32;

/// The file that a new backup will be.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) file: PathBuf,
}

/// What could not be looked into.
#[derive(Debug, Default)]
pub(crate) struct Unseen(pub(crate) usize);

impl Place {
    /// `BACKUP 6.1`, for the path that a person has named.
    ///
    /// # Errors
    ///
    /// Exit 10 if its folder is not there, 7 if there is something in its place.
    pub(crate) fn of(path: &Path, name: &str, sharing: &Sharing) -> Result<Self, Failure> {
        let file =
            if path.is_dir() { path.join(file_name(name, sharing)) } else { path.to_owned() };
        let folder = folder_of(&file);
        if !folder.is_dir() || file.file_name().is_none() {
            return Err(Failure::new(
                Kind::Invalid,
                format!("there is no folder {}", plain(&folder.display().to_string())),
                "make it, or name another one",
            ));
        }
        // A link to nowhere is something, too.
        if fs::symlink_metadata(&file).is_ok() {
            return Err(Failure::new(
                Kind::Refused,
                format!(
                    "there is something at {} already, and nothing is overwritten",
                    plain(&file.display().to_string())
                ),
                "name another file or folder",
            ));
        }
        Ok(Self { file })
    }

    /// `BACKUP 6.3`: that no file beside it is the backup of another member: by its name, without a password, or with this
    /// one. How many files could not be looked into.
    ///
    /// # Errors
    ///
    /// Exit 7, naming the file; 10 if the folder cannot be read.
    pub(crate) fn is_alone(
        &self,
        name: &str,
        sharing: &Sharing,
        password: Option<&Secret<String>>,
    ) -> Result<Unseen, Failure> {
        let folder = folder_of(&self.file);
        let shown = plain(&folder.display().to_string());
        let cannot = |error: std::io::Error| {
            Failure::new(
                Kind::Invalid,
                format!("the folder {shown} cannot be read: {error}"),
                "name a folder that you can read: it must hold no other share of the vault",
            )
        };
        let mut backups = Vec::new();
        for entry in fs::read_dir(folder).map_err(cannot)? {
            let entry = entry.map_err(cannot)?;
            let beside = entry.file_name().to_string_lossy().into_owned();
            if names_other_share(&beside, name, sharing) {
                return Err(other_share(&shown, &plain(&beside)));
            }
            let ending = beside.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
            let is_one = ending
                .is_some_and(|ending| ["vult", "bak", "dat", "zip"].contains(&ending.as_str()));
            // Behind links too, but never a pipe: that would be waited for.
            if is_one && fs::metadata(entry.path()).is_ok_and(|file| file.is_file()) {
                backups.push(entry.path());
            }
        }
        backups.sort();
        let mut unseen = Unseen(backups.len().saturating_sub(MAX_OPENED));
        let mut decrypted = 0_usize;
        for path in backups.iter().take(MAX_OPENED) {
            let Ok(found) = read(path) else {
                unseen.0 = unseen.0.saturating_add(1);
                continue;
            };
            for Found { name: beside, bytes } in found {
                let opened = Container::parse(bytes.expose()).ok().and_then(|container| {
                    if container.is_encrypted() {
                        decrypted = decrypted.saturating_add(1);
                        password.filter(|_| decrypted <= MAX_DECRYPTED)?;
                    }
                    container.open(password).ok()
                });
                match opened {
                    Some(opened) if is_other_share(&opened, sharing) => {
                        return Err(other_share(&shown, &beside));
                    }
                    Some(_) => {}
                    None => unseen.0 = unseen.0.saturating_add(1),
                }
            }
        }
        Ok(unseen)
    }
}

/// Whether it is of the same vault and another member, as far as it says so itself.
fn is_other_share(Opened { vault, .. }: &Opened, sharing: &Sharing) -> bool {
    let me = sharing.parties.get(usize::from(sharing.me));
    let same_vault = vault.public_key_ecdsa.eq_ignore_ascii_case(&hex::encode(sharing.vault.0));
    same_vault && me != Some(&vault.local_party_id)
}

fn other_share(folder: &str, file: &str) -> Failure {
    Failure::new(
        Kind::Refused,
        format!("{folder} holds the backup of another device of this vault: {file}"),
        "name another folder, best on another medium: whoever finds enough shares in one place has the vault",
    )
}
