//! Holds the ceremonies of the matrix, story by story.

use std::collections::BTreeMap;

use getrandom::SysRng;
use quorate_core::PartyIndex;
use quorate_wire::setup::{Body, PublicKey, Suite, ToSign, build};
use rand_core::UnwrapErr;

use super::Report;
use super::clock::{Clock, Cost};
use super::driver::Driver;
use super::keys;
use super::matrix::{Act, Change, Detail, Seat, Story};
use super::table::{Held, Opening, Player, Post, Side, run as play};
use crate::Result;
use crate::seat::{self, Facts, Outcome, Protocol, Task};
use Side::{Ours, Theirs};

/// Holds a story's ceremonies. After one that fails, those that need its shares are left out.
pub(super) fn hold(story: &Story, engine: &mut Driver, report: &mut Report, made: &mut Makers) {
    let Story { suite, post, acts } = story;
    let mut stage = Stage::new(*suite, *post, engine, made);
    for act in acts {
        let title = format!("{}{}", stage.title(act), stage.told(&act.seats));
        if report.case(*suite, &title, || stage.play(act)).is_none() && stage.vault.is_none() {
            return;
        }
    }
}

/// Who has made the last setup of each protocol: each side makes every other one.
pub(super) type Makers = BTreeMap<(Suite, Protocol), Side>;

pub(super) struct Stage<'a> {
    suite: Suite,
    post: Post,
    engine: &'a mut Driver,
    made: &'a mut Makers,
    vault: Option<Vault>,
    presigned: Option<Presigned>,
    /// What the last ceremony has cost.
    cost: Cost,
}

/// Shares by name, and what they all say.
struct Vault {
    members: BTreeMap<String, Member>,
    threshold: u8,
    facts: Facts,
}

/// A share, and whose implementation has made it.
struct Member {
    side: Side,
    share: Vec<u8>,
}

/// Presignatures by name, and the path that they sign at.
struct Presigned {
    path: &'static str,
    presignatures: BTreeMap<String, Vec<u8>>,
}

impl<'a> Stage<'a> {
    pub(super) fn new(
        suite: Suite,
        post: Post,
        engine: &'a mut Driver,
        made: &'a mut Makers,
    ) -> Self {
        Self { suite, post, engine, made, vault: None, presigned: None, cost: Cost::default() }
    }

    /// Holds one ceremony and says what it has cost all parties together.
    pub(super) fn cost(&mut self, act: &Act) -> Result<Cost> {
        self.play(act)?;
        Ok(self.cost)
    }

    fn play(&mut self, act: &Act) -> Result<()> {
        let Act { protocol, seats, detail } = act;
        match (protocol, *detail) {
            (Protocol::Keygen, Detail::Threshold(threshold)) => self.keygen(seats, threshold),
            (Protocol::Refresh, Detail::Threshold(threshold)) => self.refresh(seats, threshold),
            (Protocol::Migration, Detail::Threshold(threshold)) => self.migrate(seats, threshold),
            (Protocol::Import, Detail::Threshold(threshold)) => self.import(seats, threshold),
            (Protocol::QuorumChange, Detail::Change(change)) => self.change(&change),
            (Protocol::Sign, Detail::Path(path)) => self.sign(seats, path),
            (Protocol::Presign, Detail::Path(path)) => self.presign(seats, path),
            (Protocol::Finish, Detail::Plain) => self.finish(seats),
            (Protocol::Export, Detail::Plain) => self.export(seats),
            _ => Err(format!("a {protocol} is not described so").into()),
        }
    }

    fn keygen(&mut self, seats: &[Seat], threshold: u8) -> Result<()> {
        self.vault = None;
        let outcomes =
            self.open_and_play(Protocol::Keygen, &dkg(threshold, None), seats, |_, _| {
                Ok(Task::Keygen)
            })?;
        self.keep(seats, threshold, &outcomes)
    }

    fn refresh(&mut self, seats: &[Seat], threshold: u8) -> Result<()> {
        let before = self.vault()?.facts.clone();
        let body = dkg(threshold, Some(array(&before.key_id)?));
        let outcomes = self.open_and_play(Protocol::Refresh, &body, seats, |stage, name| {
            Ok(Task::Refresh { share: stage.share_of(name)? })
        })?;
        self.keep(seats, threshold, &outcomes)?;
        self.is_still(&before, true)
    }

