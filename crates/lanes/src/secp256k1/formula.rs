//! Formulas over the field, each compiled once for each instruction set.

#![expect(
    clippy::inline_always,
    reason = "is compiled once for each instruction set of its callers"
)]

use super::element::Element;

/// `I` elements in, `O` out.
pub(super) trait Formula<const I: usize, const O: usize> {
    /// The formula.
    fn apply<E: Element>(inputs: [E; I]) -> [E; O];
}

/// `a − b`
pub(super) struct Subtract;

impl Formula<2, 1> for Subtract {
    #[inline(always)]
    fn apply<E: Element>([a, b]: [E; 2]) -> [E; 1] {
        [(a - b).settle()]
    }
}

/// `a·b`
pub(super) struct Multiply;

impl Formula<2, 1> for Multiply {
    #[inline(always)]
    fn apply<E: Element>([a, b]: [E; 2]) -> [E; 1] {
        [a * b]
    }
}

/// `a^(p − 2)`: the inverse.
pub(super) struct Invert;

impl Formula<1, 1> for Invert {
    #[inline(always)]
    fn apply<E: Element>([a]: [E; 1]) -> [E; 1] {
        let Ones { two, twenty_two, all } = Ones::of(a);
        let power = all.square_times(23) * twenty_two;
        let power = power.square_times(5) * a;
        let power = power.square_times(3) * two;
        [power.square_times(2) * a]
    }
}

/// `y = (x³ + 7)^((p + 1)/4)`, and `y² − (x³ + 7)`, which is zero if y is the square root.
pub(super) struct Decompress;

impl Formula<1, 2> for Decompress {
    #[inline(always)]
    fn apply<E: Element>([x]: [E; 1]) -> [E; 2] {
        let square = x.square() * x + E::all([7, 0, 0, 0, 0]);
        let Ones { two, twenty_two, all } = Ones::of(square);
        let root = all.square_times(23) * twenty_two;
        let root = root.square_times(6) * two;
        let root = root.square_times(2);
        [root, (root.square() - square).settle()]
    }
}

/// Powers whose exponents are all ones in binary: 2, 22 and 223 ones.
struct Ones<E> {
    two: E,
    twenty_two: E,
    all: E,
}

impl<E: Element> Ones<E> {
    #[inline(always)]
    fn of(one: E) -> Self {
        let two = one.square() * one;
        let three = two.square() * one;
        let six = three.square_times(3) * three;
        let nine = six.square_times(3) * three;
        let eleven = nine.square_times(2) * two;
        let twenty_two = eleven.square_times(11) * eleven;
        let forty_four = twenty_two.square_times(22) * twenty_two;
        let eighty_eight = forty_four.square_times(44) * forty_four;
        let hundred_and_76 = eighty_eight.square_times(88) * eighty_eight;
        let two_hundred_and_20 = hundred_and_76.square_times(44) * forty_four;
        let all = two_hundred_and_20.square_times(3) * three;
        Self { two, twenty_two, all }
    }
}

/// 3b, where b = 7.
const B3: u64 = 21;

/// `2^N·P`, algorithm 9.
pub(super) struct Double<const N: usize>;

impl<const N: usize> Formula<3, 3> for Double<N> {
    #[inline(always)]
    fn apply<E: Element>([mut x, mut y, mut z]: [E; 3]) -> [E; 3] {
        for _ in 0..N {
            let yy = y.square();
            let zz = z.square().times::<B3>().settle();
            let yy_8 = yy.times::<8>();
            let difference = yy - zz.times::<3>();
            let xy = x * y;
            let yz = y * z;
            x = (xy * difference).times::<2>().settle();
            y = (difference * (yy + zz) + zz * yy_8).settle();
            z = yz * yy_8;
        }
        [x, y, z]
    }
}

/// `P + Q`, algorithm 7.
pub(super) struct Add;

impl Formula<6, 3> for Add {
    #[inline(always)]
    fn apply<E: Element>([x1, y1, z1, x2, y2, z2]: [E; 6]) -> [E; 3] {
        let xx = x1 * x2;
        let yy = y1 * y2;
        let zz = z1 * z2;
        let xy = (x1 + y1) * (x2 + y2) - (xx + yy);
        let yz = (y1 + z1) * (y2 + z2) - (yy + zz);
        let xz = (x1 + z1) * (x2 + z2) - (xx + zz);
        sum(xx, yy, zz, xy, yz, xz)
    }
}

/// `P + (x, y)`, algorithm 8.
pub(super) struct AddAffine;

impl Formula<5, 3> for AddAffine {
    #[inline(always)]
    fn apply<E: Element>([x1, y1, z1, x2, y2]: [E; 5]) -> [E; 3] {
        let xx = x1 * x2;
        let yy = y1 * y2;
        let xy = (x1 + y1) * (x2 + y2) - (xx + yy);
        let yz = y2 * z1 + y1;
        let xz = x2 * z1 + x1;
        sum(xx, yy, z1, xy, yz, xz)
    }
}

/// The sum from the products of coordinates: of like ones, and x1·y2 + x2·y1 and so on.
#[inline(always)]
fn sum<E: Element>(xx: E, yy: E, zz: E, xy: E, yz: E, xz: E) -> [E; 3] {
    let zz = zz.times::<B3>().settle();
    let xz = xz.times::<B3>().settle();
    let xx = xx.times::<3>();
    let (above, below) = (yy + zz, yy - zz);
    [
        (xy * below - yz * xz).settle(),
        (below * above + xx * xz).settle(),
        (yz * above + xx * xy).settle(),
    ]
}
