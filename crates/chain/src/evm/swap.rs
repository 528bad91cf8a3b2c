//! The calls of aggregators' routers that say what is swapped: for what, for how much at least, and for whom.

use alloy_primitives::U256;

use super::abi::Words;
use super::address::Address;
use super::known::Kind;

/// What a router's call says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Terms {
    /// What is given, and how much; `None` for the chain's own coin, of which what goes along is given.
    pub(super) sell: Option<(Address, U256)>,
    /// What is wanted, if the call says it.
    pub(super) buy: Option<Bought>,
    /// The least that must come out, in base units.
    pub(super) least: Option<U256>,
    /// Who gets it; `None` for whoever calls.
    pub(super) receiver: Option<Address>,
    /// The number of the chain where it comes out, if that is another.
    pub(super) elsewhere: Option<U256>,
}

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bought {
    Coin,
    Token(Address),
}

/// `swap(address,(…),bytes)` and, in version 5, `swap(address,(…),bytes,bytes)`.
const ONE_INCH: [[u8; 4]; 2] = [[0x07, 0xed, 0x23, 0x79], [0x12, 0xaa, 0x3c, 0xaf]];
/// `unoswap(uint256,uint256,uint256,uint256)` and the same through two and three pools.
const UNOSWAP: [([u8; 4], usize); 3] =
    [([0x83, 0x80, 0x0a, 0x8e], 4), ([0x87, 0x70, 0xba, 0x91], 5), ([0x19, 0x36, 0x74, 0x72], 6)];
/// `ethUnoswap(uint256,uint256)` and the same through two and three pools.
const ETH_UNOSWAP: [([u8; 4], usize); 3] =
    [([0xa7, 0x6d, 0xfc, 0x3b], 2), ([0x89, 0xaf, 0x92, 0x6a], 3), ([0x18, 0x8a, 0xc3, 0x5d], 4)];
/// `swap((address,address,bytes,(…),bytes))`.
const KYBER: [u8; 4] = [0xe2, 0x1f, 0xd0, 0xe9];
/// LI.FI's swaps on one chain, in one step: `swapTokensSingleV3ERC20ToERC20(bytes32,string,string,address,uint256,(…))`,
/// `…ERC20ToNative`, `…NativeToERC20`.
const LI_FI_ONE: [[u8; 4]; 3] =
    [[0x46, 0x66, 0xfc, 0x80], [0x73, 0x32, 0x14, 0xa3], [0xaf, 0x70, 0x60, 0xfd]];
/// The same in several steps: `swapTokensMultipleV3…(…,(…)[])`, and `swapTokensGeneric`, the earlier one.
const LI_FI_SEVERAL: [[u8; 4]; 4] = [
    [0x5f, 0xd9, 0xae, 0x2e],
    [0x2c, 0x57, 0xe8, 0x84],
    [0x73, 0x6e, 0xac, 0x0b],
    [0x46, 0x30, 0xa0, 0xd8],
];
/// Routers write the chain's own coin so, or as zero.
const OWN_COIN: [u8; 20] = [0xee; 20];
/// A part may be swapped, with the least that comes out made smaller as well.
const PARTIAL: u64 = 1;

/// What a call of a router of this kind says, if this version can read it.
pub(super) fn read(kind: Kind, data: &[u8]) -> Option<Terms> {
    match kind {
        Kind::OneInch => one_inch(data).or_else(|| unoswap(data)).or_else(|| eth_unoswap(data)),
        Kind::Kyber => kyber(data),
        Kind::LiFi => li_fi_here(data).or_else(|| li_fi(data)),
        Kind::Deposits => None,
    }
}

fn one_inch(data: &[u8]) -> Option<Terms> {
    let words = ONE_INCH.iter().find_map(|selector| Words::of_call(data, *selector))?;
    let swap = Description { words, first: 1 };
    let [sell, buy] = [swap.address(0)?, swap.address(1)?];
    let (amount, least, flags) = (swap.uint(4)?, swap.uint(5)?, swap.uint(6)?);
    Some(terms(sell, buy, amount, least, flags, swap.address(3)?))
}

fn kyber(data: &[u8]) -> Option<Terms> {
    let execution = Words::of_call(data, KYBER)?.tuple(0)?;
    let swap = Description { words: execution.tuple(3)?, first: 0 };
    let [sell, buy] = [swap.address(0)?, swap.address(1)?];
    let (amount, least, flags) = (swap.uint(7)?, swap.uint(8)?, swap.uint(9)?);
    Some(terms(sell, buy, amount, least, flags, swap.address(6)?))
}

/// The members of a tuple that stand one behind the other.
struct Description<'a> {
    words: Words<'a>,
    first: usize,
}

impl Description<'_> {
    fn address(&self, member: usize) -> Option<Address> {
        self.words.address(self.first.checked_add(member)?)
    }

    fn uint(&self, member: usize) -> Option<U256> {
        self.words.uint(self.first.checked_add(member)?)
    }
}

fn terms(
    sell: Address,
    buy: Address,
    amount: U256,
    least: U256,
    flags: U256,
    receiver: Address,
) -> Terms {
    let partial = !(flags & U256::from(PARTIAL)).is_zero();
    Terms {
        sell: (!is_own_coin(sell)).then_some((sell, amount)),
        buy: Some(bought(buy)),
        least: (!partial && !least.is_zero()).then_some(least),
        receiver: (!receiver.is_zero()).then_some(receiver),
        elsewhere: None,
    }
}

