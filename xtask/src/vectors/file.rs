//! A folder of vectors: which files it holds, and the ceremonies in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use lzma_rust2::XzReader;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Result;

/// One recorded ceremony.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Ceremony {
    #[serde(with = "hex")]
    pub(super) setup: Vec<u8>,
    /// By party; of live ceremonies, our party alone.
    #[serde(default)]
    pub(super) random: BTreeMap<String, Vec<(String, String)>>,
    #[serde(default)]
    our_random: Vec<(String, String)>,
    our_party: Option<String>,
    pub(super) messages: Vec<Message>,
    /// The serialised shares that it ends with.
    #[serde(default)]
    shares: BTreeMap<String, String>,
    signature: Option<String>,
    shares_from: Option<String>,
    /// The serialised shares that it begins with, by party.
    #[serde(skip)]
    pub(super) old_shares: Rc<BTreeMap<String, String>>,
}

/// One message of a ceremony, in sending order.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Message {
    pub(super) frm: String,
    pub(super) to: BTreeSet<String>,
    #[serde(with = "hex", rename = "msg")]
    pub(super) bytes: Vec<u8>,
}

impl Ceremony {
    /// What the party is left with: a share or a signature, or `None` for one that leaves.
    pub(super) fn result(&self, party: &str) -> Result<Option<Vec<u8>>> {
        let result = self.signature.as_ref().or_else(|| self.shares.get(party));
        Ok(result.map(hex::decode).transpose()?)
    }

    /// The share that the party brings.
    pub(super) fn old_share(&self, party: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.old_shares.get(party).map(hex::decode).transpose()?)
    }
}

/// In live ceremonies the one party of ours, where the file does not name it.
const OUR_PARTY: &str = "bobby";
/// Protocols whose ceremonies this version replays, as files and the objects in them name them.
const PROTOCOLS: [&str; 3] = ["dkg", "dsg", "qc"];

pub(super) struct Folder {
    path: PathBuf,
    read: BTreeMap<String, Rc<Value>>,
}

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self> {
        if !path.is_dir() {
            return Err(format!("{} is not a folder", path.display()).into());
        }
        Ok(Self { path: path.to_path_buf(), read: BTreeMap::new() })
    }

    /// The names of its vectors, without `.json` or `.json.xz`.
    pub(super) fn names(&self) -> BTreeSet<String> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let files = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        files.filter_map(|name| stem(&name).map(str::to_owned)).collect()
    }

    /// Whether this version replays what the file holds.
    pub(super) fn holds_ceremonies(&mut self, name: &str) -> Result<bool> {
        let mut words = name.split('_');
        Ok(match words.next() {
            Some("py") => words.next().is_some_and(|protocol| PROTOCOLS.contains(&protocol)),
            Some("live") => {
                let value = self.value(name)?;
                PROTOCOLS.iter().any(|protocol| value.get(protocol).is_some())
            }
            _ => false,
        })
    }

    /// The ceremonies of a file, and a title for each.
    pub(super) fn ceremonies(&mut self, name: &str) -> Result<Vec<(String, Ceremony)>> {
        let value = self.value(name)?;
        let wrapped = PROTOCOLS.iter().find_map(|protocol| value.get(protocol));
        let ceremonies: Vec<(String, Ceremony)> = match wrapped.unwrap_or(&value) {
            Value::Array(list) => {
                let titles = (0..).map(|i: usize| format!("{name} {i}"));
                titles
                    .zip(list)
                    .map(|(title, one)| Ok((title, read(one)?)))
                    .collect::<Result<_>>()?
            }
            one => vec![(name.to_owned(), read(one)?)],
        };
        ceremonies.into_iter().map(|(title, one)| Ok((title, self.complete(name, one)?))).collect()
    }

    /// The list of a file that is one.
    pub(super) fn list<T: DeserializeOwned>(&mut self, name: &str) -> Result<Vec<T>> {
        read(&*self.value(name)?)
    }

    /// Adds what a ceremony's file leaves to another, or to custom.
    fn complete(&mut self, name: &str, mut ceremony: Ceremony) -> Result<Ceremony> {
        if !ceremony.our_random.is_empty() {
            let party = ceremony.our_party.take().unwrap_or_else(|| OUR_PARTY.to_owned());
            let random = std::mem::take(&mut ceremony.our_random);
            ceremony.random.insert(party, random);
        }
        // A live signing or quorum change goes on from the keygen beside it.
        let beside = || {
            let (build, protocol) = name.strip_prefix("live_")?.split_once('_')?;
            (protocol != "dkg").then(|| format!("live_{build}_dkg.json"))
        };
        if let Some(from) = ceremony.shares_from.take().or_else(beside).as_deref().and_then(stem)
            && from != name
            && self.names().contains(from)
        {
            let found = self.ceremonies(from)?.into_iter().next();
            ceremony.old_shares = Rc::new(found.map(|(_, from)| from.shares).unwrap_or_default());
        }
        Ok(ceremony)
    }

    fn value(&mut self, name: &str) -> Result<Rc<Value>> {
        if let Some(value) = self.read.get(name) {
            return Ok(value.clone());
        }
        let plain = self.path.join(format!("{name}.json"));
        let mut text = Vec::new();
        if plain.exists() {
            fs::File::open(plain)?.read_to_end(&mut text)?;
        } else {
            let packed = fs::File::open(self.path.join(format!("{name}.json.xz")))?;
            XzReader::new(BufReader::new(packed), true).read_to_end(&mut text)?;
        }
        let value = Rc::new(serde_json::from_slice(&text)?);
        self.read.insert(name.to_owned(), Rc::clone(&value));
        Ok(value)
    }
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T> {
    Ok(T::deserialize(value)?)
}

fn stem(file: &str) -> Option<&str> {
    file.strip_suffix(".json.xz").or_else(|| file.strip_suffix(".json"))
}
