//! Shares as files: made, looked into, restored, and kept apart.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use quorate_vault::store::Secret;
use quorate_wire::vult::{self, Lock, VaultContents};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::bad_stores::SmallDisk;
use super::process::{Ended, Running, quorate, text};
use super::stage::{Device, Stage, VAULT};

pub(crate) const PASSWORD: &str = "tr0ub4dor & 3";
/// A backup of the kind before, as a phone has made it.
const GG20: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/app/backups/GG20_1of2.vult");

/// The program on this device, with the password of its backups.
pub(crate) fn command(device: &Device, words: &[&str]) -> Command {
    let mut command = device.command(words);
    command.env("QUORATE_BACKUP_PASSWORD", PASSWORD);
    command
}

/// Runs it to its end, saying yes.
pub(crate) fn run(device: &Device, words: &[&str]) -> Ended {
    Running::start(&device.name, command(device, words).arg("--yes")).end()
}

/// The program without any device, asking nobody.
pub(crate) fn alone(words: &[&str]) -> Ended {
    let mut command = quorate(words);
    Running::start("nobody", command.arg("--json").env("QUORATE_BACKUP_PASSWORD", PASSWORD)).end()
}

/// A folder of this device's own.
pub(crate) fn folder(stage: &Stage, name: &str) -> PathBuf {
    let folder = stage.path(name);
    fs::create_dir(&folder).expect("a folder");
    folder
}

