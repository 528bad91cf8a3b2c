mod recorded;

use ed25519_dalek::{Signer as _, SigningKey};
use quorate_core::{Check as _, PartyIndex};

use self::recorded::Recorded;
use super::items::{Items, put, tag};
use super::{Body, Check, MAX_LEN, PublicKey, Setup, SetupError, Suite, ToSign, build};
use crate::frame::MessageId;
use crate::testing::{Script, damage, rng, strings, switch, unhex, unhex_array, vector};

fn index(j: u8) -> PartyIndex {
    PartyIndex::new(j)
}

/// A setup in pieces, to be put together wrongly.
struct Draft {
    suite: Suite,
    instance: SigningKey,
    items: Vec<(u16, Vec<u8>)>,
    /// After the last item.
    rest: Vec<u8>,
}

impl Draft {
    fn of(suite: Suite, body: &Body, names: &[&str]) -> Self {
        let mut drawn = vec![7; 32];
        (1..=u8::try_from(names.len()).unwrap()).for_each(|j| drawn.extend([j; 32]));
        let bytes = build(suite, body, names, &mut Script(drawn)).unwrap();
        let (items, rest) = Items::read(&bytes[36..bytes.len() - 64]);
        let items = items.into_iter().map(|(tag, value)| (tag, value.to_vec())).collect();
        let instance = SigningKey::from_bytes(&[7; 32]);
        Self { suite, instance, items, rest: rest.to_vec() }
    }

    fn keygen() -> Self {
        Self::of(
            Suite::Ecdsa,
            &Body::Dkg { threshold: 2, key_id: None },
            &["alice", "bobby", "carol"],
        )
    }

    fn signing() -> Self {
        let to_sign = ToSign::Hash([5; 32]);
        let body = Body::Dsg { key_id: [4; 32], path: "m/0".into(), to_sign };
        Self::of(Suite::Ecdsa, &body, &["alice", "bobby"])
    }

    fn signing_a_message() -> Self {
        let to_sign = ToSign::Message(b"as it is".to_vec());
        let body = Body::Dsg { key_id: [4; 32], path: "m/0".into(), to_sign };
        Self::of(Suite::Eddsa, &body, &["alice", "bobby"])
    }

    fn finishing() -> Self {
        let body = Body::Fsg { presignature: [4; 32], hash: [5; 32] };
        Self::of(Suite::Ecdsa, &body, &["alice", "bobby"])
    }

    fn exporting() -> Self {
        let body = Body::Export { key_id: [4; 32], receiver_key: [6; 32] };
        Self::of(Suite::Ecdsa, &body, &["alice", "bobby"])
    }

    fn change(old: &[u8], new: &[u8], names: &[&str]) -> Self {
        let list = |indices: &[u8]| indices.iter().copied().map(index).collect();
        let body = Body::Qc {
            key_id: [4; 32],
            public_key: PublicKey::Ecdsa([2; 33]),
            old: list(&[0, 1]),
            new: list(&(0..u8::try_from(names.len()).unwrap()).collect::<Vec<_>>()),
            threshold: 2,
        };
        let mut draft = Self::of(Suite::Ecdsa, &body, names);
        draft.items.retain(|(t, _)| ![tag::OLD, tag::NEW, tag::RANK].contains(t));
        draft.items.extend(old.iter().map(|&j| (tag::OLD, vec![j])));
        draft.items.extend(new.iter().flat_map(|&j| [(tag::NEW, vec![j]), (tag::RANK, vec![0])]));
        draft
    }

    fn set(mut self, tag: u16, nth: usize, value: &[u8]) -> Self {
        self.items.iter_mut().filter(|(t, _)| *t == tag).nth(nth).unwrap().1 = value.to_vec();
        self
    }

    fn add(mut self, tag: u16, value: &[u8]) -> Self {
        self.items.push((tag, value.to_vec()));
        self
    }

    fn without(mut self, tag: u16) -> Self {
        let last = self.items.iter().rposition(|(t, _)| *t == tag).unwrap();
        self.items.remove(last);
        self
    }

