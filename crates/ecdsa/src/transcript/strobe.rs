//! STROBE-128 (v1.0.2), the operations that Merlin needs, on `W` transcripts in step: the same operations and the same
//! lengths in all, contents of each one's own.
//!
//! Bytes go in and out a word at a time. Nothing here branches on, or addresses by, what is absorbed or squeezed.

use quorate_lanes::keccak::{Permute, States};
use zeroize::Zeroize;

/// Bytes of a state that are absorbed into and squeezed from.
const RATE: usize = 166;

/// What an operation does, as it is absorbed at the operation's beginning.
const META_AD: u8 = 0x12;
const AD: u8 = 0x02;
const PRF: u8 = 0x07;

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
        strobe.mix_all(0, b"\x01\xa8\x01\x00\x01\x60STROBEv1.0.2");
        strobe.states.permute();
        strobe.begin(META_AD);
        strobe.absorb_all(label);
        strobe
    }

    /// `W` copies, to go on in step.
    pub(super) fn spread<const W: usize>(&self) -> Strobe<W> {
        let Self { states, position, begun } = self;
        Strobe { states: states.map(|[word]| [word; W]), position: *position, begun: *begun }
    }
}

impl<const W: usize> Strobe<W>
where
    States<W>: Permute,
{
    /// Absorbs `label ‖ u32le(length)` as metadata and begins the operation that it is about.
    fn meta(&mut self, label: &[u8], length: usize, operation: u8) {
        let length = u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
        let second = self.position + 2 + label.len() + length.len();
        if second + 2 < RATE {
            // All in one block, which is nearly always so.
            let mut header = Header::new();
            header.add(&[self.begun, META_AD]);
            header.add(label);
            header.add(&length);
            header.add(&[place(self.position), operation]);
            self.mix_all(self.position, header.bytes());
            self.position = second + 2;
            self.begun = place(second);
        } else {
            self.begin(META_AD);
            self.absorb_all(label);
            self.absorb_all(&length);
            self.begin(operation);
        }
    }

    /// Absorbs associated data with its label and length, as much in one state as in another.
    pub(super) fn ad(&mut self, label: &[u8], data: [&[u8]; W]) {
        self.meta(label, shortest(&data), AD);
        self.absorb(data);
    }

    /// Squeezes as many bytes as there is room for, with their label and number, as many from one state as from
    /// another.
    pub(super) fn prf(&mut self, label: &[u8], mut out: [&mut [u8]; W]) {
        self.meta(label, out.iter().map(|out| out.len()).min().unwrap_or(0), PRF);
        if self.position != 0 {
            self.run();
        }
        while out.iter().any(|out| !out.is_empty()) {
            // The operation began with a fresh block, and so does everything that is left after one.
            let room = out.iter().map(|out| out.len()).min().unwrap_or(0).min(RATE);
            for (lane, out) in out.iter_mut().enumerate() {
                let (now, later) = core::mem::take(out).split_at_mut(room);
                self.squeeze_block(lane, now);
                *out = later;
            }
            self.position = room;
            if self.position == RATE {
                self.run();
            }
        }
    }

    fn begin(&mut self, operation: u8) {
        let before = core::mem::replace(&mut self.begun, place(self.position));
        self.absorb_all(&[before, operation]);
    }

    /// Absorbs what is the same in all states.
    fn absorb_all(&mut self, mut data: &[u8]) {
        loop {
            let (now, later) = data.split_at(data.len().min(RATE - self.position));
            self.mix_all(self.position, now);
            self.position += now.len();
            if self.position < RATE {
                return;
            }
            self.run();
            data = later;
        }
    }

    /// Absorbs what each state has of its own.
    fn absorb(&mut self, mut data: [&[u8]; W]) {
        loop {
            let room = shortest(&data).min(RATE - self.position);
            self.mix(self.position, data.map(|data| data.get(..room).unwrap_or(data)));
            self.position += room;
            if self.position < RATE {
                return;
            }
            self.run();
            data = data.map(|data| data.get(room..).unwrap_or_default());
        }
    }

    fn run(&mut self) {
        self.mix_all(self.position, &[self.begun, 0x04]);
        self.mix_all(RATE + 1, &[0x80]);
        self.states.permute();
        self.position = 0;
        self.begun = 0;
    }
}

/// How the place of an operation's beginning is absorbed: counted from 1.
fn place(position: usize) -> u8 {
    u8::try_from(position + 1).unwrap_or(u8::MAX)
}

fn shortest(data: &[&[u8]]) -> usize {
    data.iter().map(|data| data.len()).min().unwrap_or(0)
}

/// The framing of one operation.
struct Header {
    bytes: [u8; RATE],
    length: usize,
}

impl Header {
    fn new() -> Self {
        Self { bytes: [0; RATE], length: 0 }
    }

    fn add(&mut self, bytes: &[u8]) {
        for (to, from) in self.bytes.iter_mut().skip(self.length).zip(bytes) {
            *to = *from;
        }
        self.length += bytes.len();
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or(&self.bytes)
    }
}

/// Eight bytes from place `8·k` on, and zeros beyond the end.
fn word(bytes: &[u8], k: usize) -> u64 {
    let rest = bytes.get(8 * k..).unwrap_or_default();
    match rest.first_chunk() {
        Some(whole) => u64::from_le_bytes(*whole),
        None => rest.iter().rev().fold(0, |word, &byte| (word << 8) | u64::from(byte)),
    }
}

impl<const W: usize> Strobe<W> {
    /// Adds the bytes to those from `position` on, the same in all states.
    fn mix_all(&mut self, position: usize, data: &[u8]) {
        self.mix_words(position, data.len(), |k| [word(data, k); W]);
    }

    /// Adds the bytes to those from `position` on, in each state its own.
    fn mix(&mut self, position: usize, data: [&[u8]; W]) {
        self.mix_words(position, shortest(&data), |k| data.map(|data| word(data, k)));
    }

    /// Adds `length` bytes, given as words, to those from `position` on.
    fn mix_words(&mut self, position: usize, length: usize, words: impl Fn(usize) -> [u64; W]) {
        let (first, shift) = (position / 8, 8 * (position % 8));
        let touched = (position % 8 + length).div_ceil(8);
        let mut carried = [0; W];
        for (k, state) in self.states.iter_mut().skip(first).take(touched).enumerate() {
            for ((state, word), carried) in state.iter_mut().zip(words(k)).zip(&mut carried) {
                *state ^= (word << shift) | *carried;
                // In two steps: a shift by 64 is none.
                *carried = (word >> 1) >> (63 - shift);
            }
        }
    }

    /// Takes the first bytes of a block and leaves zeros in their place.
    fn squeeze_block(&mut self, lane: usize, out: &mut [u8]) {
        for (words, out) in self.states.iter_mut().zip(out.chunks_mut(8)) {
            let Some(word) = words.get_mut(lane) else { continue };
            for (to, from) in out.iter_mut().zip(word.to_le_bytes()) {
                *to = from;
            }
            let bits = 8 * u32::try_from(out.len()).unwrap_or(8);
            *word &= u64::MAX.checked_shl(bits).unwrap_or(0);
        }
    }
}

impl<const W: usize> Drop for Strobe<W> {
    fn drop(&mut self) {
        self.states.as_flattened_mut().zeroize();
    }
}
