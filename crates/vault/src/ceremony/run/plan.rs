//! What one protocol of a ceremony is to do, written down before it has a setup.

use std::collections::BTreeSet;

use quorate_chain::{Curve, PublicKey};
use quorate_core::PartyIndex;
use quorate_wire::relay_api::Namespace;
use quorate_wire::setup::{self, Body, Setup, Suite};
use rand_core::CryptoRng;

use super::active::{self, ActiveRun};
use super::setups::Instance;
use super::signing::SigningRun;
use crate::ceremony::plan::gathering::{check_threshold, usual_threshold as usual};
use crate::failure::{Failure, Kind};
use crate::phrase::PrivateKey;
use crate::share::Share;

/// One protocol of a ceremony.
pub(in crate::ceremony) struct RunPlan {
    /// Which engine runs it.
    pub(in crate::ceremony) suite: Suite,
    /// The chain whose own key it is about; `None` for the vault's keys.
    pub(in crate::ceremony) chain: Option<String>,
    /// Where its setup is stored, and where else it is looked for: clients differ, so it is written to all and read
    /// from any. Two protocols that begin with the same bytes have the same slots.
    pub(in crate::ceremony) slots: Vec<Namespace>,
    /// Where its frames go.
    pub(in crate::ceremony) mailbox: Namespace,
    /// What it does.
    pub(in crate::ceremony) protocol: Protocol,
}

/// What a protocol does, and what this device brings to it. A threshold that nobody has said is ⌈2n/3⌉ of those that
/// meet.
pub(in crate::ceremony) enum Protocol {
    /// Makes a key.
    Keygen { threshold: Option<u8> },
    /// Shares a key that exists.
    Import {
        threshold: Option<u8>,
        /// The key and its chain code, on the initiator.
        key: Option<(PrivateKey, [u8; 32])>,
        /// Its public key, on the initiator.
        public_key: Option<PublicKey>,
    },
    /// Shares a key anew.
    Reshare {
        threshold: Option<u8>,
        /// The key; `None` where only the setup says it.
        public_key: Option<PublicKey>,
        /// Who has a share of it, by name.
        old: Vec<String>,
        /// This device's share, if it has one.
        share: Option<Share>,
    },
    /// Signs.
    Sign {
        /// This device's share of the key.
        share: Share,
        /// What is signed.
        signing: SigningRun,
    },
}

impl RunPlan {
    /// What the initiator writes into the setup for these devices in this order.
    pub(in crate::ceremony) fn body(&self, names: &[String]) -> Body {
        let or_usual = |threshold: Option<u8>| threshold.unwrap_or_else(|| usual(names));
        match &self.protocol {
            Protocol::Keygen { threshold } | Protocol::Import { threshold, .. } => {
                Body::Dkg { threshold: or_usual(*threshold), key_id: None }
            }
            Protocol::Reshare { threshold, public_key, old, share } => {
                let (old, new) = places(names, old);
                // A device that learns the key from the setup never writes one; what it expects has the setup's key.
                let unknown = match self.suite {
                    Suite::Ecdsa => setup::PublicKey::Ecdsa([0; 33]),
                    Suite::Eddsa => setup::PublicKey::Eddsa([0; 32]),
                };
                Body::Qc {
                    key_id: share.as_ref().map(Share::key_id).unwrap_or_default(),
                    public_key: public_key.map_or(unknown, in_setups),
                    old: old.into_iter().collect(),
                    new,
                    threshold: or_usual(*threshold),
                }
            }
            Protocol::Sign { share, signing } => signing.body(share),
        }
    }

