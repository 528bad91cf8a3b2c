//! The few contracts that this version knows by name. What is not here is shown by its address.

use super::address::Address;
use crate::chain::Chain;

/// A token whose symbol and decimals we vouch for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) symbol: &'static str,
    pub(super) decimals: u8,
}

/// A contract through which the field swaps, and who may be given leave for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Router {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

/// Which calls of a router this version can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    OneInch,
    Kyber,
    LiFi,
    /// Of THORChain or of MayaChain.
    Deposits,
}

/// By the name of the chain: on which they are, and where.
#[rustfmt::skip]
const TOKENS: &[(&str, &str, u8, &str)] = &[
    ("Ethereum",  "USDC", 6,  "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"),
    ("Ethereum",  "USDT", 6,  "0xdAC17F958D2ee523a2206206994597C13D831ec7"),
    ("Ethereum",  "DAI",  18, "0x6B175474E89094C44Da98b954EedeAC495271d0F"),
    ("Ethereum",  "WETH", 18, "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"),
    ("Ethereum",  "WBTC", 8,  "0x2260FAC5E5542a773Aa44fBCfeDf7C193bc2C599"),
    ("Arbitrum",  "USDC", 6,  "0xaf88d065e77c8cC2239327C5EDb3A432268e5831"),
    ("Arbitrum",  "ARB",  18, "0x912CE59144191C1204E64559FE8253a0e49E6548"),
    ("Base",      "USDC", 6,  "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"),
    ("Base",      "WETH", 18, "0x4200000000000000000000000000000000000006"),
    ("Optimism",  "USDC", 6,  "0x0b2C639c533813f4Aa9D7837CAf62653d097Ff85"),
    ("Optimism",  "WETH", 18, "0x4200000000000000000000000000000000000006"),
    ("Optimism",  "OP",   18, "0x4200000000000000000000000000000000000042"),
    ("Polygon",   "USDC", 6,  "0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359"),
    ("Avalanche", "USDC", 6,  "0xB97EF9Ef8734C71904D8002F8b6Bc66Dd9c48a6E"),
    ("BSC",       "USDC", 18, "0x8AC76a51cc950d9822D68b83fE1Ad97B32Cd580d"),
    ("BSC",       "USDT", 18, "0x55d398326f99059fF775485246999027B3197955"),
];

/// By the name of the chain, `None` for every chain but those that have their own.
#[rustfmt::skip]
const ROUTERS: &[(Option<&str>, &str, Kind, &str)] = &[
    (None,              "1inch v5",  Kind::OneInch, "0x1111111254EEB25477B68fb85Ed929f73A960582"),
    (None,              "1inch v6",  Kind::OneInch, "0x111111125421cA6dc452d289314280a0f8842A65"),
    (Some("Zksync"),    "1inch v6",  Kind::OneInch, "0x6fd4383cB451173D5f9304F041C7BCBf27d561fF"),
    (Some("Robinhood"), "1inch v6",  Kind::OneInch, "0x5a705de8982235a7fa45bb83dcacf03a211389c7"),
    (None,              "KyberSwap", Kind::Kyber,   "0x6131B5fae19EA4f9D964eAc0408E4408b66337b5"),
    (None,              "LI.FI",     Kind::LiFi,    "0x1231DEB6f5749EF6cE6943a275A1D3E7486F4EaE"),
    (Some("Zksync"),    "LI.FI",     Kind::LiFi,    "0x341e94069f53234fE6DabeF707aD424830525715"),
    (Some("Hyperliquid"), "LI.FI",   Kind::LiFi,    "0x0a0758d937d1059c356d4714e57f5df0239bce1a"),
    (Some("Robinhood"), "LI.FI",     Kind::LiFi,    "0xb477751b76cf82d00a686a1232f5fcd772414af3"),
    (Some("Ethereum"),  "THORChain router", Kind::Deposits, "0xD37BbE5744D730a1d98d8DC97c42F0Ca46aD7146"),
    (Some("Base"),      "THORChain router", Kind::Deposits, "0x68208d99746b805a1ae41421950a47b711e35681"),
    (Some("Arbitrum"),  "MayaChain router", Kind::Deposits, "0x700E97ef07219440487840Dc472E7120A7FF11F4"),
];

