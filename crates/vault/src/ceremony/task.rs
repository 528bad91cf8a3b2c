//! What a ceremony is about: who may take part, what the setup must say, what runs.

mod import;
mod reshare;

use quorate_chain::Chain;
use quorate_wire::hello::{Presence, Standing};
use quorate_wire::relay_api::Namespace;
use quorate_wire::setup::{Body, Setup, Suite};
use rand_core::CryptoRng;

use super::Request;
use super::commit::Commit;
use super::engine::{self, Leg};
use super::import::Brought;
use super::invite::Manner;
use super::running::Purpose;
use super::setups::{Act, Seat};
use super::subject::{Asked, Target};
use crate::certificate;
use crate::failure::{Failure, Kind};
use crate::home::Keys;
use crate::store::{self, Ban, ChainKey, Fsid, Sharing, State, VaultKey};

/// How many devices there are to be, and how many of them can sign.
#[derive(Clone, Copy)]
pub(super) struct Size {
    pub(super) devices: u8,
    pub(super) threshold: u8,
}

impl Size {
    /// As every client makes vaults of these devices.
    fn usual(committee: &[String]) -> Self {
        let devices = u8::try_from(committee.len()).unwrap_or(u8::MAX);
        Self { devices, threshold: least_threshold(devices) }
    }
}

/// A new vault.
pub(super) struct Keygen {
    pub(super) name: String,
    /// `None` if the link did not say: the committee is its size.
    pub(super) size: Option<Size>,
    pub(super) manner: Manner,
    /// What there is to it if its keys exist (CEREMONY 11).
    pub(super) import: Option<Import>,
}

/// What an import is about besides.
pub(super) struct Import {
    /// The chains that get a key of their own, in the order of the link.
    pub(super) chains: Vec<&'static Chain>,
    /// The public keys that the phrase makes, on the initiator: the vault's two, then the chains'.
    pub(super) expected: Option<Vec<store::PublicKey>>,
    /// The private keys, on the initiator until they are dealt.
    pub(super) brought: Option<Brought>,
}

/// A new sharing of an existing vault.
pub(super) struct Reshare {
    pub(super) name: String,
    pub(super) vault: VaultKey,
    /// Its Ed25519 key, if it has one.
    pub(super) eddsa: Option<[u8; 32]>,
    /// The sharing in use, unless another client's link brought a device that has no part in it.
    pub(super) previous: Option<Fsid>,
    /// The new epoch.
    pub(super) epoch: u64,
    /// The present members, by party id.
    pub(super) old: Vec<String>,
    /// `None` if the link did not say: the committee is its size.
    pub(super) size: Option<Size>,
    pub(super) manner: Manner,
    /// Members that must not come.
    pub(super) removed: Vec<String>,
    /// Whether the keys existed before the vault.
    pub(super) imported: bool,
    /// The keys that it has for single chains.
    pub(super) chains: Vec<ChainKey>,
    /// This device's shares of the sharing in use, if it is a member.
    pub(super) held: Option<(Sharing, Keys)>,
}

/// A signature.
pub(super) struct Keysign {
    pub(super) name: String,
    pub(super) sharing: Sharing,
    pub(super) keys: Keys,
    pub(super) bans: Vec<Ban>,
    pub(super) target: Target,
    pub(super) asked: Asked,
}

/// Of a ceremony whose size is not known yet.
const FEWEST: u8 = 2;

