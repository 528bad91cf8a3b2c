//! Addresses of Bitcoin Cash: bech32's digits with a longer checksum.

use bech32::Fe32;
use bech32::primitives::iter::ByteIterExt;

/// What the checksum is computed over first: the low five bits of each letter of `bitcoincash`, and a zero.
const PREFIX: &[u8; 11] = b"bitcoincash";

/// Of RIPEMD-160(SHA-256(key)). The byte before it says: of a key, 160 bits.
pub(super) fn address(hash: &[u8; 20]) -> String {
    let payload: Vec<Fe32> = [0].into_iter().chain(*hash).bytes_to_fes().collect();
    let letters = PREFIX.iter().map(|letter| letter & 0x1f);
    let digits = payload.iter().map(|digit| digit.to_u8());
    let checksum = checksum(letters.chain([0]).chain(digits).chain([0; 8]));
    let checksum: Vec<u8> = checksum.to_be_bytes().into_iter().skip(3).collect();
    payload.into_iter().chain(checksum.into_iter().bytes_to_fes()).map(Fe32::to_char).collect()
}

/// The remainder of a polynomial over GF(32): 40 bits, eight digits.
fn checksum(digits: impl Iterator<Item = u8>) -> u64 {
    const GENERATOR: [u64; 5] =
        [0x98_f2bc_8e61, 0x79_b76d_99e2, 0xf3_3e5f_b3c4, 0xae_2eab_e2a8, 0x1e_4f43_e470];
    let remainder = digits.fold(1_u64, |remainder, digit| {
        let highest = remainder >> 35;
        let shifted = ((remainder & 0x07_ffff_ffff) << 5) ^ u64::from(digit);
        let taken = GENERATOR.iter().enumerate().filter(|(bit, _)| highest >> bit & 1 == 1);
        taken.fold(shifted, |remainder, (_, generator)| remainder ^ generator)
    });
    remainder ^ 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first example of the format's specification.
    #[test]
    fn a_known_hash_has_its_known_address() {
        let hash = hex::decode("76a04053bda0a88bda5177b86a15c3b29f559873").unwrap();
        let address = address(&hash.try_into().unwrap());
        assert_eq!(address, "qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a");
    }
}
