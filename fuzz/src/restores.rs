//! What a decrypted backup says, on its way into a home and out again.

use quorate_core::Secret;
use quorate_vault::backup::{
    Backup, carried, compare, contents, file_name, names_other_share, recover,
};
use quorate_vault::store::{Shares, Timestamp, Vault};
use quorate_wire::vult::{ChainPublicKey, Extension, KeyShare, VaultContents};

use crate::Target;
use crate::ecdsa::share_of;

/// The contents of backups. A share that is `0` or `1` stands for a whole one of that party.
pub const RESTORES: Target = Target { name: "restore", seeds, read };

fn seeds() -> Vec<Vec<u8>> {
    let key = hex::encode(share_of(0).public_key());
    let vault = |party: usize| {
        let share = KeyShare::new(&share_of(0).public_key(), &Secret::of(Vec::new()));
        VaultContents {
            name: "Savings".to_owned(),
            public_key_ecdsa: key.clone(),
            signers: vec!["A-1".to_owned(), "B-2".to_owned()],
            hex_chain_code: hex::encode(share_of(0).chain_code()),
            key_shares: vec![KeyShare { keyshare: Secret::of(party.to_string()), ..share }],
            local_party_id: ["A-1", "B-2"][party].to_owned(),
            lib_type: 1,
            quorate: Some(Extension { epoch: 3, ..Extension::default() }),
            ..VaultContents::default()
        }
    };
    let chain = ChainPublicKey {
        public_key: key.clone(),
        chain: "BSC".to_owned(),
        ..ChainPublicKey::default()
    };
    let imported = VaultContents { lib_type: 2, chain_public_keys: vec![chain], ..vault(0) };
    [vault(0), vault(1), imported].map(|vault| vault.encode().to_vec()).into()
}

fn read(data: &[u8]) {
    let Ok(mut vault) = VaultContents::decode(data) else { return };
    for share in &mut vault.key_shares {
        let party = match share.keyshare.expose().as_str() {
            "0" => 0,
            "1" => 1,
            _ => continue,
        };
        share.keyshare = KeyShare::new(&[], &share_of(party).to_bytes()).keyshare;
    }
    let Ok(backup) = Backup::read(vault, Timestamp(1)) else { return };
    let (name, sharing) = (&backup.name, &backup.sharing);
    assert!(!names_other_share(&file_name(name, sharing), name, sharing), "its own name");

    let written = contents(name, sharing, &backup.shares()).expect("what was read is written");
    let message = written.encode();
    let again = Backup::read(written, Timestamp(1)).expect("what is written is read");
    assert_eq!(again.sharing, *sharing);
    let twice = contents(name, sharing, &again.shares()).expect("and written again");
    assert!(*twice.encode() == *message, "something is lost in writing");

    let rest = Some(carried(&backup.rest).expect("what was read is carried over"));
    let next = contents(name, sharing, &Shares { rest, ..backup.shares() });
    drop(Backup::read(next.expect("what is carried over is written"), Timestamp(1)));

    let vault = Vault { name: name.clone(), key: sharing.vault, sharings: vec![sharing.clone()] };
    for held in [&[][..], &[vault]] {
        let _ = compare(&backup, held).to_string();
        drop(backup.restore(name, held));
    }
    let _ = recover(&[("a", &backup), ("b", &again)]);
}
