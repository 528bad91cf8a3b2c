//! A relay, devices with homes, and the ceremonies that go well.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use k256::ecdsa::signature::hazmat::PrehashVerifier;
use k256::ecdsa::{Signature, VerifyingKey};
use quorate_store::{FILE, Home};
use quorate_vault::store::Secret;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::Value;

use super::process::{Ended, Running, quorate, text};

pub(crate) const PASSPHRASE: &str = "correct horse battery staple";
/// The vault of these tests.
pub(crate) const VAULT: &str = "Savings";
/// How long devices wait for one that has vanished, in seconds.
pub(crate) const PATIENCE: &str = "5";

/// Where a test plays: a directory that goes away, and a relay.
pub(crate) struct Stage {
    folder: Scratch,
    pub(crate) relay: Relay,
}

/// A relay of one's own.
pub(crate) struct Relay {
    pub(crate) url: String,
    pub(crate) process: Running,
}

/// A device: a home, a name, a passphrase, and the relay it goes to.
#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) name: String,
    pub(crate) home: PathBuf,
    /// Where it meets the others. `None`: at the link's, or, as an initiator, at its own on this machine.
    pub(crate) relay: Option<String>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self { folder: Scratch::new(), relay: Relay::start("127.0.0.1:0") }
    }

    /// A path on the stage.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.0.join(name)
    }

    /// A device whose home is not there yet.
    pub(crate) fn new_device(&self, name: &str) -> Device {
        Device { name: name.to_owned(), home: self.path(name), relay: Some(self.relay.url.clone()) }
    }

    /// A device with an empty home, whose passphrase costs next to nothing to try.
    pub(crate) fn device(&self, name: &str) -> Device {
        static DRAWN: AtomicUsize = AtomicUsize::new(0);
        let drawn = u64::try_from(DRAWN.fetch_add(1, Ordering::Relaxed)).expect("a small number");
        let device = self.new_device(name);
        let rng = Box::new(ChaCha20Rng::seed_from_u64(drawn));
        Home::create_weak(&device.home, &Secret::of(PASSPHRASE.to_owned()), rng).expect("a home");
        device
    }

    /// Devices `a`, `b` and `c`, which hold a 2-of-3 vault. It is made once, and copied from then on.
    pub(crate) fn vault(&self) -> [Device; 3] {
        const NAMES: [&str; 3] = ["a", "b", "c"];
        static MADE: OnceLock<[Vec<u8>; 3]> = OnceLock::new();
        let made = MADE.get_or_init(|| {
            let stage = Self::new();
            let devices = NAMES.map(|name| stage.device(name));
            let [a, b, c] = &devices;
            a.meet(&["keygen", VAULT, "--devices", "3"], &[b, c]);
            devices.map(|device| fs::read(device.store()).expect("a store"))
        });
        let devices = NAMES.map(|name| self.new_device(name));
        for (device, bytes) in devices.iter().zip(made) {
            fs::create_dir(&device.home).expect("a home");
            fs::write(device.store(), bytes).expect("a copy");
        }
        devices
    }
}

impl Relay {
    pub(crate) fn start(listen: &str) -> Self {
        let mut process =
            Running::start("relay", &mut quorate(["relay", "--listen", listen, "--json"]));
        let url = text(&process.event("listening")["url"]);
        Self { url, process }
    }

    /// What it listens on.
    pub(crate) fn address(&self) -> &str {
        self.url.strip_prefix("http://").expect("an http URL")
    }
}

