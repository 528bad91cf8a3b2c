//! Keys of single chains, as vaults from a seed phrase have them.

use curve25519_dalek::{EdwardsPoint, Scalar};
use quorate_wire::vult::ChainPublicKey;

use super::*;
use crate::backup::carried;
use crate::store::PublicKey;

/// The share of member `id` of a chain's own key: on secp256k1, then on Ed25519.
fn chain_shares(id: usize) -> [Vec<u8>; 2] {
    let ecdsa = recorded("dkls23/live_W_dkg", "dkg/shares", 10).remove(id);
    [ecdsa, recorded("eddsa/dkg_2of3_all_known", "keyshares", 2).remove(id)]
}

/// What member `id` has saved of a vault from a seed phrase: two chains have one key, a third has another.
fn saved(id: usize) -> VaultContents {
    let mut vault = epoch(2).saved(id);
    let [ecdsa, eddsa] = chain_shares(id);
    let keys = [hex::encode(&ecdsa[75..108]), hex::encode(&eddsa[35..67])];
    vault.lib_type = 2;
    vault.key_shares.insert(1, key_share(&eddsa[35..67], &eddsa));
    vault.key_shares.insert(0, key_share(&ecdsa[75..108], &ecdsa));
    let chains = [("Ethereum", 0), ("Solana", 1), ("BSC", 0)];
    vault.chain_public_keys = chains
        .map(|(chain, at)| ChainPublicKey {
            public_key: keys[at].clone(),
            chain: chain.to_owned(),
            is_eddsa: at == 1,
            ..ChainPublicKey::default()
        })
        .into();
    vault
}

fn backup(id: usize) -> Backup {
    Backup::read(saved(id), NOW).unwrap()
}

/// The chains without a share that fits, after a change to the file.
fn lacking(change: impl FnOnce(&mut VaultContents)) -> Vec<String> {
    let mut vault = saved(0);
    change(&mut vault);
    let backup = Backup::read(vault, NOW).unwrap();
    let keys: Vec<PublicKey> = backup.sharing.keys.iter().map(|key| key.public).collect();
    assert!(backup.shares().of.keys().all(|key| keys.contains(key)));
    backup.without_share
}

#[test]
fn the_keys_of_chains_are_restored_with_their_shares_and_written_again() {
    let backup = backup(1);
    let [ecdsa, eddsa] = chain_shares(1);
    let keys = [
        PublicKey::from_bytes(&ecdsa[75..108]).unwrap(),
        PublicKey::from_bytes(&eddsa[35..67]).unwrap(),
    ];
    assert!(backup.sharing.imported && backup.without_share.is_empty());
    let chains: Vec<_> = backup.sharing.keys.chains().collect();
    assert_eq!(chains, [("Ethereum", keys[0]), ("Solana", keys[1]), ("BSC", keys[0])]);
    let shares = backup.shares();
    assert_eq!(shares.of.len(), 4);
    assert_eq!(shares.of[&keys[0]].expose(), &ecdsa);
    assert_eq!(shares.of[&keys[1]].expose(), &eddsa);
    assert!(backup.rest.expose().len() < 3_000, "shares are kept once");
    let again = contents("Savings", &backup.sharing, &shares).unwrap();
    let mut before = saved(1);
    before.lib_type = 2;
    assert!(*again.encode() == *before.encode());

    // Without the file that it was restored from.
    let fresh = contents("Savings", &backup.sharing, &Shares { rest: None, ..shares }).unwrap();
    assert_eq!((fresh.lib_type, fresh.chain_public_keys.len()), (2, 3));
    let again = Backup::read(fresh, NOW).unwrap();
    assert_eq!(again.sharing.keys, backup.sharing.keys);
    assert!(again.without_share.is_empty());
}

#[test]
fn early_files_name_an_ecdsa_key_by_its_x() {
    let mut vault = saved(0);
    for place in [0, 2] {
        vault.chain_public_keys[place].public_key.drain(..2);
    }
    vault.key_shares[0].public_key.drain(..2);
    let message = vault.encode();
    let read = Backup::read(vault, NOW).unwrap();
    assert_eq!(read.sharing.keys, backup(0).sharing.keys);
    let again = contents("Savings", &read.sharing, &read.shares()).unwrap();
    assert!(*again.encode() == *message);
}

