//! The table of chains. To add a chain of the Ethereum family, add its line.

use crate::key::{Curve, KeyError, PublicKey};
use crate::{bitcoin, evm, solana};

/// One chain: everything about it that is data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The name that links and other devices use, exactly so written.
    pub name: &'static str,
    /// The ticker of its own coin, in which fees are paid.
    pub symbol: &'static str,
    /// How many decimal places a whole coin has.
    pub decimals: u8,
    /// The derivation path below the vault's key, without hardening marks. `m`, the key itself, on every chain of the
    /// Ed25519 key.
    pub path: &'static str,
    /// How its addresses and transactions are made.
    pub family: Family,
}

/// How a chain's addresses and transactions are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// The Ethereum family.
    Evm(Evm),
    /// Bitcoin, with a native segwit address.
    Bitcoin,
    /// Solana, whose addresses are keys.
    Solana,
}

/// What tells one chain of the Ethereum family from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evm {
    /// The number that its transactions are bound to (EIP-155).
    pub chain_id: u64,
    /// The form of the transactions that we make for it.
    pub format: Format,
}

/// The form of a transaction of the Ethereum family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Type 2: a ceiling for the whole fee, and a tip within it.
    Eip1559,
    /// Untyped, with one gas price and the chain's id under the signature.
    Legacy,
}

use Format::{Eip1559, Legacy};

/// Every chain that we know, in the order in which they are listed to people.
#[rustfmt::skip]
pub static CHAINS: &[Chain] = &[
    evm("Ethereum",        1, Eip1559, "ETH"),
    evm("Arbitrum",    42161, Eip1559, "ETH"),
    evm("Avalanche",   43114, Eip1559, "AVAX"),
    evm("BSC",            56, Legacy,  "BNB"),
    evm("Base",         8453, Eip1559, "ETH"),
    evm("Blast",       81457, Eip1559, "ETH"),
    evm("CronosChain",    25, Eip1559, "CRO"),
    evm("Hyperliquid",   999, Eip1559, "HYPE"),
    evm("Mantle",       5000, Eip1559, "MNT"),
    evm("Optimism",       10, Eip1559, "ETH"),
    evm("Polygon",       137, Eip1559, "POL"),
    evm("Robinhood",    4663, Eip1559, "ETH"),
    evm("Sei",          1329, Eip1559, "SEI"),
    evm("Zksync",        324, Eip1559, "ETH"),
    Chain { name: "Bitcoin", symbol: "BTC", decimals: 8, path: "m/84/0/0/0/0", family: Family::Bitcoin },
    SOLANA,
];

/// Solana.
pub(crate) const SOLANA: Chain =
    Chain { name: "Solana", symbol: "SOL", decimals: 9, path: "m", family: Family::Solana };

const fn evm(name: &'static str, chain_id: u64, format: Format, symbol: &'static str) -> Chain {
    let family = Family::Evm(Evm { chain_id, format });
    Chain { name, symbol, decimals: 18, path: "m/44/60/0/0/0", family }
}

/// The chain of this name, however its letters are cased.
pub fn find(name: &str) -> Option<&'static Chain> {
    CHAINS.iter().find(|chain| chain.name.eq_ignore_ascii_case(name))
}

impl Chain {
    /// Which of the vault's keys signs for it.
    pub fn curve(&self) -> Curve {
        match self.family {
            Family::Evm(_) | Family::Bitcoin => Curve::Secp256k1,
            Family::Solana => Curve::Ed25519,
        }
    }

    /// The address of a public key: of the chain's curve, and derived along the chain's path.
    pub fn address(&self, public_key: impl Into<PublicKey>) -> Result<String, KeyError> {
        match (self.family, public_key.into()) {
            (Family::Evm(_), PublicKey::Ecdsa(key)) => Ok(evm::Address::of(&key)?.to_string()),
            (Family::Bitcoin, PublicKey::Ecdsa(key)) => bitcoin::address(&key),
            (Family::Solana, PublicKey::Eddsa(key)) => Ok(solana::Address(key).to_string()),
            (Family::Evm(_) | Family::Bitcoin, PublicKey::Eddsa(_))
            | (Family::Solana, PublicKey::Ecdsa(_)) => Err(KeyError::Curve),
        }
    }

    /// What tells it from others of the Ethereum family, if it is one of them.
    pub fn evm(&self) -> Option<Evm> {
        match self.family {
            Family::Evm(evm) => Some(evm),
            Family::Bitcoin | Family::Solana => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_chain_is_found_however_its_name_is_cased() {
        assert_eq!(find("BSC"), find("bsc"));
        assert_eq!(find("cronosCHAIN").map(|chain| chain.name), Some("CronosChain"));
        assert_eq!(find("Bitcoin-Cash"), None);
    }

    #[test]
    fn no_two_chains_share_a_name_or_a_chain_id() {
        let names: BTreeSet<_> = CHAINS.iter().map(|c| c.name.to_ascii_lowercase()).collect();
        assert_eq!(names.len(), CHAINS.len());
        let ids: Vec<_> = CHAINS.iter().filter_map(Chain::evm).map(|evm| evm.chain_id).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }
}
