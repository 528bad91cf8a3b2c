//! `quorate backup restore`: a share from a file into this device, unless two devices would become one.

use quorate_vault::backup::{Age, Backup, Verdict, compare};
use quorate_vault::ceremony::keygen::check_name;
use quorate_vault::home::free_name;
use quorate_vault::store::{State, Store, Vault};
use serde::Serialize;

use super::Inside;
use crate::args::{Globals, Restore};
use crate::backups::{self, Checked, Keyring};
use crate::home;
use crate::output::{Failure, Kind, Output, VaultView, plain};
use crate::terminal::{Person, given_password};

#[derive(Serialize)]
struct Restored {
    #[serde(flatten)]
    vault: VaultView,
    /// Whether it was not here already.
    restored: bool,
}

pub(super) fn run(globals: &Globals, output: &Output, args: &Restore) -> Result<(), Failure> {
    if let Some(name) = &args.name {
        check_name(name)?;
    }
    let person = Person::new(globals);
    let Checked { name: file, backup, .. } = chosen(person, output, args)?;
    if !backup.without_share.is_empty() {
        let chains = plain(&backup.without_share.join(", "));
        return Err(Failure::new(
            Kind::Invalid,
            format!(
                "{file} names keys of {chains} without a share of them: this device would show other addresses there"
            ),
            "restore it in the app that made it; 'quorate recover' takes it as it is",
        ));
    }
    // Whatever is refused is refused before a home is made or a passphrase asked for.
    let held = home::look(globals)?;
    let verdict = compare(&backup, &held);
    judge(args, person, &file, &verdict)?;
    if backup.is_server() && !matches!(verdict, Verdict::Here { .. }) {
        let about = format!(
            "{file} is the share of {}, the server that co-signs for a fast vault. Beside the share of your own device, it \
             signs without anybody's leave: keep the two on different devices.",
            plain(backup.party())
        );
        person.confirm(output, &about, "Restore the server's share?")?;
    }
    if let Verdict::OtherSharing { .. } = verdict {
        let about = format!("{verdict}. What is here would be kept and never sign again.");
        person.confirm(output, &plain(&about), "Replace it?")?;
    }

    let mut store = home::unlock_or_create(globals, person, output)?;
    let vaults = store.vaults()?;
    let verdict = compare(&backup, &vaults);
    judge(args, person, &file, &verdict)?;
    let name = name(args, &store, &vaults, &backup)?;
    let changes = backup.restore(&name, &vaults);
    // What is here already is marked as backed up, and no more.
    let restored = changes.len() > 1;
    for change in changes {
        store.commit(change)?;
    }

    let vaults = store.vaults()?;
    let view = vaults.iter().find(|vault| vault.key == backup.sharing.vault);
    let view = view.and_then(VaultView::of_vault).ok_or_else(|| {
        Failure::new(Kind::Unexpected, "the store did not keep what it was given", "try again")
    })?;
    let text = if restored {
        format!("restored from {file}\n{view}")
    } else {
        format!("{}\n{view}", plain(&verdict.to_string()))
    };
    output.document(&Restored { vault: view, restored }, &text);
    Ok(())
}

/// The one backup that is meant. What cannot be read is named, and is none of them.
fn chosen(person: Person, output: &Output, args: &Restore) -> Result<Checked, Failure> {
    let given = given_password(args.password_file.as_deref())?;
    let mut keyring = Keyring::new(given.into_iter().collect(), person, output);
    let found = backups::read(&args.file)?;
    let alone = found.len() == 1;
    let mut offered: Vec<(String, Checked)> = Vec::new();
    let mut unread = Vec::new();
    for found in &found {
        match keyring.open(found) {
            Ok(checked) => {
                let share = |of: &Backup| (of.sharing.fsid, of.sharing.me);
                let known =
                    offered.iter().any(|(_, has)| share(&has.backup) == share(&checked.backup));
                if !known && is_meant(args, &checked.backup) {
                    offered.push((Inside::of(&checked).line(), checked));
                }
            }
            Err(failure) if alone => return Err(failure),
            Err(failure) => unread.push(failure),
        }
    }
    for failure in &unread {
        output.warn(&plain(&failure.message));
    }
    match offered.len() {
        0 => Err(unread.into_iter().next().unwrap_or_else(|| {
            Failure::new(
                Kind::Invalid,
                format!(
                    "{} has no backup of that vault and device",
                    plain(&args.file.display().to_string())
                ),
                "see 'quorate backup verify' for what it has",
            )
        })),
        1 => Ok(offered.remove(0).1),
        _ => {
            let otherwise = "say which with --vault NAME and --party NAME";
            let question = "One device takes in one share of a vault; which one";
            let labels: Vec<(String, usize)> =
                offered.iter().map(|(line, _)| line.clone()).zip(0..).collect();
            let place = *person.choose(output, question, &labels, otherwise)?;
            Ok(offered.remove(place).1)
        }
    }
}

fn is_meant(args: &Restore, backup: &Backup) -> bool {
    let key = backup.sharing.vault.to_string();
    let vault = args.vault.as_ref().is_none_or(|wanted| {
        let prefix = wanted.strip_prefix("0x").unwrap_or(wanted).to_lowercase();
        *wanted == backup.name || (prefix.len() >= 4 && key.starts_with(&prefix))
    });
    vault && args.party.as_ref().is_none_or(|wanted| wanted == backup.party())
}

/// `BACKUP 3`, where there is nothing to ask.
fn judge(args: &Restore, person: Person, file: &str, verdict: &Verdict) -> Result<(), Failure> {
    let refused = |hint: &str| {
        Err(Failure::new(Kind::Refused, format!("{file}: {}", plain(&verdict.to_string())), hint))
    };
    match verdict {
        Verdict::Here { state: State::Retired, .. }
        | Verdict::OtherSharing { age: Age::Older, .. } => {
            refused("use the backup that was made after the last reshare, or what is here")
        }
        Verdict::New | Verdict::Here { .. } | Verdict::OtherSharing { age: Age::Newer, .. } => {
            Ok(())
        }
        Verdict::OtherSharing { age: Age::Unknown, .. }
            if args.replace || (person.is_present() && !person.says_yes()) =>
        {
            Ok(())
        }
        Verdict::OtherSharing { age: Age::Unknown, .. } => refused(
            "look which epoch your other devices use; --replace takes this one in, and the one here never signs again",
        ),
        Verdict::OtherParty { .. } => refused("restore it into another home: --home DIR"),
    }
}

/// What the vault will be called here.
fn name(
    args: &Restore,
    store: &dyn Store,
    vaults: &[Vault],
    backup: &Backup,
) -> Result<String, Failure> {
    let free = |proposed: &str| Ok(free_name(store, proposed)?);
    let Some(name) = &args.name else {
        let cut: String = backup.name.chars().take(60).collect();
        return free(cut.trim());
    };
    let taken = vaults.iter().any(|vault| vault.name == *name && vault.key != backup.sharing.vault);
    if taken {
        return Err(Failure::new(
            Kind::Invalid,
            format!("this device has another vault named '{}'", plain(name)),
            "choose another --name",
        ));
    }
    Ok(name.clone())
}
