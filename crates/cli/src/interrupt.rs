//! Ctrl-C: the first ends the ceremony decently, the second ends the program.

use quorate_device::Interrupt;

use crate::output::{Failure, Kind};

/// Takes over Ctrl-C, and the system's wish that the program end, from here on. Needs the runtime.
pub(crate) fn listen() -> Result<Interrupt, Failure> {
    let (stop, interrupt) = Interrupt::new();
    let mut signals = Signals::new().map_err(|error| {
        Failure::new(
            Kind::Unexpected,
            format!("the system does not report Ctrl-C: {error}"),
            "close other programs, then try again",
        )
    })?;
    tokio::spawn(async move {
        signals.next().await;
        stop.stop();
        signals.next().await;
        std::process::exit(130);
    });
    Ok(interrupt)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
