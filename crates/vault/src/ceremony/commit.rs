//! The two-step commit of a new sharing (`spec/commit.md`): stage, compare, sign once together, activate.

use std::collections::{BTreeMap, BTreeSet};

use quorate_ecdsa::KeyShare;
use quorate_eddsa::NewShare;
use quorate_wire::commit::Prep;
use quorate_wire::relay_api::Namespace;
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};

use super::completion::AwaitingCompletion;
use super::desk::{CERTIFICATE, Desk};
use super::engine::{self, Leg, Output};
use super::late::Late;
use super::running::{Purpose, Running};
use super::setups::{Act, Seat, Setups};
use super::subject::{Raw, Signature, Target};
use super::task::{Keygen, Task};
use super::{Answer, Effect, Millis, Outcome, Stage, Want, published};
use crate::backup::carried;
use crate::certificate::{self, Imported, Member, Origin, View};
use crate::chain_keys::distinct;
use crate::failure::{Failure, Kind};
use crate::home::{self, Keys};
use crate::store::{
    Ban, ChainKey, Change, Fsid, OPEN, PublicKey, Secret, Shares, Sharing, State, VaultKey,
};

/// A new sharing on its way to becoming the one that signs.
pub(super) struct Commit {
    pub(super) name: String,
    pub(super) sharing: Sharing,
    pub(super) keys: Keys,
    /// Members that failed a banning check in an earlier attempt to certify it.
    pub(super) bans: Vec<Ban>,
}

/// The members compare what they hold.
pub(super) struct AwaitingViews {
    commit: Commit,
    views: BTreeMap<String, [u8; 32]>,
}

/// All hold the same; the initiator makes the setups of the one signing.
pub(super) struct AwaitingVoteSetup {
    commit: Box<Commit>,
    setups: Setups,
}

/// The vote failed here; it may have succeeded elsewhere.
pub(super) struct AwaitingCertificate {
    commit: Box<Commit>,
    failure: Failure,
    until: Millis,
}

/// What one protocol of a keygen, import or reshare ended with.
pub(super) struct Made {
    /// The chain whose own key it is.
    pub(super) chain: Option<String>,
    pub(super) output: Output,
}

/// All new shares of a vault.
struct New {
    ecdsa: Box<KeyShare>,
    eddsa: Option<Box<NewShare>>,
    chains: Vec<NewChainShare>,
}

/// A new share of the key of a single chain.
enum NewChainShare {
    Ecdsa(Box<KeyShare>),
    Eddsa(Box<NewShare>),
}

