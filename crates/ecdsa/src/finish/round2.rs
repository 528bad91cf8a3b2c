//! Round 2, the fifth of signing: add up, and release nothing that does not verify.
//!
//! ```text
//! 5.1  the fsid of j is mine                             else retry, names j
//! 5.2  s0_j, s1_j decode                                 else retry, names j
//! 5.3  Σ s0_j ≠ 0, Σ s1_j ≠ 0                            else retry, suspects all others
//! 5.4  s = Σ s0_j / Σ s1_j, brought below q/2; recovery id
//! 5.5  (r, s) verifies on the hash under DPK             else retry, suspects all others
//! ```

use std::collections::BTreeSet;

use k256::{ProjectivePoint, Scalar};
use quorate_core::check::{require, require_some};
use quorate_core::{Abort, FromEach, PartyIndex};

use super::message::Round4;
use crate::check::Check;
use crate::curve;
use crate::signature::{Signature, verify_under};

/// A party that has sent its part and waits for those of the others.
pub(crate) struct AwaitingPartials {
    pub(super) others: BTreeSet<PartyIndex>,
    pub(super) fsid: [u8; 32],
    /// R
    pub(super) big_r: ProjectivePoint,
    /// DPK
    pub(super) public_key: ProjectivePoint,
    pub(super) hash: [u8; 32],
    pub(super) own: Partial,
}

/// One party's part of s. Public.
pub(super) struct Partial {
    pub(super) s0: Scalar,
    pub(super) s1: Scalar,
}

impl AwaitingPartials {
    /// Round 2.
    pub(crate) fn receive(self, round4: FromEach<Round4>) -> Result<Signature, Abort<Check>> {
        let Self { others, fsid, big_r, public_key, hash, own } = self;
        let suspect = |check| Abort::suspect(check, &others);

        let partials = round4.check_each(|_, message| {
            // 5.1
            require(message.fsid == fsid, Check::SignSessionClosed)?;
            // 5.2
            Ok(Partial { s0: scalar(&message.s0)?, s1: scalar(&message.s1)? })
        })?;

        // 5.3
        let s0 = partials.values().fold(own.s0, |sum, partial| sum + partial.s0);
        let s1 = partials.values().fold(own.s1, |sum, partial| sum + partial.s1);
        let invertible = s0 != Scalar::ZERO && s1 != Scalar::ZERO;
        require(invertible, Check::SignInvertible).map_err(suspect)?;

        // 5.4
        let s = s0 * s1.invert().unwrap_or(Scalar::ZERO);
        let signature = Signature::normalise(&big_r, &s);

        // 5.5
        let verified = verify_under(&public_key, &hash, &signature.to_bytes());
        require(verified.is_some(), Check::SignVerifies).map_err(suspect)?;
        Ok(signature)
    }
}

fn scalar(bytes: &[u8; 32]) -> Result<Scalar, Check> {
    require_some(curve::strict_scalar(bytes), Check::SignPartialScalars, || curve::reduce(bytes))
}
