//! Whoever computes, in whatever order: the same bytes, sent and kept.

use quorate_core::session::Session;
use quorate_core::simulation::{Party, all_done, run_on};
use quorate_core::{Alone, Workers};
use quorate_ecdsa::{Check, KeyShare};

use crate::change::Change;
use crate::dealer::deal;
use crate::keygen;
use crate::signing::{presigners, signers};
use crate::workers::{AllAtOnce, Backwards};

/// A payload, from whom to whom.
type Sent = (u8, u8, u64, Vec<u8>);

/// All that is sent, and what everybody is left with.
fn held<S: Session<Check = Check>>(
    workers: &dyn Workers,
    parties: Vec<Party<S>>,
    bytes: impl Fn(&S::Output) -> Vec<u8>,
) -> (Vec<Sent>, Vec<Vec<u8>>) {
    let mut sent = Vec::new();
    let outcomes = run_on(workers, parties, 3, |post| {
        sent.push((post.from.get(), post.to.get(), post.tag, post.payload.clone()));
    });
    (sent, all_done(outcomes).iter().map(bytes).collect())
}

/// Holds the same ceremony on each kind of workers.
fn is_the_same_on_all<S: Session<Check = Check>>(
    parties: impl Fn() -> Vec<Party<S>>,
    bytes: impl Fn(&S::Output) -> Vec<u8>,
) {
    let alone = held(&Alone, parties(), &bytes);
    assert!(held(&Backwards, parties(), &bytes) == alone, "backwards");
    assert!(held(&AllAtOnce, parties(), &bytes) == alone, "all at once");
}

fn share(share: &KeyShare) -> Vec<u8> {
    share.to_bytes().expose().clone()
}

#[test]
fn a_key_generation_is_the_same_on_all_workers() {
    is_the_same_on_all(|| keygen::parties(4, 3, 30), share);
}

#[test]
fn a_signature_and_a_presignature_are_the_same_on_all_workers() {
    let shares = deal(4, 3, 1);
    is_the_same_on_all(
        || signers(&shares, |_| "m/1", 31),
        |signature| signature.to_bytes().to_vec(),
    );
    is_the_same_on_all(
        || presigners(&shares, "m/1", 32),
        |presignature| presignature.to_bytes().expose().clone(),
    );
}

#[test]
fn a_quorum_change_is_the_same_on_all_workers() {
    let old = deal(3, 2, 2).into_iter().map(Some).chain([None]).collect::<Vec<_>>();
    let change = Change { shares: &old, new: &[3, 0, 1], threshold: 2 };
    is_the_same_on_all(|| change.parties(33), |kept| kept.as_ref().map(share).unwrap_or_default());
}