pub(crate) fn path(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// A backup of this device in a folder of its own.
pub(crate) fn backed_up(stage: &Stage, device: &Device, into: &str) -> PathBuf {
    let folder = folder(stage, into);
    let ended = run(device, &["backup", "create", VAULT, "--out", path(&folder)]);
    PathBuf::from(text(&ended.data()["path"]))
}

fn restore(device: &Device, file: &Path) -> Ended {
    run(device, &["backup", "restore", path(file)])
}

/// What a folder holds.
fn entries(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect()
}

/// A backup's contents, without a lock.
fn contents(file: &Path) -> VaultContents {
    let password = Secret::of(PASSWORD.to_owned());
    vult::parse(&fs::read(file).expect("a backup"), Some(&password)).expect("a backup").vault
}

fn write_plain(file: &Path, vault: &VaultContents) {
    let written = vult::write(vault, Lock::None, &mut ChaCha20Rng::seed_from_u64(1));
    fs::write(file, written.as_bytes()).expect("written");
}

#[test]
fn backups_are_restored_into_new_homes_which_sign_and_reshare_with_the_rest() {
    let stage = Stage::new();
    let [a, b, c] = stage.vault();
    for view in [a.vaults()[0].clone(), a.shown()] {
        assert_eq!(view["backed_up"], false);
    }
    // Whoever signs without a backup is told.
    let signed = a.meet(&["keysign", VAULT, "--message", "hello"], &[&b]);
    assert_eq!(
        signed.iter().map(|each| each.event("backup_due")["epoch"].clone()).collect::<Vec<_>>(),
        [1, 1]
    );

    let kept = folder(&stage, "kept");
    let ended = run(&a, &["backup", "create", VAULT, "--out", path(&kept)]);
    let (data, shown) = (ended.data(), a.shown());
    let last_four = text(&shown["public_key_ecdsa"]).split_off(62);
    let place =
        1 + shown["parties"].as_array().unwrap().iter().position(|p| *p == shown["me"]).unwrap();
    let file = kept.join(format!("{VAULT}-{last_four}-share{place}of3.vult"));
    assert_eq!(
        (text(&data["path"]), &data["vault"], &data["epoch"]),
        (path(&file).to_owned(), &VAULT.into(), &1.into())
    );
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(entries(&kept).len(), 1, "nothing is left beside it");
    for view in [a.vaults()[0].clone(), a.shown()] {
        assert_eq!(view["backed_up"], true);
    }
    let signed = a.meet(&["keysign", VAULT, "--message", "hello"], &[&b]);
    assert_eq!(
        (signed[0].events("backup_due").len(), signed[1].events("backup_due").len()),
        (0, 1)
    );

    let verified = alone(&["backup", "verify", path(&file)]);
    let inside = &verified.data()["backups"][0];
    assert_eq!(
        (
            &inside["vault"],
            &inside["party"],
            &inside["threshold"],
            &inside["epoch"],
            &inside["certified"],
            &inside["scheme"]
        ),
        (&VAULT.into(), &shown["me"], &2.into(), &1.into(), &true.into(), &"v2".into())
    );

    // The devices are gone, their backups are not.
    let (address, on_solana) = (a.address(), a.address_on("Solana"));
    let other = backed_up(&stage, &b, "kept by b");
    let [x, y] = ["x", "y"].map(|name| stage.device(name));
    for (device, file) in [(&x, &file), (&y, &other)] {
        let restored = restore(device, file);
        let data = restored.data();
        assert_eq!(
            (&data["restored"], &data["epoch"], &data["backed_up"]),
            (&true.into(), &1.into(), &true.into())
        );
        assert_eq!(
            (device.address(), device.address_on("Solana")),
            (address.clone(), on_solana.clone())
        );
    }
    x.signs_with(&[&y]);
    y.signs_on_solana_with(&[&c]);

    // What a reshare makes has no backup yet, and the old ones are of an older epoch.
    for each in x.meet(&["reshare", VAULT, "--refresh"], &[&y, &c]) {
        assert_eq!(
            (&each.event("vault")["epoch"], &each.event("vault")["backed_up"]),
            (&2.into(), &false.into())
        );
    }
    restore(&x, &file).failed(7, &["a reshare has replaced it", path(&file)]);
    // On a device that has missed the reshare, the new one replaces it, if somebody says so.
    let newer = backed_up(&stage, &x, "kept by x");
    Running::start("a", &mut command(&a, &["backup", "restore", path(&newer)]))
        .end()
        .failed(12, &["newer epoch", "--yes"]);
    assert_eq!(a.shown()["epoch"], 1);
    assert_eq!(restore(&a, &newer).data()["epoch"], 2);
    // And a device that has never held the old one does not take it in place of the new one.
    let z = stage.device("z");
    restore(&z, &newer).succeeded();
    restore(&z, &file).failed(7, &["older epoch", path(&file)]);
    assert_eq!(z.shown()["epoch"], 2);
    a.signs_with(&[&y]);
}

#[test]
fn a_folder_never_holds_two_shares_of_one_vault_and_nothing_is_overwritten() {
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let file = backed_up(&stage, &a, "kept");
    let kept = file.parent().unwrap().to_owned();
    let create = |device: &Device, more: &[&str]| {
        run(device, &[&["backup", "create", VAULT, "--out"], more].concat())
    };
    create(&a, &[path(&file)]).failed(7, &[path(&file), "overwritten"]);
    create(&a, &[path(&kept)]).failed(7, &[path(&file), "overwritten"]);
    // By its name,
    create(&b, &[path(&kept)])
        .failed(7, &[file.file_name().unwrap().to_str().unwrap(), "another folder"]);
    create(&b, &[path(&kept.join("b.vult"))]).failed(7, &["another folder"]);
    // by its contents with the same password,
    fs::rename(&file, kept.join("holiday.bak")).unwrap();
    create(&b, &[path(&kept)]).failed(7, &["holiday.bak"]);
    // in an archive,
    let packed = kept.join("all.zip");
    fs::write(&packed, zip(&[("one.vult", &fs::read(kept.join("holiday.bak")).unwrap())])).unwrap();
    fs::remove_file(kept.join("holiday.bak")).unwrap();
    create(&b, &[path(&kept)]).failed(7, &["all.zip: one.vult"]);
    fs::remove_file(&packed).unwrap();
    // and without any.
    create(&a, &[path(&kept.join("plain.dat")), "--no-password"]).succeeded();
    create(&b, &[path(&kept)]).failed(7, &["plain.dat"]);
    assert_eq!(entries(&kept), ["plain.dat"]);
    assert_eq!(b.shown()["backed_up"], false);
    // The same member's may lie beside it.
    create(&a, &[path(&kept)]).succeeded();

    symlink("nowhere", stage.path("link.vult")).unwrap();
    create(&b, &[path(&stage.path("link.vult"))]).failed(7, &["link.vult"]);
    create(&b, &[path(&stage.path("no such folder/x.vult"))]).failed(10, &["no such folder"]);
    assert!(!stage.path("nowhere").exists());
    create(&b, &["/proc/backup.vult"]).failed(10, &["/proc/backup.vult"]);
    assert_eq!(b.shown()["backed_up"], false);
}

#[test]
fn a_backup_without_password_or_of_the_old_kind_is_made_when_told_and_warned_of() {
    let stage = Stage::new();
    let [a, b, c] = stage.vault();
    let out = stage.path("a.vult");
    let words = ["backup", "create", VAULT, "--out", path(&out)];
    let mut silent = a.command(&words);
    Running::start("a", silent.arg("--yes"))
        .end()
        .failed(12, &["--password-file", "--no-password"]);
    assert!(!out.exists());
    a.run(&[&words[..], &["--no-password", "--scheme", "v1"]].concat()).failed(2, &[]);
    a.run(&[&words[..], &["--password-file", "/nowhere"]].concat()).failed(10, &["/nowhere"]);

    let made = |device: &Device, more: &[&str], scheme: &str, warns: &str| {
        let out = folder(&stage, &format!("{}-{scheme}", device.name)).join("x.vult");
        let ended = Command::new(env!("CARGO_BIN_EXE_quorate"))
            .args(["backup", "create", VAULT, "--out", path(&out), "--home"])
            .arg(&device.home)
            .args(more)
            .env("QUORATE_PASSPHRASE", super::stage::PASSPHRASE)
            .env("QUORATE_BACKUP_PASSWORD", PASSWORD)
            .output()
            .unwrap();
        let says = String::from_utf8(ended.stderr).unwrap();
        assert!(ended.status.success() && says.contains(warns), "{says}");
        assert_eq!(alone(&["backup", "verify", path(&out)]).data()["backups"][0]["scheme"], scheme);
        out
    };
    let plain = made(&a, &["--no-password"], "none", "not encrypted");
    let old = made(&b, &["--scheme", "v1"], "v1", "a hundred thousand times faster");
    // The environment's password is not that of the command line.
    let file = stage.path("password");
    fs::write(&file, "another\n").unwrap();
    let other = folder(&stage, "other").join("c.vult");
    let words = ["backup", "create", VAULT, "--out", path(&other), "--password-file", path(&file)];
    run(&c, &words).succeeded();
    alone(&["backup", "verify", path(&other)]).failed(4, &[path(&other), "password"]);
    alone(&["backup", "verify", path(&other), "--password-file", path(&file)]).succeeded();

    let [x, y] = ["x", "y"].map(|name| stage.device(name));
    x.run(&["backup", "restore", path(&plain)]).succeeded();
    restore(&y, &old).succeeded();
    x.signs_with(&[&y]);
}

#[test]
fn what_is_no_backup_is_refused_in_words_and_makes_no_home() {
    let stage = Stage::new();
    let [a, ..] = stage.vault();
    let good = fs::read(backed_up(&stage, &a, "kept")).unwrap();
    let flipped = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        bytes
    };
    let cut = |len: usize| good[..len].to_vec();
    let cases: [(&str, Vec<u8>, i32, &str); 8] = [
        ("empty", Vec::new(), 10, "no vault backup"),
        ("text", b"a shopping list".to_vec(), 10, "no vault backup"),
        ("half", cut(good.len() / 2), 10, "no vault backup"),
        ("one short", cut(good.len() - 5), 10, "no vault backup"),
        ("flipped", flipped(good.len() / 2), 4, "changed"),
        ("flipped salt", flipped(30), 4, "changed"),
        ("gg20", fs::read(GG20).unwrap(), 10, "GG20"),
        ("zip", b"PK\x03\x04 and nothing more".to_vec(), 10, "archive"),
    ];
    let device = stage.new_device("x");
    for (name, bytes, code, says) in cases {
        let file = stage.path(&format!("{name}.vult"));
        fs::write(&file, bytes).unwrap();
        alone(&["backup", "verify", path(&file)]).failed(code, &[path(&file), says]);
        restore(&device, &file).failed(code, &[path(&file), says]);
        alone(&["recover", path(&file), "--reveal", "--yes"]).failed(code, &[path(&file), says]);
    }
    let file = stage.path("kept").join(entries(&stage.path("kept")).remove(0));
    for words in [&["backup", "verify"][..], &["backup", "restore"]] {
        let words = [words, &[path(&file)]].concat();
        let mut asked = device.command(&words);
        Running::start("x", asked.arg("--yes")).end().failed(12, &["--password-file", path(&file)]);
        let mut wrong = device.command(&words);
        Running::start("x", wrong.arg("--yes").env("QUORATE_BACKUP_PASSWORD", "wrong"))
            .end()
            .failed(4, &[path(&file), "password"]);
        for nothing in ["/nowhere.vult", path(&stage.path("kept"))] {
            let words = [&words[..2], &[nothing]].concat();
            run(&device, &words).failed(10, &[nothing, "cannot be read"]);
        }
    }
    assert!(!device.home.exists(), "nothing was made");
}

