//! In safe Rust, for every processor.

use super::{ROUND_CONSTANTS, States, round};

/// One state.
#[expect(
    clippy::inline_always,
    reason = "is compiled once for each instruction set of its callers"
)]
#[inline(always)]
pub(super) fn permute(states: &mut States<1>) {
    let mut a = states.map(|[word]| word);
    for constant in ROUND_CONSTANTS {
        round!(a, constant, xor, xor5, rotate, chi);
    }
    for ([word], a) in states.iter_mut().zip(a) {
        *word = a;
    }
}

/// One state after the other.
pub(super) fn permute_one_by_one(states: &mut States<8>) {
    for lane in 0..8 {
        let mut one = states.map(|words| words.get(lane).copied().map_or([0], |word| [word]));
        permute(&mut one);
        for (words, [word]) in states.iter_mut().zip(one) {
            if let Some(place) = words.get_mut(lane) {
                *place = word;
            }
        }
    }
}

macro_rules! rotate {
    ($word:expr, $by:literal) => {
        $word.rotate_left($by)
    };
}
use rotate;

fn xor(a: u64, b: u64) -> u64 {
    a ^ b
}

fn xor5(a: u64, b: u64, c: u64, d: u64, e: u64) -> u64 {
    a ^ b ^ c ^ d ^ e
}

fn chi(a: u64, b: u64, c: u64) -> u64 {
    a ^ (!b & c)
}
