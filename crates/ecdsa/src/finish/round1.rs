//! Round 1, the end of the fourth of signing: use the presignature up.
//!
//! ```text
//! 4.14 send R4: fsid, s0 + e·φ_i, s1
//! ```

use std::collections::BTreeSet;

use quorate_core::PartyIndex;

use super::message::Round4;
use super::round2::{AwaitingPartials, Partial};
use crate::curve;
use crate::presign::Presignature;

impl Presignature {
    /// Round 1: this party's part of the signature of `hash`, which `others` await.
    pub(crate) fn finish(
        self,
        others: BTreeSet<PartyIndex>,
        hash: [u8; 32],
    ) -> (AwaitingPartials, Round4) {
        let Self { fsid, s0, s1, phi, big_r, public_key, .. } = self;

        // 4.14
        let e = curve::reduce(&hash);
        let own = Partial { s0: e * phi.expose() + s0.expose(), s1: *s1.expose() };
        let message =
            Round4 { fsid, s0: curve::scalar_bytes(&own.s0), s1: curve::scalar_bytes(&own.s1) };
        (AwaitingPartials { others, fsid, big_r, public_key, hash, own }, message)
    }
}
