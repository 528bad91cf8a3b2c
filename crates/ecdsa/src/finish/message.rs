//! What travels: the payload of round 4 of `SIGN`.

use quorate_core::payload::{Layout, Reader};
use quorate_core::session::{Cast, Kind};

pub(crate) const ROUND_4: Kind = Kind { tag: 4, cast: Cast::Broadcast, len: 3 * 32 };

/// R4.
pub(crate) struct Round4 {
    pub(super) fsid: [u8; 32],
    pub(super) s0: [u8; 32],
    pub(super) s1: [u8; 32],
}

impl Layout for Round4 {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self { fsid: reader.array()?, s0: reader.array()?, s1: reader.array()? })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.fsid);
        bytes.extend(self.s0);
        bytes.extend(self.s1);
    }
}
