//! Signing in two parts, with presignatures that are in a store in between.

use std::collections::VecDeque;

use quorate_chain::{Curve, PublicKey};
use quorate_core::session::Session;
use quorate_core::{Alone, PartyIndex};
use quorate_ecdsa::derive::DerivationPath;
use quorate_ecdsa::presign::{self as engine, Presignature};
use quorate_store::faults::Fault;
use quorate_vault::failure::Kind;
use quorate_vault::home::open_keys;
use quorate_vault::presign::{finish, keep};
use quorate_vault::run::{Progress, Run};
use quorate_vault::share::Share;
use quorate_vault::store::{Ban, Change, Sharing, Store, Timestamp};
use quorate_wire::frame::Exchange;
use quorate_wire::setup::{self, Body, Setup, Suite, ToSign};

use super::band::{Band, rng};

const PATH: &str = "m/44/60/0/0/0";
const NAMES: [&str; 2] = ["A", "B"];
const DIGEST: [u8; 32] = [7; 32];

fn signers() -> Vec<String> {
    NAMES.map(str::to_owned).to_vec()
}

/// A vault of three, of which A and B have presigned once. The presignature's id.
fn presigned(test: &str) -> (Band, [u8; 32]) {
    let mut band = Band::new(test, &["A", "B", "C"], 71);
    band.keygen(&["A", "B", "C"]);
    let keys = NAMES.map(|name| {
        let sharing = sharing_of(&band, name);
        let keys = open_keys(store(&mut band, name), &sharing).unwrap();
        let root = sharing.root(Curve::Secp256k1).unwrap();
        let Share::Ecdsa(share) = &keys.shares[&root] else { panic!("the other key") };
        share.clone()
    });
    let body =
        Body::Dsg { key_id: keys[0].key_id(), path: PATH.to_owned(), to_sign: ToSign::Nothing };
    let setup = made(&body);
    let runs = keys.iter().zip(0..).map(|(keys, me)| {
        let (me, mut rng) = (PartyIndex::new(me), rng(u64::from(me)));
        let exchange = Exchange::new(&setup, me, &mut rng).unwrap();
        let params = engine::Params {
            share: keys.clone(),
            me,
            signers: 2,
            path: DerivationPath::parse(PATH).unwrap(),
        };
        Run::start(exchange, |channel| engine::Session::start(params, channel, &mut rng)).unwrap()
    });
    let made: Vec<Presignature> = drive(runs.collect());
    for (name, presignature) in NAMES.into_iter().zip(&made) {
        let (sharing, at) = (sharing_of(&band, name), Timestamp(1));
        let store = store(&mut band, name);
        let refused = keep(store, &sharing, &signers(), "m", presignature, at).unwrap_err();
        assert_eq!(refused.kind, Kind::Forbidden);
        keep(store, &sharing, &signers(), PATH, presignature, at).unwrap();
    }
    (band, made[0].id())
}

fn sharing_of(band: &Band, name: &str) -> Sharing {
    band.active(name).unwrap()
}

fn store<'a>(band: &'a mut Band, name: &str) -> &'a mut dyn Store {
    let index = band.index(name);
    &mut band.world.devices[index].store
}

fn made(body: &Body) -> Setup {
    let bytes = setup::build(Suite::Ecdsa, body, &signers(), &mut rng(9)).unwrap();
    Setup::parse(Suite::Ecdsa, &bytes).unwrap()
}

/// Hands frames round until everybody has finished.
fn drive<S: Session>(mut runs: Vec<Run<S>>) -> Vec<S::Output>
where
    S::Check: std::fmt::Debug,
{
    let mut rng = rng(8);
    let mut done: Vec<Option<S::Output>> = runs.iter().map(|_| None).collect();
    let mut post = VecDeque::new();
    for (from, run) in runs.iter_mut().enumerate() {
        run.advance(&mut rng, &Alone).unwrap();
        post.extend(run.take_frames().into_iter().map(|frame| (from, frame.bytes)));
    }
    while let Some((from, frame)) = post.pop_front() {
        let to = 1 - from;
        if let Progress::Done(output) = runs[to].receive(&frame, &mut rng, &Alone).unwrap() {
            done[to] = Some(output);
        }
        post.extend(runs[to].take_frames().into_iter().map(|frame| (to, frame.bytes)));
    }
    done.into_iter().map(Option::unwrap).collect()
}

