//! Recorded ceremonies, replayed at the level of payloads: our party's randomness fixed, the others' messages fed,
//! every payload that we send and everything that we are left with compared. `vectors/eddsa/README.md`.

mod recorded;

use std::collections::BTreeMap;
use std::sync::Arc;

use curve25519_dalek::Scalar;
use ed25519_dalek::{Verifier, VerifyingKey};
use quorate_core::session::{Delivery, Outgoing, Session, Step};
use quorate_core::simulation::recorded::{Script, array, bytes};
use quorate_core::{Alone, Committee, PartyIndex};
use quorate_eddsa::export::{self, Exporter, Receiver};
use quorate_eddsa::import;
use quorate_eddsa::refresh::{self, Given};
use quorate_eddsa::{Check, KeyShare, NewShare, dkg, quorum_change, sign};
use serde_json::Value;

use recorded::{Recorded, Sent, vectors};

/// Runs our session against the record: what it leaves, and that it has sent what was recorded, in that order.
fn replay<S: Session<Check = Check>>(
    recorded: &Recorded,
    me: &str,
    (mut session, first): (S, Vec<Outgoing>),
    mut script: Script,
) -> S::Output {
    let mut sent = first;
    let mut advance = |session: &mut S, sent: &mut Vec<Outgoing>| loop {
        match session.advance(&mut script, &Alone).unwrap() {
            Step::Wait => return None,
            Step::Send(messages) => sent.extend(messages),
            Step::Channels(_) => {}
            Step::Done(output) => return Some(output),
        }
    };
    let mut output = None;
    for Sent { from, tag, payload, .. } in recorded.to(me) {
        session.deliver(from, tag, &payload);
        output = output.or(advance(&mut session, &mut sent));
    }
    let sent: Vec<_> = sent
        .into_iter()
        .map(|out| (out.tag, out.delivery.receiver(), out.payload.to_vec()))
        .collect();
    let expected: Vec<_> =
        recorded.from(me).into_iter().map(|sent| (sent.tag, sent.to, sent.payload)).collect();
    assert_eq!(sent, expected, "{me} sends something else");
    assert!(script.is_over(), "{me} draws less than was recorded");
    output.expect("a result")
}

fn is_recorded(share: &KeyShare, recorded: &Value) {
    assert!(*share.to_bytes().expose() == bytes(&recorded["bytes"]), "another share");
}

fn share(recorded: &Value) -> Arc<KeyShare> {
    Arc::new(KeyShare::from_bytes(&bytes(&recorded["bytes"])).unwrap())
}

fn dkg_params(recorded: &Recorded, me: &str) -> dkg::Params {
    let n = u8::try_from(recorded.names().len()).unwrap();
    let committee = Committee::new(recorded.index_of(me), n, recorded.setup(0x01)[0][0]).unwrap();
    let key_id = recorded.setup(0x04).first().map(|id| id.as_slice().try_into().unwrap());
    dkg::Params { committee, key_id }
}

/// What a party draws in key generation, with its constant term or without.
fn dkg_script(secrets: &Value, given: bool) -> Script {
    let mut script = Script::default();
    script.one(&secrets["box_sk"]).one(&secrets["sid"]);
    script.each(&secrets["poly"], usize::from(given)).one(&secrets["r_i"]);
    if !given {
        script.one(&secrets["cc"]);
    }
    script.each(&secrets["nonces"], 0).each(&secrets["dlog_r"], 0);
    script
}

fn replay_refresh(recorded: &Recorded, me: &str, given: Given) {
    let mut script = dkg_script(recorded.secrets(me), true);
    let session = refresh::start(dkg_params(recorded, me), given, &mut script);
    let NewShare { share, .. } = replay(recorded, me, session, script);
    is_recorded(&share, &recorded.value["keyshares"][me]);
}

