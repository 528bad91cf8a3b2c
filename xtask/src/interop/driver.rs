//! The production engines behind `interop/engine.mjs`: one process, any number of parties.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use quorate_wire::setup::{Body, Suite, ToSign};
use serde_json::{Value, json};

use crate::Result;
use crate::seat::{Facts, Outcome, Task};
use crate::workspace::root;

/// No request takes the engine longer than a few seconds.
const PATIENCE: Duration = Duration::from_mins(1);

/// The running engines. They end when dropped.
pub(super) struct Driver {
    process: Child,
    requests: ChildStdin,
    replies: Receiver<String>,
}

impl Driver {
    pub(super) fn start(engines: &Path) -> Result<Self> {
        let mut process = Command::new("node")
            .arg(root().join("interop/engine.mjs"))
            .arg(engines)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let requests = process.stdin.take().ok_or("the engine has no input")?;
        let output = process.stdout.take().ok_or("the engine has no output")?;
        let (forward, replies) = channel();
        thread::spawn(move || {
            let mut lines = BufReader::new(output).lines().map_while(std::io::Result::ok);
            lines.all(|line| forward.send(line).is_ok())
        });
        Ok(Self { process, requests, replies })
    }

    /// One request; the reply, unless it is an error.
    fn ask(&mut self, request: &Value) -> Result<Value> {
        writeln!(self.requests, "{request}")?;
        let line = self.replies.recv_timeout(PATIENCE);
        let reply: Value = serde_json::from_str(&line.map_err(|_| "the engine does not answer")?)?;
        match reply.get("error").and_then(Value::as_str) {
            None => Ok(reply),
            Some(error) => Err(format!("the production engine says: {error}").into()),
        }
    }

    /// One request that is about a curve.
    fn ask_of(&mut self, suite: Suite, mut request: Value) -> Result<Value> {
        let curve = match suite {
            Suite::Ecdsa => "ecdsa",
            Suite::Eddsa => "eddsa",
        };
        if let Some(request) = request.as_object_mut() {
            request.insert("curve".into(), curve.into());
        }
        self.ask(&request)
    }

    /// Makes a setup message. That of a quorum change wants a share, whosever it is.
    pub(super) fn setup(
        &mut self,
        suite: Suite,
        body: &Body,
        names: &[String],
        share: Option<&[u8]>,
    ) -> Result<Vec<u8>> {
        let request = match body {
            Body::Dkg { threshold, key_id } => json!({
                "op": "dkg_setup", "names": names, "threshold": threshold, "key_id": key_id.map(hex::encode),
            }),
            Body::Dsg { key_id, path, to_sign } => {
                let message = match to_sign {
                    ToSign::Nothing => None,
                    ToSign::Hash(hash) => Some(hex::encode(hash)),
                    ToSign::Message(message) => Some(hex::encode(message)),
                };
                let key_id = hex::encode(key_id);
                json!({ "op": "sign_setup", "names": names, "key_id": key_id, "path": path, "message": message })
            }
            Body::Fsg { presignature, hash } => json!({
                "op": "fsg_setup", "names": names,
                "session_id": hex::encode(presignature), "hash": hex::encode(hash),
            }),
            Body::Qc { old, new, threshold, .. } => {
                let positions = |list: &[quorate_core::PartyIndex]| {
                    list.iter().map(|j| j.get()).collect::<Vec<_>>()
                };
                json!({
                    "op": "qc_setup", "names": names, "share": share.map(hex::encode),
                    "old": positions(old), "threshold": threshold, "new": positions(new),
                })
            }
            Body::Export { .. } => return Err("an export begins with its receiver".into()),
        };
        let reply = self.ask_of(suite, request)?;
        field(&reply, "setup")
    }

    /// Seats the first party of an import or an export, which makes the setup: the setup, and the party.
    pub(super) fn host(
        &mut self,
        suite: Suite,
        task: &Task,
        threshold: u8,
        names: &[String],
    ) -> Result<(Vec<u8>, u64)> {
        let request = match task {
            Task::ImportKey { private_key, chain_code } => json!({
                "op": "import_key", "names": names, "threshold": threshold,
                "private_key": hex::encode(private_key), "chain_code": hex::encode(chain_code),
            }),
            Task::ExportKey { share, .. } => {
                json!({ "op": "export_key", "names": names, "share": hex::encode(share) })
            }
            _ => return Err("only imports and exports have a host".into()),
        };
        let reply = self.ask_of(suite, request)?;
        Ok((field(&reply, "setup")?, handle(&reply)?))
    }

