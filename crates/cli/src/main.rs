//! `quorate`: the person's binary. Commands, terminal, files, broadcast; every protocol lives below it.
//!
//! ```text
//! args ─► command ─► host ─► quorate-device           what was typed, what is meant, what runs it
//!            │                 quorate-node             what a chain's node says, and the broadcast
//!            └─► output, terminal, home, backups       what a person or a program sees and is asked; files
//! ```

mod args;
mod backups;
mod command;
mod home;
mod host;
mod interrupt;
mod journal;
mod output;
mod terminal;

use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::output::{Failure, Kind, Output, Shape};

fn main() -> ExitCode {
    match args::Cli::try_parse() {
        Ok(cli) => {
            let output = Output::new(&cli.globals);
            let shape = cli.command.shape();
            let ended = command::run(&cli, &output);
            output.finish(shape, ended)
        }
        Err(error) => unparsed(&error),
    }
}

/// Help and version are results; everything else is a usage error, in the shape that was asked for.
fn unparsed(error: &clap::Error) -> ExitCode {
    let words: Vec<String> =
        std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let shape = args::shape_of_unparsed(&words);
    let answers = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if answers || shape.is_none() {
        // A reader that went away has seen what it wanted.
        let _ = error.print();
        return if answers { ExitCode::SUCCESS } else { ExitCode::from(2) };
    }
    let rendered = error.render().to_string();
    // What is missing, or what it could be, follows on lines of its own.
    let lines = rendered.lines().map(str::trim).take_while(|line| !line.is_empty());
    let message = lines.collect::<Vec<_>>().join(" ");
    let message = message.trim_start_matches("error: ");
    let failure = Failure::new(Kind::Usage, message, "see 'quorate help'");
    Output::of_unparsed(true).finish(shape.unwrap_or(Shape::Document), Err(failure))
}
