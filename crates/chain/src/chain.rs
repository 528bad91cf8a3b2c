//! The table of chains. To add a chain of a family that is there, add its line.

use crate::key::{Curve, KeyError, PublicKey};
use crate::{bitcoin, cardano, cosmos, evm, ripple, solana, substrate, sui, ton, tron};

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
    /// Bitcoin and its relatives.
    Bitcoin(Bitcoin),
    /// The Cosmos family, with the prefix of the addresses.
    Cosmos(&'static str),
    /// The XRP Ledger.
    Ripple,
    /// Tron.
    Tron,
    /// Solana, whose addresses are keys.
    Solana,
    /// Polkadot and its relatives, with the number of the network in their addresses.
    Substrate(u8),
    /// Sui.
    Sui,
    /// TON, where an address is a wallet contract's.
    Ton,
    /// Cardano.
    Cardano,
}

/// What tells one relative of Bitcoin from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bitcoin {
    /// The form of its addresses.
    pub form: bitcoin::Form,
    /// What its private keys begin with when they are written for wallets (WIF).
    pub wif: u8,
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
use bitcoin::Form::{Base58, Cash, Segwit};

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

    bitcoin("Bitcoin",      "BTC",  "m/84/0/0/0/0",   0x80, Segwit("bc")),
    bitcoin("Litecoin",     "LTC",  "m/84/2/0/0/0",   0xb0, Segwit("ltc")),
    bitcoin("Bitcoin-Cash", "BCH",  "m/44/145/0/0/0", 0x80, Cash),
    bitcoin("Dogecoin",     "DOGE", "m/44/3/0/0/0",   0x9e, Base58(&[0x1e])),
    bitcoin("Dash",         "DASH", "m/44/5/0/0/0",   0xcc, Base58(&[0x4c])),
    bitcoin("Zcash",        "ZEC",  "m/44/133/0/0/0", 0x80, Base58(&[0x1c, 0xb8])),

    chain("THORChain",    "RUNE",  8, "m/44/931/0/0/0", Family::Cosmos("thor")),
    chain("MayaChain",    "CACAO", 10, "m/44/931/0/0/0", Family::Cosmos("maya")),
    chain("Cosmos",       "ATOM",  6, "m/44/118/0/0/0", Family::Cosmos("cosmos")),
    chain("Osmosis",      "OSMO",  6, "m/44/118/0/0/0", Family::Cosmos("osmo")),
    chain("Kujira",       "KUJI",  6, "m/44/118/0/0/0", Family::Cosmos("kujira")),
    chain("Dydx",         "DYDX", 18, "m/44/118/0/0/0", Family::Cosmos("dydx")),
    chain("Noble",        "USDC",  6, "m/44/118/0/0/0", Family::Cosmos("noble")),
    chain("Akash",        "AKT",   6, "m/44/118/0/0/0", Family::Cosmos("akash")),
    chain("Terra",        "LUNA",  6, "m/44/330/0/0/0", Family::Cosmos("terra")),
    chain("TerraClassic", "LUNC",  6, "m/44/330/0/0/0", Family::Cosmos("terra")),

    chain("Ripple",       "XRP",   6, "m/44/144/0/0/0", Family::Ripple),
    chain("Tron",         "TRX",   6, "m/44/195/0/0/0", Family::Tron),

    SOLANA,
    chain("Polkadot",     "DOT",  10, "m", Family::Substrate(0)),
    chain("Bittensor",    "TAO",   9, "m", Family::Substrate(42)),
    chain("Sui",          "SUI",   9, "m", Family::Sui),
    chain("Ton",          "TON",   9, "m", Family::Ton),
    chain("Cardano",      "ADA",   6, "m", Family::Cardano),
];

/// Solana.
pub(crate) const SOLANA: Chain = chain("Solana", "SOL", 9, "m", Family::Solana);

const fn chain(
    name: &'static str,
    symbol: &'static str,
    decimals: u8,
    path: &'static str,
    family: Family,
) -> Chain {
    Chain { name, symbol, decimals, path, family }
}

