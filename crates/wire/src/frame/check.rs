//! The one assertion by which a frame can convict its sender.

use quorate_core::checks;

checks! {
    /// What an authenticated frame must satisfy. Everything else about frames is no accusation: a frame that is not
    /// what it should be is ignored, because anybody could have written it.
    Check {
        KeyContributes "FRAME 3.1" Retry Certain
            "the announced X25519 key contributes to the agreed key"
    }
}