#[test]
fn a_home_holds_one_share_of_a_vault() {
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let files = [&a, &b].map(|device| backed_up(&stage, device, &format!("of {}", device.name)));
    let before = b.vaults();
    // Another member's.
    restore(&b, &files[0]).failed(7, &[&a.party(), &b.party(), "smaller threshold", "--home"]);
    assert_eq!(b.vaults(), before);
    // Its own.
    assert_eq!(restore(&b, &files[1]).data()["restored"], false);
    assert_eq!(b.vaults(), before);

    // Both in one archive: one of them is meant, and then the other one is refused.
    let archive = stage.path("phones.zip");
    let [one, two] = files.each_ref().map(|file| fs::read(file).unwrap());
    let gg20 = fs::read(GG20).unwrap();
    fs::write(
        &archive,
        zip(&[
            ("a.vult", &one),
            ("b.bak", &two),
            ("again.vult", &one),
            ("old.vult", &gg20),
            ("x.txt", b"?"),
        ]),
    )
    .unwrap();
    let device = stage.device("x");
    restore(&device, &archive).failed(12, &["--party", &a.party(), &b.party()]);
    let of = |party: &str| run(&device, &["backup", "restore", path(&archive), "--party", party]);
    of("nobody").failed(10, &["GG20"]);
    assert_eq!(device.vaults().as_array().unwrap().len(), 0);
    assert_eq!(of(&b.party()).data()["me"], text(&b.shown()["me"]).as_str());
    of(&a.party()).failed(7, &["smaller threshold"]);
    a.signs_with(&[&device]);

    // Names that are taken, or none.
    let device = stage.device("y");
    let named = |name: &str| run(&device, &["backup", "restore", path(&files[0]), "--name", name]);
    named(" x").failed(10, &["name"]);
    assert_eq!(named("Old savings").data()["name"], "Old savings");
}

