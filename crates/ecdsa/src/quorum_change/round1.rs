//! Round 1: old parties say which share they hold.
//!
//! ```text
//! 1.1  every party is old or new, nobody twice, I am one of them       else refuse
//! 1.2  2 ≤ t' ≤ n'                                                     else refuse
//! 1.3  I bring a share of the expected key exactly if I am old         else refuse
//! 1.4  t ≤ number of old parties ≤ n                                   else refuse
//! 1.5  old: send R0
//! ```

use std::collections::{BTreeMap, BTreeSet};

use quorate_core::check::require;
use quorate_core::session::ChannelKey;
use quorate_core::{FromEach, PartyIndex};

use super::message::Round0;
use super::round2::AwaitingPartyIds;
use super::run::{Params, Run};
use crate::check::Check;

/// Round 1.
pub(super) fn start(
    params: Params,
    channel: ChannelKey,
) -> Result<(AwaitingPartyIds, Option<Round0>), Check> {
    let Params { me, parties, mut old, new, threshold, public_key, share } = params;

    // 1.1
    let mut new_ids: BTreeMap<_, _> = new.iter().copied().zip(0..).collect();
    let everybody: BTreeSet<_> = PartyIndex::first(parties).collect();
    let named = old.iter().chain(new_ids.keys()).copied().collect();
    let members = everybody == named && new_ids.len() == new.len() && everybody.contains(&me);
    require(members, Check::QcMembers)?;

    // 1.2
    require(2 <= threshold && usize::from(threshold) <= new.len(), Check::QcThreshold)?;

    // 1.3
    let expected = share.as_ref().map(|share| share.public_key() == public_key);
    let wanted = old.contains(&me).then_some(true);
    require(expected == wanted, Check::QcOwnShare)?;

    // 1.4
    let enough = share.as_ref().is_none_or(|share| {
        usize::from(share.threshold()) <= old.len() && old.len() <= usize::from(share.parties())
    });
    require(enough, Check::QcEnoughOld)?;

    // 1.5
    let message = share.as_ref().map(|share| Round0 { party_id: share.party_id() });

    old.remove(&me);
    let others: BTreeSet<_> = everybody.into_iter().filter(|&j| j != me).collect();
    let new_id = new_ids.remove(&me);
    let new = FromEach::of_all(new_ids);
    let run = Run { me, others, old, new, new_id, threshold, public_key, share };
    Ok((AwaitingPartyIds { run, channel }, message))
}
