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
    // Two rounds at a time: what one leaves in registers the next finds there.
    for [first, second] in ROUND_CONSTANTS.as_chunks().0 {
        round!(a, *first, xor, xor5, lead, turn, chi);
        round!(a, *second, xor, xor5, lead, turn, chi);
    }
    for ([word], a) in states.iter_mut().zip(a) {
        *word = a;
    }
}

/// One state after the other.
pub(super) fn permute_one_by_one<const W: usize>(states: &mut States<W>) {
    for lane in 0..W {
        let mut one = [[0]; 25];
        for ([word], words) in one.iter_mut().zip(&*states) {
            if let Some(of_lane) = words.get(lane) {
                *word = *of_lane;
            }
        }
        permute(&mut one);
        for (words, [word]) in states.iter_mut().zip(one) {
            if let Some(of_lane) = words.get_mut(lane) {
                *of_lane = word;
            }
        }
    }
}

macro_rules! turn {
    ($a:expr, $b:expr, $by:literal) => {
        ($a ^ $b).rotate_left($by)
    };
}
use turn;

fn lead(a: u64, b: u64) -> u64 {
    a ^ b.rotate_left(1)
}

fn xor(a: u64, b: u64) -> u64 {
    a ^ b
}

fn xor5(a: u64, b: u64, c: u64, d: u64, e: u64) -> u64 {
    a ^ b ^ c ^ d ^ e
}

fn chi(a: u64, b: u64, c: u64) -> u64 {
    a ^ (!b & c)
}
