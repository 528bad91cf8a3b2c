//! The same ceremony at relays of the field, and with clients that look for its parts elsewhere (`spec/clients.md`).

use quorate_vault::ceremony::keysign::Intent;
use quorate_wire::link::Link;
use quorate_wire::relay_api::{Message, Namespace, SessionId};
use quorate_wire::setup::{Setup, Suite, build};

use super::super::band::rng;
use super::super::world::{Habits, Ways};
use super::Terms;
use super::{
    BATCH, SEQUENTIAL, accustom, all_hold, band, begin_keygen, begin_reshare, follow, invite,
    key_of, keygen, plain, reshare, sign, text,
};
use quorate_vault::store::Trust;

fn batched(key: &str) -> Namespace {
    Namespace::batch(key).unwrap()
}

/// A second list of the committee is added to the first at one relay, and takes its place at another; some joiners
/// publish one, too, with the initiator anywhere in it.
#[test]
fn the_committee_is_one_whoever_publishes_it_in_whatever_order() {
    for (seed, replaces_start) in [(240, false), (241, true)] {
        for (first, joiner) in [("P", "Q"), ("A", "Q")] {
            let mut band = band(&format!("start-{first}-{seed}"), &["A", "B", "P", "Q"], seed);
            band.world.relay.ways = Ways { replaces_start, ..Ways::default() };
            accustom(&mut band, joiner, Habits { starts_with: Some(3), ..Habits::PHONE });
            let names = if first == "P" { ["P", "Q", "A"] } else { ["A", "Q", "B"] };
            keygen(&mut band, &names, SEQUENTIAL);
            sign(&mut band, &[names[0], names[2]]);
        }
    }
}

/// Some clients put the initiator first, others sort: what counts is the order in the setup.
#[test]
fn the_order_in_the_setup_is_the_order_of_the_vault() {
    let mut band = band("sorted", &["A", "P"], 242);
    let link = begin_keygen(&mut band, &["P", "A"], SEQUENTIAL);
    let key = key_of(&link);
    let mut rng = rng(8);
    band.world.tamper_setup = Box::new(move |_, body| {
        let Ok(made) = Setup::parse(Suite::Ecdsa, &key.open(&body).unwrap()) else {
            return Some(body);
        };
        assert_eq!(made.names(), ["P", "A"]);
        let bytes = build(Suite::Ecdsa, made.body(), &["A", "P"], &mut rng).unwrap();
        Some(key.seal(&bytes, &mut rng))
    });
    band.world.run(1_000);
    assert_eq!(band.world.devices[band.index("A")].asked[0].committee, ["A", "P"]);
}

/// The setups of a batch are written to every place where some client looks, and read from any.
#[test]
fn a_batch_finds_its_setups_in_any_of_the_places() {
    let anywhere = |kept: Vec<Namespace>| {
        move |namespace: &Namespace, body: String| {
            let one_of_several = *namespace == Namespace::default()
                || *namespace == Namespace::eddsa()
                || ["ecdsa", "eddsa"].iter().any(|key| *namespace == batched(key));
            (!one_of_several || kept.contains(namespace)).then_some(body)
        }
    };
    for (case, place) in
        [Namespace::default(), batched("ecdsa"), batched("eddsa")].into_iter().enumerate()
    {
        let mut band = band(&format!("places-{case}"), &["A", "P"], 243);
        band.world.tamper_setup = Box::new(anywhere(vec![place]));
        keygen(&mut band, &["P", "A"], BATCH);
    }
    let mut band = band("places", &["A", "P"], 244);
    keygen(&mut band, &["P", "A"], BATCH);
    let mut epoch = 1;
    for ecdsa in [Namespace::default(), batched("ecdsa")] {
        for eddsa in [Namespace::eddsa(), batched("eddsa")] {
            epoch += 1;
            band.world.tamper_setup = Box::new(anywhere(vec![ecdsa.clone(), eddsa]));
            reshare(&mut band, &["P", "A"], BATCH, epoch);
        }
    }
}

#[test]
fn what_we_start_in_a_batch_is_found_in_every_place() {
    let mut band = band("written", &["A", "P"], 245);
    let slots = |band: &super::Band| -> Vec<Namespace> {
        let slots = band.world.relay.setups.keys().filter(|slot| {
            ["A", "P"].iter().all(|name| **slot != super::super::world::hello_slot(name))
        });
        slots.cloned().collect()
    };
    let sorted = |mut namespaces: Vec<Namespace>| {
        namespaces.sort();
        namespaces
    };
    keygen(&mut band, &["A", "P"], BATCH);
    let keygen = [Namespace::default(), batched("ecdsa"), batched("eddsa")];
    assert_eq!(slots(&band), sorted(keygen.into()));
    reshare(&mut band, &["A", "P"], BATCH, 2);
    let every = [Namespace::default(), Namespace::eddsa(), batched("ecdsa"), batched("eddsa")];
    assert_eq!(slots(&band), sorted(every.into()));
}

