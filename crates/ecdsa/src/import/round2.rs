//! Round 2, the initiator's: give every party its share.
//!
//! ```text
//! 2.1  send RECORD to each j, enclosed to Y_j
//! 2.2  a_0 = λ_0·s_0: go on with `REFRESH`
//! ```

use quorate_core::FromEach;
use quorate_core::session::ChannelKey;

use super::message::{Key, Record};
use crate::refresh::Given;

/// The initiator, which has split the key and waits for the keys of the others.
pub(super) struct AwaitingKeys {
    pub(super) given: Given,
    pub(super) records: FromEach<Record>,
}

impl AwaitingKeys {
    /// Round 2.
    pub(super) fn receive(self, keys: FromEach<Key>) -> (Given, FromEach<(ChannelKey, Record)>) {
        let Self { given, records } = self;

        // 2.1
        let messages = keys.beside(records).map(|_, (key, record)| (key.enclosure, record));

        // 2.2
        (given, messages)
    }
}
