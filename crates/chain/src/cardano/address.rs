//! Cardano: the address that one key owns, without a stake (an *enterprise* address).

use bech32::{Bech32, Hrp};
use blake2::digest::consts::U28;
use blake2::{Blake2b, Digest as _};

use crate::key::KeyError;

/// Main network, one key.
const HEADER: u8 = 0x61;

/// Bech32 behind `addr` of blake2b-224(key) behind its header.
pub(crate) fn address(public_key: &[u8; 32]) -> Result<String, KeyError> {
    let hash = Blake2b::<U28>::digest(public_key);
    let mut bytes = vec![HEADER];
    bytes.extend(hash);
    // The prefix and the length are good ones, so this does not fail.
    let hrp = Hrp::parse("addr").map_err(|_| KeyError::Curve)?;
    bech32::encode::<Bech32>(hrp, &bytes).map_err(|_| KeyError::Curve)
}
