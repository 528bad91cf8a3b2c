//! The pieces of a ceremony, one by one: `cargo bench` in this folder.
#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use quorate_ecdsa::primitives;
use quorate_lanes::carryless::inner_product;
use quorate_lanes::keccak::{Permute, States};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

fn ecdsa(criterion: &mut Criterion) {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let Ok(pieces) = primitives::all(&mut rng) else { return };
    for piece in pieces {
        let mut prepare = || piece.prepare(Box::new(ChaCha20Rng::from_rng(&mut rng)));
        criterion.bench_function(piece.name, |bencher| {
            bencher.iter_batched(&mut prepare, |run| run(), BatchSize::SmallInput);
        });
    }
}

fn lanes(criterion: &mut Criterion) {
    let (mut one, mut eight): (States<1>, States<8>) = ([[1]; 25], [[1; 8]; 25]);
    criterion.bench_function("keccak, one state", |b| b.iter(|| black_box(&mut one).permute()));
    criterion
        .bench_function("keccak, eight states", |b| b.iter(|| black_box(&mut eight).permute()));
    let pairs = [([1, 2], [3, 4]); 4];
    criterion.bench_function("carry-less inner product of four", |b| {
        b.iter(|| inner_product(black_box(&pairs).iter().map(|(a, b)| (a, b))));
    });
}

criterion_group! {
    name = pieces;
    config = Criterion::default().sample_size(30);
    targets = lanes, ecdsa
}
criterion_main!(pieces);
