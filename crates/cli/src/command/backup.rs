//! `quorate backup`: shares as files.

mod create;
mod restore;
mod verify;

use quorate_wire::vult::Scheme;
use serde::Serialize;

use crate::args::{BackupCommand, Globals};
use crate::backups::Checked;
use crate::output::{Failure, Output, plain};

pub(super) fn run(
    globals: &Globals,
    output: &Output,
    command: &BackupCommand,
) -> Result<(), Failure> {
    match command {
        BackupCommand::Create(args) => create::run(globals, output, args),
        BackupCommand::Verify(args) => verify::run(globals, output, args),
        BackupCommand::Restore(args) => restore::run(globals, output, args),
    }
}

/// What a backup is of, for whoever looks into it.
#[derive(Debug, Serialize)]
struct Inside {
    file: String,
    vault: String,
    public_key_ecdsa: String,
    /// Empty if the vault has none.
    public_key_eddsa: String,
    party: String,
    parties: Vec<String>,
    threshold: u8,
    /// `null` if the file does not say.
    epoch: Option<u64>,
    /// Whether the vault's own key vouches for the sharing.
    certified: bool,
    /// `v2`, `v1`, `cbc` or `none`.
    scheme: &'static str,
    /// Whether it is the share of the server that co-signs for a fast vault.
    server: bool,
    /// Whether the vault's key is older than the vault: it came from a seed phrase.
    imported: bool,
    /// The chains whose keys the file names without a share that fits.
    chains_without_share: Vec<String>,
}

impl Inside {
    fn of(Checked { name, scheme, backup }: &Checked) -> Self {
        let sharing = &backup.sharing;
        Self {
            file: name.clone(),
            vault: backup.name.clone(),
            public_key_ecdsa: sharing.vault.to_string(),
            public_key_eddsa: sharing.keys.root_eddsa().map(hex::encode).unwrap_or_default(),
            party: backup.party().to_owned(),
            parties: sharing.parties.clone(),
            threshold: sharing.threshold,
            epoch: (sharing.epoch > 0).then_some(sharing.epoch),
            certified: sharing.certificate.is_some(),
            scheme: scheme_name(*scheme),
            server: backup.is_server(),
            imported: sharing.imported,
            chains_without_share: backup.without_share.clone(),
        }
    }

    /// One line, to choose by.
    fn line(&self) -> String {
        let Self { file, vault, party, threshold, parties, .. } = self;
        plain(&format!("{vault}, share of {party}, {threshold} of {} ({file})", parties.len()))
    }

    fn text(&self) -> String {
        let Self { file, vault, party, threshold, parties, epoch, .. } = self;
        let epoch = match epoch {
            Some(epoch) => format!("epoch {epoch}"),
            None => "epoch unknown: the file does not say".to_owned(),
        };
        let mut lines = vec![
            format!("{file}: a backup that fits together"),
            format!("  vault    {vault}: {threshold} of {}, {epoch}", parties.len()),
            format!("  ecdsa    {}", self.public_key_ecdsa),
        ];
        if !self.public_key_eddsa.is_empty() {
            lines.push(format!("  eddsa    {}", self.public_key_eddsa));
        }
        lines.push(format!("  share    {party}"));
        let others: Vec<&str> =
            parties.iter().filter(|other| *other != party).map(String::as_str).collect();
        lines.push(format!("  others   {}", others.join(", ")));
        let vouched = if self.certified {
            "by the vault's key: all devices could sign with this epoch"
        } else {
            "by nobody: no certificate is in it"
        };
        lines.push(format!("  vouched  {vouched}"));
        lines.push(match self.scheme {
            "none" => "  locked   not at all: whoever finds it has the share".to_owned(),
            "v2" => "  locked   v2".to_owned(),
            older => format!(
                "  locked   {older}, whose password is guessed fast: back it up again as v2"
            ),
        });
        if self.server {
            lines.push(
                "  server   the share of the server that co-signs for a fast vault".to_owned(),
            );
        }
        if self.imported {
            lines.push(
                "  imported the key came from a seed phrase: whoever has that has the vault"
                    .to_owned(),
            );
        }
        if !self.chains_without_share.is_empty() {
            let chains = self.chains_without_share.join(", ");
            lines.push(format!("  missing  a share that fits for the keys of {chains}"));
        }
        plain(&lines.join("\n"))
    }
}

fn scheme_name(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::None => "none",
        Scheme::V2 => "v2",
        Scheme::V1 => "v1",
        Scheme::Cbc => "cbc",
    }
}
