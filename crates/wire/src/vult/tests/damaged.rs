//! Files that were whole once.

use super::archives::{deflated, stored, zip};
use super::*;

/// However it is damaged, a file is read or refused: nothing panics, and an authentic cipher lets no change through.
#[test]
fn damaged_files_are_refused_or_read_and_never_a_panic() {
    let (secret, mut rng) = (password(PASSWORD), rng(6));
    let open = write(&contents(), Lock::None, &mut rng);
    let locked = write(&contents(), Lock::V1(&secret), &mut rng);
    let json = hex::encode(json!({"pubKeyECDSA": "02aa", "keyshares": []}).to_string());
    let archive = zip(&[stored("a.vult", open.as_bytes()), deflated("b.bak", open.as_bytes())]);
    for _ in 0..4_000 {
        let _ = parse(&damage(open.as_bytes(), &mut rng), None);
        let _ = parse(&damage(json.as_bytes(), &mut rng), None);
        let _ = VaultContents::decode(&damage(&contents().encode(), &mut rng));
        let _ = unpack(&damage(&archive, &mut rng));
        let bytes = STANDARD.decode(&*locked).unwrap();
        let changed = STANDARD.encode(damage(&bytes, &mut rng));
        if let Ok(opened) = parse(changed.as_bytes(), Some(&secret)) {
            assert_eq!(opened.vault.encode(), contents().encode());
        }
    }
}

#[test]
fn files_cut_off_anywhere_are_refused() {
    let (secret, mut rng) = (password(PASSWORD), rng(7));
    let message = contents().encode();
    for file in
        [write(&contents(), Lock::None, &mut rng), write(&contents(), Lock::V1(&secret), &mut rng)]
    {
        for len in 0..file.trim_end_matches('=').len() {
            assert!(parse(&file.as_bytes()[..len], Some(&secret)).is_err(), "{len}");
        }
    }
    // The message itself has no end mark: what is cut between two fields is a shorter vault.
    for len in 0..message.len() {
        let _ = VaultContents::decode(&message[..len]);
    }
}

/// What was read is written, and read again, without loss.
#[test]
fn whatever_is_read_is_written_without_loss() {
    let mut rng = rng(8);
    let message = contents().encode();
    let mut read = 0;
    for _ in 0..20_000 {
        let damaged = damage(&message, &mut rng);
        let Ok(vault) = VaultContents::decode(&damaged) else { continue };
        read += 1;
        let written = vault.encode();
        let again = VaultContents::decode(&written).unwrap();
        assert_eq!(again.encode(), written);
        assert_eq!(again.unknown, vault.unknown);
    }
    assert!(read > 1_000, "{read}");
}