    fn unsigned(&self) -> Vec<u8> {
        let mut out =
            MessageId::of_setup(&self.instance.verifying_key().to_bytes()).as_bytes().to_vec();
        out.extend([0x22, 0x01, 0, 0]);
        self.items.iter().for_each(|(tag, value)| put(&mut out, *tag, value));
        out.extend(&self.rest);
        out
    }

    fn signed(&self) -> Vec<u8> {
        sign(self.unsigned(), &self.instance)
    }

    /// What reading it comes to.
    fn verdict(&self) -> Result<Body, SetupError> {
        Setup::parse(self.suite, &self.signed()).map(|setup| setup.body().clone())
    }
}

fn sign(mut bytes: Vec<u8>, key: &SigningKey) -> Vec<u8> {
    let signature = key.sign(&bytes).to_bytes();
    bytes.extend(signature);
    bytes
}

fn fails(check: Check) -> Result<Body, SetupError> {
    Err(SetupError::Check(check))
}

#[test]
fn the_honest_drafts_are_accepted() {
    for draft in [
        Draft::keygen(),
        Draft::signing(),
        Draft::signing_a_message(),
        Draft::finishing(),
        Draft::exporting(),
        Draft::change(&[0, 1], &[2, 0], &["alice", "bobby", "carol"]),
    ] {
        draft.verdict().unwrap();
    }
}

#[test]
fn every_check_has_its_own_id() {
    let ids: std::collections::BTreeSet<_> = Check::ALL.iter().map(|check| check.id()).collect();
    assert_eq!(ids.len(), Check::ALL.len());
    assert_eq!(Check::ALL.len(), 21);
}

#[test]
fn check_setup_1_1_refuses_a_setup_longer_than_any_honest_one() {
    switch();
    let filler = vec![0; 1 << 16];
    let draft = (0..3).fold(Draft::keygen(), |draft, _| draft.add(0x7777, &filler));
    assert!(draft.signed().len() > MAX_LEN);
    assert_eq!(draft.verdict(), fails(Check::HasBoundedLength));
}

#[test]
fn check_setup_1_2_refuses_bytes_after_the_last_item() {
    switch();
    let draft = Draft { rest: vec![0x40], ..Draft::keygen() };
    assert_eq!(draft.verdict(), fails(Check::ItemsFillTheBody));
}

#[test]
fn check_setup_1_2_refuses_an_item_cut_short() {
    switch();
    let draft = Draft { rest: vec![0x77, 0x77, 9, 0, 1, 2, 3], ..Draft::keygen() };
    assert_eq!(draft.verdict(), fails(Check::ItemsFillTheBody));
}

#[test]
fn check_setup_1_3_refuses_a_second_threshold() {
    switch();
    let draft = Draft::keygen().add(tag::THRESHOLD, &[3]);
    assert_eq!(draft.verdict(), fails(Check::NoSingleItemTwice));
}

#[test]
fn check_setup_1_4_refuses_a_keygen_without_threshold() {
    switch();
    let draft = Draft::keygen().without(tag::THRESHOLD);
    assert_eq!(draft.verdict(), fails(Check::NothingRequiredIsMissing));
}

#[test]
fn check_setup_1_4_refuses_a_run_that_does_not_say_what_to_sign_or_for_whom() {
    switch();
    for draft in [
        Draft::signing_a_message().without(tag::TO_SIGN),
        Draft::finishing().without(tag::TO_SIGN),
        Draft::finishing().without(tag::HASHING),
        Draft::exporting().without(tag::RECEIVER_KEY),
        Draft::exporting().without(tag::KEY_ID),
    ] {
        assert_eq!(draft.verdict(), fails(Check::NothingRequiredIsMissing));
    }
}

#[test]
fn check_setup_1_5_refuses_a_hash_that_is_no_digest() {
    switch();
    for draft in [Draft::signing(), Draft::finishing()] {
        let draft = draft.set(tag::TO_SIGN, 0, &[5; 20]);
        assert_eq!(draft.verdict(), fails(Check::ItemsHaveTheirLength));
    }
}

