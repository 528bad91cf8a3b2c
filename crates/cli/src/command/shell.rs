//! What the shell and the manual know of the command line, from its one definition.

use clap_mangen::Man;
use serde::Serialize;

use crate::args::{self, Completions};
use crate::output::{Failure, Kind, Output};

#[derive(Serialize)]
struct Script {
    /// The shell's name, or `man`.
    language: String,
    text: String,
}

pub(super) fn completions(output: &Output, args: &Completions) {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut args::definition(), "quorate", &mut script);
    print(output, args.shell.to_string(), &script);
}

/// One page a command, one after the other.
pub(super) fn manual(output: &Output) -> Result<(), Failure> {
    let mut definition = args::definition().disable_help_subcommand(true);
    definition.build();
    let mut pages = Vec::new();
    page(&definition, &mut pages).map_err(|error| {
        Failure::new(
            Kind::Unexpected,
            format!("the manual could not be made: {error}"),
            "use 'quorate help'",
        )
    })?;
    print(output, "man".into(), &pages);
    Ok(())
}

fn page(command: &clap::Command, pages: &mut Vec<u8>) -> std::io::Result<()> {
    Man::new(command.clone()).render(pages)?;
    command
        .get_subcommands()
        .filter(|inner| !inner.is_hide_set())
        .try_for_each(|inner| page(inner, pages))
}

fn print(output: &Output, language: String, text: &[u8]) {
    let text = String::from_utf8_lossy(text).trim_end().to_owned();
    output.document(&Script { language, text: text.clone() }, &text);
}
