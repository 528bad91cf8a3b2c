//! Round 3, of everybody but the initiator: check what it has sent.
//!
//! ```text
//! 3.1  id, t and n are mine, nobody's share is lost      else retry, names the initiator
//! 3.2  s decodes and is not zero, PK decodes             else retry, names the initiator
//! 3.3  go on with `ED-REFRESH`: s is my part
//! ```

use quorate_core::check::{require, require_some};
use quorate_core::{Abort, Committee};

use super::INITIATOR;
use super::message::Part;
use crate::check::Check;
use crate::refresh::Given;

/// A party that waits for its part.
pub(super) struct AwaitingPart {
    pub(super) committee: Committee,
}

impl AwaitingPart {
    /// Round 3.
    pub(super) fn receive(self, part: &Part) -> Result<Given, Abort<Check>> {
        let Self { committee } = self;
        let blame = |check| Abort::blame(INITIATOR, check);
        let Part { numbers, secret, lost, public_key, chain_code } = part;

        // 3.1
        let expected = [committee.me().get(), committee.threshold(), committee.size()];
        require(*numbers == expected && *lost == [0; 8], Check::ImportNumbers).map_err(blame)?;

        // 3.2
        let decoded = Given::decode(secret.expose(), public_key, *chain_code);
        let given = require_some(decoded, Check::ImportPart, || {
            Given::decode_lax(secret.expose(), public_key, *chain_code)
        });

        // 3.3
        given.map_err(blame)
    }
}