#[test]
fn key_generations() {
    for file in
        ["dkg_2of2_alice_known", "dkg_2of3_bobby_known", "dkg_2of3_all_known", "dkg_3of4_all_known"]
    {
        let recorded = Recorded::open(file);
        for me in recorded.known() {
            let mut script = dkg_script(recorded.secrets(me), false);
            let session = dkg::Session::start(dkg_params(&recorded, me), &mut script);
            let NewShare { share, .. } = replay(&recorded, me, session, script);
            is_recorded(&share, &recorded.value["keyshares"][me]);
        }
    }
}

#[test]
fn signings() {
    for file in [
        "sign_2of3_alice_known",
        "sign_2of3_path_ignored",
        "sign_2of3_reversed_order",
        "sign_2of3_three_signers_all_known",
        "sign_after_qc",
    ] {
        let recorded = Recorded::open(file);
        let message = bytes(&recorded.value["message"]);
        assert_eq!(recorded.setup(0x23)[0], message);
        for me in recorded.known() {
            let secrets = recorded.secrets(me);
            let mut script = Script::default();
            for name in ["sid", "k", "blind", "dlog_r"] {
                script.one(&secrets[name]);
            }
            let params = sign::Params {
                share: share(&recorded.value["keyshares"][me]),
                me: recorded.index_of(me),
                signers: u8::try_from(recorded.names().len()).unwrap(),
                message: message.clone(),
            };
            let session = sign::Session::start(params, &mut script).unwrap();
            let signature = replay(&recorded, me, session, script).to_bytes();
            assert_eq!(signature[..], bytes(&recorded.value["signature"]), "{file}");

            let key = VerifyingKey::from_bytes(&array(&recorded.value["public_key"])).unwrap();
            let signature = ed25519_dalek::Signature::from_bytes(&signature);
            key.verify(&message, &signature).unwrap();
            key.verify_strict(&message, &signature).unwrap();
        }
    }
}

#[test]
fn quorum_changes() {
    for file in
        ["qc_2of2_to_2of3_old_known", "qc_2of2_to_2of3_new_known", "qc_all_known_old_leaves"]
    {
        let recorded = Recorded::open(file);
        let indices = |tag| {
            let indices = recorded.setup(tag).into_iter();
            indices.map(|index| PartyIndex::new(index[0])).collect::<Vec<_>>()
        };
        let (old, new) = (indices(0x15), indices(0x14));
        for me in recorded.known() {
            let i = recorded.index_of(me);
            let secrets = recorded.secrets(me);
            let mut script = Script::default();
            script.one(&secrets["sid"]);
            let is_old = old.contains(&i);
            if is_old {
                script.each(&secrets["poly"], 1).one(&secrets["r1"]);
                // Recorded by new id, drawn by index.
                let blindings: BTreeMap<_, _> =
                    new.iter().zip(secrets["r2"].as_array().unwrap()).collect();
                blindings.iter().filter(|(j, _)| ***j != i).for_each(|(_, blinding)| {
                    script.one(blinding);
                });
            }
            let params = quorum_change::Params {
                me: i,
                parties: u8::try_from(recorded.names().len()).unwrap(),
                old: old.iter().copied().collect(),
                new: new.clone(),
                threshold: recorded.setup(0x01)[0][0],
                public_key: recorded.setup(0x16)[0].as_slice().try_into().unwrap(),
                share: is_old.then(|| share(&recorded.value["old_keyshares"][me])),
            };
            let channel = recorded::x25519_public(&array(&secrets["x25519"]));
            let session = quorum_change::Session::start(params, channel).unwrap();
            let expected = &recorded.value["new_keyshares"][me];
            match replay(&recorded, me, session, script) {
                Some(NewShare { share, .. }) => is_recorded(&share, expected),
                None => assert!(expected.is_null(), "{file}: {me} leaves"),
            }
        }
    }
}

#[test]
fn a_refresh() {
    let recorded = Recorded::open("refresh_2of3_alice_known");
    for me in recorded.known() {
        let old = share(&recorded.value["old_keyshares"][me]);
        replay_refresh(&recorded, me, Given::of_share(&old, 3).unwrap());
    }
}