/// What comes out, the pools say.
fn unoswap(data: &[u8]) -> Option<Terms> {
    let words = UNOSWAP
        .iter()
        .find_map(|(selector, words)| Words::of_call(data, *selector)?.exactly(*words))?;
    let (token, amount, least) = (words.address(0)?, words.uint(1)?, words.uint(2)?);
    Some(Terms {
        sell: Some((token, amount)),
        buy: None,
        least: (!least.is_zero()).then_some(least),
        receiver: None,
        elsewhere: None,
    })
}

fn eth_unoswap(data: &[u8]) -> Option<Terms> {
    let words = ETH_UNOSWAP
        .iter()
        .find_map(|(selector, words)| Words::of_call(data, *selector)?.exactly(*words))?;
    let least = words.uint(0)?;
    Some(Terms {
        sell: None,
        buy: None,
        least: (!least.is_zero()).then_some(least),
        receiver: None,
        elsewhere: None,
    })
}

/// A swap of LI.FI's that stays on the chain.
fn li_fi_here(data: &[u8]) -> Option<Terms> {
    let of = |selectors: &[[u8; 4]]| {
        selectors.iter().find_map(|selector| Words::of_call(data, *selector))
    };
    let (words, first, last) = if let Some(words) = of(&LI_FI_ONE) {
        (words, words.tuple(5)?, words.tuple(5)?)
    } else {
        let words = of(&LI_FI_SEVERAL)?;
        let steps = words.tuple(5)?;
        let last = usize::try_from(steps.small(0)?).ok()?.checked_sub(1)?;
        let steps = steps.behind(1)?;
        (words, steps.tuple(0)?, steps.tuple(last)?)
    };
    let (sell, amount, buy) = (first.address(2)?, first.uint(4)?, last.address(3)?);
    let (receiver, least) = (words.address(3)?, words.uint(4)?);
    Some(Terms {
        sell: (!is_own_coin(sell)).then_some((sell, amount)),
        buy: Some(bought(buy)),
        least: (!least.is_zero()).then_some(least),
        receiver: Some(receiver),
        elsewhere: None,
    })
}

/// Every bridge of LI.FI begins with the same tuple: what goes over, for whom, and to which chain.
fn li_fi(data: &[u8]) -> Option<Terms> {
    let (selector, _) = data.split_first_chunk()?;
    let words = Words::of_call(data, *selector)?;
    let bridged = words.tuple(0)?;
    let (asset, receiver) = (bridged.address(4)?, bridged.address(5)?);
    let (amount, chain, swapped_before) = (bridged.uint(6)?, bridged.uint(7)?, bridged.truth(8)?);
    bridged.truth(9)?;
    let (bridge, integrator) = (bridged.bytes(1)?, bridged.bytes(2)?);
    if bridge.is_empty() || [bridge, integrator].iter().any(|name| !name.is_ascii()) {
        return None;
    }
    let sell = if swapped_before {
        // The swaps that come first: the first of them says what is given.
        let swaps = words.tuple(1)?;
        swaps.small(0).filter(|count| *count > 0)?;
        let first = swaps.behind(1)?.tuple(0)?;
        (first.address(2)?, first.uint(4)?)
    } else {
        (asset, amount)
    };
    Some(Terms {
        sell: (!is_own_coin(sell.0)).then_some(sell),
        buy: None,
        least: None,
        receiver: Some(receiver),
        elsewhere: Some(chain),
    })
}

fn bought(address: Address) -> Bought {
    if is_own_coin(address) { Bought::Coin } else { Bought::Token(address) }
}

fn is_own_coin(address: Address) -> bool {
    address.is_zero() || address.to_bytes() == OWN_COIN
}

#[cfg(test)]
mod tests {
    use alloy_primitives::keccak256;

    use super::*;

    #[test]
    fn every_selector_is_that_of_its_function() {
        let desc = "(address,address,address,address,uint256,uint256,uint256)";
        let kyber = "(address,address,address[],uint256[],address[],uint256[],address,uint256,uint256,uint256,bytes)";
        let li_fi = |name, list| {
            let step = "(address,address,address,address,uint256,bytes,bool)";
            format!("swapTokens{name}(bytes32,string,string,address,uint256,{step}{list})")
        };
        for (selector, signature) in [
            (ONE_INCH[0], format!("swap(address,{desc},bytes)")),
            (ONE_INCH[1], format!("swap(address,{desc},bytes,bytes)")),
            (UNOSWAP[0].0, "unoswap(uint256,uint256,uint256,uint256)".into()),
            (UNOSWAP[1].0, "unoswap2(uint256,uint256,uint256,uint256,uint256)".into()),
            (UNOSWAP[2].0, "unoswap3(uint256,uint256,uint256,uint256,uint256,uint256)".into()),
            (ETH_UNOSWAP[0].0, "ethUnoswap(uint256,uint256)".into()),
            (ETH_UNOSWAP[1].0, "ethUnoswap2(uint256,uint256,uint256)".into()),
            (ETH_UNOSWAP[2].0, "ethUnoswap3(uint256,uint256,uint256,uint256)".into()),
            (LI_FI_ONE[0], li_fi("SingleV3ERC20ToERC20", "")),
            (LI_FI_ONE[1], li_fi("SingleV3ERC20ToNative", "")),
            (LI_FI_ONE[2], li_fi("SingleV3NativeToERC20", "")),
            (LI_FI_SEVERAL[0], li_fi("MultipleV3ERC20ToERC20", "[]")),
            (LI_FI_SEVERAL[1], li_fi("MultipleV3ERC20ToNative", "[]")),
            (LI_FI_SEVERAL[2], li_fi("MultipleV3NativeToERC20", "[]")),
            (LI_FI_SEVERAL[3], li_fi("Generic", "[]")),
            (KYBER, format!("swap((address,address,bytes,{kyber},bytes))")),
        ] {
            assert_eq!(selector, keccak256(&signature)[..4], "{signature}");
        }
    }
}