/// COMMIT 3, STAGE and PREP: write the shares down, then say what was written.
pub(super) fn stage(
    desk: &mut Desk,
    task: Task,
    made: Vec<Made>,
    names: &[String],
    rng: &mut dyn CryptoRng,
) -> Stage {
    let wrong = || Stage::Over(Err(Failure::fault(ANOTHER_KEY)));
    let Some(mut new) = New::of(made) else { return wrong() };
    let Some(chain_keys) = new.is_what_was_asked_for(&task) else { return wrong() };
    new.keep_the_first_of_each_key();
    let open = task.is_open();
    let (origin, imported, name, previous, epoch, rest) = match task {
        Task::Reshare(task) => {
            // BACKUP 5.4. What does not read back was never kept.
            let rest = task.held.and_then(|(_, keys)| carried(keys.rest?.as_ref()).ok());
            (Origin::Reshare, task.imported, task.name, task.previous, task.epoch, rest)
        }
        Task::Keygen(task) => (Origin::Keygen, task.import.is_some(), task.name, None, 1, None),
        Task::Keysign(_) | Task::Resume(_) => return Stage::Over(Err(fault())),
    };
    let New { ecdsa, eddsa, chains } = &new;
    let public: Vec<[u8; 33]> = ecdsa.public_shares();
    let members = names.iter().zip(&public).enumerate().map(|(id, (name, share))| Member {
        name,
        share_ecdsa: *share,
        share_eddsa: eddsa.as_ref().and_then(|new| new.public_shares.get(id).copied()),
    });
    let view = View {
        origin,
        session: desk.meeting.session.as_str(),
        fsid: Fsid(ecdsa.fsid()),
        previous,
        epoch,
        vault: VaultKey(ecdsa.public_key()),
        chain_code: ecdsa.chain_code(),
        public_key_eddsa: eddsa.as_ref().map(|new| new.share.public_key()),
        threshold: ecdsa.threshold(),
        members: members.collect(),
        imported: imported.then(|| Imported {
            chains: &chain_keys,
            shares: chains.iter().map(NewChainShare::public_shares).collect(),
        }),
    };
    let digest = if open { OPEN } else { view.digest() };
    let sharing = Sharing {
        fsid: view.fsid,
        vault: view.vault,
        public_key_eddsa: view.public_key_eddsa,
        chain_code: view.chain_code,
        epoch,
        state: State::Staged,
        threshold: view.threshold,
        parties: names.to_vec(),
        me: ecdsa.party_id(),
        digest,
        session: desk.meeting.session.to_string(),
        previous,
        certificate: None,
        created: desk.today(),
        backed_up: false,
        erased: false,
        imported,
        chain_keys: chain_keys.clone(),
    };
    let shares = Shares {
        chains: chains.iter().map(|share| (share.public_key(), share.to_bytes())).collect(),
        rest,
        ..Shares::of(ecdsa.to_bytes(), eddsa.as_ref().map(|new| new.share.to_bytes()))
    };
    // What will be read back later must load now, under every check of the loader.
    let Ok(keys) = home::load_keys(&shares, &sharing) else { return Stage::Over(Err(fault())) };
    desk.effects.push(Effect::Persist(Change::Stage {
        name: name.clone(),
        sharing: sharing.clone(),
        shares,
    }));
    if open {
        return AwaitingCompletion::open(desk, name, sharing);
    }
    let prep = Prep { staged: digest }.to_json();
    let me = desk.meeting.me.clone();
    for party in names.iter().filter(|party| **party != me) {
        desk.post(&Namespace::commit(), party, &prep, rng);
    }
    desk.news();
    Stage::Views(AwaitingViews {
        commit: Commit { name, sharing, keys, bans: Vec::new() },
        views: BTreeMap::new(),
    })
}

const ANOTHER_KEY: &str = "the protocol ended with another key than it ran for";

impl New {
    /// The vault's keys come first, in this order; then those of single chains.
    fn of(made: Vec<Made>) -> Option<Self> {
        let mut made = made.into_iter().peekable();
        let Some(Made { chain: None, output: Output::Ecdsa(ecdsa) }) = made.next() else {
            return None;
        };
        let mut eddsa = None;
        if made.peek().is_some_and(|next| next.chain.is_none()) {
            let Some(Made { output: Output::Eddsa(share), .. }) = made.next() else { return None };
            eddsa = Some(share);
        }
        let chains = made.map(|next| match next {
            Made { chain: Some(_), output: Output::Ecdsa(share) } => {
                Some(NewChainShare::Ecdsa(share))
            }
            Made { chain: Some(_), output: Output::Eddsa(share) } => {
                Some(NewChainShare::Eddsa(share))
            }
            _ => None,
        });
        Some(Self { ecdsa, eddsa, chains: chains.collect::<Option<_>>()? })
    }

