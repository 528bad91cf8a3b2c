use std::io::Read as _;

use k256::ecdsa::SigningKey;
use quorate_chain::Curve;
use quorate_core::Check as _;
use quorate_wire::vult::{Extension, KeyShare, Unknown, VaultContents};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use serde_json::Value;

use super::*;
use crate::certificate;
use crate::store::{Fsid, State, Timestamp, Trust, Vault};

mod chains;
mod checks;
mod real;
mod recovery;

const NOW: Timestamp = Timestamp(1_760_000_000);

/// The members, by party id.
const NAMES: [&str; 3] = ["pixel-1", "jp’s Mac-2", "ipad-3"];

/// Leaves out the check that the environment names, to show that its own test then fails.
#[expect(clippy::disallowed_methods, reason = "the environment is how a test program is told")]
fn switch() {
    if let Ok(id) = std::env::var("QUORATE_CHECK_OFF") {
        quorate_core::check::switch::off(id);
    }
}

/// The recorded shares in one place of a vector file, by party id.
#[expect(clippy::disallowed_methods, reason = "tests read the recorded vectors")]
fn recorded(file: &str, at: &str, party_id: usize) -> Vec<Vec<u8>> {
    let path = format!("{}/../../vectors/{file}.json.xz", env!("CARGO_MANIFEST_DIR"));
    let packed = std::fs::read(path).unwrap();
    let mut json = Vec::new();
    lzma_rust2::XzReader::new(&packed[..], true).read_to_end(&mut json).unwrap();
    let json: Value = serde_json::from_slice(&json).unwrap();
    let shares = json.pointer(&format!("/{at}")).unwrap().as_object().unwrap().values();
    let hex = |share: &Value| share["bytes"].as_str().or(share.as_str()).unwrap().to_owned();
    let mut shares: Vec<_> = shares.map(|share| hex::decode(hex(share)).unwrap()).collect();
    shares.sort_by_key(|share| share[party_id]);
    shares
}

/// What three devices have saved, epoch by epoch.
struct Recorded {
    ecdsa: Vec<Vec<u8>>,
    eddsa: Vec<Vec<u8>>,
}

/// The first epoch: 2-of-2. The second: 2-of-3 after a quorum change. The third: 2-of-3 after a refresh.
fn epoch(number: u64) -> Recorded {
    let (ecdsa, eddsa) = match number {
        1 => ("dkls23/py_dkg_2of2", "old_keyshares"),
        2 => ("dkls23/py_qc_2of2_to_2of3", "new_keyshares"),
        _ => ("dkls23/py_refresh_2of3", "new_keyshares"),
    };
    Recorded {
        ecdsa: recorded(ecdsa, "shares", 10),
        eddsa: recorded("eddsa/qc_2of2_to_2of3_new_known", eddsa, 2),
    }
}

impl Recorded {
    /// What member `id` has saved, as another app writes it.
    fn saved(&self, id: usize) -> VaultContents {
        file(&self.ecdsa[id], Some(&self.eddsa[id]))
    }

    fn backup(&self, id: usize) -> Backup {
        Backup::read(self.saved(id), NOW).unwrap()
    }
}

fn file(ecdsa: &[u8], eddsa: Option<&Vec<u8>>) -> VaultContents {
    let share = quorate_ecdsa::KeyShare::from_bytes(ecdsa).unwrap();
    let eddsa_key = eddsa.map(|share| &share[35..67]);
    let key_shares = [Some(key_share(&share.public_key(), ecdsa))]
        .into_iter()
        .chain([eddsa.map(|share| key_share(&share[35..67], share))])
        .flatten();
    VaultContents {
        name: "Savings".into(),
        public_key_ecdsa: hex::encode(share.public_key()),
        public_key_eddsa: eddsa_key.map(hex::encode).unwrap_or_default(),
        hex_chain_code: hex::encode(share.chain_code()),
        signers: NAMES[..usize::from(share.parties())].iter().map(ToString::to_string).collect(),
        local_party_id: NAMES[usize::from(share.party_id())].into(),
        key_shares: key_shares.collect(),
        lib_type: 1,
        ..VaultContents::default()
    }
}

