//! Files that only their owner can read (STORE 2.2).

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

use crate::failure::Failure;

/// Makes the directory, or takes over an empty one; durable.
pub(crate) fn directory(path: &Path) -> Result<(), Failure> {
    if fs::exists(path)? {
        if is_open_to_others(path)? {
            if fs::read_dir(path)?.next().is_some() {
                return Err(Failure::Refused(format!(
                    "{} is not empty and open to other users; choose another directory",
                    path.display()
                )));
            }
            restrict(path, 0o700)?;
        }
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    path.parent().map_or(Ok(()), sync)?;
    Ok(())
}

/// Makes an empty file unless there is one; durable.
pub(crate) fn file(path: &Path) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    // Not opened if it exists: closing it would drop the locks that this process may hold on it.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(file) => {
            file.sync_all()?;
            path.parent().map_or(Ok(()), sync)?;
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Takes from other users what a copy or an unpacked archive may have given them.
pub(crate) fn tighten(path: &Path) -> Result<(), Failure> {
    if is_open_to_others(path)? {
        restrict(path, 0o600)?;
    }
    Ok(())
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(unix)]
fn sync(directory: &Path) -> io::Result<()> {
    let here = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    File::open(here)?.sync_all()
}

// Elsewhere a user's own directories are private by default, and directories are not synchronised.
#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> io::Result<bool> {
    Ok(false)
}

#[cfg(not(unix))]
fn restrict(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}
