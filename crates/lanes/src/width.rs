//! Which instructions to use.

/// An instruction set, narrowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Width {
    /// Safe Rust.
    Portable,
    /// AVX2 and PCLMULQDQ.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512F and AVX-512VL as well.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// PMULL.
    #[cfg(target_arch = "aarch64")]
    Neon,
    /// The SHA-3 instructions as well.
    #[cfg(target_arch = "aarch64")]
    Sha3,
}

impl Width {
    /// The widest set that this processor has; narrower where a test asks for it.
    pub(crate) fn usable() -> Self {
        let detected = detected();
        #[cfg(feature = "force")]
        return forced().map_or(detected, |forced| forced.min(detected));
        #[cfg(not(feature = "force"))]
        detected
    }
}

/// The standard library remembers what it found: asking again is one load and a test of bits.
#[cfg(target_arch = "x86_64")]
fn detected() -> Width {
    let multiplies = std::is_x86_feature_detected!("pclmulqdq");
    let avx2 = multiplies && std::is_x86_feature_detected!("avx2");
    let foundation = std::is_x86_feature_detected!("avx512f");
    if avx2 && foundation && std::is_x86_feature_detected!("avx512vl") {
        Width::Avx512
    } else if avx2 {
        Width::Avx2
    } else {
        Width::Portable
    }
}

/// As on x86-64.
#[cfg(target_arch = "aarch64")]
fn detected() -> Width {
    // PMULL comes with AES and is named for it.
    let multiplies = std::arch::is_aarch64_feature_detected!("aes");
    if multiplies && std::arch::is_aarch64_feature_detected!("sha3") {
        Width::Sha3
    } else if multiplies {
        Width::Neon
    } else {
        Width::Portable
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn detected() -> Width {
    Width::Portable
}

/// What `QUORATE_LANES` names; a name that is none of ours stops the test that asked for it.
#[cfg(feature = "force")]
fn forced() -> Option<Width> {
    static FORCED: std::sync::OnceLock<Option<Width>> = std::sync::OnceLock::new();
    *FORCED.get_or_init(|| {
        let name = std::env::var("QUORATE_LANES").ok()?;
        match name.as_str() {
            "portable" => Some(Width::Portable),
            #[cfg(target_arch = "x86_64")]
            "avx2" => Some(Width::Avx2),
            #[cfg(target_arch = "x86_64")]
            "avx512" => Some(Width::Avx512),
            #[cfg(target_arch = "aarch64")]
            "neon" => Some(Width::Neon),
            #[cfg(target_arch = "aarch64")]
            "sha3" => Some(Width::Sha3),
            _ => {
                eprintln!("QUORATE_LANES is portable, avx2, avx512, neon or sha3, not {name}");
                std::process::exit(2)
            }
        }
    })
}
