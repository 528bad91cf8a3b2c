//! The form of `vectors/eddsa`.

use std::collections::{BTreeMap, BTreeSet};

use quorate_wire::setup::{Body, Setup, Suite};
use serde_json::Value;

use super::{Ceremony, Known, Message, array, bytes, member};
use crate::Result;
use crate::seat::{Outcome, Protocol, Task};

/// Whether a file of this form holds a ceremony.
pub(super) fn is_ceremony(file: &Value) -> bool {
    file.get("transcript").is_some() || file.get("receiver_x25519_seed").is_some()
}

pub(super) fn read(file: &Value) -> Result<Ceremony> {
    let setup = bytes(member(member(file, "setup")?, "raw")?)?;
    let parsed = Setup::parse(Suite::Eddsa, &setup)?;
    let protocol = protocol(parsed.body(), file)?;
    let (known, messages) = if protocol == Protocol::Export {
        export(file, &parsed)?
    } else {
        let mut known = BTreeMap::new();
        for (party, secrets) in member(file, "known_secrets")?.as_object().into_iter().flatten() {
            let mut random = BTreeMap::new();
            for (name, value) in secrets.as_object().into_iter().flatten() {
                flatten(name, value, &mut random)?;
            }
            let task = task(protocol, file, &parsed, party)?;
            let outcome = outcome(protocol, file, party)?;
            known.insert(party.clone(), Known { random, task, outcome });
        }
        (known, transcript(file)?)
    };
    Ok(Ceremony { suite: Suite::Eddsa, protocol, setup, known, messages })
}

/// Key generations are told apart by what else is recorded.
fn protocol(body: &Body, file: &Value) -> Result<Protocol> {
    let has = |key| file.get(key).is_some();
    Ok(match body {
        Body::Dkg { .. } if has("old_keyshares") => Protocol::Refresh,
        Body::Dkg { .. } if has("additive_shares_le") => Protocol::Migration,
        Body::Dkg { .. } if has("private_key_le") => Protocol::Import,
        Body::Dkg { .. } => Protocol::Keygen,
        Body::Dsg { .. } => Protocol::Sign,
        Body::Qc { .. } => Protocol::QuorumChange,
        Body::Export { .. } => Protocol::Export,
        Body::Fsg { .. } => return Err("nothing is finished on this curve".into()),
    })
}

/// `poly: [a, b]` is `poly[0]` and `poly[1]`.
fn flatten(name: &str, value: &Value, into: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    match value {
        Value::Array(list) => {
            for (k, value) in list.iter().enumerate() {
                into.insert(format!("{name}[{k}]"), bytes(value)?);
            }
        }
        one => {
            into.insert(name.to_owned(), bytes(one)?);
        }
    }
    Ok(())
}

fn task(protocol: Protocol, file: &Value, setup: &Setup, party: &str) -> Result<Task> {
    let share = |shares: &str| file.get(shares)?.get(party)?.get("bytes");
    let have = |shares| share(shares).ok_or_else(|| format!("{party} has no share"));
    Ok(match protocol {
        Protocol::Keygen => Task::Keygen,
        Protocol::Sign => Task::Sign { share: bytes(have("keyshares")?)? },
        Protocol::QuorumChange => {
            Task::ChangeQuorum { share: share("old_keyshares").map(bytes).transpose()? }
        }
        Protocol::Refresh => Task::Refresh { share: bytes(have("old_keyshares")?)? },
        Protocol::Migration => {
            let position = setup.index_of(party).ok_or("a stranger to the setup")?;
            let part = member(file, "additive_shares_le")?.get(usize::from(position));
            Task::Migrate {
                part: array(part.ok_or("its part is not recorded")?)?,
                public_key: bytes(member(file, "public_key")?)?,
                chain_code: array(member(file, "root_chain_code")?)?,
            }
        }
        Protocol::Import if setup.names().first().is_some_and(|first| first == party) => {
            Task::ImportKey {
                private_key: array(member(file, "private_key_le")?)?,
                chain_code: array(member(file, "root_chain_code")?)?,
            }
        }
        Protocol::Import => Task::Import,
        Protocol::Presign | Protocol::Finish | Protocol::Export => {
            return Err(format!("no {protocol} is recorded so").into());
        }
    })
}

fn outcome(protocol: Protocol, file: &Value, party: &str) -> Result<Outcome> {
    if protocol == Protocol::Sign {
        return Ok(Outcome::Signature(bytes(member(file, "signature")?)?));
    }
    let shares = if protocol == Protocol::QuorumChange { "new_keyshares" } else { "keyshares" };
    match member(file, shares)?.get(party).and_then(|share| share.get("bytes")) {
        Some(share) => Ok(Outcome::Share(bytes(share)?)),
        None => Ok(Outcome::Nothing),
    }
}

fn transcript(file: &Value) -> Result<Vec<Message>> {
    let entries = member(file, "transcript")?.as_array().into_iter().flatten();
    entries
        .map(|entry| {
            Ok(Message {
                frm: super::read(member(entry, "from")?)?,
                to: super::read(member(entry, "to")?)?,
                bytes: bytes(member(entry, "frame")?)?,
            })
        })
        .collect()
}

/// The receiver of an export, and the one frame that it gets.
fn export(file: &Value, setup: &Setup) -> Result<(BTreeMap<String, Known>, Vec<Message>)> {
    let [receiver, exporter] = setup.names() else {
        return Err("an export of other than two parties".into());
    };
    let task = Task::ExportKey {
        share: bytes(member(member(file, "receiver_keyshare")?, "bytes")?)?,
        secret: array(member(file, "receiver_x25519_seed")?)?,
    };
    let outcome = Outcome::PrivateKey(bytes(member(file, "private_key_le")?)?);
    let known = Known { random: BTreeMap::new(), task, outcome };
    let message = Message {
        frm: exporter.clone(),
        to: BTreeSet::from([receiver.clone()]),
        bytes: bytes(member(file, "frame")?)?,
    };
    Ok((BTreeMap::from([(receiver.clone(), known)]), vec![message]))
}
