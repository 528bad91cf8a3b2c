//! Arbitrary bytes for everything that reads bytes: each [`Target`] takes them and may do anything but panic, hang or
//! fill the memory.
//!
//! * [`frames`], [`setups`], [`links`], [`backups`], [`restores`], [`mail`], [`chain`], [`payloads`]: what comes from the network.
//! * [`ecdsa`], [`eddsa`]: payloads of every message kind, told to a session, and stored shares.
//! * [`run`], [`edit`], [`input`]: how the fuzzer's bytes become lies.

#![warn(missing_docs)]
#![forbid(unsafe_code)]

pub mod backups;
pub mod chain;
pub mod ecdsa;
pub mod eddsa;
pub mod edit;
pub mod frames;
pub mod input;
pub mod links;
pub mod mail;
pub mod payloads;
pub mod restores;
pub mod run;
pub mod setups;

use std::path::PathBuf;

// The instrumented code calls into it, also where no fuzzer runs.
extern crate libfuzzer_sys;

/// Something that reads bytes.
pub struct Target {
    /// The name of its program, its corpus and its regressions.
    pub name: &'static str,
    /// Inputs that lead far in.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Reads one input.
    pub read: fn(&[u8]),
}

/// Every target.
pub const TARGETS: [Target; 21] = [
    backups::BACKUPS,
    chain::MESSAGES,
    chain::SOLANA,
    chain::TYPED_DATA,
    ecdsa::IMPORT,
    ecdsa::KEYGEN,
    ecdsa::PRESIGNATURES,
    ecdsa::RESHARE,
    ecdsa::SHARES,
    ecdsa::SIGN,
    eddsa::IMPORT,
    eddsa::KEYGEN,
    eddsa::RESHARE,
    eddsa::SHARES,
    eddsa::SIGN,
    frames::FRAMES,
    links::LINKS,
    mail::MAIL,
    payloads::PAYLOADS,
    restores::RESTORES,
    setups::SETUPS,
];

impl Target {
    /// Before the first input: lets honest parties run, as often as the target has variants, so that no input is
    /// blamed for the time it takes; and writes the seeds into the corpus folder that the command line names, if it
    /// names one.
    ///
    /// # Panics
    ///
    /// If a file cannot be written.
    pub fn plant(&self) {
        (0..3).for_each(|variant| (self.read)(&[variant]));
        let Some(corpus) = std::env::args_os().skip(1).map(PathBuf::from).find(|p| p.is_dir())
        else {
            return;
        };
        for (i, seed) in (self.seeds)().into_iter().enumerate() {
            std::fs::write(corpus.join(format!("seed-{i}")), seed).expect("the corpus is writable");
        }
    }
}

/// `mode` before each of these.
pub(crate) fn moded<T: AsRef<[u8]>>(mode: u8, inputs: impl IntoIterator<Item = T>) -> Vec<Vec<u8>> {
    inputs.into_iter().map(|input| [&[mode], input.as_ref()].concat()).collect()
}

/// Seeds of a target whose input changes what `variants` honest runs or documents say: nothing changed, then one
/// change each at places spread over the whole.
pub(crate) fn lies(variants: u8) -> Vec<Vec<u8>> {
    let honest = (0..variants).map(|variant| vec![variant]);
    let lie = |variant, at: u8| {
        vec![variant, 0, 0, at, at.wrapping_mul(37), 0, at, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]
    };
    honest.chain((0..variants).flat_map(|v| (0..12).map(move |at| lie(v, at)))).collect()
}
