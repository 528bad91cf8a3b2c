//! The two primitives that threshold ECDSA spends its time in, by the widest instructions that the processor has:
//! Keccak-f\[1600\] on eight states at once, and multiplication of polynomials over GF(2).
//!
//! * [`keccak`]: one state, or eight in step.
//! * [`carryless`]: 128 by 128 bits.
//!
//! What the processor has is found out when the program runs; no build needs to be told. Every instruction set has
//! its plain twin in safe Rust, which any processor runs and which the tests compare it with.
//!
//! Both are constant time in every form: no branch and no address depends on the data.
//!
//! This is the only crate of the project with `unsafe` code: loads, stores, and calls of functions that need an
//! instruction set, each behind the check that the processor has it.

pub mod carryless;
pub mod keccak;
mod width;
