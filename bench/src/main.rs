//! Holds ceremonies of our engines and of other implementations, and tells what they cost.
//!
//! * Without arguments: one request a line on the standard input, `WHO PROTOCOL THRESHOLD PARTIES`; one reply a line, the
//!   nanoseconds of processor time that all parties together took, or `error: WHY`. Who: `secp256k1` and `ed25519` are
//!   our engines, `dkls23` and `frost` the peers. Protocols: `keygen`, `sign`. `WHO PROTOCOL THRESHOLD PARTIES CORES`: the
//!   nanoseconds that passed while our parties, one after the other, each used so many cores.
//! * `quorate-bench WHO PROTOCOL THRESHOLD PARTIES`: one ceremony of ours, always with the same draws, inside
//!   [`measured`], so that an instruction counter can tell it from what prepares it.
//! * `quorate-bench timing`: whether the time of what our ECDSA engine is made of tells its secrets ([`timing`]).
//!
//! What a signing needs is made before its clock starts. Messages are handed over as they are: the peers leave encoding,
//! encryption and the check of who sent what to their users, so our engines are measured without frames as well.

mod dkls;
mod frost;
mod ours;
mod timing;

use std::error::Error;
use std::io::{BufRead, Write};
use std::num::NonZeroUsize;
use std::time::Duration;

use quorate_cores::Cores;
use rustix::time::{ClockId, clock_gettime};

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments == ["timing"] {
        return timing::judge();
    }
    let mut everyone = Everyone::default();
    if !arguments.is_empty() {
        let took = everyone.answer(&arguments.join(" "))?;
        println!("{} ns", took.as_nanos());
        return Ok(());
    }
    let mut output = std::io::stdout().lock();
    for request in std::io::stdin().lock().lines() {
        match everyone.answer(&request?) {
            Ok(time) => writeln!(output, "{}", time.as_nanos())?,
            Err(why) => writeln!(output, "error: {why}")?,
        }
        output.flush()?;
    }
    Ok(())
}

/// Who can be asked.
#[derive(Default)]
struct Everyone {
    ours: ours::Ours,
    dkls: dkls::Peer,
    frost: frost::Peer,
}

impl Everyone {
    fn answer(&mut self, request: &str) -> Result<Duration> {
        let words: Vec<&str> = request.split_whitespace().collect();
        let [who, protocol, threshold, parties, ref cores @ ..] = words[..] else {
            return Err("a request is WHO PROTOCOL THRESHOLD PARTIES [CORES]".into());
        };
        let size = Size { threshold: threshold.parse()?, parties: parties.parse()? };
        self.ours.cores = match cores {
            [] => Cores(NonZeroUsize::MIN),
            [cores] if matches!(who, "secp256k1" | "ed25519") => Cores(cores.parse()?),
            _ => return Err(format!("{who} cannot be told its cores").into()),
        };
        let took = self.hold(who, protocol, size)?;
        Ok(if cores.is_empty() { took.processor } else { took.passed })
    }

    fn hold(&mut self, who: &str, protocol: &str, size: Size) -> Result<Took> {
        match (who, protocol) {
            ("secp256k1", "keygen") => self.ours.ecdsa_keygen(size),
            ("secp256k1", "sign") => self.ours.ecdsa_sign(size),
            ("ed25519", "keygen") => self.ours.eddsa_keygen(size),
            ("ed25519", "sign") => self.ours.eddsa_sign(size),
            ("dkls23", "keygen") => self.dkls.keygen(size),
            ("dkls23", "sign") => self.dkls.sign(size),
            ("frost", "keygen") => self.frost.keygen(size),
            ("frost", "sign") => self.frost.sign(size),
            _ => Err(format!("no {protocol} by {who}").into()),
        }
    }
}

/// How many of how many.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Size {
    threshold: u8,
    parties: u8,
}

/// How long a ceremony took.
struct Took {
    /// Of the processor's time, on all cores.
    processor: Duration,
    /// By the clock.
    passed: Duration,
}

/// What `run` makes, and how long it takes.
fn timed<T>(run: impl FnOnce() -> Result<T>) -> Result<(T, Took)> {
    let (passed, processor) = (now(ClockId::Monotonic)?, now(ClockId::ProcessCPUTime)?);
    let made = measured(run)?;
    let took = Took {
        processor: now(ClockId::ProcessCPUTime)?.saturating_sub(processor),
        passed: now(ClockId::Monotonic)?.saturating_sub(passed),
    };
    Ok((made, took))
}

/// The name by which an instruction counter finds what is measured.
#[inline(never)]
fn measured<T>(run: impl FnOnce() -> T) -> T {
    std::hint::black_box(run())
}

fn now(clock: ClockId) -> Result<Duration> {
    Ok(clock_gettime(clock).try_into()?)
}
