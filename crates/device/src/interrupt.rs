//! Being stopped from outside: whatever stands for Ctrl-C on the host.

use tokio::sync::watch;

use crate::Failure;

/// Whether the device is to stop. Once it is, it stays so.
#[derive(Clone, Debug)]
pub struct Interrupt(watch::Receiver<bool>);

/// Stops the devices that hold the other end.
#[derive(Debug)]
pub struct Stop(watch::Sender<bool>);

impl Stop {
    /// Stops them. A ceremony tells the others before it ends.
    pub fn stop(&self) {
        // Nobody listens any more only when there is nothing left to stop.
        let _ = self.0.send(true);
    }
}

impl Interrupt {
    /// Both ends. Whoever drops the first gives up on stopping.
    pub fn new() -> (Stop, Self) {
        let (stop, interrupt) = watch::channel(false);
        (Stop(stop), Self(interrupt))
    }

    /// For a device that nobody stops.
    pub fn never() -> Self {
        Self::new().1
    }

    /// Returns once it has happened.
    pub async fn once(&mut self) {
        if self.0.wait_for(|stopped| *stopped).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Whether it has happened.
    pub fn happened(&self) -> bool {
        *self.0.borrow()
    }

    /// The result, unless the interruption comes first.
    ///
    /// # Errors
    ///
    /// [`Failure::Interrupted`].
    pub async fn or<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Failure> {
        tokio::select! {
            done = work => Ok(done),
            () = self.once() => Err(Failure::Interrupted),
        }
    }
}
