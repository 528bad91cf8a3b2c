//! The relay as an HTTP server (`RELAY 1`): a listener, its connections, and their end.

mod api;
mod metrics;
mod rate;
mod route;
mod transfer;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::mailbox::Quotas;
use api::Relay;

/// How long a connection may be silent between requests, and how long the head of a request may take.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// After this long a connection finishes the request it is at and closes, so that nobody holds one for ever.
const CONNECTION_AGE: Duration = Duration::from_mins(5);
/// How long a connection that is to close may take to finish.
const GRACE: Duration = Duration::from_secs(5);
/// The longest head of a request, and the most that waits to be written to one connection.
const CONNECTION_BUFFER: usize = 64 << 10;
/// How often expired entries are dropped while nobody calls.
const SWEEP: Duration = Duration::from_secs(10);

/// What one relay takes, at most (`RELAY 3`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest request body, in bytes.
    pub body: usize,
    /// How long a request body may take to arrive.
    pub body_timeout: Duration,
    /// Requests a second from one address, sustained. An IPv6 address counts by its first 64 bits.
    pub rate: NonZeroU32,
    /// Requests from one address at once, before the rate applies.
    pub burst: NonZeroU32,
    /// Connections open at the same time; further ones wait to be accepted.
    pub connections: usize,
    /// Bytes of bodies being received or sent at the same time.
    pub transit: usize,
    /// What is stored.
    pub quotas: Quotas,
}

impl Default for Limits {
    /// 1 MiB in 10 s; 500 requests a second after a burst of 1000; 1024 connections; 64 MiB in transit.
    fn default() -> Self {
        Self {
            body: 1 << 20,
            body_timeout: Duration::from_secs(10),
            rate: NonZeroU32::MIN.saturating_add(499),
            burst: NonZeroU32::MIN.saturating_add(999),
            connections: 1024,
            transit: 64 << 20,
            quotas: Quotas::default(),
        }
    }
}

/// Serves the API on `listener` until `shutdown` completes; then accepts nobody, lets the requests at hand finish for
/// at most five seconds, and returns.
///
/// Everything it kept is gone with it.
///
/// # Errors
///
/// When the listener itself fails. A failing connection ends alone.
pub async fn serve(
    listener: TcpListener,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    listener.local_addr()?;
    let relay = Arc::new(Relay::new(limits));
    let (closing, closed) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut sweep = tokio::time::interval(SWEEP);
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept(), if connections.len() < limits.connections => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(converse(stream, peer, Arc::clone(&relay), closed.clone()));
                }
                // Either this one connection failed, or the process is out of file descriptors until some end.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = connections.join_next() => {}
            _ = sweep.tick() => relay.sweep(Instant::now()),
        }
    }
    drop(listener);
    drop(closing);
    let finished = async { while connections.join_next().await.is_some() {} };
    // Whoever is not finished by then is cut off when `connections` is dropped.
    let _ = tokio::time::timeout(GRACE, finished).await;
    Ok(())
}

/// One connection, from its first request to its last.
async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    relay: Arc<Relay>,
    mut closed: watch::Receiver<()>,
) {
    // Answers are small and waited for; if this fails they are only slower.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let relay = Arc::clone(&relay);
        async move { Ok::<_, Infallible>(relay.answer(peer.ip(), request).await) }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(CONNECTION_BUFFER)
            .serve_connection(TokioIo::new(stream), service)
    );
    tokio::select! {
        // However it ended, there is nobody left to tell.
        _ = connection.as_mut() => return,
        _ = closed.changed() => {}
        () = tokio::time::sleep(CONNECTION_AGE) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(GRACE, connection).await;
}
