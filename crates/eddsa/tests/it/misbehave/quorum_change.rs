use std::sync::Arc;

use curve25519_dalek::Scalar;
use quorate_core::PartyIndex;
use quorate_core::simulation::{Post, all_done, blame, honestly, p, run, suspect, switch, verdict};
use quorate_eddsa::quorum_change::{Params, Session};
use quorate_eddsa::{Check, KeyShare, NewShare};

use crate::Outcomes;
use crate::change::Change;
use crate::dealer::{deal, deal_bytes};
use crate::forge::{
    IDENTITY, NO_POINT, add_one, drawn, drawn_scalar, encode, evaluate, hash, index_64, plus_order,
    point, put, randomness, scalar, times_b, torsion, torsion_2,
};

const SEED: u64 = 300;
const T: usize = 2;

// Where things are in the payloads.
const COMMITMENT: usize = 33;
const SHARE: usize = 2;
const SHARE_BLINDING: usize = 34;
const CHAIN_CODE: usize = 66;
const BLINDING: usize = 1;
const POLYNOMIAL: usize = 41;

type Shares = [Option<Arc<KeyShare>>; 3];

/// A 2-of-2 of parties 1 and 2.
fn shares() -> Shares {
    let [one, two] = deal(2, 2, 1).try_into().unwrap();
    [None, Some(one), Some(two)]
}

/// It becomes a 2-of-3 with party 0, against whoever `lie` makes a liar.
fn growing(lie: impl FnMut(&mut Post)) -> Outcomes<Option<NewShare>> {
    growing_from(&shares(), lie)
}

fn growing_from(shares: &Shares, lie: impl FnMut(&mut Post)) -> Outcomes<Option<NewShare>> {
    run(Change { shares, new: &[1, 2, 0], threshold: 2 }.parties(SEED), 1, lie)
}

fn is(post: &Post, from: u8, tag: u64) -> bool {
    post.from == p(from) && post.tag == tag
}

/// Changes one byte of a message of party 2.
fn growing_spoilt(tag: u64, at: usize) -> Outcomes<Option<NewShare>> {
    growing(|post| {
        if is(post, 2, tag) {
            post.payload[at] ^= 1;
        }
    })
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
    // λ = 1 / (1 − 2)
    let constant = -scalar(&deal_bytes(2, 2, 1)[1][3..35]);
    let mut rng = randomness(SEED, 2);
    let sid = drawn(&mut rng);
    let polynomial = [constant, drawn_scalar(&mut rng)];
    let blinding = drawn(&mut rng);
    Drawn { sid, polynomial, blinding, share_blindings: [(); 2].map(|()| drawn(&mut rng)) }
}

fn fin() -> [u8; 32] {
    let sids = [0, 1, 2].map(|i| drawn::<32>(&mut randomness(SEED, i)));
    hash(&[sids.as_flattened()])
}

/// Q1 of party 2.
fn commitment(polynomial: &[[u8; 32]; T]) -> [u8; 32] {
    let Drawn { sid, blinding, .. } = drawn_by_2();
    let points = polynomial.as_flattened();
    let tags: [&[u8]; 2] = [b"Schnorr-QC", b"Schnorr-QC-commit1"];
    hash(&[tags[0], tags[1], &sid, &index_64(p(2)), points, &blinding, &blinding])
}

/// Q2 from party 2 to `to`, which is 0 or 1.
fn share_commitment(to: PartyIndex, share: &[u8]) -> [u8; 32] {
    let blinding = drawn_by_2().share_blindings[usize::from(to)];
    let ends = [index_64(p(2)), index_64(to)];
    let tags: [&[u8]; 2] = [b"Schnorr-QC", b"Schnorr-QC-commit2"];
    hash(&[tags[0], tags[1], &fin(), ends.as_flattened(), share, &blinding])
}

/// The share that party 2 owes to party 0 or 1, whose new ids are 2 and 0.
fn owed(to: PartyIndex) -> Scalar {
    evaluate(&drawn_by_2().polynomial, [3, 1][usize::from(to)])
}

