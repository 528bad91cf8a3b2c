//! Amounts, and of what; addresses, and whose.

use alloy_primitives::U256;
use serde::{Serialize, Serializer};

use crate::amount::in_coins;
use crate::readable::quoted;

/// So much of something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// How much, in base units. JSON: a decimal string.
    #[serde(serialize_with = "decimal")]
    pub base_units: U256,
    /// Of what.
    pub asset: Asset,
}

/// What is moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Asset {
    /// A chain's own coin.
    Coin {
        /// Its symbol.
        symbol: &'static str,
        /// How many decimal places a whole one has.
        decimals: u8,
    },
    /// A token: what a contract counts.
    Token {
        /// The contract's address.
        contract: String,
        /// Its symbol, where this version knows the contract.
        symbol: Option<&'static str>,
        /// Its decimal places, where this version knows the contract.
        decimals: Option<u8>,
        /// What the contract or the initiator says of it, where this version does not know it.
        claims: Option<Claim>,
    },
}

/// What a token says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// A symbol. It may be anybody's.
    pub symbol: String,
    /// How many decimal places a whole one has. 0 to 77.
    pub decimals: u8,
}

/// An address, and what is known of whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Party {
    /// The address, with its checksum.
    pub address: String,
    /// Whether it is the address of the key that signs.
    pub own: bool,
    /// What this version knows to be there.
    pub name: Option<&'static str>,
}

impl Amount {
    /// Whether it is no limit: nothing there is has 2¹²⁸ base units.
    pub fn is_unlimited(&self) -> bool {
        self.base_units.bit_len() > 128
    }

    /// Whole coins and a symbol where both are known, otherwise base units and the contract.
    pub fn words(&self) -> String {
        match &self.asset {
            Asset::Coin { symbol, decimals }
            | Asset::Token { symbol: Some(symbol), decimals: Some(decimals), .. } => {
                format!("{} {symbol}", in_coins(self.base_units, *decimals))
            }
            Asset::Token { contract, .. } => {
                format!("{} base units of the token {contract}", self.base_units)
            }
        }
    }

    /// The same for leave to take it, in which a number may stand for any.
    pub fn limit(&self) -> String {
        if self.is_unlimited() {
            format!("ANY AMOUNT of {}", self.asset.words())
        } else {
            self.words()
        }
    }

    /// What else there is to say of it: a known token's contract, or what an unknown one calls itself.
    pub fn remark(&self) -> Option<String> {
        let Asset::Token { contract, symbol, claims, .. } = &self.asset else { return None };
        match (symbol, claims) {
            (Some(symbol), _) => Some(format!("{symbol} is the token {contract}")),
            (None, Some(claim)) => {
                let Claim { symbol, decimals } = claim;
                let coins = in_coins(self.base_units, *decimals);
                let symbol = quoted(symbol);
                Some(format!(
                    "the token calls itself {symbol} with {decimals} decimals: {coins} of it"
                ))
            }
            (None, None) => None,
        }
    }
}

impl Asset {
    /// In words that do not say how much.
    pub fn words(&self) -> String {
        match self {
            Self::Coin { symbol, .. } | Self::Token { symbol: Some(symbol), .. } => {
                (*symbol).to_owned()
            }
            Self::Token { contract, .. } => format!("the token {contract}"),
        }
    }
}

impl Party {
    /// The address, and whose it is where that is known.
    pub fn words(&self) -> String {
        match (self.own, self.name) {
            (true, _) => format!("{} (this vault)", self.address),
            (false, Some(name)) => format!("{} ({name})", self.address),
            (false, None) => self.address.clone(),
        }
    }
}

/// A number of 256 bits as a decimal string: JSON's numbers lose digits.
pub(super) fn decimal<S: Serializer>(number: &U256, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}
