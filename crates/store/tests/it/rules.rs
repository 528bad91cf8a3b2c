//! STORE 5: what a change does, and what no change does.

use quorate_vault::store::{
    Change, Entry, Keyring, Progress, PublicKey, Secret, Shares, Sharing, State, Store, StoreError,
    Timestamp,
};
use rusqlite::Connection;

use crate::support::{
    Scratch, activate, ban, bring, entry, everything, fsid, key, occurs, passphrase, presigned,
    root, secret, share_of, shares, sharing, stage, with_chain_keys,
};

/// The reason why `change` is refused; nothing else may have happened.
fn refused(store: &mut dyn Store, change: Change) -> String {
    let before = everything(store);
    let outcome = store.commit(change);
    assert_eq!(everything(store), before, "a refused change changes nothing");
    match outcome {
        Err(StoreError::Refused(reason)) => reason,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

fn state_of(store: &dyn Store, number: u8) -> Option<State> {
    let vaults = store.vaults().unwrap();
    let sharing = vaults
        .iter()
        .flat_map(|vault| &vault.sharings)
        .find(|sharing| sharing.fsid == fsid(number))?;
    Some(sharing.state)
}

#[test]
fn what_is_staged_is_read_back_unchanged_after_reopening() {
    let scratch = Scratch::new();
    let mut whole = sharing(1, 1);
    whole.keys = Keyring::of_roots(key(1), Some([9; 32]));
    whole.previous = None;
    let eddsa = Secret::of(b"the other engine's share".to_vec());
    let of_eddsa = PublicKey::Eddsa([9; 32]);
    let shares = Shares::new([(root(1), Secret::of(secret(1))), (of_eddsa, eddsa)]);
    let mut store = scratch.create();
    store
        .commit(Change::Stage { name: "Savings".to_owned(), sharing: whole.clone(), shares })
        .unwrap();
    drop(store);

    let store = scratch.open();
    let vaults = store.vaults().unwrap();
    assert_eq!(vaults.len(), 1);
    assert_eq!((vaults[0].name.as_str(), vaults[0].key), ("Savings", key(1)));
    assert_eq!(vaults[0].sharings, [whole]);
    let shares = store.shares(fsid(1)).unwrap();
    assert_eq!(*shares.of[&root(1)].expose(), secret(1));
    assert_eq!(shares.of[&of_eddsa].expose(), b"the other engine's share");
}

#[test]
fn keys_of_chains_and_what_a_backup_says_besides_are_read_back_sealed() {
    let scratch = Scratch::new();
    let (mut sharing, mut shares) = (sharing(1, 1), shares(1, 1));
    with_chain_keys(&mut sharing, &mut shares);
    let expected: Vec<_> =
        shares.of.iter().map(|(key, share)| (*key, share.expose().clone())).collect();
    let mut store = scratch.create();
    let name = "Savings".to_owned();
    store.commit(Change::Stage { name, sharing: sharing.clone(), shares }).unwrap();
    drop(store);
    for secret in expected.iter().map(|(_, share)| &share[..]).chain([&b"besides"[..]]) {
        assert!(!occurs(&scratch.bytes(), secret));
    }

    let store = scratch.open();
    assert_eq!(store.vaults().unwrap()[0].sharings, [sharing]);
    let shares = store.shares(fsid(1)).unwrap();
    let read: Vec<_> =
        shares.of.iter().map(|(key, share)| (*key, share.expose().clone())).collect();
    assert_eq!(read, expected);
    assert_eq!(shares.rest.unwrap().expose(), b"besides");
}

#[test]
fn keys_of_chains_come_with_their_shares() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    let staged = |with_share: bool, with_key: bool| {
        let (mut sharing, mut shares) = (sharing(1, 1), shares(1, 1));
        with_chain_keys(&mut sharing, &mut shares);
        if !with_key {
            let chains = sharing.keys.chains().filter(|(chain, _)| *chain != "Solana");
            let chains: Vec<_> = chains.map(|(chain, key)| (chain.to_owned(), key)).collect();
            sharing.keys = Keyring::of_roots(key(1), None).with_chains(chains);
        }
        shares.of.retain(|key, _| with_share || matches!(key, PublicKey::Ecdsa(_)));
        Change::Stage { name: "Savings".to_owned(), sharing, shares }
    };
    for change in [staged(false, true), staged(true, false)] {
        assert!(refused(&mut store, change).contains("keys and their shares"));
    }
    store.commit(staged(true, true)).unwrap();
}

#[test]
fn vaults_are_listed_by_name_and_their_sharings_oldest_first() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    for (vault, number) in [(3, 30), (1, 12), (1, 11), (2, 20), (1, 10)] {
        bring(&mut store, vault, number, State::Active);
    }
    let listed: Vec<_> = store
        .vaults()
        .unwrap()
        .into_iter()
        .map(|vault| {
            (vault.name, vault.sharings.iter().map(|sharing| sharing.epoch).collect::<Vec<_>>())
        })
        .collect();
    let expected = [("vault-1", vec![12, 11, 10]), ("vault-2", vec![20]), ("vault-3", vec![30])];
    assert_eq!(listed, expected.map(|(name, epochs)| (name.to_owned(), epochs)));
}

