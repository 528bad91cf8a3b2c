//! Counters, in the text format of Prometheus. They name endpoints and codes, never a session or a party.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use hyper::StatusCode;

use crate::mailbox::{Quotas, Stats};

/// Requests answered, by endpoint and status code.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    answered: BTreeMap<(&'static str, u16), u64>,
}

impl Metrics {
    pub(super) fn count(&mut self, endpoint: &'static str, status: StatusCode) {
        *self.answered.entry((endpoint, status.as_u16())).or_default() += 1;
    }

    /// The whole page.
    pub(super) fn page(&self, stats: &Stats, quotas: &Quotas) -> Result<String, fmt::Error> {
        let mut page = String::new();
        let requests = "quorate_relay_requests_total";
        writeln!(page, "# HELP {requests} Requests answered, by endpoint and status code.")?;
        writeln!(page, "# TYPE {requests} counter")?;
        for ((endpoint, code), count) in &self.answered {
            writeln!(page, "{requests}{{endpoint=\"{endpoint}\",code=\"{code}\"}} {count}")?;
        }
        let expired = "quorate_relay_expired_total";
        writeln!(page, "# HELP {expired} Entries dropped because their time was over.")?;
        writeln!(page, "# TYPE {expired} counter\n{expired} {}", stats.expired)?;
        for (name, help, value) in [
            ("stored_bytes", "Accounted bytes of all that is stored.", stats.bytes),
            ("stored_bytes_limit", "Accounted bytes that may be stored.", quotas.total),
            ("sessions", "Sessions that have anything stored.", stats.sessions),
            ("lists", "Lists of parties stored.", stats.lists),
            ("mailboxes", "Mailboxes with messages.", stats.mailboxes),
            ("values", "Setup messages, signatures and payloads stored.", stats.values),
        ] {
            writeln!(page, "# HELP quorate_relay_{name} {help}")?;
            writeln!(page, "# TYPE quorate_relay_{name} gauge\nquorate_relay_{name} {value}")?;
        }
        Ok(page)
    }
}
