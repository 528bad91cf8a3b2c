//! The encoding of calls and of what they return, as far as tokens need it.
//!
//! A call is four bytes that name the function and 32 bytes an argument. What comes back was written by whoever wrote
//! the contract: nothing of it is taken for longer than it is, and no text for longer than [`LONGEST_TEXT`].

use quorate_chain::U256;
use quorate_chain::evm::Address;

/// The longest text that is read, in bytes.
pub(super) const LONGEST_TEXT: usize = 64;

const WORD: usize = 32;

/// A call of the function with this selector, with addresses for arguments.
pub(super) fn call(selector: [u8; 4], addresses: &[Address]) -> Vec<u8> {
    let mut data = selector.to_vec();
    for address in addresses {
        data.extend_from_slice(&[0; 12]);
        data.extend_from_slice(&address.to_bytes());
    }
    data
}

/// A returned number: the first word. Some contracts return more.
pub(super) fn number(returned: &[u8]) -> Option<U256> {
    Some(U256::from_be_slice(returned.get(..WORD)?))
}

/// A returned text: a `string`, or the `bytes32` of older contracts, filled up with zeros. Not empty, and without
/// control characters.
pub(super) fn text(returned: &[u8]) -> Option<String> {
    let bytes = if returned.len() == WORD { padded(returned) } else { string(returned)? };
    if bytes.is_empty() || bytes.len() > LONGEST_TEXT {
        return None;
    }
    String::from_utf8(bytes.to_vec()).ok().filter(|text| !text.contains(char::is_control))
}

fn padded(word: &[u8]) -> &[u8] {
    let end = word.iter().rposition(|&byte| byte != 0).map_or(0, |last| last.saturating_add(1));
    word.get(..end).unwrap_or_default()
}

fn string(returned: &[u8]) -> Option<&[u8]> {
    let at: usize = number(returned)?.try_into().ok()?;
    let tail = returned.get(at..)?;
    let length: usize = number(tail)?.try_into().ok()?;
    tail.get(WORD..)?.get(..length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(number: u64) -> [u8; WORD] {
        U256::from(number).to_be_bytes()
    }

    fn string_of(text: &[u8]) -> Vec<u8> {
        let mut returned = [word(32), word(text.len().try_into().unwrap())].concat();
        returned.extend_from_slice(text);
        returned.resize(returned.len().next_multiple_of(WORD), 0);
        returned
    }

    #[test]
    fn an_argument_is_filled_up_from_the_left() {
        let owner: Address = "0xe5F238C95142be312852e864B830daADB9B7D290".parse().unwrap();
        assert_eq!(
            hex::encode(call([0x70, 0xa0, 0x82, 0x31], &[owner])),
            "70a08231000000000000000000000000e5f238c95142be312852e864b830daadb9b7d290"
        );
    }

    #[test]
    fn a_text_is_a_string_or_a_word_filled_up_with_zeros() {
        assert_eq!(text(&string_of(b"USDC")).as_deref(), Some("USDC"));
        assert_eq!(text(&string_of("USD₮0".as_bytes())).as_deref(), Some("USD₮0"));
        let mut word = [0; WORD];
        word[..3].copy_from_slice(b"MKR");
        assert_eq!(text(&word).as_deref(), Some("MKR"));
        assert_eq!(text(&[b'a'; WORD]), Some("a".repeat(32)));
        assert_eq!(text(&string_of(&[b'a'; LONGEST_TEXT])), Some("a".repeat(LONGEST_TEXT)));
    }

    #[test]
    fn what_is_no_text_is_none() {
        let max = [0xff; WORD];
        for (what, returned) in [
            ("nothing", vec![]),
            ("less than a word", vec![b'a'; 31]),
            ("a word of zeros", vec![0; WORD]),
            ("an empty string", string_of(b"")),
            ("too long", string_of(&[b'a'; LONGEST_TEXT + 1])),
            ("a control character", string_of(b"a\nb")),
            ("a word that does not begin with text", word(32).to_vec()),
            ("not UTF-8", string_of(&[0xff, 0xfe])),
            ("an offset beyond the end", [word(96), word(1), [b'a'; WORD]].concat()),
            ("an offset beyond every end", [max, word(1), [b'a'; WORD]].concat()),
            ("a length beyond the end", [word(32), word(33), [b'a'; WORD]].concat()),
            ("a length beyond every end", [word(32), max, [b'a'; WORD]].concat()),
            ("a length and nothing else", [word(32), word(4)].concat()),
        ] {
            assert_eq!(text(&returned), None, "{what}");
        }
    }

    #[test]
    fn a_number_is_a_whole_word() {
        assert_eq!(number(&word(18)), Some(U256::from(18)));
        assert_eq!(number(&[word(6), word(7)].concat()), Some(U256::from(6)));
        assert_eq!(number(&[1; 31]), None);
    }
}
