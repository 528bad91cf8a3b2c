//! Round 2, the initiator's: give every party its part.
//!
//! ```text
//! 2.1  send PART to each j, enclosed to Y_j
//! 2.2  go on with `ED-REFRESH`: s_0 is my part
//! ```

use quorate_core::FromEach;
use quorate_core::session::ChannelKey;

use super::message::{Key, Part};
use crate::refresh::Given;

/// The initiator, which has split the key and waits for the keys of the others.
pub(super) struct AwaitingKeys {
    pub(super) given: Given,
    pub(super) parts: FromEach<Part>,
}

impl AwaitingKeys {
    /// Round 2.
    pub(super) fn receive(self, keys: FromEach<Key>) -> (Given, FromEach<(ChannelKey, Part)>) {
        let Self { given, parts } = self;

        // 2.1
        let messages = keys.beside(parts).map(|_, (key, part)| (key.enclosure, part));

        // 2.2
        (given, messages)
    }
}
