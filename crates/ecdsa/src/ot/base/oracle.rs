//! F1, which hashes to the curve, and F2, which makes keys of points: eight at a time.

use quorate_lanes::secp256k1::{Elements, Limbs};
use subtle::Choice;
use zeroize::{Zeroize, Zeroizing};

use super::super::{BaseOtId, Word};
use crate::curve::eightfold::{self, Affine};
use crate::curve::{self, POINT_LEN};
use crate::transcript::{Transcript, label};

/// F1
pub(super) struct HashToCurve(Transcript);

impl HashToCurve {
    pub(super) fn new(sid: &BaseOtId) -> Self {
        let mut prefix = Transcript::new(label::BASE_OT);
        prefix.app(b"session-id", &sid.0);
        Self(prefix)
    }

    /// `F1(ro, i, sid, P)`, where P is given encoded, of eight at a time. Who knows P learns ro from it.
    pub(super) fn points<'a>(
        &self,
        inputs: impl Iterator<Item = ([Choice; 8], [u16; 8], [&'a [u8; POINT_LEN]; 8])>,
    ) -> Zeroizing<Vec<Affine>> {
        let mut groups: Vec<_> = inputs
            .map(|(ro, i, p)| {
                let mut transcripts = self.0.eightfold();
                transcripts.app(b"ro-index", ro.map(|ro| [0, ro.unwrap_u8()]).each_ref());
                transcripts.app(b"batch-index", i.map(u16::to_be_bytes).each_ref());
                transcripts.app(b"pk", p);
                (transcripts, [None; 8])
            })
            .collect();

        let all = 8 * groups.len();
        loop {
            // Where a point is missing, the next candidate.
            let mut places = Vec::new();
            let mut candidates = Zeroizing::new(Vec::with_capacity(all));
            for (transcripts, found) in &mut groups {
                if found.iter().all(Option::is_some) {
                    continue;
                }
                let mut drawn = [[0; POINT_LEN]; 8];
                transcripts.fill(b"compressed-point", drawn.each_mut());
                for (place, mut candidate) in found.iter_mut().zip(drawn) {
                    if place.is_none() {
                        curve::make_tag(&mut candidate);
                        places.push(place);
                        candidates.push(candidate);
                    }
                }
            }
            if places.is_empty() {
                break;
            }
            let candidates: Vec<_> = candidates.iter().collect();
            let decoded = eightfold::decode_each(&candidates);
            for (place, decoded) in places.into_iter().zip(decoded.iter()) {
                *place = *decoded;
            }
        }

        let coordinates = |found: &[Option<[Limbs; 2]>; 8]| {
            let [x, y] = [0, 1].map(|of| {
                found.map(|point| point.and_then(|xy| xy.get(of).copied()).unwrap_or_default())
            });
            [Elements::new(&x), Elements::new(&y)]
        };
        let points = groups.iter().map(|(_, found)| coordinates(found)).collect();
        for (_, found) in &mut groups {
            found.zeroize();
        }
        Zeroizing::new(points)
    }
}

/// F2
pub(super) struct DeriveKeys(Transcript);

impl DeriveKeys {
    pub(super) fn new() -> Self {
        Self(Transcript::new(label::BASE_OT))
    }

    /// `F2(i, P)`, where P is given encoded, eight times. Its label really has an underscore where F1 has a hyphen.
    pub(super) fn keys(&self, i: [u16; 8], p: &[[u8; POINT_LEN]; 8], keys: &mut [Word; 8]) {
        let mut transcripts = self.0.eightfold();
        transcripts.app(b"batch_index", i.map(u16::to_be_bytes).each_ref());
        transcripts.app(b"pk", p.each_ref());
        transcripts.fill(b"ot-seed", keys.each_mut());
    }
}

#[cfg(test)]
pub(super) mod tests {
    use k256::ProjectivePoint;
    use quorate_lanes::secp256k1::Points;

    use super::*;
    use crate::testing::{array, vectors};

    pub(in super::super) fn hash_one(
        hash: &HashToCurve,
        ro: Choice,
        i: u16,
        p: &[u8; POINT_LEN],
    ) -> ProjectivePoint {
        let hashes = hash.points(core::iter::once(([ro; 8], [i; 8], [p; 8])));
        let [x, y] = hashes[0];
        let encoded = eightfold::encode(&[Points::from_affine(x, y)]);
        assert_eq!(encoded[0], [encoded[0][0]; 8]);
        curve::decode_point(&encoded[0][0]).unwrap()
    }

    #[test]
    fn the_hash_to_the_curve_is_the_recorded_one() {
        for case in vectors("primitives")["F1"].as_array().unwrap() {
            let ro = Choice::from(u8::from(case["ro"] == 1));
            let i = case["batch"].as_u64().unwrap().try_into().unwrap();
            let hash = HashToCurve::new(&BaseOtId(array(&case["sid"])));
            let point = hash_one(&hash, ro, i, &array(&case["pk"]));
            assert_eq!(curve::encode_point(&point), array(&case["out"]));
        }
    }

    #[test]
    fn the_key_derivation_is_the_recorded_one() {
        for case in vectors("primitives")["F2"].as_array().unwrap() {
            let mut keys = [[0; 32]; 8];
            let i = case["batch"].as_u64().unwrap().try_into().unwrap();
            DeriveKeys::new().keys([i; 8], &[array(&case["pk"]); 8], &mut keys);
            assert_eq!(keys, [array(&case["out"]); 8]);
        }
    }
}
