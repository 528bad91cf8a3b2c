//! The field and the group of secp256k1, eight elements or eight points side by side.
//!
//! `p = 2^256 − 2^32 − 977`, `y² = x³ + 7`. Points are projective, `(X : Y : Z)` for `(X/Z, Y/Z)`; the identity is
//! `(0 : 1 : 0)`. The formulas are complete: they hold for every pair of points, equal ones, opposite ones and the
//! identity included, so that nothing has to be asked about a secret (Renes, Costello, Batina: Complete addition
//! formulas for prime order elliptic curves, 2016, algorithms 7 to 9).

mod element;
mod formula;
#[cfg(target_arch = "x86_64")]
mod ifma;
mod lookup;
mod plain;
#[cfg(test)]
mod tests;

use zeroize::Zeroize;

use self::formula::{Add, AddAffine, Decompress, Double, Formula, Invert, Multiply, Subtract};
pub use self::plain::Limbs;
use crate::width::Width;

/// Whether the processor computes all lanes at once, so that eight cost little more than one.
#[must_use]
pub fn in_step() -> bool {
    match Width::usable() {
        #[cfg(target_arch = "x86_64")]
        Width::Avx512 => ifma::is_usable(),
        _ => false,
    }
}

/// Eight field elements: limb i of element l is `[i][l]`.
#[derive(Clone, Copy, Debug)]
pub struct Elements([[u64; 8]; 5]);

/// All ones or all zeros in each lane.
pub type Mask = [u64; 8];

impl Elements {
    /// Zero in every lane.
    pub const ZERO: Self = Self([[0; 8]; 5]);
    /// One in every lane.
    pub const ONE: Self = Self([[1; 8], [0; 8], [0; 8], [0; 8], [0; 8]]);

    /// These eight elements.
    #[must_use]
    pub fn new(elements: &[Limbs; 8]) -> Self {
        let mut lanes = Self::ZERO;
        for (lane, element) in elements.iter().enumerate() {
            lanes.set(lane, *element);
        }
        lanes
    }

    /// The same element in every lane.
    #[must_use]
    pub fn all(element: Limbs) -> Self {
        Self(element.map(|limb| [limb; 8]))
    }

    /// The elements one by one.
    #[must_use]
    pub fn lanes(&self) -> [Limbs; 8] {
        core::array::from_fn(|lane| self.lane(lane))
    }

    /// From 32 bytes each, big-endian; and where these encode a number below p.
    #[must_use]
    pub fn from_bytes(bytes: [&[u8; 32]; 8]) -> (Self, Mask) {
        let elements = bytes.map(plain::from_bytes);
        let below = bytes.map(plain::is_below_p);
        (Self::new(&elements), below)
    }

    /// 32 bytes each, big-endian, below p.
    #[must_use]
    pub fn to_bytes(&self) -> [[u8; 32]; 8] {
        self.lanes().map(plain::to_bytes)
    }

    /// Where the element is zero.
    #[must_use]
    pub fn is_zero(&self) -> Mask {
        self.lanes().map(plain::is_zero)
    }

    /// Where the element, below p, is odd.
    #[must_use]
    pub fn is_odd(&self) -> Mask {
        self.lanes().map(plain::is_odd)
    }

    /// `a − b`
    #[must_use]
    pub fn subtract(&self, other: &Self) -> Self {
        let [difference] = run::<Subtract, 2, 1>([self, other]);
        difference
    }

    /// `a·b`
    #[must_use]
    pub fn multiply(&self, other: &Self) -> Self {
        let [product] = run::<Multiply, 2, 1>([self, other]);
        product
    }

    /// `1/a`, and of zero zero.
    #[must_use]
    pub fn invert(&self) -> Self {
        let [inverse] = run::<Invert, 1, 1>([self]);
        inverse
    }

    /// A y with `y² = a³ + 7`, and where there is one.
    #[must_use]
    pub fn decompress(&self) -> (Self, Mask) {
        let [y, rest] = run::<Decompress, 1, 2>([self]);
        (y, rest.is_zero())
    }

    /// `a` where the mask is all ones, `b` where it is all zeros.
    #[must_use]
    pub fn select(mask: &Mask, a: &Self, b: &Self) -> Self {
        let mut chosen = *b;
        for (limbs, other) in chosen.0.iter_mut().zip(&a.0) {
            for ((limb, other), mask) in limbs.iter_mut().zip(other).zip(mask) {
                *limb ^= (*limb ^ other) & mask;
            }
        }
        chosen
    }

