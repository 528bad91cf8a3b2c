//! Ceremonies in which other clients take part (CEREMONY 9, COMMIT 7). A, B and C are ours; P and Q have the habits of
//! phones, and follow links as other clients do: without what only our devices say in them.

mod ends;
mod imports;
mod lies;
mod strangers;
mod traps;
mod ways;

use quorate_chain::chain;
use quorate_vault::ceremony::keysign::{self, Intent};
use quorate_vault::ceremony::reshare::{self, Aim};
use quorate_vault::ceremony::{Route, keygen};
use quorate_vault::failure::Failure;
use quorate_vault::store::Trust;
use quorate_wire::link::Link;
use quorate_wire::seal::SessionKey;

use super::band::{Band, message};
use super::world::Habits;

/// How a keygen or reshare is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Terms {
    trust: Trust,
    batch: bool,
}

impl Terms {
    fn route(self) -> Route {
        Route { trust: self.trust, batch: self.batch, ..Route::default() }
    }
}

const SEQUENTIAL: Terms = Terms { trust: Trust::Mixed, batch: false };
const BATCH: Terms = Terms { trust: Trust::Mixed, batch: true };

fn is_phone(name: &str) -> bool {
    matches!(name, "P" | "Q")
}

fn band(test: &str, names: &[&str], seed: u64) -> Band {
    let mut band = Band::new(&format!("open-{test}"), names, seed);
    for name in names.iter().filter(|name| is_phone(name)) {
        accustom(&mut band, name, Habits::PHONE);
    }
    band
}

fn accustom(band: &mut Band, name: &str, habits: Habits) {
    let index = band.index(name);
    band.world.devices[index].habits = habits;
}

/// The link as another client would have written it.
fn plain(link: &str) -> String {
    let mut link = Link::parse(link).unwrap();
    match &mut link {
        Link::Keygen(link) => link.quorate = None,
        Link::Reshare(link) => link.quorate = None,
        Link::Keysign(link) => link.quorate = None,
    }
    link.to_url()
}

/// The others follow the first one's link.
fn follow(band: &mut Band, names: &[&str], link: &str) {
    let (first, others) = names.split_first().unwrap();
    for name in others {
        let theirs = is_phone(first) || is_phone(name);
        let link = if theirs { plain(link) } else { link.to_owned() };
        band.join(name, &link).unwrap();
    }
}

fn begin_keygen(band: &mut Band, names: &[&str], terms: Terms) -> String {
    let link = invite(band, names[0], u8::try_from(names.len()).unwrap(), terms);
    follow(band, names, &link);
    link
}

/// One device starts a keygen; nobody follows yet.
fn invite(band: &mut Band, name: &str, devices: u8, terms: Terms) -> String {
    forget_meeting(band);
    let route = terms.route();
    band.initiate(name, |seat, rng| keygen::initiate(seat, "Savings", devices, None, &route, rng))
        .unwrap()
}

fn keygen(band: &mut Band, names: &[&str], terms: Terms) {
    begin_keygen(band, names, terms);
    band.world.run(100_000);
    all_hold(band, names, 1);
}

fn begin_reshare(
    band: &mut Band,
    names: &[&str],
    removed: &[&str],
    terms: Terms,
) -> Result<String, Failure> {
    forget_meeting(band);
    let vault = band.vault(names[0]).unwrap();
    let aim = Aim {
        devices: u8::try_from(names.len()).unwrap(),
        threshold: None,
        removed: removed.iter().map(|name| (*name).to_owned()).collect(),
    };
    let route = terms.route();
    let link =
        band.initiate(names[0], |seat, rng| reshare::initiate(seat, &vault, aim, &route, rng))?;
    follow(band, names, &link);
    Ok(link)
}

fn reshare(band: &mut Band, names: &[&str], terms: Terms, epoch: u64) {
    begin_reshare(band, names, &[], terms).unwrap();
    band.world.run(100_000);
    all_hold(band, names, epoch);
}

/// The relay of the last meeting keeps its ways, the devices their habits.
fn forget_meeting(band: &mut Band) {
    let ways = band.world.relay.ways;
    band.clear();
    band.world.relay.ways = ways;
    for device in &mut band.world.devices {
        device.events.clear();
    }
}

