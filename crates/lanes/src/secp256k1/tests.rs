use k256::elliptic_curve::PrimeField as _;
use k256::elliptic_curve::bigint::{NonZero, U256};
use k256::elliptic_curve::point::{AffineCoordinates as _, DecompressPoint as _};
use k256::elliptic_curve::sec1::ToSec1Point as _;
use k256::elliptic_curve::subtle::Choice;
use k256::{AffinePoint, ProjectivePoint, Scalar};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use super::plain::{FOUR_P, LIMB, TOP};
use super::*;

/// Every way of computing that this processor has.
fn every_way<F: Formula<I, O>, const I: usize, const O: usize>(
    inputs: [&Elements; I],
    mut compare: impl FnMut([Elements; O]),
) {
    compare(plain::run::<F, I, O>(inputs));
    compare(run::<F, I, O>(inputs));
    #[cfg(target_arch = "x86_64")]
    if Width::usable() == Width::Avx512 && ifma::is_usable() {
        compare(ifma::run::<F, I, O>(inputs));
    }
}

const P: &str = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f";

/// The elements as numbers, for arithmetic by an independent implementation.
fn numbers(elements: &Elements) -> [U256; 8] {
    elements.to_bytes().map(|bytes| U256::from_be_slice(&bytes))
}

fn random(rng: &mut ChaCha20Rng) -> Limbs {
    let mut element = [(); 5].map(|()| rng.next_u64() & LIMB);
    element[4] &= TOP;
    element
}

/// What an element may be at its edges: the third is p, and so zero; the last ones have the largest limbs of all.
fn edges() -> Vec<Limbs> {
    let [a, b, c, d, e] = FOUR_P.map(|limb| limb / 4);
    let most = TOP + (1 << 12);
    vec![
        [0; 5],
        [1, 0, 0, 0, 0],
        [a, b, c, d, e],
        [a - 1, b, c, d, e],
        [a + 1, b, c, d, e],
        [LIMB, LIMB, LIMB, LIMB, TOP],
        [LIMB, LIMB, LIMB, LIMB, most],
        [0, 0, 0, 0, most],
    ]
}

fn samples() -> Vec<Limbs> {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut samples = edges();
    samples.extend((0..23).map(|_| random(&mut rng)));
    samples
}

/// The elements eight at a time; what is missing in the last eight are zeros.
fn by_eight(elements: &[Limbs]) -> Vec<Elements> {
    let filled = |chunk: &[Limbs]| core::array::from_fn(|lane| *chunk.get(lane).unwrap_or(&[0; 5]));
    elements.chunks(8).map(|chunk| Elements::new(&filled(chunk))).collect()
}

#[test]
fn bytes_are_big_endian_and_below_p() {
    let p = hex(P);
    let mut less = p;
    less[31] -= 1;
    let mut more = p;
    more[31] += 1;
    let two = [[0; 31].as_slice(), &[2]].concat().try_into().unwrap();
    let bytes = [&p, &less, &more, &[0xff; 32], &[0; 32], &two, &[0x7f; 32], &p];
    let (elements, below) = Elements::from_bytes(bytes);
    assert_eq!(below, [0, u64::MAX, 0, 0, u64::MAX, u64::MAX, u64::MAX, 0]);
    let back = elements.to_bytes();
    assert_eq!([back[1], back[4], back[5], back[6]], [less, [0; 32], two, [0x7f; 32]]);
    assert_eq!([back[0], back[7]], [[0; 32]; 2]);
    assert_eq!(elements.is_zero(), [u64::MAX, 0, 0, 0, u64::MAX, 0, 0, u64::MAX]);
    assert_eq!(elements.is_odd()[..6], [0, 0, u64::MAX, 0, 0, 0]);
}