#[test]
fn what_other_apps_have_saved_comes_back_to_the_byte_and_survives_a_reshare() {
    let stage = Stage::new();
    let [a, b, c] = stage.vault();
    let mut vault = contents(&backed_up(&stage, &a, "kept"));
    // As another app might have written it: its order, its letters, a stale share, fields of later versions.
    vault.key_shares.reverse();
    let stale = vult::KeyShare::new(&[7; 33], &Secret::of(b"long ago".to_vec()));
    vault.key_shares.insert(1, stale);
    vault.hex_chain_code.make_ascii_uppercase();
    vault.public_key_mldsa44 = "abcd".to_owned();
    let extension = vault.quorate.take();
    let later = [0x9a, 0x06, 5, b'l', b'a', b't', b'e', b'r'];
    let known = [vault.encode().as_slice(), &later].concat();
    let mut vault = VaultContents::decode(&known).unwrap();
    vault.quorate = extension;
    let file = stage.path("other.vult");
    write_plain(&file, &vault);

    let x = stage.device("x");
    restore(&x, &file).succeeded();
    let again = stage.path("again").join("x.vult");
    fs::create_dir(again.parent().unwrap()).unwrap();
    run(&x, &["backup", "create", VAULT, "--out", path(&again), "--no-password"]).succeeded();
    assert!(*contents(&again).encode() == *vault.encode(), "it is the same to the byte");
    assert_eq!(fs::read(&again).unwrap(), fs::read(&file).unwrap());

    b.meet(&["reshare", VAULT, "--refresh"], &[&x, &c]);
    let third = backed_up(&stage, &x, "after");
    let after = contents(&third);
    assert_eq!((&*after.unknown, &*after.public_key_mldsa44), (&later[..], "abcd"));
    assert_eq!(after.key_shares.len(), 3);
    assert_eq!(after.quorate.as_ref().map(|ours| ours.epoch), Some(2));
    let y = stage.device("y");
    restore(&y, &third).succeeded();
    y.signs_with(&[&b]);
}

