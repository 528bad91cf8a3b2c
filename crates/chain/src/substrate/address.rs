//! Polkadot and its relatives: addresses in the form SS58.

use blake2::{Blake2b512, Digest as _};

/// Base 58 of network ‖ key ‖ checksum, for networks below 64.
pub(crate) fn address(network: u8, public_key: &[u8; 32]) -> String {
    let mut bytes = vec![network];
    bytes.extend(public_key);
    let checksum = Blake2b512::new().chain_update("SS58PRE").chain_update(&bytes).finalize();
    bytes.extend(checksum.iter().take(2));
    bs58::encode(bytes).into_string()
}