fn key_share(public_key: &[u8], share: &[u8]) -> KeyShare {
    KeyShare::new(public_key, &Secret::of(share.to_vec()))
}

/// The vault as a device holds it that has restored these backups, the last of them active.
fn held(backups: &[&Backup]) -> Vault {
    let mut sharings: Vec<Sharing> = backups.iter().map(|b| b.sharing.clone()).collect();
    let last = sharings.len() - 1;
    sharings[..last].iter_mut().for_each(|sharing| sharing.state = State::Retired);
    Vault { name: "Mine".into(), key: backups[0].sharing.vault, sharings }
}

/// The shares of the root keys, ECDSA first.
fn shares_of(backup: &Backup) -> [Vec<u8>; 2] {
    let shares = backup.shares();
    [Curve::Secp256k1, Curve::Ed25519].map(|curve| {
        let key = backup.sharing.root(curve).unwrap();
        shares.of[&key].expose().clone()
    })
}

/// A backup that our own device has made of a certified sharing.
fn certified(id: usize) -> VaultContents {
    let saved = epoch(1);
    let quorum = [saved.backup(0), saved.backup(1)];
    let key = recover(&[("a", &quorum[0]), ("b", &quorum[1])]).unwrap().ecdsa;
    let [first, second] = quorum;
    let backup = if id == 0 { first } else { second };
    let mut sharing = backup.sharing.clone();
    sharing.epoch = 4;
    sharing.session = "8c1d9f0e".into();
    sharing.previous = Some(Fsid([7; 32]));
    sharing.digest = Some([9; 32]);
    let key = SigningKey::from_slice(key.expose()).unwrap();
    let (signature, id) = key.sign_prehash_recoverable(&certificate::message(&[9; 32]));
    sharing.certificate = Some([&signature.to_bytes()[..], &[id.to_byte()]].concat());
    contents("Ours", &sharing, &backup.shares()).unwrap()
}

#[test]
fn a_backup_of_another_app_becomes_what_a_store_keeps() {
    for number in 1..=3 {
        let saved = epoch(number);
        for (id, ecdsa) in saved.ecdsa.iter().enumerate() {
            let backup = saved.backup(id);
            let Sharing { fsid, vault, threshold, parties, me, .. } = &backup.sharing;
            assert_eq!((&fsid.0[..], *threshold), (&ecdsa[11..43], 2));
            assert_eq!(
                (parties.as_slice(), usize::from(*me)),
                (&NAMES.map(String::from)[..parties.len()], id)
            );
            assert_eq!(vault.0[..], ecdsa[75..108]);
            assert_eq!(backup.sharing.state, State::Active);
            assert_eq!((backup.sharing.epoch, &backup.sharing.certificate), (0, &None));
            assert_eq!((backup.party(), backup.is_server()), (NAMES[id], false));
            let [first, second] = shares_of(&backup);
            assert_eq!((&first, &second), (ecdsa, &saved.eddsa[id]));
        }
    }
}

#[test]
fn what_our_own_devices_add_is_restored_with_its_certificate() {
    let backup = Backup::read(certified(1), NOW).unwrap();
    assert_eq!(backup.name, "Ours");
    assert_eq!(backup.sharing.epoch, 4);
    assert_eq!(backup.sharing.previous, Some(Fsid([7; 32])));
    assert_eq!((&*backup.sharing.session, backup.sharing.digest), ("8c1d9f0e", Some([9; 32])));
    let certificate = backup.sharing.certificate.as_ref().unwrap();
    assert!(certificate::certifies(certificate, &backup.sharing));
    // And as it was written, it is written again.
    let again = contents("Ours", &backup.sharing, &backup.shares()).unwrap();
    assert_eq!(again.encode(), certified(1).encode());
}

