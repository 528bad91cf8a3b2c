//! Whole coins as people write them (`0.5`), base units as chains count them. Exact: no floating point.

use alloy_primitives::U256;

/// Why a text is not an amount that can be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// It is not written as a number.
    #[error("{0:?} is not an amount: write digits with at most one point, such as 0.5")]
    NotANumber(String),
    /// It is finer than the chain can count.
    #[error("{text} has {found} decimal places; this coin has {most}")]
    TooFine {
        /// The text.
        text: String,
        /// Its decimal places, without trailing zeros.
        found: usize,
        /// The decimal places of a whole coin.
        most: u8,
    },
    /// It is nothing.
    #[error("an amount of zero cannot be sent")]
    Zero,
    /// It does not fit the 256 bits that a chain counts with.
    #[error("{0} is more than any chain can count")]
    TooLarge(String),
}

/// Reads whole coins (`12`, `0.5`), giving base units.
///
/// Trailing zeros after the point carry no meaning and are allowed in any number. Signs, exponents, separators,
/// and a point without digits on both sides are refused: what is sent is exactly what was typed.
pub fn parse(text: &str, decimals: u8) -> Result<U256, AmountError> {
    let not_a_number = || AmountError::NotANumber(text.to_owned());
    let (whole, fraction) = match text.split_once('.') {
        Some((_, "")) => return Err(not_a_number()),
        Some((whole, fraction)) => (whole, fraction.trim_end_matches('0')),
        None => (text, ""),
    };
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|c| c.is_ascii_digit()) {
        return Err(not_a_number());
    }
    let places = usize::from(decimals);
    if fraction.len() > places {
        let text = text.to_owned();
        return Err(AmountError::TooFine { text, found: fraction.len(), most: decimals });
    }
    let digits = format!("{whole}{fraction:0<places$}");
    let amount =
        U256::from_str_radix(&digits, 10).map_err(|_| AmountError::TooLarge(text.to_owned()))?;
    if amount.is_zero() { Err(AmountError::Zero) } else { Ok(amount) }
}

/// Reads base units, as links carry them: decimal digits and nothing else. Zero is a number here.
pub fn parse_base_units(digits: &str) -> Result<U256, AmountError> {
    if digits.is_empty() || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return Err(AmountError::NotANumber(digits.to_owned()));
    }
    U256::from_str_radix(digits, 10).map_err(|_| AmountError::TooLarge(digits.to_owned()))
}

/// Writes base units as whole coins, exactly, without trailing zeros: the inverse of [`parse`].
pub fn in_coins(amount: U256, decimals: u8) -> String {
    let places = usize::from(decimals);
    let digits = format!("{amount:0>width$}", width = places.saturating_add(1));
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(places));
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wei(text: &str) -> Result<U256, AmountError> {
        parse(text, 18)
    }

    #[test]
    fn coins_become_base_units_exactly() {
        assert_eq!(wei("1"), Ok(U256::from(10).pow(U256::from(18))));
        assert_eq!(wei("0.5"), Ok(U256::from(500_000_000_000_000_000_u64)));
        assert_eq!(wei("0.000000000000000001"), Ok(U256::from(1)));
        assert_eq!(wei("00.1"), wei("0.1"));
        assert_eq!(wei("1.000000000000000000000"), wei("1"));
        assert_eq!(parse("0.00000001", 8), Ok(U256::from(1)));
        // 0.1 + 0.2 in floating point would be another number.
        assert_eq!(wei("0.3"), Ok(wei("0.1").unwrap() + wei("0.2").unwrap()));
    }

    #[test]
    fn base_units_become_coins_and_come_back() {
        for text in ["1", "0.5", "0.000000000000000001", "123456789.000000000000000001", "10"] {
            assert_eq!(in_coins(wei(text).unwrap(), 18), text);
        }
        assert_eq!(in_coins(U256::ZERO, 18), "0");
        assert_eq!(in_coins(U256::from(7), 0), "7");
        assert_eq!(wei(&in_coins(U256::MAX, 18)), Ok(U256::MAX));
    }

    #[test]
    fn what_is_not_plain_digits_is_refused() {
        for text in
            ["", ".", "1.", ".5", "-1", "+1", "1e18", "1,5", "1_000", " 1", "0x10", "1.2.3", "١"]
        {
            assert_eq!(wei(text), Err(AmountError::NotANumber(text.to_owned())), "{text}");
        }
        assert!(parse_base_units("1.0").is_err());
        assert!(parse_base_units("").is_err());
        assert_eq!(parse_base_units("0"), Ok(U256::ZERO));
    }

    #[test]
    fn zero_is_refused() {
        for text in ["0", "0.0", "0.000000000000000000", "000"] {
            assert_eq!(wei(text), Err(AmountError::Zero), "{text}");
        }
    }

    #[test]
    fn what_the_chain_cannot_count_is_refused() {
        let fine = "0.0000000000000000001";
        let expected = AmountError::TooFine { text: fine.to_owned(), found: 19, most: 18 };
        assert_eq!(wei(fine), Err(expected));
        let large = format!("1{}", "0".repeat(60));
        assert_eq!(wei(&large), Err(AmountError::TooLarge(large.clone())));
    }
}