#[test]
fn a_backup_that_is_interrupted_leaves_nothing_that_looks_like_one() {
    let stage = Stage::new();
    let [a, ..] = stage.vault();
    let kept = folder(&stage, "kept");
    let words = ["backup", "create", VAULT, "--out", path(&kept)];
    let mut ms = 0;
    loop {
        let running = Running::start("a", &mut command(&a, &words));
        std::thread::sleep(Duration::from_millis(ms));
        running.signal("KILL");
        running.end();
        if let Some(file) = entries(&kept).iter().find(|name| !name.starts_with('.')) {
            alone(&["backup", "verify", path(&kept.join(file))]).succeeded();
            break;
        }
        ms += 40;
    }
    // Whatever the others have left behind is gone as well.
    assert_eq!(
        entries(&kept).iter().filter(|name| name.starts_with('.')).count().min(1),
        entries(&kept).len() - 1
    );
    fs::write(kept.join(".quorate-0123456789abcdef.partial"), "torn").unwrap();
    run(&a, &["backup", "create", VAULT, "--out", path(&kept.join("again.vult"))]).succeeded();
    assert!(entries(&kept).iter().all(|name| !name.starts_with('.')), "{:?}", entries(&kept));
    assert_eq!(a.shown()["backed_up"], true);
}

#[test]
fn a_disk_that_is_full_keeps_no_piece_of_a_backup() {
    let stage = Stage::new();
    let Some(disk) = SmallDisk::mount(&stage.path("disk")) else { return };
    let [a, ..] = stage.vault();
    disk.fill();
    let ended = run(&a, &["backup", "create", VAULT, "--out", path(disk.path())]);
    assert_eq!(ended.failed(1, &["no space", path(disk.path())])["kind"], "disk_full");
    assert_eq!(entries(disk.path()), ["ballast"]);
    assert_eq!(a.shown()["backed_up"], false);
    disk.empty();
    run(&a, &["backup", "create", VAULT, "--out", path(disk.path())]).succeeded();
}

/// A ZIP of these files, not compressed.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let len = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let (mut bytes, mut listed) = (Vec::new(), Vec::new());
    for (name, file) in files {
        let start = len(&bytes);
        let name_len = [u8::try_from(name.len()).unwrap(), 0, 0, 0];
        let common =
            [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &crc32(file), &len(file), &len(file), &name_len]
                .concat();
        bytes.extend([b"PK\x03\x04", &*common, name.as_bytes(), file].concat());
        listed
            .extend([b"PK\x01\x02\x14\x00", &*common, &[0; 10], &start, name.as_bytes()].concat());
    }
    let count = [u8::try_from(files.len()).unwrap(), 0];
    let end = [&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &len(&listed), &len(&bytes), &[0; 2]];
    [bytes, listed, end.concat()].concat()
}

fn crc32(bytes: &[u8]) -> [u8; 4] {
    let step = |crc: u32| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
    let add = |crc, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc));
    (!bytes.iter().fold(!0, add)).to_le_bytes()
}

#[test]
fn the_password_is_nowhere_in_what_is_said() {
    let stage = Stage::new();
    let [a, ..] = stage.vault();
    let file = backed_up(&stage, &a, "kept");
    for ended in [alone(&["backup", "verify", path(&file)]), restore(&stage.device("x"), &file)] {
        let said = format!("{ended:?}");
        assert!(!said.contains(PASSWORD));
        let share = contents(&file).key_shares.remove(0);
        assert!(!said.contains(&share.keyshare.expose()[..40]));
        ended.succeeded();
    }
}
