//! What is kept, how long, and how much of it: with a clock of our own.

use std::time::{Duration, Instant};

use quorate_relay::mailbox::{
    Full, LIST_LIFETIME, Letter, Mailboxes, PartyList, Quotas, Stats, VALUE_LIFETIME, ValueKey,
};
use quorate_wire::relay_api::{MAX_PARTIES, Namespace, PartyId};

use crate::served::{namespace, pid, sid};

const MOMENT: Duration = Duration::from_millis(1);
const ALMOST_LIST_LIFETIME: Duration = LIST_LIFETIME.saturating_sub(MOMENT);
const ALMOST_VALUE_LIFETIME: Duration = VALUE_LIFETIME.saturating_sub(MOMENT);

fn letter(hash: &str, len: usize) -> Letter {
    Letter { hash: hash.to_owned(), json: vec![b'x'; len].into() }
}

fn quotas(mailbox: usize, session: usize, total: usize) -> Mailboxes {
    Mailboxes::new(Quotas { mailbox, session, total })
}

#[test]
fn lists_are_ordered_unions() {
    let (mut relay, now) = (Mailboxes::new(Quotas::default()), Instant::now());
    let s = sid("s");
    relay.enlist(now, &s, PartyList::Committee, &[pid("B"), pid("A"), pid("B")]).unwrap();
    relay.enlist(now, &s, PartyList::Committee, &[pid("A"), pid("C")]).unwrap();
    assert_eq!(relay.list(now, &s, PartyList::Committee), [pid("B"), pid("A"), pid("C")]);
    assert_eq!(relay.list(now, &s, PartyList::Participants), []);
    assert_eq!(relay.list(now, &sid("t"), PartyList::Committee), []);
}

#[test]
fn a_list_lives_five_minutes_after_its_last_write() {
    let (mut relay, start) = (Mailboxes::new(Quotas::default()), Instant::now());
    let s = sid("s");
    relay.enlist(start, &s, PartyList::Participants, &[pid("A")]).unwrap();
    let again = start + ALMOST_LIST_LIFETIME;
    relay.enlist(again, &s, PartyList::Participants, &[pid("A")]).unwrap();
    let (almost, end) = (again + ALMOST_LIST_LIFETIME, again + LIST_LIFETIME);
    assert_eq!(relay.list(almost, &s, PartyList::Participants), [pid("A")]);
    assert_eq!(relay.list(end, &s, PartyList::Participants), []);
}

#[test]
fn a_mailbox_lives_five_minutes_after_its_last_write_and_reading_is_none() {
    let (mut relay, start) = (Mailboxes::new(Quotas::default()), Instant::now());
    let key = (sid("s"), pid("B"), Namespace::default());
    let to = [pid("B")];
    relay.post(start, &key.0, &key.2, &to, &letter("1", 1)).unwrap();
    let again = start + ALMOST_LIST_LIFETIME;
    relay.post(again, &key.0, &key.2, &to, &letter("2", 2)).unwrap();
    let (almost, end) = (again + ALMOST_LIST_LIFETIME, again + LIST_LIFETIME);
    assert_eq!(relay.letters(almost, &key).len(), 2);
    assert_eq!(relay.letters(end, &key).len(), 0);
    assert_eq!(relay.stats(), Stats { expired: 1, ..Stats::default() });
}

#[test]
fn single_values_live_one_hour_after_they_were_stored() {
    let (mut relay, start) = (Mailboxes::new(Quotas::default()), Instant::now());
    let keys = [
        ValueKey::Setup(sid("s"), namespace("p-ecdsa")),
        ValueKey::Signature(sid("s"), Namespace::default()),
        ValueKey::Payload([7; 32]),
    ];
    for key in &keys {
        relay.store(start, key.clone(), b"value"[..].into()).unwrap();
    }
    let (almost, end) = (start + ALMOST_VALUE_LIFETIME, start + VALUE_LIFETIME);
    assert!(keys.iter().all(|key| relay.fetch(almost, key).is_some()));
    assert!(keys.iter().all(|key| relay.fetch(end, key).is_none()));
}

#[test]
fn everything_that_was_booked_is_given_back() {
    let (mut relay, start) = (Mailboxes::new(Quotas::default()), Instant::now());
    let (s, none) = (sid("s"), Namespace::default());
    let to = [pid("A"), pid("B"), pid("A")];
    relay.enlist(start, &s, PartyList::Participants, &to).unwrap();
    relay.enlist(start, &s, PartyList::Finished, &to).unwrap();
    for hash in ["1", "2", "2"] {
        relay.post(start, &s, &none, &to, &letter(hash, 1000)).unwrap();
    }
    let setup = ValueKey::Setup(s.clone(), none.clone());
    relay.store(start, setup.clone(), vec![0; 5000].into()).unwrap();
    relay.store(start, setup, vec![0; 10].into()).unwrap();
    relay.store(start, ValueKey::Payload([7; 32]), vec![0; 3000].into()).unwrap();
    let stats = relay.stats();
    assert_eq!((stats.sessions, stats.lists, stats.mailboxes, stats.values), (1, 2, 2, 2));
    assert!((7000..20_000).contains(&stats.bytes), "{stats:?}");

    relay.disband(start, &s, PartyList::Participants);
    let key = (s, pid("A"), none);
    relay.discard(start, &key, "1");
    assert_eq!(relay.letters(start, &key).len(), 1);
    relay.discard(start, &key, "no such");
    relay.discard(start, &key, "2");
    relay.discard(start, &key, "2");
    assert_eq!(relay.stats().mailboxes, 1);

    relay.expire(start + VALUE_LIFETIME);
    assert_eq!(relay.stats(), Stats { expired: 4, ..Stats::default() });
}

