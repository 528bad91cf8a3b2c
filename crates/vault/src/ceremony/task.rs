//! What a ceremony is about: who may take part, what the setup must say, what runs.

use std::sync::Arc;

use quorate_core::{Committee, PartyIndex};
use quorate_ecdsa::derive::DerivationPath;
use quorate_ecdsa::{KeyShare, dkg, quorum_change, sign};
use quorate_wire::hello::{Presence, Standing};
use quorate_wire::relay_api::Namespace;
use quorate_wire::setup::{Body, Setup};
use rand_core::CryptoRng;

use super::Request;
use super::commit::Commit;
use super::consent::Seat;
use super::engine::Engine;
use super::running::Purpose;
use crate::certificate;
use crate::failure::{Failure, Kind};
use crate::run::Run;
use crate::store::{Ban, Fsid, Sharing, State, VaultKey};

/// A new vault.
pub(super) struct Keygen {
    pub(super) name: String,
    pub(super) devices: u8,
    pub(super) threshold: u8,
}

/// A new sharing of an existing vault.
pub(super) struct Reshare {
    pub(super) name: String,
    pub(super) vault: VaultKey,
    /// The sharing in use.
    pub(super) previous: Fsid,
    /// The new epoch.
    pub(super) epoch: u64,
    /// The present members, by party id.
    pub(super) old: Vec<String>,
    pub(super) devices: u8,
    pub(super) threshold: u8,
    /// Members that must not come.
    pub(super) removed: Vec<String>,
    /// This device's share of the sharing in use, if it is a member.
    pub(super) held: Option<(Sharing, Arc<KeyShare>)>,
}

/// A signature.
pub(super) struct Keysign {
    pub(super) name: String,
    pub(super) sharing: Sharing,
    pub(super) share: Arc<KeyShare>,
    pub(super) bans: Vec<Ban>,
    /// The derived key, SEC1 compressed.
    pub(super) public_key: [u8; 33],
    pub(super) asked: Asked,
}

/// What somebody asked to have signed, as this device decoded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The digest this device computed (or was given, for a blind signature).
    pub digest: [u8; 32],
    /// The derivation path, such as `m/44/60/0/0/0`.
    pub path: String,
    /// What it is, a line each.
    pub lines: Vec<String>,
    /// Whether nobody can see what the digest stands for.
    pub blind: bool,
}

impl Asked {
    /// The id under which it is signed: md5 of the digest's hex text.
    pub fn id(&self) -> Namespace {
        Namespace::of_message(&self.digest)
    }
}

/// A finished signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The vault's name on this device.
    pub vault: String,
    /// The derived public key, SEC1 compressed.
    pub public_key: [u8; 33],
    /// The derivation path.
    pub path: String,
    /// The digest that was signed.
    pub digest: [u8; 32],
    /// r ‖ s ‖ recovery id.
    pub signature: [u8; 65],
}

/// What a ceremony is about.
pub(super) enum Task {
    Keygen(Keygen),
    Reshare(Box<Reshare>),
    Keysign(Box<Keysign>),
    /// The certificate of a sharing whose ceremony was cut short.
    Resume(Box<Commit>),
}

/// The least threshold this project makes: ⌈2n/3⌉.
pub fn least_threshold(devices: u8) -> u8 {
    let n = u16::from(devices);
    u8::try_from((2 * n).div_ceil(3)).unwrap_or(u8::MAX)
}

/// Refuses a threshold that this project does not make, with the reason.
///
/// # Errors
///
/// [`Kind::Forbidden`] unless 2 ≤ devices and ⌈2·devices/3⌉ ≤ threshold ≤ devices.
pub fn judge_threshold(threshold: u8, devices: u8) -> Result<(), Failure> {
    let least = least_threshold(devices);
    let refuse = |why: String, hint: &str| Err(Failure::new(Kind::Forbidden, why, hint));
    if devices < 2 {
        return refuse(
            format!("a vault needs at least two devices, not {devices}"),
            "ask for two or more: one device alone would hold the whole key",
        );
    }
    if threshold < least {
        return refuse(
            format!(
                "threshold {threshold} of {devices} is too low: at least {least} devices must sign together"
            ),
            "ask for a higher threshold, or leave it out",
        );
    }
    if threshold > devices {
        return refuse(
            format!("threshold {threshold} is more than the {devices} devices"),
            "ask for a lower threshold, or for more devices",
        );
    }
    Ok(())
}

