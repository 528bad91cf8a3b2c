//! What a reshare asks for: who is old and new, the protocols and their setups, what its person reads.

use std::collections::BTreeSet;

use quorate_core::PartyIndex;
use quorate_wire::relay_api::Namespace;
use quorate_wire::setup::{Body, PublicKey, Setup, Suite};

use super::{Reshare, Size, batched, surplus};
use crate::ceremony::setups::Act;
use crate::chain_keys::distinct;
use crate::failure::{Failure, Kind};
use crate::home::ChainShare;
use crate::store;

impl Reshare {
    pub(in crate::ceremony) fn size(&self, committee: &[String]) -> Size {
        self.size.unwrap_or_else(|| Size::usual(committee))
    }

    /// A new member learns from the setup which other key the vault has, if another client's link does not say.
    pub(super) fn is_new_to_the_other_key(&self) -> bool {
        self.held.is_none() && self.size.is_none() && self.eddsa.is_none()
    }

    /// Takes from a setup that has been judged what only it says.
    pub(in crate::ceremony) fn learn(&mut self, setup: &Setup) {
        if let Body::Qc { public_key: PublicKey::Eddsa(key), .. } = setup.body()
            && self.is_new_to_the_other_key()
        {
            self.eddsa = Some(*key);
        }
    }

    /// Positions of the old and of the new members in the setup: everyone who takes part is a new member.
    pub(in crate::ceremony) fn places(
        &self,
        names: &[String],
    ) -> (BTreeSet<PartyIndex>, Vec<PartyIndex>) {
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

    pub(super) fn acts(&self, committee: &[String]) -> Vec<Act> {
        let (old, new) = self.places(committee);
        let old: Vec<PartyIndex> = old.into_iter().collect();
        let body = |public_key, key_id: Option<[u8; 32]>| Body::Qc {
            key_id: key_id.unwrap_or_default(),
            public_key,
            old: old.clone(),
            new: new.clone(),
            threshold: self.size(committee).threshold,
        };
        // Clients differ in where they store the setups of a batch.
        let slots = |suite, alone| {
            let batch = self.manner.batch.then(|| batched(suite));
            batch.into_iter().chain([alone]).collect()
        };
        let held = self.held.as_ref().map(|(_, keys)| keys);
        let ecdsa = Act {
            suite: Suite::Ecdsa,
            chain: None,
            slots: slots(Suite::Ecdsa, Namespace::default()),
            mail: self.manner.mail(Suite::Ecdsa),
            body: body(PublicKey::Ecdsa(self.vault.0), held.map(|keys| keys.ecdsa.key_id())),
        };
        let named = held.and_then(|keys| keys.eddsa.as_ref()).map(|share| share.key_id());
        let unknown = self.is_new_to_the_other_key().then_some([0; 32]);
        let eddsa = self.eddsa.or(unknown).map(|public_key| Act {
            suite: Suite::Eddsa,
            chain: None,
            slots: slots(Suite::Eddsa, Namespace::eddsa()),
            mail: self.manner.mail(Suite::Eddsa),
            body: body(PublicKey::Eddsa(public_key), named),
        });
        // CEREMONY 11.8.
        let chains = distinct(&self.chains).into_iter().map(|own| {
            let (suite, key) = match own.key {
                store::PublicKey::Ecdsa(key) => (Suite::Ecdsa, PublicKey::Ecdsa(key)),
                store::PublicKey::Eddsa(key) => (Suite::Eddsa, PublicKey::Eddsa(key)),
            };
            let share = held.and_then(|keys| keys.chains.get(&own.key));
            Act {
                suite,
                chain: Some(own.chain.clone()),
                slots: vec![Namespace::parse(&own.chain).unwrap_or_default()],
                mail: Namespace::default(),
                body: body(key, share.map(ChainShare::key_id)),
            }
        });
        core::iter::once(ecdsa).chain(eddsa).chain(chains).collect()
    }

    pub(super) fn admits(&self, present: &[String], complete: bool) -> Result<(), Failure> {
        if let Some(party) = present.iter().find(|party| self.removed.contains(party)) {
            return Err(Failure::new(
                Kind::Surplus,
                format!("{party} is being removed and must not take part"),
                "start again without that device",
            ));
        }
        if let Some(size) = self.size {
            surplus(present, size)?;
        }
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

    pub(super) fn lines(&self, committee: &[String]) -> Vec<String> {
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
        if added.is_empty() && gone.is_empty() {
            lines.push("the same devices, with new shares".to_owned());
        }
        if !added.is_empty() {
            lines.push(format!("added: {}", added.join(", ")));
        }
        if !gone.is_empty() {
            lines.push(format!("left out: {} (its old share must be deleted)", gone.join(", ")));
        }
        lines
    }
}
