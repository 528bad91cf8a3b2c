//! What travels before the refresh: payloads of `ED-IMPORT`.

use quorate_core::Secret;
use quorate_core::payload::{Layout, Reader};
use quorate_core::session::{Cast, ChannelKey, Kind};

use crate::curve::{POINT_LEN, SCALAR_LEN};

pub(super) const KEY: Kind = Kind { tag: 1000, cast: Cast::Signed, len: 32 };

pub(super) const PART: Kind =
    Kind { tag: 1001, cast: Cast::Enclosed, len: 3 + SCALAR_LEN + 8 + POINT_LEN + 32 };

/// KEY.
pub(super) struct Key {
    /// Y_j
    pub(super) enclosure: ChannelKey,
}

/// PART.
pub(super) struct Part {
    /// Party id, threshold, parties.
    pub(super) numbers: [u8; 3],
    /// s_j
    pub(super) secret: Secret<[u8; SCALAR_LEN]>,
    /// How many have lost their share.
    pub(super) lost: [u8; 8],
    /// enc(PK)
    pub(super) public_key: [u8; POINT_LEN],
    pub(super) chain_code: [u8; 32],
}

impl Layout for Key {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self { enclosure: reader.array()? })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.enclosure);
    }
}

impl Layout for Part {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            numbers: reader.array()?,
            secret: reader.secret()?,
            lost: reader.array()?,
            public_key: reader.array()?,
            chain_code: reader.array()?,
        })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.numbers);
        bytes.extend(self.secret.expose());
        bytes.extend(self.lost);
        bytes.extend(self.public_key);
        bytes.extend(self.chain_code);
    }
}
