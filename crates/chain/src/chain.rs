//! The table of chains: data only. To add a chain of a family that is there, add its line; what a family decides is
//! written in `family.rs`.

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
    /// Where wallets keep its key below a seed phrase; `None` where no path tells (`CHAINS 9.5`).
    pub seed: Option<SeedPath>,
    /// Where some wallets keep it instead.
    pub other_seed: Option<SeedPath>,
    /// How its addresses and transactions are made.
    pub family: Family,
}

/// How a chain's addresses and transactions are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// The Ethereum family.
    Evm(Evm),
    /// Bitcoin and its relatives.
    Utxo(Utxo),
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
pub struct Utxo {
    /// The form of its addresses.
    pub form: Form,
    /// What its private keys begin with when they are written for wallets (WIF).
    pub wif: u8,
}

/// How a relative of Bitcoin writes the address of a single key. All of them are written from RIPEMD-160(SHA-256(key)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Segwit version 0 (BIP-173) behind this prefix.
    Segwit(&'static str),
    /// Base 58 with a checksum (P2PKH), behind these bytes.
    Base58(&'static [u8]),
    /// Bitcoin Cash: a base-32 form of its own, without its `bitcoincash:`.
    Cash,
}

/// The path of a key below a seed phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeedPath {
    /// This path, its first three steps (purpose, coin and account) hardened.
    Account(&'static str),
    /// These steps, each of them hardened.
    Hardened(&'static [u32]),
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

use Form::{Base58, Cash, Segwit};
use Format::{Eip1559, Legacy};
use SeedPath::{Account, Hardened};

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

    utxo("Bitcoin",      "BTC",  "m/84/0/0/0/0",   0x80, Segwit("bc")),
    utxo("Litecoin",     "LTC",  "m/84/2/0/0/0",   0xb0, Segwit("ltc")),
    utxo("Bitcoin-Cash", "BCH",  "m/44/145/0/0/0", 0x80, Cash),
    utxo("Dogecoin",     "DOGE", "m/44/3/0/0/0",   0x9e, Base58(&[0x1e])),
    utxo("Dash",         "DASH", "m/44/5/0/0/0",   0xcc, Base58(&[0x4c])),
    utxo("Zcash",        "ZEC",  "m/44/133/0/0/0", 0x80, Base58(&[0x1c, 0xb8])),

    chain("THORChain",    "RUNE",  8, "m/44/931/0/0/0", Family::Cosmos("thor")),
    chain("MayaChain",    "CACAO", 10, "m/44/931/0/0/0", Family::Cosmos("maya")),
    chain("Cosmos",       "ATOM",  6, "m/44/118/0/0/0", Family::Cosmos("cosmos")),
    chain("Osmosis",      "OSMO",  6, "m/44/118/0/0/0", Family::Cosmos("osmo")),
    chain("Kujira",       "KUJI",  6, "m/44/118/0/0/0", Family::Cosmos("kujira")),
    chain("Dydx",         "DYDX", 18, "m/44/118/0/0/0", Family::Cosmos("dydx")),
    chain("Noble",        "USDC",  6, "m/44/118/0/0/0", Family::Cosmos("noble")),
    chain("Akash",        "AKT",   6, "m/44/118/0/0/0", Family::Cosmos("akash")),
    chain("Terra",        "LUNA",  6, "m/44/330/0/0/0", Family::Cosmos("terra")).or_at(COSMOS),
    chain("TerraClassic", "LUNC",  6, "m/44/330/0/0/0", Family::Cosmos("terra")).or_at(COSMOS),

    chain("Ripple",       "XRP",   6, "m/44/144/0/0/0", Family::Ripple),
    chain("Tron",         "TRX",   6, "m/44/195/0/0/0", Family::Tron),

    SOLANA,
    ed25519("Polkadot",  "DOT",  10, &[44, 354, 0, 0, 0], Family::Substrate(0)),
    ed25519("Bittensor", "TAO",   9, &[44, 354, 0, 0, 0], Family::Substrate(42)),
    ed25519("Sui",       "SUI",   9, &[44, 784, 0, 0, 0], Family::Sui),
    ed25519("Ton",       "TON",   9, &[44, 607, 0],       Family::Ton),
    Chain { seed: None, ..ed25519("Cardano", "ADA", 6, &[], Family::Cardano) },
];

/// Solana.
pub(crate) const SOLANA: Chain =
    ed25519("Solana", "SOL", 9, &[44, 501, 0], Family::Solana).or_at(Hardened(&[44, 501, 0, 0]));
/// Where some wallets keep the keys of Cosmos's relatives.
const COSMOS: SeedPath = Account("m/44/118/0/0/0");

/// A chain of the ECDSA key.
const fn chain(
    name: &'static str,
    symbol: &'static str,
    decimals: u8,
    path: &'static str,
    family: Family,
) -> Chain {
    Chain { name, symbol, decimals, path, seed: Some(Account(path)), other_seed: None, family }
}

/// A chain of the Ed25519 key.
const fn ed25519(
    name: &'static str,
    symbol: &'static str,
    decimals: u8,
    seed: &'static [u32],
    family: Family,
) -> Chain {
    Chain { seed: Some(Hardened(seed)), ..chain(name, symbol, decimals, "m", family) }
}

const fn utxo(
    name: &'static str,
    symbol: &'static str,
    path: &'static str,
    wif: u8,
    form: Form,
) -> Chain {
    chain(name, symbol, 8, path, Family::Utxo(Utxo { form, wif }))
}

impl Chain {
    /// Some wallets keep its key elsewhere.
    const fn or_at(self, seed: SeedPath) -> Self {
        Self { other_seed: Some(seed), ..self }
    }
}

const fn evm(name: &'static str, chain_id: u64, format: Format, symbol: &'static str) -> Chain {
    chain(name, symbol, 18, "m/44/60/0/0/0", Family::Evm(Evm { chain_id, format }))
}

/// The chain of this name, however its letters are cased.
pub fn find(name: &str) -> Option<&'static Chain> {
    CHAINS.iter().find(|chain| chain.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::key::{Curve, KeyError, PublicKey};

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
