//! `cargo xtask CHORE`: see [`USAGE`].

use std::path::Path;
use std::process::ExitCode;

use xtask::Result;
use xtask::interop::Telling;
use xtask::packages::ENGINE;

const USAGE: &str = "\
cargo xtask test [--no-interop]         install what the tests need, then run all of them
cargo xtask edges                       which crate may use which, and the circles of files inside each
cargo xtask checks [--verify|--write|--prove]
                                        spec/checks.md: is it true; write it; show that each check has its own test
cargo xtask shown [--verify|--write]    spec/shown.md: is it true; write it
cargo xtask words                       the words of spec/ceremony.md: are they those of the code
cargo xtask counts [--verify|--write]   bench/counts.txt, the instructions that a ceremony takes: is it true; write it
cargo xtask timing                      whether what our ECDSA engine is made of tells its secrets by its time
cargo xtask vectors [DIR]               replay recorded ceremonies: the project's own, or another folder's
cargo xtask transactions DIR [--family F]
                                        replay a folder's recorded transactions, of one family or of all
cargo xtask fuzz [--seconds N]          arbitrary bytes for every decoder, N seconds each (20)
cargo xtask interop [--engine DIR] [--json]
                                        live ceremonies with the production engines
cargo xtask bench [--engine DIR] [--json]
                                        what each protocol costs a party, beside the production engines and two crates
cargo xtask sdk                         live ceremonies with the real SDK and with phones
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    match arguments {
        ["test"] => xtask::test::run(true),
        ["test", "--no-interop"] => xtask::test::run(false),
        ["edges"] => xtask::edges::enforce(),
        ["checks"] | ["checks", "--verify"] => xtask::checks::verify(),
        ["checks", "--write"] => xtask::checks::write(),
        ["checks", "--prove"] => xtask::checks::prove(),
        ["shown"] | ["shown", "--verify"] => xtask::shown::verify(),
        ["shown", "--write"] => xtask::shown::write(),
        ["words"] => xtask::words::verify(),
        ["counts"] | ["counts", "--verify"] => xtask::counts::verify(),
        ["counts", "--write"] => xtask::counts::write(),
        ["timing"] => xtask::timing::run(),
        ["vectors"] => xtask::vectors::run(&xtask::vectors::folders()),
        ["vectors", folder] => xtask::vectors::run(&[folder.into()]),
        ["transactions", folder] => xtask::transactions::run(folder.as_ref(), None),
        ["transactions", folder, "--family", family] => {
            xtask::transactions::run(folder.as_ref(), Some(family))
        }
        ["fuzz"] => xtask::fuzz::run(xtask::fuzz::SECONDS),
        ["fuzz", "--seconds", seconds] => xtask::fuzz::run(seconds.parse()?),
        ["interop", options @ ..] => with_engine(options, xtask::interop::run),
        ["bench", options @ ..] if cfg!(debug_assertions) => {
            let words =
                ["run", "--release", "--locked", "--quiet", "--package", "xtask", "--", "bench"];
            xtask::workspace::run(&mut xtask::workspace::cargo(words.iter().chain(options)))
        }
        ["bench", options @ ..] => with_engine(options, xtask::interop::bench),
        ["sdk"] => {
            xtask::sdk::run(&xtask::sdk::folder()?, Some(&xtask::packages::anvil_program()?))
        }
        _ => Err(format!("what is to be done?\n\n{USAGE}").into()),
    }
}

fn with_engine(options: &[&str], run: fn(&Path, Telling) -> Result<()>) -> Result<()> {
    let (json, rest) = match options {
        [rest @ .., "--json"] | ["--json", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let telling = if json { Telling::Json } else { Telling::Lines };
    match rest {
        [] => run(&ENGINE.folder()?, telling),
        ["--engine", engine] => run(engine.as_ref(), telling),
        _ => Err(format!("what does {rest:?} mean?\n\n{USAGE}").into()),
    }
}
