//! A peer that lies in the setup, and a relay that lies about the committee: seen before anybody is asked.

use quorate_vault::ceremony::reshare::{self, Aim};
use quorate_vault::ceremony::{Route, keysign};
use quorate_vault::failure::Kind;
use quorate_wire::setup::{self, Body, PublicKey, Suite, ToSign};

use super::super::band::{Band, rng};
use super::{
    SEQUENTIAL, band, begin_keygen, follow, forget_meeting, invite, key_of, keygen as make_vault,
    text,
};

type Lie = fn(&mut Body, &mut Vec<String>);

/// Puts another setup in the place of the one that P makes.
fn lie(
    band: &mut Band,
    link: &str,
    suite: Suite,
    change: impl Fn(&mut Body, &mut Vec<String>) + 'static,
) {
    let key = key_of(link);
    let mut rng = rng(5);
    band.world.tamper_setup = Box::new(move |_, body| {
        let bytes = key.open(&body).unwrap();
        let Ok(made) = setup::Setup::parse(suite, &bytes) else { return Some(body) };
        let (mut what, mut names) = (made.body().clone(), made.names().to_vec());
        change(&mut what, &mut names);
        let bytes = setup::build(suite, &what, &names, &mut rng).unwrap();
        Some(key.seal(&bytes, &mut rng))
    });
}

fn refused_setup(band: &mut Band, what: &str) {
    band.world.run(100_000);
    band.world.tamper_setup = Box::new(|_, body| Some(body));
    let device = &band.world.devices[band.index("A")];
    assert!(device.asked.is_empty(), "{what}: asked though the setup lies: {:?}", device.asked);
    let failure = band.failure("A");
    assert!(matches!(failure.kind, Kind::Aborted | Kind::Forbidden), "{what}: {failure:?}");
}

#[test]
fn a_lie_in_the_setup_of_a_keygen_is_seen_before_anybody_is_asked() {
    let lies: [(&str, Lie); 5] = [
        ("all must sign", |body, _| *body = Body::Dkg { threshold: 3, key_id: None }),
        ("a key id", |body, _| *body = Body::Dkg { threshold: 2, key_id: Some([7; 32]) }),
        ("another device", |_, names| names[1] = "mallory".to_owned()),
        ("one device more", |_, names| names.push("mallory".to_owned())),
        ("without this device", |_, names| names.retain(|name| name != "A")),
    ];
    for (what, lied) in lies {
        let mut band = band(&format!("lie-{}", what.replace(' ', "-")), &["A", "B", "P"], 210);
        let link = invite(&mut band, "P", 3, SEQUENTIAL);
        lie(&mut band, &link, Suite::Ecdsa, lied);
        follow(&mut band, &["P", "A", "B"], &link);
        refused_setup(&mut band, what);
    }
}

#[test]
fn a_lie_in_the_setup_of_a_reshare_is_seen_before_anybody_is_asked() {
    let lies: [(&str, Suite, Lie); 6] = [
        ("threshold", Suite::Ecdsa, |body, _| {
            if let Body::Qc { threshold, .. } = body {
                *threshold = 3;
            }
        }),
        ("key id", Suite::Ecdsa, |body, _| {
            if let Body::Qc { key_id, .. } = body {
                key_id[0] ^= 1;
            }
        }),
        ("key id of the other key", Suite::Eddsa, |body, _| {
            if let Body::Qc { key_id, .. } = body {
                key_id[0] ^= 1;
            }
        }),
        ("other key", Suite::Eddsa, |body, _| {
            if let Body::Qc { public_key, .. } = body {
                *public_key = PublicKey::Eddsa([9; 32]);
            }
        }),
        ("old and new", Suite::Ecdsa, |body, _| {
            if let Body::Qc { old, new, .. } = body {
                // One that is old has a part still.
                let leaves = new.iter().position(|party| old.contains(party)).unwrap();
                new.remove(leaves);
            }
        }),
        ("names", Suite::Ecdsa, |_, names| names.reverse()),
    ];
    let mut band = band("lie-reshare", &["A", "P", "B"], 211);
    make_vault(&mut band, &["A", "P"], SEQUENTIAL);
    for (what, suite, lied) in lies {
        forget_meeting(&mut band);
        let vault = band.vault("P").unwrap();
        let aim = Aim { devices: 3, threshold: None, removed: Vec::new() };
        let route = SEQUENTIAL.route();
        let link = band
            .initiate("P", |seat, rng| reshare::initiate(seat, &vault, aim, &route, rng))
            .unwrap();
        lie(&mut band, &link, suite, lied);
        follow(&mut band, &["P", "A", "B"], &link);
        refused_setup(&mut band, what);
        assert_eq!(band.active("A").unwrap().epoch, 1);
    }
}

#[test]
fn a_lie_in_the_setup_of_a_signing_is_seen_before_anybody_is_asked() {
    let lies: [(&str, Lie); 4] = [
        ("digest", |body, _| {
            if let Body::Dsg { to_sign, .. } = body {
                *to_sign = ToSign::Hash([1; 32]);
            }
        }),
        ("path", |body, _| {
            if let Body::Dsg { path, .. } = body {
                "m/44/60/0/0/1".clone_into(path);
            }
        }),
        ("key", |body, _| {
            if let Body::Dsg { key_id, .. } = body {
                key_id[0] ^= 1;
            }
        }),
        ("names", |_, names| names.push("mallory".to_owned())),
    ];
    let mut band = band("lie-signing", &["A", "P"], 212);
    make_vault(&mut band, &["A", "P"], SEQUENTIAL);
    for (what, lied) in lies {
        forget_meeting(&mut band);
        let vault = band.vault("P").unwrap();
        let link = band
            .initiate("P", |seat, rng| {
                keysign::initiate(seat, &vault, &text("hi"), &Route::default(), rng)
            })
            .unwrap();
        lie(&mut band, &link, Suite::Ecdsa, lied);
        follow(&mut band, &["P", "A"], &link);
        refused_setup(&mut band, what);
    }
}

#[test]
fn a_relay_that_adds_to_the_committee_is_noticed() {
    let mut band = band("added", &["A", "P"], 216);
    begin_keygen(&mut band, &["P", "A"], SEQUENTIAL);
    band.world.relay.started = vec!["mallory".to_owned()];
    band.world.run(100_000);
    let failure = band.failure("A");
    assert_eq!(failure.kind, Kind::Aborted, "{failure:?}");
    assert!(failure.message.contains("other devices than those that met"), "{failure:?}");
}