#[test]
fn a_chain_whose_share_does_not_fit_is_named() {
    let both = ["Ethereum", "BSC"];
    assert_eq!(lacking(|vault| drop(vault.key_shares.remove(0))), both);
    let replace = |vault: &mut VaultContents, share: &[u8]| {
        let key = vault.key_shares[0].public_key.clone();
        vault.key_shares[0] = KeyShare { public_key: key, ..key_share(&[], share) };
    };
    // Damaged, another member's, another key's, none at all.
    let [good, _] = chain_shares(0);
    let mut damaged = good.clone();
    damaged[150] ^= 1;
    assert_eq!(lacking(|vault| replace(vault, &damaged)), both);
    assert_eq!(lacking(|vault| replace(vault, &chain_shares(1)[0])), both);
    assert_eq!(lacking(|vault| replace(vault, &epoch(2).ecdsa[0])), both);
    assert_eq!(lacking(|vault| replace(vault, b"?")), both);
    assert_eq!(lacking(|vault| vault.chain_public_keys[1].is_eddsa = false), ["Solana"]);
    assert!(lacking(|_| ()).is_empty());
}

#[test]
fn enough_backups_make_the_keys_of_the_chains_too() {
    let backups = [backup(0), backup(2)];
    let recovered = recover(&[("a", &backups[0]), ("b", &backups[1])]).unwrap();
    assert_eq!(recovered.keys, backups[0].sharing.keys);
    for (key, private) in &recovered.chains {
        let private = *private.as_ref().unwrap().expose();
        match key {
            PublicKey::Ecdsa(key) => {
                let public = SigningKey::from_slice(&private).unwrap();
                assert_eq!(*public.verifying_key().to_sec1_bytes(), key[..]);
            }
            PublicKey::Eddsa(key) => {
                let scalar = Scalar::from_canonical_bytes(private).unwrap();
                assert_eq!(EdwardsPoint::mul_base(&scalar).compress().to_bytes(), *key);
            }
        }
    }
    assert_eq!(recovered.chains.len(), 2);

    // One file has no share of one of them: the other keys are made all the same.
    let mut vault = saved(2);
    vault.key_shares.remove(0);
    let lacking = Backup::read(vault, NOW).unwrap();
    let recovered = recover(&[("a", &backups[0]), ("b", &lacking)]).unwrap();
    let made: Vec<bool> = recovered.chains.values().map(Result::is_ok).collect();
    assert_eq!(made, [false, true]);
    let recovered = recover(&[("a", &backups[0]), ("b", &lacking), ("c", &backup(1))]).unwrap();
    assert!(recovered.chains.values().all(Result::is_ok));
}

#[test]
fn a_reshare_carries_over_what_a_file_says_besides_and_nothing_of_the_old_sharing() {
    let mut vault = saved(0);
    vault.key_shares.push(key_share(&[5; 33], b"stale"));
    vault.public_key_mldsa44 = "ab".into();
    let later = [0x9a, 0x06, 5, b'l', b'a', b't', b'e', b'r'];
    // Field 1000 with an epoch and a field of a later version.
    let message =
        [vault.encode().as_slice(), &later, &[0xc2, 0x3e, 12, 8, 1, 0x10, 3], &later].concat();
    let old = Backup::read(VaultContents::decode(&message).unwrap(), NOW).unwrap();
    let rest = carried(&old.rest).unwrap();

    // The next sharing, here that of another member.
    let new = backup(1);
    let shares = Shares { rest: Some(rest), ..new.shares() };
    let written = contents("Savings", &new.sharing, &shares).unwrap();
    assert_eq!((&*written.unknown, &*written.public_key_mldsa44), (&later[..], "ab"));
    assert!(written.quorate.is_none());
    assert_eq!(written.key_shares.iter().filter(|share| share.is_of(&"05".repeat(33))).count(), 1);
    assert_eq!((written.key_shares.len(), written.chain_public_keys.len()), (5, 3));
    let again = Backup::read(written, NOW).unwrap();
    assert_eq!(
        (again.party(), again.sharing.keys.clone()),
        (new.party(), new.sharing.keys.clone())
    );
}
