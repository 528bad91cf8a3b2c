//! Several liars at once: all are named, each for its own lie, whoever computes and in whatever order.

use quorate_core::session::Session;
use quorate_core::simulation::{Party, Post, p, run_on, verdict};
use quorate_core::{Abort, Alone, Workers};
use quorate_ecdsa::Check;

use crate::dealer::deal;
use crate::forge::{NO_POINT, add_g, put};
use crate::keygen;
use crate::signing::signers;
use crate::workers::{AllAtOnce, Backwards};

/// Of three others, the first and the last lie to party 0.
fn both_are_named<S: Session<Check = Check>>(
    parties: impl Fn() -> Vec<Party<S>>,
    lie: impl Fn(&mut Post),
    [first, last]: [Check; 2],
) {
    let expected = Abort::Blame([(p(1), first), (p(3), last)].into());
    let workers: [&dyn Workers; 3] = [&Alone, &Backwards, &AllAtOnce];
    for workers in workers {
        let outcomes = run_on(workers, parties(), 1, |post| {
            if post.to == p(0) {
                lie(post);
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&expected));
    }
}

#[test]
fn all_who_lie_about_their_offers_are_named() {
    both_are_named(
        || keygen::parties(4, 2, 40),
        |post| match (post.from.get(), post.tag) {
            (1, 3) => put(&mut post.payload, 0, &NO_POINT),
            (3, 3) => put(&mut post.payload, 255 * 66 + 33, &NO_POINT),
            _ => {}
        },
        [Check::OtOfferPoints; 2],
    );
}

#[test]
fn all_who_lie_in_their_answers_are_named_each_for_its_own_lie() {
    // In R3: d_ij, replies, trees.
    let (replies, trees) = (32, 32 + 16896);
    both_are_named(
        || keygen::parties(4, 2, 41),
        |post| match (post.from.get(), post.tag) {
            (1, 4) => put(&mut post.payload, replies, &NO_POINT),
            (3, 4) => post.payload[trees + 20479] ^= 1,
            _ => {}
        },
        [Check::OtReplyPoints, Check::PprfDigest],
    );
}

#[test]
fn all_who_multiply_something_else_are_banned_each_for_its_own_lie() {
    // In R3: fsid, reply, dig, PK, R, blind, Γ^v.
    let gamma_v = 32 + 49248 + 32 + 33 + 33 + 32;
    both_are_named(
        || signers(&deal(4, 2, 1), |_| "m", 42),
        |post| match (post.from.get(), post.tag) {
            (1, 3) => post.payload[32 + 49247] ^= 1,
            (3, 3) => add_g(&mut post.payload, gamma_v),
            _ => {}
        },
        [Check::RvoleDigest, Check::SignKeyConsistent],
    );
}
