//! STORE 2: a home is made, opened, unlocked; and what is no home.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use quorate_store::Home;
use quorate_vault::store::{
    Ban, Change, Fsid, Progress, Secret, Shares, State, Store, StoreError, Timestamp,
};
use rusqlite::Connection;

use crate::support::{
    Scratch, activate, ban, bring, entry, everything, fsid, passphrase, presignature, presigned,
    rng, root, secret, share_of, sharing, stage, with_chain_keys,
};

#[test]
fn a_locked_home_shows_its_public_side() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Active);
    let (suffix, vaults) = (store.device_suffix().unwrap(), store.vaults().unwrap());
    drop(store);

    let home = Home::open(&scratch.home()).unwrap();
    assert_eq!(home.device_suffix().unwrap(), suffix);
    assert_eq!(home.vaults().unwrap(), vaults);
}

#[test]
fn a_home_costs_what_it_should_and_opens_again() {
    let scratch = Scratch::new();
    let mut store = Home::create(&scratch.home(), &passphrase(), rng(1)).unwrap();
    store.commit(stage(1, 1)).unwrap();
    drop(store);
    let cost: (u32, u32, u32) = Connection::open(scratch.file())
        .unwrap()
        .query_row("SELECT memory_kib, passes, lanes FROM home", (), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap();
    assert_eq!(cost, (65536, 3, 1));
    assert_eq!(share_of(&scratch.open(), fsid(1)).unwrap(), secret(1));
}

#[test]
fn a_device_keeps_its_suffix_and_shares_it_with_no_other() {
    let (one, other) = (Scratch::new(), Scratch::new());
    let suffix = one.create().device_suffix().unwrap();
    assert_eq!(suffix.len(), 16);
    assert!(suffix.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
    assert_eq!(one.open().device_suffix().unwrap(), suffix);
    let elsewhere = Home::create_weak(&other.home(), &passphrase(), rng(9)).unwrap();
    assert_ne!(elsewhere.device_suffix().unwrap(), suffix);
}

#[test]
fn another_passphrase_is_wrong() {
    let scratch = Scratch::new();
    scratch.create();
    for wrong in ["", "Correct horse battery staple", "correct horse battery staple "] {
        let home = Home::open(&scratch.home()).unwrap();
        let error = home.unlock(&Secret::of(wrong.to_owned()), rng(2)).unwrap_err();
        assert!(matches!(error, StoreError::WrongPassphrase { .. }), "{error}");
    }
    scratch.open();
}

#[test]
fn an_empty_passphrase_makes_no_home() {
    let scratch = Scratch::new();
    let error = Home::create_weak(&scratch.home(), &Secret::of(String::new()), rng(1)).unwrap_err();
    assert!(matches!(error, StoreError::Refused(_)), "{error}");
    assert!(!scratch.home().exists());
}

#[test]
fn a_home_is_not_made_over_another() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Active);
    drop(store);
    let before = fs::read(scratch.file()).unwrap();
    let error = Home::create_weak(&scratch.home(), &passphrase(), rng(5)).unwrap_err();
    assert!(matches!(error, StoreError::Refused(_)), "{error}");
    assert_eq!(fs::read(scratch.file()).unwrap(), before);
}

#[test]
fn a_home_is_made_in_a_missing_an_empty_and_a_half_made_place() {
    let scratch = Scratch::new();
    let deep = scratch.home().join("a/b");
    Home::create_weak(&deep, &passphrase(), rng(1)).unwrap();

    let empty = scratch.home().join("empty");
    fs::create_dir(&empty).unwrap();
    Home::create_weak(&empty, &passphrase(), rng(1)).unwrap();

    // What a crash leaves right after the file was made.
    let half = scratch.home().join("half");
    fs::create_dir(&half).unwrap();
    fs::set_permissions(&half, fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(half.join("vault.db"), b"").unwrap();
    assert!(!Home::exists(&half));
    assert!(matches!(Home::open(&half), Err(StoreError::NotFound(_))));
    Home::create_weak(&half, &passphrase(), rng(1)).unwrap();
    assert!(Home::exists(&half));
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn only_the_owner_can_look_into_a_home() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    store.commit(stage(1, 1)).unwrap();
    assert_eq!(mode(&scratch.home()), 0o700);
    let mut files = 0;
    for entry in fs::read_dir(scratch.home()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        files += 1;
    }
    assert_eq!(files, 2, "the store and its journal");
    drop(store);

    // A copy that gave too much away is put right when it is opened.
    fs::set_permissions(scratch.file(), fs::Permissions::from_mode(0o644)).unwrap();
    scratch.open();
    assert_eq!(mode(&scratch.file()), 0o600);
}

#[test]
fn a_directory_in_use_that_others_can_enter_is_no_place_for_a_home() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.home()).unwrap();
    fs::write(scratch.home().join("notes.txt"), b"mine").unwrap();
    fs::set_permissions(scratch.home(), fs::Permissions::from_mode(0o755)).unwrap();
    let error = Home::create_weak(&scratch.home(), &passphrase(), rng(1)).unwrap_err();
    assert!(matches!(error, StoreError::Refused(_)), "{error}");
    assert_eq!(mode(&scratch.home()), 0o755);

    fs::set_permissions(scratch.home(), fs::Permissions::from_mode(0o700)).unwrap();
    scratch.create();
}

