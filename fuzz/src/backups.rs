//! Backup files: as they are, their message packed into a container, their archive.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quorate_core::Secret;
use quorate_wire::vult::{
    ChainPublicKey, Created, Extension, KeyShare, Lock, Unknown, VaultContents, is_archive, parse,
    unpack, write,
};

use crate::input::Input;
use crate::run::seeded;
use crate::{Target, moded};

/// Backup files.
pub const BACKUPS: Target = Target { name: "backup", seeds, read };

const JSON: &str = r#"{"name":"Savings","pubKeyECDSA":"02ab","pubKeyEdDSA":"cd","signers":["A-1","B-2"],"hexChainCode":"",
    "keyshares":[{"pubkey":"02ab","keyshare":"x"}],"localPartyID":"A-1","resharePrefix":""}"#;

fn vault() -> VaultContents {
    let share = |key: &str| KeyShare {
        public_key: key.to_owned(),
        keyshare: Secret::of("c2hhcmU=".to_owned()),
        unknown: Unknown::default(),
    };
    VaultContents {
        name: "Savings".to_owned(),
        public_key_ecdsa: "02ab".to_owned(),
        public_key_eddsa: "cd".to_owned(),
        signers: vec!["A-1".to_owned(), "B-2".to_owned()],
        created_at: Some(Created { seconds: 1, nanos: 2, ..Created::default() }),
        key_shares: vec![share("02ab"), share("cd")],
        local_party_id: "A-1".to_owned(),
        lib_type: 1,
        chain_public_keys: vec![ChainPublicKey { is_eddsa: true, ..ChainPublicKey::default() }],
        quorate: Some(Extension { epoch: 3, digest: Some([7; 32]), ..Extension::default() }),
        ..VaultContents::default()
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let password = Secret::of("password".to_owned());
    let file = |lock| write(&vault(), lock, &mut seeded(0)).as_bytes().to_vec();
    let files = [file(Lock::None), file(Lock::V1(&password))];
    [
        moded(0, files.iter().map(Vec::as_slice).chain([JSON.as_bytes()])),
        moded(1, [&*vault().encode()]),
        moded(2, [archive(&files)]),
    ]
    .concat()
}

fn read(data: &[u8]) {
    let mut input = Input::new(data);
    match input.byte() % 3 {
        0 => drop(parse(input.rest(), None)),
        1 => message(input.rest()),
        _ => {
            let archive = input.rest();
            let _ = is_archive(archive);
            drop(unpack(archive));
        }
    }
}

fn message(message: &[u8]) {
    let container = [&[8, 1, 18], &*varint(message.len()), message].concat();
    drop(parse(STANDARD.encode(container).as_bytes(), None));
    if let Ok(vault) = VaultContents::decode(message) {
        let again = VaultContents::decode(&vault.encode()).expect("what is written can be read");
        assert!(*again.encode() == *vault.encode(), "something is lost in writing");
    }
}

fn varint(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// A ZIP of these files, not compressed.
fn archive(files: &[Vec<u8>]) -> Vec<u8> {
    let (mut bytes, mut listed) = (Vec::new(), Vec::new());
    for file in files {
        let (start, len) = (bytes.len() as u32, (file.len() as u32).to_le_bytes());
        let common =
            [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &crc32(file), &len, &len, &[8, 0, 0, 0]]
                .concat();
        bytes.extend([b"PK\x03\x04", &*common, b"one.vult", file].concat());
        let rest = [0; 10];
        listed.extend(
            [b"PK\x01\x02\x14\x00", &*common, &rest, &start.to_le_bytes(), b"one.vult"].concat(),
        );
    }
    let (start, count) = ((bytes.len() as u32).to_le_bytes(), [files.len() as u8, 0]);
    let end = [
        b"PK\x05\x06\0\0\0\0",
        &count[..],
        &count,
        &(listed.len() as u32).to_le_bytes(),
        &start,
        &[0; 2],
    ];
    [bytes, listed, end.concat()].concat()
}

fn crc32(bytes: &[u8]) -> [u8; 4] {
    let step = |crc: u32| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
    let add = |crc, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc));
    (!bytes.iter().fold(!0, add)).to_le_bytes()
}
