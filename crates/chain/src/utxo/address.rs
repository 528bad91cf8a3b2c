//! Bitcoin and its relatives: addresses of a single key.

use bech32::Hrp;

use super::cash;
use crate::chain::Form;
use crate::hash;
use crate::key::KeyError;

/// The address of a derived public key.
pub(crate) fn address(form: Form, public_key: &[u8; 33]) -> Result<String, KeyError> {
    let hash = hash::of_key(public_key)?;
    match form {
        Form::Segwit(prefix) => segwit(prefix, &hash).ok_or(KeyError::NotAPoint),
        Form::Base58(prefix) => Ok(hash::base58_check(bs58::Alphabet::BITCOIN, prefix, &hash)),
        Form::Cash => Ok(cash::address(&hash)),
    }
}

/// `None` only for a prefix that is none, which the table of chains does not have.
fn segwit(prefix: &str, hash: &[u8; 20]) -> Option<String> {
    bech32::segwit::encode_v0(Hrp::parse(prefix).ok()?, hash).ok()
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
        let bitcoin = address(Form::Segwit("bc"), &key).unwrap();
        assert_eq!(bitcoin, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4");
    }

    #[test]
    fn a_key_off_the_curve_is_refused() {
        for form in [Form::Segwit("bc"), Form::Base58(&[0x1e]), Form::Cash] {
            assert_eq!(address(form, &[0xff; 33]), Err(KeyError::NotAPoint));
        }
    }
}