impl Task {
    /// What people call it.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Keygen(_) => "keygen",
            Self::Reshare(_) => "reshare",
            Self::Keysign(_) => "keysign",
            Self::Resume(_) => "commit",
        }
    }

    /// How many devices must be there before it can start.
    pub(super) fn needed(&self) -> usize {
        usize::from(match self {
            Self::Keygen(task) => task.devices,
            Self::Reshare(task) => task.devices,
            Self::Keysign(task) => task.sharing.threshold,
            Self::Resume(commit) => commit.sharing.threshold,
        })
    }

    /// Whether everybody who is there takes part, or only as many as are ready.
    pub(super) fn takes_everyone(&self) -> bool {
        matches!(self, Self::Keygen(_) | Self::Reshare(_))
    }

    /// What this device says of itself in the lobby.
    pub(super) fn presence(&self) -> Presence {
        let of = |sharing: &Sharing| Presence {
            fsid: Some(sharing.fsid.0),
            state: match sharing.state {
                State::Staged => Standing::Staged,
                State::Voted => Standing::Voted,
                State::Active => Standing::Active,
                State::Retired => Standing::None,
            },
            certificate: sharing.certificate.as_deref().and_then(|bytes| bytes.try_into().ok()),
        };
        match self {
            Self::Keygen(_) => Presence::new_device(),
            Self::Reshare(task) => {
                task.held.as_ref().map_or_else(Presence::new_device, |(sharing, _)| of(sharing))
            }
            Self::Keysign(task) => of(&task.sharing),
            Self::Resume(commit) => of(&commit.sharing),
        }
    }

    /// The sharing of this device that still waits for its certificate.
    pub(super) fn uncertified(&mut self) -> Option<(&str, &mut Sharing)> {
        let (name, sharing) = match self {
            Self::Keysign(task) => (&task.name, &mut task.sharing),
            Self::Resume(commit) => (&commit.name, &mut commit.sharing),
            Self::Keygen(_) | Self::Reshare(_) => return None,
        };
        matches!(sharing.state, State::Staged | State::Voted).then_some((name.as_str(), sharing))
    }

    /// Whether these devices may meet for this.
    ///
    /// # Errors
    ///
    /// Names the device that may not be here, or is missing, or is one too many.
    pub(super) fn admits(&self, present: &[String], complete: bool) -> Result<(), Failure> {
        let (members, bans) = match self {
            Self::Keygen(_) => return surplus(present, self.needed()),
            Self::Reshare(task) => return task.admits(present, complete),
            Self::Keysign(task) => (&task.sharing.parties, &task.bans),
            Self::Resume(commit) => (&commit.sharing.parties, &commit.bans),
        };
        if let Some(ban) = bans.iter().find(|ban| present.contains(&ban.party)) {
            return Err(banned(ban));
        }
        match present.iter().find(|party| !members.contains(party)) {
            Some(stranger) => Err(Failure::new(
                Kind::Surplus,
                format!("{stranger} is no member of this vault"),
                "only its members can sign; start again without that device",
            )),
            None => Ok(()),
        }
    }

    /// What the initiator writes into the setup, for these devices in this order.
    pub(super) fn body(&self, committee: &[String]) -> Body {
        match self {
            Self::Keygen(task) => Body::Dkg { threshold: task.threshold, key_id: None },
            Self::Reshare(task) => {
                let key_id =
                    task.held.as_ref().map(|(_, share)| share.key_id()).unwrap_or_default();
                task.body(committee, key_id)
            }
            Self::Keysign(task) => Body::Dsg {
                key_id: task.share.key_id(),
                path: task.asked.path.clone(),
                hash: Some(task.asked.digest),
            },
            Self::Resume(commit) => commit.body(),
        }
    }

    /// Where the setup is found, and where the protocol runs.
    pub(super) fn namespace(&self) -> Namespace {
        match self {
            Self::Keygen(_) | Self::Reshare(_) => Namespace::default(),
            Self::Keysign(task) => task.asked.id(),
            Self::Resume(commit) => commit.result_id(),
        }
    }

    /// CEREMONY 4: the setup says what this device was asked for, and nothing else.
    ///
    /// # Errors
    ///
    /// Says what differs.
    pub(super) fn judge(
        &self,
        setup: &Setup,
        committee: &[String],
        initiator: &str,
    ) -> Result<(), Failure> {
        let differs = |what: &str| {
            Err(Failure {
                suspects: vec![initiator.to_owned()],
                ..Failure::new(
                    Kind::Aborted,
                    format!("the setup made by {initiator} differs from what was agreed: {what}"),
                    "do not approve it on any device; start again",
                )
            })
        };
        let mut named: Vec<&String> = setup.names().iter().collect();
        let mut met: Vec<&String> = committee.iter().collect();
        named.sort();
        met.sort();
        if named != met {
            return differs("it names other devices than those that met");
        }
        let body = setup.body();
        let expected = match (self, body) {
            // A device without a share cannot know how the key was named; the others check it.
            (Self::Reshare(task), Body::Qc { key_id, .. }) if task.held.is_none() => {
                task.body(setup.names(), *key_id)
            }
            _ => self.body(setup.names()),
        };
        match (body, &expected) {
            (Body::Dkg { threshold, .. }, Body::Dkg { .. })
            | (Body::Qc { threshold, .. }, Body::Qc { .. }) => {
                judge_threshold(*threshold, u8::try_from(committee.len()).unwrap_or(u8::MAX))?;
            }
            _ => {}
        }
        if *body == expected {
            return Ok(());
        }
        differs(match (body, &expected) {
            (Body::Dkg { .. }, Body::Dkg { .. }) => "another threshold or key id",
            (Body::Dsg { hash, .. }, Body::Dsg { hash: own, .. }) if hash != own => {
                "it asks to sign another digest than the one computed here"
            }
            (Body::Dsg { path, .. }, Body::Dsg { path: own, .. }) if path != own => {
                "another derivation path"
            }
            (Body::Dsg { .. }, Body::Dsg { .. }) => "another key",
            (Body::Qc { .. }, Body::Qc { .. }) => {
                "another key, threshold or division of old and new members"
            }
            _ => "another kind of ceremony",
        })
    }

    /// What the person is asked.
    pub(super) fn request(&self, committee: &[String]) -> Request {
        let (vault, threshold, lines, blind) = match self {
            Self::Keygen(task) => (
                &task.name,
                task.threshold,
                vec![format!("make the new vault \"{}\"", task.name)],
                false,
            ),
            Self::Reshare(task) => (&task.name, task.threshold, task.lines(committee), false),
            Self::Keysign(task) => {
                (&task.name, task.sharing.threshold, task.asked.lines.clone(), task.asked.blind)
            }
            Self::Resume(commit) => (
                &commit.name,
                commit.sharing.threshold,
                vec![format!(
                    "finish epoch {} of \"{}\": certify the new sharing",
                    commit.sharing.epoch, commit.name
                )],
                false,
            ),
        };
        Request {
            ceremony: self.word(),
            vault: vault.clone(),
            lines,
            blind,
            committee: committee.to_vec(),
            threshold,
        }
    }

    /// Starts the protocol that the setup describes.
    ///
    /// # Errors
    ///
    /// What the engine refuses.
    pub(super) fn start(
        self,
        seat: Seat,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Engine, Purpose), Failure> {
        let refused = |why: String| {
            Failure::new(
                Kind::Aborted,
                format!("the protocol cannot start: {why}"),
                "start the ceremony again",
            )
        };
        match self {
            Self::Keygen(task) => {
                let Seat { me, exchange, .. } = seat;
                let committee = Committee::new(me, task.devices, task.threshold)
                    .map_err(|why| refused(why.to_string()))?;
                let run = Run::start(exchange, |channel| {
                    Ok::<_, Failure>(dkg::Session::start(
                        dkg::Params { committee, key_id: None },
                        channel,
                        rng,
                    ))
                })?;
                Ok((Engine::Keygen(run), Purpose::Sharing(Self::Keygen(task))))
            }
            Self::Reshare(task) => {
                let Seat { setup, me, exchange } = seat;
                let (old, new) = task.places(setup.names());
                let params = quorum_change::Params {
                    me,
                    parties: task.devices,
                    old,
                    new,
                    threshold: task.threshold,
                    public_key: task.vault.0,
                    share: task.held.as_ref().map(|(_, share)| Arc::clone(share)),
                };
                let run = Run::start(exchange, |channel| {
                    quorum_change::Session::start(params, channel)
                        .map_err(|why| refused(why.to_string()))
                })?;
                Ok((Engine::Reshare(run), Purpose::Sharing(Self::Reshare(task))))
            }
            Self::Keysign(task) => {
                let run = sign_run(seat, &task.share, &task.asked.path, task.asked.digest, rng)?;
                Ok((Engine::Sign(run), Purpose::Keysign(task)))
            }
            Self::Resume(commit) => {
                let run = sign_run(seat, &commit.share, "m", commit.message(), rng)?;
                Ok((Engine::Sign(run), Purpose::Vote(commit)))
            }
        }
    }
}