    /// Seats a party.
    pub(super) fn open(
        &mut self,
        suite: Suite,
        setup: &[u8],
        name: &str,
        task: &Task,
    ) -> Result<u64> {
        let (setup, hex) = (hex::encode(setup), |bytes: &[u8]| hex::encode(bytes));
        let request = match task {
            Task::Keygen => json!({ "op": "dkg" }),
            Task::Sign { share } => json!({ "op": "sign", "share": hex(share) }),
            Task::Presign { share } => json!({ "op": "presign", "share": hex(share) }),
            Task::Finish { presignature } => {
                json!({ "op": "fsg", "presignature": hex(presignature) })
            }
            Task::ChangeQuorum { share } => {
                json!({ "op": "qc", "share": share.as_deref().map(hex) })
            }
            Task::Refresh { share } => json!({ "op": "refresh", "share": hex(share) }),
            Task::Migrate { part, public_key, chain_code } => json!({
                "op": "migrate", "secret": hex(part), "public_key": hex(public_key), "chain_code": hex(chain_code),
            }),
            Task::Import => json!({ "op": "import" }),
            Task::Export { share } => json!({ "op": "export", "share": hex(share) }),
            Task::ImportKey { .. } | Task::ExportKey { .. } => {
                return Err("the host has its seat already".into());
            }
        };
        let mut request = request;
        if let Some(request) = request.as_object_mut() {
            request.insert("setup".into(), setup.into());
            request.insert("name".into(), name.into());
        }
        handle(&self.ask_of(suite, request)?)
    }

    /// Gives a party a message. Whether its session is over.
    pub(super) fn input(&mut self, handle: u64, message: &[u8]) -> Result<bool> {
        let message = hex::encode(message);
        let reply = self.ask(&json!({ "op": "input", "handle": handle, "message": message }))?;
        Ok(reply.get("done").and_then(Value::as_bool).unwrap_or_default())
    }

    /// What the party has to send: to whom, and the bytes.
    pub(super) fn output(&mut self, handle: u64) -> Result<Vec<(Vec<String>, Vec<u8>)>> {
        let reply = self.ask(&json!({ "op": "output", "handle": handle }))?;
        let messages = reply.get("messages").and_then(Value::as_array).cloned().unwrap_or_default();
        let message = |message: &Value| {
            let to = message.get("to")?.as_array()?.iter();
            let to = to.filter_map(|name| name.as_str().map(str::to_owned)).collect();
            Some((to, bytes(message, "message")?))
        };
        let messages = messages.iter().map(message).collect::<Option<_>>();
        messages.ok_or_else(|| "malformed messages in the reply".into())
    }

    /// What the party is left with. Its session is gone.
    pub(super) fn finish(&mut self, handle: u64) -> Result<Outcome> {
        let reply = self.ask(&json!({ "op": "finish", "handle": handle }))?;
        let found = |key| bytes(&reply, key);
        Ok(None
            .or_else(|| found("share").map(Outcome::Share))
            .or_else(|| found("signature").map(Outcome::Signature))
            .or_else(|| found("presignature").map(Outcome::Presignature))
            .or_else(|| found("private_key").map(Outcome::PrivateKey))
            .unwrap_or(Outcome::Nothing))
    }

    /// Time of the processor that the engines have used so far.
    pub(super) fn processor_time(&mut self) -> Result<Duration> {
        let reply = self.ask(&json!({ "op": "cpu" }))?;
        let micros = reply.get("us").and_then(Value::as_u64).ok_or("no time in the reply")?;
        Ok(Duration::from_micros(micros))
    }

    /// What the engine makes of a share.
    pub(super) fn read_share(&mut self, suite: Suite, share: &[u8]) -> Result<Facts> {
        let request = json!({ "op": "share_info", "share": hex::encode(share) });
        let reply = self.ask_of(suite, request)?;
        Ok(Facts {
            public_key: field(&reply, "public_key")?,
            chain_code: field(&reply, "chain_code")?,
            key_id: field(&reply, "key_id")?,
            share: field(&reply, "share")?,
        })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It keeps nothing: there is nothing to end in an orderly way. Neither call can fail in a way that matters.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn handle(reply: &Value) -> Result<u64> {
    reply.get("handle").and_then(Value::as_u64).ok_or_else(|| "no handle in the reply".into())
}

fn field(reply: &Value, key: &str) -> Result<Vec<u8>> {
    bytes(reply, key).ok_or_else(|| format!("no {key} in the reply").into())
}

fn bytes(reply: &Value, key: &str) -> Option<Vec<u8>> {
    hex::decode(reply.get(key)?.as_str()?).ok()
}
