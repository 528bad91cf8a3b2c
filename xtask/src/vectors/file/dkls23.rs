//! The form of `vectors/dkls23`.

use std::collections::BTreeMap;

use quorate_wire::setup::Suite;
use serde::Deserialize;
use serde_json::Value;

use super::{Ceremony, Folder, Known, Message, array, bytes, member, stem};
use crate::Result;
use crate::seat::{Outcome, Protocol, Task};

/// In live ceremonies the one party of ours, where the file does not name it.
const OUR_PARTY: &str = "bobby";

/// Protocols, as the objects of live files and the names of the others call them.
const PROTOCOLS: [(&str, Protocol); 8] = [
    ("dkg", Protocol::Keygen),
    ("dsg", Protocol::Sign),
    ("presign", Protocol::Presign),
    ("fsg", Protocol::Finish),
    ("qc", Protocol::QuorumChange),
    ("refresh", Protocol::Refresh),
    ("migrate", Protocol::Migration),
    ("import", Protocol::Import),
];
const EXPORT: (&str, Protocol) = ("export", Protocol::Export);

/// What a file says of a ceremony, as far as all ceremonies have it.
#[derive(Deserialize)]
struct Recorded {
    #[serde(with = "hex")]
    setup: Vec<u8>,
    messages: Vec<Message>,
    #[serde(default)]
    random: BTreeMap<String, Vec<(String, String)>>,
    our_random: Option<Vec<(String, String)>>,
    our_party: Option<String>,
}

/// Serialised shares by party, in hex.
type Shares = BTreeMap<String, String>;

/// The ceremonies of a file, each with a title.
pub(super) fn read(
    folder: &mut Folder,
    name: &str,
    file: &Value,
) -> Result<Vec<(String, Ceremony)>> {
    let mut ceremonies = Vec::new();
    for (title, protocol, value, before) in parts(name, file) {
        let from = shares_from(name, value, file);
        let shares = match from.as_deref().and_then(stem) {
            Some(from) if from != name && folder.names().contains(from) => folder.shares(from)?,
            _ => Shares::new(),
        };
        ceremonies.push((title, ceremony(protocol, value, before, &shares)?));
    }
    Ok(ceremonies)
}

impl Folder {
    /// The shares that a file ends with.
    fn shares(&mut self, name: &str) -> Result<Shares> {
        let file = self.value(name)?;
        let shares =
            parts(name, &file).into_iter().find_map(|(_, _, value, _)| value.get("shares"));
        shares.map_or_else(|| Ok(Shares::new()), super::read)
    }
}

/// A title, the protocol, the ceremony itself, and the presigning that a finish belongs to.
type Part<'a> = (String, Protocol, &'a Value, Option<&'a Value>);

/// The ceremonies in a file: by itself, under the name of its protocol, a list of them, or pairs of two.
fn parts<'a>(name: &str, file: &'a Value) -> Vec<Part<'a>> {
    let all = || PROTOCOLS.into_iter().chain([EXPORT]);
    if let Some(cases) = file.get("cases").and_then(Value::as_array) {
        let titles = (0..).map(|i: usize| format!("{name} {i}"));
        return titles.zip(cases).flat_map(|(title, case)| pair(&title, case)).collect();
    }
    if file.get("presign").is_some_and(Value::is_object) && file.get("fsg").is_some() {
        return pair(name, file);
    }
    let mut words = name.split('_');
    let word = match (words.next(), words.next()) {
        (Some("py"), word) => word,
        _ => None,
    };
    if let Some((_, protocol)) = all().find(|(called, _)| Some(*called) == word) {
        return vec![(name.to_owned(), protocol, file, None)];
    }
    let named = all().find_map(|(called, protocol)| Some((protocol, file.get(called)?)));
    match named {
        Some((protocol, Value::Array(list))) => {
            let titles = (0..).map(|i: usize| format!("{name} {i}"));
            titles.zip(list).map(|(title, one)| (title, protocol, one, None)).collect()
        }
        Some((protocol, one @ Value::Object(_))) => {
            vec![(name.to_owned(), protocol, one, None)]
        }
        _ => Vec::new(),
    }
}

/// A presigning and its finish.
fn pair<'a>(name: &str, value: &'a Value) -> Vec<Part<'a>> {
    let (presign, finish) = (value.get("presign"), value.get("fsg"));
    let first = presign.map(|one| (format!("{name} presign"), Protocol::Presign, one, None));
    let second = finish.map(|one| (format!("{name} finish"), Protocol::Finish, one, presign));
    first.into_iter().chain(second).collect()
}

