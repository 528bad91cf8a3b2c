//! Round 2: old parties say which share they hold.
//!
//! ```text
//! 2.1  R0 of j says j, and the length is 32              else retry, names j
//! 2.2  old: send ID
//! ```

use quorate_core::check::require;
use quorate_core::{Abort, FromEach};

use super::Run;
use super::message::{KEY_PREFIX, OldId, Round0};
use super::round3::AwaitingPartyIds;
use crate::check::Check;

/// A party that has said its key and waits for those of the others.
pub(super) struct AwaitingKeys {
    pub(super) run: Run,
}

impl AwaitingKeys {
    /// Round 2. Only old parties have something to send.
    pub(super) fn receive(
        self,
        round0: FromEach<Round0>,
    ) -> Result<(AwaitingPartyIds, Option<OldId>), Abort<Check>> {
        let Self { run } = self;

        // 2.1
        round0.check_each(|j, message| {
            let numbers = message.index == j.get() && message.length == KEY_PREFIX;
            require(numbers, Check::QcKeyNumbers)
        })?;

        // 2.2
        let message = run.share.as_ref().map(|share| OldId(share.party_id));
        Ok((AwaitingPartyIds { run }, message))
    }
}
