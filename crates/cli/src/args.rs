//! What a person types. One file a command; what the words mean is decided in `command`.

mod address;
mod backup;
mod ceremony;
mod completions;
mod demo;
mod globals;
mod recover;
mod relay;
mod send;
mod tx;
mod vault;

use clap::{CommandFactory, Parser, Subcommand};

pub(crate) use self::address::Address;
pub(crate) use self::backup::{Backup, BackupCommand, Create, Restore, Scheme, Verify};
pub(crate) use self::ceremony::{Import, Join, Keygen, Keysign, Reshare, What};
pub(crate) use self::completions::Completions;
pub(crate) use self::demo::Demo;
pub(crate) use self::globals::{Color, Globals};
pub(crate) use self::recover::Recover;
pub(crate) use self::relay::Relay;
pub(crate) use self::send::Send;
pub(crate) use self::tx::{Tx, TxCommand};
pub(crate) use self::vault::{Vault, VaultCommand};
use crate::output::Shape;

/// A vault whose private key never exists.
///
/// Several devices generate it together (keygen), a threshold of them signs with it (keysign), and the devices and
/// the threshold can change while the addresses stay (reshare). Each device holds one share. Devices meet through
/// a relay that learns nothing, by a link or a QR code.
#[derive(Debug, Parser)]
#[command(name = "quorate", version, arg_required_else_help = true, after_help = AFTER, after_long_help = AFTER_LONG)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

// Not documentation: that would be the help of the program.
//
// A command stands in one of these lists, in the order of the help, and in the match over that list in `command`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Waits(Waits),
    #[command(flatten)]
    Answers(Answers),
    Relay(Relay),
    #[command(flatten)]
    Shell(Shell),
}

// What waits for the network, and tells what happens as it happens.
#[derive(Debug, Subcommand)]
pub(crate) enum Waits {
    Demo(Demo),
    Keygen(Keygen),
    Join(Join),
    Keysign(Keysign),
    Send(Send),
    Reshare(Reshare),
}

// What answers at once.
#[derive(Debug, Subcommand)]
pub(crate) enum Answers {
    Tx(Tx),
    Vault(Vault),
    Address(Address),
    Backup(Backup),
    Recover(Recover),
}

// What the shell and the manual want to know.
#[derive(Debug, Subcommand)]
pub(crate) enum Shell {
    Completions(Completions),
    /// Print the manual, as a man page
    Man,
}

impl Command {
    /// How the command speaks under `--json`.
    pub(crate) fn shape(&self) -> Shape {
        match self {
            Self::Waits(_) | Self::Relay(_) => Shape::Events,
            Self::Answers(_) | Self::Shell(_) => Shape::Document,
        }
    }
}

/// The whole command line, for completions and the manual.
pub(crate) fn definition() -> clap::Command {
    Cli::command()
}

/// How a command line that could not be parsed would have spoken: programs get their error in the shape they asked
/// for. `None` without `--json`.
pub(crate) fn shape_of_unparsed(words: &[String]) -> Option<Shape> {
    let given = || words.iter().take_while(|word| *word != "--");
    if !given().any(|word| word == "--json") {
        return None;
    }
    let events = given().any(|word| Waits::has_subcommand(word) || word == "relay");
    Some(if events { Shape::Events } else { Shape::Document })
}

const AFTER: &str = "\
Examples:
  quorate demo                                the whole job on this machine, in one go
  quorate keygen Savings --devices 3          start a vault; the other two run 'quorate join LINK'
  quorate keysign Savings --message 'hello'
  quorate send Savings --chain Ethereum --to 0x… --amount 0.5 --rpc URL
  quorate backup create Savings --out FOLDER";

const AFTER_LONG: &str = "\
Examples:
  quorate demo                                the whole job on this machine, in one go
  quorate keygen Savings --devices 3          start a vault; the other two run 'quorate join LINK'
  quorate keysign Savings --message 'hello'
  quorate send Savings --chain Ethereum --to 0x… --amount 0.5 --rpc URL
  quorate backup create Savings --out FOLDER

