//! The engines by themselves, and other implementations, behind `bench/`: one process, one ceremony a request.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use quorate_wire::setup::Suite;

use super::matrix::Size;
use crate::Result;
use crate::lanes::{self, Lanes};
use crate::seat::Protocol;

/// Instructions of ours, or a crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    /// Our engine, which this curve has, with such instructions.
    Ours(Lanes),
    /// The crate that does the same.
    Peer,
}

/// The name of the crate that does the same.
pub(super) fn peer(suite: Suite) -> &'static str {
    match suite {
        Suite::Ecdsa => "dkls23",
        Suite::Eddsa => "frost-ed25519",
    }
}

/// The running process. It ends when dropped.
pub(super) struct Engines {
    process: Child,
    requests: ChildStdin,
    replies: Lines<BufReader<ChildStdout>>,
}

impl Engines {
    /// Starts it, with such instructions.
    pub(super) fn start(program: &Path, lanes: Lanes) -> Result<Self> {
        let mut process = Command::new(program)
            .env(lanes::VARIABLE, lanes.name())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let requests = process.stdin.take().ok_or("the benchmark has no input")?;
        let output = process.stdout.take().ok_or("the benchmark has no output")?;
        Ok(Self { process, requests, replies: BufReader::new(output).lines() })
    }

    /// Holds one ceremony: the processor time that all its parties together took.
    pub(super) fn hold(
        &mut self,
        who: &str,
        protocol: Protocol,
        (threshold, parties): Size,
    ) -> Result<Duration> {
        self.ask(&format!("{who} {protocol} {threshold} {parties}"))
    }

    /// Holds one ECDSA keygen, each party on so many cores: the time that passed.
    pub(super) fn keygen_on(&mut self, cores: u8, (threshold, parties): Size) -> Result<Duration> {
        self.ask(&format!("secp256k1 keygen {threshold} {parties} {cores}"))
    }

    fn ask(&mut self, request: &str) -> Result<Duration> {
        writeln!(self.requests, "{request}")?;
        let reply = self.replies.next().ok_or("the benchmark does not answer")??;
        let nanos = reply.parse().map_err(|_| format!("{request}: {reply}"))?;
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
