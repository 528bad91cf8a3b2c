//! What each command does.

mod address;
mod backup;
mod demo;
mod join;
mod keygen;
mod keysign;
mod recover;
mod relay;
mod reshare;
mod send;
mod shell;
mod tx;
mod vault;

use quorate_chain::Signature as Raw;
use quorate_device::meeting::Place;
use quorate_vault::ceremony::{Ceremony, Outcome, Signature};
use quorate_vault::store::{Store, Vault};
use quorate_wire::link::Link;

use crate::args::{Cli, Command};
use crate::host::Host;
use crate::output::{Event, Failure, Kind, Output, VaultView};

pub(crate) fn run(cli: &Cli, output: &Output) -> Result<(), Failure> {
    let globals = &cli.globals;
    match &cli.command {
        Command::Vault(args) => vault::run(globals, output, &args.command),
        Command::Address(args) => address::run(globals, output, args),
        Command::Tx(args) => tx::run(globals, output, &args.command),
        Command::Backup(args) => backup::run(globals, output, &args.command),
        Command::Recover(args) => recover::run(globals, output, args),
        Command::Completions(args) => {
            shell::completions(output, args);
            Ok(())
        }
        Command::Man => shell::manual(output),
        waits => runtime()?.block_on(async {
            match waits {
                Command::Demo(args) => demo::run(output, args).await,
                Command::Keygen(args) => keygen::run(globals, output, args).await,
                Command::Join(args) => join::run(globals, output, args).await,
                Command::Keysign(args) => keysign::run(globals, output, args).await,
                Command::Send(args) => send::run(globals, output, args).await,
                Command::Reshare(args) => reshare::run(globals, output, args).await,
                Command::Relay(args) => relay::run(output, args).await,
                Command::Vault(_)
                | Command::Tx(_)
                | Command::Address(_)
                | Command::Backup(_)
                | Command::Recover(_)
                | Command::Completions(_)
                | Command::Man => Ok(()),
            }
        }),
    }
}

/// The runtime of the commands that wait for the network.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
        Failure::new(
            Kind::Unexpected,
            format!("the system gives no threads or timers: {error}"),
            "close other programs, then try again",
        )
    })
}

/// An initiator's way from the open lobby to the result, which is shown, and what is done with it while the relay still
/// serves the others.
async fn initiate(
    host: &mut Host<'_>,
    place: Place,
    opened: (Ceremony, Link),
    then: impl AsyncFnOnce(&mut Host<'_>, Outcome) -> Result<(), Failure>,
) -> Result<(), Failure> {
    host.initiate(place, opened, async |host: &mut Host<'_>, outcome| {
        show(host, &outcome);
        then(host, outcome).await
    })
    .await
}

/// The result of a ceremony, as events; after a signature also that the share that made it has no backup.
fn show(host: &Host<'_>, outcome: &Outcome) {
    let output = host.person.output;
    let signed = match outcome {
        Outcome::Vault { name, sharing } => {
            output.event(&Event::Vault(VaultView::of(name, sharing)));
            return;
        }
        Outcome::Signed(signed) => signed,
    };
    let formed = signed.made.wallet_signature.as_ref().map(hex::encode);
    for Signature { signing, raw } in &signed.signatures {
        let (key, signature, recovery_id) = match raw {
            Raw::Ecdsa([rs @ .., recovery_id]) => ("ecdsa", hex::encode(rs), Some(*recovery_id)),
            Raw::Eddsa(signature) => ("eddsa", hex::encode(signature), None),
        };
        output.event(&Event::Signature {
            key,
            public_key: signing.key.to_string(),
            path: signing.path.clone(),
            message: hex::encode(signing.bytes.as_bytes()),
            signature,
            recovery_id,
            wallet_signature: formed.clone(),
        });
    }
    // A store that cannot be read now has said so, or will.
    let vaults = host.store.vaults().unwrap_or_default();
    let vault = vaults.iter().find(|vault| vault.name == signed.vault);
    if let Some(sharing) = vault.and_then(Vault::active).filter(|sharing| !sharing.backed_up) {
        let (vault, epoch) = (signed.vault.clone(), sharing.epoch);
        output.event(&Event::BackupDue { vault, epoch });
    }
}
