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

use quorate_chain::Signature as RawSignature;
use quorate_device::meeting::Place;
use quorate_vault::ceremony::{Ceremony, Outcome, Signature};
use quorate_vault::store::{Store, Vault};
use quorate_wire::link::Link;

use crate::args::{Answers, Cli, Command, Globals, Shell, Waits};
use crate::host::Host;
use crate::output::{Event, Failure, Kind, Output, VaultView};

pub(crate) fn run(cli: &Cli, output: &Output) -> Result<(), Failure> {
    match &cli.command {
        Command::Waits(command) => runtime()?.block_on(wait(&cli.globals, output, command)),
        Command::Answers(command) => answer(&cli.globals, output, command),
        Command::Relay(args) => runtime()?.block_on(relay::run(output, args)),
        Command::Shell(Shell::Completions(args)) => {
            shell::completions(output, args);
            Ok(())
        }
        Command::Shell(Shell::Man) => shell::manual(output),
    }
}

async fn wait(globals: &Globals, output: &Output, command: &Waits) -> Result<(), Failure> {
    match command {
        Waits::Demo(args) => demo::run(output, args).await,
        Waits::Keygen(args) => keygen::run(globals, output, args).await,
        Waits::Join(args) => join::run(globals, output, args).await,
        Waits::Keysign(args) => keysign::run(globals, output, args).await,
        Waits::Send(args) => send::run(globals, output, args).await,
        Waits::Reshare(args) => reshare::run(globals, output, args).await,
    }
}

fn answer(globals: &Globals, output: &Output, command: &Answers) -> Result<(), Failure> {
    match command {
        Answers::Tx(args) => tx::run(globals, output, &args.command),
        Answers::Vault(args) => vault::run(globals, output, &args.command),
        Answers::Address(args) => address::run(globals, output, args),
        Answers::Backup(args) => backup::run(globals, output, &args.command),
        Answers::Recover(args) => recover::run(globals, output, args),
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
            RawSignature::Ecdsa([rs @ .., recovery_id]) => {
                ("ecdsa", hex::encode(rs), Some(*recovery_id))
            }
            RawSignature::Eddsa(signature) => ("eddsa", hex::encode(signature), None),
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
