//! All new shares of a vault: compared with what was asked for, and made into what a store keeps.

use std::collections::BTreeMap;

use quorate_chain::{Curve, PublicKey};
use quorate_ecdsa::KeyShare;
use sha2::{Digest as _, Sha256};

use super::result::{Product, RunResult};
use crate::backup::carried;
use crate::ceremony::plan::finish::NewSharing;
use crate::certificate::{Origin, View};
use crate::share::{NewShare, Share};
use crate::store::{Fsid, Keyring, Role, Shares, Sharing, State, Timestamp, Trust, VaultKey};

/// The shares of every key, by the key.
pub(in crate::ceremony) struct NewShares {
    keys: Keyring,
    shares: BTreeMap<PublicKey, NewShare>,
}

impl NewShares {
    /// The engines compare the keys; here, once more and for all, before anything is written.
    pub(in crate::ceremony) fn of(results: Vec<RunResult>, asked: &NewSharing) -> Option<Self> {
        let (mut ecdsa, mut eddsa) = (None, None);
        let mut chains = Vec::new();
        let mut shares = BTreeMap::new();
        for RunResult { chain, expected, product } in results {
            let Product::Share(new) = product else { return None };
            let key = new.share.public_key();
            if expected.is_some_and(|expected| expected != key) {
                return None;
            }
            match (chain, key) {
                (Some(chain), key) => chains.push((chain, key)),
                (None, PublicKey::Ecdsa(key)) if ecdsa.is_none() => ecdsa = Some(key),
                (None, PublicKey::Eddsa(key)) if eddsa.is_none() => eddsa = Some(key),
                (None, _) => return None,
            }
            // A phrase may have been read by path schemes that this device does not know: chains of different paths with
            // one key. The first share of it is kept.
            shares.entry(key).or_insert(new);
        }
        let roots = Keyring::of_roots(VaultKey(ecdsa?), eddsa);
        // What the root key signs with path m is a certificate: no chain may sign with it.
        let apart = roots.iter().all(|root| chains.iter().all(|(_, key)| *key != root.public));
        let new = Self { keys: roots.with_chains(asked.chains.clone().unwrap_or(chains)), shares };
        (apart && new.is_whole() && new.is_of(asked)).then_some(new)
    }

    /// Every key has a share, all of one place, and everybody's public share beside it.
    fn is_whole(&self) -> bool {
        let mut places = self.shares.values().map(|new| new.share.place());
        let Some(place) = places.next() else { return false };
        let keys = self.keys.iter().all(|key| self.shares.contains_key(&key.public));
        let public =
            self.shares.values().all(|new| new.public_shares.len() == usize::from(place.parties));
        keys && public && places.all(|other| other == place)
    }

    /// Key ids as the ceremony gives them, chain code and sharing as they must be.
    fn is_of(&self, asked: &NewSharing) -> bool {
        let Some(root) = self.root() else { return false };
        let named = self.keys.iter().filter(|key| key.role == Role::Root).all(|key| {
            let id = self.shares.get(&key.public).map(|new| new.share.key_id());
            let bytes = key.public.as_bytes();
            match asked.origin {
                Origin::Keygen => id == Some(Sha256::digest(bytes).into()),
                // As quorum changes name keys: after the first 32 bytes of the key.
                Origin::Reshare => id.is_some_and(|id| bytes.starts_with(&id)),
            }
        });
        named
            && asked.chain_code.is_none_or(|chain_code| root.chain_code() == chain_code)
            && asked.previous != Some(Fsid(root.fsid()))
    }

    fn root(&self) -> Option<&KeyShare> {
        match &self.shares.get(&self.keys.root(Curve::Secp256k1)?)?.share {
            Share::Ecdsa(share) => Some(share),
            Share::Eddsa(_) => None,
        }
    }

    /// What is written down, staged, with the digest that the members compare.
    pub(in crate::ceremony) fn sharing(
        self,
        asked: &NewSharing,
        names: &[String],
        session: &str,
        created: Timestamp,
    ) -> Option<(Sharing, Shares)> {
        let root = self.root()?;
        let view = View {
            origin: asked.origin,
            session,
            fsid: Fsid(root.fsid()),
            previous: asked.previous,
            epoch: asked.epoch,
            vault: VaultKey(root.public_key()),
            chain_code: root.chain_code(),
            keys: &self.keys,
            threshold: root.threshold(),
            members: names,
            shares: self.shares.iter().map(|(key, new)| (*key, &*new.public_shares)).collect(),
            imported: asked.imported,
        };
        let digest = match asked.trust {
            Trust::Certified => Some(view.digest()),
            Trust::Mixed => None,
        };
        let sharing = Sharing {
            fsid: view.fsid,
            vault: view.vault,
            keys: self.keys.clone(),
            chain_code: view.chain_code,
            epoch: asked.epoch,
            state: State::Staged,
            threshold: view.threshold,
            parties: names.to_vec(),
            me: root.party_id(),
            digest,
            session: session.to_owned(),
            previous: asked.previous,
            certificate: None,
            created,
            backed_up: false,
            erased: false,
            imported: asked.imported,
        };
        let shares = self.shares.iter().map(|(key, new)| (*key, new.share.to_bytes()));
        // BACKUP 5.4. What does not read back was never kept.
        let rest = asked.rest.as_ref().and_then(|rest| carried(rest).ok());
        Some((sharing, Shares { rest, ..Shares::new(shares) }))
    }
}
