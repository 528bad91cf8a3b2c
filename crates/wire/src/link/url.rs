//! The text of a link (`spec/links.md` 1).

use super::{LinkError, MAX_LEN};
use crate::percent;

/// The parameters that this version reads, as they stand in the link.
#[derive(Default)]
pub(super) struct Parameters<'a> {
    pub(super) kind: Option<&'a str>,
    pub(super) tss_type: Option<&'a str>,
    pub(super) json_data: Option<&'a str>,
    pub(super) vault: Option<&'a str>,
    pub(super) server_url: Option<&'a str>,
    pub(super) tss_batching: Option<&'a str>,
}

impl<'a> Parameters<'a> {
    /// LINK 1.1 to 1.3: takes the link apart by hand, because a `+` in it is a `+`.
    pub(super) fn read(link: &'a str) -> Result<Self, LinkError> {
        let link = link.trim();
        if link.len() > MAX_LEN {
            return Err(LinkError::TooLong);
        }
        let mut parameters = Self::default();
        for pair in query(link)?.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, slot) = match name {
                "type" => ("type", &mut parameters.kind),
                "tssType" => ("tssType", &mut parameters.tss_type),
                "jsonData" => ("jsonData", &mut parameters.json_data),
                "vault" => ("vault", &mut parameters.vault),
                "serverUrl" => ("serverUrl", &mut parameters.server_url),
                "tssBatching" => ("tssBatching", &mut parameters.tss_batching),
                _ => continue,
            };
            if slot.replace(value).is_some() {
                return Err(LinkError::Repeated(name));
            }
        }
        Ok(parameters)
    }
}

/// What follows the question mark, if scheme and host are those of ceremony links.
fn query(link: &str) -> Result<&str, LinkError> {
    let (address, query) = link.split_once('?').ok_or(LinkError::NotALink)?;
    let query = query.split('#').next().unwrap_or_default();
    let address = address.to_ascii_lowercase();
    let (scheme, host) = address.split_once("://").ok_or(LinkError::NotALink)?;
    let host = host.strip_suffix('/').unwrap_or(host);
    match (scheme, host) {
        ("https", "vultisig.com" | "www.vultisig.com") | ("vultisig", "" | "vultisig.com") => {
            Ok(query)
        }
        ("vultisig", "send") => {
            Err(LinkError::Unsupported("a payment filled in beforehand".to_owned()))
        }
        _ => Err(LinkError::NotALink),
    }
}

/// A parameter's text.
pub(super) fn text(value: &str, name: &'static str) -> Result<String, LinkError> {
    percent::decode(value).ok_or(LinkError::PercentEncoding(name))
}
