//! Ceremonies in which one message is a lie: what its receiver must conclude, and whom it may name.

use std::collections::{BTreeMap, BTreeSet};

use quorate_core::PartyIndex;
use quorate_vault::run::Progress;
use quorate_wire::setup::Suite;
use serde::Deserialize;

use super::Report;
use super::file::{Ceremony, Folder};
use super::replay::Replay;
use crate::Result;
use crate::seat::{Failure, Protocol};

#[derive(Clone, Debug, Deserialize)]
struct Lie {
    #[serde(rename = "check")]
    title: String,
    ceremony: String,
    ceremony_part: Option<Part>,
    victim: String,
    #[serde(flatten)]
    replacement: Replacement,
    #[serde(default)]
    more_replacements: Vec<Replacement>,
    verdict: Verdict,
    /// `None`: nobody can be blamed.
    culprit_index: Option<u8>,
    corrupted_by: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Replacement {
    message_index: usize,
    #[serde(with = "hex", rename = "replacement")]
    bytes: Vec<u8>,
}

/// Which of the ceremonies of a file, where there are two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    Presign,
    Fsg,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    /// The ceremony ends.
    Abort,
    /// It ends, and this sharing must never run with the culprit again.
    Ban,
    /// The message is not worth reading; the genuine one is, afterwards.
    Ignored,
    /// The message is a valid abort: the ceremony ends without another.
    AbortedBy,
}

/// Replays every negative vector.
pub(super) fn replay_all(folder: &mut Folder, report: &mut Report) -> Result<()> {
    each(folder, |title, ceremony, lie| report.add(ceremony, title, lie.replay(ceremony)))
}

/// What each negative vector is of.
pub(super) fn list(folder: &mut Folder) -> Result<Vec<(Suite, Protocol)>> {
    let mut found = Vec::new();
    each(folder, |_, ceremony, _| found.push((ceremony.suite, ceremony.protocol)))?;
    Ok(found)
}

/// Every negative vector, with a title and the ceremony that it is told in.
fn each(folder: &mut Folder, mut see: impl FnMut(String, &Ceremony, &Lie)) -> Result<()> {
    let mut files: BTreeMap<String, Vec<Ceremony>> = BTreeMap::new();
    for (i, lie) in folder.list::<Lie>("negative")?.into_iter().enumerate() {
        let title = format!("negative {i}: {}", lie.title);
        let file = lie.ceremony.trim_end_matches(".json").to_owned();
        if !files.contains_key(&file) {
            let found = folder.ceremonies(&file)?.into_iter().map(|(_, ceremony)| ceremony);
            files.insert(file.clone(), found.collect());
        }
        let of = |ceremony: &&Ceremony| match lie.ceremony_part {
            None => true,
            Some(Part::Presign) => ceremony.protocol == Protocol::Presign,
            Some(Part::Fsg) => ceremony.protocol == Protocol::Finish,
        };
        let ceremony = files.get(&file).and_then(|ceremonies| ceremonies.iter().find(of));
        see(title, ceremony.ok_or_else(|| format!("there is no such ceremony in {file}"))?, &lie);
    }
    Ok(())
}

impl Lie {
    fn replay(&self, ceremony: &Ceremony) -> Result<()> {
        let mut told = ceremony.clone();
        for Replacement { message_index, bytes } in
            self.more_replacements.iter().chain([&self.replacement])
        {
            let message = told.messages.get_mut(*message_index).ok_or("it replaces no message")?;
            message.bytes.clone_from(bytes);
        }
        if self.verdict == Verdict::Ignored {
            // The lie first, the truth after it.
            let index = self.replacement.message_index;
            let truth = ceremony.messages.get(index).ok_or("it replaces no message")?;
            told.messages.insert(index.saturating_add(1), truth.clone());
        }

        let mut replay = Replay::begin(ceremony, &self.victim)?;
        for message in &told.messages {
            match replay.hear(message) {
                Ok(Progress::PeerAborted(from)) => {
                    return self.is_aborted_by(from, &replay, ceremony);
                }
                Ok(progress) => replay.note(progress),
                Err(failure) => return self.is_verdict(&failure, &replay, ceremony),
            }
        }
        match self.verdict {
            Verdict::Ignored => replay.is_as_recorded(ceremony),
            _ => Err("nothing was noticed".into()),
        }
    }

    fn is_aborted_by(&self, from: PartyIndex, replay: &Replay, ceremony: &Ceremony) -> Result<()> {
        if self.verdict != Verdict::AbortedBy || self.culprit_index != Some(from.get()) {
            return Err(format!("it hears that party {from} aborts").into());
        }
        if !replay.sent_only_recorded(ceremony) {
            return Err("it answers an abort with an abort".into());
        }
        Ok(())
    }

    fn is_verdict(&self, failure: &Failure, replay: &Replay, ceremony: &Ceremony) -> Result<()> {
        if replay.sent_only_recorded(ceremony) {
            return Err("it ends without telling the others".into());
        }
        let Failure { named, banned, suspects, .. } = failure;
        // A vector that blames nobody knows less than we may: naming the one who lied is never wrong.
        let liar = self.culprit_index.map(PartyIndex::new);
        let liar = liar.or_else(|| replay.position(&self.corrupted_by));
        let only_liar = |parties: &BTreeSet<PartyIndex>| parties.iter().eq(&liar);
        let right = match self.verdict {
            Verdict::Ban => only_liar(banned),
            // The wire may leave more open than the vector does; it may not clear the one who lied.
            Verdict::Abort if named.is_empty() => liar.is_some_and(|liar| suspects.contains(&liar)),
            Verdict::Abort => banned.is_empty() && only_liar(named),
            Verdict::Ignored | Verdict::AbortedBy => false,
        };
        if right { Ok(()) } else { Err(format!("it concludes {failure}").into()) }
    }
}
