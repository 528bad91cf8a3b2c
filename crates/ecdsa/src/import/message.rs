//! What travels before the refresh: payloads of `IMPORT`.

use quorate_core::Secret;
use quorate_core::payload::{Layout, Reader};
use quorate_core::session::{Cast, ChannelKey, Kind};

use crate::curve::{POINT_LEN, SCALAR_LEN};

pub(super) const KEY: Kind = Kind { tag: 1000, cast: Cast::Signed, len: 32 };

/// The kind of RECORD, for so many parties.
pub(super) fn record(parties: u8) -> Kind {
    Kind { tag: 1001, cast: Cast::Enclosed, len: FIXED_LEN + EACH_LEN * usize::from(parties) }
}

/// Length of what there is of every party: its rank and its evaluation point.
const EACH_LEN: usize = 1 + SCALAR_LEN;
/// Length of everything else.
const FIXED_LEN: usize = 6 + POINT_LEN + 32 + SCALAR_LEN;

/// KEY.
pub(super) struct Key {
    /// Y_j
    pub(super) enclosure: ChannelKey,
}

/// RECORD.
pub(super) struct Record {
    pub(super) party_id: u8,
    pub(super) parties: u8,
    pub(super) ranks: Vec<u8>,
    pub(super) threshold: u8,
    /// enc(PK)
    pub(super) public_key: [u8; POINT_LEN],
    /// rcc
    pub(super) chain_code: [u8; 32],
    /// 1: there is a share.
    pub(super) has_share: u8,
    /// g(j + 1)
    pub(super) share: Secret<[u8; SCALAR_LEN]>,
    pub(super) point_count: u8,
    /// x of every party.
    pub(super) points: Vec<[u8; SCALAR_LEN]>,
    pub(super) lost_count: u8,
}

impl Layout for Key {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self { enclosure: reader.array()? })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.enclosure);
    }
}

impl Layout for Record {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        // The numbers inside are for checking; where things are follows from the length.
        let parties = reader.len().checked_sub(FIXED_LEN)? / EACH_LEN;
        let [party_id, parties_inside] = reader.array()?;
        let ranks = reader.bytes(parties)?.to_vec();
        let [threshold] = reader.array()?;
        let (public_key, chain_code) = (reader.array()?, reader.array()?);
        let [has_share] = reader.array()?;
        let share = reader.secret()?;
        let [point_count] = reader.array()?;
        let points = reader.arrays(parties)?;
        let [lost_count] = reader.array()?;
        Some(Self {
            party_id,
            parties: parties_inside,
            ranks,
            threshold,
            public_key,
            chain_code,
            has_share,
            share,
            point_count,
            points,
            lost_count,
        })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend([self.party_id, self.parties]);
        bytes.extend(&self.ranks);
        bytes.push(self.threshold);
        bytes.extend(self.public_key);
        bytes.extend(self.chain_code);
        bytes.push(self.has_share);
        bytes.extend(self.share.expose());
        bytes.push(self.point_count);
        bytes.extend(self.points.as_flattened());
        bytes.push(self.lost_count);
    }
}
