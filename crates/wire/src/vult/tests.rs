use std::path::PathBuf;

use aes_gcm::aes::Aes256;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt as _, KeyIvInit as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::*;
use crate::link::Library;
use crate::testing::{Script, damage, rng, switch, unhex};

mod archives;
mod checks;
mod damaged;
mod real;

const PASSWORD: &str = "correct horse";

fn password(text: &str) -> Secret<String> {
    Secret::of(text.to_owned())
}

/// What reading a file says, with the usual password.
fn refused(file: &[u8]) -> Option<Check> {
    parse(file, Some(&password(PASSWORD))).err().map(|unreadable| unreadable.check)
}

/// A field as protobuf writes it, by its key.
fn field(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    assert!(bytes.len() < 128);
    [key, &[u8::try_from(bytes.len()).unwrap()], bytes].concat()
}

/// The container of these contents, as they are.
fn container(content: &[u8], encrypted: bool) -> String {
    let mut bytes = vec![0x08, 1, 0x12];
    let text = STANDARD.encode(content);
    let mut len = text.len();
    while len >= 128 {
        bytes.push(u8::try_from(len % 128).unwrap() | 128);
        len /= 128;
    }
    bytes.push(u8::try_from(len).unwrap());
    bytes.extend(text.as_bytes());
    if encrypted {
        bytes.extend([0x18, 1]);
    }
    STANDARD.encode(bytes)
}

/// A vault in the open, as a message.
fn plain(message: &[u8]) -> String {
    container(message, false)
}

fn cbc(message: &[u8]) -> Vec<u8> {
    let key = Sha256::digest(PASSWORD);
    cbc::Encryptor::<Aes256>::new(&key, &[0; 16].into()).encrypt_padded_vec::<Pkcs7>(message)
}

fn contents() -> VaultContents {
    let share = |public_key: &str, keyshare: &str| KeyShare {
        public_key: public_key.into(),
        keyshare: Secret::of(keyshare.into()),
        unknown: Unknown::default(),
    };
    VaultContents {
        name: "Savings & more".into(),
        public_key_ecdsa: "02aa".into(),
        public_key_eddsa: "bb".into(),
        signers: vec!["pixel-1".into(), "jp’s Mac-2".into()],
        created_at: Some(Created { seconds: 1_760_000_000, nanos: 5, ..Created::default() }),
        hex_chain_code: "cc".into(),
        key_shares: vec![share("02aa", "c2hhcmU="), share("bb", "c2hhcmU=")],
        local_party_id: "jp’s Mac-2".into(),
        reshare_prefix: "p".into(),
        lib_type: 1,
        chain_public_keys: vec![ChainPublicKey {
            public_key: "dd".into(),
            chain: "Solana".into(),
            is_eddsa: true,
            ..ChainPublicKey::default()
        }],
        public_key_mldsa44: "ee".into(),
        public_key_frozt: "f1".into(),
        public_key_fromt: "f2".into(),
        quorate: Some(Extension {
            epoch: 3,
            previous: Some([1; 32]),
            session: "8c1d9f0e".into(),
            digest: Some([2; 32]),
            certificate: Some([3; 65]),
            unknown: Unknown::default(),
        }),
        unknown: Unknown::default(),
    }
}

fn vector(name: &str) -> Value {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../../vectors/app/backup_encryption.json"))
            .unwrap();
    vectors[name].clone()
}

#[test]
fn the_recorded_blobs_open_and_are_made_again() {
    let text = |case: &Value, name: &str| case[name].as_str().unwrap().to_owned();
    let case = vector("pbkdf2");
    let (secret, blob) = (password(&text(&case, "password")), unhex(&case["blob_hex"]));
    let plain = text(&case, "plaintext_utf8");
    assert_eq!(cipher::open_v2(&blob, &secret).unwrap().as_slice(), plain.as_bytes());
    let drawn = [unhex(&case["salt_hex"]), unhex(&case["iv_hex"])].concat();
    assert_eq!(*cipher::seal_v2(plain.as_bytes(), &secret, &mut Script(drawn)), blob);

    let case = vector("legacy");
    let (secret, blob) = (password(&text(&case, "password")), unhex(&case["blob_hex"]));
    let plain = text(&case, "plaintext_utf8");
    assert_eq!(cipher::open_v1(&blob, &secret).unwrap().as_slice(), plain.as_bytes());
    let drawn = unhex(&case["nonce_hex"]);
    assert_eq!(*cipher::seal_v1(plain.as_bytes(), &secret, &mut Script(drawn)), blob);
}

