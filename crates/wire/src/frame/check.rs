//! The assertions by which somebody can be convicted.

use quorate_core::checks;

checks! {
    /// What a key that somebody has announced must satisfy. Everything else about frames is no accusation: a frame that
    /// is not what it should be is ignored, because anybody could have written it.
    Check {
        KeyContributes "FRAME 3.1" Retry Certain
            "the announced X25519 key contributes to the agreed key"
        EnclosureKeyContributes "FRAME 4.1" Retry Certain
            "the X25519 key that a message is to be enclosed to contributes to the agreed key"
    }
}