Passphrase:
  It locks this device's shares. From --passphrase-file, else the variable QUORATE_PASSPHRASE, else the file
  that QUORATE_PASSPHRASE_FILE names, else a prompt. Never a value on the command line. A backup has a password
  of its own: from --password-file, else the variable QUORATE_BACKUP_PASSWORD, else a prompt.

Exit codes:
  0    done
  1    unexpected failure
  2    usage
  3    relay or node unreachable (worth retrying)
  4    locked: wrong passphrase, or a backup's wrong password
  5    not found: vault, session, transaction
  6    ceremony failed or timed out, nothing signed (worth retrying)
  7    refused: by a person, a policy, a ban, the threshold, the epoch, a second share of one vault
  8    broadcast happened, a later step failed (never retry)
  9    the identical intent was already broadcast
  10   input invalid: link, address, amount, hash, file
  11   stored state unreadable
  12   confirmation or passphrase needed, and nobody to ask
  130  interrupted";

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(std::iter::once(&"quorate").chain(words))
    }

    #[test]
    fn the_definition_is_consistent() {
        definition().debug_assert();
    }

    #[test]
    fn global_flags_are_taken_before_and_after_the_command() {
        let before = parse(&["--json", "--home", "/h", "vault", "list"]).unwrap();
        let after = parse(&["vault", "list", "--home", "/h", "--json"]).unwrap();
        for cli in [before, after] {
            assert!(cli.globals.json);
            assert_eq!(cli.globals.home.as_deref(), Some(std::path::Path::new("/h")));
        }
    }

    #[test]
    fn a_keysign_needs_exactly_one_thing_to_sign() {
        assert!(parse(&["keysign", "v"]).is_err());
        assert!(parse(&["keysign", "v", "--hash", "00", "--message", "m"]).is_err());
        assert!(parse(&["keysign", "v", "--hash", "00"]).is_ok());
    }

    #[test]
    fn a_reshare_needs_a_committee_or_the_one_there_is() {
        assert!(parse(&["reshare", "v"]).is_err());
        assert!(parse(&["reshare", "v", "--resume", "--devices", "3"]).is_err());
        assert!(parse(&["reshare", "v", "--resume", "--remove", "c"]).is_err());
        assert!(
            parse(&["reshare", "v", "--devices", "3", "--remove", "a", "--remove", "b"]).is_ok()
        );
        assert!(parse(&["reshare", "v", "--resume"]).is_ok());
        assert!(parse(&["reshare", "v", "--refresh"]).is_ok());
        for more in
            [&["--resume"][..], &["--devices", "3"], &["--threshold", "2"], &["--remove", "c"]]
        {
            assert!(parse(&[&["reshare", "v", "--refresh"], more].concat()).is_err(), "{more:?}");
        }
    }

    #[test]
    fn flags_that_are_not_built_are_not_accepted() {
        assert!(parse(&["keysign", "v", "--psbt", "f"]).is_err());
        assert!(parse(&["keygen", "v", "--devices", "3", "--batch"]).is_err());
    }

    #[test]
    fn a_device_name_cannot_pass_for_a_server_or_break_a_line() {
        for bad in ["server-1", "SERVER", "", "a\nb", "a\u{202e}b", "  "] {
            assert!(parse(&["--device", bad, "vault", "list"]).is_err(), "{bad:?}");
        }
        assert!(parse(&["--device", "Anna’s laptop", "vault", "list"]).is_ok());
    }

    #[test]
    fn an_unparsed_command_line_still_tells_how_it_wanted_its_error() {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(shape_of_unparsed(&words("keygen --json")), Some(Shape::Events));
        assert_eq!(shape_of_unparsed(&words("vault lst --json")), Some(Shape::Document));
        assert_eq!(shape_of_unparsed(&words("keygen -- --json")), None);
    }
}
