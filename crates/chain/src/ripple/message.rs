//! Messages: a transaction is signed behind a mark that is not a text, so a text is none.

use sha2::{Digest as _, Sha512};

use crate::message::Meaning;
use crate::readable::Readable;

/// The first half of SHA-512.
pub(crate) fn digest(bytes: &[u8]) -> [u8; 32] {
    let mut half = [0; 32];
    half.iter_mut().zip(Sha512::digest(bytes)).for_each(|(to, from)| *to = from);
    half
}

pub(crate) fn meaning(bytes: &[u8]) -> Option<Meaning> {
    Readable::text(bytes).map(Meaning::Personal)
}

/// DER, of r ‖ s.
pub(crate) fn for_wallets(rs: &[u8]) -> Option<Vec<u8>> {
    let signature = k256::ecdsa::Signature::from_slice(rs).ok()?;
    Some(signature.to_der().as_bytes().to_vec())
}
