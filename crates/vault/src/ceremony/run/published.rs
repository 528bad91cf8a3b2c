//! A finished signature as it is published for a device that missed the end (CEREMONY 7).
//!
//! Clients spell the fields in three ways; all are read, and a signature counts only if it verifies.

use quorate_chain::ToSign;
use serde::{Deserialize, Serialize};

use super::signing::{RawSignature, Signature, SigningRun};

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
    #[serde(alias = "recoveryID", alias = "RecoveryID", default)]
    recovery_id: String,
}

/// The text to publish.
pub(in crate::ceremony) fn write(signature: &Signature) -> String {
    let (signed, recovery_id, distinguished): (&[u8], &[u8], bool) = match &signature.raw {
        RawSignature::Ecdsa(signature) => {
            let (rs, recovery_id) = signature.split_at(64);
            (rs, recovery_id, true)
        }
        // DER is a form of ECDSA signatures only.
        RawSignature::Eddsa(signature) => (signature, &[0], false),
    };
    let (r, s) = signed.split_at(32);
    let written = Written {
        msg: hex::encode(signature.signing.bytes.as_bytes()),
        r: hex::encode(r),
        s: hex::encode(s),
        der_signature: if distinguished { hex::encode(der(r, s)) } else { String::new() },
        recovery_id: hex::encode(recovery_id),
    };
    serde_json::to_string(&written).unwrap_or_default()
}

/// The signature, if the text holds one that verifies.
///
/// Of an Ed25519 signature some clients write r and s with the last byte first.
pub(in crate::ceremony) fn read(text: &str, signing: &SigningRun) -> Option<Signature> {
    let read: Read = serde_json::from_str(text).ok()?;
    let [mut r, mut s] = [[0; 32]; 2];
    hex::decode_to_slice(&read.r, &mut r).ok()?;
    hex::decode_to_slice(&read.s, &mut s).ok()?;
    let joined = |r: &[u8; 32], s: &[u8; 32]| [r.as_slice(), s].concat();
    match signing.bytes() {
        ToSign::Digest(_) => {
            let mut signature = joined(&r, &s);
            signature.extend(hex::decode(&read.recovery_id).ok()?);
            signing.accept(&RawSignature::Ecdsa(signature.try_into().ok()?))
        }
        ToSign::Bytes(_) => {
            let as_written = signing.accept(&RawSignature::Eddsa(joined(&r, &s).try_into().ok()?));
            r.reverse();
            s.reverse();
            as_written.or(signing.accept(&RawSignature::Eddsa(joined(&r, &s).try_into().ok()?)))
        }
    }
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