#[test]
fn a_digest_that_no_certificate_is_over_counts_as_none() {
    let mut vault = certified(0);
    vault.quorate.as_mut().unwrap().certificate = None;
    let backup = Backup::read(vault, NOW).unwrap();
    assert!(backup.sharing.trust() == Trust::Mixed && backup.sharing.certificate.is_none());
    assert_eq!(changes(&backup, &[]), "SAB");
}

#[test]
fn a_vault_of_one_key_is_read_and_written_as_such() {
    let vault = file(&epoch(1).ecdsa[0], None);
    let backup = Backup::read(vault, NOW).unwrap();
    assert_eq!(backup.sharing.keys.root_eddsa(), None);
    let shares = backup.shares();
    assert_eq!(shares.of.len(), 1);
    let shares_only = Shares { rest: None, ..shares };
    let again = contents("Savings", &backup.sharing, &shares_only).unwrap();
    assert_eq!((again.key_shares.len(), &*again.public_key_eddsa), (1, ""));
    assert_eq!(again.created_at.as_ref().unwrap().seconds, NOW.0);
    assert!(again.quorate.is_none());
}

#[test]
fn shares_are_found_by_their_key_and_copies_count_once() {
    let saved = epoch(2);
    let mut vault = saved.saved(1);
    vault.key_shares.reverse();
    vault.key_shares.insert(0, key_share(&[5; 33], b"stale"));
    let copy = key_share(&saved.ecdsa[1][75..108], &saved.ecdsa[1]);
    vault.key_shares.push(KeyShare { public_key: copy.public_key.to_uppercase(), ..copy });
    vault.signers.sort();
    vault.name = " Savings\n".into();
    vault.hex_chain_code.make_ascii_uppercase();
    let later = [0x9a, 0x06, 5, b'l', b'a', b't', b'e', b'r'];
    let message = [vault.encode().as_slice(), &later].concat();
    let backup = Backup::read(VaultContents::decode(&message).unwrap(), NOW).unwrap();
    assert_eq!(shares_of(&backup)[0], saved.ecdsa[1]);
    // All of it is written again as it was, what means nothing here too.
    let again = contents("Savings", &backup.sharing, &backup.shares()).unwrap();
    assert!(*again.encode() == message);
    // The shares are kept once.
    assert!(backup.rest.expose().len() < 3_000);
}

#[test]
fn what_a_later_app_has_saved_survives_restoring_and_backing_up() {
    let saved = epoch(1);
    let mut message = saved.saved(0).encode().to_vec();
    let later = [0x9a, 0x06, 5, b'l', b'a', b't', b'e', b'r'];
    message.extend(later);
    // The extension of a later version of ours, too: epoch 3, and a field 99.
    message.extend([0xc2, 0x3e, 12, 0x08, 1, 0x10, 3]);
    message.extend(later);
    let mut vault = VaultContents::decode(&message).unwrap();
    vault.public_key_mldsa44 = "ab".into();
    vault.lib_type = 2;
    let backup = Backup::read(vault, NOW).unwrap();
    assert_eq!((backup.library, backup.sharing.epoch), (Library::KeyImport, 3));
    let again = contents("Renamed", &backup.sharing, &backup.shares()).unwrap();
    assert_eq!(*again.unknown, later);
    assert_eq!((&*again.name, &*again.public_key_mldsa44, again.lib_type), ("Renamed", "ab", 2));
    let Extension { epoch, unknown, .. } = again.quorate.unwrap();
    assert_eq!((epoch, &*unknown), (3, &later[..]));
}

