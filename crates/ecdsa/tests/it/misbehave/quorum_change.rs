use k256::Scalar;
use quorate_core::PartyIndex;
use quorate_core::simulation::{Post, blame, p, run, suspect, switch, verdict};
use quorate_ecdsa::quorum_change::{Params, Session};
use quorate_ecdsa::{Check, KeyShare};

use crate::Outcomes;
use crate::change::Change;
use crate::dealer::{deal, deal_bytes};
use crate::forge::{
    IDENTITY, NO_POINT, Q, drawn, drawn_scalar, evaluate, hash, index, label, put, randomness,
    scalar, times_g,
};

const SEED: u64 = 300;
const T: usize = 2;
/// Where the trees end in OT2.
const ZERO_SEED: usize = 16896 + 20480;

/// A 2-of-2 of parties 1 and 2 becomes a 2-of-3 with party 0, against whoever `lie` makes a liar.
fn growing(lie: impl FnMut(&mut Post)) -> Outcomes<Option<KeyShare>> {
    let [one, two] = deal(2, 2, 1).try_into().unwrap();
    let shares = [None, Some(one), Some(two)];
    let change = Change { shares: &shares, new: &[1, 2, 0], threshold: 2 };
    run(change.parties(SEED), 1, lie)
}

fn is(post: &Post, from: u8, tag: u64) -> bool {
    post.from == p(from) && post.tag == tag
}

/// What old party 2 draws, and its polynomial.
struct Drawn {
    sid: [u8; 32],
    polynomial: [Scalar; T],
    blinding: [u8; 32],
    /// To parties 0 and 1.
    share_blindings: [[u8; 32]; 2],
}

fn drawn_by_2() -> Drawn {
    let share = &deal_bytes(2, 2, 1)[1];
    let [x_1, x_2] = [0, 1].map(|pid| scalar(&share[172 + 98 * pid + 34..][..32]));
    let constant = x_1 * (x_1 - x_2).invert().unwrap() * scalar(&share[140..172]);
    let mut rng = randomness(SEED, 2);
    let sid = drawn(&mut rng);
    let polynomial = [constant, drawn_scalar(&mut rng)];
    let blinding = drawn(&mut rng);
    Drawn { sid, polynomial, blinding, share_blindings: [(); 2].map(|()| drawn(&mut rng)) }
}

fn fsid() -> [u8; 32] {
    hash(&[0, 1, 2].map(|i| drawn(&mut randomness(SEED, i))).each_ref().map(|sid| &sid[..]))
}

/// Q1 of party 2.
fn commitment(polynomial: &[[u8; 33]; T]) -> [u8; 32] {
    let Drawn { sid, blinding, .. } = drawn_by_2();
    let points = polynomial.as_flattened();
    hash(&[&label(106), &sid, &index(p(2)), points, &blinding, &label(107)])
}

/// Q2 from party 2 to `to`, which is 0 or 1.
fn share_commitment(to: PartyIndex, share: &[u8]) -> [u8; 32] {
    let blinding = drawn_by_2().share_blindings[usize::from(to)];
    let ends = [index(p(2)), index(to)];
    hash(&[&label(106), &fsid(), ends.as_flattened(), share, &blinding, &label(108)])
}

/// Party 2 commits to, and opens, this polynomial.
fn growing_with_polynomial(lie: [[u8; 33]; T]) -> Outcomes<Option<KeyShare>> {
    growing(|post| {
        if is(post, 2, 11) {
            put(&mut post.payload, 64, &commitment(&lie));
        }
        if is(post, 2, 12) {
            put(&mut post.payload, 0, lie.as_flattened());
        }
    })
}

/// Party 2 commits to, and deals, this share.
fn growing_with_share(lie: impl Fn(PartyIndex) -> [u8; 32]) -> Outcomes<Option<KeyShare>> {
    growing(|post| {
        if is(post, 2, 13) {
            let lied = share_commitment(post.to, &lie(post.to));
            put(&mut post.payload, 0, &lied);
        }
        if is(post, 2, 14) {
            put(&mut post.payload, 0, &lie(post.to));
        }
    })
}