fn all_hold(band: &Band, names: &[&str], epoch: u64) {
    for name in names {
        band.outcome(name).unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        let sharing = band.active(name).unwrap();
        assert!(sharing.trust() == Trust::Mixed && sharing.certificate.is_none(), "{name}");
        assert_eq!(sharing.epoch, epoch, "{name}");
    }
}

fn begin_signing(band: &mut Band, names: &[&str], intent: &Intent) -> String {
    forget_meeting(band);
    let vault = band.vault(names[0]).unwrap();
    let link = band
        .initiate(names[0], |seat, rng| {
            keysign::initiate(seat, &vault, intent, &Route::default(), rng)
        })
        .unwrap();
    follow(band, names, &link);
    link
}

/// What Ethereum's key signs.
fn text(payload: &str) -> Intent {
    let ethereum = chain::find("Ethereum").unwrap();
    Intent::Message { payload: payload.to_owned(), chain: ethereum, path: ethereum.path.to_owned() }
}

fn sign(band: &mut Band, names: &[&str]) {
    for intent in [text("hello"), message("hello")] {
        begin_signing(band, names, &intent);
        band.world.run(100_000);
        for name in names {
            band.outcome(name).unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        }
    }
}

/// The key that seals a meeting.
fn key_of(link: &str) -> SessionKey {
    let hex = match Link::parse(link).unwrap() {
        Link::Keygen(link) => link.at.key.to_hex(),
        Link::Reshare(link) => link.at.key.to_hex(),
        Link::Keysign(link) => link.at.key.to_hex(),
    };
    SessionKey::from_hex(&hex).unwrap()
}

#[test]
fn ours_and_phones_make_move_and_use_a_vault_whoever_starts() {
    for (seed, terms) in [(201, SEQUENTIAL), (202, BATCH)] {
        for (first, second) in [("A", "P"), ("P", "A")] {
            let test = format!("all-{first}-{}", terms.batch);
            let mut band = band(&test, &["A", "B", "P", "Q"], seed);
            keygen(&mut band, &[first, second], terms);
            sign(&mut band, &[first, second]);
            sign(&mut band, &[second, first]);
            let before = band.active("A").unwrap();
            reshare(&mut band, &[first, second, "B"], terms, 2);
            // A phone that comes new does not know how many epochs there have been.
            reshare(&mut band, &[second, "B", first], terms, 3);
            let after = band.active("B").unwrap();
            assert_eq!((after.vault, after.keys), (before.vault, before.keys));
            sign(&mut band, &["B", "P"]);
            sign(&mut band, &["P", "B"]);
        }
    }
}

#[test]
fn what_decides_is_said_before_and_recorded_after() {
    let mut band = band("said", &["A", "P", "B"], 203);
    keygen(&mut band, &["A", "P"], SEQUENTIAL);
    let request = |band: &Band, name: &str| band.world.devices[band.index(name)].asked[0].clone();
    let asked = request(&band, "A");
    assert_eq!(asked.trust, Trust::Mixed);
    assert!(asked.lines()[1].contains("every device has said that it is done"), "{asked:?}");
    assert!(asked.lines()[1].contains("no certificate"), "{asked:?}");

    begin_reshare(&mut band, &["A", "P", "B"], &[], SEQUENTIAL).unwrap();
    band.world.run(100_000);
    let asked = request(&band, "A");
    assert_eq!(asked.trust, Trust::Mixed);
    let lines = asked.lines();
    let last = lines.last().unwrap();
    assert!(last.contains("until then what was in use before signs"), "{asked:?}");

    // Ours alone, and not asked to be open: certified again.
    let names = ["A", "B"];
    band.begin_reshare(&names, &["P"], None).unwrap();
    band.world.run(100_000);
    let asked = request(&band, "A");
    assert_eq!(asked.trust, Trust::Certified);
    assert!(asked.lines().iter().all(|line| !line.contains("other clients")));
    for name in names {
        let sharing = band.active(name).unwrap_or_else(|| panic!("{:?}", band.outcome(name)));
        assert!(sharing.trust() == Trust::Certified && sharing.certificate.is_some(), "{name}");
    }
}