impl Device {
    /// The program on this device, speaking JSON, asking nobody.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = quorate(words);
        command.args(["--json", "--device", &self.name, "--home"]).arg(&self.home);
        match &self.relay {
            Some(relay) => command.args(["--relay", relay]),
            None => command.args(["--advertise", "127.0.0.1"]),
        };
        command.env("QUORATE_PASSPHRASE", PASSPHRASE);
        command
    }

    /// The file that is its whole store.
    pub(crate) fn store(&self) -> PathBuf {
        self.home.join(FILE)
    }

    /// Starts it as somebody who says yes.
    pub(crate) fn start(&self, words: &[&str]) -> Running {
        Running::start(&self.name, self.command(words).arg("--yes"))
    }

    /// The same, with something for it to read.
    pub(crate) fn start_with_input(&self, words: &[&str], input: &str) -> Running {
        Running::start_with_input(&self.name, self.command(words).arg("--yes"), input)
    }

    /// The same, with little patience for silent devices.
    pub(crate) fn start_impatient(&self, words: &[&str]) -> Running {
        Running::start(&self.name, self.command(words).args(["--yes", "--timeout", PATIENCE]))
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, words: &[&str]) -> Ended {
        self.start(words).end()
    }

    /// One ceremony, started here, that must go well. What everybody said, this device first.
    #[track_caller]
    pub(crate) fn meet(&self, words: &[&str], joiners: &[&Self]) -> Vec<Ended> {
        let mut started = self.start(words);
        let link = started.link();
        let joined: Vec<Running> =
            joiners.iter().map(|device| device.start(&["join", &link])).collect();
        // An initiator whose joiners have failed waits for others, longer than a test does.
        let mut ended: Vec<Ended> = joined.into_iter().map(Running::end).collect();
        for each in &ended {
            each.succeeded();
        }
        ended.insert(0, started.end());
        ended[0].succeeded();
        ended
    }

    /// A signature that this device and the others make, and that verifies.
    #[track_caller]
    pub(crate) fn signs_with(&self, others: &[&Self]) {
        let ended = self.meet(&["keysign", VAULT, "--message", "hello"], others);
        let signatures: Vec<&Value> = ended.iter().map(|each| each.event("signature")).collect();
        let bytes = |field: &str| hex::decode(text(&signatures[0][field])).expect("hex");
        let key = VerifyingKey::from_sec1_bytes(&bytes("public_key")).expect("a key");
        let signature = Signature::from_slice(&bytes("signature")).expect("a signature");
        key.verify_prehash(&bytes("message"), &signature).expect("a signature that verifies");
        assert!(signatures.iter().all(|signature| *signature == signatures[0]), "{signatures:#?}");
    }

    /// A signature on Solana that this device and the others make, with the vault's other key.
    #[track_caller]
    pub(crate) fn signs_on_solana_with(&self, others: &[&Self]) {
        let words = ["keysign", VAULT, "--chain", "Solana", "--message", "hello"];
        signed_on_solana(
            &self.meet(&words, others),
            &text(&self.shown()["public_key_eddsa"]),
            b"hello",
        );
    }

    /// What `vault list` tells, without the passphrase.
    #[track_caller]
    pub(crate) fn vaults(&self) -> Value {
        self.run(&["vault", "list"]).data()["vaults"].clone()
    }

    /// What `vault show` tells.
    #[track_caller]
    pub(crate) fn shown(&self) -> Value {
        self.run(&["vault", "show", VAULT]).data().clone()
    }

    /// This device's name in the vault.
    #[track_caller]
    pub(crate) fn party(&self) -> String {
        text(&self.shown()["me"])
    }

    /// The vault's address on Ethereum, as this device derives it from its own share.
    #[track_caller]
    pub(crate) fn address(&self) -> String {
        self.address_on("Ethereum")
    }

    /// The vault's address on a chain, likewise.
    #[track_caller]
    pub(crate) fn address_on(&self, chain: &str) -> String {
        text(&self.run(&["address", VAULT, chain]).data()["addresses"][0]["address"])
    }
}

/// Whether everybody has a signature of this message by this key, as another implementation than ours verifies it.
#[track_caller]
pub(crate) fn signed_on_solana(ended: &[Ended], public_key: &str, message: &[u8]) {
    for each in ended {
        let signed = each.event("signature");
        assert_eq!(
            (&signed["key"], text(&signed["public_key"])),
            (&"eddsa".into(), public_key.to_owned())
        );
        assert_eq!(text(&signed["message"]), hex::encode(message));
        let signature = hex::decode(text(&signed["signature"])).expect("hex");
        let key = hex::decode(public_key).expect("hex");
        UnparsedPublicKey::new(&ED25519, key)
            .verify(message, &signature)
            .expect("a signature that verifies");
    }
}

/// A directory that goes away.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("quorate-devices-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary directory");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Plays all cases, a few at a time: most of each is waiting.
pub(crate) fn at_once<T: Sync>(cases: &[T], play: impl Fn(&T) + Sync) {
    const ABREAST: usize = 8;
    let next = AtomicUsize::new(0);
    std::thread::scope(|threads| {
        for _ in 0..ABREAST.min(cases.len()) {
            threads.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    play(case);
                }
            });
        }
    });
}
