//! Round 1: say with which key private messages may be encrypted to me.
//!
//! ```text
//! 1.1  every party is old or new, nobody twice, I am one of them       else refuse
//! 1.2  2 ≤ t' ≤ n'                                                     else refuse
//! 1.3  I bring a share of the expected key exactly if I am old         else refuse
//! 1.4  t ≤ number of old parties ≤ n                                   else refuse
//! 1.5  send R0
//! ```

use std::collections::{BTreeMap, BTreeSet};

use quorate_core::check::require;
use quorate_core::session::ChannelKey;
use quorate_core::{FromEach, PartyIndex};

use super::message::{KEY_PREFIX, Round0};
use super::round2::AwaitingKeys;
use super::{Params, Run};
use crate::check::Check;
use crate::curve;

/// Round 1.
pub(super) fn start(params: Params, channel: ChannelKey) -> Result<(AwaitingKeys, Round0), Check> {
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
    let is_key = curve::decode_point(&public_key).is_some();
    require(expected == wanted && is_key, Check::QcOwnShare)?;

    // 1.4
    let enough = share.as_ref().is_none_or(|share| {
        usize::from(share.threshold) <= old.len() && old.len() <= usize::from(share.parties)
    });
    require(enough, Check::QcEnoughOld)?;

    // 1.5
    let message = Round0 { index: me.get(), length: KEY_PREFIX, channel };

    old.remove(&me);
    let others = everybody.into_iter().filter(|&j| j != me).collect();
    let new_id = new_ids.remove(&me);
    let new = FromEach::of_all(new_ids);
    let run = Run { me, others, old, new, new_id, threshold, public_key, share };
    Ok((AwaitingKeys { run }, message))
}
