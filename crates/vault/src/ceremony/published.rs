//! A finished signature as it is published for a device that missed the end (CEREMONY 7).
//!
//! Clients spell the fields in three ways; all are read, and a signature counts only if it verifies.

use serde::{Deserialize, Serialize};

/// The spelling this project writes.
#[derive(Serialize)]
struct Written {
    msg: String,
    r: String,
    s: String,
    der_signature: String,
    recovery_id: String,
}

/// Any spelling.
#[derive(Deserialize)]
struct Read {
    #[serde(alias = "R")]
    r: String,
    #[serde(alias = "S")]
    s: String,
    #[serde(alias = "recoveryID", alias = "RecoveryID")]
    recovery_id: String,
}

/// The text to publish.
pub(super) fn write(digest: &[u8; 32], signature: &[u8; 65]) -> String {
    let (r, rest) = signature.split_at(32);
    let (s, recovery_id) = rest.split_at(32);
    let written = Written {
        msg: hex::encode(digest),
        r: hex::encode(r),
        s: hex::encode(s),
        der_signature: hex::encode(der(r, s)),
        recovery_id: hex::encode(recovery_id),
    };
    serde_json::to_string(&written).unwrap_or_default()
}

/// The signature, if the text holds one that verifies.
pub(super) fn read(text: &str, expected: Option<([u8; 33], [u8; 32])>) -> Option<[u8; 65]> {
    let (public_key, digest) = expected?;
    let read: Read = serde_json::from_str(text).ok()?;
    let mut signature = [0; 65];
    hex::decode_to_slice(&read.r, signature.get_mut(..32)?).ok()?;
    hex::decode_to_slice(&read.s, signature.get_mut(32..64)?).ok()?;
    hex::decode_to_slice(&read.recovery_id, signature.get_mut(64..)?).ok()?;
    quorate_ecdsa::verify(&public_key, &digest, &signature).then_some(signature)
}

/// SEQUENCE { INTEGER r, INTEGER s }.
fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let mut body = integer(r);
    body.extend(integer(s));
    tagged(0x30, body)
}

fn integer(bytes: &[u8]) -> Vec<u8> {
    let mut value: Vec<u8> = bytes.iter().copied().skip_while(|&byte| byte == 0).collect();
    if value.first().is_none_or(|&byte| byte >= 0x80) {
        value.insert(0, 0);
    }
    tagged(0x02, value)
}

fn tagged(tag: u8, value: Vec<u8>) -> Vec<u8> {
    let length = u8::try_from(value.len()).unwrap_or(u8::MAX);
    [vec![tag, length], value].concat()
}
