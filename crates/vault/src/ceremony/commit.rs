//! The two-step commit of a new sharing (`spec/commit.md`): stage, compare, sign once together, activate.

use std::collections::BTreeMap;
use std::sync::Arc;

use quorate_ecdsa::KeyShare;
use quorate_wire::commit::Prep;
use quorate_wire::relay_api::Namespace;
use quorate_wire::setup::{self, Body, Setup};
use rand_core::CryptoRng;

use super::consent::take_seat;
use super::desk::{CERTIFICATE, Desk};
use super::engine::Engine;
use super::running::{Purpose, Running};
use super::task::{Task, sign_run};
use super::{Answer, Effect, Millis, Outcome, Stage, Want, published};
use crate::certificate::{self, Member, Origin, View};
use crate::failure::{Failure, Kind};
use crate::store::{Ban, Change, Fsid, Shares, Sharing, State, VaultKey};

/// A new sharing on its way to becoming the one that signs.
pub(super) struct Commit {
    pub(super) name: String,
    pub(super) sharing: Sharing,
    pub(super) share: Arc<KeyShare>,
    /// Members that failed a banning check in an earlier attempt to certify it.
    pub(super) bans: Vec<Ban>,
}

/// The members compare what they hold.
pub(super) struct AwaitingViews {
    commit: Commit,
    views: BTreeMap<String, [u8; 32]>,
}

/// All hold the same; the initiator makes the setup of the one signing.
pub(super) struct AwaitingVoteSetup {
    commit: Box<Commit>,
}

/// The vote failed here; it may have succeeded elsewhere.
pub(super) struct AwaitingCertificate {
    commit: Box<Commit>,
    failure: Failure,
    until: Millis,
}

/// COMMIT 3, STAGE and PREP: write the share down, then say what was written.
pub(super) fn stage(
    desk: &mut Desk,
    task: Task,
    share: KeyShare,
    names: &[String],
    rng: &mut dyn CryptoRng,
) -> Stage {
    let (origin, name, previous, epoch) = match task {
        Task::Reshare(task) => (Origin::Reshare, task.name, Some(task.previous), task.epoch),
        Task::Keygen(task) => (Origin::Keygen, task.name, None, 1),
        Task::Keysign(_) | Task::Resume(_) => return Stage::Over(Err(fault())),
    };
    let public: Vec<[u8; 33]> = share.public_shares();
    let members: Vec<Member<'_>> = names
        .iter()
        .zip(&public)
        .map(|(name, share)| Member { name, share_ecdsa: *share, share_eddsa: None })
        .collect();
    let view = View {
        origin,
        session: desk.meeting.session.as_str(),
        fsid: Fsid(share.fsid()),
        previous,
        epoch,
        vault: VaultKey(share.public_key()),
        chain_code: share.chain_code(),
        public_key_eddsa: None,
        threshold: share.threshold(),
        members,
    };
    let digest = view.digest();
    let sharing = Sharing {
        fsid: view.fsid,
        vault: view.vault,
        public_key_eddsa: None,
        chain_code: view.chain_code,
        epoch,
        state: State::Staged,
        threshold: view.threshold,
        parties: names.to_vec(),
        me: share.party_id(),
        digest,
        session: desk.meeting.session.to_string(),
        previous,
        certificate: None,
        created: desk.today(),
        backed_up: false,
        erased: false,
    };
    let shares = Shares { ecdsa: share.to_bytes(), eddsa: None };
    // What will be read back later must load now, under every check of the loader.
    if KeyShare::from_bytes(shares.ecdsa.expose()).is_err() {
        return Stage::Over(Err(fault()));
    }
    desk.effects.push(Effect::Persist(Change::Stage {
        name: name.clone(),
        sharing: sharing.clone(),
        shares,
    }));
    let prep = Prep { staged: digest }.to_json();
    let me = desk.meeting.me.clone();
    for party in names.iter().filter(|party| **party != me) {
        desk.post(&Namespace::commit(), party, &prep, rng);
    }
    desk.news();
    Stage::Views(AwaitingViews {
        commit: Commit { name, sharing, share: Arc::new(share), bans: Vec::new() },
        views: BTreeMap::new(),
    })
}

