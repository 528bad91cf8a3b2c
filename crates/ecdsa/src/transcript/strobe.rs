//! STROBE-128 (v1.0.2), the operations that Merlin needs, on `W` transcripts in step: the same operations and the same
//! lengths in all, contents of each one's own.
//!
//! Bytes go in and out a word at a time. An operation is compiled where it is asked for: labels and lengths are
//! constants there, and then so is nearly all of its framing. Nothing here branches on, or addresses by, what is
//! absorbed or squeezed.
#![allow(clippy::inline_always, reason = "lengths are constants of the caller")]

use quorate_lanes::keccak::{Permute, States};
use zeroize::optimization_barrier;

/// Bytes of a state that are absorbed into and squeezed from.
const RATE: usize = 166;

/// What an operation does, as it is absorbed at the operation's beginning.
const META_AD: u8 = 0x12;
const AD: u8 = 0x02;
const PRF: u8 = 0x07;

/// The longest framing that is put together in one piece: that of a label of 24 bytes.
const FRAMING: usize = 32;

/// The states, and where in the block all of them are.
#[derive(Clone)]
pub(super) struct Strobe<const W: usize> {
    states: States<W>,
    position: usize,
    /// One more than the position at which the present operation began in this block; 0 if in an earlier one.
    begun: u8,
}

impl Strobe<1> {
    /// A state of the protocol `label`.
    pub(super) fn new(label: &[u8]) -> Self {
        let mut strobe = Self { states: [[0]; 25], position: 0, begun: 0 };
        strobe.absorb([b"\x01\xa8\x01\x00\x01\x60STROBEv1.0.2"]);
        strobe.states.permute();
        strobe.position = 0;
        strobe.begin(META_AD);
        strobe.absorb([label]);
        strobe
    }

    /// `W` copies, to go on in step.
    #[inline(always)]
    pub(super) fn spread<const W: usize>(&self) -> Strobe<W> {
        let Self { states, position, begun } = self;
        Strobe { states: states.map(|[word]| [word; W]), position: *position, begun: *begun }
    }
}

impl<const W: usize> Strobe<W>
where
    States<W>: Permute,
{
    /// Absorbs associated data with its label and length, as much in one state as in another.
    #[inline(always)]
    pub(super) fn ad(&mut self, label: &[u8], data: [&[u8]; W]) {
        let length = shortest(&data);
        self.meta(label, length, AD);
        if self.position + length < RATE {
            self.mix(length, own(data));
        } else {
            self.absorb(data);
        }
    }

    /// Squeezes as many bytes as there is room for, with their label and number, as many from one state as from
    /// another.
    #[inline(always)]
    pub(super) fn prf(&mut self, label: &[u8], mut out: [&mut [u8]; W]) {
        let length = shortest(&out);
        self.meta(label, length, PRF);
        if self.position != 0 {
            self.run();
        }
        if length < RATE {
            self.take(length, &mut out);
        } else {
            self.squeeze(out);
        }
    }

    /// Absorbs `label ‖ u32le(length)` as metadata and begins the operation that it is about.
    #[inline(always)]
    fn meta(&mut self, label: &[u8], length: usize, operation: u8) {
        let length = u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
        let framing = 2 + label.len() + length.len() + 2;
        let second = self.position + framing - 2;
        if framing <= FRAMING && second + 2 < RATE {
            // All in one block, which is nearly always so.
            let first = u64::from_le_bytes([self.begun, META_AD, 0, 0, 0, 0, 0, 0]);
            let [l0, l1, l2, l3] = length;
            let last = u64::from_le_bytes([l0, l1, l2, l3, place(self.position), operation, 0, 0]);
            self.mix(framing, |k| {
                let [a, b, c] = [word(label, 0), word(label, 1), word(label, 2)];
                let label = part(k, 2, a) | part(k, 10, b) | part(k, 18, c);
                [part(k, 0, first) | label | part(k, framing - 6, last); W]
            });
            self.begun = place(second);
        } else {
            self.begin_both(label, length, operation);
        }
    }

    /// The same, wherever the block ends.
    #[inline(never)]
    fn begin_both(&mut self, label: &[u8], length: [u8; 4], operation: u8) {
        self.begin(META_AD);
        self.absorb([label; W]);
        self.absorb([&length; W]);
        self.begin(operation);
    }

    fn begin(&mut self, operation: u8) {
        let before = core::mem::replace(&mut self.begun, place(self.position));
        self.absorb([&[before, operation]; W]);
    }

    /// Absorbs what each state has of its own, wherever the block ends.
    #[inline(never)]
    fn absorb(&mut self, mut data: [&[u8]; W]) {
        loop {
            let room = shortest(&data).min(RATE - self.position);
            let mut now: [&[u8]; W] = [&[]; W];
            for (now, data) in now.iter_mut().zip(&mut data) {
                *now = data.split_off(..room).unwrap_or_default();
            }
            self.mix(room, own(now));
            if self.position < RATE {
                return;
            }
            self.run();
        }
    }

    /// Squeezes from the beginning of a block, and from others after it.
    #[inline(never)]
    fn squeeze(&mut self, mut out: [&mut [u8]; W]) {
        loop {
            let room = shortest(&out).min(RATE);
            self.take(room, &mut out);
            if self.position < RATE {
                return;
            }
            self.run();
        }
    }

    fn run(&mut self) {
        let ending = [self.begun, 0x04];
        self.mix(ending.len(), own([&ending; W]));
        if let Some(last) = self.states.get_mut(RATE / 8) {
            for state in last {
                *state ^= 0x80 << 56;
            }
        }
        self.states.permute();
        self.position = 0;
        self.begun = 0;
    }
}