#[test]
fn check_setup_1_5_refuses_a_key_of_the_other_curve() {
    switch();
    let draft = Draft::change(&[0, 1], &[0, 1], &["alice", "bobby"]);
    let draft = draft.set(tag::PUBLIC_KEY, 0, &[2; 32]);
    assert_eq!(draft.verdict(), fails(Check::ItemsHaveTheirLength));
}

#[test]
fn check_setup_2_1_refuses_the_id_of_another_instance() {
    switch();
    let draft = Draft::keygen();
    let mut bytes = draft.unsigned();
    bytes[..32].copy_from_slice(MessageId::of_setup(&[9; 32]).as_bytes());
    let verdict = Setup::parse(Suite::Ecdsa, &sign(bytes, &draft.instance)).map(|_| ());
    assert_eq!(verdict, Err(SetupError::Check(Check::IdNamesTheInstance)));
}

#[test]
fn check_setup_2_2_refuses_a_setup_signed_by_someone_else() {
    switch();
    let bytes = sign(Draft::keygen().unsigned(), &SigningKey::from_bytes(&[8; 32]));
    let verdict = Setup::parse(Suite::Ecdsa, &bytes).map(|_| ());
    assert_eq!(verdict, Err(SetupError::Check(Check::SignedByTheInstance)));
}

#[test]
fn check_setup_3_1_refuses_a_name_without_a_seed() {
    switch();
    let draft = Draft::signing().add(tag::NAME, b"carol");
    assert_eq!(draft.verdict(), fails(Check::ListsAgreeInLength));
}

#[test]
fn check_setup_3_1_refuses_a_party_without_a_rank() {
    switch();
    assert_eq!(Draft::keygen().without(tag::RANK).verdict(), fails(Check::ListsAgreeInLength));
}

#[test]
fn check_setup_3_2_refuses_a_party_that_would_sign_alone() {
    switch();
    let draft = Draft::signing().without(tag::NAME).without(tag::SEED);
    assert_eq!(draft.verdict(), fails(Check::PartiesCanMeet));
}

#[test]
fn check_setup_3_2_refuses_more_parties_than_an_index_can_count() {
    switch();
    let mut draft = Draft::signing();
    for j in 3..=256_u16 {
        let mut seed = [0; 32];
        seed[..2].copy_from_slice(&j.to_le_bytes());
        draft = draft.add(tag::NAME, format!("party-{j}").as_bytes()).add(tag::SEED, &seed);
    }
    assert_eq!(draft.verdict(), fails(Check::PartiesCanMeet));
}

#[test]
fn check_setup_3_3_refuses_names_that_a_screen_cannot_show() {
    switch();
    for name in [&b" "[..], b"a\x1b[2Jb", b"\xff\xfe", &[b'x'; 256]] {
        let draft = Draft::keygen().set(tag::NAME, 1, name);
        assert_eq!(draft.verdict(), fails(Check::NamesAreText), "{name:?}");
    }
}

#[test]
fn check_setup_3_4_refuses_two_parties_of_one_name() {
    switch();
    let draft = Draft::keygen().set(tag::NAME, 2, b"alice");
    assert_eq!(draft.verdict(), fails(Check::NamesAreDistinct));
}

#[test]
fn check_setup_3_5_refuses_two_parties_of_one_key() {
    switch();
    let draft = Draft::keygen().set(tag::SEED, 2, &[1; 32]);
    assert_eq!(draft.verdict(), fails(Check::SeedsAreDistinct));
}

#[test]
fn check_setup_3_6_refuses_a_rank() {
    switch();
    let draft = Draft::keygen().set(tag::RANK, 1, &[1]);
    assert_eq!(draft.verdict(), fails(Check::RanksAreZero));
}

#[test]
fn check_setup_4_1_refuses_a_threshold_of_one() {
    switch();
    let draft = Draft::keygen().set(tag::THRESHOLD, 0, &[1]);
    assert_eq!(draft.verdict(), fails(Check::ThresholdIsPossible));
}

