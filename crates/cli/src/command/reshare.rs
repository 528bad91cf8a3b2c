//! `quorate reshare`: change the devices or the threshold of a vault.

use quorate_vault::ceremony::reshare::{self, Aim};
use quorate_vault::ceremony::{Outcome, check_threshold, least_threshold, resume};
use quorate_vault::home::signing;
use quorate_vault::store::{Change, Sharing, State, Store, Trust, Vault};

use crate::args::{Globals, Reshare};
use crate::home;
use crate::host::{self, Host};
use crate::output::{Failure, Output, plain};

pub(super) async fn run(globals: &Globals, output: &Output, args: &Reshare) -> Result<(), Failure> {
    if let Some(devices) = args.devices {
        check_threshold(args.threshold.unwrap_or_else(|| least_threshold(devices)), devices)?;
    }
    let mut host = host::open(globals, output, false)?;
    let vault = home::find(&host.store.vaults()?, &args.vault)?.clone();
    if args.discard {
        return discard(&mut host, output, &vault);
    }
    if args.resume
        && let Some(sharing) = vault.pending().filter(|sharing| sharing.trust() == Trust::Mixed)
    {
        return adopt(&mut host, output, &vault, sharing.clone());
    }
    host.person.may_be_asked()?;
    let mut place = host::place(globals, &mut host).await?;
    args.others.route(&mut place.route);
    let (device, rng) = host.device();
    let aim = match args.devices {
        Some(devices) => {
            Some(Aim { devices, threshold: args.threshold, removed: args.remove.clone() })
        }
        None if args.refresh => Some(Aim::refresh(signing(&vault)?)),
        None => None,
    };
    let opened = match aim {
        Some(aim) => reshare::initiate(&device, &vault, aim, &place.route, rng)?,
        None => resume::initiate(&device, &vault, &place.route, rng)?,
    };
    super::initiate(&mut host, place, opened, async |_, _| Ok(())).await
}

/// Nobody certifies a sharing that other clients may hold too: the person has seen on their screens that they use it.
fn adopt(
    host: &mut Host<'_>,
    output: &Output,
    vault: &Vault,
    mut sharing: Sharing,
) -> Result<(), Failure> {
    let before = match vault.active() {
        Some(active) => format!("epoch {}, which signs now, will sign no more", active.epoch),
        None => "nothing of this vault signs here now".to_owned(),
    };
    let question = format!(
        "Take up epoch {} of '{}', though not every device has said that it is done? Only if another device shows it as \
         finished: {before}.",
        sharing.epoch,
        plain(&vault.name)
    );
    host.person.person.confirm_by_typing(output, &question, &vault.name)?;
    host.store.commit(Change::Adopt(sharing.fsid))?;
    sharing.state = State::Active;
    shown(host, vault, sharing);
    Ok(())
}

/// COMMIT 7.6: the person has seen on the other devices' screens that none of them uses it.
fn discard(host: &mut Host<'_>, output: &Output, vault: &Vault) -> Result<(), Failure> {
    let staged = reshare::discardable(vault)?;
    let active = signing(vault)?.clone();
    let danger = if staged.trust() == Trust::Mixed {
        let spare = staged.parties.len() > usize::from(staged.threshold);
        let cost = if spare {
            "they must sign without this device, which can only come back as a new one"
        } else {
            "it needs every device, and can never sign again"
        };
        format!(
            "Look at every other device first: {}. If one of them shows epoch {} as the one in use, {cost}.",
            plain(&others(staged)),
            staged.epoch
        )
    } else {
        "This device has not voted for it, so no device uses it.".to_owned()
    };
    let question = format!(
        "This deletes this device's share of epoch {} of '{}'. Epoch {} goes on signing, and its backups stay valid. {danger}",
        staged.epoch,
        plain(&vault.name),
        active.epoch,
    );
    host.person.person.confirm_by_typing(output, &question, &vault.name)?;
    host.store.commit(Change::Discard(staged.fsid))?;
    shown(host, vault, active);
    Ok(())
}

fn others(sharing: &Sharing) -> String {
    let others = sharing.parties.iter().enumerate();
    let others = others.filter(|(position, _)| *position != usize::from(sharing.me));
    others.map(|(_, party)| party.as_str()).collect::<Vec<_>>().join(", ")
}

fn shown(host: &Host<'_>, vault: &Vault, sharing: Sharing) {
    let name = vault.name.clone();
    super::show(host, &Outcome::Vault { name, sharing: Box::new(sharing) });
}
