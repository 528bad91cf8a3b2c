//! Child keys: BIP32, public steps only. `spec/dkls23/derive.md`.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use k256::{ProjectivePoint, Scalar};
use quorate_core::check::{require, require_some};
use sha2::Sha512;

use crate::check::Check;
use crate::curve::{self, POINT_LEN};

/// The first index of hardened steps, which need the private key.
const HARDENED: u32 = 1 << 31;

/// Where a key stands below its root: `m`, `m/44/60/0/0/0`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DerivationPath(Vec<u32>);

impl DerivationPath {
    /// `m`: the root itself.
    #[must_use]
    pub fn root() -> Self {
        Self(Vec::new())
    }

    /// Reads `m`, then any number of `/index`, each a decimal number below 2^31 without sign or leading zero.
    ///
    /// # Errors
    ///
    /// [`Check::DeriveNotHardened`] for a path with hardened steps, [`Check::DerivePath`] for anything else.
    pub fn parse(path: &str) -> Result<Self, Check> {
        let mut steps = path.split('/');
        require(steps.next() == Some("m"), Check::DerivePath)?;
        steps.map(parse_step).collect::<Result<_, _>>().map(Self)
    }
}

fn parse_step(step: &str) -> Result<u32, Check> {
    let number = step.trim_end_matches(['\'', 'h', 'H']);
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    let plain = digits && (number == "0" || !number.starts_with('0'));
    let index = number.parse().ok().filter(|&index| plain && index < HARDENED);
    let index = require_some(index, Check::DerivePath, || 0)?;
    require(number == step, Check::DeriveNotHardened)?;
    Ok(index)
}

impl fmt::Display for DerivationPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("m")?;
        self.0.iter().try_for_each(|index| write!(f, "/{index}"))
    }
}

/// The child's public key, 33 bytes compressed.
///
/// # Errors
///
/// [`Check::DeriveParent`] if `public_key` is not one, [`Check::DeriveChild`] if there is no such child.
pub fn derive(
    public_key: &[u8; POINT_LEN],
    chain_code: &[u8; 32],
    path: &DerivationPath,
) -> Result<[u8; POINT_LEN], Check> {
    let parent = require_some(curve::decode_nonidentity(public_key), Check::DeriveParent, || {
        ProjectivePoint::IDENTITY
    })?;
    let child = Child::below(parent, *chain_code, path)?;
    Ok(curve::encode_point(&child.public_key))
}

/// A key below a root.
#[derive(Clone)]
pub(crate) struct Child {
    /// δ: what the path adds to the private key.
    pub(crate) offset: Scalar,
    /// DPK
    pub(crate) public_key: ProjectivePoint,
    chain_code: [u8; 32],
}

impl Child {
    /// The key at `path` below the root.
    pub(crate) fn below(
        root: ProjectivePoint,
        chain_code: [u8; 32],
        path: &DerivationPath,
    ) -> Result<Self, Check> {
        let start = Self { offset: Scalar::ZERO, public_key: root, chain_code };
        path.0.iter().try_fold(start, |parent, &index| {
            let (il, chain_code) = parent.hash(index);
            parent.child(&il, chain_code)
        })
    }

    /// I, in its two halves.
    fn hash(&self, index: u32) -> ([u8; 32], [u8; 32]) {
        let mut hmac = Hmac::<Sha512>::new(&hmac_key(&self.chain_code));
        hmac.update(&curve::encode_point(&self.public_key));
        hmac.update(&index.to_be_bytes());
        let i: [u8; 64] = hmac.finalize().into_bytes().into();
        let (mut il, mut ir) = ([0; 32], [0; 32]);
        il.iter_mut().chain(&mut ir).zip(i).for_each(|(half, byte)| *half = byte);
        (il, ir)
    }

    /// The child that the hash says, if there is one.
    fn child(&self, il: &[u8; 32], chain_code: [u8; 32]) -> Result<Self, Check> {
        let il = require_some(curve::strict_scalar(il), Check::DeriveChild, || curve::reduce(il))?;
        let public_key = self.public_key + ProjectivePoint::mul_by_generator(&il);
        require(!curve::is_identity(&public_key), Check::DeriveChild)?;
        Ok(Self { offset: self.offset + il, public_key, chain_code })
    }
}

/// HMAC's key block: the key, then zeros.
fn hmac_key(chain_code: &[u8; 32]) -> hmac::digest::Key<Hmac<Sha512>> {
    let mut key = hmac::digest::Key::<Hmac<Sha512>>::default();
    key.iter_mut().zip(chain_code).for_each(|(key, byte)| *key = *byte);
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn root() -> Child {
        Child { offset: Scalar::ZERO, public_key: ProjectivePoint::GENERATOR, chain_code: [7; 32] }
    }

    #[test]
    fn paths_print_as_they_are_read() {
        for path in ["m", "m/0", "m/44/60/0/0/0", "m/2147483647"] {
            assert_eq!(DerivationPath::parse(path).unwrap().to_string(), path);
        }
    }

    #[test]
    fn check_derive_1_1_refuses_what_is_not_a_path() {
        testing::switch();
        for path in [
            "",
            "M",
            "M/1",
            "1",
            "/1",
            "m/",
            "m//1",
            "m/1/",
            "m/+1",
            "m/-1",
            "m/01",
            "m/00",
            "m/ 1",
            "m/2147483648",
            "m/4294967296",
            "m/0x1",
            "m/a",
            "m1",
            "m/'",
        ] {
            assert_eq!(DerivationPath::parse(path), Err(Check::DerivePath), "{path}");
        }
    }

    #[test]
    fn check_derive_1_2_refuses_hardened_steps() {
        testing::switch();
        for path in ["m/44'", "m/44h/60", "m/0/1H"] {
            assert_eq!(DerivationPath::parse(path), Err(Check::DeriveNotHardened), "{path}");
        }
    }

    #[test]
    fn check_derive_2_1_refuses_a_parent_that_is_not_a_key() {
        testing::switch();
        for bad in [[0; POINT_LEN], [4; POINT_LEN], [0xff; POINT_LEN]] {
            let child = derive(&bad, &[0; 32], &DerivationPath::root());
            assert_eq!(child, Err(Check::DeriveParent));
        }
    }

    #[test]
    fn check_derive_2_2_refuses_a_child_that_does_not_exist() {
        testing::switch();
        let past_the_order = [0xff; 32];
        let cancels = curve::scalar_bytes(&-Scalar::ONE);
        for il in [past_the_order, cancels] {
            assert_eq!(root().child(&il, [0; 32]).err(), Some(Check::DeriveChild));
        }
    }

    #[test]
    fn the_offset_is_the_logarithm_of_what_is_added() {
        let path = DerivationPath::parse("m/1/2/3").unwrap();
        let Ok(child) = Child::below(root().public_key, root().chain_code, &path) else {
            panic!("no child")
        };
        let expected = root().public_key + ProjectivePoint::mul_by_generator(&child.offset);
        assert!(child.public_key == expected);
    }
}
