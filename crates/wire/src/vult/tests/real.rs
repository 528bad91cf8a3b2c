//! Backups that phones have made.

use super::*;

/// Of a GG20 vault, from vultisig/community-tools (Apache-2.0).
const GG20: &[u8] = include_bytes!("../../../../../vectors/app/backups/GG20_1of2.vult");

/// The folder of further backups, which may not be handed on with this project: `vectors/app/backups/README.md`.
#[expect(clippy::disallowed_methods, reason = "the environment is how a test program is told")]
fn folder() -> Option<PathBuf> {
    std::env::var("QUORATE_FIXTURES").ok().map(PathBuf::from)
}

#[expect(clippy::disallowed_methods, reason = "read only where the folder is at hand")]
fn file(name: &str) -> Option<Vec<u8>> {
    Some(std::fs::read(folder()?.join(name)).unwrap())
}

/// The message inside, as it is in the file.
fn message(file: &[u8], secret: &Secret<String>) -> Zeroizing<Vec<u8>> {
    let container = STANDARD.decode(file.trim_ascii()).unwrap();
    let mut fields = fields::Fields::of(&container);
    let mut text = Vec::new();
    while let Some(field) = fields.next().unwrap() {
        if field.number == 2 {
            text = field.bytes().unwrap().to_vec();
        }
    }
    let blob = Zeroizing::new(STANDARD.decode(text).unwrap());
    let open = cipher::open_v2(&blob, secret).or_else(|| cipher::open_v1(&blob, secret));
    open.unwrap_or(blob)
}

#[test]
fn a_gg20_vault_is_read_known_for_what_it_is_and_written_unchanged() {
    let secret = password("");
    let opened = parse(GG20, None).unwrap();
    assert_eq!(opened.scheme, Scheme::None);
    assert_eq!(opened.vault.library(), Some(Library::Gg20));
    assert_eq!(opened.vault.local_party_id, "Pixel 5a-a9b");
    assert_eq!(opened.vault.encode(), message(GG20, &secret));
}

#[test]
fn every_backup_at_hand_is_read_and_written_unchanged() {
    let secret = password("Password123!");
    let files = [
        ("TestFastVault-44fd-share1of2-Vultiserver.vult", Scheme::V1, "Server-94060"),
        ("TestFastVault-44fd-share2of2.vult", Scheme::V1, "iPhone-5C9"),
        ("TestSecureVault-cfa0-share1of2.vult", Scheme::V1, "iPhone-5C9"),
        ("TestSecureVault-cfa0-share2of2-Nopassword.vult", Scheme::None, "jp’s MacBook Air-EE5"),
        ("derived/TestSecureVault-cfa0-share2of2-v2.vult", Scheme::V2, "jp’s MacBook Air-EE5"),
        ("GG20_2of2.vult", Scheme::None, "iPhone-EC4"),
    ];
    for (name, scheme, party) in files {
        let Some(file) = file(name) else { return };
        let opened = parse(&file, Some(&secret)).unwrap();
        assert_eq!((opened.scheme, &*opened.vault.local_party_id), (scheme, party), "{name}");
        assert_eq!(opened.vault.encode(), message(&file, &secret), "{name}");
    }
}
