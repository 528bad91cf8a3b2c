//! ZIPs of several backups.

use miniz_oxide::deflate::compress_to_vec;

use super::*;

/// One file of an archive under construction.
pub(super) struct Packed {
    pub(super) name: &'static str,
    pub(super) file: Vec<u8>,
    pub(super) deflated: bool,
    /// What the directory says of the unpacked size.
    pub(super) claimed: usize,
}

pub(super) fn stored(name: &'static str, file: &[u8]) -> Packed {
    Packed { name, file: file.to_vec(), deflated: false, claimed: file.len() }
}

pub(super) fn deflated(name: &'static str, file: &[u8]) -> Packed {
    Packed { deflated: true, ..stored(name, file) }
}

pub(super) fn zip(files: &[Packed]) -> Vec<u8> {
    let u16 = |n: usize| u16::try_from(n).unwrap().to_le_bytes();
    let u32 = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for Packed { name, file, deflated, claimed } in files {
        let packed = if *deflated { compress_to_vec(file, 9) } else { file.clone() };
        let common = [
            &[20, 0, 0, 0][..],
            &u16(if *deflated { 8 } else { 0 }),
            &[0; 4],
            &rawzip::crc32(file).to_le_bytes(),
            &u32(packed.len()),
            &u32(*claimed),
            &u16(name.len()),
            &[0; 2],
        ]
        .concat();
        let listed = [b"PK\x01\x02\x14\0", &common[..], &[0; 10], &u32(archive.len())].concat();
        directory.extend([&listed[..], name.as_bytes()].concat());
        archive.extend([b"PK\x03\x04", &common[..], name.as_bytes(), &packed].concat());
    }
    let end = [
        b"PK\x05\x06\0\0\0\0",
        &u16(files.len())[..],
        &u16(files.len()),
        &u32(directory.len()),
        &u32(archive.len()),
        &[0; 2],
    ]
    .concat();
    [archive, directory, end].concat()
}

#[test]
fn an_archive_gives_its_backups_and_nothing_else() {
    let file = plain(&contents().encode());
    let archive = zip(&[
        stored("a.vult", file.as_bytes()),
        deflated("folder/B-share1of2.BAK", file.as_bytes()),
        deflated("c\\old.dat", file.as_bytes()),
        stored("__MACOSX/._a.vult", b"x"),
        stored("__MACOSX/a.vult", b"x"),
        stored(".hidden.vult", b"x"),
        stored("folder/", b""),
        stored("readme.txt", b"x"),
        stored(".vult", b"x"),
    ]);
    assert!(is_archive(&archive) && !is_archive(file.as_bytes()));
    let entries = unpack(&archive).unwrap();
    let names: Vec<&str> = entries.iter().map(|entry| &*entry.name).collect();
    assert_eq!(names, ["a.vult", "B-share1of2.BAK", "old.dat"]);
    for entry in entries {
        assert_eq!(entry.file.expose(), file.as_bytes());
        assert!(parse(entry.file.expose(), None).is_ok());
    }
}

#[test]
fn an_archive_unpacks_to_no_more_than_it_says() {
    let bomb = Packed { claimed: 1000, ..deflated("a.vult", &vec![b'A'; 1 << 20]) };
    assert_eq!(unpack(&zip(&[bomb])).unwrap_err().check, Check::ArchiveIsWhole);
    let short = Packed { claimed: 2000, ..deflated("a.vult", &[b'A'; 1000]) };
    assert_eq!(unpack(&zip(&[short])).unwrap_err().check, Check::ArchiveIsWhole);
}

#[test]
fn the_files_of_an_archive_share_one_bound() {
    let half = Packed { claimed: MAX_LEN / 2 + 1, ..stored("b.vult", b"x") };
    let file = vec![b'A'; MAX_LEN / 2];
    let archive = zip(&[deflated("a.vult", &file), half]);
    assert_eq!(unpack(&archive).unwrap_err().check, Check::HasBoundedLength);
}
