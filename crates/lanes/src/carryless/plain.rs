//! In safe Rust, for every processor. Constant time wherever integer multiplication is, which holds for the 64-bit
//! processors in use.

/// Every fifth bit, from bit 0.
const EVERY_FIFTH: u128 = {
    let mut bits = 0;
    let mut i = 0;
    while i < 128 {
        bits |= 1 << i;
        i += 5;
    }
    bits
};
/// Every fifth bit of a factor.
const OF_FACTOR: u64 = 0x1084_2108_4210_8421;

/// The product of two polynomials over GF(2), by integer multiplication of factors with holes: of bits five apart
/// at most 13 meet in one place of a product, so that no carry reaches the next place.
pub(super) fn multiply(a: u64, b: u64) -> u128 {
    let [a0, a1, a2, a3, a4] = split(a);
    let [b0, b1, b2, b3, b4] = split(b);
    let times = |a: u64, b: u64| u128::from(a) * u128::from(b);

    let c0 = times(a0, b0) ^ times(a1, b4) ^ times(a2, b3) ^ times(a3, b2) ^ times(a4, b1);
    let c1 = times(a0, b1) ^ times(a1, b0) ^ times(a2, b4) ^ times(a3, b3) ^ times(a4, b2);
    let c2 = times(a0, b2) ^ times(a1, b1) ^ times(a2, b0) ^ times(a3, b4) ^ times(a4, b3);
    let c3 = times(a0, b3) ^ times(a1, b2) ^ times(a2, b1) ^ times(a3, b0) ^ times(a4, b4);
    let c4 = times(a0, b4) ^ times(a1, b3) ^ times(a2, b2) ^ times(a3, b1) ^ times(a4, b0);

    (c0 & EVERY_FIFTH)
        | (c1 & (EVERY_FIFTH << 1))
        | (c2 & (EVERY_FIFTH << 2))
        | (c3 & (EVERY_FIFTH << 3))
        | (c4 & (EVERY_FIFTH << 4))
}

/// The bits at the places that are 0, 1, 2, 3 and 4 modulo 5.
fn split(factor: u64) -> [u64; 5] {
    [0, 1, 2, 3, 4].map(|shift| factor & (OF_FACTOR << shift))
}