#[test]
fn a_new_sharing_replaces_one_of_its_vault_that_is_still_staged_and_no_other() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Active);
    bring(&mut store, 1, 2, State::Staged);
    bring(&mut store, 2, 3, State::Staged);
    store.commit(Change::Ban(ban(2, "phone"))).unwrap();

    store.commit(stage(1, 4)).unwrap();

    assert_eq!(state_of(&store, 1), Some(State::Active));
    assert_eq!(state_of(&store, 2), None);
    assert_eq!(state_of(&store, 3), Some(State::Staged));
    assert_eq!(state_of(&store, 4), Some(State::Staged));
    assert!(matches!(store.shares(fsid(2)), Err(StoreError::NotFound(_))));
    assert_eq!(store.bans(fsid(2)).unwrap(), []);
    assert_eq!(share_of(&store, fsid(1)).unwrap(), secret(1));
}

#[test]
fn nothing_is_staged_beside_a_sharing_that_is_voted() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Voted);
    let reason = refused(&mut store, stage(1, 2));
    assert!(reason.contains("voted for another new sharing"), "{reason}");
}

#[test]
fn nothing_replaces_a_staged_sharing_that_other_clients_may_be_using() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Active);
    let Change::Stage { name, mut sharing, shares } = stage(1, 2) else { unreachable!() };
    sharing.digest = None;
    store.commit(Change::Stage { name, sharing, shares }).unwrap();

    let reason = refused(&mut store, stage(1, 3));
    assert!(reason.contains("may be using"), "{reason}");

    store.commit(Change::Adopt(fsid(2))).unwrap();
    assert_eq!(state_of(&store, 1), Some(State::Retired));
    assert_eq!(state_of(&store, 2), Some(State::Active));
    store.commit(stage(1, 3)).unwrap();
}

#[test]
fn a_staged_sharing_is_discarded_beside_one_that_signs_and_nowhere_else() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Staged);
    let reason = refused(&mut store, Change::Discard(fsid(1)));
    assert!(reason.contains("beside one that signs"), "{reason}");

    bring(&mut store, 2, 2, State::Active);
    let Change::Stage { name, mut sharing, shares } = stage(2, 3) else { unreachable!() };
    sharing.digest = None;
    store.commit(Change::Stage { name, sharing, shares }).unwrap();
    store.commit(Change::Discard(fsid(3))).unwrap();
    assert_eq!((state_of(&store, 2), state_of(&store, 3)), (Some(State::Active), None));
    assert!(store.shares(fsid(3)).is_err());
    assert!(store.shares(fsid(2)).is_ok());

    bring(&mut store, 2, 4, State::Voted);
    for kept in [2, 4] {
        refused(&mut store, Change::Discard(fsid(kept)));
    }
    assert_eq!(state_of(&store, 4), Some(State::Voted));
}

#[test]
fn only_a_staged_sharing_of_an_open_ceremony_is_adopted() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Staged);
    let reason = refused(&mut store, Change::Adopt(fsid(1)));
    assert!(reason.contains("certificate"), "{reason}");
    assert_eq!(state_of(&store, 1), Some(State::Staged));
}

