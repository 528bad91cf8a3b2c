//! `quorate backup create`: this device's share into a file, which is read back before anything is said.

use quorate_vault::backup::{Backup, contents};
use quorate_vault::home::signing;
use quorate_vault::store::{Change, Secret, Sharing, Store};
use quorate_wire::vult::{self, Lock};
use serde::Serialize;

use super::scheme_name;
use crate::args::{Create, Globals, Scheme};
use crate::backups::{Place, write_new};
use crate::home;
use crate::output::{Failure, Kind, Output, epoch_name, plain};
use crate::terminal::{Person, can_choose_password, choose_password, given_password};
use quorate_device::today;

#[derive(Serialize)]
struct Created {
    path: String,
    vault: String,
    epoch: u64,
    party: String,
    scheme: &'static str,
}

pub(super) fn run(globals: &Globals, output: &Output, args: &Create) -> Result<(), Failure> {
    let person = Person::new(globals);
    // Everything that can be known is known before anybody is asked for anything.
    let given =
        if args.no_password { None } else { given_password(args.password_file.as_deref())? };
    if !args.no_password {
        can_choose_password(person, given.as_ref())?;
    }
    let vaults = home::look(globals)?;
    let vault = home::find(&vaults, &args.vault)?;
    let place = Place::of(&args.out, &vault.name, signing(vault)?)?;

    let mut store = home::unlock(globals, person, output)?;
    let vaults = store.vaults()?;
    let vault = home::find(&vaults, &args.vault)?;
    let sharing = signing(vault)?;
    quorate_vault::home::open_keys(&store, sharing)?;
    let password = match given {
        None if !args.no_password => Some(choose_password(output)?),
        given => given,
    };
    let unseen = place.is_alone(&vault.name, sharing, password.as_ref())?;
    if unseen.0 > 0 {
        output.note(&format!(
            "{} other backups there could not be opened: make sure that none is of this vault.",
            unseen.0
        ));
    }

    let lock = lock(args, password.as_ref(), output);
    let meant = contents(&vault.name, sharing, &store.shares(sharing.fsid)?).map_err(|why| {
        Failure::new(
            Kind::Unreadable,
            format!("what the backup of {} said besides {why}", plain(&vault.name)),
            "keep that backup, and back up another device",
        )
    })?;
    let text = vult::write(&meant, lock, &mut *home::system_rng());
    let shown = plain(&place.file.display().to_string());
    write_new(&place.file, text.as_bytes(), |again| {
        reads_back(again, password.as_ref(), &meant.encode(), sharing).map_err(|why| {
            Failure::new(
                Kind::Unexpected,
                format!("what was written for {shown} does not read back: it {why}"),
                "nothing was kept; check the disk, and name another place",
            )
        })
    })?;
    store.commit(Change::BackedUp(sharing.fsid))?;

    let (name, epoch) = (plain(&vault.name), sharing.epoch);
    if vault.pending().is_some() {
        output.warn("a newer epoch is not finished: when it is, it needs a backup of its own");
    }
    let created = Created {
        path: place.file.display().to_string(),
        vault: vault.name.clone(),
        epoch,
        party: sharing.parties.get(usize::from(sharing.me)).cloned().unwrap_or_default(),
        scheme: scheme_name(match lock {
            Lock::None => vult::Scheme::None,
            Lock::V2(_) => vult::Scheme::V2,
            Lock::V1(_) => vult::Scheme::V1,
        }),
    };
    let text = format!("backed up {name}, {}, to {shown}", epoch_name(epoch));
    output.document(&created, &text);
    output.note(
        "Keep it apart from the backups of the other devices, and its password apart from it.",
    );
    Ok(())
}

fn lock<'p>(args: &Create, password: Option<&'p Secret<String>>, output: &Output) -> Lock<'p> {
    match (password, args.scheme) {
        (None, _) => {
            output.warn("this backup is not encrypted: whoever finds it has this device's share");
            Lock::None
        }
        (Some(password), Scheme::V2) => Lock::V2(password),
        (Some(password), Scheme::V1) => {
            output.warn(
                "scheme v1: whoever finds this backup guesses its password a hundred thousand times faster; choose a long \
                 one, and use v1 only for an app that reads nothing later",
            );
            Lock::V1(password)
        }
    }
}

/// That it decrypts to what was meant, and passes every check that restoring makes.
fn reads_back(
    file: &[u8],
    password: Option<&Secret<String>>,
    meant: &[u8],
    sharing: &Sharing,
) -> Result<(), String> {
    let opened = vult::parse(file, password).map_err(|why| why.to_string())?;
    if *opened.vault.encode() != *meant {
        return Err("holds something else than was meant".to_owned());
    }
    let backup = Backup::read(opened.vault, today()).map_err(|why| why.to_string())?;
    if (backup.sharing.fsid, backup.sharing.me) != (sharing.fsid, sharing.me) {
        return Err("is of another share than was meant".to_owned());
    }
    Ok(())
}
