//! How many instructions a ceremony takes: `bench/counts.txt`.
//!
//! A count does not depend on what else the machine does, so it shows what a clock cannot. It does depend on the
//! compiler and on what valgrind can count: where those are not the recorded ones, the counts are told and not judged.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::lanes::{self, Lanes};
use crate::workspace::{bench_program, output, root, succeeds};

/// Who holds what, with which instructions. Two of two, always with the same draws.
const COUNTED: [(&str, &str, Lanes); 6] = [
    ("secp256k1", "keygen", Lanes::Portable),
    ("secp256k1", "keygen", Lanes::Avx2),
    ("secp256k1", "sign", Lanes::Portable),
    ("secp256k1", "sign", Lanes::Avx2),
    ("ed25519", "keygen", Lanes::Avx2),
    ("ed25519", "sign", Lanes::Avx2),
];
/// How far a count may be from the recorded one, in percent.
const TOLERANCE: u64 = 3;

const HEAD: &str = "\
# Instructions of one ceremony of two of two, all parties together, by callgrind: `cargo xtask counts --write`.
";

/// One count.
#[derive(Debug, PartialEq, Eq)]
struct Count {
    /// "secp256k1 sign portable"
    name: String,
    instructions: u64,
}

/// What stands in the way of counting, if anything does.
#[must_use]
pub fn missing() -> Option<&'static str> {
    let there = succeeds(Command::new("valgrind").arg("--version"));
    (!there).then_some("valgrind is not installed")
}

/// An error unless every count is within the tolerance of the recorded one, on either side: a file that has become
/// too high would let a later rise pass.
pub fn verify() -> Result<()> {
    let recorded = fs::read_to_string(file())?;
    let (counter, counts) = count()?;
    let judged = recorded.lines().any(|line| line == counter);
    if !judged {
        println!("told, not judged: the counts on record are not by {counter}");
    }
    for Count { name, instructions } in &counts {
        let change = on_record(&recorded, name).map(|before| change(*instructions, before));
        println!("{name:<30}{instructions:>14}  {}", change.unwrap_or_default());
    }
    let off = off(&recorded, &counts);
    if off.is_empty() || !judged {
        return Ok(());
    }
    let why = off.join("\n  ");
    Err(format!("more than {TOLERANCE} % off; if meant, `cargo xtask counts --write`:\n  {why}")
        .into())
}

/// What is wrong with the record.
fn off(recorded: &str, counts: &[Count]) -> Vec<String> {
    let wrong = |Count { name, instructions }: &Count| match on_record(recorded, name) {
        None => Some(format!("{name} is not on record")),
        Some(before) => {
            let off = instructions.abs_diff(before).saturating_mul(100)
                > before.saturating_mul(TOLERANCE);
            off.then(|| format!("{name}: {instructions} instructions, {before} on record"))
        }
    };
    counts.iter().filter_map(wrong).collect()
}

/// Writes the file.
pub fn write() -> Result<()> {
    let (counter, counts) = count()?;
    if let Some(left_out) = COUNTED.len().checked_sub(counts.len()).filter(|left| *left > 0) {
        return Err(format!("this machine cannot run {left_out} of what is on record").into());
    }
    let mut text = format!("{HEAD}{counter}\n");
    for Count { name, instructions } in counts {
        writeln!(text, "{name:<30}{instructions:>14}")?;
    }
    Ok(fs::write(file(), text)?)
}

fn file() -> PathBuf {
    root().join("bench/counts.txt")
}

/// What counts, and every count that this machine can make.
fn count() -> Result<(String, Vec<Count>)> {
    if let Some(missing) = missing() {
        return Err(missing.into());
    }
    let program = bench_program()?;
    let counted = COUNTED.into_iter().filter(|(.., lanes)| lanes.are_here());
    let counts = counted.map(|what| count_one(&program, what)).collect::<Result<_>>()?;
    Ok((counter()?, counts))
}

/// The compiler, its target, and valgrind.
fn counter() -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let rustc = output(Command::new(rustc).arg("-vV").current_dir(root()))?;
    let valgrind = output(Command::new("valgrind").arg("--version"))?;
    let version = rustc.lines().next().unwrap_or_default();
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    Ok(format!("{version}, {host}, {}", valgrind.trim()))
}

fn count_one(program: &Path, (who, protocol, lanes): (&str, &str, Lanes)) -> Result<Count> {
    let name = format!("{who} {protocol} {}", lanes.name());
    let profile = std::env::temp_dir().join(format!("quorate-counts-{}", std::process::id()));
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--quiet", "--tool=callgrind", "--toggle-collect=*measured*"]);
    valgrind.arg(format!("--callgrind-out-file={}", profile.display()));
    valgrind.arg(program).args([who, protocol, "2", "2"]).env(lanes::VARIABLE, lanes.name());
    output(&mut valgrind)?;
    let text = fs::read_to_string(&profile)?;
    fs::remove_file(&profile)?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    let instructions = total.unwrap_or_default().trim().parse().unwrap_or_default();
    if instructions == 0 {
        return Err(format!("{name}: valgrind has counted nothing").into());
    }
    Ok(Count { name, instructions })
}

fn on_record(recorded: &str, name: &str) -> Option<u64> {
    recorded.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
}

/// "+1.2 %"
fn change(now: u64, before: u64) -> String {
    let permille = now.abs_diff(before).saturating_mul(1000) / before.max(1);
    let sign = if now < before { '-' } else { '+' };
    format!("{sign}{}.{} %", permille / 10, permille % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDED: &str = "rustc 1\nsecp256k1 sign portable   1000\nsecp256k1 sign avx2    500\n";

    fn off_by(instructions: u64) -> Vec<String> {
        off(RECORDED, &[Count { name: "secp256k1 sign portable".into(), instructions }])
    }

    #[test]
    fn a_count_may_be_three_percent_off_and_not_more() {
        for instructions in [970, 1000, 1030] {
            assert_eq!(off_by(instructions), Vec::<String>::new());
        }
    }

    #[test]
    fn a_rise_and_a_fall_both_want_another_record() {
        assert_eq!(off_by(1031), ["secp256k1 sign portable: 1031 instructions, 1000 on record"]);
        assert_eq!(off_by(969), ["secp256k1 sign portable: 969 instructions, 1000 on record"]);
    }

    #[test]
    fn what_is_not_on_record_is_an_error() {
        let count = Count { name: "ed25519 sign avx2".into(), instructions: 1 };
        assert_eq!(off(RECORDED, &[count]), ["ed25519 sign avx2 is not on record"]);
    }

    #[test]
    fn a_change_is_told_in_percent() {
        assert_eq!([change(1012, 1000), change(985, 1000)], ["+1.2 %", "-1.5 %"]);
    }
}
