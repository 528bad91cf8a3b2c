//! Where a relay is.

use core::fmt;

/// The base URL of a relay: `http` or `https`, a host, perhaps a port and a path; no trailing slash.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BaseUrl(String);

/// The text is no relay's base URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a relay's address is http:// or https://, a host, perhaps a port and a path, and nothing else"
)]
pub struct InvalidBaseUrl;

impl BaseUrl {
    /// Takes the text if it is a relay's base URL: at most 1024 visible ASCII characters, no user, query or
    /// fragment.
    ///
    /// # Errors
    ///
    /// [`InvalidBaseUrl`].
    pub fn parse(text: &str) -> Result<Self, InvalidBaseUrl> {
        let text = text.trim_end_matches('/');
        let rest = text
            .strip_prefix("http://")
            .or_else(|| text.strip_prefix("https://"))
            .ok_or(InvalidBaseUrl)?;
        let host = rest.split('/').next().unwrap_or_default();
        let fits = text.len() <= 1024
            && text.bytes().all(|b| b.is_ascii_graphic() && !b"@?#\\<>\"'`{}|^".contains(&b))
            && !host.is_empty()
            && !host.starts_with(':');
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidBaseUrl) }
    }

    /// The relay that links without a `serverUrl` mean.
    #[must_use]
    pub fn public() -> Self {
        Self(super::PUBLIC_RELAY.to_owned())
    }

    /// The text, without a trailing slash: a path of [`super::path`] is appended to it as it is.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relays_are_reached_by_http_with_or_without_a_path() {
        for (text, base) in [
            ("http://127.0.0.1:18080", "http://127.0.0.1:18080"),
            ("https://relay.example/router/", "https://relay.example/router"),
            ("http://[::1]:18080/", "http://[::1]:18080"),
            (crate::relay_api::PUBLIC_RELAY, crate::relay_api::PUBLIC_RELAY),
        ] {
            assert_eq!(BaseUrl::parse(text).unwrap().as_str(), base);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "http://",
            "https:///x",
            "ftp://a",
            "a.example",
            "http://u@a",
            "http://a?x=1",
            "http://a#x",
            "http://a b",
            "http://:80",
            "javascript:x",
            "http://a\n",
        ] {
            assert_eq!(BaseUrl::parse(text), Err(InvalidBaseUrl), "{text}");
        }
    }
}
