//! The primitives that threshold ECDSA spends its time in, by the widest instructions that the processor has.
//!
//! * [`keccak`]: Keccak-f\[1600\], one state, or two or eight in step.
//! * [`carryless`]: multiplication of polynomials over GF(2), 128 by 128 bits.
//! * [`secp256k1`]: the field and the group of the curve, eight elements or points in step.
//!
//! What the processor has is found out when the program runs; no build needs to be told. Every instruction set has
//! its plain twin in safe Rust, which any processor runs and which the tests compare it with.
//!
//! All are constant time in every form: no branch and no address depends on the data.
//!
//! Keccak-256 of nothing, eight times in step:
//!
//! ```
//! use quorate_lanes::keccak::{Permute, States};
//!
//! let mut states: States<8> = [[0; 8]; 25];
//! // The padding of an empty message: its first byte, and the last of the 136 that a permutation takes in.
//! states[0] = [1; 8];
//! states[16] = [1 << 63; 8];
//! states.permute();
//!
//! let digests: [Vec<u8>; 8] = std::array::from_fn(|lane| {
//!     states[..4].iter().flat_map(|word| word[lane].to_le_bytes()).collect()
//! });
//! let expected = [
//!     0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c, 0x92, 0x7e, 0x7d, 0xb2, 0xdc, 0xc7, 0x03, 0xc0,
//!     0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82, 0x27, 0x3b, 0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70,
//! ];
//! assert!(digests.iter().all(|digest| digest == &expected));
//! ```
//!
//! This is the only crate of the project with `unsafe` code: loads, stores, and calls of functions that need an
//! instruction set, each behind the check that the processor has it.

pub mod carryless;
pub mod keccak;
pub mod secp256k1;
mod width;