#[test]
fn check_setup_4_1_refuses_a_threshold_that_nobody_reaches() {
    switch();
    let draft = Draft::keygen().set(tag::THRESHOLD, 0, &[4]);
    assert_eq!(draft.verdict(), fails(Check::ThresholdIsPossible));
    let draft = Draft::change(&[0, 1, 2], &[2, 0], &["alice", "bobby", "carol"]);
    let draft = draft.set(tag::THRESHOLD, 0, &[3]);
    assert_eq!(draft.verdict(), fails(Check::ThresholdIsPossible));
}

#[test]
fn check_setup_4_2_refuses_a_hash_of_no_algorithm() {
    switch();
    let draft = Draft::signing().without(tag::HASHING);
    assert_eq!(draft.verdict(), fails(Check::HashComesWithItsAlgorithm));
}

#[test]
fn check_setup_4_3_refuses_a_path_in_other_letters() {
    switch();
    let draft = Draft::signing().set(tag::PATH, 0, "m/٤٤".as_bytes());
    assert_eq!(draft.verdict(), fails(Check::PathIsAscii));
}

#[test]
fn check_setup_4_4_refuses_an_index_beyond_the_parties() {
    switch();
    let draft = Draft::change(&[0, 1, 3], &[0, 1, 2], &["alice", "bobby", "carol"]);
    assert_eq!(draft.verdict(), fails(Check::IndicesAreParties));
}

#[test]
fn check_setup_4_5_refuses_one_party_twice_among_the_new() {
    switch();
    let draft = Draft::change(&[0, 1], &[0, 1, 2, 2], &["alice", "bobby", "carol"]);
    assert_eq!(draft.verdict(), fails(Check::IndicesAreDistinct));
}

#[test]
fn check_setup_4_6_refuses_a_change_by_one_old_party() {
    switch();
    let draft = Draft::change(&[0], &[0, 1, 2], &["alice", "bobby", "carol"]);
    assert_eq!(draft.verdict(), fails(Check::TwoOldPartiesAtLeast));
}

#[test]
fn check_setup_4_7_refuses_a_party_with_nothing_to_do() {
    switch();
    let draft = Draft::change(&[0, 1], &[0, 1], &["alice", "bobby", "carol"]);
    assert_eq!(draft.verdict(), fails(Check::EveryPartyHasAPart));
}

#[test]
fn check_setup_4_8_refuses_a_message_that_somebody_might_hash_first() {
    switch();
    for hashing in [0, 1, 2, 3, 0xff] {
        let draft = Draft::signing_a_message().set(tag::HASHING, 0, &[hashing]);
        assert_eq!(draft.verdict(), fails(Check::MessageIsSignedAsItIs));
    }
}

#[test]
fn the_longest_message_and_the_longest_names_fit() {
    let to_sign = ToSign::Message(vec![1; 1 << 16]);
    let body = Body::Dsg { key_id: [4; 32], path: "m".repeat(255), to_sign };
    let names: Vec<String> = (0..255).map(|j| format!("{j:0255}")).collect();
    let bytes = build(Suite::Eddsa, &body, &names, &mut rng(1)).unwrap();
    assert_eq!(Setup::parse(Suite::Eddsa, &bytes).unwrap().body(), &body);
}

#[test]
fn a_setup_is_written_for_the_suite_of_its_body_only() {
    let names = ["alice", "bobby"];
    let dsg = |to_sign| Body::Dsg { key_id: [4; 32], path: "m".into(), to_sign };
    let qc = |public_key| {
        let all = || vec![index(0), index(1)];
        Body::Qc { key_id: [4; 32], public_key, old: all(), new: all(), threshold: 2 }
    };
    for (suite, body) in [
        (Suite::Eddsa, dsg(ToSign::Nothing)),
        (Suite::Eddsa, dsg(ToSign::Hash([5; 32]))),
        (Suite::Ecdsa, dsg(ToSign::Message(vec![5; 31]))),
        (Suite::Ecdsa, dsg(ToSign::Message(vec![5; 32]))),
        (Suite::Eddsa, Body::Fsg { presignature: [4; 32], hash: [5; 32] }),
        (Suite::Eddsa, qc(PublicKey::Ecdsa([2; 33]))),
        (Suite::Ecdsa, qc(PublicKey::Eddsa([2; 32]))),
    ] {
        assert!(build(suite, &body, &names, &mut rng(1)).is_err());
    }
}

