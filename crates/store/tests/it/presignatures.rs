//! STORE 5.8 and 5.9: each presignature is put once and taken once, whatever happens in between.

use std::collections::BTreeSet;
use std::env;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use quorate_store::Home;
use quorate_store::faults::{Fault, Faulty};
use quorate_vault::store::{Change, State, Store, StoreError};
use rusqlite::Connection;

use crate::crash::{HOME, child, hear, kill, say};
use crate::damage::tamper;
use crate::support::{
    Scratch, activate, bring, fsid, key, occurs, passphrase, presignature, presigned, rng, stage,
};

/// A home with an active sharing and these presignatures of it.
fn with(ids: impl IntoIterator<Item = u8>) -> Scratch {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Active);
    for id in ids {
        store.commit(presigned(1, id)).unwrap();
    }
    scratch
}

fn left(store: &dyn Store) -> Vec<u8> {
    store.presignatures(fsid(1)).unwrap().iter().map(|about| about.id[0]).collect()
}

#[test]
fn what_was_put_is_taken_as_it_was_after_reopening() {
    let scratch = with([1, 2]);
    let mut store = scratch.open();
    assert_eq!(left(&store), [2, 1], "oldest first");
    let (about, secret) = store.take_presignature(&[1; 32]).unwrap();
    let Change::Presigned { about: put, .. } = presigned(1, 1) else { unreachable!() };
    assert_eq!(about, put);
    assert_eq!(*secret.expose(), presignature(1));
    assert_eq!(left(&store), [2]);
}

#[test]
fn nothing_is_taken_twice_nor_put_again() {
    let scratch = with([1]);
    let mut store = scratch.open();
    store.take_presignature(&[1; 32]).unwrap();
    for reopened in [false, true] {
        if reopened {
            drop(store);
            store = scratch.open();
        }
        let again = store.take_presignature(&[1; 32]).map(drop);
        assert!(matches!(again, Err(StoreError::NotFound(_))), "{again:?}");
        let refused = store.commit(presigned(1, 1)).unwrap_err();
        assert!(refused.to_string().contains("has had this presignature"), "{refused}");
    }
    assert!(matches!(store.take_presignature(&[9; 32]), Err(StoreError::NotFound(_))));
}

/// What the file holds of a presignature. The copy is read, as the store holds the file itself.
fn sealed(scratch: &Scratch, id: u8) -> Vec<u8> {
    let copy = scratch.home().with_extension("copy");
    std::fs::copy(scratch.file(), &copy).unwrap();
    let file = Connection::open(&copy).unwrap();
    file.query_row("SELECT sealed FROM presignature WHERE id = ?1", [[id; 32]], |row| row.get(0))
        .unwrap()
}

#[test]
fn of_what_was_taken_the_file_holds_nothing() {
    let scratch = with([1, 2]);
    let sealed = sealed(&scratch, 1);
    assert!(occurs(&scratch.bytes(), &sealed));
    assert!(!occurs(&scratch.bytes(), b"presignature-number"));
    scratch.open().take_presignature(&[1; 32]).unwrap();
    for part in sealed.chunks_exact(32) {
        assert!(!occurs(&scratch.bytes(), part), "not even encrypted");
    }
}

#[test]
fn what_was_taken_is_not_put_back_without_the_key() {
    let scratch = with([1]);
    scratch.open().take_presignature(&[1; 32]).unwrap();
    tamper(&scratch, "UPDATE presignature SET sealed = zeroblob(211)");
    assert!(matches!(Home::open(&scratch.home()), Err(StoreError::Damaged { .. })));
}

