//! The engines by themselves, and other implementations, behind `bench/`: one process, one ceremony a request.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use quorate_wire::setup::Suite;

use crate::Result;
use crate::seat::Protocol;
use crate::workspace::bench_program;

/// The running process. It ends when dropped.
pub(super) struct Engines {
    process: Child,
    requests: ChildStdin,
    replies: Lines<BufReader<ChildStdout>>,
}

impl Engines {
    /// Starts it.
    pub(super) fn start() -> Result<Self> {
        let mut process =
            Command::new(bench_program()?).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let requests = process.stdin.take().ok_or("the benchmark has no input")?;
        let output = process.stdout.take().ok_or("the benchmark has no output")?;
        Ok(Self { process, requests, replies: BufReader::new(output).lines() })
    }

    /// Who does this without frames: our engine, and a crate that does the same.
    pub(super) fn who(suite: Suite, protocol: Protocol) -> Option<(&'static str, &'static str)> {
        match (protocol, suite) {
            (Protocol::Keygen | Protocol::Sign, Suite::Ecdsa) => Some(("secp256k1", "dkls23")),
            (Protocol::Keygen | Protocol::Sign, Suite::Eddsa) => Some(("ed25519", "frost")),
            _ => None,
        }
    }

    /// Holds one ceremony: the processor time that all its parties together took.
    pub(super) fn hold(
        &mut self,
        who: &str,
        protocol: Protocol,
        (threshold, parties): (u8, u8),
    ) -> Result<Duration> {
        writeln!(self.requests, "{who} {protocol} {threshold} {parties}")?;
        let reply = self.replies.next().ok_or("the benchmark does not answer")??;
        let nanos = reply.parse().map_err(|_| format!("{who} says: {reply}"))?;
        Ok(Duration::from_nanos(nanos))
    }
}

impl Drop for Engines {
    fn drop(&mut self) {
        // It keeps nothing. Neither call can fail in a way that matters.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