#[test]
fn where_nothing_is_nothing_is_found() {
    let scratch = Scratch::new();
    assert!(matches!(Home::open(&scratch.home()), Err(StoreError::NotFound(_))));
    fs::create_dir(scratch.home()).unwrap();
    assert!(matches!(Home::open(&scratch.home()), Err(StoreError::NotFound(_))));
    assert!(!scratch.file().exists());
}

#[test]
fn somebody_else_s_file_is_foreign_and_stays_as_it_is() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.home()).unwrap();
    fs::set_permissions(scratch.home(), fs::Permissions::from_mode(0o700)).unwrap();
    let database = |settings: &str| {
        let place = scratch.home().join("other.db");
        let other = Connection::open(&place).unwrap();
        other.execute_batch(&format!("{settings}; CREATE TABLE bookmark (url TEXT)")).unwrap();
        drop(other);
        let bytes = fs::read(&place).unwrap();
        fs::remove_file(place).unwrap();
        bytes
    };
    let files = [
        b"x".to_vec(),
        b"a shopping list".to_vec(),
        vec![0xa5; 100_000],
        vec![0; 8192],
        database(""),
        database("PRAGMA application_id = 7; PRAGMA user_version = 1"),
        database("PRAGMA journal_mode = WAL"),
    ];
    for bytes in files {
        fs::write(scratch.file(), &bytes).unwrap();
        let given = mode(&scratch.file());
        let opened = Home::open(&scratch.home()).map(drop);
        assert!(matches!(opened, Err(StoreError::Foreign { .. })), "{opened:?}");
        let created = Home::create_weak(&scratch.home(), &passphrase(), rng(1)).map(drop);
        assert!(matches!(created, Err(StoreError::Foreign { .. })), "{created:?}");
        assert_eq!(fs::read(scratch.file()).unwrap(), bytes);
        assert_eq!(mode(&scratch.file()), given);
    }
}

#[test]
fn a_place_that_cannot_hold_a_file_is_an_error_that_names_it() {
    let scratch = Scratch::new();
    fs::create_dir_all(scratch.file()).unwrap();
    let StoreError::Io { place, .. } = Home::open(&scratch.home()).unwrap_err() else {
        panic!("an I/O error")
    };
    assert_eq!(place, scratch.file().display().to_string());

    fs::write(scratch.home().join("file"), b"").unwrap();
    let inside = scratch.home().join("file/home");
    let error = Home::create_weak(&inside, &passphrase(), rng(1)).unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }), "{error}");
}

#[test]
fn in_a_directory_that_cannot_be_written_nothing_changes() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Active);
    drop(store);
    fs::remove_file(scratch.home().join("vault.db-journal")).unwrap();
    fs::set_permissions(scratch.home(), fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(scratch.home().join("probe"), b"").is_ok() {
        return; // The superuser may write anywhere.
    }
    let mut store = scratch.open();
    let error = store.commit(stage(1, 2)).unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }), "{error}");
    assert_eq!(store.vaults().unwrap()[0].sharings.len(), 1);
    drop(store);
    fs::set_permissions(scratch.home(), fs::Permissions::from_mode(0o700)).unwrap();
    scratch.open().commit(stage(1, 2)).unwrap();
}

#[test]
fn a_refused_change_leaves_a_store_that_goes_on_working() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Voted);
    store.commit(stage(1, 2)).unwrap_err();
    store.commit(Change::Vote(fsid(1))).unwrap_err();
    store.commit(activate(1)).unwrap();
}

