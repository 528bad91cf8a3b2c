//! The same events in the words of a person.

use core::fmt;

use super::event::{Event, VaultView};
use super::plain::plain;

/// A piece of text, and where it belongs.
pub(super) enum Line {
    /// Standard output.
    Result(String),
    /// Standard error.
    Note(String),
    /// Standard error, even when quiet: the person must act on it.
    Question(String),
    /// Standard error, even when quiet.
    Warning(String),
    /// Standard error, replaced by the next one.
    Progress(String),
    /// A link to be drawn.
    Qr(String),
}

pub(super) fn of(event: &Event) -> Vec<Line> {
    match event {
        Event::Listening { url } => vec![Line::Result(format!("relay listening on {url}"))],
        Event::Link { link, relay, .. } => vec![
            Line::Qr(link.clone()),
            Line::Question(format!(
                "On each other device: scan this, or run   quorate join '{link}'"
            )),
            Line::Note(format!(
                "They meet at {relay}. Whoever has the link can join: send it to nobody else."
            )),
        ],
        Event::Searching { service, seconds } => vec![Line::Note(format!(
            "looking for the relay '{}' on the local network, for at most {seconds} s",
            plain(service)
        ))],
        Event::Joined { party, count, needed } => {
            vec![Line::Note(format!("{} is here ({count} of {needed})", plain(party)))]
        }
        Event::Progress { ceremony, key, chain, round, of } => {
            let key = chain.as_ref().map_or_else(|| (*key).to_owned(), |chain| plain(chain));
            vec![Line::Progress(format!("{ceremony} ({key}): round {round} of {of}"))]
        }
        Event::Approve { summary, committee, threshold, .. } => vec![
            Line::Question(plain(summary)),
            Line::Question(format!(
                "Devices: {} (any {threshold} can sign)",
                plain(&committee.join(", "))
            )),
        ],
        Event::Vault(view) => vec![Line::Result(view.to_string())],
        Event::Signature {
            public_key,
            path,
            message,
            signature,
            recovery_id,
            wallet_signature,
            ..
        } => {
            let (parts, recovery_id) = match recovery_id {
                Some(id) => ("r, s and recovery id", format!("{id:02x}")),
                None => ("R and S", String::new()),
            };
            let mut lines = vec![
                Line::Note(format!("signed {message}")),
                Line::Note(format!("under  {public_key} ({path}); {parts}:")),
                Line::Result(format!("{signature}{recovery_id}")),
            ];
            if let Some(formed) = wallet_signature.as_ref().filter(|formed| *formed != signature) {
                lines.push(Line::Note(format!("as the chain's wallets return it: {formed}")));
            }
            lines
        }
        Event::Transaction { chain, txid, raw, broadcast } => {
            let sent = if *broadcast { "broadcast on" } else { "signed, not broadcast, for" };
            let mut lines = vec![Line::Note(format!("{sent} {chain}: {txid}"))];
            lines.push(Line::Result(if *broadcast { txid.clone() } else { raw.clone() }));
            lines
        }
        Event::Banned { party, check } => vec![Line::Warning(format!(
            "{} failed {check} and is banned from this sharing; a reshare makes fresh shares and ends the ban",
            plain(party)
        ))],
        Event::Activated { vault, epoch } => {
            vec![Line::Note(format!("{} now signs with epoch {epoch}", plain(vault)))]
        }
        Event::BackupDue { vault, epoch } => {
            vec![Line::Warning(format!("backup: {}", no_backup(vault, *epoch)))]
        }
        Event::Step { summary, .. } => vec![Line::Note(format!("\n{summary}"))],
        Event::Demo { ok, steps } => {
            let mut lines: Vec<String> =
                steps.iter().map(|step| format!("  {:<28} {:>7} ms", step.step, step.ms)).collect();
            lines.push(if *ok { "All of it worked.".into() } else { "It did not work.".into() });
            vec![Line::Result(lines.join("\n"))]
        }
        // Failures end the program and are written by `Output::finish`.
        Event::Error(_) => Vec::new(),
    }
}

/// A few lines: what it is, its keys, its devices.
impl fmt::Display for VaultView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, threshold, parties, epoch, me, state, open, certified, .. } = self;
        let Self { backed_up, imported, .. } = self;
        let due = !backed_up && *state != "retired";
        let state = if *state == "active" { String::new() } else { format!(", {state}") };
        let epoch = epoch_name(*epoch);
        write!(f, "{}: {threshold} of {}, {epoch}{state}", plain(name), parties.len())?;
        write!(f, "\n  ecdsa    {}", self.public_key_ecdsa)?;
        if !self.public_key_eddsa.is_empty() {
            write!(f, "\n  eddsa    {}", self.public_key_eddsa)?;
        }
        write!(f, "\n  devices")?;
        for (position, party) in parties.iter().enumerate() {
            let indent = if position == 0 { "" } else { "\n         " };
            let this = if party == me { " (this device)" } else { "" };
            write!(f, "{indent}  {}{this}", plain(party))?;
        }
        if *imported {
            write!(
                f,
                "\n  imported these keys existed before: whoever has the seed phrase has this vault"
            )?;
        }
        if !self.chain_keys.is_empty() {
            let chains: Vec<String> = self.chain_keys.iter().map(|own| plain(&own.chain)).collect();
            write!(f, "\n  chains   with keys of their own: {}", chains.join(", "))?;
        }
        if *open {
            write!(
                f,
                "\n  open     other clients may be among them: no certificate vouches for this vault"
            )?;
        } else if *certified {
            write!(
                f,
                "\n  proof    a certificate: all of them have signed with this epoch together"
            )?;
        }
        if due {
            write!(f, "\n  backup   {}", no_backup(name, self.epoch))?;
        }
        Ok(())
    }
}

/// An epoch for people. 0 is one that nobody has counted: a backup of another client does not say.
pub(crate) fn epoch_name(epoch: u64) -> String {
    if epoch == 0 { "epoch unknown".to_owned() } else { format!("epoch {epoch}") }
}

/// That a share has no backup, and how it gets one.
fn no_backup(name: &str, epoch: u64) -> String {
    let older = if epoch > 1 { "; those of earlier epochs do not fit it" } else { "" };
    let name = plain(name);
    format!(
        "none of epoch {epoch} on this device{older}: run   quorate backup create '{name}' --out FOLDER"
    )
}
