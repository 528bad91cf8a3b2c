//! What THORChain and MayaChain are told in a memo: words between colons, the first of which says what is meant.

/// A memo that asks for a swap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SwapMemo<'m> {
    /// What is wanted, in the notation of those chains: `ETH.USDC-0x…`, or a short name.
    pub(crate) asset: &'m str,
    /// Who gets it.
    pub(crate) destination: &'m str,
    /// The least that must come out, in 10⁻⁸; `None` where any amount will do.
    pub(crate) least: Option<&'m str>,
}

/// What a memo asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asks<'m> {
    /// A swap.
    Swap(SwapMemo<'m>),
    /// One of the other things that those chains do for coins.
    Other,
    /// Nothing that is known.
    Unknown,
}

/// First words of memos that ask for something else than a swap.
const OTHERS: &[&str] = &[
    "=<", "+", "add", "a", "-", "withdraw", "wd", "bond", "unbond", "leave", "secure+", "secure-",
    "m=<", "donate", "d",
];

/// Reads a memo.
pub(crate) fn read(memo: &str) -> Asks<'_> {
    let mut words = memo.split(':');
    let first = words.next().unwrap_or_default();
    let is = |known: &&str| first.eq_ignore_ascii_case(known);
    if !["=", "s", "swap"].iter().any(is) {
        return if OTHERS.iter().any(is) { Asks::Other } else { Asks::Unknown };
    }
    match (words.next(), words.next()) {
        (Some(asset), Some(destination)) if !asset.is_empty() && !destination.is_empty() => {
            let limit = words.next().unwrap_or_default();
            let least = limit.split('/').next().unwrap_or_default();
            let none = least.bytes().all(|digit| digit == b'0');
            Asks::Swap(SwapMemo { asset, destination, least: (!none).then_some(least) })
        }
        _ => Asks::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_says_what_for_whom_and_how_much_at_least() {
        let swap = |asset, destination, least| Asks::Swap(SwapMemo { asset, destination, least });
        assert_eq!(read("=:r:thor1abc:0/1/0:vi:0"), swap("r", "thor1abc", None));
        assert_eq!(read("SWAP:BTC.BTC:bc1q:123/3/4"), swap("BTC.BTC", "bc1q", Some("123")));
        assert_eq!(read("s:ETH.ETH:0x1"), swap("ETH.ETH", "0x1", None));
        for unknown in ["", "hello", "=:r", "=::x", "=:r:", "==:r:x"] {
            assert_eq!(read(unknown), Asks::Unknown, "{unknown}");
        }
        for other in ["BOND:thor1x", "+:ETH.ETH", "-:ETH.ETH:100", "LEAVE:thor1", "secure+:thor1"] {
            assert_eq!(read(other), Asks::Other, "{other}");
        }
    }
}