    /// The engines compare the keys; here, once more and for all, before anything is written. The keys of single chains
    /// by their chains.
    fn is_what_was_asked_for(&self, task: &Task) -> Option<Vec<ChainKey>> {
        let Self { ecdsa, eddsa, chains } = self;
        let place = (ecdsa.party_id(), ecdsa.parties(), ecdsa.threshold());
        let complete = eddsa.as_ref().is_none_or(|new| is_whole(new, place))
            && chains.iter().all(|share| match share {
                NewChainShare::Ecdsa(share) => {
                    (share.party_id(), share.parties(), share.threshold()) == place
                }
                NewChainShare::Eddsa(new) => is_whole(new, place),
            });
        let public_key = eddsa.as_ref().map(|new| new.share.public_key());
        let named = eddsa.as_ref().map(|new| new.share.key_id());
        let keys: Vec<PublicKey> = chains.iter().map(NewChainShare::public_key).collect();
        // What the root key signs with path m is a certificate: no chain may sign with it.
        let apart = keys.iter().all(|key| {
            *key != PublicKey::Ecdsa(ecdsa.public_key())
                && public_key.is_none_or(|root| *key != PublicKey::Eddsa(root))
        });
        let fresh = || {
            ecdsa.key_id()[..] == Sha256::digest(ecdsa.public_key())[..]
                && named == public_key.map(|key| Sha256::digest(key).into())
        };
        let (same, chain_keys) = match task {
            Task::Keygen(Keygen { import: None, .. }) => (fresh() && keys.is_empty(), Vec::new()),
            Task::Keygen(Keygen { import: Some(import), .. }) => {
                let all = [PublicKey::Ecdsa(ecdsa.public_key())]
                    .into_iter()
                    .chain(public_key.map(PublicKey::Eddsa))
                    .chain(keys.iter().copied());
                let expected = import.expected.as_ref();
                let same = fresh()
                    && public_key.is_some()
                    && keys.len() == import.chains.len()
                    && expected.is_none_or(|expected| all.eq(expected.iter().copied()));
                let chains = import.chains.iter().zip(&keys);
                let named =
                    chains.map(|(chain, key)| ChainKey { chain: chain.name.to_owned(), key: *key });
                (same, named.collect())
            }
            Task::Reshare(task) => {
                let held = task.held.as_ref();
                let distinct = distinct(&task.chains).into_iter().map(|own| own.key);
                let same = held.is_none_or(|(sharing, _)| ecdsa.chain_code() == sharing.chain_code)
                    && ecdsa.public_key() == task.vault.0
                    && task.vault.0.starts_with(&ecdsa.key_id())
                    && task.previous != Some(Fsid(ecdsa.fsid()))
                    && public_key == task.eddsa
                    && named == task.eddsa
                    && keys.iter().copied().eq(distinct);
                (same, task.chains.clone())
            }
            Task::Keysign(_) | Task::Resume(_) => (false, Vec::new()),
        };
        (complete && apart && same).then_some(chain_keys)
    }

    /// A phrase may have been read by habits that this device does not know: chains of different paths with one key.
    fn keep_the_first_of_each_key(&mut self) {
        let mut seen = BTreeSet::new();
        self.chains.retain(|share| seen.insert(share.public_key()));
    }
}

/// Whether a new share of an Ed25519 key has this place, and everybody's public share beside it.
fn is_whole(new: &NewShare, place: (u8, u8, u8)) -> bool {
    new.public_shares.len() == usize::from(place.1)
        && (new.share.party_id(), new.share.parties(), new.share.threshold()) == place
}

impl NewChainShare {
    fn public_key(&self) -> PublicKey {
        match self {
            Self::Ecdsa(share) => PublicKey::Ecdsa(share.public_key()),
            Self::Eddsa(new) => PublicKey::Eddsa(new.share.public_key()),
        }
    }

    fn to_bytes(&self) -> Secret<Vec<u8>> {
        match self {
            Self::Ecdsa(share) => share.to_bytes(),
            Self::Eddsa(new) => new.share.to_bytes(),
        }
    }

    fn public_shares(&self) -> Vec<Vec<u8>> {
        match self {
            Self::Ecdsa(share) => share.public_shares().iter().map(|s| s.to_vec()).collect(),
            Self::Eddsa(new) => new.public_shares.iter().map(|s| s.to_vec()).collect(),
        }
    }
}

impl Commit {
    /// `c`.
    pub(super) fn message(&self) -> [u8; 32] {
        certificate::message(&self.sharing.digest)
    }

    /// Where the certificate is published, and where its signing runs.
    pub(super) fn result_id(&self) -> Namespace {
        self.certificate().id()
    }

    /// COMMIT 4: what the members sign, in this order, with one key after the other. The certificate comes last: where
    /// there is one, everybody who made it has seen that the new shares of both keys sign.
    fn targets(&self) -> Vec<Target> {
        let chains = distinct(&self.sharing.chain_keys).into_iter().map(|own| {
            let message = certificate::preimage_of_chain_key(&self.sharing.digest, &own.key);
            Target::of_chain_key(own.key, message)
        });
        let eddsa = self.sharing.public_key_eddsa.map(|public_key| Target::Eddsa {
            public_key,
            message: certificate::preimage(&self.sharing.digest),
            own: false,
        });
        chains.chain(eddsa).chain([self.certificate()]).collect()
    }

    fn certificate(&self) -> Target {
        let public_key = self.sharing.vault.0;
        Target::Ecdsa { public_key, path: "m".to_owned(), digest: self.message(), own: false }
    }

    /// The signings that certify the sharing.
    pub(super) fn acts(&self) -> Vec<Act> {
        self.targets().iter().map(|target| target.act(&self.keys)).collect()
    }

