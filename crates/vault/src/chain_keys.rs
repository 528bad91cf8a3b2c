//! Which of a vault's keys a chain uses, where the vault came from a seed phrase. `spec/chains.md`, CHAINS 9.6.

use quorate_chain::{Chain, Curve, chain};

use crate::ceremony::keysign::{derived, public_key_eddsa};
use crate::failure::Failure;
use crate::phrase::{Habit, path};
use crate::store::{ChainKey, PublicKey, Sharing};

/// The key of a chain: what its addresses are made from, and what signs for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyOfChain {
    /// The key.
    pub key: PublicKey,
    /// Where it stands below the vault's key; `m` for one that stands nowhere, and on Ed25519.
    pub path: &'static str,
}

/// The key that a vault has for a chain, one way or the other.
///
/// # Errors
///
/// [`crate::failure::Kind::Forbidden`] for a vault without the key that the chain needs.
pub fn of(sharing: &Sharing, chain: &Chain) -> Result<KeyOfChain, Failure> {
    if let Some(key) = own(&sharing.chain_keys, chain) {
        return Ok(KeyOfChain { key, path: "m" });
    }
    let key = match chain.curve() {
        Curve::Secp256k1 => PublicKey::Ecdsa(derived(sharing, chain.path)?),
        Curve::Ed25519 => PublicKey::Eddsa(public_key_eddsa(sharing)?),
    };
    Ok(KeyOfChain { key, path: chain.path })
}

/// The key that was imported for this chain, or for one whose wallets use the same path.
pub fn own(keys: &[ChainKey], chain: &Chain) -> Option<PublicKey> {
    let keys = || keys.iter().filter(|own| curve(&own.key) == chain.curve());
    let exact = keys().find(|own| own.chain.eq_ignore_ascii_case(chain.name));
    let related =
        || keys().find(|own| chain::find(&own.chain).is_some_and(|o| same_path(o, chain)));
    exact.or_else(related).map(|own| own.key)
}

/// Each key once, under the first chain that has it.
pub fn distinct(keys: &[ChainKey]) -> Vec<&ChainKey> {
    let mut distinct: Vec<&ChainKey> = Vec::new();
    for key in keys {
        if distinct.iter().all(|other| other.key != key.key) {
            distinct.push(key);
        }
    }
    distinct
}

/// Whether wallets make one key for both.
fn same_path(one: &Chain, other: &Chain) -> bool {
    let of = |chain| path(chain, Habit::default());
    of(one).is_some() && of(one) == of(other)
}

fn curve(key: &PublicKey) -> Curve {
    match key {
        PublicKey::Ecdsa(_) => Curve::Secp256k1,
        PublicKey::Eddsa(_) => Curve::Ed25519,
    }
}

impl From<PublicKey> for quorate_chain::PublicKey {
    fn from(key: PublicKey) -> Self {
        match key {
            PublicKey::Ecdsa(key) => Self::Ecdsa(key),
            PublicKey::Eddsa(key) => Self::Eddsa(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_of_one_path_have_one_key_and_others_none() {
        let own = |chain: &str, key| ChainKey { chain: chain.to_owned(), key };
        let keys = [
            own("Ethereum", PublicKey::Ecdsa([1; 33])),
            own("Polkadot", PublicKey::Eddsa([2; 32])),
            own("Base", PublicKey::Ecdsa([3; 33])),
        ];
        let of = |name| super::own(&keys, chain::find(name).unwrap()).map(|key| key.as_bytes()[0]);
        assert_eq!(
            ["Ethereum", "Base", "BSC", "Bittensor"].map(of),
            [Some(1), Some(3), Some(1), Some(2)]
        );
        assert_eq!(["Bitcoin", "Solana", "Ton", "Cosmos"].map(of), [None; 4]);
    }
}