/// A batch is asked for in a field of the message, or in the link beside it.
#[test]
fn a_batch_that_only_the_link_s_text_asks_for_is_one() {
    let mut band = band("text", &["A", "P"], 246);
    let link = invite(&mut band, "P", 2, SEQUENTIAL);
    let link = plain(&link);
    let Link::Keygen(read) = Link::parse(&format!("{link}&tssBatching=1")).unwrap() else {
        panic!("no keygen")
    };
    assert!(read.batch);
    let as_field = Link::Keygen(read).to_url();
    assert!(matches!(Link::parse(&as_field).unwrap(), Link::Keygen(read) if read.batch));
}

/// The relays of phones match names by their beginning: a mailbox read without a namespace shows what is in all others.
#[test]
fn what_other_namespaces_hold_does_no_harm_in_the_default_one() {
    let ways = Ways { returns_everything: true, ..Ways::default() };
    for (seed, terms) in [(247, SEQUENTIAL), (248, BATCH)] {
        let mut band = band(&format!("prefix-{seed}"), &["A", "B", "P"], seed);
        band.world.relay.ways = ways;
        keygen(&mut band, &["P", "A"], terms);
        reshare(&mut band, &["A", "P", "B"], terms, 2);
        sign(&mut band, &["B", "P"]);
    }
    // And in a two-step commit, with its three namespaces.
    let mut band = band("prefix-closed", &["A", "B"], 249);
    band.world.relay.ways = ways;
    let link =
        begin_keygen(&mut band, &["A", "B"], Terms { trust: Trust::Certified, batch: false });
    assert!(matches!(Link::parse(&link).unwrap(), Link::Keygen(_)));
    band.world.run(100_000);
    for name in ["A", "B"] {
        assert!(band.active(name).unwrap().certificate.is_some(), "{:?}", band.outcome(name));
    }
}

/// The id of a message is the MD5 of one thing in one client and of another in the next: it names the message.
#[test]
fn the_hash_of_a_message_is_a_name_and_nothing_else() {
    let mut band = band("hash", &["A", "P"], 250);
    let mut count = 0;
    band.world.tamper = Box::new(move |_, message| {
        count += 1;
        Some(Message { hash: format!("any name {count}"), ..message })
    });
    keygen(&mut band, &["P", "A"], SEQUENTIAL);
    sign(&mut band, &["A", "P"]);
}

/// Some clients write a UUID, others 32 hex digits.
#[test]
fn a_session_id_without_dashes_is_one() {
    let mut band = band("session", &["A", "P"], 251);
    let mut link = Link::parse(&invite(&mut band, "P", 2, SEQUENTIAL)).unwrap();
    let Link::Keygen(keygen) = &mut link else { panic!("no keygen") };
    keygen.at.session = SessionId::parse(&"0a".repeat(16)).unwrap();
    follow(&mut band, &["P", "A"], &link.to_url());
    band.world.run(100_000);
    let sharing = band.active("A").unwrap_or_else(|| panic!("{:?}", band.outcome("A")));
    assert_eq!(sharing.session, "0a".repeat(16));
}

/// Names of chains and of the vault's kind are written in more than one way.
#[test]
fn chains_and_kinds_are_read_in_any_case() {
    let mut band = band("case", &["A", "P"], 252);
    keygen(&mut band, &["A", "P"], SEQUENTIAL);
    for chain in ["ETHEREUM", "ethereum", "TON", "Ton"] {
        let link = super::begin_signing(&mut band, &["P"], &text("hello"));
        let mut link = Link::parse(&plain(&link)).unwrap();
        let Link::Keysign(keysign) = &mut link else { panic!("no keysign") };
        keysign.custom.as_mut().unwrap().chain = Some(chain.to_owned());
        band.join("A", &link.to_url()).unwrap_or_else(|failure| panic!("{chain}: {failure:?}"));
    }
    let ton = quorate_chain::chain::find("TON").unwrap();
    assert!(std::ptr::eq(ton, quorate_chain::chain::find("Ton").unwrap()));
    let intent = Intent::Message { payload: "hi".into(), chain: ton, path: ton.path.to_owned() };
    assert!(super::super::band::read(&band, "A", &intent).is_ok());
}

#[test]
fn a_reshare_without_a_member_that_leaves_is_one_with_the_committee_that_was_published() {
    let mut band = band("leaver", &["A", "B", "P"], 253);
    keygen(&mut band, &["A", "B", "P"], SEQUENTIAL);
    begin_reshare(&mut band, &["A", "P"], &["B"], SEQUENTIAL).unwrap();
    band.world.run(100_000);
    all_hold(&band, &["A", "P"], 2);
    assert_eq!(band.active("A").unwrap().parties, ["A", "P"]);
    assert_eq!(band.active("B").unwrap().epoch, 1);
    sign(&mut band, &["P", "A"]);
}