/// Homes as each version of the schema wrote them; a new version adds its own and keeps these.
const HOMES: [&[u8]; 4] = [
    include_bytes!("../homes/schema-1.db"),
    include_bytes!("../homes/schema-2.db"),
    include_bytes!("../homes/schema-3.db"),
    include_bytes!("../homes/schema-4.db"),
];

#[test]
fn a_home_of_every_version_opens() {
    for (bytes, version) in HOMES.iter().zip(1..) {
        let scratch = Scratch::new();
        fs::create_dir(scratch.home()).unwrap();
        fs::write(scratch.file(), bytes).unwrap();
        let mut store = scratch.open();
        let kept = everything(&store);
        let states: Vec<_> = kept.vaults[0].sharings.iter().map(|sharing| sharing.state).collect();
        assert_eq!(states, [State::Retired, State::Active, State::Voted]);
        let (fsid, share, bans) = &kept.sharings[1];
        assert_eq!((fsid.0, share.as_deref()), ([2; 32], Some(&b"share 2"[..])));
        assert_eq!(bans.len(), 1);
        let journal = store.journal().unwrap();
        assert_eq!((journal[0].intent, &*journal[0].txid), ([7; 32], "txid"));
        assert_eq!((journal[0].progress, journal[0].at), (Progress::Handed, Timestamp(1)));
        assert_eq!(journal[0].what.is_some(), version >= 4);
        let left = store.presignatures(*fsid).unwrap();
        assert_eq!(left.len(), usize::from(version >= 2));
        let last = &kept.vaults[0].sharings[2];
        let shares = store.shares(last.fsid).unwrap().of.len();
        assert_eq!(
            (last.imported, last.keys.chains().count(), shares),
            if version >= 3 { (true, 3, 3) } else { (false, 0, 1) }
        );
        for about in left {
            assert_eq!(*store.take_presignature(&about.id).unwrap().1.expose(), presignature(5));
        }
        store.commit(stage(1, 9)).unwrap();
        bring(&mut store, 2, 10, State::Active);
        store.commit(presigned(10, 6)).unwrap();
    }
}

/// Changes when the schema does. `QUORATE_RECORD_HOME=1` then writes the home that is to be kept; this test holds what
/// is kept against what this version writes.
#[test]
fn the_home_of_this_version_is_recorded() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    for number in 1..=3 {
        let mut sharing = sharing(5, number);
        sharing.fsid = Fsid([number; 32]);
        let share = Secret::of(format!("share {number}").into_bytes());
        let mut shares = Shares::new([(root(5), share)]);
        if number == 3 {
            with_chain_keys(&mut sharing, &mut shares);
        }
        store.commit(Change::Stage { name: "Savings".to_owned(), sharing, shares }).unwrap();
        let certificate = vec![number; 65];
        let fsid = Fsid([number; 32]);
        store
            .commit(if number < 3 {
                Change::Activate { fsid, certificate }
            } else {
                Change::Vote(fsid)
            })
            .unwrap();
    }
    // As the homes on record name the check.
    let check = "RVOLE 3.4".to_owned();
    store.commit(Change::Ban(Ban { fsid: Fsid([2; 32]), check, ..ban(2, "phone") })).unwrap();
    store.commit(Change::Journal(entry(7, "txid", Progress::Handed))).unwrap();
    let Change::Presigned { mut about, secret } = presigned(2, 5) else { unreachable!() };
    about.fsid = Fsid([2; 32]);
    store.commit(Change::Presigned { about, secret }).unwrap();
    let written = everything(&store);
    drop(store);
    let version: u8 = Connection::open(scratch.file())
        .unwrap()
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    if std::env::var_os("QUORATE_RECORD_HOME").is_some() {
        let homes = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/homes");
        fs::copy(scratch.file(), homes.join(format!("schema-{version}.db"))).unwrap();
    }
    let record = "record it with QUORATE_RECORD_HOME=1 and list it in HOMES";
    let version = usize::from(version);
    assert_eq!(version, HOMES.len(), "the home of schema {version} is not kept: {record}");
    let kept = Scratch::new();
    fs::create_dir(kept.home()).unwrap();
    fs::write(kept.file(), HOMES[version - 1]).unwrap();
    assert_eq!(
        everything(&kept.open()),
        written,
        "schema {version} writes something else: {record}"
    );
}