const fn bitcoin(
    name: &'static str,
    symbol: &'static str,
    path: &'static str,
    wif: u8,
    form: bitcoin::Form,
) -> Chain {
    chain(name, symbol, 8, path, Family::Bitcoin(Bitcoin { form, wif }))
}

const fn evm(name: &'static str, chain_id: u64, format: Format, symbol: &'static str) -> Chain {
    chain(name, symbol, 18, "m/44/60/0/0/0", Family::Evm(Evm { chain_id, format }))
}

/// The chain of this name, however its letters are cased.
pub fn find(name: &str) -> Option<&'static Chain> {
    CHAINS.iter().find(|chain| chain.name.eq_ignore_ascii_case(name))
}

impl Chain {
    /// Which of the vault's keys signs for it.
    pub fn curve(&self) -> Curve {
        match self.family {
            Family::Evm(_)
            | Family::Bitcoin(_)
            | Family::Cosmos(_)
            | Family::Ripple
            | Family::Tron => Curve::Secp256k1,
            Family::Solana | Family::Substrate(_) | Family::Sui | Family::Ton | Family::Cardano => {
                Curve::Ed25519
            }
        }
    }

    /// The address of a public key: of the chain's curve, and derived along the chain's path.
    pub fn address(&self, public_key: impl Into<PublicKey>) -> Result<String, KeyError> {
        match public_key.into() {
            PublicKey::Ecdsa(key) => match self.family {
                Family::Evm(_) => Ok(evm::Address::of(&key)?.to_string()),
                Family::Bitcoin(Bitcoin { form, .. }) => bitcoin::address(form, &key),
                Family::Cosmos(prefix) => cosmos::address(prefix, &key),
                Family::Ripple => ripple::address(&key),
                Family::Tron => tron::address(&key),
                _ => Err(KeyError::Curve),
            },
            PublicKey::Eddsa(key) => match self.family {
                Family::Solana => Ok(solana::Address(key).to_string()),
                Family::Substrate(network) => Ok(substrate::address(network, &key)),
                Family::Sui => Ok(sui::address(&key)),
                Family::Ton => Ok(ton::address(&key)),
                Family::Cardano => cardano::address(&key),
                _ => Err(KeyError::Curve),
            },
        }
    }

    /// What tells it from others of the Ethereum family, if it is one of them.
    pub fn evm(&self) -> Option<Evm> {
        match self.family {
            Family::Evm(evm) => Some(evm),
            _ => None,
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
        assert_eq!(find("TON").map(|chain| chain.name), Some("Ton"));
        assert_eq!(find("QBTC"), None);
    }

    #[test]
    fn no_two_chains_share_a_name_or_a_chain_id() {
        let names: BTreeSet<_> = CHAINS.iter().map(|c| c.name.to_ascii_lowercase()).collect();
        assert_eq!(names.len(), CHAINS.len());
        let ids: Vec<_> = CHAINS.iter().filter_map(Chain::evm).map(|evm| evm.chain_id).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }

    #[test]
    fn every_chain_has_an_address_for_the_key_of_its_curve_only() {
        let mut ecdsa = [0x79; 33];
        ecdsa[0] = 2;
        let point = hex::decode("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
        ecdsa[1..].copy_from_slice(&point.unwrap());
        let (ecdsa, eddsa) = (PublicKey::Ecdsa(ecdsa), PublicKey::Eddsa([7; 32]));
        for chain in CHAINS {
            let (own, other) = match chain.curve() {
                Curve::Secp256k1 => (ecdsa, eddsa),
                Curve::Ed25519 => (eddsa, ecdsa),
            };
            assert!(chain.address(own).is_ok(), "{}", chain.name);
            assert_eq!(chain.address(other), Err(KeyError::Curve), "{}", chain.name);
            assert_eq!(chain.path == "m", chain.curve() == Curve::Ed25519, "{}", chain.name);
        }
    }
}