#[test]
fn a_hard_derivation_and_what_the_suite_does_not_have_are_refused_by_name() {
    for (draft, kind) in [
        (Draft::signing().set(tag::KIND, 0, b"HD"), "HD"),
        (Draft { suite: Suite::Eddsa, ..Draft::finishing() }, "FSG"),
    ] {
        let refused = draft.verdict().unwrap_err().to_string();
        assert_eq!(refused, format!("this version takes no part in a run of kind {kind}"));
    }
}

#[test]
fn a_missing_path_means_the_root() {
    let read = Draft::signing().without(tag::PATH).verdict().unwrap();
    assert!(matches!(read, Body::Dsg { path, .. } if path == "m"));
}

#[test]
fn a_missing_hash_is_told_apart_from_a_hash() {
    let read = Draft::signing().without(tag::TO_SIGN).without(tag::HASHING).verdict().unwrap();
    assert!(matches!(read, Body::Dsg { to_sign: ToSign::Nothing, .. }));
}

#[test]
fn unknown_items_and_another_order_change_nothing() {
    let mut draft = Draft::keygen().add(0x7777, b"later");
    draft.items.reverse();
    let setup = Setup::parse(draft.suite, &draft.signed()).unwrap();
    assert_eq!(setup.names(), ["carol", "bobby", "alice"]);
}

#[test]
fn an_unknown_kind_is_named_even_if_it_is_not_text() {
    let draft = Draft::keygen().set(tag::KIND, 0, b"\x1b[HD");
    let message = draft.verdict().unwrap_err().to_string();
    assert_eq!(message, "this version takes no part in a run of kind \\x1b[HD");
}

#[test]
fn what_would_be_refused_is_not_written() {
    let body = Body::Dkg { threshold: 4, key_id: None };
    let written = build(Suite::Ecdsa, &body, &["alice", "bobby", "carol"], &mut rng(1));
    assert_eq!(written, Err(SetupError::Check(Check::ThresholdIsPossible)));
    let long = "x".repeat(70_000);
    for name in [&*long, ""] {
        let body = Body::Dkg { threshold: 2, key_id: None };
        assert!(build(Suite::Ecdsa, &body, &["alice", name], &mut rng(1)).is_err());
    }
}

#[test]
fn a_refusal_says_what_is_wrong_and_where_that_is_written() {
    let refused = Draft::keygen().set(tag::NAME, 2, b"alice").verdict().unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the setup message is not acceptable: names no two parties alike (SETUP 3.4)"
    );
}

#[test]
fn a_setup_never_prints_a_seed() {
    let shown = format!("{:?}", Setup::parse(Suite::Ecdsa, &Draft::keygen().signed()).unwrap());
    assert!(shown.contains("alice") && shown.contains("Secret<"));
    assert!(!shown.contains("1, 1, 1, 1") && !shown.contains("0101"));
}

#[test]
fn damaged_setups_are_refused_without_a_panic() {
    let mut rng = rng(0x5e);
    for (Recorded { bytes, .. }, _) in Recorded::ecdsa() {
        for suite in [Suite::Ecdsa, Suite::Eddsa] {
            for len in 0..bytes.len() {
                assert!(Setup::parse(suite, &bytes[..len]).is_err());
            }
            for _ in 0..300 {
                assert!(Setup::parse(suite, &damage(&bytes, &mut rng)).is_err());
            }
        }
    }
}

#[test]
fn damaged_but_signed_setups_do_not_panic_either() {
    let mut rng = rng(0x5f);
    for draft in [
        Draft::keygen(),
        Draft::signing(),
        Draft::signing_a_message(),
        Draft::finishing(),
        Draft::exporting(),
        Draft::change(&[0, 1], &[2, 0], &["alice", "bobby", "carol"]),
    ] {
        let bytes = draft.unsigned();
        for _ in 0..500 {
            let mut body = bytes[..36].to_vec();
            body.extend(damage(&bytes[36..], &mut rng));
            let _ = Setup::parse(draft.suite, &sign(body, &draft.instance));
        }
    }
}
