//! Messages: behind a prefix that no transaction can begin with.

use alloy_primitives::keccak256;

use crate::message::{Meaning, Prefix};
use crate::readable::Readable;

/// EIP-191, version `E`.
pub(crate) const PREFIX: Prefix = Prefix("\x19Ethereum Signed Message:\n");

/// keccak-256, of messages and of Tron's as well.
pub(crate) fn digest(bytes: &[u8]) -> [u8; 32] {
    keccak256(bytes).0
}

/// What is behind a prefix.
pub(crate) fn meaning(prefix: Prefix, bytes: &[u8]) -> Option<Meaning> {
    prefix.body(bytes).map(|body| Meaning::Personal(Readable::of(body)))
}

/// r ‖ s ‖ 27 or 28.
pub(crate) fn for_wallets(rs: &[u8], recovery_id: u8) -> Option<Vec<u8>> {
    let parity = recovery_id.checked_add(27).filter(|parity| *parity <= 28)?;
    Some([rs, &[parity]].concat())
}