#[test]
fn a_sharing_that_is_known_is_not_staged_again_whatever_its_state() {
    for state in [State::Staged, State::Voted, State::Active, State::Retired] {
        let scratch = Scratch::new();
        let mut store = scratch.create();
        bring(&mut store, 1, 1, state);
        if state == State::Retired {
            store.commit(Change::Erase(fsid(1))).unwrap();
        }
        let mut other = sharing(1, 1);
        other.me = 0;
        for (again, expected) in [
            (sharing(1, 1), "this device holds this sharing already"),
            (other, "this device already holds another party of this sharing"),
        ] {
            let change =
                Change::Stage { name: "x".to_owned(), sharing: again, shares: shares(1, 9) };
            let reason = refused(&mut store, change);
            // Beside a voted sharing the vote is reason enough.
            assert!(reason == expected || state == State::Voted, "{state:?}: {reason}");
        }
        if state != State::Retired {
            assert_eq!(share_of(&store, fsid(1)).unwrap(), secret(1));
        }
    }
}

#[test]
fn a_sharing_goes_forward_only() {
    type Move = (State, fn(u8) -> Change, Option<State>);
    let moves: [Move; 12] = [
        (State::Staged, |n| Change::Vote(fsid(n)), Some(State::Voted)),
        (State::Staged, activate, Some(State::Active)),
        (State::Staged, |n| Change::Erase(fsid(n)), None),
        (State::Voted, |n| Change::Vote(fsid(n)), None),
        (State::Voted, activate, Some(State::Active)),
        (State::Voted, |n| Change::Erase(fsid(n)), None),
        (State::Active, |n| Change::Vote(fsid(n)), None),
        (State::Active, activate, None),
        (State::Active, |n| Change::Erase(fsid(n)), None),
        (State::Retired, |n| Change::Vote(fsid(n)), None),
        (State::Retired, activate, None),
        (State::Retired, |n| Change::Erase(fsid(n)), Some(State::Retired)),
    ];
    for (from, change, to) in moves {
        let scratch = Scratch::new();
        let mut store = scratch.create();
        bring(&mut store, 1, 1, from);
        match to {
            Some(to) => {
                store.commit(change(1)).unwrap();
                assert_eq!(state_of(&store, 1), Some(to));
            }
            None => drop(refused(&mut store, change(1))),
        }
    }
}

#[test]
fn activation_retires_the_predecessor_and_keeps_its_share() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Active);
    bring(&mut store, 1, 2, State::Voted);
    bring(&mut store, 2, 3, State::Active);

    store.commit(activate(2)).unwrap();

    let vaults = store.vaults().unwrap();
    let [old, new] = &vaults[0].sharings[..] else { panic!("two sharings") };
    assert_eq!((old.state, new.state), (State::Retired, State::Active));
    assert_eq!(
        (old.certificate.clone(), new.certificate.clone()),
        (Some(vec![1; 65]), Some(vec![2; 65]))
    );
    assert_eq!(state_of(&store, 3), Some(State::Active));
    assert_eq!(share_of(&store, fsid(1)).unwrap(), secret(1));
}

#[test]
fn a_certificate_has_65_bytes() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Voted);
    for length in [0, 64, 66] {
        let change = Change::Activate { fsid: fsid(1), certificate: vec![1; length] };
        assert_eq!(refused(&mut store, change), "a certificate is 65 bytes long");
    }
}

#[test]
fn erasing_wipes_the_share_and_leaves_the_row() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Retired);
    let sealed: Vec<u8> = sealed_share(&scratch, &store, 1);
    store.commit(Change::Erase(fsid(1))).unwrap();
    store.commit(Change::Erase(fsid(1))).unwrap();

    let vaults = store.vaults().unwrap();
    assert!(vaults[0].sharings[0].erased);
    assert_eq!(vaults[0].sharings[0].parties, sharing(1, 1).parties);
    assert!(matches!(store.shares(fsid(1)), Err(StoreError::NotFound(_))));
    assert_eq!(share_of(&store, fsid(101)).unwrap(), secret(101));
    assert!(refused(&mut store, Change::BackedUp(fsid(1))).contains("only a share that is here"));
    assert!(!occurs(&scratch.bytes(), &sealed[1000..1032]), "not even encrypted");
}

/// What the file holds of a share. The copy is read, as the store holds the file itself.
fn sealed_share(scratch: &Scratch, _: &dyn Store, number: u8) -> Vec<u8> {
    let copy = scratch.home().with_extension("copy");
    std::fs::copy(scratch.file(), &copy).unwrap();
    let sealed = Connection::open(&copy)
        .unwrap()
        .query_row("SELECT sealed FROM share WHERE fsid = ?1", [fsid(number).0], |row| row.get(0))
        .unwrap();
    std::fs::remove_file(copy).unwrap();
    sealed
}

