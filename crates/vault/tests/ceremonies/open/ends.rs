//! The end: who is done, who never says so, and who leaves.

use quorate_vault::ceremony::{Decision, reshare};
use quorate_vault::failure::{Kind, Remedy};
use quorate_vault::store::{Change, State, Store};

use super::super::world::{Completes, Habits};
use super::{
    SEQUENTIAL, accustom, all_hold, band, begin_keygen, begin_reshare, keygen,
    reshare as share_anew, sign,
};

#[test]
fn a_device_that_says_late_that_it_is_done_is_waited_for() {
    let mut band = band("late", &["A", "P"], 204);
    accustom(&mut band, "P", Habits { completes: Completes::Late(50_000), ..Habits::PHONE });
    begin_keygen(&mut band, &["A", "P"], SEQUENTIAL);
    band.world.run(30_000);
    assert_eq!(band.vault("A").unwrap().pending().unwrap().state, State::Staged);
    assert!(band.active("A").is_none(), "it signs with nothing that the others may not have");
    band.world.run(60_000);
    all_hold(&band, &["A", "P"], 1);
}

/// COMMIT 7.4 to 7.6.
#[test]
fn until_every_member_is_done_the_old_sharing_signs_and_then_the_person_decides() {
    for discards in [false, true] {
        let mut band = band(&format!("never-{discards}"), &["A", "P"], 205);
        keygen(&mut band, &["A", "P"], SEQUENTIAL);
        accustom(&mut band, "P", Habits { completes: Completes::Never, ..Habits::PHONE });
        begin_reshare(&mut band, &["A", "P"], &[], SEQUENTIAL).unwrap();
        let p = band.index("P");
        for _ in 0..2_000 {
            band.world.run(100);
            // P's app is closed as soon as it has the new shares.
            if discards && band.vault("P").unwrap().pending().is_some() {
                band.world.devices[p].dead = true;
            }
        }
        let failure = band.failure("A");
        assert_eq!((failure.kind, failure.suspects.as_slice()), (Kind::Silent, &["P".into()][..]));
        assert_eq!(failure.hint, Remedy::AdoptOrDiscard);
        let vault = band.vault("A").unwrap();
        assert_eq!(vault.active().unwrap().epoch, 1);
        let staged = vault.pending().unwrap().fsid;

        band.restart("P");
        accustom(&mut band, "P", Habits::PHONE);
        let refused = begin_reshare(&mut band, &["A", "P"], &[], SEQUENTIAL).unwrap_err();
        assert_eq!(refused.kind, Kind::Forbidden, "{refused:?}");
        assert_eq!(refused.hint, Remedy::ResumeOrDiscard);
        assert_eq!(reshare::discardable(&vault).unwrap().fsid, staged);
        let a = band.index("A");
        if discards {
            // Nobody uses it: what was in use before is as good as ever, here and there.
            for device in [a, p] {
                band.world.devices[device].store.commit(Change::Discard(staged)).unwrap();
            }
            sign(&mut band, &["A", "P"]);
            share_anew(&mut band, &["A", "P"], SEQUENTIAL, 2);
        } else {
            // P has seen that A is done, and uses it.
            assert_eq!(band.active("P").unwrap().fsid, staged);
            band.world.devices[a].store.commit(Change::Adopt(staged)).unwrap();
        }
        sign(&mut band, &["P", "A"]);
    }
}

#[test]
fn what_may_not_be_discarded_says_why() {
    let mut band = band("discard", &["A", "B", "P"], 206);
    keygen(&mut band, &["A", "B"], SEQUENTIAL);
    let nothing = reshare::discardable(&band.vault("A").unwrap()).unwrap_err();
    assert_eq!(nothing.kind, Kind::NotFound);
    // All that there is.
    let mut fresh = super::band("discard-all", &["A", "P"], 207);
    accustom(&mut fresh, "P", Habits { completes: Completes::Never, ..Habits::PHONE });
    begin_keygen(&mut fresh, &["A", "P"], SEQUENTIAL);
    fresh.world.run(200_000);
    let only = reshare::discardable(&fresh.vault("A").unwrap()).unwrap_err();
    assert_eq!(only.kind, Kind::Forbidden);
    assert_eq!(only.hint, Remedy::ForgetIfNobodyHasIt);
}

#[test]
fn a_phone_that_leaves_without_a_word_is_named_and_nothing_is_kept_of_half_a_ceremony() {
    for k in [8, 13, 18] {
        let mut band = band(&format!("leaves-{k}"), &["A", "B", "P"], 208 + k);
        begin_keygen(&mut band, &["A", "B", "P"], SEQUENTIAL);
        for _ in 0..k {
            band.world.run(100);
        }
        let p = band.index("P");
        band.world.devices[p].dead = true;
        band.world.run(2_000_000);
        let failures = ["A", "B"].map(|name| band.failure(name));
        assert!(failures.iter().any(|failure| failure.suspects == ["P"]), "{k}: {failures:#?}");
        for name in ["A", "B"] {
            assert!(band.vault(name).is_none(), "{k}: {name} has kept a half");
        }
    }
}

#[test]
fn a_device_of_ours_that_leaves_an_open_ceremony_is_heard() {
    let mut band = band("heard", &["A", "B", "P"], 209);
    begin_keygen(&mut band, &["A", "B", "P"], SEQUENTIAL);
    let b = band.index("B");
    band.world.devices[b].says = Decision::Refuse;
    band.world.run(100_000);
    let failure = band.failure("A");
    assert_eq!(failure.kind, Kind::RefusedByPeer, "{failure:?}");
    assert_eq!(failure.aborted_by.as_deref(), Some("B"));
}
