//! Devices that say no, vanish, come uninvited, or may not.

use quorate_vault::ceremony::{Decision, Event};
use quorate_vault::failure::Kind;
use quorate_vault::store::{Ban, Change, Store, Timestamp};
use quorate_wire::relay_api::Namespace;

use super::band::Band;

#[test]
fn a_refusal_is_named_on_every_other_device() {
    let mut band = Band::new("refuse", &["A", "B", "C"], 21);
    band.begin_keygen(&["A", "B", "C"]);
    let c = band.index("C");
    band.world.devices[c].says = Decision::Refuse;
    band.world.run(100_000);
    assert_eq!(band.failure("C").kind, Kind::Declined);
    for name in ["A", "B"] {
        let failure = band.failure(name);
        assert_eq!(failure.kind, Kind::RefusedByPeer, "{failure:?}");
        assert_eq!(failure.aborted_by.as_deref(), Some("C"));
        assert!(band.vault(name).is_none());
    }
}

#[test]
fn consent_shows_what_each_device_understood() {
    let mut band = Band::new("consent", &["A", "B"], 22);
    band.keygen(&["A", "B"]);
    band.keysign(&["A", "B"], [0xab; 32]);
    for name in ["A", "B"] {
        let device = &band.world.devices[band.index(name)];
        let [request] = device.asked.as_slice() else {
            panic!("asked {} times", device.asked.len())
        };
        assert_eq!(request.ceremony, "keysign");
        assert_eq!(request.committee, ["A", "B"]);
        assert!(request.proposal.is_blind());
        assert!(
            request.lines().iter().any(|line| line.contains(&"ab".repeat(32))),
            "{:?}",
            request.lines()
        );
    }
}

#[test]
fn a_device_that_vanishes_at_any_moment_is_named_and_nothing_is_lost() {
    // B dies after its k-th turn: from the lobby through every round to the end.
    let mut reached = Vec::new();
    for k in (1..40).step_by(2) {
        let mut band = Band::new(&format!("vanish-{k}"), &["A", "B", "C"], 1000 + k);
        band.begin_keygen(&["A", "B", "C"]);
        let b = band.index("B");
        for _ in 0..k {
            band.world.run(100);
        }
        if band.world.devices[b].outcome.is_some() {
            break;
        }
        band.world.devices[b].dead = true;
        band.world.run(2_000_000);
        for name in ["A", "C"] {
            match band.outcome(name) {
                Ok(_) => assert!(band.active(name).is_some()),
                Err(failure) => {
                    assert!(
                        matches!(failure.kind, Kind::Silent | Kind::RefusedByPeer | Kind::Aborted),
                        "{failure:?}"
                    );
                    reached.push(failure.message.clone());
                }
            }
        }
    }
    assert!(reached.iter().any(|message| message.starts_with("B was silent")), "{reached:#?}");
    assert!(reached.len() > 4, "{reached:#?}");
}

#[test]
fn an_initiator_that_vanishes_in_a_full_lobby_is_named() {
    let mut band = Band::new("no-start", &["A", "B", "C"], 30);
    band.begin_keygen(&["A", "B", "C"]);
    let a = band.index("A");
    band.world.devices[a].dead = true;
    band.world.run(400_000);
    // Whose patience ends first says so; the other one hears that it left.
    let failures = ["B", "C"].map(|name| band.failure(name));
    assert!(
        failures.iter().any(|failure| {
            failure.kind == Kind::Silent && failure.message.contains("A did not start")
        }),
        "{failures:#?}"
    );
}

#[test]
fn more_devices_than_asked_for_end_the_keygen_by_name() {
    let mut band = Band::new("surplus", &["A", "B", "C"], 23);
    band.begin_keygen(&["A", "B"]);
    band.world.relay.participants = vec!["A".into(), "B".into(), "intruder".into()];
    band.world.run(100_000);
    let failure = band.failure("A");
    assert_eq!(failure.kind, Kind::Surplus);
    assert!(failure.message.contains("intruder"), "{}", failure.message);
}

#[test]
fn a_link_without_its_initiator_expires() {
    let mut band = Band::new("expired", &["A", "B"], 24);
    band.begin_keygen(&["A", "B"]);
    let a = band.index("A");
    band.world.devices[a].dead = true;
    band.world.relay.participants.clear();
    band.world.run(60_000);
    assert_eq!(band.failure("B").kind, Kind::NotFound);
}

#[test]
fn a_device_does_not_join_its_own_link() {
    let mut band = Band::new("own-link", &["A", "B"], 25);
    band.keygen(&["A", "B"]);
    let link = band.begin_keysign(&["A"], [3; 32]).unwrap();
    band.world.run(500);
    let a = band.index("A");
    band.world.devices[a].ceremony = None;
    band.join("A", &link).unwrap();
    band.world.run(60_000);
    let failure = band.failure("A");
    assert_eq!(failure.kind, Kind::Invalid, "{failure:?}");
}

