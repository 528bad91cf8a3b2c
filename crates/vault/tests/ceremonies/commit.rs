//! The two-step commit: split views, and a crash or a failing disk at every store call.

use quorate_store::faults::Fault;
use quorate_vault::ceremony::Suite;
use quorate_vault::certificate;
use quorate_vault::failure::Kind;
use quorate_vault::store::State;
use quorate_wire::commit::Prep;
use quorate_wire::relay_api::Namespace;

use super::band::Band;

#[test]
fn devices_that_hold_different_sharings_activate_nothing() {
    let mut band = Band::new("views", &["A", "B", "C"], 31);
    band.begin_keygen(&["A", "B", "C"]);
    // B tells C another digest than it tells A: a lie in the one message that is not a protocol frame.
    let key = {
        let a = band.index("A");
        let ceremony = band.world.devices[a].ceremony.as_ref().unwrap();
        quorate_wire::seal::SessionKey::from_hex(&ceremony.meeting().key.to_hex()).unwrap()
    };
    let mut rng = super::band::rng(3);
    band.world.tamper = Box::new(move |namespace, mut message| {
        if *namespace == Namespace::commit()
            && message.from.as_str() == "B"
            && message.to[0].as_str() == "C"
        {
            message.body = key.seal(&Prep { staged: [9; 32] }.to_json(), &mut rng);
        }
        Some(message)
    });
    band.world.run(400_000);
    let failure = band.failure("C");
    assert_eq!(failure.kind, Kind::ViewsDiffer);
    assert!(failure.blamed.is_empty() && failure.suspects.is_empty());
    for name in ["A", "B", "C"] {
        assert!(band.active(name).is_none(), "{name} activated");
    }
}

#[test]
fn a_vote_that_was_cut_short_is_finished_with_resume() {
    let mut band = Band::new("resume", &["A", "B", "C"], 32);
    band.begin_keygen(&["A", "B", "C"]);
    cut_when_all_voted(&mut band, &["A", "B", "C"]);
    for name in ["A", "B", "C"] {
        band.restart(name);
        assert_eq!(band.vault(name).unwrap().pending().unwrap().state, State::Voted);
    }
    band.begin_resume(&["B", "C"]).unwrap();
    band.world.run(100_000);
    assert!(band.active("B").is_some(), "{:?}", band.outcome("B"));
    assert!(band.active("C").is_some(), "{:?}", band.outcome("C"));
    // A learns of it when it next meets one of them.
    assert!(band.active("A").is_none());
    assert!(band.can_sign(&["B", "A"]));
    assert!(band.active("A").is_some());
}

#[test]
fn a_member_that_holds_the_certificate_brings_it_to_a_resume() {
    let mut band = Band::new("bring", &["A", "B", "C"], 33);
    band.begin_keygen(&["A", "B", "C"]);
    cut_when_all_voted(&mut band, &["A", "B", "C"]);
    for name in ["A", "B", "C"] {
        band.restart(name);
    }
    band.begin_resume(&["B", "C"]).unwrap();
    band.world.run(100_000);
    band.begin_resume(&["A", "B"]).unwrap();
    band.world.run(100_000);
    assert!(band.active("A").is_some(), "{:?}", band.outcome("A"));
    assert!(band.outcome("B").is_ok(), "{:?}", band.outcome("B"));
}

fn cut_when_all_voted(band: &mut Band, names: &[&str]) {
    for _ in 0..2_000 {
        band.world.run(100);
        let voted = names.iter().filter(|name| {
            let pending = band.vault(name).and_then(|vault| vault.pending().cloned());
            pending.is_some_and(|sharing| sharing.state == State::Voted)
        });
        if voted.count() == names.len() {
            return;
        }
    }
    panic!("not everybody voted");
}

