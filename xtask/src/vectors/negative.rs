//! Ceremonies in which one message is a lie: what its receiver must conclude, and whom it may name.

use std::collections::{BTreeMap, BTreeSet};

use quorate_core::{Abort, Check, PartyIndex};
use quorate_vault::run::{Failed, Progress};
use serde::Deserialize;

use super::Report;
use super::file::{Ceremony, Folder};
use super::replay::Replay;
use crate::Result;

#[derive(Clone, Debug, Deserialize)]
struct Lie {
    #[serde(rename = "check")]
    title: String,
    ceremony: String,
    ceremony_part: Option<String>,
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

/// Replays every negative vector whose protocol this version has.
pub(super) fn replay_all(folder: &mut Folder, report: &mut Report) -> Result<()> {
    let mut ceremonies: BTreeMap<String, Option<Ceremony>> = BTreeMap::new();
    for (i, lie) in folder.list::<Lie>("negative")?.into_iter().enumerate() {
        let title = format!("negative {i}: {}", lie.title);
        let file = lie.ceremony.trim_end_matches(".json").to_owned();
        if !ceremonies.contains_key(&file) {
            let known = folder.names().contains(&file) && folder.holds_ceremonies(&file)?;
            let found = if known { folder.ceremonies(&file)?.into_iter().next() } else { None };
            ceremonies.insert(file.clone(), found.map(|(_, ceremony)| ceremony));
        }
        match ceremonies.get(&file).and_then(Option::as_ref) {
            Some(ceremony) if lie.ceremony_part.is_none() => {
                report.add(title, lie.replay(ceremony));
            }
            _ => report.skipped.push(format!("{title} ({file})")),
        }
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
                Err(Failed::Protocol(abort)) => return self.is_verdict(&abort, &replay, ceremony),
                Err(Failed::Framing(abort)) => return self.is_verdict(&abort, &replay, ceremony),
                Err(Failed::Fault(fault)) => return Err(format!("{fault:?}").into()),
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

    fn is_verdict<C: Check>(
        &self,
        abort: &Abort<C>,
        replay: &Replay,
        ceremony: &Ceremony,
    ) -> Result<()> {
        let wrong = || Err(format!("it concludes {abort:?}").into());
        if replay.sent_only_recorded(ceremony) {
            return Err("it ends without telling the others".into());
        }
        let banned: BTreeSet<PartyIndex> = abort.banned().map(|(j, _)| j).collect();
        let culprit = self.culprit_index.map(PartyIndex::new);
        match (self.verdict, abort, culprit) {
            (Verdict::Ban, Abort::Blame(_), Some(culprit))
                if banned == BTreeSet::from([culprit]) =>
            {
                Ok(())
            }
            (Verdict::Abort, Abort::Blame(blamed), Some(culprit))
                if banned.is_empty() && blamed.keys().eq([&culprit]) =>
            {
                Ok(())
            }
            // The wire may leave more open than the vector does; it may not clear the one who lied.
            (Verdict::Abort, Abort::Suspect { among, .. }, culprit) => {
                let liar = culprit.or_else(|| replay.position(&self.corrupted_by));
                if liar.is_some_and(|liar| among.contains(&liar)) { Ok(()) } else { wrong() }
            }
            _ => wrong(),
        }
    }
}
