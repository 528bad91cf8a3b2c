//! Why a call to a relay failed, and what the person at the device can do about it.

use core::error::Error;
use core::fmt;
use std::io;

use quorate_wire::relay_api::BaseUrl;

/// A call that did not succeed within the client's patience.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RelayError {
    /// No answer came.
    #[error(
        "cannot reach the relay at {relay}: {cause}; check the address and the network, then try again"
    )]
    Unreachable {
        /// The relay.
        relay: BaseUrl,
        /// The last attempt's end.
        cause: Cause,
    },
    /// It answered every attempt with a failure of its own (5xx) or with "too many requests" (429).
    #[error("the relay at {relay} fails (HTTP {status}); try again later or use another relay")]
    Failing {
        /// The relay.
        relay: BaseUrl,
        /// The last attempt's code.
        status: u16,
    },
    /// It does not accept the request, and would not accept it a second time.
    #[error(
        "the relay at {relay} refuses the request (HTTP {status}); check that this is the address of a relay"
    )]
    Refused {
        /// The relay.
        relay: BaseUrl,
        /// The code: 3xx, or 4xx other than those below.
        status: u16,
    },
    /// 404 where the API always has an answer.
    #[error(
        "there is no relay at {relay} (HTTP 404); check the address, above all the path at its end"
    )]
    NotFound {
        /// The address.
        relay: BaseUrl,
    },
    /// What was sent is too long, or this session has stored as much as the relay lets it (413).
    #[error("the relay at {relay} has no room for this much in one session; use another relay")]
    TooLarge {
        /// The relay.
        relay: BaseUrl,
    },
    /// It answered something else than what the API says.
    #[error(
        "the relay at {relay} did not send {expected}; check that this is the address of a relay"
    )]
    Garbled {
        /// The relay.
        relay: BaseUrl,
        /// What should have come.
        expected: &'static str,
    },
    /// The URL has a form that no request can be made to.
    #[error("{relay} is not an address that can be reached; check its host and port")]
    Address {
        /// The address.
        relay: BaseUrl,
    },
    /// There are no certificates on this machine by which to know the relay.
    #[error(
        "cannot verify the relay at {relay}: this machine trusts no certificates; install the system's CA certificates"
    )]
    NoCertificates {
        /// The relay.
        relay: BaseUrl,
    },
}

impl RelayError {
    /// Whether the same call may succeed at another time.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable { cause, .. } => !matches!(cause, Cause::Untrusted | Cause::NotTls),
            Self::Failing { .. } => true,
            Self::Refused { .. }
            | Self::NotFound { .. }
            | Self::TooLarge { .. }
            | Self::Garbled { .. }
            | Self::Address { .. }
            | Self::NoCertificates { .. } => false,
        }
    }
}

/// What stood between the device and an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The host's name could not be resolved.
    NoSuchHost,
    /// Nobody listens there.
    ConnectionRefused,
    /// No answer in time.
    TimedOut,
    /// The relay could not prove that it is the host of that name.
    Untrusted,
    /// Whoever listens there does not speak TLS, or none that is still safe.
    NotTls,
    /// The connection could not be made, or broke.
    ConnectionLost,
}

impl Cause {
    pub(super) fn of(error: &reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::TimedOut;
        }
        if error.is_dns() {
            return Self::NoSuchHost;
        }
        causes(error).find_map(Self::behind).unwrap_or(Self::ConnectionLost)
    }

    fn behind(error: &(dyn Error + 'static)) -> Option<Self> {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            return (io.kind() == io::ErrorKind::ConnectionRefused)
                .then_some(Self::ConnectionRefused);
        }
        error.downcast_ref().map(|tls| match tls {
            rustls::Error::InvalidCertificate(_) => Self::Untrusted,
            _ => Self::NotTls,
        })
    }
}

/// What lies behind an error, outermost first.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&error| match error.downcast_ref::<io::Error>() {
        // An I/O error that wraps another one does not name it as its source.
        Some(io) => {
            let inner: &(dyn Error + 'static) = io.get_ref()?;
            Some(inner)
        }
        None => error.source(),
    })
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSuchHost => "there is no host of that name",
            Self::ConnectionRefused => "nobody listens there",
            Self::TimedOut => "no answer in time",
            Self::Untrusted => "it could not prove to be that host",
            Self::NotTls => "it does not speak TLS; perhaps it is http:// instead of https://",
            Self::ConnectionLost => "the connection failed",
        })
    }
}