#[test]
fn what_is_written_is_read_again_under_each_lock() {
    let (secret, mut rng) = (password(PASSWORD), rng(1));
    let locks = [
        (Lock::None, Scheme::None),
        (Lock::V1(&secret), Scheme::V1),
        (Lock::V2(&secret), Scheme::V2),
    ];
    for (lock, scheme) in locks {
        let file = write(&contents(), lock, &mut rng);
        let container = Container::parse(file.as_bytes()).unwrap();
        assert_eq!(container.is_encrypted(), scheme != Scheme::None);
        let opened = container.open(Some(&secret)).unwrap();
        assert_eq!(opened.scheme, scheme);
        assert_eq!(opened.vault.encode(), contents().encode());
        assert_eq!(opened.vault.signers[1], "jp’s Mac-2");
        assert_eq!(opened.vault.quorate, contents().quorate);
        assert_eq!(opened.vault.key_shares[1].keyshare.expose(), "c2hhcmU=");
    }
}

#[test]
fn a_backup_is_written_as_it_always_was() {
    let file = write(&contents(), Lock::None, &mut Script(vec![]));
    let digest = hex::encode(Sha256::digest(&*file));
    assert_eq!(digest, "28b7ef76fc5675e06e9be07f7ada6bbfc7c2ba6494b1dcbb9d628ce9745e1891");
}

#[test]
fn the_oldest_cipher_is_read() {
    let file = container(&cbc(&contents().encode()), true);
    let opened = parse(file.as_bytes(), Some(&password(PASSWORD))).unwrap();
    assert_eq!(opened.scheme, Scheme::Cbc);
    assert_eq!(opened.vault.encode(), contents().encode());
}

#[test]
fn a_nonce_that_looks_like_the_later_scheme_is_read_by_the_earlier() {
    let secret = password(PASSWORD);
    let mut nonce = vec![0x56, 0x4c, 0x54, 2];
    nonce.resize(12, 9);
    let file = write(&contents(), Lock::V1(&secret), &mut Script(nonce));
    assert_eq!(parse(file.as_bytes(), Some(&secret)).unwrap().scheme, Scheme::V1);
}

#[test]
fn lost_padding_wrapped_lines_and_space_around_do_no_harm() {
    let file = plain(&contents().encode());
    let lines: Vec<&str> =
        file.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    let wrapped = format!("\r\n  {}\r\n", lines.join("\r\n"));
    for file in [&wrapped, file.trim_end_matches('=')] {
        assert_eq!(parse(file.as_bytes(), None).unwrap().vault.encode(), contents().encode());
    }
}

#[test]
fn a_vault_that_stands_in_its_container_as_it_is_is_read() {
    let message = field(&[0x12], b"02aa");
    let raw = [&[0x08, 1][..], &field(&[0x12], &message)].concat();
    let vault = parse(STANDARD.encode(raw).as_bytes(), None).unwrap().vault;
    assert_eq!(vault.public_key_ecdsa, "02aa");
}