#[test]
fn a_sharing_that_signs_no_more_keeps_no_presignatures() {
    let scratch = with([1, 2]);
    let mut store = scratch.open();
    store.take_presignature(&[1; 32]).unwrap();
    store.commit(stage(1, 3)).unwrap();
    assert_eq!(left(&store), [2], "a staged successor changes nothing yet");
    store.commit(activate(3)).unwrap();
    assert!(left(&store).is_empty());
    assert!(matches!(store.take_presignature(&[2; 32]), Err(StoreError::NotFound(_))));
    let refused = store.commit(presigned(1, 4)).unwrap_err();
    assert!(refused.to_string().contains("of the sharing that signs"), "{refused}");
    store.commit(presigned(3, 5)).unwrap();
    store.commit(Change::Forget(key(1))).unwrap();
    assert!(store.vaults().unwrap().is_empty());
}

#[test]
fn only_the_sharing_s_parties_presign() {
    let scratch = with([]);
    let Change::Presigned { mut about, secret } = presigned(1, 1) else { unreachable!() };
    about.signers.push("stranger".to_owned());
    let refused = scratch.open().commit(Change::Presigned { about, secret }).unwrap_err();
    assert!(refused.to_string().contains("stranger is no party"), "{refused}");
}

/// Every fault at every call of a device that takes one presignature after the other, and starts anew.
#[test]
fn nothing_is_taken_twice_whatever_call_the_device_dies_at() {
    for fault in Fault::ALL {
        for at in 1..=8 {
            let scratch = with([1, 2, 3]);
            let mut handed_out = Vec::new();
            let mut store = Faulty::failing(scratch.open(), at, fault);
            take_all(&mut store, &mut handed_out);
            drop(store);
            take_all(&mut scratch.open(), &mut handed_out);
            let distinct: BTreeSet<u8> = handed_out.iter().copied().collect();
            assert_eq!(distinct.len(), handed_out.len(), "{fault:?} at {at}: {handed_out:?}");
            let lost = 3 - distinct.len();
            assert!(lost <= usize::from(fault == Fault::CrashAfter), "{fault:?} at {at}");
            assert!(left(&scratch.open()).is_empty());
        }
    }
}

fn take_all(store: &mut dyn Store, handed_out: &mut Vec<u8>) {
    for about in store.presignatures(fsid(1)).unwrap_or_default() {
        if let Ok((about, secret)) = store.take_presignature(&about.id) {
            assert_eq!(*secret.expose(), presignature(about.id[0]));
            handed_out.push(about.id[0]);
        }
    }
}

/// What a killed process has said that it took, nobody takes again.
#[test]
fn nothing_is_taken_twice_when_the_process_is_killed() {
    for delay in [0, 3, 7, 12, 20, 33, 50] {
        let scratch = with(1..=60);
        let mut role = child("presignatures::role_takes_one_after_the_other", &scratch.home());
        let mut other = role.spawn().unwrap();
        let later = hear(&mut other, "took 1");
        sleep(Duration::from_millis(delay));
        kill(other);
        let mut taken: Vec<u8> = vec![1];
        taken.extend(
            later
                .map_while(Result::ok)
                .filter_map(|line| line.strip_prefix("took ").and_then(|id| id.parse::<u8>().ok())),
        );
        let mut store = scratch.open();
        let said = taken.len();
        take_all(&mut store, &mut taken);
        let distinct: BTreeSet<u8> = taken.iter().copied().collect();
        assert_eq!(distinct.len(), taken.len(), "after {said}: {taken:?}");
        // At most the one that the process had taken and not yet said.
        assert!(distinct.len() >= 59, "after {said}: {taken:?}");
    }
}

#[test]
#[ignore = "runs as a process of `nothing_is_taken_twice_when_the_process_is_killed`"]
fn role_takes_one_after_the_other() {
    let Ok(home) = env::var(HOME) else { return };
    let home = Home::open(Path::new(&home)).unwrap();
    let mut store = home.unlock(&passphrase(), rng(4)).unwrap();
    for id in 1..=60_u8 {
        store.take_presignature(&[id; 32]).unwrap();
        say(&format!("took {id}"));
    }
    sleep(Duration::from_mins(1));
}