    /// CEREMONY 4: the setup says what this device was asked for, and nothing else.
    ///
    /// # Errors
    ///
    /// Says what differs.
    pub(in crate::ceremony) fn check(
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
        let sorted = |names: &[String]| names.iter().cloned().collect::<BTreeSet<String>>();
        if sorted(setup.names()) != sorted(committee) || setup.names().len() != committee.len() {
            return differs("it names other devices than those that met");
        }
        if self.suite != setup.suite() {
            return differs("a key that this vault does not have");
        }
        // Whoever stands first deals the key (CEREMONY 11.2): nobody else has it.
        if matches!(self.protocol, Protocol::Import { .. })
            && setup.names().first().is_none_or(|first| first != initiator)
        {
            return differs("another device than the initiator is to bring the keys");
        }
        // Links of other clients name no threshold: then this setup is the first to say one.
        if let Body::Dkg { threshold, .. } | Body::Qc { threshold, .. } = setup.body()
            && !matches!(self.protocol, Protocol::Sign { .. })
        {
            check_threshold(*threshold, u8::try_from(committee.len()).unwrap_or(u8::MAX))?;
        }
        let expected = self.body_known_by(setup);
        let body = setup.body();
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

    /// What the setup must say, with its own words where this device cannot know them.
    fn body_known_by(&self, setup: &Setup) -> Body {
        let mut expected = self.body(setup.names());
        match (&self.protocol, setup.body(), &mut expected) {
            // A device without a share cannot know how the key was named, nor always the key; the others check it.
            (
                Protocol::Reshare { share: None, public_key, .. },
                Body::Qc { key_id, public_key: named, .. },
                Body::Qc { key_id: own_id, public_key: own_key, .. },
            ) => {
                *own_id = *key_id;
                if public_key.is_none() {
                    *own_key = *named;
                }
            }
            // The Ed25519 key knows no paths.
            (Protocol::Sign { .. }, Body::Dsg { path, .. }, Body::Dsg { path: own, .. })
                if setup.suite() == Suite::Eddsa =>
            {
                own.clone_from(path);
            }
            _ => {}
        }
        expected
    }

    /// Starts it, by a setup that has been checked.
    ///
    /// # Errors
    ///
    /// What its engine refuses.
    pub(in crate::ceremony) fn start(
        self,
        instance: Instance,
        rng: &mut dyn CryptoRng,
    ) -> Result<ActiveRun, Failure> {
        let names = instance.setup.names().to_vec();
        let or_usual = |threshold: Option<u8>| threshold.unwrap_or_else(|| usual(&names));
        let (engine, expected, signing) = match self.protocol {
            Protocol::Keygen { threshold } => {
                (active::keygen(instance, or_usual(threshold), rng)?, None, None)
            }
            Protocol::Import { threshold, key, public_key } => {
                let threshold = or_usual(threshold);
                (active::import(instance, threshold, key.as_ref(), rng)?, public_key, None)
            }
            Protocol::Reshare { threshold, old, share, .. } => {
                let (old, new) = places(&names, &old);
                let threshold = or_usual(threshold);
                let Body::Qc { public_key, .. } = instance.setup.body() else {
                    return Err(Failure::fault("a setup of another protocol has been checked"));
                };
                let public_key = of_setup(*public_key);
                let change = active::Change { old, new, threshold, public_key, share };
                (active::reshare(instance, change)?, Some(public_key), None)
            }
            Protocol::Sign { share, signing } => {
                (active::sign(instance, &share, &signing, rng)?, None, Some(signing))
            }
        };
        Ok(ActiveRun {
            suite: self.suite,
            chain: self.chain,
            mailbox: self.mailbox,
            engine,
            expected,
            signing,
        })
    }
}

/// Positions of the old and of the new members in the setup: everyone who takes part is a new member.
fn places(names: &[String], old: &[String]) -> (BTreeSet<PartyIndex>, Vec<PartyIndex>) {
    let all: Vec<PartyIndex> =
        PartyIndex::first(u8::try_from(names.len()).unwrap_or(u8::MAX)).collect();
    let is_old =
        |index: &PartyIndex| names.get(usize::from(*index)).is_some_and(|name| old.contains(name));
    (all.iter().copied().filter(is_old).collect(), all)
}

/// The engine whose keys these are.
pub(in crate::ceremony) fn suite(curve: Curve) -> Suite {
    match curve {
        Curve::Secp256k1 => Suite::Ecdsa,
        Curve::Ed25519 => Suite::Eddsa,
    }
}

/// A key as setups and links write it.
pub(in crate::ceremony) fn in_setups(key: PublicKey) -> setup::PublicKey {
    match key {
        PublicKey::Ecdsa(key) => setup::PublicKey::Ecdsa(key),
        PublicKey::Eddsa(key) => setup::PublicKey::Eddsa(key),
    }
}

/// A key that a setup or link names.
pub(in crate::ceremony) fn of_setup(key: setup::PublicKey) -> PublicKey {
    match key {
        setup::PublicKey::Ecdsa(key) => PublicKey::Ecdsa(key),
        setup::PublicKey::Eddsa(key) => PublicKey::Eddsa(key),
    }
}

/// The namespace of a key in a batch.
pub(in crate::ceremony) fn batched(suite: Suite) -> Namespace {
    Namespace::batch(match suite {
        Suite::Ecdsa => "ecdsa",
        Suite::Eddsa => "eddsa",
    })
    .unwrap_or_default()
}
