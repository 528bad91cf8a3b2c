use ed25519_dalek::{Signer as _, SigningKey};
use quorate_core::{Check as _, PartyIndex};

use super::items::{Items, put, tag};
use super::{Body, Check, MAX_LEN, Setup, SetupError, build};
use crate::frame::MessageId;
use crate::testing::{Script, damage, rng, strings, switch, unhex, unhex_array, vector};

const VECTORS: &[u8] = include_bytes!("../../../../vectors/dkls23/setup_messages.json.xz");

fn index(j: u8) -> PartyIndex {
    PartyIndex::new(j)
}

fn body_of_vector(case: &serde_json::Value) -> Option<Body> {
    let items = case["tlv"].as_array().unwrap();
    let all = |tag: &'static str| {
        items.iter().filter(move |item| item[0] == tag).map(|item| unhex(&item[1]))
    };
    let one = |tag| all(tag).next();
    let fixed = |tag| -> [u8; 32] { one(tag).unwrap().try_into().unwrap() };
    let indices = |tag| all(tag).map(|j| index(j[0])).collect();
    match &*one("0x00").unwrap() {
        b"DKG" => Some(Body::Dkg {
            threshold: one("0x01").unwrap()[0],
            key_id: one("0x04").map(|id| id.try_into().unwrap()),
        }),
        b"DSG" => Some(Body::Dsg {
            key_id: fixed("0x04"),
            path: String::from_utf8(one("0x21").unwrap()).unwrap(),
            hash: one("0x23").map(|hash| hash.try_into().unwrap()),
        }),
        b"QC" => Some(Body::Qc {
            key_id: fixed("0x04"),
            public_key: one("0x16").unwrap().try_into().unwrap(),
            old: indices("0x15"),
            new: indices("0x14"),
            threshold: one("0x01").unwrap()[0],
        }),
        _ => None,
    }
}

#[test]
fn setups_are_written_and_read_as_production_does() {
    let mut kinds = 0;
    for case in vector(VECTORS).as_array().unwrap() {
        let (bytes, names) = (unhex(&case["setup"]), strings(&case["party_names"]));
        let Some(body) = body_of_vector(case) else {
            let kind = String::from_utf8(unhex(&case["tlv"][0][1])).unwrap();
            let refused = Setup::parse(&bytes).unwrap_err();
            assert_eq!(
                refused.to_string(),
                format!("this version takes no part in a run of kind {kind}")
            );
            continue;
        };
        let read = Setup::parse(&bytes).unwrap();
        assert_eq!(read.instance(), unhex_array(&case["instance_id"]));
        assert_eq!(read.names(), names);
        assert_eq!(read.body(), &body);
        assert_eq!(read.index_of(&names[1]), Some(index(1)));
        assert_eq!(read.name_of(index(1)), Some(&*names[1]));
        assert_eq!(read.index_of("mallory"), None);

        let mut drawn = unhex(&case["instance_seed"]);
        for (seed, read) in case["party_seeds"].as_array().unwrap().iter().zip(read.seeds()) {
            assert_eq!(read.expose()[..], unhex(seed));
            drawn.extend(unhex(seed));
        }
        let written = build(body, &names, &mut Script(drawn)).unwrap();
        assert_eq!(hex::encode(written), hex::encode(&bytes), "{}", case["desc"]);
        kinds += 1;
    }
    assert_eq!(kinds, 5);
}

#[test]
fn message_ids_are_those_of_production() {
    for case in vector(VECTORS).as_array().unwrap() {
        let instance = unhex_array(&case["instance_id"]);
        let keys: Vec<[u8; 32]> =
            case["party_vk"].as_array().unwrap().iter().map(unhex_array).collect();
        for (name, id) in case["message_ids"].as_object().unwrap() {
            let (message_tag, way) = name.split_once(':').unwrap();
            let (from, to) = way.split_once("->").unwrap();
            let key = |j: &str| &keys[j.parse::<usize>().unwrap()];
            let to = (to != "*").then(|| key(to));
            let made = MessageId::new(message_tag.parse().unwrap(), key(from), to, &instance);
            assert_eq!(made.as_bytes()[..], unhex(id), "{name}");
        }
    }
}

/// A setup in pieces, to be put together wrongly.
struct Draft {
    instance: SigningKey,
    items: Vec<(u16, Vec<u8>)>,
    /// After the last item.
    rest: Vec<u8>,
}

impl Draft {
    fn of(body: Body, names: &[&str]) -> Self {
        let mut drawn = vec![7; 32];
        (1..=u8::try_from(names.len()).unwrap()).for_each(|j| drawn.extend([j; 32]));
        let bytes = build(body, names, &mut Script(drawn)).unwrap();
        let (items, rest) = Items::read(&bytes[36..bytes.len() - 64]);
        let items = items.into_iter().map(|(tag, value)| (tag, value.to_vec())).collect();
        Self { instance: SigningKey::from_bytes(&[7; 32]), items, rest: rest.to_vec() }
    }