impl Commit {
    /// `c`.
    pub(super) fn message(&self) -> [u8; 32] {
        certificate::message(&self.sharing.digest)
    }

    /// Where the certificate is published, and where its signing runs.
    pub(super) fn result_id(&self) -> Namespace {
        Namespace::of_message(&self.message())
    }

    /// The setup of the one signing.
    pub(super) fn body(&self) -> Body {
        Body::Dsg { key_id: self.share.key_id(), path: "m".to_owned(), hash: Some(self.message()) }
    }

    /// COMMIT 5, ACTIVATE: certificate, new state and the predecessor's retirement in one transaction; then the
    /// others may see it.
    pub(super) fn activate(mut self: Box<Self>, desk: &mut Desk, signature: [u8; 65]) -> Stage {
        if !certificate::certifies(&signature, &self.sharing) {
            return Stage::Over(Err(fault()));
        }
        let published = published::write(&self.message(), &signature);
        if self.sharing.state != State::Active {
            let change =
                Change::Activate { fsid: self.sharing.fsid, certificate: signature.to_vec() };
            desk.effects.push(Effect::Persist(change));
        }
        desk.effects.push(Effect::PublishResult(self.result_id(), published));
        desk.effects.push(Effect::Complete);
        self.sharing.state = State::Active;
        self.sharing.certificate = Some(signature.to_vec());
        Stage::Over(Ok(Outcome::Vault { name: self.name, sharing: Box::new(self.sharing) }))
    }

    /// A published certificate, if it is one of this sharing.
    pub(super) fn published(&self, body: &str) -> Option<[u8; 65]> {
        published::read(body, Some((self.sharing.vault.0, self.message())))
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
        let waiting = AwaitingVoteSetup { commit: Box::new(self.commit) };
        if !desk.meeting.initiates() {
            return Stage::VoteSetup(waiting);
        }
        match setup::build(waiting.commit.body(), &waiting.commit.sharing.parties, rng) {
            Ok(bytes) => {
                desk.put_setup(&waiting.commit.result_id(), &bytes, rng);
                waiting.read(desk, &bytes, rng)
            }
            Err(_) => Stage::Over(Err(fault())),
        }
    }
}

impl AwaitingVoteSetup {
    pub(super) fn wants(&self) -> Vec<Want> {
        vec![Want::Setup(self.commit.result_id())]
    }

    pub(super) fn answer(self, desk: &mut Desk, answer: Answer, rng: &mut dyn CryptoRng) -> Stage {
        match answer {
            Answer::Setup(slot, Some(body)) if slot == self.commit.result_id() => {
                match desk.meeting.key.open(&body) {
                    Ok(bytes) => self.read(desk, &bytes, rng),
                    Err(_) => Stage::VoteSetup(self),
                }
            }
            _ => Stage::VoteSetup(self),
        }
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

    /// Names, key id, path and `c` must be one's own, or this device does not vote.
    fn read(self, desk: &mut Desk, bytes: &[u8], rng: &mut dyn CryptoRng) -> Stage {
        let initiator = desk.meeting.initiator_name();
        let started = take_seat(&desk.meeting.me, &initiator, bytes, rng).and_then(|seat| {
            self.judge(&seat.setup, &initiator)?;
            let names = seat.setup.names().to_vec();
            let run = sign_run(seat, &self.commit.share, "m", self.commit.message(), rng)?;
            Ok((run, names))
        });
        match started {
            Ok((run, names)) => {
                let namespace = self.commit.result_id();
                Running::start(
                    desk,
                    Engine::Sign(run),
                    Purpose::Vote(self.commit),
                    names,
                    namespace,
                    rng,
                )
            }
            Err(failure) => self.commit.look_for_certificate(desk, failure),
        }
    }

    fn judge(&self, setup: &Setup, initiator: &str) -> Result<(), Failure> {
        let mut named: Vec<&String> = setup.names().iter().collect();
        let mut members: Vec<&String> = self.commit.sharing.parties.iter().collect();
        named.sort();
        members.sort();
        if named == members && *setup.body() == self.commit.body() {
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
    Failure::new(
        Kind::Aborted,
        "the commit reached a state it cannot reach",
        "please report this: it is a fault of this program",
    )
}