/// What starting says to party 1 of the growing change, after `spoil`.
fn start(spoil: impl FnOnce(&mut Params)) -> Option<Check> {
    let [one, two] = deal(2, 2, 1).try_into().unwrap();
    let shares = [None, Some(one), Some(two)];
    let mut params = Change { shares: &shares, new: &[1, 2, 0], threshold: 2 }.params(1);
    spoil(&mut params);
    Session::start(params, [1; 32]).err()
}

#[test]
fn check_qc_1_1_refuses_lists_that_do_not_add_up() {
    switch();
    assert_eq!(start(|_| {}), None);
    let refused = Some(Check::QcMembers);
    assert_eq!(start(|params| params.new = vec![p(1), p(2), p(1), p(0)]), refused);
    assert_eq!(start(|params| params.new = vec![p(1), p(2)]), refused);
    assert_eq!(start(|params| params.new.push(p(3))), refused);
    assert_eq!(start(|params| assert!(params.old.insert(p(3)))), refused);
    assert_eq!(start(|params| params.me = p(3)), refused);
}

#[test]
fn check_qc_1_2_refuses_a_threshold_below_two_or_above_the_new_parties() {
    switch();
    for t in [0, 1, 4] {
        assert_eq!(start(|params| params.threshold = t), Some(Check::QcThreshold));
    }
}

#[test]
fn check_qc_1_3_refuses_an_old_party_without_its_share_and_a_new_one_with_it() {
    switch();
    let refused = Some(Check::QcOwnShare);
    assert_eq!(start(|params| params.share = None), refused);
    assert_eq!(start(|params| params.me = p(0)), refused);
    let other_key = deal(2, 2, 2).remove(0);
    assert_eq!(start(|params| params.share = Some(other_key)), refused);
}

#[test]
fn check_qc_1_4_refuses_old_parties_that_could_not_have_signed() {
    switch();
    let refused = Some(Check::QcEnoughOld);
    assert_eq!(start(|params| assert!(params.old.remove(&p(2)))), refused);
    assert_eq!(start(|params| assert!(params.old.insert(p(0)))), refused);
}

#[test]
fn check_qc_2_1_names_the_old_party_whose_id_does_not_exist() {
    switch();
    let outcomes = growing(|post| {
        if is(post, 2, 10) {
            post.payload[0] = 2;
        }
    });
    assert_eq!(verdict(&outcomes, 1), Some(&blame(2, Check::QcPartyId)));
}

#[test]
fn check_qc_2_2_suspects_old_parties_that_are_the_same() {
    switch();
    let outcomes = growing(|post| {
        if is(post, 2, 10) {
            post.payload[0] = 0;
        }
    });
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::QcPartyIdsDistinct, [2])));
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::QcPartyIdsDistinct, [1, 2])));
}

#[test]
fn check_qc_5_1_names_the_old_party_that_opens_something_else() {
    switch();
    let outcomes = growing(|post| {
        if is(post, 2, 12) {
            post.payload[33 * T] ^= 1;
        }
    });
    for victim in [0, 1] {
        assert_eq!(verdict(&outcomes, victim), Some(&blame(2, Check::QcOpensPolynomial)));
    }
}

#[test]
fn check_qc_5_2_names_the_old_party_whose_polynomial_has_no_point_or_the_identity() {
    switch();
    let [constant, _] = drawn_by_2().polynomial;
    for bad in [IDENTITY, NO_POINT] {
        let outcomes = growing_with_polynomial([times_g(&constant), bad]);
        for victim in [0, 1] {
            assert_eq!(verdict(&outcomes, victim), Some(&blame(2, Check::QcPolynomialPoints)));
        }
    }
}

#[test]
fn check_qc_5_3_suspects_whoever_moves_the_key() {
    switch();
    let [constant, upper] = drawn_by_2().polynomial;
    let outcomes = growing_with_polynomial([constant + Scalar::ONE, upper].map(|c| times_g(&c)));
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::QcKeepsPublicKey, [1, 2])));
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::QcKeepsPublicKey, [2])));
}

#[test]
fn who_leaves_checks_that_the_key_stays() {
    let shares: Vec<_> = deal(3, 2, 3).into_iter().map(Some).collect();
    let change = Change { shares: &shares, new: &[0, 2], threshold: 2 };
    let spoilt = |at: usize| {
        run(change.parties(SEED), 1, |post| {
            if is(post, 2, 12) {
                post.payload[at] ^= 1;
            }
        })
    };
    assert_eq!(verdict(&spoilt(33 * T), 1), Some(&blame(2, Check::QcOpensPolynomial)));
}