#[test]
fn members_stand_in_the_order_of_the_shares_as_far_as_a_share_knows_it() {
    let saved = epoch(2);
    let parties = |signers: [&str; 3], id: usize, owner: &str| {
        let mut vault = saved.saved(id);
        vault.signers = signers.map(String::from).to_vec();
        vault.local_party_id = owner.into();
        Backup::read(vault, NOW).unwrap().sharing.parties
    };
    assert_eq!(parties(["c", "a", "b"], 0, "c"), ["c", "a", "b"]);
    assert_eq!(parties(["c", "a", "b"], 0, "a"), ["a", "b", "c"]);
    assert_eq!(parties(["c", "a", "b"], 2, "a"), ["c", "b", "a"]);
}

#[test]
fn a_server_is_known_by_its_name_and_names_are_fit_for_a_screen() {
    let server = |name: &str| {
        let mut vault = epoch(1).saved(0);
        vault.signers[0] = name.into();
        vault.local_party_id = name.into();
        vault.name = format!(" \u{1b}[31mA\n{} ", "x".repeat(200));
        let backup = Backup::read(vault, NOW).unwrap();
        assert!(backup.name.starts_with("[31mAxx") && backup.name.len() < 101);
        backup.is_server()
    };
    assert!(server("Server-94060") && server("server-1") && server("SERVER"));
    assert!(!server("Serverless-1") && !server("my Server-1"));
}

#[test]
fn a_home_knows_what_a_backup_means_to_it() {
    let (first, second, third) = (epoch(1), epoch(2), epoch(3));
    let home = held(&[&first.backup(0), &second.backup(0)]);
    let other = Vault { key: crate::store::VaultKey([2; 33]), ..home.clone() };
    let vaults = [other.clone(), home.clone()];
    let says = |backup: &Backup| {
        let verdict = compare(backup, &vaults);
        assert!(!verdict.to_string().is_empty());
        verdict
    };
    let vault = || "Mine".to_owned();
    assert_eq!(compare(&second.backup(0), &[other]), Verdict::New);
    let here = |state| Verdict::Here { vault: vault(), state, erased: false };
    assert_eq!(says(&second.backup(0)), here(State::Active));
    assert_eq!(says(&first.backup(0)), here(State::Retired));
    let party = |id: usize| Verdict::OtherParty {
        vault: vault(),
        held: NAMES[0].into(),
        offered: NAMES[id].into(),
    };
    assert_eq!(says(&second.backup(2)), party(2));
    assert_eq!(says(&first.backup(1)), party(1));
    let epoch = |age| Verdict::OtherSharing { vault: vault(), age };
    let mut third = third.backup(0);
    assert_eq!(says(&third), epoch(Age::Unknown));
    third.sharing.previous = Some(second.backup(0).sharing.fsid);
    assert_eq!(says(&third), epoch(Age::Newer));
}

#[test]
fn the_age_of_a_backup_is_known_from_what_replaced_it_or_from_both_epochs() {
    let (mut old, mut new) = (epoch(1).backup(0), epoch(2).backup(0));
    let age = |offered: &Backup, held_one: &Backup| match compare(offered, &[held(&[held_one])]) {
        Verdict::OtherSharing { age, .. } => age,
        other => panic!("{other}"),
    };
    assert_eq!(age(&old, &new), Age::Unknown);
    (old.sharing.epoch, new.sharing.epoch) = (4, 5);
    assert_eq!(age(&old, &new), Age::Older);
    assert_eq!(age(&new, &old), Age::Newer);
    new.sharing.epoch = 4;
    assert_eq!(age(&old, &new), Age::Unknown);
    new.sharing.previous = Some(old.sharing.fsid);
    assert_eq!(age(&old, &new), Age::Older);
}

/// The kinds of the changes, by their first letters.
fn changes(backup: &Backup, vaults: &[Vault]) -> String {
    let kind = |change: &crate::store::Change| format!("{change:?}").chars().next().unwrap();
    backup.restore("Mine", vaults).iter().map(kind).collect()
}

