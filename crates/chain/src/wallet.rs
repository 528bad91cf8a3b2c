//! Private keys in the forms that wallets import (CHAINS 10): for the day on which a vault is recovered from its backups.
//!
//! Whoever holds one of these texts holds what is at the address.

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::chain::Chain;
use crate::key::Curve;

/// What mainnet's extended private keys begin with (BIP-32): written in base 58, `xprv`.
const XPRV: [u8; 4] = [0x04, 0x88, 0xad, 0xe4];

/// The form in which a chain's wallets take a private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Base 58 with a checksum, of a key whose public key is compressed (WIF).
    Wif,
    /// 64 hex digits.
    Hex,
    /// 64 hex digits of a scalar, little-endian. What wallets take is the seed from which such a scalar is hashed, and there
    /// is none: programs that sign with an expanded key can use it, wallets cannot.
    Scalar,
}

impl Format {
    /// `wif`, `hex` or `scalar`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Wif => "wif",
            Self::Hex => "hex",
            Self::Scalar => "scalar",
        }
    }
}

/// A private key of this chain: 32 bytes, big-endian on secp256k1, little-endian on Ed25519. The caller knows that it is
/// one, and of which curve.
#[must_use]
pub fn key(chain: &Chain, private: &[u8; 32]) -> (Format, Zeroizing<String>) {
    let hex = || Zeroizing::new(hex::encode(private));
    match (chain.wif(), chain.curve()) {
        (Some(prefix), _) => (Format::Wif, wif(prefix, private)),
        (None, Curve::Secp256k1) => (Format::Hex, hex()),
        (None, Curve::Ed25519) => (Format::Scalar, hex()),
    }
}

/// CHAINS 10.1: prefix ‖ key ‖ 01, in base 58 with a checksum.
fn wif(prefix: u8, private: &[u8; 32]) -> Zeroizing<String> {
    base58_check(&[&[prefix], private, &[1]])
}

/// CHAINS 10.2: the root key as an extended private key of BIP-32, from which wallets derive all others.
///
/// The vault's own are those without hardened steps.
#[must_use]
pub fn extended(private: &[u8; 32], chain_code: &[u8; 32]) -> Zeroizing<String> {
    // Depth, parent and number are zero: it is the root.
    base58_check(&[&XPRV, &[0; 9], chain_code, &[0], private])
}

fn base58_check(parts: &[&[u8]]) -> Zeroizing<String> {
    let len = parts.iter().map(|part| part.len()).sum::<usize>();
    // Room for all of it at once: a vector that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(len.saturating_add(4)));
    for part in parts {
        bytes.extend_from_slice(part);
    }
    let checksum = Sha256::digest(Sha256::digest(&*bytes));
    bytes.extend(checksum.iter().take(4));
    let mut text = Zeroizing::new([0; 128]);
    let written = bs58::encode(&*bytes).onto(&mut text[..]).unwrap_or(0);
    let text = text.get(..written).unwrap_or_default();
    Zeroizing::new(String::from_utf8_lossy(text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::find;

    fn bytes(hex: &str) -> [u8; 32] {
        hex::decode(hex).unwrap().try_into().unwrap()
    }

    /// Test vector 2 of BIP-32, chain m.
    #[test]
    fn the_root_of_bip_32_is_written_as_it_stands_there() {
        let key = bytes("4b03d6fc340455b363f51020ad3ecca4f0850280cf436c70c727923f6db46c3e");
        let code = bytes("60499f801b896d83179a4374aeb7822aaeaceaa0db1f85ee3e904c4defbd9689");
        assert_eq!(
            *extended(&key, &code),
            "xprv9s21ZrQH143K31xYSDQpPDxsXRTUcvj2iNHm5NUtrGiGG5e2DtALGdso3pGz6ssrdK4PFmM8NSpSBHNqPqm55Qn3LqFtT2emdEXVYsCzC2U"
        );
    }

    /// The key 1, as every wallet of these chains writes it.
    #[test]
    fn the_smallest_key_is_written_as_wallets_write_it() {
        let mut one = [0; 32];
        one[31] = 1;
        for (chain, format, text) in [
            ("Bitcoin", Format::Wif, "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn"),
            ("Bitcoin-Cash", Format::Wif, "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn"),
            ("Litecoin", Format::Wif, "T33ydQRKp4FCW5LCLLUB7deioUMoveiwekdwUwyfRDeGZm76aUjV"),
            ("Dogecoin", Format::Wif, "QNcdLVw8fHkixm6NNyN6nVwxKek4u7qrioRbQmjxac5TVoTtZuot"),
        ] {
            let (kind, written) = key(find(chain).unwrap(), &one);
            assert_eq!((kind, written.as_str()), (format, text), "{chain}");
        }
        let (kind, written) = key(find("Ethereum").unwrap(), &one);
        assert_eq!((kind, written.as_str()), (Format::Hex, hex::encode(one).as_str()));
        assert_eq!(key(find("Solana").unwrap(), &one).0, Format::Scalar);
        // Dash writes its compressed keys with an X in front.
        assert!(key(find("Dash").unwrap(), &one).1.starts_with('X'));
    }
}
