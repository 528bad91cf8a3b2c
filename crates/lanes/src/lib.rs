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
//! This is the only crate of the project with `unsafe` code: loads, stores, and calls of functions that need an
//! instruction set, each behind the check that the processor has it.

pub mod carryless;
pub mod keccak;
pub mod secp256k1;
mod width;