impl<const W: usize> Strobe<W> {
    /// Adds `length` bytes, given as words, to those from here on.
    #[inline(always)]
    fn mix(&mut self, length: usize, words: impl Fn(usize) -> [u64; W]) {
        let (first, shift) = (self.position / 8, 8 * (self.position % 8));
        self.position += length;
        let Some(touched) = self.states.get_mut(first..=first + length.div_ceil(8)) else { return };
        let mut carried = [0; W];
        for (k, state) in touched.iter_mut().enumerate() {
            for ((state, word), carried) in state.iter_mut().zip(words(k)).zip(&mut carried) {
                *state ^= (word << shift) | *carried;
                // In two steps: a shift by 64 is none.
                *carried = (word >> 1) >> (63 - shift);
            }
        }
    }

    /// Takes the first bytes of a block out of it, leaves zeros in their place, and goes on after them.
    #[inline(always)]
    fn take(&mut self, length: usize, out: &mut [&mut [u8]; W]) {
        for (lane, out) in out.iter_mut().enumerate() {
            let now = out.split_off_mut(..length).unwrap_or_default();
            let mut words = self.states.iter().filter_map(|words| words.get(lane));
            let (whole, rest) = now.as_chunks_mut();
            for (out, word) in whole.iter_mut().zip(&mut words) {
                *out = word.to_le_bytes();
            }
            if let Some(word) = words.next() {
                for (out, byte) in rest.iter_mut().zip(word.to_le_bytes()) {
                    *out = byte;
                }
            }
        }
        let (whole, bits) = (length / 8, 8 * (length % 8));
        for words in self.states.iter_mut().take(whole) {
            *words = [0; W];
        }
        if let Some(words) = self.states.get_mut(whole) {
            for word in words {
                *word &= u64::MAX << bits;
            }
        }
        self.position = length;
    }
}

impl<const W: usize> Drop for Strobe<W> {
    fn drop(&mut self) {
        self.states = [[0; W]; 25];
        optimization_barrier(&self.states);
    }
}

/// How the place of an operation's beginning is absorbed: counted from 1.
fn place(position: usize) -> u8 {
    u8::try_from(position + 1).unwrap_or(u8::MAX)
}

#[inline(always)]
fn shortest(slices: &[impl AsRef<[u8]>]) -> usize {
    slices.iter().map(|slice| slice.as_ref().len()).min().unwrap_or(0)
}

/// Words of what each state has of its own.
#[inline(always)]
fn own<const W: usize>(data: [&[u8]; W]) -> impl Fn(usize) -> [u64; W] {
    move |k| {
        let mut words = [0; W];
        for (own, data) in words.iter_mut().zip(data) {
            *own = word(data, k);
        }
        words
    }
}

/// Eight bytes from place `8·k` on, and zeros beyond the end.
#[inline(always)]
fn word(bytes: &[u8], k: usize) -> u64 {
    let rest = bytes.get(8 * k..).unwrap_or_default();
    match rest.first_chunk() {
        Some(whole) => u64::from_le_bytes(*whole),
        None => rest.iter().rev().fold(0, |word, &byte| (word << 8) | u64::from(byte)),
    }
}

/// What of eight bytes that begin at place `at` belongs to word `k`.
#[inline(always)]
fn part(k: usize, at: usize, bytes: u64) -> u64 {
    let begin = 8 * k;
    if at >= begin + 8 || at + 8 <= begin {
        0
    } else if at >= begin {
        bytes << (8 * (at - begin))
    } else {
        bytes >> (8 * (begin - at))
    }
}