    /// Takes a seat in one of them.
    pub(super) fn sign(
        &self,
        act: usize,
        seat: Seat,
        rng: &mut dyn CryptoRng,
    ) -> Result<Leg, Failure> {
        let target = self.targets().into_iter().nth(act);
        engine::sign(seat, &self.keys, target.ok_or_else(fault)?, rng)
    }

    /// COMMIT 5, ACTIVATE: certificate, new state and the predecessor's retirement in one transaction; then the
    /// others may see it.
    pub(super) fn activate(mut self: Box<Self>, desk: &mut Desk, signature: [u8; 65]) -> Stage {
        let Some(certificate) = self.certificate().accept(&Raw::Ecdsa(signature)) else {
            return Stage::Over(Err(fault()));
        };
        if self.sharing.state != State::Active {
            let change =
                Change::Activate { fsid: self.sharing.fsid, certificate: signature.to_vec() };
            desk.effects.push(Effect::Persist(change));
        }
        let published = published::write(&certificate);
        desk.effects.push(Effect::PublishResult(self.result_id(), published));
        desk.effects.push(Effect::Complete);
        self.sharing.state = State::Active;
        self.sharing.certificate = Some(signature.to_vec());
        Stage::Over(Ok(Outcome::Vault { name: self.name, sharing: Box::new(self.sharing) }))
    }

    /// A published certificate, if it is one of this sharing.
    pub(super) fn published(&self, body: &str) -> Option<[u8; 65]> {
        match published::read(body, &self.certificate())? {
            Signature::Ecdsa { signature, .. } => Some(signature),
            Signature::Eddsa { .. } => None,
        }
    }

    pub(super) fn look_for_certificate(
        self: Box<Self>,
        desk: &mut Desk,
        failure: Failure,
    ) -> Stage {
        let until = Millis(desk.now.0.saturating_add(CERTIFICATE.min(desk.patience.round)));
        Stage::Certificate(AwaitingCertificate { commit: self, failure, until })
    }
}

impl AwaitingViews {
    pub(super) fn wants() -> Vec<Want> {
        vec![Want::Mailbox(Namespace::commit())]
    }

    pub(super) fn answer(
        mut self,
        desk: &mut Desk,
        answer: Answer,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        let namespace = Namespace::commit();
        let Answer::Mailbox(from, messages) = answer else { return Stage::Views(self) };
        if from != namespace {
            return Stage::Views(self);
        }
        for message in &messages {
            let Some(letter) = desk.mail.open(&desk.meeting.key, &namespace, message) else {
                continue;
            };
            desk.effects.push(Effect::Delete(namespace.clone(), message.hash.clone()));
            if let Some(prep) = Prep::from_json(&letter.bytes)
                && self.commit.sharing.parties.contains(&letter.from)
            {
                desk.news();
                self.views.entry(letter.from).or_insert(prep.staged);
            }
        }
        let own = self.commit.sharing.digest;
        if self.views.values().any(|view| *view != own) {
            return Stage::Over(Err(Failure::new(
                Kind::ViewsDiffer,
                "views differ: the devices do not hold the same new sharing; it was not activated",
                "nothing was lost; start again, and if it happens again leave one device out to find the wrong one",
            )));
        }
        if self.awaiting().is_empty() { self.vote(desk, rng) } else { Stage::Views(self) }
    }

    pub(super) fn tick(self, desk: &mut Desk) -> Stage {
        if desk.quiet() <= desk.patience.round {
            return Stage::Views(self);
        }
        let missing = self.awaiting();
        Stage::Over(Err(Failure {
            suspects: missing.clone(),
            ..Failure::new(
                Kind::Silent,
                format!(
                    "{} did not confirm the new sharing; it was not activated",
                    missing.join(", ")
                ),
                "what was in use before stays in use; start again",
            )
        }))
    }

    pub(super) fn awaiting(&self) -> Vec<String> {
        let sharing = &self.commit.sharing;
        let others =
            sharing.parties.iter().enumerate().filter(|(id, _)| *id != usize::from(sharing.me));
        others
            .map(|(_, party)| party)
            .filter(|party| !self.views.contains_key(*party))
            .cloned()
            .collect()
    }