#[test]
fn a_home_takes_in_what_it_may_and_goes_on_where_it_stopped() {
    let (old, new) = (epoch(1), epoch(2));
    let (backup, certified) = (new.backup(0), Backup::read(certified(0), NOW).unwrap());
    // Stage, Adopt or Activate, BackedUp.
    assert_eq!(changes(&backup, &[]), "SAB");
    assert_eq!(changes(&backup, &[held(&[&old.backup(0)])]), "SAB");
    assert_eq!(changes(&backup, &[held(&[&backup])]), "B");
    assert_eq!(changes(&new.backup(1), &[held(&[&backup])]), "");
    let mut home = held(&[&backup]);
    home.sharings[0].state = State::Staged;
    assert_eq!(changes(&backup, core::slice::from_ref(&home)), "AB");
    // What a ceremony has staged waits for its certificate.
    home.sharings[0].session = "8c1d9f0e".into();
    assert_eq!(changes(&backup, &[home]), "");
    let mut home = held(&[&certified]);
    home.sharings[0].state = State::Staged;
    assert_eq!(changes(&certified, &[home]), "AB");
    // An older epoch would retire the one that signs.
    let mut newer = new.backup(0);
    newer.sharing.previous = Some(old.backup(0).sharing.fsid);
    assert_eq!(changes(&old.backup(0), &[held(&[&newer])]), "");
}

#[test]
fn files_are_called_as_the_apps_call_them() {
    let sharing = epoch(2).backup(1).sharing;
    let last = &hex::encode(sharing.vault.0)[62..];
    let name = |name: &str| file_name(name, &sharing);
    assert_eq!(name("Savings"), format!("Savings-{last}-share2of3.vult"));
    assert_eq!(name(" ../a:b\n"), format!("_a_b-{last}-share2of3.vult"));
    assert_eq!(name(".."), format!("Vault-{last}-share2of3.vult"));
    assert!(name(&"é".repeat(300)).len() < 150);

    let other = |file: &str| names_other_share(file, "Savings", &sharing);
    let ours = name("Savings");
    assert!(!other(&ours) && !other("notes.txt") && !other(&format!("x-{last}-share.vult")));
    for file in [
        format!("Savings-{last}-share1of3.vult"),
        format!("Renamed-{last}-part3of3-Vultiserver.vult"),
        "savings-pixel-1-share1of2.vult".into(),
        format!("Savings-{last}-share3of3 (1).vult"),
    ] {
        assert!(other(&file), "{file}");
    }
    assert!(!other("Holiday-0000-share1of3.vult"));
}

#[test]
fn damaged_contents_are_refused_or_read_and_never_a_panic() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut at = |len: usize| usize::try_from(rng.next_u32()).unwrap() % len;
    let saved = epoch(1);
    let message = saved.saved(0).encode();
    for _ in 0..400 {
        let mut damaged = message.to_vec();
        let (place, bit) = (at(damaged.len()), at(8));
        // Half of the damage where the names and keys are.
        let place = if bit < 4 { place % 400 } else { place };
        damaged[place] ^= 1 << bit;
        if bit == 7 {
            damaged.truncate(place);
        }
        if let Ok(vault) = VaultContents::decode(&damaged) {
            let _ = Backup::read(vault, NOW);
        }
    }
    for _ in 0..400 {
        let mut ecdsa = saved.ecdsa[0].clone();
        let (place, bit) = (at(ecdsa.len() / 100), at(8));
        ecdsa[place] ^= 1 << bit;
        let mut vault = saved.saved(0);
        vault.key_shares[0] = key_share(&saved.ecdsa[0][75..108], &ecdsa);
        let _ = Backup::read(vault, NOW);
    }
}

#[test]
fn nothing_secret_is_printed() {
    let backup = epoch(1).backup(0);
    let key = hex::encode(&shares_of(&backup)[0][140..172]);
    let recovered = recover(&[("a", &backup), ("b", &epoch(1).backup(1))]).unwrap();
    let printed = format!("{backup:?} {recovered:?} {:?}", backup.shares());
    assert!(!printed.contains(&key) && printed.contains("Secret"), "{printed}");
}
