use std::collections::BTreeMap;

use curve25519_dalek::Scalar;
use quorate_core::simulation::{
    Post, Seeded, all_done, blame, honestly, p, run, suspect, switch, verdict,
};
use quorate_eddsa::{Check, NewShare, dkg};

use crate::Outcomes;
use crate::forge::{
    NO_POINT, add_one, agree, drawn, drawn_scalar, encode, evaluate, hash, index_32, plus_order,
    point, prove, put, randomness, seal, small_order_keys, times_b, torsion, x25519_public,
};
use crate::keygen;

const SEED: u64 = 100;
const T: usize = 2;

// Where things are in R1 and R2.
const COMMITMENT: usize = 33;
const FIN: usize = 1;
const BLINDING: usize = 33;
const POLYNOMIAL: usize = 73;
const SEALED: usize = POLYNOMIAL + 32 * T + 8;
const SEALED_LEN: usize = 114;

/// Where the proof of the first coefficient is, its length before it.
fn proofs(n: usize) -> usize {
    SEALED + SEALED_LEN * n + 8
}

/// Runs key generation of `n` with threshold 2 against whoever `lie` makes a liar.
fn keygen(n: u8, lie: impl FnMut(&mut Post)) -> Outcomes<NewShare> {
    run(keygen::parties(n, 2, SEED), 1, lie)
}

/// Runs key generation of two against one that chooses its polynomial.
fn keygen_with_polynomial(polynomial: [Scalar; T]) -> Outcomes<NewShare> {
    let mut parties = keygen::parties(2, 2, SEED);
    // What it draws third and fourth.
    let [constant, upper] = polynomial.map(|c| c.to_bytes());
    let mut rng = randomness(SEED, 1).choosing(2, constant).choosing(3, upper);
    let (session, outgoing) = dkg::Session::start(keygen::params(1, 2, 2), &mut rng);
    parties[1] = (session, outgoing, rng);
    run(parties, 1, honestly)
}

/// What a party draws up to its commitment.
struct Drawn {
    secret: [u8; 32],
    sid: [u8; 32],
    polynomial: [Scalar; T],
    chain_code: [u8; 32],
}

fn drawn_by(i: u8) -> Drawn {
    let mut rng: Seeded = randomness(SEED, i);
    let (secret, sid) = (drawn(&mut rng), drawn(&mut rng));
    let polynomial = [(); T].map(|()| drawn_scalar(&mut rng));
    let _blinding: [u8; 32] = drawn(&mut rng);
    Drawn { secret, sid, polynomial, chain_code: drawn(&mut rng) }
}

/// com of party 1, to what its R2 opens.
fn commitment(round2: &[u8], n: usize) -> [u8; 32] {
    let sid = drawn_by(1).sid;
    let sealed = round2[SEALED..].chunks(SEALED_LEN).take(n);
    // Without the length in each.
    let sealed: Vec<u8> =
        sealed.flat_map(|sealed| [&sealed[..2], &sealed[10..]].concat()).collect();
    let points = &round2[POLYNOMIAL..POLYNOMIAL + 32 * T];
    let blinding = &round2[BLINDING..BLINDING + 32];
    hash(&[b"SL-Keygen-Commitment", &sid, &[1], points, &sealed, blinding])
}

/// Runs key generation against party 1, which commits to and sends an R2 that `lie` has rewritten.
fn keygen_committed(n: u8, lie: impl FnOnce(&mut [u8])) -> Outcomes<NewShare> {
    // An earlier, equal run says what it would send.
    let mut round2 = Vec::new();
    keygen(n, |post| {
        if is(post, 1, 102) {
            round2.clone_from(&post.payload);
        }
    });
    lie(&mut round2);
    let commitment = commitment(&round2, n.into());
    keygen(n, |post| {
        if is(post, 1, 101) {
            put(&mut post.payload, COMMITMENT, &commitment);
        }
        if is(post, 1, 102) {
            post.payload.clone_from(&round2);
        }
    })
}

/// What party 1 seals to party 0 with this share, under this agreed secret.
fn sealed_share(share: &[u8; 32], shared: &[u8; 32]) -> Vec<u8> {
    let text = [*share, drawn_by(1).chain_code].concat();
    seal(shared, &[9; 24], &text.try_into().unwrap())
}

/// Party 1 seals this to party 0.
fn keygen_with_share(share: &[u8; 32]) -> Outcomes<NewShare> {
    let shared = agree(&drawn_by(1).secret, &x25519_public(&drawn_by(0).secret));
    keygen_committed(2, |round2| put(round2, SEALED + 10, &sealed_share(share, &shared)))
}

