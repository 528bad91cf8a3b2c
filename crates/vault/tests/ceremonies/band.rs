//! A band of devices with real stores, and the ceremonies they hold.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use quorate_chain::chain;
use quorate_core::{Alone, Secret};
use quorate_store::faults::{Fault, Faulty};
use quorate_store::{Home, SqliteStore};
use quorate_vault::ceremony::import::ImportedKeys;
use quorate_vault::ceremony::keysign::Intent;
use quorate_vault::ceremony::reshare::Aim;
use quorate_vault::ceremony::{
    self, Ceremony, Outcome, Patience, Route, Signed, import, join, keygen, keysign, reshare,
    resume,
};
use quorate_vault::failure::{Failure, Kind};
use quorate_vault::phrase::{PathScheme, Phrase};
use quorate_vault::store::{
    Change, Keyring, PublicKey, Shares, Sharing, State, Store, Timestamp, Vault,
};
use quorate_wire::link::Link;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::world::{Device, World};

/// A phrase that everybody has: key_import.json is of it.
pub(crate) const PHRASE: &str =
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

pub(crate) type Disk = Faulty<SqliteStore>;

/// A folder that is gone when the test ends.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("quorate-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn home(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// Opens a home, making it first if it is not there.
pub(crate) fn disk(home: &Path) -> SqliteStore {
    let passphrase = || Secret::of("passphrase".to_owned());
    let rng = || Box::new(rng(7));
    if Home::exists(home) {
        Home::open(home).unwrap().unlock(&passphrase(), rng()).unwrap()
    } else {
        Home::create_weak(home, &passphrase(), rng()).unwrap()
    }
}

/// Named devices in a world of their own.
pub(crate) struct Band {
    pub(crate) world: World<Disk>,
    pub(crate) folder: Folder,
}

impl Band {
    pub(crate) fn new(test: &str, names: &[&str], seed: u64) -> Self {
        let folder = Folder::new(test);
        let mut band = Self { world: World::new(seed), folder };
        for name in names {
            band.add(name);
        }
        band
    }

    pub(crate) fn add(&mut self, name: &str) {
        let store = Faulty::counting(disk(&self.folder.home(name)));
        self.world.devices.push(Device::new(name, store));
    }

    pub(crate) fn index(&self, name: &str) -> usize {
        self.world.devices.iter().position(|device| device.me == name).unwrap()
    }

    /// Switches a device off and on again: what is on its disk is all it knows.
    pub(crate) fn restart(&mut self, name: &str) {
        self.plan(name, None);
    }

    /// Restarts a device, with a fault waiting at its `at`-th store call.
    pub(crate) fn plan(&mut self, name: &str, fault: Option<(u64, Fault)>) {
        let index = self.index(name);
        let old = self.world.devices.remove(index);
        drop(old);
        let disk = disk(&self.folder.home(name));
        let store = match fault {
            Some((at, fault)) => Faulty::failing(disk, at, fault),
            None => Faulty::counting(disk),
        };
        self.world.devices.insert(index, Device::new(name, store));
    }

    /// The same devices with the same disks, in a folder of their own.
    pub(crate) fn copy(&self, test: &str, names: &[&str]) -> Self {
        let copy = Self { world: World::new(77), folder: Folder::new(test) };
        for name in names {
            let (from, to) = (self.folder.home(name), copy.folder.home(name));
            std::fs::create_dir_all(&to).unwrap();
            std::fs::set_permissions(&to, std::os::unix::fs::PermissionsExt::from_mode(0o700))
                .unwrap();
            for file in std::fs::read_dir(from).unwrap() {
                let file = file.unwrap();
                std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
            }
        }
        let mut copy = copy;
        for name in names {
            copy.add(name);
        }
        copy
    }

    /// How many store calls a device has made since it was started.
    pub(crate) fn calls(&self, name: &str) -> u64 {
        self.world.devices[self.index(name)].store.calls().count()
    }

    /// Forgets the last meeting.
    pub(crate) fn clear(&mut self) {
        self.world.relay = super::world::Relay::default();
        for device in &mut self.world.devices {
            device.ceremony = None;
            device.outcome = None;
            device.asked.clear();
        }
    }

    pub(crate) fn vault(&self, name: &str) -> Option<Vault> {
        self.world.devices[self.index(name)].store.vaults().ok()?.into_iter().next()
    }

    pub(crate) fn active(&self, name: &str) -> Option<Sharing> {
        self.vault(name)?.active().cloned()
    }

