//! The production engine behind `interop/engine.mjs`: one process, any number of parties.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Result;
use crate::workspace::root;

/// No request takes the engine longer than a few seconds.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running engine. Ends when dropped.
pub(super) struct Driver {
    process: Child,
    requests: ChildStdin,
    replies: Receiver<String>,
}

impl Driver {
    pub(super) fn start(engine: &Path) -> Result<Self> {
        let mut process = Command::new("node")
            .arg(root().join("interop/engine.mjs"))
            .arg(engine)
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

    /// Makes a setup message; `request` names one of the `…_setup` operations.
    pub(super) fn setup(&mut self, request: &Value) -> Result<Vec<u8>> {
        let reply = self.ask(request)?;
        bytes(&reply, "setup").ok_or_else(|| "no setup in the reply".into())
    }

    /// Opens a session; the operation is `dkg`, `sign` or `qc`.
    pub(super) fn open(
        &mut self,
        operation: &str,
        setup: &[u8],
        name: &str,
        share: Option<&[u8]>,
    ) -> Result<u64> {
        let reply = self.ask(&json!({
            "op": operation, "curve": "ecdsa",
            "setup": hex::encode(setup), "name": name, "share": share.map(hex::encode),
        }))?;
        reply.get("handle").and_then(Value::as_u64).ok_or_else(|| "no handle in the reply".into())
    }

    pub(super) fn input(&mut self, handle: u64, message: &[u8]) -> Result<()> {
        let message = hex::encode(message);
        self.ask(&json!({ "op": "input", "handle": handle, "message": message })).map(drop)
    }

    /// What the session has to send: to whom, and the bytes.
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

    /// The session's result: a share or a signature, or nothing for a party that leaves.
    pub(super) fn finish(&mut self, handle: u64) -> Result<Option<Vec<u8>>> {
        let reply = self.ask(&json!({ "op": "finish", "handle": handle }))?;
        Ok(bytes(&reply, "share").or_else(|| bytes(&reply, "signature")))
    }

    /// What the engine makes of a share: its public key, its chain code, its key id, and the share written again.
    pub(super) fn read_share(&mut self, share: &[u8]) -> Result<[Vec<u8>; 4]> {
        let share = hex::encode(share);
        let reply = self.ask(&json!({ "op": "share_info", "curve": "ecdsa", "share": share }))?;
        let field = |key| bytes(&reply, key).ok_or_else(|| format!("no {key} in the reply"));
        Ok([field("public_key")?, field("chain_code")?, field("key_id")?, field("share")?])
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It keeps nothing: there is nothing to end in an orderly way. Neither call can fail in a way that matters.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn bytes(reply: &Value, key: &str) -> Option<Vec<u8>> {
    hex::decode(reply.get(key)?.as_str()?).ok()
}
