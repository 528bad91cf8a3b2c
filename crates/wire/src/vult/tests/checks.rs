//! Every check, and a file that only it refuses.

use super::archives::{Packed, stored, zip};
use super::*;

/// The least that is a vault.
fn vault() -> Vec<u8> {
    field(&[0x12], b"02aa")
}

fn with(more: &[u8]) -> String {
    plain(&[&vault(), more].concat())
}

#[test]
fn what_is_not_spoilt_is_read() {
    assert_eq!(refused(with(&[]).as_bytes()), None);
    assert!(unpack(&zip(&[stored("a.vult", b"x")])).is_ok());
}

#[test]
fn check_vult_1_1_refuses_a_file_longer_than_any_backup() {
    switch();
    let mut file = with(&[]).into_bytes();
    file.resize(MAX_LEN + 1, b' ');
    assert_eq!(refused(&file), Some(Check::HasBoundedLength));
}

#[test]
fn check_vult_1_2_refuses_what_is_neither_container_nor_json() {
    switch();
    for file in ["", "Dear diary,", "CAESBA==", "00ff", &with(&[])[1..]] {
        assert_eq!(refused(file.as_bytes()), Some(Check::IsABackup), "{file}");
    }
}

#[test]
fn check_vult_1_3_refuses_a_later_container() {
    switch();
    for version in [0, 2] {
        let bytes = [&[0x08, version][..], &field(&[0x12], STANDARD.encode(vault()).as_bytes())];
        let file = STANDARD.encode(bytes.concat());
        assert_eq!(refused(file.as_bytes()), Some(Check::ContainerVersion));
    }
}

#[test]
fn check_vult_2_1_asks_for_a_password_where_one_is_needed() {
    switch();
    let file = write(&contents(), Lock::V1(&password("")), &mut rng(4));
    let read = parse(file.as_bytes(), None);
    assert_eq!(read.unwrap_err().check, Check::PasswordGiven);
}

#[test]
fn check_vult_2_2_refuses_another_password_and_a_changed_blob() {
    switch();
    let other = password("another");
    let mut rng = rng(5);
    for lock in [Lock::V1(&other), Lock::V2(&other)] {
        let file = write(&contents(), lock, &mut rng);
        assert_eq!(refused(file.as_bytes()), Some(Check::Opens));
    }
    let blob = cipher::seal_v1(&vault(), &password(PASSWORD), &mut rng);
    for at in 0..blob.len() {
        let mut blob = blob.clone();
        blob[at] ^= 1;
        assert_eq!(refused(container(&blob, true).as_bytes()), Some(Check::Opens));
    }
    let nothing = container(&cbc(b"no vault"), true);
    assert_eq!(refused(nothing.as_bytes()), Some(Check::Opens));
}

#[test]
fn check_vult_3_1_refuses_fields_that_are_cut_off_or_of_another_type() {
    switch();
    let wrong: [&[u8]; 9] = [
        &[0x0a, 5, b'n'],
        &[0x80],
        &[0x0b, 0x0c],
        &[0x02, 0],
        &[0x09, 1, 2],
        &[0x08, 1],
        &[0x52, 0],
        &[0x3a, 2, 0x0a, 9],
        &[0x50, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
    ];
    for more in wrong {
        assert_eq!(refused(with(more).as_bytes()), Some(Check::FieldsAreWhole), "{more:?}");
    }
    let json = "{\"pubKeyECDSA\":\"02aa\",\"signers\":[1]}";
    assert_eq!(refused(json.as_bytes()), Some(Check::FieldsAreWhole));
}

#[test]
fn check_vult_3_2_refuses_text_that_is_none() {
    switch();
    assert_eq!(refused(with(&field(&[0x0a], &[0xff])).as_bytes()), Some(Check::TextIsUtf8));
    let share = field(&[0x3a], &field(&[0x12], &[0xc3, 0x28]));
    assert_eq!(refused(with(&share).as_bytes()), Some(Check::TextIsUtf8));
}

#[test]
fn check_vult_3_3_refuses_lists_without_end() {
    switch();
    for (key, most) in [(0x22, 255), (0x3a, 1024), (0x5a, 1024)] {
        assert_eq!(refused(with(&[key, 0].repeat(most)).as_bytes()), None);
        let more = [key, 0].repeat(most + 1);
        assert_eq!(refused(with(&more).as_bytes()), Some(Check::ListsAreBounded));
    }
    let json = json!({"pubKeyECDSA": "02aa", "signers": vec!["a"; 256]}).to_string();
    assert_eq!(refused(json.as_bytes()), Some(Check::ListsAreBounded));
}

#[test]
fn check_vult_3_4_refuses_a_vault_of_no_key() {
    switch();
    assert_eq!(refused(plain(&field(&[0x0a], b"name")).as_bytes()), Some(Check::NamesAKey));
    assert_eq!(refused(b"{\"name\":\"x\"}"), Some(Check::NamesAKey));
}

#[test]
fn check_vult_3_5_refuses_an_extension_of_a_later_version_or_of_other_lengths() {
    switch();
    let endless = [&[0x08, 1, 0x10][..], &[0xff; 9], &[1]].concat();
    let short = [vec![0x08, 1], field(&[0x1a], &[1; 31])].concat();
    let wrong = [vec![], vec![0x08, 2], endless, short];
    for extension in wrong {
        let file = with(&field(&[0xc2, 0x3e], &extension));
        assert_eq!(refused(file.as_bytes()), Some(Check::ExtensionIsKnown));
    }
}

#[test]
fn check_vult_4_1_refuses_an_archive_that_does_not_unpack_to_what_it_was() {
    switch();
    let unpacked = |archive: &[u8]| unpack(archive).err().map(|unreadable| unreadable.check);
    let whole = zip(&[stored("a.vult", b"backup")]);
    let mut changed = whole.clone();
    let at = changed.windows(6).position(|w| w == b"backup").unwrap();
    changed[at] ^= 1;
    assert_eq!(unpacked(&changed), Some(Check::ArchiveIsWhole));
    assert_eq!(unpacked(&whole[..whole.len() - 9]), Some(Check::ArchiveIsWhole));
    assert_eq!(unpacked(b"PK\x03\x04"), Some(Check::ArchiveIsWhole));
}

#[test]
fn check_vult_4_2_refuses_an_archive_of_very_many_files() {
    switch();
    let files = |count| {
        let files = (0..count).map(|_| stored("x.txt", b""));
        zip(&files.chain([stored("a.vult", b"x")]).collect::<Vec<Packed>>())
    };
    assert!(unpack(&files(1023)).is_ok());
    assert_eq!(unpack(&files(1024)).unwrap_err().check, Check::ArchiveIsSmall);
}

#[test]
fn check_vult_4_3_refuses_an_archive_of_other_things() {
    switch();
    let archive = zip(&[stored("a.txt", b"x")]);
    assert_eq!(unpack(&archive).unwrap_err().check, Check::ArchiveHasBackups);
}

#[test]
fn every_refusal_says_what_is_wrong_and_what_to_do() {
    use quorate_core::Check as _;
    for &check in Check::ALL {
        let unreadable = Unreadable { check };
        assert!(unreadable.to_string().ends_with(&format!("({})", check.id())));
        assert!(!unreadable.remedy().is_empty());
    }
}
