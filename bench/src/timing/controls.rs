//! What must be caught: operations as careless code does them.

use std::hint::black_box;

use k256::elliptic_curve::ff::PrimeField;
use k256::{ProjectivePoint, Scalar};
use quorate_ecdsa::primitives::Draws;

use super::draws::{draw, fixed};
use super::{Run, Subject, run};

pub(super) fn all() -> [Subject; 5] {
    [
        Subject::new("double and add", 32, double_and_add),
        Subject::new("selection by a branch", 32, select),
        Subject::new("puncturing by a search", 64, puncture),
        Subject::new("inner product without zeros", 64, inner_product),
        Subject::new("comparison up to a difference", 32, compare),
    ]
}

fn bits(bytes: &[u8]) -> impl Iterator<Item = bool> {
    bytes.iter().flat_map(|byte| (0..8).rev().map(move |k| (byte >> k) & 1 == 1))
}

/// Adds only where a bit of the scalar is set.
fn double_and_add(mut draws: Draws) -> Run {
    let scalar: [u8; 32] = draw(&mut draws);
    run(move || {
        let mut sum = ProjectivePoint::IDENTITY;
        for bit in bits(&scalar) {
            sum = sum.double();
            if bit {
                sum += ProjectivePoint::GENERATOR;
            }
        }
        sum
    })
}

/// Takes the second of two points, which has to be computed, only where it is chosen.
fn select(mut draws: Draws) -> Run {
    let choices: [u8; 32] = draw(&mut draws);
    run(move || {
        let first = ProjectivePoint::GENERATOR;
        let chosen = bits(&choices).map(|choice| if choice { first.double() } else { first });
        chosen.for_each(|point| {
            black_box(point);
        });
    })
}

/// Looks for the hidden leaf of each tree from the first one on.
fn puncture(mut draws: Draws) -> Run {
    let hidden: [u8; 64] = draw(&mut draws);
    let trees = vec![[[7_u8; 32]; 16]; 64];
    run(move || {
        let mut sum = [0; 32];
        for (leaves, hidden) in trees.iter().zip(hidden) {
            for leaf in leaves.iter().take(usize::from(hidden % 16)) {
                sum.iter_mut().zip(leaf).for_each(|(sum, byte)| *sum ^= black_box(*byte));
            }
        }
        sum
    })
}

/// Adds only what is not multiplied by zero.
fn inner_product(mut draws: Draws) -> Run {
    let beta: [u8; 64] = draw(&mut draws);
    let gadget: Vec<Scalar> = (1..=512).map(Scalar::from_u128).collect();
    run(move || {
        let mut sum = Scalar::ZERO;
        for (g, bit) in gadget.iter().zip(bits(&beta)) {
            if bit {
                sum += g;
            }
        }
        sum
    })
}

/// Stops at the first byte that differs.
fn compare(mut draws: Draws) -> Run {
    let (one, other): ([u8; 32], _) = (draw(&mut draws), fixed(32));
    run(move || one.iter().zip(&other).all(|(a, b)| black_box(*a) == *b))
}
