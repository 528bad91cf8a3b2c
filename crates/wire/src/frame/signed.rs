//! Signed messages (`spec/frames.md` 2).

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::id::{MessageId, header};
use super::{HEADER_LEN, SIGNATURE_LEN};

/// FRAME 2.1: `header ‖ payload ‖ signature over both`.
pub(super) fn sign(key: &SigningKey, id: &MessageId, payload: &[u8]) -> Vec<u8> {
    let mut out = header(id, 0, payload.len() + SIGNATURE_LEN);
    out.extend_from_slice(payload);
    let signature = key.sign(&out);
    out.extend_from_slice(&signature.to_bytes());
    out
}

/// FRAME 2.2: the payload, if it is `len` bytes long and the signature over everything before it is `key`'s.
///
/// Verification is the strict one: it also refuses keys and nonces of small order. No honest signature is lost by
/// that, because an honest key is a nonzero multiple of the base point, which has prime order.
pub(super) fn verify<'a>(key: &VerifyingKey, frame: &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (signed, signature) = frame.split_last_chunk::<SIGNATURE_LEN>()?;
    let payload = signed.get(HEADER_LEN..).filter(|payload| payload.len() == len)?;
    key.verify_strict(signed, &Signature::from_bytes(signature)).ok()?;
    Some(payload)
}
