//! Homes that are locked, foreign, damaged or full. What was in them is still there afterwards.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::{Ended, Running};
use super::stage::{Device, Stage, VAULT};

#[test]
fn a_store_that_is_locked_foreign_damaged_or_cut_short_is_named_and_left_alone() {
    let stage = Stage::new();
    let [a, b, _] = stage.vault();
    let file = a.store();
    let name = file.display().to_string();
    let good = fs::read(&file).expect("a store");
    let before = a.vaults();
    let sign = ["keysign", VAULT, "--message", "hello"];

    let mut command = a.command(&[&sign[..], &["--yes"]].concat());
    Running::start("a", command.env("QUORATE_PASSPHRASE", "wrong"))
        .end()
        .failed(4, &[&name, "passphrase"]);

    // Scrambled: its first page, which every command reads, then a piece of the share.
    let scrambled = |at: usize| {
        let mut bytes = good.clone();
        bytes[at..at + 64].iter_mut().for_each(|byte| *byte ^= 0x5a);
        bytes
    };
    let foreign = b"a picture, or anything else that is no store".repeat(200);
    for (bad, says) in [
        (scrambled(100), "damaged"),
        (good[..good.len() / 2].to_vec(), "damaged"),
        (foreign, "not a quorate store"),
    ] {
        fs::write(&file, &bad).expect("written");
        a.run(&sign).failed(11, &[&name, says]);
        a.run(&["keygen", "Other", "--devices", "2"]).failed(11, &[&name, says]);
        a.run(&["vault", "list"]).failed(11, &[&name, says]);
        assert!(fs::read(&file).expect("a store") == bad, "it was left alone");
    }
    fs::write(&file, scrambled(inside_a_share(&good))).expect("written");
    a.run(&sign).failed(11, &["damaged", "other devices", "reshare"]);
    assert_eq!(a.vaults(), before);

    fs::write(&file, good).expect("written");
    a.signs_with(&[&b]);
}

/// A share is the longest thing in the file, and fills pages of its own: each begins with the number of the next.
fn inside_a_share(file: &[u8]) -> usize {
    let page = usize::from(u16::from_be_bytes([file[16], file[17]]));
    let pages: Vec<&[u8]> = file.chunks(page).collect();
    let goes_on = |index: usize| {
        let next = u32::from_be_bytes(pages[index][..4].try_into().expect("four bytes"));
        usize::try_from(next).expect("a page's number") == index + 2
    };
    let chain = |from: usize| (from..pages.len()).take_while(|index| goes_on(*index)).count();
    let longest = (0..pages.len()).max_by_key(|from| chain(*from)).expect("a page");
    assert!(chain(longest) > 4, "no share");
    (longest + chain(longest) / 2) * page + 100
}

/// A small disk, mounted for a while. Needs the right to mount.
pub(crate) struct SmallDisk(PathBuf);

impl SmallDisk {
    pub(crate) fn mount(at: &Path) -> Option<Self> {
        fs::create_dir(at).expect("a directory");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=1m,mode=0700", "quorate-test"])
            .arg(at)
            .output()
            .is_ok_and(|mount| mount.status.success());
        if !mounted {
            eprintln!("skipped: a small disk cannot be mounted here");
        }
        mounted.then(|| Self(at.to_owned()))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes until nothing fits any more.
    pub(crate) fn fill(&self) {
        let full = fs::write(self.0.join("ballast"), vec![0; 2 << 20]);
        assert_eq!(full.unwrap_err().kind(), std::io::ErrorKind::StorageFull);
    }

    pub(crate) fn empty(&self) {
        fs::remove_file(self.0.join("ballast")).expect("ballast");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn a_disk_that_is_full_ends_a_reshare_and_costs_nothing() {
    let stage = Stage::new();
    let Some(disk) = SmallDisk::mount(&stage.path("disk")) else { return };
    let [a, b, c] = stage.vault();
    let from = b.store();
    let b = Device { home: disk.0.join("b"), ..b };
    fs::create_dir(&b.home).expect("a home");
    fs::copy(from, b.store()).expect("a copy");
    let before = [&a, &b, &c].map(Device::vaults);

    disk.fill();
    let mut started = a.start_impatient(&["reshare", VAULT, "--devices", "3"]);
    let link = started.link();
    let joined = [&b, &c].map(|device| device.start_impatient(&["join", &link]));
    let ended: Vec<Ended> = core::iter::once(started).chain(joined).map(Running::end).collect();
    assert_eq!(ended[1].failed(1, &[&b.home.display().to_string(), "room"])["kind"], "disk_full");
    for other in [&ended[0], &ended[2]] {
        other.failed(6, &["b-"]);
    }
    let new = Device { home: disk.0.join("d"), ..stage.new_device("d") };
    assert_eq!(new.run(&["join", &link]).failed(1, &["room"])["kind"], "disk_full");
    assert_eq!([&a, &b, &c].map(Device::vaults), before);
    a.signs_with(&[&b]);

    disk.empty();
    a.meet(&["reshare", VAULT, "--devices", "3"], &[&b, &c]);
    b.signs_with(&[&c]);
}
