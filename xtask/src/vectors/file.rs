//! A folder of vectors: which files it holds, and the ceremonies in them, whichever form they are in.

mod dkls23;
mod eddsa;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use lzma_rust2::XzReader;
use quorate_wire::setup::Suite;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Result;
use crate::seat::{Outcome, Protocol, Task};

/// One recorded ceremony.
#[derive(Clone, Debug)]
pub(super) struct Ceremony {
    pub(super) suite: Suite,
    pub(super) protocol: Protocol,
    pub(super) setup: Vec<u8>,
    /// The parties whose randomness is recorded; of live ceremonies, our party alone.
    pub(super) known: BTreeMap<String, Known>,
    pub(super) messages: Vec<Message>,
}

/// A party of which everything is recorded.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// What it draws, by name.
    pub(super) random: BTreeMap<String, Vec<u8>>,
    pub(super) task: Task,
    pub(super) outcome: Outcome,
}

/// One message of a ceremony, in sending order.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Message {
    pub(super) frm: String,
    pub(super) to: BTreeSet<String>,
    #[serde(with = "hex", rename = "msg")]
    pub(super) bytes: Vec<u8>,
}

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

    /// The ceremonies of a file, and a title for each; none if it holds something else.
    pub(super) fn ceremonies(&mut self, name: &str) -> Result<Vec<(String, Ceremony)>> {
        let value = self.value(name)?;
        if eddsa::is_ceremony(&value) {
            return Ok(vec![(name.to_owned(), eddsa::read(&value)?)]);
        }
        dkls23::read(self, name, &value)
    }

    /// The list of a file that is one.
    pub(super) fn list<T: DeserializeOwned>(&mut self, name: &str) -> Result<Vec<T>> {
        read(&*self.value(name)?)
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

/// A string of hex.
fn bytes(value: &Value) -> Result<Vec<u8>> {
    let text = value.as_str().ok_or_else(|| format!("{value} is no byte string"))?;
    Ok(hex::decode(text)?)
}

/// 32 bytes in hex.
fn array(value: &Value) -> Result<[u8; 32]> {
    Ok(bytes(value)?.as_slice().try_into()?)
}

/// A member that must be there.
fn member<'a>(value: &'a Value, key: &str) -> Result<&'a Value> {
    value.get(key).ok_or_else(|| format!("no {key} is recorded").into())
}

fn stem(file: &str) -> Option<&str> {
    file.strip_suffix(".json.xz").or_else(|| file.strip_suffix(".json"))
}