/// The share that party 1 owes to party 0.
fn owed() -> Scalar {
    evaluate(&drawn_by(1).polynomial, 1)
}

fn is(post: &Post, from: u8, tag: u64) -> bool {
    post.from == p(from) && post.tag == tag
}

/// Changes one byte of a message of party 1.
fn keygen_spoilt(tag: u64, at: usize) -> Outcomes<NewShare> {
    keygen(2, |post| {
        if is(post, 1, tag) {
            post.payload[at] ^= 2;
        }
    })
}

#[test]
fn check_ed_dkg_2_1_names_the_party_that_sends_its_key_as_another() {
    switch();
    let outcomes = keygen_spoilt(100, 0);
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgKeyIndex)));
}

#[test]
fn check_ed_dkg_2_2_names_the_party_whose_key_agrees_with_everybody() {
    switch();
    for key in small_order_keys() {
        let mut round2 = Vec::new();
        keygen(2, |post| {
            if is(post, 1, 102) {
                round2.clone_from(&post.payload);
            }
        });
        // To the agreed secret that everybody knows.
        put(&mut round2, SEALED + 10, &sealed_share(owed().as_bytes(), &[0; 32]));
        let commitment = commitment(&round2, 2);
        let outcomes = keygen(2, |post| {
            if is(post, 1, 100) {
                put(&mut post.payload, 1, &key);
            }
            if is(post, 1, 101) {
                put(&mut post.payload, COMMITMENT, &commitment);
            }
            if is(post, 1, 102) {
                post.payload.clone_from(&round2);
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgKeyContributes)));
    }
}

#[test]
fn check_ed_dkg_3_1_names_the_party_that_commits_as_another() {
    switch();
    let outcomes = keygen_spoilt(101, 0);
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgCommitmentIndex)));
}

#[test]
fn check_ed_dkg_4_1_suspects_whoever_has_another_session_id() {
    switch();
    let outcomes = keygen_spoilt(102, FIN);
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::DkgSameSession, [1])));
}

#[test]
fn who_tells_two_parties_different_session_ids_makes_neither_blame_the_other() {
    let outcomes = keygen(3, |post| {
        if is(post, 2, 101) && post.to == p(1) {
            post.payload[1] ^= 1;
        }
    });
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::DkgSameSession, [1, 2])));
    assert_eq!(verdict(&outcomes, 1), Some(&suspect(Check::DkgSameSession, [0, 2])));
}

#[test]
fn check_ed_dkg_4_2_names_the_party_that_counts_differently() {
    switch();
    let (mine, theirs) = (SEALED, SEALED + SEALED_LEN);
    let proof = proofs(2);
    for at in [
        0,
        POLYNOMIAL - 8,
        SEALED - 1,
        SEALED - 8,
        mine,
        mine + 1,
        mine + 2,
        mine + 9,
        theirs,
        theirs + 1,
        theirs + 2,
        proof - 8,
        proof - 1,
        proof,
        proof + 72 + 7,
    ] {
        let outcomes = keygen_spoilt(102, at);
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgNumbers)), "byte {at}");
    }
}

#[test]
fn check_ed_dkg_4_3_names_the_party_that_opens_something_else() {
    switch();
    // The second is in what it seals to itself.
    for at in [BLINDING, SEALED + SEALED_LEN + 20] {
        let outcomes = keygen_spoilt(102, at);
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgOpensCommitment)));
    }
}

#[test]
fn check_ed_dkg_4_4_names_the_party_whose_polynomial_is_of_a_lower_degree() {
    switch();
    let [constant, _] = drawn_by(1).polynomial;
    let outcomes = keygen_with_polynomial([constant, Scalar::ZERO]);
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgPolynomialPoints)));
}

#[test]
fn check_ed_dkg_4_4_names_the_party_whose_polynomial_has_a_part_of_small_order() {
    switch();
    // What is added cancels at my evaluation point, and the proofs are chosen to hold.
    let polynomial = drawn_by(1).polynomial;
    let [constant, upper] = polynomial.map(|c| point(&times_b(&c)));
    let fin = hash(&[&index_32(0), &index_32(1), &drawn_by(0).sid, &drawn_by(1).sid]);
    let context = hash(&[b"SL-EDDSA-DLOG-PROOF", &fin, &index_32(1), b"DLOG-PROOF-1-SID"]);
    for torsion in torsion() {
        let lie = [constant + torsion, upper - torsion];
        let outcomes = keygen_committed(2, |round2| {
            assert_eq!(round2[FIN..][..32], fin);
            for (k, (secret, point)) in polynomial.iter().zip(&lie).enumerate() {
                put(round2, POLYNOMIAL + 32 * k, &encode(point));
                put(round2, proofs(2) + 72 * k + 8, &prove(&context, secret, point));
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgPolynomialPoints)));
    }
}

