//! Reading what a person names: one backup, or an archive of several.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use quorate_vault::store::Secret;
use quorate_wire::vult::{self, MAX_LEN, Unreadable};
use zeroize::Zeroizing;

use crate::output::{Failure, Kind, plain};

/// A backup that has been read and not opened.
#[derive(Debug)]
pub(crate) struct Found {
    /// What to call it: its path, and for one in an archive its name there.
    pub(crate) name: String,
    /// The file.
    pub(crate) bytes: Secret<Vec<u8>>,
}

/// Reads a backup, or the backups of an archive.
///
/// # Errors
///
/// Exit 10 if the file cannot be read, is too long, or is a damaged archive.
pub(crate) fn read(path: &Path) -> Result<Vec<Found>, Failure> {
    let name = plain(&path.display().to_string());
    let bytes = bytes(path).map_err(|error| {
        Failure::new(
            Kind::Invalid,
            format!("{name} cannot be read: {error}"),
            "check its path and permissions",
        )
    })?;
    if !vult::is_archive(bytes.expose()) {
        return Ok(vec![Found { name, bytes }]);
    }
    let entries = vult::unpack(bytes.expose()).map_err(|why| unreadable(&name, why))?;
    let found = entries
        .into_iter()
        .map(|entry| Found { name: format!("{name}: {}", plain(&entry.name)), bytes: entry.file });
    Ok(found.collect())
}

/// The whole file, and no more than one byte beyond what any backup has.
fn bytes(path: &Path) -> std::io::Result<Secret<Vec<u8>>> {
    let mut file = File::open(path)?;
    let most = u64::try_from(MAX_LEN).unwrap_or(u64::MAX).saturating_add(1);
    let expected = file.metadata()?.len().min(most);
    // Room for all of it at once: a vector that grows leaves copies behind.
    let room = usize::try_from(expected).unwrap_or(0).saturating_add(1);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    file.by_ref().take(most).read_to_end(&mut bytes)?;
    Ok(Secret::take(&mut *bytes))
}

/// A file that is no backup, or not with this password.
pub(crate) fn unreadable(name: &str, why: Unreadable) -> Failure {
    let kind = match why.check {
        vult::Check::Opens => Kind::Locked,
        vult::Check::PasswordGiven => Kind::NeedsAnswer,
        _ => Kind::Invalid,
    };
    Failure::new(kind, format!("{name} {why}"), why.remedy())
}