    fn migrate(&mut self, seats: &[Seat], threshold: u8) -> Result<()> {
        self.vault = None;
        let parts: BTreeMap<&str, [u8; 32]> =
            seats.iter().map(|&(name, _)| (name, keys::random(self.suite))).collect();
        let key = keys::sum(self.suite, parts.values())?;
        let public_key = keys::public(self.suite, &key)?;
        let chain_code = keys::bytes();
        let body = dkg(threshold, None);
        let outcomes = self.open_and_play(Protocol::Migration, &body, seats, |_, name| {
            let part = *parts.get(name).ok_or("a party without a part")?;
            Ok(Task::Migrate { part, public_key: public_key.clone(), chain_code })
        })?;
        self.keep(seats, threshold, &outcomes)?;
        self.is_of(&public_key, &chain_code)
    }

    fn import(&mut self, seats: &[Seat], threshold: u8) -> Result<()> {
        self.vault = None;
        let (private_key, chain_code) = (keys::random(self.suite), keys::bytes());
        let host = Task::ImportKey { private_key, chain_code };
        let outcomes =
            self.host_and_play(&dkg(threshold, None), threshold, seats, host, |_, _| {
                Ok(Task::Import)
            })?;
        self.keep(seats, threshold, &outcomes)?;
        self.is_of(&keys::public(self.suite, &private_key)?, &chain_code)
    }

    fn change(&mut self, change: &Change) -> Result<()> {
        let Change { seats, old, new, thresholds: (_, threshold), .. } = *change;
        let before = self.vault()?.facts.clone();
        let positions = |list: &[u8]| list.iter().copied().map(PartyIndex::new).collect();
        let public_key = match self.suite {
            Suite::Ecdsa => PublicKey::Ecdsa(before.public_key.as_slice().try_into()?),
            Suite::Eddsa => PublicKey::Eddsa(array(&before.public_key)?),
        };
        let key_id = array(&before.key_id)?;
        let body =
            Body::Qc { key_id, public_key, old: positions(old), new: positions(new), threshold };
        let outcomes =
            self.open_and_play(Protocol::QuorumChange, &body, seats, |stage, name| {
                let position = (0..).zip(seats).find(|(_, seat)| seat.0 == name).map(|(at, _)| at);
                let is_old = position.is_some_and(|position: u8| old.contains(&position));
                let share = is_old.then(|| stage.share_of(name)).transpose()?;
                Ok(Task::ChangeQuorum { share })
            })?;
        let mut members = Vec::new();
        for position in new {
            members.extend(seats.get(usize::from(*position)));
        }
        for (name, outcome) in &outcomes {
            let is_new = members.iter().any(|(member, _)| member == name);
            if is_new == (*outcome == Outcome::Nothing) {
                return Err(
                    format!("{name} has a share and should not, or has none and should").into()
                );
            }
        }
        self.keep(&members, threshold, &outcomes)?;
        // On Ed25519, where nothing is derived, production gives new parties a chain code of zero.
        self.is_still(&before, self.suite == Suite::Ecdsa)
    }

    fn sign(&mut self, seats: &[Seat], path: &str) -> Result<()> {
        let message = keys::bytes();
        let to_sign = match self.suite {
            Suite::Ecdsa => ToSign::Hash(message),
            Suite::Eddsa => ToSign::Message(message.to_vec()),
        };
        let key_id = array(&self.vault()?.facts.key_id)?;
        let body = Body::Dsg { key_id, path: path.to_owned(), to_sign };
        let outcomes = self.open_and_play(Protocol::Sign, &body, seats, |stage, name| {
            Ok(Task::Sign { share: stage.share_of(name)? })
        })?;
        self.is_signature(&outcomes, path, &message)
    }

    fn presign(&mut self, seats: &[Seat], path: &'static str) -> Result<()> {
        let key_id = array(&self.vault()?.facts.key_id)?;
        let body = Body::Dsg { key_id, path: path.to_owned(), to_sign: ToSign::Nothing };
        let outcomes = self.open_and_play(Protocol::Presign, &body, seats, |stage, name| {
            Ok(Task::Presign { share: stage.share_of(name)? })
        })?;
        let mut presignatures = BTreeMap::new();
        for (name, outcome) in outcomes {
            let Outcome::Presignature(presignature) = outcome else {
                return Err(format!("{name} has no presignature").into());
            };
            presignatures.insert(name, presignature);
        }
        self.presigned = Some(Presigned { path, presignatures });
        Ok(())
    }

    fn finish(&mut self, seats: &[Seat]) -> Result<()> {
        let message = keys::bytes();
        let Presigned { path, presignatures } =
            self.presigned.take().ok_or("there is no presignature")?;
        // They begin with the id of the session that has made them.
        let ids = presignatures.values().map(|bytes| bytes.get(..32));
        let id = array(ids.flatten().next().ok_or("a short presignature")?)?;
        let body = Body::Fsg { presignature: id, hash: message };
        let outcomes = self.open_and_play(Protocol::Finish, &body, seats, |_, name| {
            let presignature = presignatures.get(name).cloned().ok_or("no presignature")?;
            Ok(Task::Finish { presignature })
        })?;
        self.is_signature(&outcomes, path, &message)
    }

