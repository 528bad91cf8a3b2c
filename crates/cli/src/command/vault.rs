//! `quorate vault`: the vaults of this device.

use quorate_vault::ceremony::keygen;
use quorate_vault::store::{Change, Sharing, Store, Trust, Vault};
use serde::Serialize;

use crate::args::{Globals, VaultCommand};
use crate::home;
use crate::output::{Failure, Kind, Output, VaultView, epoch_name, plain, state_name};
use crate::terminal::Person;

pub(super) fn run(
    globals: &Globals,
    output: &Output,
    command: &VaultCommand,
) -> Result<(), Failure> {
    let person = Person::new(globals);
    match command {
        VaultCommand::List => {
            list(output, &home::look(globals)?);
            Ok(())
        }
        VaultCommand::Show { vault } => show(output, home::find(&home::look(globals)?, vault)?),
        VaultCommand::Rename { vault, name } => rename(globals, person, output, vault, name),
        VaultCommand::Forget { vault } => forget(globals, person, output, vault),
    }
}

#[derive(Serialize)]
struct List {
    vaults: Vec<VaultView>,
}

fn list(output: &Output, vaults: &[Vault]) {
    let views: Vec<VaultView> = vaults.iter().filter_map(VaultView::of_vault).collect();
    let widest = views.iter().map(|view| view.name.chars().count()).max().unwrap_or(0);
    let lines: Vec<String> = views
        .iter()
        .map(|view| {
            let VaultView {
                name,
                threshold,
                parties,
                epoch,
                public_key_ecdsa: key,
                state,
                open,
                backed_up,
                imported,
                ..
            } = view;
            let backup = if *backed_up || *state == "retired" { "" } else { "no backup" };
            let line = format!(
                "{name:widest$}  {threshold} of {:<2}  {:<9} {key}  {}  {backup}",
                parties.len(),
                epoch_name(*epoch),
                remarks(if *state == "active" { "" } else { state }, *open, *imported)
            );
            plain(line.trim_end())
        })
        .collect();
    if views.is_empty() {
        output.note("This device holds no vaults. Make one with 'quorate keygen', or join one with 'quorate join'.");
    }
    output.document(&List { vaults: views }, &lines.join("\n"));
}

/// What is not as one expects: a state, that other clients may be members, that the keys existed before.
fn remarks(state: &str, open: bool, imported: bool) -> String {
    let open = if open { "open" } else { "" };
    let imported = if imported { "imported" } else { "" };
    [state, open, imported]
        .into_iter()
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

/// One sharing of a vault.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
struct Epoch {
    #[serde(rename = "epoch")]
    number: u64,
    state: &'static str,
    fsid: String,
    threshold: u8,
    parties: Vec<String>,
    /// Seconds since 1970-01-01 UTC.
    created: u64,
    backed_up: bool,
    erased: bool,
    /// Whether other clients may be members.
    open: bool,
    /// Whether a certificate vouches for it.
    certified: bool,
}

impl Epoch {
    fn of(sharing: &Sharing) -> Self {
        Self {
            number: sharing.epoch,
            state: state_name(sharing.state),
            fsid: sharing.fsid.to_string(),
            threshold: sharing.threshold,
            parties: sharing.parties.clone(),
            created: sharing.created.0,
            backed_up: sharing.backed_up,
            erased: sharing.erased,
            open: sharing.trust() == Trust::Mixed,
            certified: sharing.certificate.is_some(),
        }
    }
}

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    vault: VaultView,
    /// Oldest first.
    epochs: Vec<Epoch>,
}

fn show(output: &Output, vault: &Vault) -> Result<(), Failure> {
    let view = view(vault)?;
    let epochs: Vec<Epoch> = vault.sharings.iter().map(Epoch::of).collect();
    let mut text = vec![view.to_string()];
    if epochs.len() > 1 {
        text.extend(epochs.iter().map(
            |Epoch { number, state, threshold, parties, open, backed_up, .. }| {
                let remarks = remarks(state, *open, false);
                let backup = if *backed_up { "backed up" } else { "no backup" };
                let epoch = epoch_name(*number);
                format!("  {epoch:<9} {remarks}, {threshold} of {}, {backup}", parties.len())
            },
        ));
    }
    output.document(&Shown { vault: view, epochs }, &text.join("\n"));
    if let Some(pending) = vault.pending() {
        output.note(&unfinished(pending, vault.active()));
    }
    Ok(())
}

/// What to do about a sharing that was never taken up (COMMIT 6, COMMIT 7).
fn unfinished(pending: &Sharing, active: Option<&Sharing>) -> String {
    let epoch = pending.epoch;
    if pending.trust() == Trust::Certified {
        return format!(
            "Epoch {epoch} is not finished: finish it with 'quorate reshare … --resume'."
        );
    }
    let (signs, otherwise) = match active {
        Some(active) => {
            (format!("{} signs until then", epoch_name(active.epoch)), "reshare … --discard")
        }
        None => ("nothing signs until then".to_owned(), "vault forget …"),
    };
    format!(
        "Epoch {epoch} has not been taken up, as not every device said that it was done; {signs}. If the other devices \
         use it, run 'quorate reshare … --resume'; if none does, 'quorate {otherwise}'."
    )
}

fn rename(
    globals: &Globals,
    person: Person,
    output: &Output,
    wanted: &str,
    name: &str,
) -> Result<(), Failure> {
    keygen::check_name(name)?;
    let mut store = home::unlock(globals, person, output)?;
    let key = home::find(&store.vaults()?, wanted)?.key;
    store.commit(Change::Rename { vault: key, name: name.to_owned() })?;
    let vaults = store.vaults()?;
    let view = view(home::find(&vaults, name)?)?;
    let text = view.to_string();
    output.document(&view, &text);
    Ok(())
}

#[derive(Serialize)]
struct Forgotten {
    name: String,
    public_key_ecdsa: String,
}

fn forget(globals: &Globals, person: Person, output: &Output, wanted: &str) -> Result<(), Failure> {
    let mut store = home::unlock(globals, person, output)?;
    let vault = home::find(&store.vaults()?, wanted)?.clone();
    let name = plain(&vault.name);
    let question = format!(
        "This wipes this device's share of '{name}'. It cannot be brought back; the other devices keep theirs, and \
         the vault needs enough of them."
    );
    person.confirm_by_typing(output, &question, &vault.name)?;
    store.commit(Change::Forget(vault.key))?;
    let forgotten = Forgotten { public_key_ecdsa: vault.key.to_string(), name: vault.name };
    output.document(&forgotten, &format!("forgot {name}"));
    Ok(())
}

fn view(vault: &Vault) -> Result<VaultView, Failure> {
    VaultView::of_vault(vault).ok_or_else(|| {
        Failure::new(
            Kind::Unreadable,
            format!("the vault '{}' has no sharing on this device", plain(&vault.name)),
            "forget it, and join its next reshare",
        )
    })
}
