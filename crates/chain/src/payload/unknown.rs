//! Fields of a protobuf message that are none of a schema.

use std::collections::BTreeSet;

/// The numbers of a message's fields that are not among `known`, each once. The message has been decoded before.
pub(super) fn of(mut bytes: &[u8], known: &[u32]) -> Vec<u32> {
    let mut unknown = BTreeSet::new();
    while let Some((tag, rest)) = field(bytes) {
        if !known.contains(&tag) {
            unknown.insert(tag);
        }
        bytes = rest;
    }
    unknown.into_iter().collect()
}

/// The number of the first field, and what is behind it.
fn field(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (key, rest) = varint(bytes)?;
    let rest = match key & 7 {
        0 => varint(rest)?.1,
        1 => rest.get(8..)?,
        2 => {
            let (length, rest) = varint(rest)?;
            rest.get(usize::try_from(length).ok()?..)?
        }
        5 => rest.get(4..)?,
        _ => return None,
    };
    Some((u32::try_from(key >> 3).ok()?, rest))
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0_u64;
    for (position, byte) in bytes.iter().take(10).enumerate() {
        number |= u64::from(byte & 0x7f) << (7 * position);
        if byte & 0x80 == 0 {
            return Some((number, bytes.get(position.saturating_add(1)..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_another_number_is_told() {
        // 1: "a", 99: 5, 300: "b", 2 as 32 bits.
        let bytes = [0x0a, 1, b'a', 0x98, 0x06, 5, 0xe2, 0x12, 1, b'b', 0x15, 1, 2, 3, 4];
        assert_eq!(of(&bytes, &[1, 2]), [99, 300]);
        assert!(of(&bytes, &[1, 2, 99, 300]).is_empty());
        assert!(of(&[0x0a, 200], &[]).is_empty(), "what ends too early was never decoded");
    }
}
