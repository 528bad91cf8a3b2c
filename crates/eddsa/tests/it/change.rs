//! Quorum changes among parties in one process.

use std::collections::BTreeSet;
use std::sync::Arc;

use quorate_core::simulation::{Party, p, seeded};
use quorate_eddsa::{KeyShare, quorum_change};

/// Who takes part: a party for each entry, old if it has a share, and the positions of the new ones.
pub(crate) struct Change<'a> {
    pub(crate) shares: &'a [Option<Arc<KeyShare>>],
    pub(crate) new: &'a [u8],
    pub(crate) threshold: u8,
}

impl Change<'_> {
    /// What the party at this position starts from.
    pub(crate) fn params(&self, i: u8) -> quorum_change::Params {
        let old = (0..).zip(self.shares).filter(|(_, share)| share.is_some());
        let key = self.shares.iter().flatten().next().unwrap().public_key();
        quorum_change::Params {
            me: p(i),
            parties: u8::try_from(self.shares.len()).unwrap(),
            old: old.map(|(j, _)| p(j)).collect::<BTreeSet<_>>(),
            new: self.new.iter().map(|&j| p(j)).collect(),
            threshold: self.threshold,
            public_key: key,
            share: self.shares[usize::from(i)].clone(),
        }
    }

    /// Every party, each with its randomness.
    pub(crate) fn parties(&self, seed: u64) -> Vec<Party<quorum_change::Session>> {
        let party = |i| {
            let rng = seeded(seed + u64::from(i));
            let start = quorum_change::Session::start(self.params(i), [i + 1; 32]);
            let (session, outgoing) = start.unwrap();
            (session, outgoing, rng)
        };
        (0..u8::try_from(self.shares.len()).unwrap()).map(party).collect()
    }
}