    fn keygen() -> Self {
        Self::of(Body::Dkg { threshold: 2, key_id: None }, &["alice", "bobby", "carol"])
    }

    fn signing() -> Self {
        let body = Body::Dsg { key_id: [4; 32], path: "m/0".into(), hash: Some([5; 32]) };
        Self::of(body, &["alice", "bobby"])
    }

    fn change(old: &[u8], new: &[u8], names: &[&str]) -> Self {
        let list = |indices: &[u8]| indices.iter().copied().map(index).collect();
        let body = Body::Qc {
            key_id: [4; 32],
            public_key: [2; 33],
            old: list(&[0, 1]),
            new: list(&(0..u8::try_from(names.len()).unwrap()).collect::<Vec<_>>()),
            threshold: 2,
        };
        let mut draft = Self::of(body, names);
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
        Setup::parse(&self.signed()).map(|setup| setup.body().clone())
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
        Draft::change(&[0, 1], &[2, 0], &["alice", "bobby", "carol"]),
    ] {
        draft.verdict().unwrap();
    }
}

#[test]
fn every_check_has_its_own_id() {
    let ids: std::collections::BTreeSet<_> = Check::ALL.iter().map(|check| check.id()).collect();
    assert_eq!(ids.len(), Check::ALL.len());
    assert_eq!(Check::ALL.len(), 20);
}

#[test]
fn check_setup_1_1_refuses_a_setup_longer_than_any_honest_one() {
    switch();
    let filler = vec![0; 1 << 16];
    let draft = Draft::keygen().add(0x7777, &filler).add(0x7777, &filler);
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
fn check_setup_1_5_refuses_a_hash_that_is_no_digest() {
    switch();
    let draft = Draft::signing().set(tag::HASH, 0, &[5; 20]);
    assert_eq!(draft.verdict(), fails(Check::ItemsHaveTheirLength));
}

#[test]
fn check_setup_2_1_refuses_the_id_of_another_instance() {
    switch();
    let draft = Draft::keygen();
    let mut bytes = draft.unsigned();
    bytes[..32].copy_from_slice(MessageId::of_setup(&[9; 32]).as_bytes());
    let verdict = Setup::parse(&sign(bytes, &draft.instance)).map(|_| ());
    assert_eq!(verdict, Err(SetupError::Check(Check::IdNamesTheInstance)));
}

#[test]
fn check_setup_2_2_refuses_a_setup_signed_by_someone_else() {
    switch();
    let bytes = sign(Draft::keygen().unsigned(), &SigningKey::from_bytes(&[8; 32]));
    let verdict = Setup::parse(&bytes).map(|_| ());
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
    let draft = Draft::signing().without(tag::HASH_ALGORITHM);
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
fn a_missing_path_means_the_root() {
    let read = Draft::signing().without(tag::PATH).verdict().unwrap();
    assert!(matches!(read, Body::Dsg { path, .. } if path == "m"));
}

#[test]
fn a_missing_hash_is_told_apart_from_a_hash() {
    let read = Draft::signing().without(tag::HASH).without(tag::HASH_ALGORITHM).verdict().unwrap();
    assert!(matches!(read, Body::Dsg { hash: None, .. }));
}

#[test]
fn unknown_items_and_another_order_change_nothing() {
    let mut draft = Draft::keygen().add(0x7777, b"later");
    draft.items.reverse();
    let setup = Setup::parse(&draft.signed()).unwrap();
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
    let written = build(body, &["alice", "bobby", "carol"], &mut rng(1));
    assert_eq!(written, Err(SetupError::Check(Check::ThresholdIsPossible)));
    let long = "x".repeat(70_000);
    for name in [&*long, ""] {
        let body = Body::Dkg { threshold: 2, key_id: None };
        assert!(build(body, &["alice", name], &mut rng(1)).is_err());
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
    let shown = format!("{:?}", Setup::parse(&Draft::keygen().signed()).unwrap());
    assert!(shown.contains("alice") && shown.contains("Secret<"));
    assert!(!shown.contains("1, 1, 1, 1") && !shown.contains("0101"));
}

#[test]
fn damaged_setups_are_refused_without_a_panic() {
    let mut rng = rng(0x5e);
    for case in vector(VECTORS).as_array().unwrap() {
        let bytes = unhex(&case["setup"]);
        for len in 0..bytes.len() {
            assert!(Setup::parse(&bytes[..len]).is_err());
        }
        for _ in 0..300 {
            assert!(Setup::parse(&damage(&bytes, &mut rng)).is_err());
        }
    }
}

#[test]
fn damaged_but_signed_setups_do_not_panic_either() {
    let mut rng = rng(0x5f);
    for draft in [
        Draft::keygen(),
        Draft::signing(),
        Draft::change(&[0, 1], &[2, 0], &["alice", "bobby", "carol"]),
    ] {
        let bytes = draft.unsigned();
        for _ in 0..500 {
            let mut body = bytes[..36].to_vec();
            body.extend(damage(&bytes[36..], &mut rng));
            let _ = Setup::parse(&sign(body, &draft.instance));
        }
    }
}
