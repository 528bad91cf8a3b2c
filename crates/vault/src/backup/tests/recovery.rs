//! Private keys from backups.

use curve25519_dalek::{EdwardsPoint, Scalar};

use super::*;

/// The public keys of what was recovered.
pub(super) fn public_keys(recovered: &Recovered) -> ([u8; 33], [u8; 32]) {
    let key = SigningKey::from_slice(recovered.ecdsa.expose()).unwrap();
    let scalar = *recovered.eddsa.as_ref().unwrap().as_ref().unwrap().expose();
    let scalar = Scalar::from_canonical_bytes(scalar).unwrap();
    let point = EdwardsPoint::mul_base(&scalar).compress();
    (key.verifying_key().to_sec1_point(true).as_bytes().try_into().unwrap(), point.to_bytes())
}

#[test]
fn every_quorum_of_every_epoch_makes_the_keys_of_the_vault() {
    let first = epoch(1).backup(0);
    let keys = (first.sharing.vault.0, first.sharing.keys.root_eddsa().unwrap());
    for number in 1..=3 {
        let saved = epoch(number);
        let backups: Vec<Backup> = (0..saved.ecdsa.len()).map(|id| saved.backup(id)).collect();
        for a in &backups {
            for b in backups.iter().filter(|b| b.sharing.me != a.sharing.me) {
                let recovered = recover(&[("a", a), ("b", b), ("a again", a)]).unwrap();
                assert_eq!(public_keys(&recovered), keys);
                assert_eq!(recovered.vault, first.sharing.vault);
                assert_eq!(recovered.chain_code, first.sharing.chain_code);
                assert!(recovered.misfits.is_empty());
            }
        }
        let all: Vec<(&str, &Backup)> = backups.iter().map(|backup| ("x", backup)).collect();
        assert_eq!(public_keys(&recover(&all).unwrap()), keys);
    }
}

#[test]
fn a_vault_of_one_key_gives_that_key() {
    let saved = epoch(1);
    let backup = |id: usize| Backup::read(file(&saved.ecdsa[id], None), NOW).unwrap();
    let recovered = recover(&[("a", &backup(0)), ("b", &backup(1))]).unwrap();
    assert!(recovered.eddsa.is_none() && recovered.keys.root_eddsa().is_none());
}