#[test]
fn forgetting_wipes_a_vault_from_the_file_and_leaves_the_others() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    for vault in 1..=9 {
        bring(&mut store, vault, vault, State::Retired);
        bring(&mut store, vault, vault + 50, State::Voted);
        store.commit(Change::Ban(ban(vault, &format!("liar-of-{vault}")))).unwrap();
    }
    let sealed = sealed_share(&scratch, &store, 109);
    store.commit(Change::Forget(key(9))).unwrap();

    let traces: [&[u8]; 8] = [
        b"vault-9",
        b"liar-of-9",
        &key(9).0,
        &fsid(9).0,
        &fsid(109).0,
        &fsid(59).0,
        &[9; 65],
        &sealed[1000..1032],
    ];
    for trace in traces {
        assert!(!occurs(&scratch.bytes(), trace), "{}", hex::encode(trace));
    }
    assert_eq!(store.bans(fsid(9)).unwrap(), []);
    assert!(matches!(store.commit(Change::Forget(key(9))), Err(StoreError::NotFound(_))));
    drop(store);

    let mut store = scratch.open();
    assert_eq!(store.vaults().unwrap().len(), 8);
    for vault in 1..=8 {
        assert_eq!(share_of(&store, fsid(vault)).unwrap(), secret(vault));
        assert_eq!(store.bans(fsid(vault)).unwrap().len(), 1);
    }
    store.commit(stage(9, 9)).unwrap();
}

#[test]
fn a_vault_s_name_is_unique_on_the_device_and_not_empty() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Active);
    let new = |name: &str, number| Change::Stage {
        name: name.to_owned(),
        sharing: sharing(2, number),
        shares: shares(2, number),
    };
    let rename = |vault, name: &str| Change::Rename { vault: key(vault), name: name.to_owned() };

    let taken = "another vault on this device has this name";
    assert_eq!(refused(&mut store, new("vault-1", 2)), taken);
    for empty in ["", "  "] {
        assert_eq!(refused(&mut store, new(empty, 2)), "a vault's name is not empty");
        assert_eq!(refused(&mut store, rename(1, empty)), "a vault's name is not empty");
    }
    store.commit(new("Savings", 2)).unwrap();
    assert_eq!(refused(&mut store, rename(2, "vault-1")), taken);
    store.commit(rename(2, "Savings")).unwrap();
    store.commit(rename(2, "Daily")).unwrap();
    // A vault that is known keeps its name.
    store.commit(new("vault-1", 3)).unwrap();
    let names: Vec<_> = store.vaults().unwrap().into_iter().map(|vault| vault.name).collect();
    assert_eq!(names, ["Daily", "vault-1"]);
}

#[test]
fn a_ban_stands_with_its_first_reason_and_needs_no_known_sharing() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Active);
    for number in [1, 77] {
        store.commit(Change::Ban(ban(number, "phone"))).unwrap();
        let mut again = ban(number, "phone");
        again.check = "OT 2.1".to_owned();
        store.commit(Change::Ban(again)).unwrap();
        store.commit(Change::Ban(ban(number, "laptop"))).unwrap();
    }
    drop(store);
    let store = scratch.open();
    for number in [1, 77] {
        assert_eq!(
            store.bans(fsid(number)).unwrap(),
            [ban(number, "laptop"), ban(number, "phone")]
        );
    }
    assert_eq!(store.bans(fsid(2)).unwrap(), []);
}

#[test]
fn the_journal_keeps_each_transaction_as_it_was_signed_and_how_far_it_has_come() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    assert_eq!(store.journal().unwrap(), []);
    let signed = [entry(7, "a", Progress::Signed), entry(8, "b", Progress::Signed)];
    // Written again, with whatever else: the first stays.
    let again = Entry { at: Timestamp(9), ..entry(7, "a", Progress::Handed) };
    for entry in signed.clone().into_iter().chain([again]) {
        store.commit(Change::Journal(entry)).unwrap();
    }
    assert_eq!(store.journal().unwrap(), signed);
    for progress in [Progress::Handed, Progress::Included, Progress::Handed, Progress::Failed] {
        store.commit(Change::Progressed { txid: "a".to_owned(), progress }).unwrap();
        assert_eq!(store.journal().unwrap()[0].progress, progress);
    }
    let back = Change::Progressed { txid: "a".to_owned(), progress: Progress::Signed };
    assert_eq!(refused(&mut store, back), "a transaction that was handed over stays so");
    let unknown = Change::Progressed { txid: "c".to_owned(), progress: Progress::Handed };
    assert!(matches!(store.commit(unknown), Err(StoreError::NotFound(_))));
    store.commit(Change::Forget(key(1))).unwrap_err();
    drop(store);
    let [a, b] = signed;
    let kept = [Entry { progress: Progress::Failed, ..a }, b];
    assert_eq!(scratch.open().journal().unwrap(), kept);
}