/// Makes party 2 commit to, and open, this polynomial.
fn with_polynomial(post: &mut Post, lie: &[[u8; 32]; T]) {
    if is(post, 2, 3) {
        put(&mut post.payload, COMMITMENT, &commitment(lie));
    }
    if is(post, 2, 6) {
        put(&mut post.payload, POLYNOMIAL, lie.as_flattened());
    }
}

/// Party 2 commits to, and deals, this share.
fn growing_with_share(lie: impl Fn(PartyIndex) -> [u8; 32]) -> Outcomes<Option<NewShare>> {
    growing(|post| {
        if is(post, 2, 4) {
            let lied = share_commitment(post.to, &lie(post.to));
            put(&mut post.payload, SHARE, &lied);
        }
        if is(post, 2, 5) {
            put(&mut post.payload, SHARE, &lie(post.to));
        }
    })
}

/// What starting says to party 1 of the growing change, after `spoil`.
fn start(spoil: impl FnOnce(&mut Params)) -> Option<Check> {
    let shares = shares();
    let mut params = Change { shares: &shares, new: &[1, 2, 0], threshold: 2 }.params(1);
    spoil(&mut params);
    Session::start(params, [1; 32]).err()
}

#[test]
fn check_ed_qc_1_1_refuses_lists_that_do_not_add_up() {
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
fn check_ed_qc_1_2_refuses_a_threshold_below_two_or_above_the_new_parties() {
    switch();
    for t in [0, 1, 4] {
        assert_eq!(start(|params| params.threshold = t), Some(Check::QcThreshold));
    }
}

#[test]
fn check_ed_qc_1_3_refuses_an_old_party_without_its_share_and_a_new_one_with_it() {
    switch();
    let refused = Some(Check::QcOwnShare);
    assert_eq!(start(|params| params.share = None), refused);
    assert_eq!(start(|params| params.me = p(0)), refused);
    let other_key = deal(2, 2, 2).remove(0);
    assert_eq!(start(|params| params.share = Some(other_key)), refused);
    let mixed = |torsion| encode(&(point(&times_b(&Scalar::ONE)) + torsion));
    for bad in [NO_POINT, IDENTITY].into_iter().chain(torsion().map(mixed)) {
        let no_key = |params: &mut Params| {
            (params.me, params.share, params.public_key) = (p(0), None, bad);
        };
        assert_eq!(start(no_key), refused);
    }
}

#[test]
fn check_ed_qc_1_4_refuses_old_parties_that_could_not_have_signed() {
    switch();
    let refused = Some(Check::QcEnoughOld);
    assert_eq!(start(|params| assert!(params.old.remove(&p(2)))), refused);
    assert_eq!(start(|params| assert!(params.old.insert(p(0)))), refused);
}

#[test]
fn check_ed_qc_2_1_names_the_party_that_sends_its_key_as_another_or_counts_differently() {
    switch();
    for at in [0, 1, 8] {
        let outcomes = growing_spoilt(1, at);
        assert_eq!(verdict(&outcomes, 0), Some(&blame(2, Check::QcKeyNumbers)));
    }
}

#[test]
fn check_ed_qc_3_1_names_the_old_party_whose_id_does_not_exist() {
    switch();
    // The same polynomial, and a share of it that nobody should hold.
    let mut shares = shares();
    shares[2] = Some(deal(3, 2, 1).remove(2));
    let outcomes = growing_from(&shares, honestly);
    assert_eq!(verdict(&outcomes, 1), Some(&blame(2, Check::QcPartyId)));
}

#[test]
fn check_ed_qc_3_2_suspects_old_parties_that_are_the_same() {
    switch();
    let [_, one, _] = shares();
    let outcomes = growing_from(&[None, one.clone(), one], honestly);
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::QcPartyIdsDistinct, [2])));
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::QcPartyIdsDistinct, [1, 2])));
}

#[test]
fn check_ed_qc_4_1_names_the_party_that_commits_as_another() {
    switch();
    let outcomes = growing_spoilt(3, 0);
    for victim in [0, 1] {
        assert_eq!(verdict(&outcomes, victim), Some(&blame(2, Check::QcCommitmentIndex)));
    }
}

