//! Names that the vault does not know: some clients sign under a name of the day.

use quorate_vault::ceremony::Request;
use quorate_vault::failure::{Failure, Kind};
use quorate_vault::store::{Ban, Change, Store, Timestamp};
use quorate_wire::link::Link;
use quorate_wire::relay_api::Namespace;
use quorate_wire::setup::{Body, Suite, ToSign, build};
use sha2::{Digest as _, Sha256};

use super::super::band::{Band, read, rng};
use super::{SEQUENTIAL, band, begin_signing, key_of, keygen, plain, text};

const STRANGER: &str = "sdk-1234";

/// Another client starts a signing under a name that the vault does not know: what A asks its person, or why it leaves.
fn asked(band: &mut Band) -> Result<Request, Failure> {
    let intent = text("hello");
    let link = begin_signing(band, &["P"], &intent);
    let p = band.index("P");
    band.world.devices[p].ceremony = None;
    let (key, mut link) = (key_of(&link), Link::parse(&plain(&link)).unwrap());
    let Link::Keysign(keysign) = &mut link else { panic!("no keysign") };
    STRANGER.clone_into(&mut keysign.custom.as_mut().unwrap().vault_local_party_id);
    band.world.relay.participants = vec![STRANGER.to_owned()];

    let signing = read(band, "A", &intent).unwrap().signings.remove(0);
    let quorate_chain::ToSign::Digest(digest) = signing.bytes else { panic!("the other key") };
    let key_id = Sha256::digest(band.active("A").unwrap().vault.0).into();
    let body = Body::Dsg { key_id, path: signing.path, to_sign: ToSign::Hash(digest.0) };
    let mut rng = rng(6);
    let setup = build(Suite::Ecdsa, &body, &[STRANGER, "A"], &mut rng).unwrap();
    let relay = &mut band.world.relay;
    relay.setups.insert(Namespace::of_message(&digest.0), key.seal(&setup, &mut rng));
    band.join("A", &link.to_url()).unwrap();
    band.world.run(500);
    assert_eq!(band.world.relay.participants, [STRANGER, "A"]);
    band.world.relay.started = vec![STRANGER.to_owned(), "A".to_owned()];
    band.world.run(5_000);
    match band.world.devices[band.index("A")].asked.first() {
        Some(request) => Ok(request.clone()),
        None => Err(band.failure("A")),
    }
}

#[test]
fn a_name_that_the_vault_does_not_know_is_shown_as_such_before_anybody_approves() {
    let mut band = band("stranger", &["A", "P"], 220);
    keygen(&mut band, &["A", "P"], SEQUENTIAL);
    let request = asked(&mut band).unwrap();
    assert_eq!(request.committee, [STRANGER, "A"]);
    let warned = |line: &String| line.starts_with(&format!("UNKNOWN NAME: {STRANGER}"));
    assert!(request.lines().iter().any(warned), "{request:?}");
}

/// Whoever is banned could come under such a name.
#[test]
fn no_unknown_name_is_accepted_while_somebody_is_banned() {
    let mut band = band("stranger-banned", &["A", "P"], 221);
    keygen(&mut band, &["A", "P"], SEQUENTIAL);
    let fsid = band.active("A").unwrap().fsid;
    let ban = Ban { fsid, party: "P".into(), check: "RVOLE 3.3".into(), at: Timestamp(1) };
    let a = band.index("A");
    band.world.devices[a].store.commit(Change::Ban(ban)).unwrap();
    let refused = asked(&mut band).unwrap_err();
    assert_eq!(refused.kind, Kind::Surplus, "{refused:?}");
    assert!(refused.message.contains(STRANGER), "{refused:?}");
}

#[test]
fn a_vault_of_ours_alone_knows_no_strangers() {
    let mut band = band("stranger-closed", &["A", "P"], 222);
    for name in ["A", "P"] {
        super::accustom(&mut band, name, super::Habits::default());
    }
    band.keygen(&["A", "P"]);
    let refused = asked(&mut band).unwrap_err();
    assert_eq!(refused.kind, Kind::Surplus, "{refused:?}");
}
