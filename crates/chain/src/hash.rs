//! Hashes that more than one family makes its addresses from.

use k256::PublicKey as Point;
use k256::elliptic_curve::sec1::ToSec1Point;
use ripemd::Ripemd160;
use sha2::{Digest as _, Sha256};

use crate::key::{self, KeyError};

/// RIPEMD-160(SHA-256(key)), of a key that is one.
pub(crate) fn of_key(public_key: &[u8; 33]) -> Result<[u8; 20], KeyError> {
    key::decode(public_key)?;
    Ok(Ripemd160::digest(Sha256::digest(public_key)).into())
}

/// The last 20 bytes of keccak-256 over the key's two coordinates.
pub(crate) fn of_coordinates(public_key: &Point) -> [u8; 20] {
    let point = public_key.to_sec1_point(false);
    let coordinates = point.as_bytes().get(1..).unwrap_or_default();
    alloy_primitives::Address::from_word(alloy_primitives::keccak256(coordinates)).into_array()
}

/// Base 58 with a checksum: four bytes of SHA-256(SHA-256(prefix ‖ body)) behind it.
pub(crate) fn base58_check(alphabet: &bs58::Alphabet, prefix: &[u8], body: &[u8; 20]) -> String {
    let mut bytes = [prefix, body].concat();
    let checksum = Sha256::digest(Sha256::digest(&bytes));
    bytes.extend(checksum.iter().take(4));
    bs58::encode(bytes).with_alphabet(alphabet).into_string()
}
