//! Addresses: 32 bytes in base 58. A vault's address is its Ed25519 key; a program's account has an address without a key.

use core::fmt;
use core::str::FromStr;

/// An address of Solana.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub [u8; 32]);

/// Why a text is not an address. There is no checksum that could name a mistyped character.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an address: it must be 32 bytes in base 58")]
pub struct AddressError(String);

impl Address {
    /// For constants: what is not an address does not compile.
    pub(super) const fn known(base58: &str) -> Self {
        Self(bs58::decode(base58.as_bytes()).into_array_const_unwrap())
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let mut bytes = [0; 32];
        match bs58::decode(text).onto(&mut bytes) {
            Ok(32) => Ok(Self(bytes)),
            _ => Err(AddressError(text.to_owned())),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bs58::encode(self.0).into_string())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back() {
        for text in [
            "11111111111111111111111111111111",
            "8vdCT37Lc6MLXfep8K5XFyYU6HTPpaqjJ7hyXJjUCc12",
            "ComputeBudget111111111111111111111111111111",
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.to_string(), text);
            assert_eq!(Address::known(text), address);
        }
    }

    #[test]
    fn what_is_not_32_bytes_of_base_58_is_refused() {
        for text in [
            "",
            "1111111111111111111111111111111",
            "111111111111111111111111111111111",
            "8vdCT37Lc6MLXfep8K5XFyYU6HTPpaqjJ7hyXJjUCc120",
            "8vdCT37Lc6MLXfep8K5XFyYU6HTPpaqjJ7hyXJjUCc1l",
            "8vdCT37Lc6MLXfep8K5XFyYU6HTPpaqjJ7hyXJjUC",
            "0xe5F238C95142be312852e864B830daADB9B7D290",
            " 8vdCT37Lc6MLXfep8K5XFyYU6HTPpaqjJ7hyXJjUCc12",
            &"z".repeat(100_000),
        ] {
            assert!(text.parse::<Address>().is_err(), "{text:.60}");
        }
    }
}