/// The token that is at this address.
pub(super) fn token(chain: &Chain, contract: Address) -> Option<Token> {
    let here = |(name, ..): &&(&str, &str, u8, &str)| *name == chain.name;
    TOKENS
        .iter()
        .filter(here)
        .find(|(.., at)| at.parse() == Ok(contract))
        .map(|(_, symbol, decimals, _)| Token { symbol, decimals: *decimals })
}

/// Where the token of this symbol is, if this version knows one on that chain: in whatever case the symbol is written, for no
/// two that it knows differ in that alone.
pub fn contract(chain: &Chain, symbol: &str) -> Option<Address> {
    TOKENS
        .iter()
        .find(|(name, known, ..)| *name == chain.name && known.eq_ignore_ascii_case(symbol))
        .and_then(|(.., at)| at.parse().ok())
}

/// Whether a token or a coin that we know goes by this symbol, on this chain.
pub(super) fn is_taken(chain: &Chain, symbol: &str) -> bool {
    let same = |known: &str| known.eq_ignore_ascii_case(symbol.trim());
    same(chain.symbol) || TOKENS.iter().any(|(name, known, ..)| *name == chain.name && same(known))
}

/// The router that is at this address.
pub(super) fn router(chain: &Chain, contract: Address) -> Option<Router> {
    let own = |(name, ..): &&(Option<&str>, &str, Kind, &str)| *name == Some(chain.name);
    let others = |(name, ..): &&(Option<&str>, &str, Kind, &str)| name.is_none();
    let at = |(.., at): &&(Option<&str>, &str, Kind, &str)| at.parse() == Ok(contract);
    let found = ROUTERS.iter().filter(own).find(at);
    // zkSync makes addresses in its own way: what is elsewhere at an address is not there.
    let elsewhere = || ROUTERS.iter().filter(others).filter(|_| chain.name != "Zksync").find(at);
    found.or_else(elsewhere).map(|(_, name, kind, _)| Router { name, kind: *kind })
}

/// What is at this address, in a word or two.
pub(super) fn name(chain: &Chain, contract: Address) -> Option<&'static str> {
    let router = router(chain, contract).map(|router| router.name);
    router.or_else(|| token(chain, contract).map(|token| token.symbol))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain;

    #[test]
    fn every_contract_is_on_a_chain_of_ours_and_its_checksum_fits() {
        for (name, .., at) in TOKENS {
            assert!(chain::find(name).unwrap().evm().is_some(), "{name}");
            assert_eq!(at.parse::<Address>().unwrap().to_string(), *at);
        }
        for (name, .., at) in ROUTERS {
            assert!(name.is_none_or(|name| chain::find(name).unwrap().evm().is_some()), "{name:?}");
            assert!(at.parse::<Address>().is_ok(), "{at}");
        }
    }

    #[test]
    fn a_contract_is_known_on_its_own_chain_only() {
        let [ethereum, base] = ["Ethereum", "Base"].map(|name| chain::find(name).unwrap());
        let usdc = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48".parse().unwrap();
        assert_eq!(token(ethereum, usdc), Some(Token { symbol: "USDC", decimals: 6 }));
        assert_eq!(token(base, usdc), None);
        assert_eq!(contract(ethereum, "usdc"), Some(usdc));
        assert_eq!((contract(base, "DAI"), contract(ethereum, "ETH")), (None, None));
        let router = "0xD37BbE5744D730a1d98d8DC97c42F0Ca46aD7146".parse().unwrap();
        assert_eq!(name(ethereum, router), Some("THORChain router"));
        assert_eq!(name(base, router), None);
        assert!(is_taken(ethereum, "eth") && is_taken(base, "USDC") && !is_taken(base, "ARB"));
    }
}