fn hex(text: &str) -> [u8; 32] {
    core::array::from_fn(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
}

#[test]
fn elements_are_those_of_an_independent_field() {
    let p = NonZero::new(U256::from_be_hex(P)).unwrap();
    for a in &by_eight(&samples()) {
        for b in by_eight(&samples()).iter().flat_map(rotations) {
            let [x, y] = [a, &b].map(numbers);
            let product = core::array::from_fn(|lane| x[lane].mul_mod(&y[lane], &p));
            let difference = core::array::from_fn(|lane| x[lane].sub_mod(&y[lane], &p));
            every_way::<Multiply, 2, 1>([a, &b], |[got]| assert_eq!(numbers(&got), product));
            every_way::<Subtract, 2, 1>([a, &b], |[got]| assert_eq!(numbers(&got), difference));
        }
        let x = numbers(a);
        every_way::<Invert, 1, 1>([a], |[got]| {
            for (x, inverse) in x.iter().zip(numbers(&got)) {
                let one = if *x == U256::ZERO { U256::ZERO } else { U256::ONE };
                assert_eq!(x.mul_mod(&inverse, &p), one);
            }
        });
    }
}

/// The same elements, in every lane once.
fn rotations(elements: &Elements) -> [Elements; 8] {
    core::array::from_fn(|by| {
        let mut lanes = elements.lanes();
        lanes.rotate_left(by);
        Elements::new(&lanes)
    })
}

#[test]
fn square_roots_are_found_wherever_there_is_one() {
    for x in &by_eight(&samples()) {
        every_way::<Decompress, 1, 2>([x], |[y, rest]| {
            let (found, odd) = (rest.is_zero(), y.is_odd());
            let points = x.to_bytes().into_iter().zip(y.to_bytes());
            for ((x, y), (found, odd)) in points.zip(found.into_iter().zip(odd)) {
                let expected = AffinePoint::decompress(&x.into(), Choice::from(u8::from(odd != 0)));
                assert_eq!(found != 0, bool::from(expected.is_some()));
                if let Some(point) = expected.into_option() {
                    assert_eq!(point.to_sec1_point(false).y().copied(), Some(y.into()));
                }
            }
        });
    }
}

/// Eight points in coordinates with random Z.
fn points(points: &[ProjectivePoint; 8], rng: &mut ChaCha20Rng) -> Points {
    let coordinates = |point: &ProjectivePoint| {
        let encoded = point.to_affine().to_sec1_point(false);
        match (encoded.x(), encoded.y()) {
            (Some(x), Some(y)) => [(*x).into(), (*y).into()],
            _ => [[0; 32]; 2],
        }
    };
    let affine = points.each_ref().map(coordinates);
    let [x, y] = [0, 1].map(|i| Elements::from_bytes(affine.each_ref().map(|xy| &xy[i])).0);
    let z = Elements::new(&[(); 8].map(|()| random(rng)));
    let finite = Points { x: x.multiply(&z), y: y.multiply(&z), z };
    let identity = points.map(|point| u64::from(point == ProjectivePoint::IDENTITY).wrapping_neg());
    let scaled = Points { x: Elements::ZERO, y: z, z: Elements::ZERO };
    Points::select(&identity, &scaled, &finite)
}

/// Whether these eight are those.
fn compare(p: &Points, expected: &[ProjectivePoint; 8]) {
    let inverse = p.z.invert();
    let [x, y] = [&p.x, &p.y].map(|coordinate| coordinate.multiply(&inverse).to_bytes());
    let identity = p.z.is_zero();
    for (lane, expected) in expected.iter().enumerate() {
        let expected = expected.to_affine();
        if identity[lane] == 0 {
            assert_eq!(x[lane], <[u8; 32]>::from(expected.x()));
            assert_eq!(u8::from(y[lane][31] & 1 == 1), expected.y_is_odd().unwrap_u8());
        } else {
            assert_eq!(ProjectivePoint::from(expected), ProjectivePoint::IDENTITY);
        }
    }
}

/// The identity, small multiples of the generator with their opposites, and others.
fn cases(rng: &mut ChaCha20Rng) -> [ProjectivePoint; 8] {
    let g = ProjectivePoint::GENERATOR;
    let mut other = || g * Scalar::from_u128(u128::from(rng.next_u64()) << 64 | 5);
    [ProjectivePoint::IDENTITY, g, -g, g + g, -(g + g), other(), other(), other()]
}

#[test]
fn sums_and_doubles_are_those_of_an_independent_group() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let left = cases(&mut rng);
    let p = points(&left, &mut rng);
    compare(&p, &left);

    let double = |p: &ProjectivePoint| p.double();
    let sixteen = left.map(|p| (0..4).fold(p, |p, _| double(&p)));
    every_way::<Double<1>, 3, 3>([&p.x, &p.y, &p.z], |got| {
        compare(&Points::of(got), &left.map(|p| double(&p)));
    });
    every_way::<Double<4>, 3, 3>([&p.x, &p.y, &p.z], |got| compare(&Points::of(got), &sixteen));

    for by in 0..8 {
        let mut right = left;
        right.rotate_left(by);
        let q = points(&right, &mut rng);
        let sums = core::array::from_fn(|lane| left[lane] + right[lane]);
        every_way::<Add, 6, 3>([&p.x, &p.y, &p.z, &q.x, &q.y, &q.z], |got| {
            compare(&Points::of(got), &sums);
        });

        // The generator in place of the identity, which has no coordinates.
        let right = right.map(|point| {
            if point == ProjectivePoint::IDENTITY { ProjectivePoint::GENERATOR } else { point }
        });
        let q = points(&right, &mut rng);
        let inverse = q.z.invert();
        let [x, y] = [q.x.multiply(&inverse), q.y.multiply(&inverse)];
        let sums = core::array::from_fn(|lane| left[lane] + right[lane]);
        every_way::<AddAffine, 5, 3>([&p.x, &p.y, &p.z, &x, &y], |got| {
            compare(&Points::of(got), &sums);
        });
    }
}

#[test]
fn points_are_compared_whatever_their_coordinates() {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    let left = cases(&mut rng);
    let p = points(&left, &mut rng);
    for by in 0..8 {
        let mut right = left;
        right.rotate_left(by);
        let same = p.equals(&points(&right, &mut rng));
        for (same, (left, right)) in same.into_iter().zip(left.iter().zip(&right)) {
            assert_eq!(same, u64::from(left == right).wrapping_neg());
        }
    }
}

#[test]
fn tables_are_read_at_the_index_and_at_zero_the_identity_comes_out() {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let mut element = || Elements::new(&[(); 8].map(|()| random(&mut rng)));
    let table: [Points; 8] =
        core::array::from_fn(|_| Points { x: element(), y: element(), z: element() });
    let entries: [[Limbs; 2]; 8] = table.map(|point| [point.x.lanes()[0], point.y.lanes()[1]]);
    for first in 0..9 {
        let index = [0, 1, 2, 3, 4, 5, 6, 7].map(|lane| (first + lane) % 9);
        let found = Points::lookup(&table, &index);
        let [x, y] = lookup_affine(&entries, &index);
        for (lane, index) in index.into_iter().enumerate() {
            let entry = index.checked_sub(1).and_then(|at| usize::try_from(at).ok());
            let at = |p: &Points| [&p.x, &p.y, &p.z].map(|coordinate| coordinate.lanes()[lane]);
            let point = entry.map_or(Points::IDENTITY, |at| table[at]);
            assert_eq!(at(&found), at(&point));
            let shared = entry.map_or([[0; 5]; 2], |at| entries[at]);
            assert_eq!([x.lanes()[lane], y.lanes()[lane]], shared);
        }
    }
}
