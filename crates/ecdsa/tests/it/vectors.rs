//! Recorded ceremonies, replayed at the level of payloads: our party's randomness fixed, the others' messages fed,
//! every payload that we send and everything that we are left with compared. `vectors/dkls23/README.md`.
//!
//! Frames, and the ceremonies that are not here, are compared by `cargo xtask vectors`.

mod recorded;

use std::collections::BTreeSet;
use std::sync::Arc;

use quorate_core::session::{Delivery, Outgoing, Session, Step};
use quorate_core::simulation::recorded::{Script, array, base_ot_receiver, base_ot_sender, bytes};
use quorate_core::{Alone, Committee};
use quorate_ecdsa::derive::DerivationPath;
use quorate_ecdsa::export::{self, Exporter, Receiver};
use quorate_ecdsa::refresh::{self, Given};
use quorate_ecdsa::{Check, KeyShare, Presignature, dkg, finish, import, presign, verify};
use serde_json::Value;

use crate::forge::{scalar, times_g};
use recorded::{Recorded, Sent, public};

fn vectors(name: &str) -> Value {
    quorate_core::simulation::recorded::vectors("dkls23", name)
}

/// What is drawn under these names. A name with `r_other_dlog` stands for a point, of which the logarithm is recorded.
fn script(recorded: &Value, names: impl IntoIterator<Item = String>) -> Script {
    Script::named(recorded, names, |name, value| {
        if name.contains("r_other_dlog") { times_g(&scalar(&value)).to_vec() } else { value }
    })
}

/// Runs our session against the record: what it leaves, and that it has sent what was recorded.
fn replay<S: Session<Check = Check>>(
    recorded: &Recorded<'_>,
    (mut session, first): (S, Vec<Outgoing>),
    mut script: Script,
) -> S::Output {
    let me = recorded.me();
    let mut sent = first;
    let mut advance = |session: &mut S, sent: &mut Vec<Outgoing>| loop {
        match session.advance(&mut script, &Alone).unwrap() {
            Step::Wait => return None,
            Step::Send(messages) => sent.extend(messages),
            Step::Channels(_) => {}
            Step::Done(output) => return Some(output),
        }
    };
    let mut output = advance(&mut session, &mut sent);
    for Sent { from, tag, payload, .. } in recorded.received() {
        session.deliver(from, tag, &payload);
        output = output.or(advance(&mut session, &mut sent));
    }
    let sent: BTreeSet<_> = sent
        .into_iter()
        .map(|out| (out.tag, out.delivery.receiver(), out.payload.to_vec()))
        .collect();
    let expected: BTreeSet<_> =
        recorded.sent().into_iter().map(|sent| (sent.tag, sent.to, sent.payload)).collect();
    assert!(sent == expected, "party {me} sends something else");
    assert!(script.is_over(), "party {me} draws less than was recorded");
    output.expect("a result")
}

fn share(recorded: &Value) -> Arc<KeyShare> {
    Arc::new(KeyShare::from_bytes(&bytes(recorded)).unwrap())
}

fn is_recorded(share: &KeyShare, recorded: &Value) {
    assert!(*share.to_bytes().expose() == bytes(recorded), "another share");
}

fn dkg_params(recorded: &Recorded<'_>) -> dkg::Params {
    let n = u8::try_from(recorded.names().len()).unwrap();
    let threshold = recorded.setup(0x01)[0][0];
    let committee = Committee::new(recorded.me(), n, threshold).unwrap();
    let key_id = recorded.setup(0x04).first().map(|id| id.as_slice().try_into().unwrap());
    dkg::Params { committee, key_id }
}

/// What a party draws in key generation, with its constant term and its part of the chain code or without.
fn dkg_names(committee: &Committee, given: bool) -> Vec<String> {
    let (me, t) = (committee.me(), committee.threshold());
    let mut names = vec!["session_id".to_owned(), "r_i".to_owned()];
    names.extend((u8::from(given)..t).map(|k| format!("poly[{k}]")));
    names.push("x_i".to_owned());
    for j in committee.others() {
        names.extend(base_ot_receiver(&format!("ot_recv[{j}].")));
    }
    if !given {
        names.push("chain_code_sid".to_owned());
    }
    names.push("r_i_2".to_owned());
    names.extend((0..t).map(|k| format!("dlog1_nonce[{k}]")));
    for &j in committee.others() {
        names.extend(base_ot_sender(&format!("ot_send[{j}].")));
        if j > me {
            names.push(format!("seed_i_j[{j}]"));
        }
    }
    names.push("dlog2_nonce".to_owned());
    names
}

