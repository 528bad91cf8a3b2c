//! The one assertion by which a frame can convict its sender.

use core::fmt;

use quorate_core::{Attribution, Consequence};

/// What an authenticated frame must satisfy. Everything else about frames is no accusation: a frame that is not
/// what it should be is ignored, because anybody could have written it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// FRAME 3.1
    KeyContributes,
}

impl quorate_core::Check for Check {
    const ALL: &'static [Self] = &[Self::KeyContributes];

    fn id(self) -> &'static str {
        match self {
            Self::KeyContributes => "FRAME 3.1",
        }
    }

    fn asserts(self) -> &'static str {
        match self {
            Self::KeyContributes => "the announced X25519 key contributes to the agreed key",
        }
    }

    fn consequence(self) -> Consequence {
        match self {
            Self::KeyContributes => Consequence::Retry,
        }
    }

    fn attribution(self) -> Attribution {
        match self {
            Self::KeyContributes => Attribution::Certain,
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use quorate_core::Check as _;
        write!(f, "{} ({})", self.asserts(), self.id())
    }
}