/// COMMIT 4.3: whichever signing of the vote fails, no key reaches the new epoch, and both do when it is resumed.
#[test]
fn a_vote_that_fails_with_either_key_leaves_both_keys_in_the_old_epoch() {
    for (test, fails) in [("fail-eddsa", Suite::Eddsa), ("fail-ecdsa", Suite::Ecdsa)] {
        let mut band = Band::new(test, &["A", "B", "C"], 34);
        band.keygen(&["A", "B", "C"]);
        band.begin_reshare(&["A", "B", "C"], &[], None).unwrap();
        let staged = loop {
            band.world.run(100);
            if let Some(staged) = band.vault("A").unwrap().pending() {
                break staged.digest.unwrap();
            }
        };
        let lost = match fails {
            Suite::Eddsa => Namespace::of_message(&certificate::preimage(&staged)),
            Suite::Ecdsa => Namespace::of_message(&certificate::message(&staged)),
        };
        band.world.tamper = Box::new(move |namespace, message| {
            (*namespace != lost || message.from.as_str() != "B").then_some(message)
        });
        band.world.run(1_000_000);
        let certificate = Namespace::of_message(&certificate::message(&staged));
        assert!(!band.world.relay.results.contains_key(&certificate), "{test}");
        band.world.tamper = Box::new(|_, message| Some(message));
        for name in ["A", "B", "C"] {
            band.restart(name);
            assert_eq!(band.active(name).unwrap().epoch, 1, "{test}: {name}");
            assert_eq!(band.vault(name).unwrap().pending().unwrap().state, State::Voted);
        }
        assert!(band.can_sign(&["A", "B"]), "{test}: with the old shares of both keys");
        band.begin_resume(&["C", "A"]).unwrap();
        band.world.run(100_000);
        assert_eq!(band.active("A").unwrap().epoch, 2, "{test}: {:?}", band.outcome("A"));
        assert!(band.can_sign(&["C", "B"]), "{test}: with the new shares of both keys");
        assert_eq!(band.active("B").unwrap().epoch, 2);
    }
}

/// COMMIT 6: one device dies at any moment of a reshare, between its store calls too.
#[test]
fn a_quorum_can_sign_whatever_moment_a_device_dies_at() {
    let names = ["A", "B", "D"];
    let mut base = Band::new("moments", &["A", "B", "C", "D"], 41);
    base.keygen(&["A", "B", "C"]);
    for moment in (2..60).step_by(3) {
        let test = format!("moment-{moment}");
        let mut band = base.copy(&test, &["A", "B", "C", "D"]);
        band.begin_reshare(&names, &["C"], Some(3)).unwrap();
        band.world.run(moment * 100);
        let b = band.index("B");
        let over = band.world.devices[b].outcome.is_some();
        band.world.devices[b].dead = true;
        band.world.run(1_200_000);
        assert!(a_quorum_signs(&mut band, &names, &["A", "B"]), "{test}");
        if over {
            return;
        }
    }
    panic!("the reshare never ended");
}

/// What must hold after anything: some quorum signs, of the old sharing or of the new one, if need be after a
/// resume.
fn a_quorum_signs(band: &mut Band, names: &[&str], old: &[&str]) -> bool {
    for name in names {
        band.restart(name);
    }
    let voted: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| {
            let pending = band.vault(name).and_then(|vault| vault.pending().cloned());
            pending.is_some_and(|sharing| sharing.state == State::Voted)
        })
        .collect();
    let certified: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| band.active(name).is_some_and(|sharing| sharing.epoch == 2))
        .collect();
    if certified.is_empty() && band.can_sign(old) {
        return true;
    }
    if let Some(&first) = certified.first() {
        // One certificate convinces every other member that voted.
        let others: Vec<&str> = names.iter().copied().filter(|name| *name != first).collect();
        let quorum: Vec<&str> = core::iter::once(first).chain(others).take(3).collect();
        return band.can_sign(&quorum);
    }
    if voted.len() >= 3 && band.begin_resume(&voted).is_ok() {
        band.world.run(400_000);
        return band.can_sign(&voted);
    }
    false
}

/// COMMIT 6: one device dies, or its disk fails, at each of its store calls during a reshare.
#[test]
fn a_quorum_can_sign_whatever_store_call_a_device_dies_at() {
    let names = ["A", "B", "D"];
    let mut base = Band::new("sweep-count", &["A", "B", "C", "D"], 40);
    base.keygen(&["A", "B", "C"]);
    let mut reached = 0;
    for victim in ["A", "D"] {
        for fault in [Fault::CrashBefore, Fault::CrashAfter, Fault::Full] {
            for call in 1..40_u64 {
                let test = format!("sweep-{victim}-{fault:?}-{call}");
                let mut band = base.copy(&test, &["A", "B", "C", "D"]);
                band.plan(victim, Some((call, fault)));
                // A fault before the ceremony began is a refused command: nothing to show.
                if band.begin_reshare(&names, &["C"], Some(3)).is_err() {
                    continue;
                }
                band.world.run(1_200_000);
                let struck = band.calls(victim) >= call;
                if !struck {
                    break;
                }
                reached += 1;
                assert!(a_quorum_signs(&mut band, &names, &["A", "B"]), "{test}");
            }
        }
    }
    assert!(reached >= 18, "only {reached} crash points");
}