    /// COMMIT 4, VOTE: durable before the first frame of the signing.
    fn vote(mut self, desk: &mut Desk, rng: &mut dyn CryptoRng) -> Stage {
        desk.effects.push(Effect::Persist(Change::Vote(self.commit.sharing.fsid)));
        self.commit.sharing.state = State::Voted;
        let setups = Setups::of(self.commit.acts());
        let mut waiting = AwaitingVoteSetup { commit: Box::new(self.commit), setups };
        if !desk.meeting.initiates() {
            return Stage::VoteSetup(waiting);
        }
        let AwaitingVoteSetup { commit, setups } = &mut waiting;
        match setups.make(desk, &commit.sharing.parties, rng) {
            Ok(()) => waiting.read(desk, rng),
            Err(_) => Stage::Over(Err(fault())),
        }
    }
}

impl AwaitingVoteSetup {
    pub(super) fn wants(&self) -> Vec<Want> {
        self.setups.wants()
    }

    pub(super) fn answer(
        mut self,
        desk: &mut Desk,
        answer: Answer,
        rng: &mut dyn CryptoRng,
    ) -> Stage {
        self.setups.take(desk, answer);
        if self.setups.complete() { self.read(desk, rng) } else { Stage::VoteSetup(self) }
    }

    pub(super) fn tick(self, desk: &mut Desk) -> Stage {
        if desk.quiet() <= desk.patience.round {
            return Stage::VoteSetup(self);
        }
        let initiator = desk.meeting.initiator_name();
        let failure = Failure {
            suspects: vec![initiator.clone()],
            ..Failure::new(
                Kind::Silent,
                format!("{initiator} fell silent before the new sharing was certified"),
                RESUME,
            )
        };
        self.commit.look_for_certificate(desk, failure)
    }

    /// Names, key ids, path and what is signed must be one's own, or this device does not vote.
    fn read(self, desk: &mut Desk, rng: &mut dyn CryptoRng) -> Stage {
        let started = self.setups.seats(desk, rng).and_then(|seats| {
            self.judge(&seats, &desk.meeting.initiator_name())?;
            let names = seats.first().map(|seat| seat.setup.names().to_vec()).unwrap_or_default();
            let legs = seats.into_iter().enumerate();
            let legs = legs.map(|(act, seat)| self.commit.sign(act, seat, rng));
            Ok((legs.collect::<Result<_, _>>()?, names))
        });
        match started {
            Ok((legs, names)) => {
                let purpose = Purpose::Vote(self.commit);
                Running::start(desk, legs, Late::default(), purpose, names, false, rng)
            }
            Err(failure) => self.commit.look_for_certificate(desk, failure),
        }
    }

    fn judge(&self, seats: &[Seat], initiator: &str) -> Result<(), Failure> {
        let mut members: Vec<&String> = self.commit.sharing.parties.iter().collect();
        members.sort();
        let agreed = seats.iter().zip(self.commit.acts()).all(|(seat, act)| {
            let mut named: Vec<&String> = seat.setup.names().iter().collect();
            named.sort();
            named == members && *seat.setup.body() == act.body
        });
        if agreed {
            return Ok(());
        }
        Err(Failure {
            suspects: vec![initiator.to_owned()],
            ..Failure::new(
                Kind::Aborted,
                format!("{initiator} asked to certify something other than the new sharing"),
                RESUME,
            )
        })
    }
}

impl AwaitingCertificate {
    pub(super) fn wants(&self) -> Vec<Want> {
        vec![Want::Result(self.commit.result_id())]
    }

    pub(super) fn answer(self, desk: &mut Desk, answer: &Answer) -> Stage {
        if let Answer::Result(id, Some(body)) = answer
            && *id == self.commit.result_id()
            && let Some(signature) = self.commit.published(body)
        {
            return self.commit.activate(desk, signature);
        }
        Stage::Certificate(self)
    }

    pub(super) fn tick(self, desk: &mut Desk) -> Stage {
        if desk.now < self.until {
            return Stage::Certificate(self);
        }
        let Failure { message, .. } = &self.failure;
        let message = format!("{message}; the new sharing is kept, waiting for its certificate");
        Stage::Over(Err(Failure { message, hint: RESUME.into(), ..self.failure }))
    }
}

const RESUME: &str = "what was in use before stays in use; when the devices are back, run 'quorate reshare VAULT --resume'";

fn fault() -> Failure {
    Failure::fault("the commit reached a state it cannot reach")
}
