//! `quorate relay`: a relay until it is interrupted.

use quorate_relay::server::{self, Limits};
use tokio::net::TcpListener;

use crate::args::Relay;
use crate::output::{Event, Failure, Kind, Output};

/// Being interrupted is a relay's ordinary end: requests that are under way are finished, and the exit code is 0.
pub(super) async fn run(output: &Output, args: &Relay) -> Result<(), Failure> {
    let trouble = |what: &str, error: std::io::Error| {
        Failure::new(
            Kind::Unexpected,
            format!("{what} {}: {error}", args.listen),
            "another program may listen there already: name another port with --listen, or port 0 for any",
        )
    };
    let listener =
        TcpListener::bind(args.listen).await.map_err(|error| trouble("cannot listen on", error))?;
    let bound = listener.local_addr().map_err(|error| trouble("cannot listen on", error))?;
    // Before the event: whoever reads it may stop us at once.
    let stopped = stopped().map_err(|error| trouble("cannot wait for signals at", error))?;
    output.event(&Event::Listening { url: format!("http://{bound}") });
    if !bound.ip().is_loopback() {
        output.note(
            "Anyone who reaches this address can use it. What passes is sealed by the devices.",
        );
    }
    let served = server::serve(listener, Limits::default(), stopped).await;
    served.map_err(|error| trouble("the relay stopped serving on", error))
}

/// Ctrl-C, or the word of whoever manages services.
#[cfg(unix)]
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
