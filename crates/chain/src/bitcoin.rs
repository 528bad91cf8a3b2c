//! Bitcoin: the native segwit address of a key.

use bech32::hrp;
use ripemd::Ripemd160;
use sha2::{Digest as _, Sha256};

use crate::key::{self, KeyError};

/// The P2WPKH address (`bc1q…`) of a derived public key: segwit version 0 of RIPEMD-160(SHA-256(key)).
pub fn address(public_key: &[u8; 33]) -> Result<String, KeyError> {
    key::decode(public_key)?;
    let program = Ripemd160::digest(Sha256::digest(public_key));
    // A twenty-byte program is a valid one, so this does not fail.
    bech32::segwit::encode_v0(hrp::BC, &program).map_err(|_| KeyError::NotAPoint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_bip_173_has_its_address() {
        let key: [u8; 33] =
            hex::decode("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
                .unwrap()
                .try_into()
                .unwrap();
        assert_eq!(address(&key).unwrap(), "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4");
    }

    #[test]
    fn a_key_off_the_curve_is_refused() {
        assert_eq!(address(&[0xff; 33]), Err(KeyError::NotAPoint));
    }
}