#[test]
fn mailboxes_are_told_apart_by_session_party_and_namespace() {
    let (mut relay, now) = (Mailboxes::new(Quotas::default()), Instant::now());
    let key = |s: &str, p: &str, n: &str| (sid(s), pid(p), namespace(n));
    relay.post(now, &sid("s"), &namespace("n"), &[pid("A")], &letter("1", 1)).unwrap();
    assert_eq!(relay.letters(now, &key("s", "A", "n")).len(), 1);
    for other in [key("t", "A", "n"), key("s", "B", "n"), key("s", "A", "")] {
        assert_eq!(relay.letters(now, &other).len(), 0, "{other:?}");
    }
}

#[test]
fn a_full_mailbox_takes_nothing_more_and_nobody_gets_half_a_message() {
    let (mut relay, now) = (quotas(4000, 1 << 20, 1 << 20), Instant::now());
    let (s, none) = (sid("s"), Namespace::default());
    relay.post(now, &s, &none, &[pid("B")], &letter("1", 2500)).unwrap();
    let both = [pid("C"), pid("B")];
    assert_eq!(relay.post(now, &s, &none, &both, &letter("2", 2500)), Err(Full::Mailbox));
    assert_eq!(relay.letters(now, &(s.clone(), pid("C"), none.clone())).len(), 0);
    // A duplicate needs no room, and a discarded message makes some.
    relay.post(now, &s, &none, &[pid("B")], &letter("1", 2500)).unwrap();
    relay.discard(now, &(s.clone(), pid("B"), none.clone()), "1");
    relay.post(now, &s, &none, &both, &letter("2", 2500)).unwrap();
}

#[test]
fn a_full_session_takes_nothing_more_while_others_go_on() {
    let (mut relay, now) = (quotas(1 << 20, 8000, 1 << 20), Instant::now());
    let (s, none) = (sid("s"), Namespace::default());
    let setup = |session: &str| ValueKey::Setup(sid(session), Namespace::default());
    relay.store(now, setup("s"), vec![0; 6000].into()).unwrap();
    let more = [pid("A")];
    assert_eq!(relay.post(now, &s, &none, &more, &letter("1", 2000)), Err(Full::Session));
    assert_eq!(relay.enlist(now, &s, PartyList::Committee, &names(100)), Err(Full::Session));
    let signature = ValueKey::Signature(s.clone(), none.clone());
    assert_eq!(relay.store(now, signature, vec![0; 2000].into()), Err(Full::Session));
    relay.store(now, setup("t"), vec![0; 6000].into()).unwrap();
    // What is overwritten makes room for what overwrites it.
    relay.store(now, setup("s"), vec![1; 6900].into()).unwrap();
    assert_eq!(relay.store(now, setup("s"), vec![2; 7100].into()), Err(Full::Session));
    assert_eq!(relay.fetch(now, &setup("s")).unwrap().first(), Some(&1));
}

#[test]
fn a_full_relay_has_room_again_when_something_expires() {
    let (mut relay, start) = (quotas(1 << 20, 1 << 20, 10_000), Instant::now());
    relay.post(start, &sid("s"), &Namespace::default(), &[pid("A")], &letter("1", 6000)).unwrap();
    let payload = ValueKey::Payload([7; 32]);
    assert_eq!(relay.store(start, payload.clone(), vec![0; 4000].into()), Err(Full::Relay));
    relay.store(start + LIST_LIFETIME, payload, vec![0; 4000].into()).unwrap();
}

#[test]
fn a_list_names_no_more_parties_than_a_setup_can() {
    let (mut relay, now) = (Mailboxes::new(Quotas::default()), Instant::now());
    let s = sid("s");
    relay.enlist(now, &s, PartyList::Participants, &names(MAX_PARTIES)).unwrap();
    relay.enlist(now, &s, PartyList::Participants, &[pid("name-0")]).unwrap();
    assert_eq!(relay.enlist(now, &s, PartyList::Participants, &[pid("X")]), Err(Full::List));
    assert_eq!(relay.list(now, &s, PartyList::Participants).len(), MAX_PARTIES);
}

fn names(count: usize) -> Vec<PartyId> {
    (0..count).map(|i| pid(&format!("name-{i}"))).collect()
}
