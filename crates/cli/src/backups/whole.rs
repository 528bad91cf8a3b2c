//! A file that is there whole or not at all (`BACKUP 7`).

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::home::system_rng;
use crate::output::{Failure, Kind};

/// What a file is called until it is whole: hidden, and nothing that any app takes for a backup.
const BEGIN: &str = ".quorate-";
const END: &str = ".partial";

/// Writes a new file that only its owner can read, durably, never over another; `check` sees what was read back before
/// the file gets its name. Afterwards it is read once more.
///
/// # Errors
///
/// Exit 7 if there is something in its place, 1 if the disk is full, 10 if the system says no for another reason, and
/// those of `check`. Then there is nothing in its place that was not there before.
pub(crate) fn write_new(
    path: &Path,
    bytes: &[u8],
    check: impl FnOnce(&[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let folder = folder_of(path);
    let failed = |error: io::Error| failure(path, &error);
    clear_leftovers(folder);
    let partial = Partial::new(folder);
    let mut file = partial.create().map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    file.rewind().map_err(failed)?;
    let mut again = Zeroizing::new(Vec::with_capacity(bytes.len().saturating_add(1)));
    file.read_to_end(&mut again).map_err(failed)?;
    check(&again)?;
    partial.into_place(path).map_err(failed)?;
    let last = sync_folder(folder).and_then(|()| fs::read(path).map(Zeroizing::new));
    let kept = match last {
        Ok(last) if *last == *bytes => return Ok(()),
        Ok(_) => Failure::new(
            Kind::Unexpected,
            format!("{} did not keep what was written", path.display()),
            "check the disk, and write to another one",
        ),
        Err(error) => failed(error),
    };
    // What nobody can rely on must not look like a backup.
    let _ = fs::remove_file(path);
    Err(kept)
}

/// The folder that a file is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A file in the making; gone when it is dropped.
struct Partial(PathBuf);

impl Partial {
    fn new(folder: &Path) -> Self {
        let mut drawn = [0; 8];
        system_rng().fill_bytes(&mut drawn);
        Self(folder.join(format!("{BEGIN}{}{END}", hex::encode(drawn))))
    }

    fn create(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&self.0)?;
        // Whoever clears what others have left behind can tell that this one is in use. Some file systems have no locks.
        let _ = file.try_lock();
        Ok(file)
    }

    /// Gives the file its name, unless something bears it.
    fn into_place(self, path: &Path) -> io::Result<()> {
        rename_new(&self.0, path)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // It is gone if it has its name.
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(unix)]
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Not on this file system.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => fs::hard_link(from, to),
        renamed => renamed.map_err(io::Error::from),
    }
}

#[cfg(not(unix))]
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    fs::hard_link(from, to)
}

/// Makes a new name in a folder durable, where folders can be asked for that.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder)?.sync_all() {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        synced => synced,
    }
}

/// Deletes what a crash or a lost power supply has left behind: what nobody is writing.
fn clear_leftovers(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name();
        let ours = |name: &OsStr| {
            let name = name.to_string_lossy();
            let middle = name.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END));
            middle.is_some_and(|hex| hex.len() == 16 && hex.bytes().all(|c| c.is_ascii_hexdigit()))
        };
        let idle = || File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if ours(&name) && entry.file_type().is_ok_and(|kind| kind.is_file()) && idle() {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn failure(path: &Path, error: &io::Error) -> Failure {
    let place = path.display();
    match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::new(
            Kind::Refused,
            format!("there is something at {place} already, and nothing is overwritten"),
            "name another file or folder, or move that one away",
        ),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Failure::new(
            Kind::Full,
            format!("no space left on the disk that holds {place}; nothing was written"),
            "make room, or name another place",
        ),
        _ => Failure::new(
            Kind::Invalid,
            format!("{place} cannot be written: {error}"),
            "check its path and permissions, or name another place",
        ),
    }
}
