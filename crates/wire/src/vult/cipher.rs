//! The three ways in which backups have been encrypted (`spec/backups.md`, `VULT 2`).
//!
//! No number in a file says how much work a password costs: each scheme's cost is fixed.

use aes_gcm::aead::{Aead as _, AeadInOut as _};
use aes_gcm::aes::Aes256;
use aes_gcm::{Aes256Gcm, KeyInit as _, Nonce};
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, KeyIvInit as _};
use quorate_core::Secret;
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// What a blob of the second scheme begins with: "VLT", 2.
const MAGIC: [u8; 4] = [0x56, 0x4c, 0x54, 2];
const ROUNDS: u32 = 600_000;
const SALT_LEN: usize = 16;
const NONCE_LEN: usize = 12;
const TAG_LEN: usize = 16;

type Key = Zeroizing<[u8; 32]>;

fn v2_key(password: &Secret<String>, salt: [u8; SALT_LEN]) -> Key {
    let mut key = Zeroizing::new([0; 32]);
    pbkdf2::pbkdf2_hmac::<Sha256>(password.expose().as_bytes(), &salt, ROUNDS, &mut *key);
    key
}

fn v1_key(password: &Secret<String>) -> Key {
    Zeroizing::new(Sha256::digest(password.expose()).into())
}

/// v2: magic ‖ salt 16 ‖ nonce 12 ‖ AES-256-GCM ‖ tag 16.
pub(super) fn open_v2(blob: &[u8], password: &Secret<String>) -> Option<Zeroizing<Vec<u8>>> {
    let (salt, sealed) = blob.strip_prefix(&MAGIC)?.split_first_chunk()?;
    open_gcm(sealed, &v2_key(password, *salt))
}

/// v1: nonce 12 ‖ AES-256-GCM ‖ tag 16.
pub(super) fn open_v1(blob: &[u8], password: &Secret<String>) -> Option<Zeroizing<Vec<u8>>> {
    open_gcm(blob, &v1_key(password))
}

/// CBC: PKCS#7, nonce zero. It authenticates nothing: what comes out is a vault, or it is nothing.
pub(super) fn open_cbc(blob: &[u8], password: &Secret<String>) -> Option<Zeroizing<Vec<u8>>> {
    let cipher = Decryptor::<Aes256>::new((&*v1_key(password)).into(), &[0; 16].into());
    cipher.decrypt_padded_vec::<Pkcs7>(blob).ok().map(Zeroizing::new)
}

fn open_gcm(sealed: &[u8], key: &Key) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let cipher = Aes256Gcm::new((&**key).into());
    cipher.decrypt(&Nonce::from(*nonce), sealed).ok().map(Zeroizing::new)
}

/// Draws the salt (16 bytes), then the nonce (12).
pub(super) fn seal_v2(
    plain: &[u8],
    password: &Secret<String>,
    rng: &mut dyn CryptoRng,
) -> Zeroizing<Vec<u8>> {
    let mut salt = [0; SALT_LEN];
    rng.fill_bytes(&mut salt);
    seal_gcm(&[&MAGIC[..], &salt].concat(), plain, &v2_key(password, salt), rng)
}

/// Draws the nonce (12 bytes).
pub(super) fn seal_v1(
    plain: &[u8],
    password: &Secret<String>,
    rng: &mut dyn CryptoRng,
) -> Zeroizing<Vec<u8>> {
    seal_gcm(&[], plain, &v1_key(password), rng)
}

fn seal_gcm(head: &[u8], plain: &[u8], key: &Key, rng: &mut dyn CryptoRng) -> Zeroizing<Vec<u8>> {
    let mut nonce = [0; NONCE_LEN];
    rng.fill_bytes(&mut nonce);
    let len = head.len().saturating_add(NONCE_LEN + TAG_LEN).saturating_add(plain.len());
    // Room for the whole, so that encrypting in place leaves no copy of the plain text behind.
    let mut blob = Zeroizing::new(Vec::with_capacity(len));
    blob.extend_from_slice(head);
    blob.extend_from_slice(&nonce);
    let begin = blob.len();
    blob.extend_from_slice(plain);
    let cipher = Aes256Gcm::new((&**key).into());
    let body = blob.get_mut(begin..).unwrap_or_default();
    match cipher.encrypt_inout_detached(&Nonce::from(nonce), &[], body.into()) {
        Ok(tag) => blob.extend_from_slice(&tag),
        // The cipher refuses only texts beyond 64 GiB, which the empty blob then stands for.
        Err(_) => blob.clear(),
    }
    blob
}