#[test]
fn check_ed_dkg_4_4_names_the_party_whose_polynomial_has_no_point() {
    switch();
    for k in 0..T {
        let outcomes = keygen_committed(2, |round2| put(round2, POLYNOMIAL + 32 * k, &NO_POINT));
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgPolynomialPoints)));
    }
}

#[test]
fn check_ed_dkg_4_5_names_the_party_that_does_not_prove_every_coefficient() {
    switch();
    for k in 0..T {
        let outcomes = keygen(2, |post| {
            if is(post, 1, 102) {
                add_one(&mut post.payload, proofs(2) + 72 * k + 40);
            }
        });
        assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgKnowsPolynomial)));
    }
}

#[test]
fn check_ed_dkg_4_6_names_the_dealer_of_what_does_not_open() {
    switch();
    // The mac.
    let outcomes = keygen_committed(2, |round2| round2[SEALED + 10] ^= 1);
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgShareOpens)));
}

#[test]
fn check_ed_dkg_4_7_names_the_dealer_of_no_scalar() {
    switch();
    let outcomes = keygen_with_share(&plus_order(owed().as_bytes()));
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgShareScalar)));
}

#[test]
fn check_ed_dkg_4_8_names_the_dealer_whose_share_is_off_its_polynomial() {
    switch();
    let outcomes = keygen_with_share(&(owed() + Scalar::ONE).to_bytes());
    assert_eq!(verdict(&outcomes, 0), Some(&blame(1, Check::DkgShareOnPolynomial)));
}

#[test]
fn check_ed_dkg_4_9_suspects_whoever_cancels_the_key() {
    switch();
    // A liar that knows my polynomial, which is the only way.
    let [mine, _] = drawn_by(0).polynomial;
    let [_, upper] = drawn_by(1).polynomial;
    let outcomes = keygen_with_polynomial([-mine, upper]);
    assert_eq!(verdict(&outcomes, 0), Some(&suspect(Check::DkgPublicKey, [1])));
}

#[test]
fn every_liar_of_a_round_is_named() {
    let outcomes = keygen(3, |post| {
        if post.to == p(0) && post.tag == 102 {
            post.payload[BLINDING] ^= 1;
        }
    });
    let [one, two] = [1, 2].map(|j| (p(j), Check::DkgOpensCommitment));
    assert_eq!(verdict(&outcomes, 0), Some(&quorate_core::Abort::Blame([one, two].into())));
}

#[test]
fn a_dealer_of_two_polynomials_leaves_shares_that_can_be_told_apart() {
    // The same constant term and the same chain code: the key is the same, and so is all that is kept beside it.
    let [_, upper] = drawn_by(1).polynomial;
    let other = (upper + Scalar::ONE).to_bytes();
    let mut parties = keygen::parties(3, 2, SEED);
    let mut rng = randomness(SEED, 1).choosing(3, other);
    let (session, outgoing) = dkg::Session::start(keygen::params(1, 3, 2), &mut rng);
    parties[1] = (session, outgoing, rng);
    let mut shown = BTreeMap::new();
    run(parties, 1, |post| {
        if post.from == p(1) {
            shown.insert(post.tag, post.payload.clone());
        }
    });

    let outcomes = keygen(3, |post| {
        if post.from == p(1) && post.to == p(2) {
            post.payload.clone_from(&shown[&post.tag]);
        }
    });
    let [honest, liar, deceived] = all_done(outcomes).try_into().unwrap();
    let kept =
        |new: &NewShare| (new.share.public_key(), new.share.chain_code(), new.share.key_id());
    assert_eq!(kept(&honest), kept(&deceived));
    assert_eq!(honest.public_shares, liar.public_shares);
    let mut views = honest.public_shares.iter().zip(&deceived.public_shares);
    assert!(views.all(|(one, other)| one != other));
}

#[test]
fn the_second_formulas_are_those_of_the_first() {
    // Nothing false is written, so nothing is noticed.
    let outcomes = keygen_committed(3, |_| {});
    assert!(outcomes.values().all(Result::is_ok));
    let outcomes = keygen_with_share(owed().as_bytes());
    assert!(outcomes.values().all(Result::is_ok));
    let outcomes = keygen_with_polynomial(drawn_by(1).polynomial);
    assert!(outcomes.values().all(Result::is_ok));
}