#[test]
fn what_was_presigned_is_finished_once() {
    let (mut band, id) = presigned("presign");
    let setup = made(&Body::Fsg { presignature: id, hash: DIGEST });
    let runs: Vec<_> = NAMES
        .into_iter()
        .map(|name| {
            let sharing = sharing_of(&band, name);
            let run = finish(store(&mut band, name), &sharing, &setup, PATH, DIGEST, &mut rng(1))
                .unwrap();
            // Before a frame can be sent, the presignature is nowhere any more.
            band.restart(name);
            assert!(store(&mut band, name).presignatures(sharing.fsid).unwrap().is_empty());
            run
        })
        .collect();
    let public_key = sharing_of(&band, "A").derived(Curve::Secp256k1, PATH).unwrap();
    let PublicKey::Ecdsa(public_key) = public_key else { panic!("the other key") };
    for signature in drive(runs) {
        assert!(quorate_ecdsa::verify(&public_key, &DIGEST, &signature.to_bytes()));
    }
    let sharing = sharing_of(&band, "A");
    let again = finish(store(&mut band, "A"), &sharing, &setup, PATH, DIGEST, &mut rng(1));
    assert_eq!(again.err().unwrap().kind, Kind::NotFound);
}

#[test]
fn what_is_refused_costs_no_presignature() {
    let (mut band, id) = presigned("presign-refused");
    let sharing = sharing_of(&band, "A");
    let fsg = |presignature, hash| made(&Body::Fsg { presignature, hash });
    let (good, other) = (fsg(id, DIGEST), fsg(id, [8; 32]));
    let unknown = fsg([9; 32], DIGEST);
    for (setup, path, kind) in [
        (&other, PATH, Kind::Forbidden),
        (&unknown, PATH, Kind::NotFound),
        (&good, "m/44/60/0/0/1", Kind::Forbidden),
    ] {
        let refused = finish(store(&mut band, "A"), &sharing, setup, path, DIGEST, &mut rng(1));
        assert_eq!(refused.err().unwrap().kind, kind);
    }
    let ban = Ban { fsid: sharing.fsid, party: "B".into(), check: "x".into(), at: Timestamp(1) };
    store(&mut band, "A").commit(Change::Ban(ban)).unwrap();
    let refused = finish(store(&mut band, "A"), &sharing, &good, PATH, DIGEST, &mut rng(1));
    assert_eq!(refused.err().unwrap().kind, Kind::Forbidden);
    assert_eq!(store(&mut band, "A").presignatures(sharing.fsid).unwrap().len(), 1);
}

/// Whatever store call it dies at, a device never starts two runs from one presignature.
#[test]
fn a_device_that_dies_while_it_finishes_never_finishes_twice() {
    let (base, id) = presigned("presign-sweep");
    let setup = made(&Body::Fsg { presignature: id, hash: DIGEST });
    for fault in Fault::ALL {
        for at in 1..=3 {
            let mut band = base.copy(&format!("presign-{fault:?}-{at}"), &["A"]);
            let sharing = sharing_of(&band, "A");
            band.plan("A", Some((at, fault)));
            let mut started = 0;
            for _ in 0..2 {
                let run =
                    finish(store(&mut band, "A"), &sharing, &setup, PATH, DIGEST, &mut rng(1));
                started += u32::from(run.is_ok());
                band.restart("A");
            }
            let lost = fault == Fault::CrashAfter && at == 3;
            assert_eq!(started, u32::from(!lost), "{fault:?} at {at}");
        }
    }
}