/// The file whose shares a ceremony begins with: a live one goes on from the keygen beside it.
fn shares_from(name: &str, value: &Value, file: &Value) -> Option<String> {
    let said = value.get("shares_from").or_else(|| file.get("shares_from"));
    let beside = || {
        let (build, protocol) = name.strip_prefix("live_")?.split_once('_')?;
        ["dsg", "qc"].contains(&protocol).then(|| format!("live_{build}_dkg.json"))
    };
    said.and_then(Value::as_str).map(str::to_owned).or_else(beside)
}

fn ceremony(
    protocol: Protocol,
    value: &Value,
    presigned: Option<&Value>,
    shares: &Shares,
) -> Result<Ceremony> {
    let Recorded { setup, messages, mut random, our_random, our_party } = super::read(value)?;
    if let Some(ours) = our_random {
        random.insert(our_party.unwrap_or_else(|| OUR_PARTY.to_owned()), ours);
    }
    let mut known = BTreeMap::new();
    for (party, values) in random {
        let value_of = |(name, value): (String, String)| Ok((name, hex::decode(value)?));
        let random: BTreeMap<_, _> = values.into_iter().map(value_of).collect::<Result<_>>()?;
        let share = shares.get(&party).map(hex::decode).transpose()?;
        let task = task(protocol, value, presigned, &party, share, &random)?;
        let outcome = outcome(&task, value, &party)?;
        known.insert(party, Known { random, task, outcome });
    }
    Ok(Ceremony { suite: Suite::Ecdsa, protocol, setup, known, messages })
}

fn task(
    protocol: Protocol,
    value: &Value,
    presigned: Option<&Value>,
    party: &str,
    share: Option<Vec<u8>>,
    random: &BTreeMap<String, Vec<u8>>,
) -> Result<Task> {
    let share_at_hand =
        || share.clone().ok_or_else(|| format!("the share of {party} is not recorded"));
    let role = value.get("role").and_then(Value::as_str);
    Ok(match (protocol, role) {
        (Protocol::Keygen, _) => Task::Keygen,
        (Protocol::Sign, _) => Task::Sign { share: share_at_hand()? },
        (Protocol::Presign, _) => Task::Presign { share: share_at_hand()? },
        (Protocol::Finish, _) => {
            let presigned = presigned.ok_or("a finish without its presigning")?;
            Task::Finish { presignature: bytes(member(member(presigned, "presigns")?, party)?)? }
        }
        (Protocol::QuorumChange, _) => Task::ChangeQuorum { share },
        (Protocol::Refresh, _) => Task::Refresh { share: share_at_hand()? },
        (Protocol::Migration, _) => Task::Migrate {
            part: array(member(member(value, "additive_shares")?, party)?)?,
            public_key: bytes(member(value, "public_key")?)?,
            chain_code: array(member(value, "root_chain_code")?)?,
        },
        (Protocol::Import, Some("initiator")) => Task::ImportKey {
            private_key: array(member(value, "private_key")?)?,
            chain_code: array(member(value, "root_chain_code")?)?,
        },
        (Protocol::Import, _) => Task::Import,
        (Protocol::Export, Some("receiver")) => {
            let secret = random.get("export_receiver_x25519_secret");
            let secret = secret.ok_or("the receiver's secret is not recorded")?.as_slice();
            Task::ExportKey { share: share_at_hand()?, secret: secret.try_into()? }
        }
        (Protocol::Export, _) => Task::Export { share: share_at_hand()? },
    })
}

fn outcome(task: &Task, value: &Value, party: &str) -> Result<Outcome> {
    Ok(match task {
        Task::Sign { .. } | Task::Finish { .. } => {
            Outcome::Signature(bytes(member(value, "signature")?)?)
        }
        Task::Presign { .. } => {
            Outcome::Presignature(bytes(member(member(value, "presigns")?, party)?)?)
        }
        Task::ExportKey { .. } => Outcome::PrivateKey(bytes(member(value, "private_key")?)?),
        Task::Export { .. } => Outcome::Nothing,
        _ => match member(value, "shares")?.get(party) {
            Some(share) => Outcome::Share(bytes(share)?),
            None => Outcome::Nothing,
        },
    })
}
