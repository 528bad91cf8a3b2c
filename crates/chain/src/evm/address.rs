//! Addresses: 20 bytes, written with the checksum of EIP-55.

use core::fmt;
use core::str::FromStr;

use k256::ecdsa::VerifyingKey;

use crate::hash;
use crate::key::{self, KeyError};

/// An address of the Ethereum family. Printed as `0x` and 40 hex digits in the casing of EIP-55.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub(super) alloy_primitives::Address);

/// Why a text is not an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It does not have the form of one.
    #[error("{0:?} is not an address: it must be 0x and 40 hex digits")]
    Form(String),
    /// The casing of its letters says that a digit is wrong.
    #[error("the checksum of {0} does not fit: a character of it was mistyped")]
    Checksum(String),
}

impl Address {
    /// The address of a derived public key: the last 20 bytes of keccak-256 over its two coordinates.
    pub fn of(public_key: &[u8; 33]) -> Result<Self, KeyError> {
        Ok(Self::of_verifying_key(&key::decode(public_key)?.into()))
    }

    pub(super) fn of_verifying_key(public_key: &VerifyingKey) -> Self {
        Self(hash::of_coordinates(&public_key.into()).into())
    }

    /// The 20 bytes.
    pub fn to_bytes(self) -> [u8; 20] {
        self.0.into_array()
    }

    /// Whether it is the address that nobody has the key of.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }
}

impl FromStr for Address {
    type Err = AddressError;

    /// Accepts letters all of one case, which carry no checksum, and mixed ones whose checksum fits.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let form = || AddressError::Form(text.to_owned());
        let digits = text.strip_prefix("0x").ok_or_else(form)?;
        let mut bytes = [0; 20];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| form())?;
        let address = Self(bytes.into());
        let of_one_case = !digits.bytes().any(|c| c.is_ascii_lowercase())
            || !digits.bytes().any(|c| c.is_ascii_uppercase());
        if of_one_case || address.to_string() == text {
            Ok(address)
        } else {
            Err(AddressError::Checksum(text.to_owned()))
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.to_checksum_buffer(None).as_str())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of EIP-55.
    const CHECKSUMMED: [&str; 8] = [
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77",
        "0x27b1fdb04752bbc536007a920d24acb045561c26",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ];

    #[test]
    fn the_examples_of_eip_55_print_as_they_are() {
        for text in CHECKSUMMED {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn letters_of_one_case_carry_no_checksum() {
        for text in CHECKSUMMED {
            let digits = &text[2..];
            for form in [digits.to_lowercase(), digits.to_uppercase()] {
                let address: Address = format!("0x{form}").parse().unwrap();
                assert_eq!(address.to_string(), text);
            }
        }
    }

    #[test]
    fn a_wrong_checksum_is_refused() {
        for text in &CHECKSUMMED[4..] {
            for at in 2..text.len() {
                let mut wrong = text.as_bytes().to_vec();
                wrong[at] ^= 0x20;
                let wrong = String::from_utf8(wrong).unwrap();
                if text.as_bytes()[at].is_ascii_alphabetic() {
                    let expected = Err(AddressError::Checksum(wrong.clone()));
                    assert_eq!(wrong.parse::<Address>(), expected);
                }
            }
        }
    }

    #[test]
    fn what_does_not_look_like_an_address_is_refused() {
        let long = format!("{}00", CHECKSUMMED[0]);
        for text in
            ["", "0x", "vitalik.eth", &CHECKSUMMED[0][2..], &CHECKSUMMED[0][..40], &long, "0X"]
        {
            assert_eq!(text.parse::<Address>(), Err(AddressError::Form(text.to_owned())));
        }
    }

    #[test]
    fn a_key_off_the_curve_has_no_address() {
        assert_eq!(Address::of(&[0; 33]), Err(KeyError::NotAPoint));
        assert_eq!(
            Address::of(&[2; 33]).is_err(),
            k256::PublicKey::from_sec1_bytes(&[2; 33]).is_err()
        );
    }
}