    pub(crate) fn with_device<T>(
        &mut self,
        name: &str,
        act: impl FnOnce(&ceremony::Device<'_>, &mut ChaCha20Rng) -> T,
    ) -> T {
        let index = self.index(name);
        let now = self.world.now;
        let World { devices, rng, .. } = &mut self.world;
        let device = &devices[index];
        let seat = ceremony::Device {
            party: device.me.clone(),
            store: &device.store,
            now,
            today: Timestamp(1_800_000_000),
            patience: Patience::default(),
            workers: Arc::new(Alone),
        };
        act(&seat, rng)
    }

    pub(crate) fn enter(&mut self, name: &str, mut ceremony: Ceremony) {
        let index = self.index(name);
        if self.world.perform(index, &mut ceremony) {
            self.world.devices[index].ceremony = Some(ceremony);
        }
    }

    pub(crate) fn initiate(
        &mut self,
        name: &str,
        start: impl FnOnce(&ceremony::Device<'_>, &mut ChaCha20Rng) -> Result<(Ceremony, Link), Failure>,
    ) -> Result<String, Failure> {
        let (ceremony, link) = self.with_device(name, start)?;
        self.enter(name, ceremony);
        Ok(link.to_url())
    }

    pub(crate) fn join(&mut self, name: &str, link: &str) -> Result<(), Failure> {
        let ceremony = self.with_device(name, |seat, rng| {
            join::join(seat, Link::parse(link).unwrap(), None, rng)
        })?;
        self.enter(name, ceremony);
        Ok(())
    }

    pub(crate) fn keygen(&mut self, names: &[&str]) {
        self.begin_keygen(names);
        self.world.run(100_000);
    }

    pub(crate) fn begin_keygen(&mut self, names: &[&str]) {
        self.clear();
        let devices = u8::try_from(names.len()).unwrap();
        let (first, others) = names.split_first().unwrap();
        let link = self
            .initiate(first, |seat, rng| {
                keygen::initiate(seat, "Savings", devices, None, &Route::default(), rng)
            })
            .unwrap();
        for name in others {
            self.join(name, &link).unwrap();
        }
    }

    /// The test phrase of BIP39, imported by the first of these devices.
    pub(crate) fn begin_import(&mut self, names: &[&str], chains: &[&str]) -> String {
        self.clear();
        let devices = u8::try_from(names.len()).unwrap();
        let (first, others) = names.split_first().unwrap();
        let chains: Vec<_> = chains.iter().map(|name| chain::find(name).unwrap()).collect();
        let phrase = Phrase::parse(PHRASE).unwrap();
        let keys = ImportedKeys::of(&phrase, &chains, PathScheme::default()).unwrap();
        let route = Route::default();
        let link = self
            .initiate(first, |seat, rng| {
                import::initiate(seat, "Savings", devices, None, keys, &route, rng)
            })
            .unwrap();
        for name in others {
            self.join(name, &link).unwrap();
        }
        link
    }

    pub(crate) fn begin_reshare(
        &mut self,
        names: &[&str],
        removed: &[&str],
        threshold: Option<u8>,
    ) -> Result<(), Failure> {
        self.clear();
        let (first, others) = names.split_first().unwrap();
        let Some(vault) = self.vault(first) else {
            return Err(Failure::new(Kind::Store, "the store cannot be read", "look at the test"));
        };
        let aim = Aim {
            devices: u8::try_from(names.len()).unwrap(),
            threshold,
            removed: removed.iter().map(|name| (*name).to_owned()).collect(),
        };
        let link = self.initiate(first, |seat, rng| {
            reshare::initiate(seat, &vault, aim, &Route::default(), rng)
        })?;
        for name in others {
            self.join(name, &link)?;
        }
        Ok(())
    }

    /// New shares for the same devices.
    pub(crate) fn refresh(&mut self, names: &[&str]) {
        self.clear();
        let (first, others) = names.split_first().unwrap();
        let vault = self.vault(first).unwrap();
        let aim = Aim::refresh(vault.active().unwrap());
        let link = self
            .initiate(first, |seat, rng| {
                reshare::initiate(seat, &vault, aim, &Route::default(), rng)
            })
            .unwrap();
        for name in others {
            self.join(name, &link).unwrap();
        }
        self.world.run(100_000);
    }

    pub(crate) fn reshare(&mut self, names: &[&str], removed: &[&str]) {
        self.begin_reshare(names, removed, None).unwrap();
        self.world.run(100_000);
        for name in names {
            self.outcome(name).unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        }
    }

    pub(crate) fn begin_keysign(
        &mut self,
        names: &[&str],
        digest: [u8; 32],
    ) -> Result<String, Failure> {
        let ethereum = chain::find("Ethereum").unwrap();
        let path = ethereum.path.to_owned();
        self.begin_signing(names, &Intent::Digest { digest, chain: ethereum, path })
    }

    pub(crate) fn begin_signing(
        &mut self,
        names: &[&str],
        intent: &Intent,
    ) -> Result<String, Failure> {
        self.clear();
        let (first, others) = names.split_first().unwrap();
        let vault = self.vault(first).unwrap();
        let link = self.initiate(first, |seat, rng| {
            keysign::initiate(seat, &vault, intent, &Route::default(), rng)
        })?;
        for name in others {
            self.join(name, &link)?;
        }
        Ok(link)
    }

    pub(crate) fn begin_resume(&mut self, names: &[&str]) -> Result<(), Failure> {
        self.clear();
        let (first, others) = names.split_first().unwrap();
        let vault = self.vault(first).unwrap();
        let link = self
            .initiate(first, |seat, rng| resume::initiate(seat, &vault, &Route::default(), rng))?;
        for name in others {
            self.join(name, &link)?;
        }
        Ok(())
    }

    /// Signs with these devices; what each of them ends with.
    pub(crate) fn keysign(
        &mut self,
        names: &[&str],
        digest: [u8; 32],
    ) -> Vec<Result<Signed, Failure>> {
        let begun = self.begin_keysign(names, digest);
        self.finish_signing(names, begun)
    }

    /// Signs with the Ed25519 key and these devices.
    pub(crate) fn sign_message(
        &mut self,
        names: &[&str],
        payload: &str,
    ) -> Vec<Result<Signed, Failure>> {
        let begun = self.begin_signing(names, &message(payload));
        self.finish_signing(names, begun)
    }

    fn finish_signing(
        &mut self,
        names: &[&str],
        begun: Result<String, Failure>,
    ) -> Vec<Result<Signed, Failure>> {
        if let Err(failure) = begun {
            return vec![Err(failure)];
        }
        self.world.run(100_000);
        names.iter().map(|name| self.signed(name)).collect()
    }

    fn signed(&self, name: &str) -> Result<Signed, Failure> {
        match self.outcome(name) {
            Ok(Outcome::Signed(signed)) => Ok(*signed),
            Ok(Outcome::Vault { .. }) => panic!("a sharing instead of a signature"),
            Err(failure) => Err(failure),
        }
    }

    pub(crate) fn outcome(&self, name: &str) -> Result<Outcome, Failure> {
        self.world.devices[self.index(name)]
            .outcome
            .clone()
            .unwrap_or_else(|| panic!("{name} never ended"))
    }

    pub(crate) fn failure(&self, name: &str) -> Failure {
        self.outcome(name).err().unwrap_or_else(|| panic!("{name} succeeded"))
    }

    /// Gives a device a store whose share has other transfer pads than its peer's: the bytes of one side's
    /// leaves are changed, which no check of a share alone can see.
    pub(crate) fn spoil_transfers(&mut self, name: &str) {
        self.replant(name, "spoiled", |sharing, shares| {
            let root = PublicKey::Ecdsa(sharing.vault.0);
            let bytes = shares.of.get_mut(&root).unwrap().expose_mut();
            // The share ends with the pads it sends by, 64 choices, and the pads it receives by.
            for byte in bytes.iter_mut().rev().skip(32_768 + 64).take(32_768) {
                *byte ^= 0xff;
            }
        });
    }

    /// Moves a device's active sharing, changed, to a fresh disk of its own.
    fn replant(&mut self, name: &str, what: &str, change: impl FnOnce(&mut Sharing, &mut Shares)) {
        let index = self.index(name);
        let device = &self.world.devices[index];
        let vault = device.store.vaults().unwrap().remove(0);
        let mut sharing = vault.active().unwrap().clone();
        let certificate = sharing.certificate.clone().unwrap();
        let mut shares = device.store.shares(sharing.fsid).unwrap();
        change(&mut sharing, &mut shares);
        let home = self.folder.home(&format!("{name}-{what}"));
        let mut store = disk(&home);
        sharing.state = State::Staged;
        sharing.certificate = None;
        let fsid = sharing.fsid;
        store.commit(Change::Stage { name: vault.name, sharing, shares }).unwrap();
        store.commit(Change::Activate { fsid, certificate }).unwrap();
        self.world.devices[index] = Device::new(name, Faulty::counting(store));
    }

    /// Leaves a device with what an earlier version would have: a vault without an Ed25519 key.
    pub(crate) fn make_older(&mut self, name: &str) {
        self.replant(name, "older", |sharing, shares| {
            sharing.keys = Keyring::of_roots(sharing.vault, None);
            shares.of.retain(|key, _| *key == PublicKey::Ecdsa(sharing.vault.0));
        });
    }

    /// Whether these devices can sign together now, with every key the vault has.
    pub(crate) fn can_sign(&mut self, names: &[&str]) -> bool {
        let digest = [0x42; 32];
        let mut results = self.keysign(names, digest);
        if self.active(names[0]).is_some_and(|sharing| sharing.keys.root_eddsa().is_some()) {
            results.extend(self.sign_message(names, "both or neither"));
        } else {
            results.extend(results.clone());
        }
        results.len() == 2 * names.len() && results.iter().all(Result::is_ok)
    }
}

/// What one of the signers would sign, as a member of the vault decodes it.
pub(crate) fn read(band: &Band, name: &str, intent: &Intent) -> Result<keysign::Request, Failure> {
    keysign::read(intent, &band.active(name).unwrap())
}

/// A text to be signed with the Ed25519 key.
pub(crate) fn message(payload: &str) -> Intent {
    let solana = chain::find("Solana").unwrap();
    Intent::Message { payload: payload.to_owned(), chain: solana, path: solana.path.to_owned() }
}
