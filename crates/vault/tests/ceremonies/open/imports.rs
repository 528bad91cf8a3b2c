//! Seed phrases among other clients (CEREMONY 11.9).

use quorate_chain::chain;
use quorate_vault::ceremony::import::{self, ImportedKeys};
use quorate_vault::ceremony::keysign::Intent;
use quorate_vault::failure::Kind;
use quorate_vault::phrase::{PathScheme, Phrase};
use quorate_wire::relay_api::Namespace;
use quorate_wire::setup::{self, Body, Setup, Suite};
use rand_core::Rng;

use super::super::band::{Band, PHRASE, rng};
use super::super::world::Habits;
use super::{
    BATCH, SEQUENTIAL, Terms, accustom, all_hold, band, begin_signing, follow, forget_meeting,
    is_phone, key_of,
};

const CHAINS: [&str; 3] = ["Bitcoin", "Ethereum", "Solana"];

/// A phone makes its setups late; the others follow the first one's link.
fn begin_import(band: &mut Band, names: &[&str], terms: Terms) -> String {
    forget_meeting(band);
    for name in names.iter().filter(|name| is_phone(name)) {
        let late_setups = !terms.batch;
        accustom(band, name, Habits { late_setups, ..Habits::PHONE });
    }
    let chains: Vec<_> = CHAINS.iter().map(|name| chain::find(name).unwrap()).collect();
    let phrase = Phrase::parse(PHRASE).unwrap();
    let keys = ImportedKeys::of(&phrase, &chains, PathScheme::default()).unwrap();
    let devices = u8::try_from(names.len()).unwrap();
    let route = terms.route();
    let link = band
        .initiate(names[0], |seat, rng| {
            import::initiate(seat, "Savings", devices, None, keys, &route, rng)
        })
        .unwrap();
    follow(band, names, &link);
    link
}

#[test]
fn ours_and_phones_import_a_phrase_whoever_has_it() {
    for (seed, terms) in [(401, SEQUENTIAL), (402, BATCH)] {
        for names in [&["A", "P"][..], &["P", "A", "B"]] {
            let test = format!("import-{}-{}", names.concat(), terms.batch);
            let mut band = band(&test, &["A", "B", "P"], seed);
            begin_import(&mut band, names, terms);
            band.world.run(200_000);
            all_hold(&band, names, 1);
            let first = band.active(names[0]).unwrap();
            for name in names {
                let sharing = band.active(name).unwrap();
                assert!(sharing.imported);
                assert_eq!((sharing.vault, &sharing.keys), (first.vault, &first.keys));
                let device = &band.world.devices[band.index(name)];
                assert_eq!(device.asked.len(), 1, "asked once for all keys");
                assert!(device.asked[0].lines().join("\n").contains("IMPORTED"));
            }
            accustom(&mut band, "P", Habits::PHONE);
            for name in ["Ethereum", "Solana"] {
                let chain = chain::find(name).unwrap();
                let own = first.key_of(chain).unwrap();
                assert_eq!(own.path, "m", "{name}");
                let (payload, path) = ("hello".to_owned(), chain.path.to_owned());
                let intent = Intent::Message { payload, chain, path };
                begin_signing(&mut band, &names[..2], &intent);
                band.world.run(100_000);
                for signer in &names[..2] {
                    band.outcome(signer).unwrap_or_else(|why| panic!("{name}: {why:?}"));
                }
            }
        }
    }
}

/// Whoever lacks a last message is still at one key when the others have begun with the next.
#[test]
fn an_import_goes_on_where_messages_are_lost() {
    let mut band = band("import-lossy", &["A", "B", "P"], 403);
    begin_import(&mut band, &["P", "B", "A"], SEQUENTIAL);
    let mut rng = rng(6);
    band.world.tamper =
        Box::new(move |_, message| (!rng.next_u32().is_multiple_of(7)).then_some(message));
    band.world.run(600_000);
    all_hold(&band, &["P", "B", "A"], 1);
}

#[test]
fn a_setup_that_never_comes_ends_the_import_with_the_initiators_name_and_nothing_is_kept() {
    let mut band = band("import-silent", &["A", "P"], 404);
    begin_import(&mut band, &["P", "A"], SEQUENTIAL);
    let lacking = Namespace::parse("Ethereum").unwrap();
    band.world.tamper_setup = Box::new(move |slot, body| (*slot != lacking).then_some(body));
    band.world.run(400_000);
    let failure = band.failure("A");
    assert_eq!((failure.kind, &failure.suspects[..]), (Kind::Silent, &["P".to_owned()][..]));
    assert!(band.vault("A").is_none());
}

#[test]
fn a_later_setup_that_says_something_else_is_refused_and_nothing_is_kept() {
    type Lie = fn(&mut Body, &mut Vec<String>);
    let lies: [(&str, Lie); 3] = [
        ("threshold", |body, _| *body = Body::Dkg { threshold: 3, key_id: None }),
        ("order", |_, names| names.swap(1, 2)),
        ("names", |_, names| names[2] = "mallory".to_owned()),
    ];
    for (what, lied) in lies {
        let mut band = band(&format!("import-lie-{what}"), &["A", "B", "P"], 405);
        let link = begin_import(&mut band, &["P", "A", "B"], SEQUENTIAL);
        let (key, mut rng) = (key_of(&link), rng(5));
        let late = Namespace::parse("Bitcoin").unwrap();
        band.world.tamper_setup = Box::new(move |slot, body| {
            if *slot != late {
                return Some(body);
            }
            let made = Setup::parse(Suite::Ecdsa, &key.open(&body).unwrap()).unwrap();
            let (mut says, mut names) = (made.body().clone(), made.names().to_vec());
            lied(&mut says, &mut names);
            let bytes = setup::build(Suite::Ecdsa, &says, &names, &mut rng).unwrap();
            Some(key.seal(&bytes, &mut rng))
        });
        band.world.run(400_000);
        let failure = band.failure("A");
        assert_eq!(failure.kind, Kind::Aborted, "{what}: {failure:?}");
        assert!(failure.message.contains("setup made by P"), "{what}: {failure:?}");
        assert!(band.vault("A").is_none(), "{what}");
    }
}