    /// `−a` where the mask is all ones, `a` where it is all zeros.
    #[must_use]
    pub fn negate_where(&self, mask: &Mask) -> Self {
        Self::select(mask, &Self::ZERO.subtract(self), self)
    }

    fn lane(&self, lane: usize) -> Limbs {
        self.0.each_ref().map(|words| words.get(lane).copied().unwrap_or_default())
    }

    fn set(&mut self, lane: usize, element: Limbs) {
        for (words, limb) in self.0.iter_mut().zip(element) {
            if let Some(word) = words.get_mut(lane) {
                *word = limb;
            }
        }
    }
}

/// Eight points.
#[derive(Clone, Copy, Debug)]
pub struct Points {
    /// X
    pub x: Elements,
    /// Y
    pub y: Elements,
    /// Z
    pub z: Elements,
}

impl Points {
    /// The identity in every lane.
    pub const IDENTITY: Self = Self { x: Elements::ZERO, y: Elements::ONE, z: Elements::ZERO };

    /// Where both are the same point.
    #[must_use]
    pub fn equals(&self, q: &Self) -> Mask {
        let crosswise =
            |a: &Elements, b: &Elements| a.multiply(&q.z).subtract(&b.multiply(&self.z)).is_zero();
        let mut same = crosswise(&self.x, &q.x);
        for (same, y) in same.iter_mut().zip(crosswise(&self.y, &q.y)) {
            *same &= y;
        }
        same
    }

    /// The points with these coordinates.
    #[must_use]
    pub fn from_affine(x: Elements, y: Elements) -> Self {
        Self { x, y, z: Elements::ONE }
    }

    /// `2^N·P`
    #[must_use]
    pub fn double<const N: usize>(&self) -> Self {
        Self::of(run::<Double<N>, 3, 3>([&self.x, &self.y, &self.z]))
    }

    /// `P + Q`
    #[must_use]
    pub fn add(&self, q: &Self) -> Self {
        Self::of(run::<Add, 6, 3>([&self.x, &self.y, &self.z, &q.x, &q.y, &q.z]))
    }

    /// `P + Q`, where Q is not the identity and is given by its coordinates.
    #[must_use]
    pub fn add_affine(&self, [x, y]: &[Elements; 2]) -> Self {
        Self::of(run::<AddAffine, 5, 3>([&self.x, &self.y, &self.z, x, y]))
    }

    /// `P` where the mask is all ones, `Q` where it is all zeros.
    #[must_use]
    pub fn select(mask: &Mask, p: &Self, q: &Self) -> Self {
        Self {
            x: Elements::select(mask, &p.x, &q.x),
            y: Elements::select(mask, &p.y, &q.y),
            z: Elements::select(mask, &p.z, &q.z),
        }
    }

    /// In lane l the point `table[index[l] − 1]` of that lane, and the identity where the index is 0. No address
    /// depends on an index.
    #[must_use]
    pub fn lookup<const N: usize>(table: &[Self; N], index: &Mask) -> Self {
        lookup::each(table, index)
    }

    fn of([x, y, z]: [Elements; 3]) -> Self {
        Self { x, y, z }
    }
}

/// In lane l the point `table[index[l] − 1]` of a table for all lanes, by its coordinates, and zeros where the index
/// is 0. No address depends on an index.
#[must_use]
pub fn lookup_affine<const N: usize>(table: &[[Limbs; 2]; N], index: &[u64; 8]) -> [Elements; 2] {
    lookup::shared(table, index)
}

impl Zeroize for Elements {
    fn zeroize(&mut self) {
        self.0.as_flattened_mut().zeroize();
    }
}

impl Zeroize for Points {
    fn zeroize(&mut self) {
        for coordinate in [&mut self.x, &mut self.y, &mut self.z] {
            coordinate.zeroize();
        }
    }
}

/// Computes the formula in all lanes.
fn run<F: Formula<I, O>, const I: usize, const O: usize>(inputs: [&Elements; I]) -> [Elements; O] {
    match Width::usable() {
        #[cfg(target_arch = "x86_64")]
        Width::Avx512 if ifma::is_usable() => ifma::run::<F, I, O>(inputs),
        _ => plain::run::<F, I, O>(inputs),
    }
}