#[test]
fn a_setup_with_another_digest_is_not_signed() {
    let mut band = Band::new("other-digest", &["A", "B"], 26);
    band.keygen(&["A", "B"]);
    // A asks in its link for one digest; what it would have signed is swapped by answering from another ceremony.
    let link = band.begin_keysign(&["A"], [1; 32]).unwrap();
    let mut other = quorate_wire::link::Link::parse(&link).unwrap();
    if let quorate_wire::link::Link::Keysign(keysign) = &mut other {
        keysign.quorate.as_mut().unwrap().digests = vec![[2; 32]];
    }
    band.join("B", &other.to_url()).unwrap();
    // Both slots exist under the digest each device computed: B never finds a setup for its own digest.
    band.world.run(400_000);
    assert!(band.outcome("A").is_err());
    assert!(band.outcome("B").is_err());
}

#[test]
fn a_banned_device_is_refused_until_a_reshare() {
    let mut band = Band::new("banned", &["A", "B", "C"], 27);
    band.keygen(&["A", "B", "C"]);
    let fsid = band.active("A").unwrap().fsid;
    let a = band.index("A");
    let ban = Ban { fsid, party: "B".into(), check: "RVOLE 3.3".into(), at: Timestamp(1) };
    band.world.devices[a].store.commit(Change::Ban(ban)).unwrap();
    let refused = band.keysign(&["A", "B"], [5; 32]).remove(0).unwrap_err();
    assert_eq!(refused.kind, Kind::Forbidden, "{refused:?}");
    assert!(refused.message.contains("B is banned"), "{}", refused.message);
    assert!(band.can_sign(&["A", "C"]));
    band.reshare(&["A", "B", "C"], &[]);
    assert!(band.can_sign(&["A", "B"]));
}

#[test]
fn forged_frames_do_not_disturb_a_ceremony() {
    let mut band = Band::new("forged", &["A", "B"], 28);
    band.begin_keygen(&["A", "B"]);
    let mut flip = 0_u8;
    band.world.tamper = Box::new(move |_: &Namespace, message| {
        flip = flip.wrapping_add(1);
        Some(message)
    });
    // Whoever does not hold the session's key can only add noise.
    for party in ["A", "B"] {
        let noise = quorate_wire::relay_api::Message {
            session_id: quorate_wire::relay_api::SessionId::parse("x").unwrap(),
            from: quorate_wire::relay_api::PartyId::parse(if party == "A" { "B" } else { "A" })
                .unwrap(),
            to: vec![quorate_wire::relay_api::PartyId::parse(party).unwrap()],
            body: "bm9pc2U=".into(),
            hash: "00".into(),
            sequence_no: 0,
        };
        band.world.relay.mailboxes.insert((party.into(), Namespace::default()), vec![noise]);
    }
    band.world.run(100_000);
    assert!(band.active("A").is_some() && band.active("B").is_some());
}

#[test]
fn an_interrupted_device_tells_the_others() {
    let mut band = Band::new("interrupt", &["A", "B"], 29);
    band.keygen(&["A", "B"]);
    band.begin_keysign(&["A", "B"], [9; 32]).unwrap();
    band.world.run(300);
    let b = band.index("B");
    let now = band.world.now;
    let mut ceremony = band.world.devices[b].ceremony.take().unwrap();
    ceremony.interrupt(now, &mut super::band::rng(1));
    band.world.perform(b, &mut ceremony);
    band.world.devices[b].dead = true;
    band.world.run(400_000);
    let failure = band.failure("A");
    assert!(failure.message.contains('B'), "{failure:?}");
    assert!(
        band.world.devices[b].events.iter().all(|event| !matches!(event, Event::Banned { .. }))
    );
}

/// A device whose oblivious-transfer state is not what its peer holds answers a multiplication wrongly. The peer
/// cannot tell that from a device that probes for secrets: it bans it, durably, before it reports.
#[test]
fn a_device_that_fails_a_banning_check_is_banned_before_it_is_reported() {
    let mut band = Band::new("ban", &["A", "B"], 30);
    band.keygen(&["A", "B"]);
    let honest = band.active("B").unwrap();
    band.spoil_transfers("B");

    band.begin_keysign(&["A", "B"], [6; 32]).unwrap();
    band.world.run(400_000);
    let failure = band.failure("A");
    assert_eq!(failure.kind, Kind::Aborted, "{failure:?}");
    let [blamed] = failure.blamed.as_slice() else { panic!("{failure:?}") };
    assert_eq!(blamed.party, "B");
    assert_eq!(blamed.consequence, quorate_vault::failure::Consequence::Ban);

    band.restart("A");
    let bans = band.world.devices[band.index("A")].store.bans(honest.fsid).unwrap();
    assert_eq!(bans.len(), 1);
    assert_eq!(bans[0].party, "B");
    assert_eq!(bans[0].check, blamed.check);
    let refused = band.keysign(&["A", "B"], [7; 32]).remove(0).unwrap_err();
    assert_eq!(refused.kind, Kind::Forbidden, "{refused:?}");
}
