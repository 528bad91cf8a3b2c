//! The instructions that our code can be told to use in tests and measurements.

/// Where it looks for their name.
pub const VARIABLE: &str = "QUORATE_LANES";

/// A set of instructions, narrowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lanes {
    /// Those that any processor has.
    Portable,
    /// AVX2 and PCLMULQDQ.
    Avx2,
    /// AVX-512 as well.
    Avx512,
}

impl Lanes {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Portable, Self::Avx2, Self::Avx512];
    /// All but the widest, which our code uses where they are and nothing is said.
    pub const NARROWER: [Self; 2] = [Self::Portable, Self::Avx2];

    /// What [`VARIABLE`] calls them.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// Whether this machine has them.
    #[must_use]
    #[cfg(target_arch = "x86_64")]
    pub fn are_here(self) -> bool {
        let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("pclmulqdq");
        match self {
            Self::Portable => true,
            Self::Avx2 => avx2,
            Self::Avx512 => avx2 && is_x86_feature_detected!("avx512f"),
        }
    }

    /// Whether this machine has them.
    #[must_use]
    #[cfg(not(target_arch = "x86_64"))]
    pub fn are_here(self) -> bool {
        self == Self::Portable
    }
}