#[test]
fn a_backup_is_remembered() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Active);
    store.commit(Change::BackedUp(fsid(1))).unwrap();
    store.commit(Change::BackedUp(fsid(1))).unwrap();
    assert!(store.vaults().unwrap()[0].sharings[0].backed_up);
}

#[test]
fn what_is_not_here_is_not_found() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    assert!(matches!(store.shares(fsid(1)), Err(StoreError::NotFound(_))));
    for change in [
        Change::Vote(fsid(1)),
        activate(1),
        Change::BackedUp(fsid(1)),
        Change::Erase(fsid(1)),
        Change::Rename { vault: key(1), name: "x".to_owned() },
        Change::Forget(key(1)),
    ] {
        let said = format!("{change:?}");
        assert!(matches!(store.commit(change), Err(StoreError::NotFound(_))), "{said}");
    }
}

#[test]
fn a_malformed_sharing_is_refused_with_the_reason() {
    type Case = (fn(&mut Sharing), &'static str);
    let cases: [Case; 13] = [
        (|s| s.threshold = 0, "a threshold lies between 1 and the number of parties"),
        (|s| s.threshold = 4, "a threshold lies between 1 and the number of parties"),
        (|s| s.me = 3, "this device's position lies within the parties"),
        (|s| s.parties.clear(), "a threshold lies between 1 and the number of parties"),
        (|s| s.parties[2] = s.parties[0].clone(), "the parties of a sharing have different names"),
        (|s| s.state = State::Voted, "a new sharing is staged before anything else"),
        (|s| s.state = State::Active, "a new sharing is staged before anything else"),
        (|s| s.certificate = Some(vec![1; 65]), "a new sharing is staged before anything else"),
        (|s| s.backed_up = true, "a new sharing is staged before anything else"),
        (|s| s.erased = true, "a new sharing is staged before anything else"),
        (
            |s| s.keys = Keyring::of_roots(key(1), Some([1; 32])),
            "keys and their shares are staged together",
        ),
        (|s| s.epoch = u64::MAX, "18446744073709551615 is too large to store"),
        (|s| s.created = Timestamp(1 << 63), "9223372036854775808 is too large to store"),
    ];
    let scratch = Scratch::new();
    let mut store = scratch.create();
    for (spoil, expected) in cases {
        let mut sharing = sharing(1, 1);
        spoil(&mut sharing);
        let change = Change::Stage { name: "Savings".to_owned(), sharing, shares: shares(1, 1) };
        assert_eq!(refused(&mut store, change), expected);
    }
    let change = Change::Stage {
        name: "Savings".to_owned(),
        sharing: sharing(1, 1),
        shares: Shares::new([
            (root(1), Secret::of(vec![1])),
            (PublicKey::Eddsa([9; 32]), Secret::of(vec![2])),
        ]),
    };
    assert_eq!(refused(&mut store, change), "keys and their shares are staged together");
}

/// The same rules without the store in front of them: the schema alone refuses.
#[test]
fn the_schema_itself_refuses_what_no_change_does() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Retired);
    bring(&mut store, 1, 2, State::Voted);
    bring(&mut store, 2, 3, State::Staged);
    store.commit(Change::Ban(ban(1, "phone"))).unwrap();
    store.commit(Change::Journal(entry(7, "t", Progress::Handed))).unwrap();
    store.commit(presigned(101, 1)).unwrap();
    store.commit(presigned(101, 2)).unwrap();
    store.take_presignature(&[2; 32]).unwrap();
    drop(store);

    let file = Connection::open(scratch.file()).unwrap();
    let rules = [
        ("UPDATE share SET sealed = x'00'", "a share is never overwritten"),
        ("INSERT OR REPLACE INTO share SELECT fsid, kind, x'000102030405060708090a0b0c0d0e0f1011121314151617', x'00' FROM share", "a share is written when"),
        ("DELETE FROM share", "a share is deleted only when"),
        ("INSERT INTO share SELECT fsid, 'eddsa', nonce, sealed FROM share", "a share is written when its sharing is staged"),
        ("UPDATE sharing SET state = 'active' WHERE state = 'retired'", "only a staged sharing is voted"),
        ("UPDATE sharing SET state = 'staged' WHERE state = 'voted'", "only a staged sharing is voted"),
        ("UPDATE sharing SET state = 'active' WHERE state = 'voted'", "UNIQUE constraint failed"),
        ("UPDATE sharing SET certificate = NULL", "a certificate is written once"),
        ("UPDATE sharing SET chain_code = zeroblob(32)", "a sharing keeps what it is"),
        ("UPDATE sharing SET fsid = zeroblob(32)", "a sharing keeps what it is"),
        ("UPDATE sharing SET threshold = 1", "a sharing keeps what it is"),
        ("UPDATE sharing SET imported = 1", "a sharing keeps what it is"),
        ("UPDATE sharing SET chain_keys = '[1]'", "a sharing keeps what it is"),
        ("UPDATE sharing SET erased = 1 WHERE state = 'active'", "only a retired sharing is erased"),
        ("DELETE FROM sharing WHERE state = 'retired'", "a sharing is deleted while it is staged"),
        ("DELETE FROM sharing WHERE state = 'voted'", "a sharing is deleted while it is staged"),
        ("DELETE FROM vault", "a vault is deleted only when it is forgotten"),
        ("UPDATE vault SET key = zeroblob(33)", "a vault keeps its key"),
        ("UPDATE vault SET name = 'vault-1'", "another vault on this device has this name"),
        ("UPDATE ban SET party = 'tablet'", "a ban stands"),
        ("DELETE FROM ban", "a ban is kept as long as its sharing"),
        ("UPDATE journal SET raw = x'00'", "a transaction keeps what it is"),
        ("UPDATE journal SET progress = 'signed'", "a transaction that was handed over stays so"),
        ("INSERT INTO journal (intent, txid, chain, at, progress) VALUES (zeroblob(32), 'u', 'x', 1, 'signed')", "known as a whole"),
        ("DELETE FROM journal", "a transaction is kept"),
        ("UPDATE presignature SET sealed = x'00'", "a presignature is taken once"),
        ("UPDATE presignature SET sealed = NULL", "a presignature is taken once"),
        ("UPDATE presignature SET signers = '[]'", "a presignature keeps what it is"),
        ("DELETE FROM presignature", "a presignature is forgotten when"),
        ("INSERT OR REPLACE INTO presignature SELECT id, fsid, signers, path, made, nonce, x'00' FROM presignature", "had this presignature already"),
        (
            "INSERT INTO sharing SELECT NULL, zeroblob(32), vault, public_key_eddsa, chain_code, epoch, state, threshold,
                 parties, me, digest, session, previous, certificate, created, backed_up, erased, imported, chain_keys
             FROM sharing WHERE state = 'staged'",
            "UNIQUE constraint failed",
        ),
    ];
    for (sql, expected) in rules {
        let outcome = file.execute_batch(sql);
        let said = outcome.expect_err(sql).to_string();
        assert!(said.contains(expected), "{sql}: {said}");
    }
    drop(file);
    scratch.open();
}

#[test]
fn no_secret_is_in_the_files_as_it_is() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    bring(&mut store, 1, 1, State::Retired);
    for secret in [secret(1), secret(101), passphrase().expose().as_bytes().to_vec()] {
        assert!(!occurs(&scratch.bytes(), &secret[..16]));
        assert!(!occurs(&scratch.bytes(), hex::encode(&secret[..16]).as_bytes()));
    }
    // The scan finds what is there.
    assert!(occurs(&scratch.bytes(), b"tablet-0123456789abcdef"));
}

#[test]
fn the_same_share_is_never_encrypted_twice_the_same_way() {
    let scratch = Scratch::new();
    let mut store = scratch.create();
    store.commit(stage(1, 1)).unwrap();
    let once = sealed_share(&scratch, &store, 1);
    store.commit(stage(1, 2)).unwrap();
    store.commit(stage(1, 1)).unwrap();
    assert_ne!(once, sealed_share(&scratch, &store, 1));
}
