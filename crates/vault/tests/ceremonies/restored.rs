//! Vaults that were restored from backups.

#![expect(clippy::disallowed_methods, reason = "tests read recorded files")]

use std::io::Read as _;

use quorate_chain::{PublicKey, Signature as RawSignature};
use quorate_core::Secret;
use quorate_ecdsa::derive::{DerivationPath, derive};
use quorate_vault::backup::Backup;
use quorate_vault::store::{Store, Timestamp};
use quorate_wire::vult::{self, KeyShare, VaultContents};

use super::band::Band;

const NOW: Timestamp = Timestamp(1_760_000_000);

/// The recorded shares in one place of a vector file, by party id.
fn recorded(file: &str, at: &str, party_id: usize) -> Vec<Vec<u8>> {
    let path = format!("{}/../../vectors/{file}.json.xz", env!("CARGO_MANIFEST_DIR"));
    let packed = std::fs::read(path).unwrap();
    let mut json = Vec::new();
    lzma_rust2::XzReader::new(&packed[..], true).read_to_end(&mut json).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let shares = json[at].as_object().unwrap().values();
    let mut shares: Vec<Vec<u8>> = shares
        .map(|share| hex::decode(share["bytes"].as_str().or(share.as_str()).unwrap()).unwrap())
        .collect();
    shares.sort_by_key(|share| share[party_id]);
    shares
}

/// What three devices of another app have saved of one vault.
fn saved() -> Vec<Backup> {
    let eddsa = recorded("eddsa/qc_2of2_to_2of3_new_known", "new_keyshares", 2);
    let ecdsa = recorded("dkls23/py_qc_2of2_to_2of3", "shares", 10);
    let names = ["A", "B", "C"].map(String::from);
    let backups = names.iter().zip(ecdsa).zip(eddsa).map(|((name, ecdsa), eddsa)| {
        let share = quorate_ecdsa::KeyShare::from_bytes(&ecdsa).unwrap();
        let contents = VaultContents {
            name: "Phones".into(),
            public_key_ecdsa: hex::encode(share.public_key()),
            public_key_eddsa: hex::encode(&eddsa[35..67]),
            hex_chain_code: hex::encode(share.chain_code()),
            signers: names.to_vec(),
            local_party_id: name.clone(),
            key_shares: vec![
                KeyShare::new(&share.public_key(), &Secret::of(ecdsa)),
                KeyShare::new(&eddsa[35..67], &Secret::of(eddsa.clone())),
            ],
            ..VaultContents::default()
        };
        Backup::read(contents, NOW).unwrap()
    });
    backups.collect()
}

/// A band of whom each restores its backup.
fn restored(test: &str, backups: &[Backup]) -> Band {
    let names: Vec<&str> = backups.iter().map(Backup::party).collect();
    let mut band = Band::new(test, &names, 71);
    for (backup, device) in backups.iter().zip(&mut band.world.devices) {
        for change in backup.restore(&backup.name, &device.store.vaults().unwrap()) {
            device.store.commit(change).unwrap();
        }
        let vaults = device.store.vaults().unwrap();
        assert_eq!(vaults[0].active(), Some(&backup.sharing));
    }
    band
}

/// These devices sign with both keys.
fn sign_together(band: &mut Band, names: &[&str]) {
    let sharing = band.active(names[0]).unwrap();
    let path = DerivationPath::parse("m/44/60/0/0/0").unwrap();
    let child = derive(&sharing.vault.0, &sharing.chain_code, &path).unwrap();
    for signed in band.keysign(names, [5; 32]) {
        let RawSignature::Ecdsa(signature) = signed.unwrap().signatures[0].raw else {
            panic!("signed with the other key")
        };
        assert!(quorate_ecdsa::verify(&child, &[5; 32], &signature));
    }
    for signed in band.sign_message(names, "hello") {
        let made = signed.unwrap().signatures.remove(0);
        let (PublicKey::Eddsa(public_key), RawSignature::Eddsa(signature)) =
            (made.signing.key, made.raw)
        else {
            panic!("signed with the other key")
        };
        assert_eq!(Some(public_key), sharing.keys.root_eddsa());
        assert!(quorate_eddsa::verify(&public_key, b"hello", &signature));
    }
}

#[test]
fn devices_that_have_restored_their_backups_sign_with_both_keys() {
    let mut band = restored("restored", &saved());
    sign_together(&mut band, &["A", "C"]);
    sign_together(&mut band, &["C", "B"]);
}

/// With the backups of real phones, where they are at hand: `vectors/app/backups/README.md`.
#[test]
fn both_shares_of_a_phones_vault_sign_together() {
    let Ok(folder) = std::env::var("QUORATE_FIXTURES") else { return };
    let password = Secret::of("Password123!".to_owned());
    let files =
        ["TestSecureVault-cfa0-share1of2.vult", "TestSecureVault-cfa0-share2of2-Nopassword.vult"];
    let backups = files.map(|name| {
        let file = std::fs::read(format!("{folder}/{name}")).unwrap();
        let opened = vult::parse(&file, Some(&password)).unwrap();
        Backup::read(opened.vault, NOW).unwrap()
    });
    let mut band = restored("phones", &backups);
    sign_together(&mut band, &[backups[0].party(), backups[1].party()]);
}
