//! Whatever is changed in a payload changes what is signed or what is shown, or the payload is refused.

use std::collections::BTreeSet;

use quorate_chain::Payload;

use crate::vectors::{cases, payload, try_request};

/// The fields that do neither: nobody signs them, and nobody is told of them.
#[rustfmt::skip]
const ONLY_SAID: &[(&[u32], &str)] = &[
    (&[1, 2],         "the ticker of a coin that we know by its contract"),
    (&[2],            "the recipient, of a swap: the swap has its own"),
    (&[3],            "the amount, of a swap: the swap has its own"),
    (&[5, 2],         "the tip, on a chain that has none"),
    (&[22, 1],        "who gives: the coin says it"),
    (&[22, 2, 2],     "the ticker of what is given: the coin says it"),
    (&[22, 2, 3],     "whose it is: the coin says it"),
    (&[22, 2, 5],     "its decimals: the coin says them"),
    (&[22, 2, 8],     "a key of the vault's"),
    (&[22, 3, 5],     "the decimals of what is wanted on another chain"),
    (&[22, 3, 7],     "whether that is the other chain's own coin"),
    (&[22, 3, 8],     "a key of the vault's"),
    (&[22, 8],        "a limit: the one in the memo holds"),
    (&[22, 9],        "how many parts: the memo says it"),
    (&[22, 10],       "how many parts: the memo says it"),
    (&[22, 12],       "whether somebody earns by it: the memo says it"),
    (&[24, 1, 2],     "the ticker of what is given: the coin says it"),
    (&[24, 1, 3],     "whose it is: the coin says it"),
    (&[24, 1, 5],     "its decimals: the coin says them"),
    (&[24, 1, 8],     "a key of the vault's"),
    (&[24, 2, 3],     "whose what is wanted shall be: the call says it"),
    (&[24, 2, 5],     "the decimals of a chain's own coin"),
    (&[24, 2, 7],     "whether what is wanted is a chain's own coin"),
    (&[24, 2, 8],     "a key of the vault's"),
    (&[24, 3],        "how much is given: the call says it"),
    (&[24, 5, 1],     "how much is promised, in base units"),
    (&[24, 5, 2, 6],  "the gas of the quote, where the payload's is higher"),
];

/// Where a field stands, and its bytes: of a number its last, of a text all.
struct Leaf {
    path: Vec<u32>,
    at: Vec<usize>,
}

/// Fields that are messages.
fn is_message(path: &[u32]) -> bool {
    matches!(path, [1 | 5 | 22 | 23 | 24 | 30] | [22 | 23, 2 | 3] | [24, 1 | 2 | 5] | [24, 5, 2])
}

fn varint(bytes: &[u8], at: usize) -> (u64, usize) {
    let mut number = 0;
    for (position, byte) in bytes[at..].iter().enumerate() {
        number |= u64::from(byte & 0x7f) << (7 * position);
        if byte & 0x80 == 0 {
            return (number, at + position + 1);
        }
    }
    panic!("a number without end")
}

fn leaves(bytes: &[u8], from: usize, to: usize, above: &[u32], found: &mut Vec<Leaf>) {
    let mut at = from;
    while at < to {
        let (key, behind) = varint(bytes, at);
        let path = [above, &[u32::try_from(key >> 3).unwrap()]].concat();
        let (number, behind) = varint(bytes, behind);
        let kind = key & 7;
        if kind == 0 {
            found.push(Leaf { path, at: vec![behind - 1] });
            at = behind;
            continue;
        }
        assert_eq!(kind, 2);
        at = behind + usize::try_from(number).unwrap();
        if is_message(&path) {
            leaves(bytes, behind, at, &path, found);
        } else {
            found.push(Leaf { path, at: (behind..at).collect() });
        }
    }
}

/// Another digit for a digit, another letter for a letter.
fn changed(byte: u8) -> u8 {
    match byte {
        b'9' => b'8',
        b'f' | b'F' | b'z' | b'Z' => byte - 1,
        byte => byte ^ 1,
    }
}

/// What a payload comes to: the hashes and what is shown, or `None` where it is refused.
fn outcome(bytes: &[u8]) -> Option<(Vec<Vec<u8>>, String)> {
    let request = try_request(&Payload::decode(bytes).ok()?).ok()?;
    let shown =
        serde_json::to_string(&request.reading).unwrap() + &request.reading.lines().join("\n");
    let hashes = request.signings.iter().map(|it| it.bytes.as_bytes().to_vec()).collect();
    Some((hashes, shown))
}

#[test]
fn a_changed_field_changes_what_is_signed_or_what_is_shown() {
    let mut silent = BTreeSet::new();
    for case in cases().iter().filter(|case| case.get("transactions").is_some()) {
        let bytes = payload(case).bytes().to_vec();
        let before = outcome(&bytes).unwrap();
        let mut found = Vec::new();
        leaves(&bytes, 0, bytes.len(), &[], &mut found);
        for Leaf { path, at } in found {
            // The vault's own names, for whoever carries the payload.
            if matches!(path[..], [31..=33]) {
                continue;
            }
            for at in at {
                let mut bytes = bytes.clone();
                bytes[at] = changed(bytes[at]);
                if outcome(&bytes).is_some_and(|after| after == before) {
                    silent.insert(path.clone());
                }
            }
        }
    }
    let said: BTreeSet<_> = ONLY_SAID.iter().map(|(path, _)| path.to_vec()).collect();
    assert_eq!(silent, said);
}
