//! Numbers, hashes and bytes as the JSON of a node writes them.

use quorate_chain::U256;
use serde_json::Value;

/// `"0x1f4"`, at most 256 bits.
pub(super) fn read(value: &Value) -> Option<U256> {
    let digits = value.as_str()?.strip_prefix("0x")?;
    let is_number = !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_hexdigit());
    if is_number { U256::from_str_radix(digits, 16).ok() } else { None }
}

/// `"0x1f4"`, at most 128 bits: a price.
pub(super) fn price(value: &Value) -> Option<u128> {
    read(value)?.try_into().ok()
}

/// `"0x1f4"`, at most 64 bits: a count, a height, an amount of gas.
pub(super) fn number(value: &Value) -> Option<u64> {
    read(value)?.try_into().ok()
}

/// A hash, `"0x"` and 64 digits.
pub(super) fn hash(value: &Value) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    hex::decode_to_slice(value.as_str()?.strip_prefix("0x")?, &mut hash).ok()?;
    Some(hash)
}

/// Whether it is this hash, `"0x"` and 64 digits.
pub(super) fn is_hash(value: &Value, hash: &[u8; 32]) -> bool {
    let digits = value.as_str().and_then(|text| text.strip_prefix("0x"));
    digits.is_some_and(|digits| digits.eq_ignore_ascii_case(&hex::encode(hash)))
}

/// Bytes, `"0x"` and two digits each, as many as there are.
pub(super) fn bytes(value: &Value) -> Option<Vec<u8>> {
    hex::decode(value.as_str()?.strip_prefix("0x")?).ok()
}

/// Bytes as a node reads them.
pub(super) fn hex(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}