    fn export(&mut self, seats: &[Seat]) -> Result<()> {
        let &(receiver, _) = seats.first().ok_or("nobody to export to")?;
        let secret = keys::bytes();
        let receiver_key = keys::agreement(&secret);
        let Vault { facts, threshold, .. } = self.vault()?;
        let (threshold, public_key) = (*threshold, facts.public_key.clone());
        let body = Body::Export { key_id: array(&facts.key_id)?, receiver_key };
        let host = Task::ExportKey { share: self.share_of(receiver)?, secret };
        let outcomes = self.host_and_play(&body, threshold, seats, host, |stage, name| {
            Ok(Task::Export { share: stage.share_of(name)? })
        })?;
        let exported = match outcomes.get(receiver) {
            Some(Outcome::PrivateKey(key)) => array(key)?,
            _ => return Err(format!("{receiver} has no key").into()),
        };
        if outcomes.iter().any(|(name, outcome)| name != receiver && *outcome != Outcome::Nothing) {
            return Err("an exporter is left with something".into());
        }
        let same = keys::public(self.suite, &exported)? == public_key;
        if same { Ok(()) } else { Err("the exported key is another".into()) }
    }

    /// Holds a ceremony whose setup either side can make.
    fn open_and_play(
        &mut self,
        protocol: Protocol,
        body: &Body,
        seats: &[Seat],
        task: impl Fn(&Self, &str) -> Result<Task>,
    ) -> Result<BTreeMap<String, Outcome>> {
        let maker = self.next_maker(protocol);
        let names = names(seats);
        let share = self.vault.as_ref().and_then(Vault::any_share).map(<[u8]>::to_vec);
        let setup = match maker {
            Ours => build(self.suite, body, &names, &mut UnwrapErr(SysRng))?,
            Theirs => self.engine.setup(self.suite, body, &names, share.as_deref())?,
        };
        let players = self.players(seats, &task)?;
        self.play_at(Opening { setup, host: None }, players)
    }

    /// Holds a ceremony whose setup the first party makes.
    fn host_and_play(
        &mut self,
        body: &Body,
        threshold: u8,
        seats: &[Seat],
        host: Task,
        task: impl Fn(&Self, &str) -> Result<Task>,
    ) -> Result<BTreeMap<String, Outcome>> {
        let (&(first, side), others) = seats.split_first().ok_or("nobody takes part")?;
        let names = names(seats);
        let opening = match side {
            Ours => {
                let setup = build(self.suite, body, &names, &mut UnwrapErr(SysRng))?;
                Opening { setup, host: None }
            }
            Theirs => {
                let (setup, host) = self.engine.host(self.suite, &host, threshold, &names)?;
                Opening { setup, host: Some(host) }
            }
        };
        let mut players = vec![Player { name: first.to_owned(), side, task: host }];
        players.extend(self.players(others, &task)?);
        self.play_at(opening, players)
    }

    fn players(
        &self,
        seats: &[Seat],
        task: &impl Fn(&Self, &str) -> Result<Task>,
    ) -> Result<Vec<Player>> {
        let player = |&(name, side): &Seat| {
            Ok(Player { name: name.to_owned(), side, task: task(self, name)? })
        };
        seats.iter().map(player).collect()
    }

    fn play_at(
        &mut self,
        opening: Opening,
        players: Vec<Player>,
    ) -> Result<BTreeMap<String, Outcome>> {
        let clock = Clock::start(self.engine)?;
        let rng = &mut UnwrapErr(SysRng);
        let Held { outcomes, bytes, rounds } =
            play(self.engine, rng, self.suite, opening, players, self.post)?;
        let cost = clock.stop(self.engine)?;
        let share = outcomes.values().find_map(|outcome| match outcome {
            Outcome::Share(share) => Some(share.len()),
            _ => None,
        });
        self.cost = Cost { bytes, rounds, share, ..cost };
        Ok(outcomes)
    }

