//! STORE 4: what was not written by this program is not believed.

use std::fs;
use std::os::unix::fs::FileExt;

use quorate_store::Home;
use quorate_vault::store::{Change, State, Store, StoreError};
use rusqlite::Connection;

use crate::support::{Scratch, ban, bring, everything, fsid, passphrase, rng, secret, share_of};

/// A home with something in every table, closed.
fn furnished() -> Scratch {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Retired);
    bring(&mut store, 1, 2, State::Voted);
    bring(&mut store, 2, 3, State::Active);
    store.commit(Change::Ban(ban(1, "phone"))).unwrap();
    drop(store);
    scratch
}

#[test]
fn a_flipped_byte_is_found_or_harmless_and_never_a_wrong_passphrase() {
    let scratch = furnished();
    let whole = fs::read(scratch.file()).unwrap();
    let expected = everything(&scratch.open());
    let file = fs::OpenOptions::new().write(true).open(scratch.file()).unwrap();

    let mut found = 0;
    let (header, body) = (0..112, (112..whole.len()).step_by(1511));
    for at in header.chain(body) {
        let place = u64::try_from(at).unwrap();
        file.write_all_at(&[whole[at] ^ 0xff], place).unwrap();
        let opened =
            Home::open(&scratch.home()).and_then(|home| home.unlock(&passphrase(), rng(3)));
        match opened {
            Ok(store) => {
                let now = everything(&store);
                assert_eq!(
                    (&now.suffix, &now.vaults),
                    (&expected.suffix, &expected.vaults),
                    "byte {at}"
                );
                for (now, then) in now.sharings.iter().zip(&expected.sharings) {
                    // A share that does not decrypt is not handed out.
                    assert!(now == then || now.1.is_none(), "byte {at}");
                    found += u32::from(now != then);
                }
            }
            Err(
                StoreError::Damaged { .. } | StoreError::Foreign { .. } | StoreError::Newer { .. },
            ) => found += 1,
            // SQLite's own mark for "written by a version whose files I only read".
            Err(StoreError::Io { .. }) if at == 18 => found += 1,
            Err(other) => panic!("byte {at}: {other}"),
        }
        file.write_all_at(&whole[at..=at], place).unwrap();
    }
    assert!(found > 300, "{found} flips found");
    assert_eq!(fs::read(scratch.file()).unwrap(), whole, "no attempt wrote anything");
}

#[test]
fn a_file_that_was_cut_short_is_damaged() {
    let scratch = furnished();
    let whole = fs::read(scratch.file()).unwrap();
    for length in (1..whole.len()).step_by(7919).chain([512, 4096, 8192, whole.len() - 1]) {
        fs::write(scratch.file(), &whole[..length]).unwrap();
        let opened = Home::open(&scratch.home()).map(drop);
        assert!(
            matches!(opened, Err(StoreError::Damaged { .. } | StoreError::Foreign { .. })),
            "{length}: {opened:?}"
        );
    }
}

#[test]
fn a_damaged_share_costs_only_itself() {
    let scratch = furnished();
    let whole = fs::read(scratch.file()).unwrap();
    let sealed: Vec<u8> = Connection::open(scratch.file())
        .unwrap()
        .query_row("SELECT sealed FROM share WHERE fsid = ?1", [fsid(1).0], |row| row.get(0))
        .unwrap();
    let at = whole.windows(32).position(|window| window == &sealed[5000..5032]).unwrap();
    let mut flipped = whole;
    flipped[at] ^= 1;
    fs::write(scratch.file(), flipped).unwrap();

    let store = scratch.open();
    let StoreError::Damaged { place, .. } = store.shares(fsid(1)).unwrap_err() else {
        panic!("damaged")
    };
    assert_eq!(place, scratch.file().display().to_string());
    assert_eq!(share_of(&store, fsid(3)).unwrap(), secret(3));
}

/// What someone without the passphrase does to the file with SQLite itself.
pub(crate) fn tamper(scratch: &Scratch, sql: &str) {
    let file = Connection::open(scratch.file()).unwrap();
    let triggers: Vec<(String, String)> = file
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map((), |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    file.execute_batch("BEGIN").unwrap();
    for (name, _) in &triggers {
        file.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    file.execute_batch(sql).unwrap();
    for (_, definition) in &triggers {
        file.execute_batch(definition).unwrap();
    }
    file.execute_batch("COMMIT").unwrap();
}

const TAMPERINGS: [&str; 12] = [
    "UPDATE sharing SET state = 'retired' WHERE state = 'active'",
    "UPDATE sharing SET state = 'staged' WHERE state = 'voted'",
    "UPDATE sharing SET threshold = 1",
    "UPDATE sharing SET chain_code = zeroblob(32) WHERE seq = 1",
    "UPDATE sharing SET certificate = zeroblob(65) WHERE state = 'active'",
    "UPDATE vault SET name = 'Savings' WHERE name = 'vault-1'",
    "DELETE FROM ban",
    "UPDATE home SET device_suffix = '0000000000000000'",
    "UPDATE home SET passes = 2",
    "UPDATE home SET sealed_key = zeroblob(48)",
    "UPDATE share SET nonce = zeroblob(24) WHERE rowid = 1",
    "CREATE TRIGGER helpful AFTER INSERT ON ban BEGIN DELETE FROM ban; END",
];

#[test]
fn rows_that_were_changed_are_noticed_without_the_passphrase() {
    let scratch = furnished();
    let whole = fs::read(scratch.file()).unwrap();
    for sql in TAMPERINGS {
        fs::write(scratch.file(), &whole).unwrap();
        tamper(&scratch, sql);
        let opened = Home::open(&scratch.home()).map(drop);
        assert!(matches!(opened, Err(StoreError::Damaged { .. })), "{sql}: {opened:?}");
    }
}

#[test]
fn a_share_put_in_the_place_of_another_does_not_open() {
    let scratch = furnished();
    tamper(
        &scratch,
        "UPDATE share SET sealed = (SELECT sealed FROM share WHERE rowid = 2) WHERE rowid = 1",
    );
    let store = scratch.open();
    assert!(matches!(store.shares(fsid(1)), Err(StoreError::Damaged { .. })));
}

#[test]
fn a_share_that_was_taken_away_is_noticed() {
    let scratch = furnished();
    tamper(&scratch, "DELETE FROM share WHERE rowid = 1");
    assert!(matches!(Home::open(&scratch.home()), Err(StoreError::Damaged { .. })));
}

#[test]
fn untouched_the_tampering_test_s_own_detour_changes_nothing() {
    let scratch = furnished();
    tamper(&scratch, "SELECT 1");
    scratch.open();
}

#[test]
fn a_store_of_a_later_version_says_which() {
    let scratch = furnished();
    Connection::open(scratch.file()).unwrap().pragma_update(None, "user_version", 7).unwrap();
    let error = Home::open(&scratch.home()).unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 7, known: 4, .. }), "{error}");
}
