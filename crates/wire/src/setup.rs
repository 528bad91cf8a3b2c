//! Setup messages: the document that every run of a protocol begins with (`spec/setup.md`).
//!
//! The initiator writes one, all parties read the same bytes. It names the parties, gives each the key that signs
//! its frames, and fixes what the run is for. It proves integrity relative to its own instance id and nothing
//! more: it travels sealed, and a person or a policy agrees to its content before a session begins.

mod check;
mod items;
mod parse;
mod write;

#[cfg(test)]
mod tests;

use core::fmt;

use quorate_core::session::ChannelKey;
use quorate_core::{PartyIndex, Secret};

pub use check::Check;
pub use write::build;

/// The shortest setup possible in bytes: a header and a signature.
const MIN_LEN: usize = 100;

/// The longest setup accepted, in bytes: more than 255 parties with names of 255 bytes need to sign the longest message.
pub const MAX_LEN: usize = 144 << 10;

/// The time to live that setups carry, as production writes ten minutes. Readers ignore it.
const TTL: u16 = 0x0122;

/// Which engine a run is of. A setup does not say it: key generations of both curves begin with the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suite {
    /// DKLs23 over secp256k1.
    Ecdsa,
    /// Lindell22 over edwards25519.
    Eddsa,
}

/// What a run is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Distributed key generation; also refresh, migration and import, which are key generations of a key that exists.
    Dkg {
        /// How many parties can sign: `2 ..= parties`.
        threshold: u8,
        /// The key id that the new share shall carry; its own rule applies without one.
        key_id: Option<[u8; 32]>,
    },
    /// Distributed signing.
    Dsg {
        /// The key id inside the shares.
        key_id: [u8; 32],
        /// The derivation path, ASCII, such as `m/44/60/0/0/0`; `m` where the setup has none. Its grammar is the
        /// engine's to check.
        path: String,
        /// What is to be signed.
        to_sign: ToSign,
    },
    /// The end of a signing that stopped short (ECDSA).
    Fsg {
        /// The session id of the presignature.
        presignature: [u8; 32],
        /// The digest to be signed.
        hash: [u8; 32],
    },
    /// Quorum change: the same key, shared anew.
    Qc {
        /// The key id inside the old shares.
        key_id: [u8; 32],
        /// The key.
        public_key: PublicKey,
        /// Who takes part with an old share: distinct positions, at least two.
        old: Vec<PartyIndex>,
        /// Who gets a new share: distinct positions; the order gives the new party ids 0, 1, ….
        new: Vec<PartyIndex>,
        /// How many of the new parties can sign: `2 ..= new.len()`.
        threshold: u8,
    },
    /// Export: the first party gets the others' shares, and with them the key.
    Export {
        /// The key id inside the shares.
        key_id: [u8; 32],
        /// The X25519 key that the shares are encrypted to.
        receiver_key: ChannelKey,
    },
}

/// What a signing is to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToSign {
    /// Nothing yet: the run stops short of a signature (ECDSA).
    Nothing,
    /// A digest (ECDSA).
    Hash([u8; 32]),
    /// A message of 1 to 65536 bytes, as it is (EdDSA).
    Message(Vec<u8>),
}

/// An encoded public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// SEC1 compressed.
    Ecdsa([u8; 33]),
    /// As in RFC 8032.
    Eddsa([u8; 32]),
}

/// A setup message that has passed every check of `spec/setup.md`.
#[derive(Debug)]
pub struct Setup {
    suite: Suite,
    instance: [u8; 32],
    names: Vec<String>,
    /// Sign the parties' frames. Every holder of the setup has them, nobody else may.
    seeds: Vec<Secret<[u8; 32]>>,
    body: Body,
}

impl Setup {
    /// The engine that it was read for.
    #[must_use]
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// The instance id: the Ed25519 public key that the setup is signed by. Fresh for every setup.
    #[must_use]
    pub fn instance(&self) -> [u8; 32] {
        self.instance
    }

    /// What the run is for.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The parties' names, by position: 2 to 255, distinct.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many parties there are: `2 ..= 255`.
    #[must_use]
    pub fn size(&self) -> u8 {
        u8::try_from(self.names.len()).unwrap_or(u8::MAX)
    }

    /// The position of the party called `name`, if there is one.
    #[must_use]
    pub fn index_of(&self, name: &str) -> Option<PartyIndex> {
        PartyIndex::first(self.size()).zip(&self.names).find(|(_, n)| *n == name).map(|(j, _)| j)
    }

    /// The name of the party at position `j`, if there is one.
    #[must_use]
    pub fn name_of(&self, j: PartyIndex) -> Option<&str> {
        self.names.get(usize::from(j)).map(String::as_str)
    }

    /// The Ed25519 seeds, by position.
    pub(crate) fn seeds(&self) -> &[Secret<[u8; 32]>] {
        &self.seeds
    }
}

/// Why a setup is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// An assertion of `spec/setup.md` does not hold.
    #[error("the setup message is not acceptable: {0}")]
    Check(Check),
    /// A sound setup of a kind that this version does not know, or that its suite does not have.
    #[error("this version takes no part in a run of kind {0}")]
    UnknownKind(Kind),
    /// What is to be written belongs to the other suite.
    #[error("the setup message would be of another suite than it is for")]
    OtherSuite,
}

impl From<Check> for SetupError {
    fn from(check: Check) -> Self {
        Self::Check(check)
    }
}

/// The name of a kind as it stands in a setup, made safe to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind(String);

impl Kind {
    /// At most 16 bytes of it, with everything escaped that is not visible ASCII.
    fn of(bytes: &[u8]) -> Self {
        Self(
            bytes
                .iter()
                .take(16)
                .copied()
                .map(core::ascii::escape_default)
                .map(|c| c.to_string())
                .collect(),
        )
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
