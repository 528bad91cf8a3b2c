//! The name of one run, to which every party contributes.

use quorate_core::FromEach;
use sha2::{Digest, Sha256};

/// fsid: the hash of everybody's contribution, in the order of party indices, and of what the run builds on.
pub(crate) fn session_id(contributions: &FromEach<[u8; 32]>, foundation: &[u8]) -> [u8; 32] {
    contributions
        .values()
        .fold(Sha256::new(), Sha256::chain_update)
        .chain_update(foundation)
        .finalize()
        .into()
}