fn replay_refresh(recorded: &Recorded<'_>, given: Given) -> KeyShare {
    let params = dkg_params(recorded);
    let mut script = script(recorded.random, dkg_names(&params.committee, true));
    let session = refresh::start(params, given, recorded.channel(), &mut script);
    replay(recorded, session, script)
}

#[test]
fn a_key_generation_whose_setup_names_the_key() {
    let file = vectors("live_W_dkg_keyid");
    let recorded = Recorded::ours(&file["dkg"]);
    let params = dkg_params(&recorded);
    assert_eq!(params.key_id, Some(array(&file["key_id"])));
    let mut script = script(recorded.random, dkg_names(&params.committee, false));
    let session = dkg::Session::start(params, recorded.channel(), &mut script);
    let share = replay(&recorded, session, script);
    is_recorded(&share, &file["dkg"]["shares"]["bobby"]);
}

#[test]
fn a_refresh() {
    let file = vectors("py_refresh_2of3");
    let old = vectors("py_qc_2of2_to_2of3");
    for (name, random) in file["random"].as_object().unwrap() {
        let recorded = Recorded::of(&file, name, random);
        let committee = dkg_params(&recorded).committee;
        let given = Given::of_share(&share(&old["shares"][name]), &committee).unwrap();
        is_recorded(&replay_refresh(&recorded, given), &file["shares"][name]);
    }
}

#[test]
fn a_migration() {
    let file = &vectors("live_W_migrate")["migrate"];
    let recorded = Recorded::ours(file);
    let part = array(&file["additive_shares"]["bobby"]);
    let (key, chain_code) = (array(&file["public_key"]), array(&file["root_chain_code"]));
    let given = Given::from_outside(&part, &key, chain_code).unwrap();
    is_recorded(&replay_refresh(&recorded, given), &file["shares"]["bobby"]);
}

#[test]
fn an_import_by_the_engine() {
    let file = &vectors("live_W_import_importer")["import"];
    let recorded = Recorded::ours(file);
    let record = recorded.received().into_iter().find(|sent| sent.tag == 1001).unwrap();
    assert_eq!(record.payload, bytes(&file["refresh_record"]));

    let params = dkg_params(&recorded);
    let script = script(recorded.random, dkg_names(&params.committee, true));
    let enclosure = public(&recorded.drawn("import_x25519_secret"));
    let session = import::Session::start(params, enclosure, recorded.channel()).unwrap();
    let share = replay(&recorded, session, script);
    is_recorded(&share, &file["shares"]["bobby"]);
}

#[test]
fn imports_by_us() {
    for name in ["live_W_import_initiator", "live_W_import_initiator_keyid"] {
        let file = &vectors(name)["import"];
        let recorded = Recorded::ours(file);
        for sent in recorded.sent().into_iter().filter(|sent| sent.tag == 1001) {
            let to = recorded.names()[usize::from(sent.to.unwrap())].clone();
            assert_eq!(sent.payload, bytes(&file["refresh_records"][&to]));
        }

        let params = dkg_params(&recorded);
        let upper = (1..params.committee.threshold()).map(|k| format!("import_poly[{k}]"));
        let names = upper.chain(dkg_names(&params.committee, true));
        let mut script = script(recorded.random, names);
        let session = import::Session::start_initiator(
            params,
            &array(&file["private_key"]),
            array(&file["root_chain_code"]),
            recorded.channel(),
            &mut script,
        );
        let share = replay(&recorded, session.unwrap(), script);
        is_recorded(&share, &file["shares"]["alice"]);
    }
}

