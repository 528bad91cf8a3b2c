//! Shares between two runs, inverted, and the seats of a run.

use quorate_core::PartyIndex;
use quorate_core::session::{ChannelKey, Outgoing};
use quorate_wire::frame::Exchange;
use quorate_wire::setup::{Body, Setup, Suite, build};

use zeroize::Zeroizing;

use crate::needles::Known;
use crate::parties::Seat;

/// A document that must not be found.
pub(crate) struct Kept(Vec<u8>);

impl Kept {
    pub(crate) fn of(secret: &[u8]) -> Self {
        Self(secret.iter().map(|byte| !byte).collect())
    }

    pub(crate) fn open(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.iter().map(|byte| !byte).collect())
    }
}

pub(crate) fn p(position: u8) -> PartyIndex {
    PartyIndex::new(position)
}

/// As many seats; each starts with its exchange's key.
pub(crate) fn seats<S>(
    count: u8,
    seed: u64,
    start: impl Fn(u8, ChannelKey, &mut Known) -> (S, Vec<Outgoing>),
) -> Vec<Seat<S>> {
    let body = Body::Dkg { threshold: 2, key_id: None };
    let names: Vec<_> = (0..count).map(|i| format!("Device-{i}")).collect();
    let setup = build(Suite::Ecdsa, &body, &names, &mut Known::new(99)).unwrap();
    let setup = Setup::parse(Suite::Ecdsa, &setup).unwrap();
    let seat = |i| {
        let mut rng = Known::new(seed + u64::from(i));
        let exchange = Exchange::new(&setup, p(i), &mut rng).unwrap();
        let (session, first) = start(i, exchange.channel_key(), &mut rng);
        Seat { session, exchange, first, rng }
    };
    (0..count).map(seat).collect()
}