#[test]
fn check_ed_qc_5_1_names_the_dealer_that_commits_as_another_or_to_another() {
    switch();
    for at in [0, 1] {
        let outcomes = growing_spoilt(4, at);
        for victim in [0, 1] {
            let named = blame(2, Check::QcShareCommitmentIndices);
            assert_eq!(verdict(&outcomes, victim), Some(&named));
        }
    }
}

#[test]
fn check_ed_qc_6_1_names_the_old_party_that_opens_as_another_or_counts_differently() {
    switch();
    for at in [0, POLYNOMIAL - 8, POLYNOMIAL - 1] {
        let outcomes = growing_spoilt(6, at);
        for victim in [0, 1] {
            assert_eq!(verdict(&outcomes, victim), Some(&blame(2, Check::QcOpeningNumbers)));
        }
    }
}

#[test]
fn check_ed_qc_6_2_names_the_old_party_that_opens_something_else() {
    switch();
    let outcomes = growing_spoilt(6, BLINDING);
    for victim in [0, 1] {
        assert_eq!(verdict(&outcomes, victim), Some(&blame(2, Check::QcOpensPolynomial)));
    }
}

#[test]
fn check_ed_qc_6_3_names_the_old_party_whose_polynomial_is_of_a_lower_degree() {
    switch();
    let shares = shares();
    let change = Change { shares: &shares, new: &[1, 2, 0], threshold: 2 };
    let mut parties = change.parties(SEED);
    // What it draws second.
    parties[2].2 = randomness(SEED, 2).choosing(1, [0; 32]);
    let outcomes = run(parties, 1, honestly);
    for victim in [0, 1] {
        assert_eq!(verdict(&outcomes, victim), Some(&blame(2, Check::QcPolynomialPoints)));
    }
}

#[test]
fn check_ed_qc_6_3_names_the_old_party_whose_polynomial_has_a_part_of_small_order() {
    switch();
    // At the even evaluation point of party 1 it vanishes.
    let [constant, upper] = drawn_by_2().polynomial.map(|c| times_b(&c));
    let lie = [constant, encode(&(point(&upper) + torsion_2()))];
    let shares = shares();
    let change = Change { shares: &shares, new: &[2, 1, 0], threshold: 2 };
    let outcomes = run(change.parties(SEED), 1, |post| with_polynomial(post, &lie));
    assert_eq!(verdict(&outcomes, 1), Some(&blame(2, Check::QcPolynomialPoints)));

    for torsion in torsion() {
        let lie = [constant, encode(&(point(&upper) + torsion))];
        let outcomes = growing(|post| with_polynomial(post, &lie));
        assert_eq!(verdict(&outcomes, 0), Some(&blame(2, Check::QcPolynomialPoints)));
    }
}

#[test]
fn check_ed_qc_6_3_names_the_old_party_whose_polynomial_has_no_point() {
    switch();
    let [constant, _] = drawn_by_2().polynomial;
    let outcomes = growing(|post| with_polynomial(post, &[times_b(&constant), NO_POINT]));
    for victim in [0, 1] {
        assert_eq!(verdict(&outcomes, victim), Some(&blame(2, Check::QcPolynomialPoints)));
    }
}

/// The share of party 2 with another secret, on which it runs honestly.
fn moved() -> Arc<KeyShare> {
    let mut bytes = deal_bytes(2, 2, 1).remove(1);
    add_one(&mut bytes, 3);
    Arc::new(KeyShare::from_bytes(&bytes).unwrap())
}

#[test]
fn check_ed_qc_6_4_suspects_whoever_moves_the_key() {
    switch();
    let [_, one, _] = shares();
    let outcomes = growing_from(&[None, one, Some(moved())], honestly);
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::QcKeepsPublicKey, [1, 2])));
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::QcKeepsPublicKey, [2])));
}

#[test]
fn who_leaves_checks_that_the_key_stays() {
    let [_, one, _] = shares();
    let shares = [None, one, Some(moved())];
    let change = Change { shares: &shares, new: &[0, 2], threshold: 2 };
    let outcomes = run(change.parties(SEED), 1, honestly);
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::QcKeepsPublicKey, [2])));
}

#[test]
fn check_ed_qc_6_5_names_the_dealer_that_deals_as_another_or_to_another() {
    switch();
    for at in [0, 1] {
        let outcomes = growing_spoilt(5, at);
        for victim in [0, 1] {
            assert_eq!(verdict(&outcomes, victim), Some(&blame(2, Check::QcShareIndices)));
        }
    }
}