/// Presigns, and compares the presignature.
fn replay_presign(file: &Value, recorded: &Recorded<'_>, share: Arc<KeyShare>) -> Presignature {
    let me = recorded.me();
    let signers = u8::try_from(recorded.names().len()).unwrap();
    let others = || (0..signers).filter(move |&j| j != me.get());
    let mut names: Vec<_> =
        ["phi_i", "r_i", "blind_factor", "session_id"].map(str::to_owned).into();
    names.extend(
        others().flat_map(|j| [format!("rvole[{j}].beta"), format!("rvole[{j}].ssot_pad")]),
    );
    names.extend(others().map(|j| format!("rvole_s[{j}].eta")));
    let mut script = script(recorded.random, names);

    let path = DerivationPath::parse(file["path"].as_str().unwrap()).unwrap();
    let params = presign::Params { share, me, signers, path };
    let session = presign::Session::start(params, recorded.channel(), &mut script).unwrap();
    let presignature = replay(recorded, session, script);
    let expected = bytes(&file["presigns"][recorded.name]);
    assert!(*presignature.to_bytes().expose() == expected, "another presignature");
    presignature
}

/// Finishes, and compares the signature.
fn replay_finish(file: &Value, recorded: &Recorded<'_>, presignature: Presignature) {
    assert_eq!(recorded.setup(0x04)[0][..], presignature.id());
    let (hash, key) = (array(&file["hash"]), presignature.public_key());
    let signers = u8::try_from(recorded.names().len()).unwrap();
    let params = finish::Params { presignature, me: recorded.me(), signers, hash };
    let session = finish::Session::start(params).unwrap();
    let signature = replay(recorded, session, Script::of([])).to_bytes();
    assert_eq!(signature[..], bytes(&file["signature"]));
    assert!(verify(&key, &hash, &signature));
}

#[test]
fn presignings_and_their_finishes_in_other_orders() {
    let file = vectors("live_W_presign_fsg");
    let own = share(&vectors("live_W_dkg")["dkg"]["shares"]["bobby"]);
    for case in file["cases"].as_array().unwrap() {
        let (first, second) = (&case["presign"], &case["fsg"]);
        let presignature = replay_presign(first, &Recorded::ours(first), Arc::clone(&own));
        assert_eq!(presignature.public_key()[..], bytes(&first["child_public_key"]));
        replay_finish(second, &Recorded::ours(second), presignature);
    }
}

#[test]
fn a_presigning_and_its_finish_seen_from_both_sides() {
    let file = vectors("py_presign_fsg_2of2");
    let shares = vectors("py_dkg_2of2");
    let (first, second) = (&file["presign"], &file["fsg"]);
    for name in ["alice", "bobby"] {
        let recorded = Recorded::of(first, name, &first["random"][name]);
        let presignature = replay_presign(first, &recorded, share(&shares["shares"][name]));
        let recorded = Recorded::of(second, name, &second["random"][name]);
        replay_finish(second, &recorded, presignature);
    }
}

#[test]
fn exports_in_both_directions() {
    let file = vectors("live_W_export");
    let own = share(&vectors("live_W_dkg")["dkg"]["shares"]["bobby"]);
    let cases = file["export"].as_array().unwrap();
    for case in cases.iter().filter(|case| case["shares_from"] == "live_W_dkg.json") {
        let recorded = Recorded::ours(case);
        let parties = u8::try_from(recorded.names().len()).unwrap();
        let params = export::Params { share: Arc::clone(&own), me: recorded.me(), parties };
        let receiver = recorded.setup(0x25)[0].as_slice().try_into().unwrap();
        if case["role"] == "exporter" {
            assert_eq!(recorded.sent()[0].payload, bytes(&case["plaintext"]));
            let session = Exporter::start(&params, receiver).unwrap();
            assert_eq!(session.1[0].delivery, Delivery::Enclosed(export::RECEIVER, receiver));
            replay(&recorded, session, Script::of([]));
        } else {
            assert_eq!(receiver, public(&recorded.drawn("export_receiver_x25519_secret")));
            let session = Receiver::start(params).unwrap();
            let key = replay(&recorded, (session, Vec::new()), Script::of([]));
            assert_eq!(key.expose()[..], bytes(&case["private_key"]));
        }
    }
}