impl Reshare {
    /// Positions of the old and of the new members in the setup: everyone who takes part is a new member.
    fn places(
        &self,
        names: &[String],
    ) -> (std::collections::BTreeSet<PartyIndex>, Vec<PartyIndex>) {
        let all: Vec<PartyIndex> =
            PartyIndex::first(u8::try_from(names.len()).unwrap_or(u8::MAX)).collect();
        let old = all
            .iter()
            .zip(names)
            .filter(|(_, name)| self.old.contains(name))
            .map(|(&index, _)| index)
            .collect();
        (old, all)
    }

    fn body(&self, committee: &[String], key_id: [u8; 32]) -> Body {
        let (old, new) = self.places(committee);
        Body::Qc {
            key_id,
            public_key: self.vault.0,
            old: old.into_iter().collect(),
            new,
            threshold: self.threshold,
        }
    }

    fn admits(&self, present: &[String], complete: bool) -> Result<(), Failure> {
        if let Some(party) = present.iter().find(|party| self.removed.contains(party)) {
            return Err(Failure::new(
                Kind::Surplus,
                format!("{party} is being removed and must not take part"),
                "start again without that device",
            ));
        }
        surplus(present, usize::from(self.devices))?;
        let missing: Vec<&String> = self
            .old
            .iter()
            .filter(|party| !self.removed.contains(party) && !present.contains(party))
            .collect();
        if complete && !missing.is_empty() {
            let names: Vec<&str> = missing.iter().map(|name| name.as_str()).collect();
            return Err(Failure::new(
                Kind::Forbidden,
                format!("{} neither joined nor was removed", names.join(", ")),
                "start again with that device, or name it with --remove",
            ));
        }
        Ok(())
    }

