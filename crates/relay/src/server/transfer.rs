//! Bodies on their way in and out: bounded in length, in time, and in what all of them hold together.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::StatusCode;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many times the longest body is read and thrown away before the connection is given up: a client that is still
/// writing does not read the refusal.
const DRAIN: usize = 8;
/// What is handed to the connection at once. A body that is sent in pieces stays accounted for until the peer has
/// taken most of it.
const PIECE: usize = 16 << 10;

/// The memory for bodies in transit, shared by all connections: one permit a byte.
#[derive(Clone, Debug)]
pub(super) struct Transit(Arc<Semaphore>);

impl Transit {
    pub(super) fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS))))
    }

    fn hold(&self, bytes: usize) -> Result<OwnedSemaphorePermit, StatusCode> {
        u32::try_from(bytes)
            .ok()
            .and_then(|bytes| Arc::clone(&self.0).try_acquire_many_owned(bytes).ok())
            .ok_or(StatusCode::SERVICE_UNAVAILABLE)
    }

    /// Reads a request's body: 413 beyond `limit` bytes, 408 after `patience`, 400 when it breaks off.
    pub(super) async fn receive(
        &self,
        body: Incoming,
        limit: usize,
        patience: Duration,
    ) -> Result<Vec<u8>, StatusCode> {
        tokio::time::timeout(patience, self.collect(body, limit))
            .await
            .unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
    }

    async fn collect(&self, mut body: Incoming, limit: usize) -> Result<Vec<u8>, StatusCode> {
        let mut held = self.hold(0)?;
        let (mut received, mut length) = (Vec::new(), 0_usize);
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| StatusCode::BAD_REQUEST)?;
            let Some(data) = frame.data_ref() else { continue };
            length = length.saturating_add(data.len());
            if length <= limit {
                held.merge(self.hold(data.len())?);
                received.extend_from_slice(data);
            } else if length > limit.saturating_mul(DRAIN) {
                break;
            }
        }
        if length <= limit { Ok(received) } else { Err(StatusCode::PAYLOAD_TOO_LARGE) }
    }

    /// A response's body, accounted for until it is sent.
    pub(super) fn send(&self, bytes: Bytes) -> Result<Outgoing, StatusCode> {
        Ok(Outgoing { _held: Some(self.hold(bytes.len())?), bytes })
    }
}

/// A response's body, handed to the connection piece by piece.
#[derive(Debug)]
pub(super) struct Outgoing {
    bytes: Bytes,
    _held: Option<OwnedSemaphorePermit>,
}

impl Outgoing {
    pub(super) fn empty() -> Self {
        Self { bytes: Bytes::new(), _held: None }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = self.bytes.len().min(PIECE);
        let frame = (piece > 0).then(|| Ok(Frame::data(self.bytes.split_to(piece))));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.bytes.len()).unwrap_or(u64::MAX))
    }
}