#[test]
fn check_ed_qc_6_6_names_the_dealer_of_no_scalar() {
    switch();
    let outcomes = growing_with_share(|to| plus_order(owed(to).as_bytes()));
    for victim in [0, 1] {
        assert_eq!(verdict(&outcomes, victim), Some(&blame(2, Check::QcShareScalar)));
    }
}

#[test]
fn check_ed_qc_6_7_names_the_dealer_whose_share_is_off_its_polynomial() {
    switch();
    let outcomes = growing_with_share(|to| (owed(to) + Scalar::ONE).to_bytes());
    for victim in [0, 1] {
        assert_eq!(verdict(&outcomes, victim), Some(&blame(2, Check::QcShareOnPolynomial)));
    }
}

#[test]
fn check_ed_qc_6_8_suspects_whoever_opens_another_commitment_to_a_share() {
    switch();
    let outcomes = growing_spoilt(5, SHARE_BLINDING);
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::QcOpensShare, [1, 2])));
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::QcOpensShare, [0, 2])));
}

#[test]
fn who_tells_two_parties_different_session_ids_makes_neither_blame_the_other() {
    let outcomes = growing(|post| {
        if is(post, 0, 3) && post.to == p(1) {
            post.payload[1] ^= 1;
        }
    });
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::QcOpensShare, [0, 2])));
    assert_eq!(verdict(&outcomes, 2), Some(&suspect(Check::QcOpensShare, [0, 1])));
}

#[test]
fn check_ed_qc_6_9_suspects_old_parties_that_send_two_chain_codes() {
    switch();
    let outcomes = growing_spoilt(5, CHAIN_CODE);
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::QcSameChainCode, [1, 2])));
    assert!(outcomes[&p(1)].is_ok());
}

#[test]
fn one_of_three_old_parties_with_a_chain_code_of_its_own_is_noticed_whichever_it_is() {
    let old = deal(3, 2, 1).into_iter().map(Some);
    let shares: Vec<_> = std::iter::once(None).chain(old).collect();
    for liar in 1..4 {
        let change = Change { shares: &shares, new: &[0, 1, 2, 3], threshold: 2 };
        let outcomes = run(change.parties(SEED), 1, |post| {
            if is(post, liar, 5) && post.to == p(0) {
                post.payload[CHAIN_CODE] ^= 1;
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::QcSameChainCode, [1, 2, 3])));
    }
}

#[test]
fn the_second_formulas_are_those_of_the_first() {
    let honest = drawn_by_2().polynomial.map(|c| times_b(&c));
    let outcomes = growing(|post| with_polynomial(post, &honest));
    assert!(outcomes.values().all(Result::is_ok));
    let outcomes = growing_with_share(|to| owed(to).to_bytes());
    assert!(outcomes.values().all(Result::is_ok));
}

#[test]
fn an_old_party_of_two_polynomials_leaves_shares_that_can_be_told_apart() {
    // Parties 0 and 1 are dealt shares on two polynomials with one constant term.
    let upper = drawn_by_2().polynomial[1] + Scalar::ONE;
    let polynomial = [drawn_by_2().polynomial[0], upper];
    let encoded = polynomial.each_ref().map(times_b);
    let dealt = evaluate(&polynomial, 3);
    let outcomes = growing(|post| {
        if post.to != p(0) {
            return;
        }
        with_polynomial(post, &encoded);
        if is(post, 2, 4) {
            put(&mut post.payload, SHARE, &share_commitment(p(0), dealt.as_bytes()));
        }
        if is(post, 2, 5) {
            put(&mut post.payload, SHARE, dealt.as_bytes());
        }
    });
    let [deceived, honest, liar] = all_done(outcomes).try_into().unwrap();
    let [deceived, honest, liar] = [deceived, honest, liar].map(Option::unwrap);
    assert_eq!(deceived.share.public_key(), honest.share.public_key());
    assert_eq!(honest.public_shares, liar.public_shares);
    let mut views = deceived.public_shares.iter().zip(&honest.public_shares);
    assert!(views.all(|(one, other)| one != other));
}
