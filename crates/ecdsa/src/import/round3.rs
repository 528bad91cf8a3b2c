//! Round 3, of everybody but the initiator: check what it has sent.
//!
//! ```text
//! 3.1  id, n, t and ranks are mine, nobody's is lost     else retry, names the initiator
//! 3.2  x = 1, …, n                                       else retry, names the initiator
//! 3.3  s decodes and is not zero, PK decodes and ≠ O     else retry, names the initiator
//! 3.4  a_i = λ_i·s: go on with `REFRESH`
//! ```

use quorate_core::check::{require, require_some};
use quorate_core::{Abort, Committee, Secret};

use super::INITIATOR;
use super::message::Record;
use super::round1::{part, points};
use crate::check::Check;
use crate::curve;
use crate::refresh::Given;

/// A party that waits for its share.
pub(super) struct AwaitingRecord {
    pub(super) committee: Committee,
}

impl AwaitingRecord {
    /// Round 3.
    pub(super) fn receive(self, record: &Record) -> Result<Given, Abort<Check>> {
        let Self { committee } = self;
        let blame = |check| Abort::blame(INITIATOR, check);
        let (i, n, t) = (committee.me().get(), committee.size(), committee.threshold());

        // 3.1
        let numbers = [record.party_id, record.parties, record.threshold] == [i, n, t];
        let ranks = record.ranks.iter().all(|rank| *rank == 0);
        let counts = [record.has_share, record.point_count, record.lost_count] == [1, n, 0];
        require(numbers && ranks && counts, Check::ImportNumbers).map_err(blame)?;

        // 3.2
        let expected = points(n);
        let same = record.points.iter().copied().eq(expected.iter().map(curve::scalar_bytes));
        require(same, Check::ImportPoints).map_err(blame)?;

        // 3.3
        let decoded = curve::nonzero_scalar(record.share.expose())
            .zip(curve::decode_nonidentity(&record.public_key));
        let (mut share, public_key) = require_some(decoded, Check::ImportShare, || {
            let public_key = curve::decode_point(&record.public_key).unwrap_or_default();
            (curve::reduce(record.share.expose()), public_key)
        })
        .map_err(blame)?;
        let share = Secret::take(&mut share);

        // 3.4
        Ok(part(&committee, &share, public_key, record.chain_code))
    }
}