/// The keys of a vault, in the order in which they are made.
const SUITES: [Suite; 2] = [Suite::Ecdsa, Suite::Eddsa];

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
            Self::Keygen(Keygen { size, .. }) => size.map_or(FEWEST, |size| size.devices),
            Self::Reshare(task) => task.size.map_or(FEWEST, |size| size.devices),
            Self::Keysign(task) => task.sharing.threshold,
            Self::Resume(commit) => commit.sharing.threshold,
        })
    }

    /// Whether everybody who is there takes part, or only as many as are ready.
    pub(super) fn takes_everyone(&self) -> bool {
        matches!(self, Self::Keygen(_) | Self::Reshare(_))
    }

    /// Whether as many devices are here as may take part, as far as this device knows.
    pub(super) fn is_full(&self, present: usize) -> bool {
        match self {
            Self::Keygen(Keygen { size, .. }) => size.is_some() && present >= self.needed(),
            Self::Reshare(task) => task.size.is_some() && present >= self.needed(),
            Self::Keysign(_) | Self::Resume(_) => false,
        }
    }

    /// Whether other clients may take part, which say nothing of themselves in the lobby.
    pub(super) fn is_open(&self) -> bool {
        match self {
            Self::Keygen(task) => task.manner.open,
            Self::Reshare(task) => task.manner.open,
            Self::Keysign(task) => task.sharing.is_open(),
            Self::Resume(_) => false,
        }
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
            Self::Keygen(Keygen { size: None, .. }) => return Ok(()),
            Self::Keygen(Keygen { size: Some(size), .. }) => return surplus(present, *size),
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

    /// Whether this device takes part with the committee that the initiator has published.
    ///
    /// # Errors
    ///
    /// As [`Self::admits`]. But some clients sign under a name of the day: in an open vault its person decides.
    pub(super) fn joins(&self, committee: &[String]) -> Result<(), Failure> {
        match self {
            Self::Keysign(task) if task.sharing.is_open() && task.bans.is_empty() => Ok(()),
            _ => self.admits(committee, false),
        }
    }

    /// The protocols to run, one after the other, and what the initiator writes into their setups for these devices
    /// in this order.
    pub(super) fn acts(&self, committee: &[String]) -> Vec<Act> {
        match self {
            Self::Keygen(Keygen { import: Some(import), size, manner, .. }) => {
                let size = size.unwrap_or_else(|| Size::usual(committee));
                import.acts(size, *manner)
            }
            // Both keys begin with the same bytes.
            Self::Keygen(task) => SUITES
                .map(|suite| Act {
                    suite,
                    chain: None,
                    slots: if task.manner.batch {
                        [Namespace::default()].into_iter().chain(SUITES.map(batched)).collect()
                    } else {
                        vec![Namespace::default()]
                    },
                    mail: task.manner.mail(suite),
                    body: Body::Dkg { threshold: task.size(committee).threshold, key_id: None },
                })
                .into(),
            Self::Reshare(task) => task.acts(committee),
            Self::Keysign(task) => vec![task.target.act(&task.keys)],
            Self::Resume(commit) => commit.acts(),
        }
    }

    /// CEREMONY 4: the setup of one of [`Self::acts`] says what this device was asked for, and nothing else.
    ///
    /// # Errors
    ///
    /// Says what differs.
    pub(super) fn judge(
        &self,
        act: usize,
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
        let act = self.acts(setup.names()).into_iter().nth(act);
        let Some(act) = act.filter(|act| act.suite == setup.suite()) else {
            return differs("a key that this vault does not have");
        };
        let imports = matches!(self, Self::Keygen(Keygen { import: Some(_), .. }));
        if imports && setup.names().first().is_none_or(|first| first != initiator) {
            return differs("another device than the initiator is to bring the keys");
        }
        let (body, mut expected) = (setup.body(), act.body);
        match (self, body, &mut expected) {
            // A device without a share cannot know how the key was named, nor always the other key; the others check it.
            (
                Self::Reshare(task),
                Body::Qc { key_id, public_key, .. },
                Body::Qc { key_id: own, public_key: key, .. },
            ) if task.held.is_none() => {
                *own = *key_id;
                if task.is_new_to_the_other_key()
                    && act.chain.is_none()
                    && setup.suite() == Suite::Eddsa
                {
                    *key = *public_key;
                }
            }
            // The Ed25519 key knows no paths.
            (_, Body::Dsg { path, .. }, Body::Dsg { path: own, .. })
                if setup.suite() == Suite::Eddsa =>
            {
                own.clone_from(path);
            }
            _ => {}
        }
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
            (Body::Dsg { to_sign, .. }, Body::Dsg { to_sign: own, .. }) if to_sign != own => {
                "it asks to sign something else than what this device understood"
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

    /// CEREMONY 11.9: whether the initiator may make each setup when its protocol's turn has come.
    pub(super) fn makes_setups_late(&self) -> bool {
        let manner = Manner { open: true, batch: false };
        matches!(self, Self::Keygen(Keygen { import: Some(_), manner: of, .. }) if *of == manner)
    }

    /// What the person is asked.
    pub(super) fn request(&self, committee: &[String]) -> Request {
        let (vault, threshold, lines, blind) = match self {
            Self::Keygen(task) => (
                &task.name,
                task.size(committee).threshold,
                match &task.import {
                    None => vec![format!("make the new vault \"{}\"", task.name)],
                    Some(import) => import.lines(&task.name),
                },
                false,
            ),
            Self::Reshare(task) => {
                (&task.name, task.size(committee).threshold, task.lines(committee), false)
            }
            Self::Keysign(task) => {
                (&task.name, task.sharing.threshold, task.lines(committee), task.asked.blind)
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
        let decided = match self {
            Self::Keygen(Keygen { manner: Manner { open: true, .. }, .. }) => Some(
                "other clients may take part: it is in use once every device has said that it is done, and no certificate \
                 vouches for it",
            ),
            Self::Reshare(task) if task.manner.open => Some(
                "other clients may take part: once every device has said that it is done it is in use, without a certificate; \
                 until then what was in use before signs",
            ),
            _ => None,
        };
        Request {
            ceremony: self.word(),
            vault: vault.clone(),
            lines: lines.into_iter().chain(decided.map(str::to_owned)).collect(),
            blind,
            committee: committee.to_vec(),
            threshold,
            open: self.is_open(),
        }
    }

    /// Starts the protocols that the setups describe.
    ///
    /// # Errors
    ///
    /// What an engine refuses.
    pub(super) fn start(
        mut self,
        seats: Vec<Seat>,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Vec<Leg>, Purpose), Failure> {
        let mut legs = Vec::new();
        for (act, seat) in seats.into_iter().enumerate() {
            legs.push(self.start_act(act, seat, rng)?);
        }
        if let Self::Keygen(Keygen { import: Some(import), .. }) = &mut self {
            // The engines have taken them over, split.
            import.brought = None;
        }
        let purpose = match self {
            Self::Keygen(_) | Self::Reshare(_) => Purpose::Sharing(self),
            Self::Keysign(task) => Purpose::Keysign(task),
            Self::Resume(commit) => Purpose::Vote(commit),
        };
        Ok((legs, purpose))
    }
}

impl Task {
    /// Starts one of [`Self::acts`].
    ///
    /// # Errors
    ///
    /// What its engine refuses.
    pub(super) fn start_act(
        &self,
        act: usize,
        seat: Seat,
        rng: &mut dyn CryptoRng,
    ) -> Result<Leg, Failure> {
        match self {
            Self::Keygen(Keygen { import: Some(import), size, .. }) => {
                let size = size.unwrap_or_else(|| Size::usual(seat.setup.names()));
                import.start(act, seat, size.threshold, rng)
            }
            Self::Keygen(task) => {
                let threshold = task.size(seat.setup.names()).threshold;
                engine::keygen(seat, threshold, rng)
            }
            Self::Reshare(task) => engine::reshare(seat, task),
            Self::Keysign(task) => engine::sign(seat, &task.keys, task.target.clone(), rng),
            Self::Resume(commit) => commit.sign(act, seat, rng),
        }
    }
}

impl Keygen {
    fn size(&self, committee: &[String]) -> Size {
        self.size.unwrap_or_else(|| Size::usual(committee))
    }
}

impl Keysign {
    fn lines(&self, committee: &[String]) -> Vec<String> {
        let strangers = committee.iter().filter(|party| !self.sharing.parties.contains(party));
        let warnings = strangers.map(|party| {
            format!("UNKNOWN NAME: {party} is none of this vault's names; approve only if you know that device")
        });
        self.asked.lines.iter().cloned().chain(warnings).collect()
    }
}

impl Manner {
    /// Where a key's frames go.
    fn mail(self, suite: Suite) -> Namespace {
        if self.batch { batched(suite) } else { Namespace::default() }
    }
}

/// The namespace of a key in a batch.
fn batched(suite: Suite) -> Namespace {
    Namespace::batch(match suite {
        Suite::Ecdsa => "ecdsa",
        Suite::Eddsa => "eddsa",
    })
    .unwrap_or_default()
}

fn surplus(present: &[String], size: Size) -> Result<(), Failure> {
    let needed = usize::from(size.devices);
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