    fn lines(&self, committee: &[String]) -> Vec<String> {
        let added: Vec<&str> = committee
            .iter()
            .filter(|party| !self.old.contains(party))
            .map(String::as_str)
            .collect();
        let gone: Vec<&str> = self
            .old
            .iter()
            .filter(|party| !committee.contains(party))
            .map(String::as_str)
            .collect();
        let mut lines =
            vec![format!("share \"{}\" anew: epoch {}, same addresses", self.name, self.epoch)];
        if !added.is_empty() {
            lines.push(format!("added: {}", added.join(", ")));
        }
        if !gone.is_empty() {
            lines.push(format!("left out: {} (its old share must be deleted)", gone.join(", ")));
        }
        lines
    }
}

pub(super) fn sign_run(
    seat: Seat,
    share: &Arc<KeyShare>,
    path: &str,
    hash: [u8; 32],
    rng: &mut dyn CryptoRng,
) -> Result<Run<sign::Session>, Failure> {
    let refused = |why: String| {
        Failure::new(
            Kind::Forbidden,
            format!("this cannot be signed: {why}"),
            "check what was asked for",
        )
    };
    let Seat { setup, me, exchange } = seat;
    let signers = u8::try_from(setup.names().len()).unwrap_or(u8::MAX);
    let path = DerivationPath::parse(path).map_err(|why| refused(why.to_string()))?;
    Run::start(exchange, |channel| {
        sign::Session::start(
            sign::Params { share: Arc::clone(share), me, signers, path, hash },
            channel,
            rng,
        )
        .map_err(|why| refused(why.to_string()))
    })
}

fn surplus(present: &[String], needed: usize) -> Result<(), Failure> {
    match present.get(needed..) {
        Some(surplus) if !surplus.is_empty() => Err(Failure::new(
            Kind::Surplus,
            format!(
                "{needed} devices were asked for, but these came as well: {}",
                surplus.join(", ")
            ),
            "start again with the right number of devices, and show the link to nobody else",
        )),
        _ => Ok(()),
    }
}

pub(super) fn banned(ban: &Ban) -> Failure {
    Failure::new(
        Kind::Forbidden,
        format!("{} is banned from this sharing: it failed check {}", ban.party, ban.check),
        "sign with other devices, or reshare: a reshare makes fresh shares and ends the ban",
    )
}

/// `signature`, if it certifies `sharing`.
pub(super) fn certified(sharing: &Sharing, signature: Option<[u8; 65]>) -> Option<[u8; 65]> {
    signature.filter(|signature| certificate::certifies(signature, sharing))
}
