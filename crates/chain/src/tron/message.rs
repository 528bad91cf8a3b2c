//! Messages, as on Ethereum, behind a prefix of their own.

use crate::message::Prefix;

/// TIP-191.
pub(crate) const PREFIX: Prefix = Prefix("\x19TRON Signed Message:\n");
