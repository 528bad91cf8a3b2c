//! Ctrl-C: the first ends the ceremony decently, the second ends the program.

use tokio::sync::watch;

use crate::output::{Failure, Kind};

/// Whether the person has pressed Ctrl-C, or the system wants the program to end.
#[derive(Clone)]
pub(crate) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Takes over Ctrl-C from here on. Needs the runtime.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let (pressed, watching) = watch::channel(false);
        let mut signals = Signals::new().map_err(|error| {
            Failure::new(
                Kind::Unexpected,
                format!("the system does not report Ctrl-C: {error}"),
                "close other programs, then try again",
            )
        })?;
        tokio::spawn(async move {
            signals.next().await;
            // Nobody watches any more only when the program is ending anyway.
            let _ = pressed.send(true);
            signals.next().await;
            std::process::exit(130);
        });
        Ok(Self(watching))
    }

    /// Returns once it has happened.
    pub(crate) async fn once(&mut self) {
        if self.0.wait_for(|pressed| *pressed).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Whether it has happened.
    pub(crate) fn happened(&self) -> bool {
        *self.0.borrow()
    }

    /// The result, unless Ctrl-C comes first.
    ///
    /// # Errors
    ///
    /// Exit 130.
    pub(crate) async fn or<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Failure> {
        tokio::select! {
            done = work => Ok(done),
            () = self.once() => Err(Failure::new(Kind::Interrupted, "interrupted at this device", "nothing was lost")),
        }
    }
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