    /// Takes the new shares. Both sides read each, say the same of it, and write it as it was; all say the same.
    fn keep(
        &mut self,
        seats: &[Seat],
        threshold: u8,
        outcomes: &BTreeMap<String, Outcome>,
    ) -> Result<()> {
        let mut members = BTreeMap::new();
        let mut said: Option<Facts> = None;
        for &(name, side) in seats {
            let Some(Outcome::Share(share)) = outcomes.get(name) else {
                return Err(format!("{name} has no share").into());
            };
            let (mut ours, theirs) =
                (seat::read(self.suite, share)?, self.engine.read_share(self.suite, share)?);
            if ours != theirs || ours.share != *share {
                return Err(format!("the share of {name} reads differently").into());
            }
            ours.share.clear();
            if said.as_ref().is_some_and(|said| !self.agree(said, &ours)) {
                return Err(format!("{name} holds a share of something else").into());
            }
            said.get_or_insert(ours);
            members.insert(name.to_owned(), Member { side, share: share.clone() });
        }
        self.vault = Some(Vault { members, threshold, facts: said.ok_or("nobody has a share")? });
        Ok(())
    }

    /// Whether two shares are of one key. On Ed25519 chain codes may differ after a quorum change.
    fn agree(&self, one: &Facts, other: &Facts) -> bool {
        one.public_key == other.public_key
            && one.key_id == other.key_id
            && (self.suite == Suite::Eddsa || one.chain_code == other.chain_code)
    }

    fn is_still(&self, before: &Facts, with_chain_code: bool) -> Result<()> {
        let chain_code =
            if with_chain_code { &before.chain_code } else { &self.vault()?.facts.chain_code };
        self.is_of(&before.public_key, chain_code)
    }

    fn is_of(&self, public_key: &[u8], chain_code: &[u8]) -> Result<()> {
        let facts = &self.vault()?.facts;
        let same = facts.public_key == public_key && facts.chain_code == chain_code;
        if same { Ok(()) } else { Err("the key is another".into()) }
    }

    fn is_signature(
        &self,
        outcomes: &BTreeMap<String, Outcome>,
        path: &str,
        message: &[u8],
    ) -> Result<()> {
        let signatures: Vec<&Outcome> = outcomes.values().collect();
        let Some(Outcome::Signature(first)) = signatures.first() else {
            return Err("no signature".into());
        };
        if signatures.iter().any(|other| *other != &Outcome::Signature(first.clone())) {
            return Err("the signers end with different signatures".into());
        }
        let share = self.vault()?.any_share().ok_or("an empty vault")?;
        let verifies = seat::verifies(self.suite, share, path, message, first)?;
        if verifies { Ok(()) } else { Err("the signature does not verify".into()) }
    }

    fn vault(&self) -> Result<&Vault> {
        self.vault.as_ref().ok_or_else(|| "there is no vault".into())
    }

    fn share_of(&self, name: &str) -> Result<Vec<u8>> {
        let held = self.vault()?.members.get(name);
        Ok(held.ok_or_else(|| format!("{name} has no share"))?.share.clone())
    }

    fn next_maker(&mut self, protocol: Protocol) -> Side {
        let maker = self.made.get(&(self.suite, protocol)).map_or(Ours, |last| last.other());
        self.made.insert((self.suite, protocol), maker);
        maker
    }

    fn title(&self, act: &Act) -> String {
        let post = if self.post == Post::Shuffled { "shuffled " } else { "" };
        let parties = act.seats.len();
        match act.detail {
            Detail::Threshold(threshold) => {
                format!("{post}{} {threshold}-of-{parties}: ", act.protocol)
            }
            Detail::Change(change) => format!("{post}{}: {}: ", act.protocol, change.title),
            Detail::Path(path) => format!("    {post}{} at {path}: ", act.protocol),
            Detail::Plain => format!("    {post}{}: ", act.protocol),
        }
    }

    /// "alice ours, bobby theirs", and whether they hold each other's shares.
    fn told(&self, seats: &[Seat]) -> String {
        let side = |side| if side == Ours { "ours" } else { "theirs" };
        let told: Vec<String> =
            seats.iter().map(|&(name, played)| format!("{name} {}", side(played))).collect();
        let members = self.vault.as_ref().map(|vault| &vault.members);
        let exchanged = |&(name, side): &Seat| {
            members.and_then(|members| members.get(name)).is_some_and(|held| held.side != side)
        };
        let exchanged = if seats.iter().all(exchanged) { ", shares exchanged" } else { "" };
        told.join(", ") + exchanged
    }
}

impl Vault {
    fn any_share(&self) -> Option<&[u8]> {
        self.members.values().next().map(|held| held.share.as_slice())
    }
}

fn dkg(threshold: u8, key_id: Option<[u8; 32]>) -> Body {
    Body::Dkg { threshold, key_id }
}

fn names(seats: &[Seat]) -> Vec<String> {
    seats.iter().map(|(name, _)| (*name).to_owned()).collect()
}

fn array(bytes: &[u8]) -> Result<[u8; 32]> {
    Ok(bytes.try_into()?)
}