#[test]
fn check_qc_5_4_names_the_dealer_of_no_scalar_or_of_zero() {
    switch();
    for bad in [[0; 32], Q] {
        let outcomes = growing_with_share(|_| bad);
        for victim in [0, 1] {
            assert_eq!(verdict(&outcomes, victim), Some(&blame(2, Check::QcShareScalar)));
        }
    }
}

#[test]
fn check_qc_5_5_names_the_dealer_whose_share_is_off_its_polynomial() {
    switch();
    let off = |to: PartyIndex| {
        // New ids of parties 0 and 1 are 2 and 0.
        let x = Scalar::from([3_u32, 1][usize::from(to)]);
        (evaluate(&drawn_by_2().polynomial, &x) + Scalar::ONE).to_bytes().into()
    };
    let outcomes = growing_with_share(off);
    for victim in [0, 1] {
        assert_eq!(verdict(&outcomes, victim), Some(&blame(2, Check::QcShareOnPolynomial)));
    }
}

#[test]
fn check_qc_5_6_suspects_whoever_opens_another_commitment_to_a_share() {
    switch();
    let outcomes = growing(|post| {
        if is(post, 2, 14) {
            post.payload[32] ^= 1;
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::QcOpensShare, [1, 2])));
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::QcOpensShare, [0, 2])));
}

#[test]
fn who_tells_two_parties_different_session_ids_makes_neither_blame_the_other() {
    let outcomes = growing(|post| {
        if is(post, 0, 11) && post.to == p(1) {
            post.payload[0] ^= 1;
        }
    });
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::QcOpensShare, [0, 2])));
    assert_eq!(verdict(&outcomes, 2), Some(&suspect(Check::QcOpensShare, [0, 1])));
}

#[test]
fn check_qc_5_7_suspects_whoever_has_another_chain_code() {
    switch();
    let outcomes = growing(|post| {
        if is(post, 2, 14) {
            post.payload[64] ^= 1;
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::QcSameChainCode, [1, 2])));
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::QcSameChainCode, [2])));
}

#[test]
fn check_ot_2_1_names_the_party_that_offers_no_point_in_a_quorum_change() {
    switch();
    let outcomes = growing(|post| {
        if is(post, 0, 15) {
            put(&mut post.payload, 0, &NO_POINT);
        }
    });
    assert_eq!(verdict(&outcomes, 1), Some(&blame(0, Check::OtOfferPoints)));
}

#[test]
fn check_ot_5_4_names_the_old_party_whose_trees_are_spoilt_in_a_quorum_change() {
    switch();
    let outcomes = growing(|post| {
        if is(post, 2, 16) {
            post.payload[ZERO_SEED - 1] ^= 1;
        }
    });
    for victim in [0, 1] {
        assert_eq!(verdict(&outcomes, victim), Some(&blame(2, Check::PprfDigest)));
    }
}

#[test]
fn check_qc_7_2_suspects_all_when_the_trees_of_a_party_without_a_share_are_spoilt() {
    switch();
    let outcomes = growing(|post| {
        if is(post, 0, 16) {
            post.payload[ZERO_SEED - 1] ^= 1;
        }
    });
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::QcSameSession, [0, 2])));
    assert_eq!(verdict(&outcomes, 2), Some(&suspect(Check::QcSameSession, [0, 1])));
}

#[test]
fn the_second_formulas_are_those_of_the_first() {
    let honest = drawn_by_2().polynomial;
    let mut seen = 0;
    growing(|post| {
        if is(post, 2, 11) {
            assert_eq!(post.payload[64..], commitment(&honest.map(|c| times_g(&c))));
            seen += 1;
        }
        if is(post, 2, 13) {
            let x = Scalar::from([3_u32, 1][usize::from(post.to)]);
            let share = evaluate(&honest, &x).to_bytes();
            assert_eq!(post.payload[..], share_commitment(post.to, &share));
            seen += 1;
        }
    });
    assert_eq!(seen, 4);
}
