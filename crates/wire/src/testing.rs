//! What the tests share: vectors, randomness, and the switch for single checks.

use std::io::Read as _;

use rand_chacha::ChaCha20Rng;
use rand_core::{SeedableRng as _, TryCryptoRng, TryRng};
use serde_json::Value;

/// Leaves out the check that the environment names, to show that its own test then fails.
#[expect(clippy::disallowed_methods, reason = "the environment is how a test program is told")]
pub(crate) fn switch() {
    if let Ok(id) = std::env::var("QUORATE_CHECK_OFF") {
        quorate_core::check::switch::off(id);
    }
}

/// Seeded randomness.
pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// Randomness that plays back given bytes.
pub(crate) struct Script(pub(crate) Vec<u8>);

impl TryRng for Script {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        panic!("randomness is drawn as bytes")
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        panic!("randomness is drawn as bytes")
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
        assert!(self.0.len() >= out.len(), "the script has run out");
        out.copy_from_slice(&self.0[..out.len()]);
        self.0.drain(..out.len());
        Ok(())
    }
}

impl TryCryptoRng for Script {}

/// A vector file that is kept compressed.
pub(crate) fn vector(xz: &[u8]) -> Value {
    let mut json = Vec::new();
    lzma_rust2::XzReader::new(xz, false).read_to_end(&mut json).unwrap();
    serde_json::from_slice(&json).unwrap()
}

/// Every recorded Ed25519 ceremony, by name.
pub(crate) fn eddsa_ceremonies() -> impl Iterator<Item = (&'static str, Value)> {
    macro_rules! files {
        ($($name:literal)*) => {
            [$(($name, &include_bytes!(concat!("../../../vectors/eddsa/", $name, ".json.xz"))[..])),*]
        };
    }
    let files = files! {
        "dkg_2of2_alice_known" "dkg_2of3_all_known" "dkg_2of3_bobby_known" "dkg_3of4_all_known"
        "sign_2of3_alice_known" "sign_2of3_path_ignored" "sign_2of3_reversed_order"
        "sign_2of3_three_signers_all_known" "sign_after_qc"
        "qc_2of2_to_2of3_new_known" "qc_2of2_to_2of3_old_known" "qc_all_known_old_leaves"
        "refresh_2of3_alice_known" "migrate_2of3_alice_known" "import_2of3_bobby_known"
        "export_2of3_receiver_known"
    };
    files.into_iter().map(|(name, xz)| (name, vector(xz)))
}

/// The bytes of a JSON string of hex digits.
pub(crate) fn unhex(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

/// The same, for a known length.
pub(crate) fn unhex_array<const N: usize>(value: &Value) -> [u8; N] {
    unhex(value).try_into().unwrap()
}

/// A JSON array of strings.
pub(crate) fn strings(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|s| s.as_str().unwrap().to_owned()).collect()
}

/// Damages bytes in one of the ways that bytes get damaged: cut, grown, or changed in one place.
pub(crate) fn damage(bytes: &[u8], rng: &mut ChaCha20Rng) -> Vec<u8> {
    use rand_core::Rng as _;
    let mut bytes = bytes.to_vec();
    let at =
        |rng: &mut ChaCha20Rng, len: usize| usize::try_from(rng.next_u32()).unwrap() % len.max(1);
    match rng.next_u32() % 4 {
        0 => bytes.truncate(at(rng, bytes.len())),
        1 => bytes.push(rng.next_u32().to_le_bytes()[0]),
        2 => {
            let last = at(rng, bytes.len());
            bytes.drain(..=last);
        }
        _ => {
            let here = at(rng, bytes.len());
            bytes[here] ^= 1 << (rng.next_u32() % 8);
        }
    }
    bytes
}