#[test]
fn a_migration() {
    let recorded = Recorded::open("migrate_2of3_alice_known");
    let value = &recorded.value;
    for me in recorded.known() {
        let part = array(&value["additive_shares_le"][usize::from(recorded.index_of(me))]);
        let key = array(&value["public_key"]);
        let given = Given::from_outside(&part, &key, array(&value["root_chain_code"])).unwrap();
        replay_refresh(&recorded, me, given);
    }
}

#[test]
fn an_import() {
    let recorded = Recorded::open("import_2of3_bobby_known");
    let secrets = recorded.secrets("bobby");
    let enclosure = recorded::x25519_public(&array(&secrets["imp_x25519"]));
    let session = import::Session::start(dkg_params(&recorded, "bobby"), enclosure).unwrap();
    let NewShare { share, .. } = replay(&recorded, "bobby", session, dkg_script(secrets, true));
    is_recorded(&share, &recorded.value["keyshares"]["bobby"]);
}

#[test]
fn an_import_is_split_into_parts_of_the_recorded_form() {
    let recorded = Recorded::open("import_2of3_bobby_known");
    let theirs = bytes(&recorded.value["bobby_received_plaintext"]);
    let key = array(&recorded.value["private_key_le"]);
    // s_1 = λ_1·g(2) with λ_1 = −3: the upper coefficient follows from the recorded part.
    let scalar = |bytes: &[u8]| Scalar::from_canonical_bytes(bytes.try_into().unwrap()).unwrap();
    let value = -scalar(&theirs[3..35]) * Scalar::from(3_u8).invert();
    let upper = (value - scalar(&key)) * Scalar::from(2_u8).invert();

    let mut script = Script::default();
    script.bytes(upper.as_bytes()).bytes(&[1; 32]);
    let chain_code = array(&recorded.value["root_chain_code"]);
    let params = dkg_params(&recorded, "alice");
    let (mut session, none) =
        import::Session::start_initiator(params, &key, chain_code, &mut script).unwrap();
    assert!(none.is_empty());
    for j in [1, 2] {
        session.deliver(PartyIndex::new(j), 1000, &[j; 32]);
    }
    let Ok(Step::Send(messages)) = session.advance(&mut script, &Alone) else {
        panic!("nothing sent")
    };
    let [first, second, round0] = messages.try_into().unwrap();
    assert_eq!(first.payload[..], theirs);
    assert_eq!(first.delivery, Delivery::Enclosed(PartyIndex::new(1), [1; 32]));
    assert_eq!(second.delivery, Delivery::Enclosed(PartyIndex::new(2), [2; 32]));
    assert_eq!((round0.tag, round0.delivery), (100, Delivery::Broadcast));
}

#[test]
fn an_export() {
    let value = vectors("export_2of3_receiver_known");
    let sent = bytes(&value["plaintext"]);
    let frame = bytes(&value["frame"]);
    let secret = array(&value["receiver_x25519_seed"]);
    assert_eq!(recorded::open_announced(&frame, &secret), sent);

    let receiver_key = recorded::x25519_public(&secret);
    let params = |share: &Value, me| export::Params {
        share: self::share(share),
        me: PartyIndex::new(me),
        parties: 2,
    };
    let exporter = params(&value["exporter_keyshare"], 1);
    let (_, messages) = Exporter::start(&exporter, receiver_key).unwrap();
    let [message] = messages.try_into().unwrap();
    assert_eq!(message.payload[..], sent);
    assert_eq!(message.delivery, Delivery::Enclosed(export::RECEIVER, receiver_key));

    let mut receiver = Receiver::start(params(&value["receiver_keyshare"], 0)).unwrap();
    receiver.deliver(PartyIndex::new(1), message.tag, &sent);
    let Ok(Step::Done(key)) = receiver.advance(&mut Script::default(), &Alone) else {
        panic!("no key")
    };
    assert_eq!(key.expose()[..], bytes(&value["private_key_le"]));
}
