//! The public keys of a vault, and which of them a chain uses.
//!
//! A vault has a root key of each curve. One from a seed phrase has keys of single chains besides, which are used as
//! they are, without derivation (`spec/chains.md`, CHAINS 9.6).

use quorate_chain::{Chain, Curve, PublicKey, chain};
use quorate_ecdsa::derive::{DerivationPath, derive};

use crate::failure::{Failure, Kind};
use crate::phrase::{PathScheme, path};
use crate::store::{Sharing, VaultKey};

/// What a key is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// The vault's own key of its curve: addresses are derived from it.
    Root,
    /// The key of one chain, as backups and links name it, such as `Bitcoin-Cash`.
    Chain(String),
}

/// One public key of a vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// What it is for.
    pub role: Role,
    /// The key.
    pub public: PublicKey,
}

/// The public keys of a vault: the roots, then those of single chains in the order in which they were imported. Chains
/// with one derivation path have one key, which stands there once for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyring(Vec<Key>);

impl Keyring {
    /// The root keys of a vault: secp256k1, and Ed25519 if it has one.
    #[must_use]
    pub fn of_roots(vault: VaultKey, eddsa: Option<[u8; 32]>) -> Self {
        let roots = [PublicKey::Ecdsa(vault.0)].into_iter().chain(eddsa.map(PublicKey::Eddsa));
        Self(roots.map(|public| Key { role: Role::Root, public }).collect())
    }

    /// The same with keys of single chains behind.
    #[must_use]
    pub fn with_chains(mut self, chains: impl IntoIterator<Item = (String, PublicKey)>) -> Self {
        let keys = chains.into_iter();
        self.0.extend(keys.map(|(chain, public)| Key { role: Role::Chain(chain), public }));
        self
    }

    /// Every key, a line each.
    pub fn iter(&self) -> core::slice::Iter<'_, Key> {
        self.0.iter()
    }

    /// The vault's own key of a curve.
    #[must_use]
    pub fn root(&self, curve: Curve) -> Option<PublicKey> {
        let mut roots = self.0.iter().filter(|key| key.role == Role::Root);
        roots.find(|key| key.public.curve() == curve).map(|key| key.public)
    }

    /// The vault's own Ed25519 key (32 bytes), if it has one.
    #[must_use]
    pub fn root_eddsa(&self) -> Option<[u8; 32]> {
        match self.root(Curve::Ed25519) {
            Some(PublicKey::Eddsa(key)) => Some(key),
            _ => None,
        }
    }

    /// The keys of single chains, with the chains' names.
    pub fn chains(&self) -> impl Iterator<Item = (&str, PublicKey)> {
        self.0.iter().filter_map(|key| match &key.role {
            Role::Chain(chain) => Some((chain.as_str(), key.public)),
            Role::Root => None,
        })
    }

    /// Each key once, under the first role that it has.
    #[must_use]
    pub fn distinct(&self) -> Vec<&Key> {
        let mut distinct: Vec<&Key> = Vec::new();
        for key in &self.0 {
            if distinct.iter().all(|other| other.public != key.public) {
                distinct.push(key);
            }
        }
        distinct
    }

    /// The key that was imported for this chain, or for one whose wallets use the same path.
    #[must_use]
    pub fn imported_for(&self, chain: &Chain) -> Option<PublicKey> {
        let keys = || self.chains().filter(|(_, key)| key.curve() == chain.curve());
        let exact = keys().find(|(name, _)| name.eq_ignore_ascii_case(chain.name));
        let related = || {
            keys().find(|(name, _)| chain::find(name).is_some_and(|other| same_path(other, chain)))
        };
        exact.or_else(related).map(|(_, key)| key)
    }
}

impl<'a> IntoIterator for &'a Keyring {
    type Item = &'a Key;
    type IntoIter = core::slice::Iter<'a, Key>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Whether wallets make one key for both.
fn same_path(one: &Chain, other: &Chain) -> bool {
    let of = |chain| path(chain, PathScheme::default());
    of(one).is_some() && of(one) == of(other)
}

/// The key of a chain: what its addresses are made from, and what signs for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyOfChain {
    /// The key.
    pub key: PublicKey,
    /// Where it stands below the vault's key; `m` for one that stands nowhere, and on Ed25519.
    pub path: &'static str,
}

impl Sharing {
    /// The key that the vault has for a chain, one way or the other.
    ///
    /// # Errors
    ///
    /// [`Kind::Forbidden`] for a vault without the key that the chain needs.
    pub fn key_of(&self, chain: &Chain) -> Result<KeyOfChain, Failure> {
        if let Some(key) = self.keys.imported_for(chain) {
            return Ok(KeyOfChain { key, path: "m" });
        }
        Ok(KeyOfChain { key: self.derived(chain.curve(), chain.path)?, path: chain.path })
    }

    /// The vault's own key of a curve at a path. The Ed25519 key has no paths below it.
    ///
    /// # Errors
    ///
    /// [`Kind::Invalid`] for a path that is none, or is hardened; [`Kind::Forbidden`] for a vault without the key.
    pub fn derived(&self, curve: Curve, path: &str) -> Result<PublicKey, Failure> {
        match self.root(curve)? {
            PublicKey::Ecdsa(root) => {
                let invalid = |why: String| {
                    Failure::new(
                        Kind::Invalid,
                        format!("the path {path} cannot be used: {why}"),
                        "give a path such as m/44/60/0/0/0",
                    )
                };
                let path = DerivationPath::parse(path).map_err(|why| invalid(why.to_string()))?;
                let key = derive(&root, &self.chain_code, &path);
                key.map(PublicKey::Ecdsa).map_err(|why| invalid(why.to_string()))
            }
            root @ PublicKey::Eddsa(_) => Ok(root),
        }
    }

    /// The vault's own key of a curve.
    ///
    /// # Errors
    ///
    /// [`Kind::Forbidden`] for a vault without one.
    pub fn root(&self, curve: Curve) -> Result<PublicKey, Failure> {
        self.keys.root(curve).ok_or_else(|| {
            Failure::new(
                Kind::Forbidden,
                "this vault has no Ed25519 key: it was made by an earlier version",
                "make a new vault for that chain",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_of_one_path_have_one_key_and_others_none() {
        let chains = [
            ("Ethereum", PublicKey::Ecdsa([1; 33])),
            ("Polkadot", PublicKey::Eddsa([2; 32])),
            ("Base", PublicKey::Ecdsa([3; 33])),
        ];
        let keys = Keyring::of_roots(VaultKey([9; 33]), None)
            .with_chains(chains.map(|(chain, key)| (chain.to_owned(), key)));
        let of = |name| keys.imported_for(chain::find(name).unwrap()).map(|key| key.as_bytes()[0]);
        assert_eq!(
            ["Ethereum", "Base", "BSC", "Bittensor"].map(of),
            [Some(1), Some(3), Some(1), Some(2)]
        );
        assert_eq!(["Bitcoin", "Solana", "Ton", "Cosmos"].map(of), [None; 4]);
    }
}
