//! Several backups in one ZIP, as the phones save them (`spec/backups.md`, `VULT 4`).

use miniz_oxide::inflate::decompress_slice_iter_to_slice;
use quorate_core::Secret;
use quorate_core::check::{require, require_some};
use rawzip::{CompressionMethod, ZipArchive, ZipFileHeaderRecord, ZipSliceArchive, crc32};

use super::{Check, MAX_LEN, Unreadable};

/// The most files of one archive.
const MAX_FILES: usize = 1024;

/// One backup file of an archive.
#[derive(Debug)]
pub struct Entry {
    /// Its name, without folders. A stranger's text.
    pub name: String,
    /// Its bytes.
    pub file: Secret<Vec<u8>>,
}

/// Whether a file is an archive, by its first bytes. No backup begins like one.
#[must_use]
pub fn is_archive(file: &[u8]) -> bool {
    file.starts_with(b"PK\x03\x04") || file.starts_with(b"PK\x05\x06")
}

/// `VULT 4`: unpacks the backups of an archive, and skips everything else in it.
///
/// # Errors
///
/// The first check that failed. All files together unpack to [`MAX_LEN`] at the most.
pub fn unpack(archive: &[u8]) -> Result<Vec<Entry>, Unreadable> {
    // 1.1
    require(archive.len() <= MAX_LEN, Check::HasBoundedLength)?;
    // 4.1
    let Some(archive) = require_some(
        ZipArchive::from_slice(archive).ok().map(Some),
        Check::ArchiveIsWhole,
        || None,
    )?
    else {
        return Ok(Vec::new());
    };
    let mut room = MAX_LEN;
    let mut entries = Vec::new();
    for (index, listed) in archive.entries().enumerate() {
        // 4.2
        require(index < MAX_FILES, Check::ArchiveIsSmall)?;
        // 4.1
        let listed = require_some(listed.ok().map(Some), Check::ArchiveIsWhole, || None)?;
        let Some(listed) = listed else { break };
        let Some(name) = backup_name(listed.file_path().as_bytes()) else { continue };
        // 1.1
        let len = usize::try_from(listed.uncompressed_size_hint()).unwrap_or(usize::MAX);
        room = require_some(room.checked_sub(len), Check::HasBoundedLength, || 0)?;
        // 4.1
        let file = inflate(&archive, &listed, len.min(MAX_LEN));
        let file = require_some(file, Check::ArchiveIsWhole, || Secret::of(Vec::new()))?;
        entries.push(Entry { name, file });
    }
    // 4.3
    require(!entries.is_empty(), Check::ArchiveHasBackups)?;
    Ok(entries)
}

/// Exactly `len` bytes, of the listed CRC-32; into room of that size, whatever the packed bytes grow to.
fn inflate(
    archive: &ZipSliceArchive<&[u8]>,
    listed: &ZipFileHeaderRecord<'_>,
    len: usize,
) -> Option<Secret<Vec<u8>>> {
    let entry = archive.get_entry(listed.wayfinder()).ok()?;
    let packed = entry.data();
    let mut file = Secret::of(vec![0; len]);
    let unpacked = match listed.compression_method() {
        CompressionMethod::STORE => {
            file.expose_mut().get_mut(..packed.len())?.copy_from_slice(packed);
            packed.len()
        }
        CompressionMethod::DEFLATE => {
            let packed = core::iter::once(packed);
            decompress_slice_iter_to_slice(file.expose_mut(), packed, false, true).ok()?
        }
        _ => return None,
    };
    (unpacked == len && crc32(file.expose()) == entry.claim_verifier().crc).then_some(file)
}

/// The last part of a backup's path; `None` for everything that is no backup.
fn backup_name(path: &[u8]) -> Option<String> {
    let path = String::from_utf8_lossy(path);
    let name = path.rsplit(['/', '\\']).next()?;
    let (stem, ending) = name.rsplit_once('.')?;
    let known = ["vult", "bak", "dat"].iter().any(|known| ending.eq_ignore_ascii_case(known));
    let hidden = stem.is_empty() || name.starts_with('.') || path.starts_with("__MACOSX");
    (known && !hidden).then(|| name.to_owned())
}
