//! Why a party stopped, and whom it names.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::{Attribution, Check, Consequence};
use crate::party::PartyIndex;

/// A session that ended without a result because of what others sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Abort<C> {
    /// Each of these parties sent what an honest party cannot send.
    #[error("cheating or broken parties: {0:?}")]
    Blame(BTreeMap<PartyIndex, C>),
    /// A check failed that the wire cannot attribute: one of these parties is wrong, or two disagree.
    #[error("{check:?} does not hold; at least one of these parties is wrong: {among:?}")]
    Suspect {
        /// The check that failed.
        check: C,
        /// Everyone whose values entered it, without the party that checked.
        among: BTreeSet<PartyIndex>,
    },
}

impl<C: Check> Abort<C> {
    /// Names one party.
    #[must_use]
    pub fn blame(j: PartyIndex, check: C) -> Self {
        debug_assert_eq!(check.attribution(), Attribution::Certain);
        Self::Blame(BTreeMap::from([(j, check)]))
    }

    /// Names everyone whose values entered the check.
    #[must_use]
    pub fn suspect(check: C, among: &BTreeSet<PartyIndex>) -> Self {
        debug_assert_eq!(check.attribution(), Attribution::Suspects);
        Self::Suspect { check, among: among.clone() }
    }

    /// The parties that this sharing must never run with again.
    pub fn banned(&self) -> impl Iterator<Item = (PartyIndex, C)> + '_ {
        let blamed = match self {
            Self::Blame(blamed) => Some(blamed),
            Self::Suspect { .. } => None,
        };
        blamed
            .into_iter()
            .flatten()
            .map(|(&j, &check)| (j, check))
            .filter(|(_, c)| c.consequence() == Consequence::Ban)
    }
}