#[test]
fn what_this_version_does_not_know_is_kept_to_the_byte() {
    // Field 99 as a number, a fixed64, a text and a fixed32, after the known fields of every message.
    let unknown = [
        &[0x98, 0x06, 0x80, 0x01][..],
        &[0x99, 0x06, 1, 2, 3, 4, 5, 6, 7, 8],
        &field(&[0x9a, 0x06], b"later"),
        &[0x9d, 0x06, 1, 2, 3, 4],
    ]
    .concat();
    let with = |known: &[u8]| [known, &unknown].concat();
    let share = with(&[field(&[0x0a], b"02aa"), field(&[0x12], b"c2hhcmU=")].concat());
    let chain = with(&[field(&[0x0a], b"dd"), field(&[0x12], b"Sui"), vec![0x18, 1]].concat());
    let message = [
        field(&[0x12], b"02aa"),
        field(&[0x2a], &with(&[0x08, 7, 0x10, 9])),
        field(&[0x3a], &share),
        field(&[0x5a], &chain),
        unknown.clone(),
        field(&[0xc2, 0x3e], &with(&[0x08, 1, 0x10, 2])),
    ]
    .concat();
    let vault = parse(plain(&message).as_bytes(), None).unwrap().vault;
    assert_eq!(vault.created_at.as_ref().unwrap().nanos, 9);
    assert_eq!(*vault.unknown, unknown);
    assert_eq!(vault.quorate.as_ref().unwrap().epoch, 2);
    assert_eq!(*vault.encode(), message);
}

#[test]
fn the_json_before_containers_is_read_in_all_its_forms() {
    let share = json!({"pubkey": "02aa", "keyshare": "{\"a\":\"\\n\"}"});
    let vault = json!({
        "name": "Älter", "pubKeyECDSA": "02aa", "pubKeyEdDSA": "bb", "signers": ["a-1", "b-2"],
        "hexChainCode": "cc", "localPartyID": "a-1", "resharePrefix": "p", "keyshares": [share],
        "createdAt": 1.5, "id": "x", "libType": "DKLS",
    });
    let mut renamed = vault.clone();
    let fields = renamed.as_object_mut().unwrap();
    fields.remove("pubKeyEdDSA");
    fields.extend([
        ("pubKeyEDDSA".to_owned(), json!("bb")),
        ("libType".to_owned(), json!(1)),
        ("keyshares".to_owned(), json!([{"pubKey": "02aa", "keyshare": "{\"a\":\"\\n\"}"}])),
    ]);
    let wrapped = json!({"version": "v1", "vault": vault});
    let secret = password(PASSWORD);
    for json in [vault.to_string(), renamed.to_string(), wrapped.to_string()] {
        let sealed = cipher::seal_v1(json.as_bytes(), &secret, &mut rng(2));
        let hexed = hex::encode(&json);
        let files: [&[u8]; 3] = [hexed.as_bytes(), json.as_bytes(), &sealed];
        for file in files {
            let container = Container::parse(file).unwrap();
            let vault = container.open(Some(&secret)).unwrap().vault;
            assert_eq!((&*vault.name, &*vault.public_key_eddsa), ("Älter", "bb"));
            assert_eq!(vault.signers, ["a-1", "b-2"]);
            assert_eq!((&*vault.local_party_id, vault.lib_type), ("a-1", 1));
            assert_eq!(vault.key_shares[0].keyshare.expose(), "{\"a\":\"\\n\"}");
        }
    }
}

#[test]
fn the_kind_of_a_vault_is_that_of_its_shares() {
    let mut vault = contents();
    assert_eq!(vault.library(), Some(Library::Dkls));
    vault.lib_type = 0;
    assert_eq!(vault.library(), Some(Library::Dkls));
    vault.key_shares[0].keyshare = password(" {\"pub_key\":\"\"}");
    assert_eq!(vault.library(), Some(Library::Gg20));
    vault.lib_type = 2;
    assert_eq!(vault.library(), Some(Library::KeyImport));
    vault.lib_type = 3;
    assert_eq!(vault.library(), None);
}

#[test]
fn nothing_secret_is_printed() {
    let secret = password(PASSWORD);
    let file = write(&contents(), Lock::V1(&secret), &mut rng(3));
    let container = Container::parse(file.as_bytes()).unwrap();
    let opened = container.open(Some(&secret)).unwrap();
    let printed = format!("{container:?} {opened:?} {:?}", Lock::V1(&secret));
    assert!(!printed.contains("c2hhcmU"), "{printed}");
    assert!(!printed.contains(PASSWORD), "{printed}");
}
