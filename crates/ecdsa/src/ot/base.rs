//! Base OT: 256 endemic OTs in one batch. `spec/dkls23/ot.md`, OT 1 to OT 3.
//!
//! ```text
//! receiver, bits b                                sender
//!   R_i = a_i·G − F1(b_i, i, P_i)   ── offers ──▶   A0 = r0 + F1(0, i, r1),  A1 = r1 + F1(1, i, r0)
//!   ρ_i = F2(i, a_i·M_{b_i})        ◀─ replies ──   M = u0·G, u1·G;  ρ0 = F2(i, u0·A0),  ρ1 = F2(i, u1·A1)
//! ```
//!
//! Both sides check *both* points of every pair, the one that is not used as well: whether a party stops must not
//! depend on a choice.
//!
//! # Security
//!
//! F1 tries one candidate after another until one is a point, as the format demands, so the time that [`start`]
//! takes depends on hashes of (b_i, P_i). Who could time it to within one square root would learn one sum over all
//! 256 instances, worth a few bits of a 256-bit choice. Everything else is constant time.

use k256::{ProjectivePoint, Scalar};
use quorate_core::Secret;
use quorate_core::check::{require, require_some};
use rand_core::CryptoRng;
use subtle::{Choice, ConditionallySelectable};
use zeroize::Zeroizing;

use super::bits::{bits, swap_if};
use super::{BaseOtId, Word, blank, boxed};
use crate::check::Check;
use crate::curve::{self, POINT_LEN};
use crate::transcript::{Transcript, label};

/// How many OTs a batch has.
pub(crate) const BATCH: usize = 256;
/// Length of the offers, and of the replies: two points an OT.
pub(crate) const MESSAGE_LEN: usize = 2 * BATCH * POINT_LEN;

/// The receiver's offers, or the sender's replies.
pub(crate) type Message = [u8; MESSAGE_LEN];

/// ρ0, ρ1: the sender's two keys of every OT.
pub(crate) struct SenderKeys(pub(super) Secret<[[Word; 2]; BATCH]>);

/// b and ρ_b: the receiver's choices, and its one key of every OT.
pub(crate) struct ReceiverKeys {
    pub(super) choices: Secret<[u8; BATCH / 8]>,
    pub(super) keys: Secret<[Word; BATCH]>,
}

/// What the receiver draws for a batch. With the offers beside them, the points tell the choices.
pub(crate) struct ReceiverCoins {
    /// b
    choices: Secret<[u8; BATCH / 8]>,
    /// a_i
    scalars: Secret<[Scalar; BATCH]>,
    /// P_i
    unkeyed: Secret<[[u8; POINT_LEN]; BATCH]>,
}

/// What the sender draws for a batch.
pub(crate) struct SenderCoins {
    /// u0_i, u1_i
    scalars: Secret<[[Scalar; 2]; BATCH]>,
}

/// The receiver, once its offers are made.
pub(crate) struct AwaitingSender {
    /// b
    choices: Secret<[u8; BATCH / 8]>,
    /// a_i
    scalars: Secret<[Scalar; BATCH]>,
}

impl ReceiverCoins {
    /// Draws 32 bytes of choices, then every scalar, then every point.
    pub(crate) fn draw(rng: &mut dyn CryptoRng) -> Self {
        // 1.1
        let mut choices: Secret<[u8; BATCH / 8]> = blank(0);
        rng.fill_bytes(choices.expose_mut());
        // 1.2
        let mut scalars = blank(Scalar::ZERO);
        scalars.expose_mut().fill_with(|| curve::draw_scalar(rng));
        let mut unkeyed = blank([0; POINT_LEN]);
        unkeyed.expose_mut().fill_with(|| curve::draw_point(rng).1);
        Self { choices, scalars, unkeyed }
    }
}

impl SenderCoins {
    /// Draws two scalars an OT.
    pub(crate) fn draw(rng: &mut dyn CryptoRng) -> Self {
        let mut scalars = blank([Scalar::ZERO; 2]);
        scalars.expose_mut().as_flattened_mut().fill_with(|| curve::draw_scalar(rng));
        Self { scalars }
    }
}

/// OT 1: makes the receiver's offers.
pub(crate) fn start(sid: &BaseOtId, coins: ReceiverCoins) -> (AwaitingSender, Box<Message>) {
    // 1.1, 1.2
    let ReceiverCoins { choices, scalars, unkeyed } = coins;

    // 1.3
    let hash = HashToCurve::new(sid);
    let mut keyed = Vec::with_capacity(BATCH);
    let drawn = scalars.expose().iter().zip(bits(choices.expose())).zip(unkeyed.expose());
    for (i, ((a, b), p)) in (0..).zip(drawn) {
        keyed.push(ProjectivePoint::mul_by_generator(a) - hash.point(b, i, p));
    }

    // 1.4
    let mut offers = boxed(0);
    let points = curve::encode_points(&keyed).into_iter().zip(unkeyed.expose());
    for ((pair, b), (r, p)) in pairs_mut(&mut offers).zip(bits(choices.expose())).zip(points) {
        *pair = [r, *p];
        let [first, second] = pair;
        swap_if(first, second, b);
    }
    (AwaitingSender { choices, scalars }, offers)
}

/// OT 2: answers the offers.
///
/// # Errors
///
/// [`Check::OtOfferPoints`] or [`Check::OtKeyPoints`], which the receiver failed.
pub(crate) fn send(
    sid: &BaseOtId,
    offers: &Message,
    coins: SenderCoins,
) -> Result<(SenderKeys, Box<Message>), Check> {
    let SenderCoins { scalars } = coins;
    let hash = HashToCurve::new(sid);
    let mut public = Vec::with_capacity(2 * BATCH);
    let mut shared = Zeroizing::new(Vec::with_capacity(2 * BATCH));
    for ((i, [r0, r1]), us) in (0..).zip(pairs(offers)).zip(scalars.expose()) {
        // 2.1
        let p0 = point(r0, Check::OtOfferPoints)?;
        let p1 = point(r1, Check::OtOfferPoints)?;
        // 2.2
        let a0 = p0 + hash.point(Choice::from(0), i, r1);
        let a1 = p1 + hash.point(Choice::from(1), i, r0);
        // 2.3
        let keyed = !curve::is_identity(&a0) && !curve::is_identity(&a1);
        require(keyed, Check::OtKeyPoints)?;
        // 2.4
        for (a, u) in [a0, a1].iter().zip(us) {
            public.push(ProjectivePoint::mul_by_generator(u));
            shared.push(a * u);
        }
    }

    // 2.5
    let mut replies = boxed(0);
    let public = curve::encode_points(&public);
    for (pair, points) in pairs_mut(&mut replies).zip(public.as_chunks().0) {
        *pair = *points;
    }

    // 2.6
    let mut keys = blank([[0; 32]; 2]);
    let shared = Zeroizing::new(curve::encode_points(&shared));
    for ((i, keys), points) in (0..).zip(keys.expose_mut()).zip(shared.as_chunks::<2>().0) {
        for (key, point) in keys.iter_mut().zip(points) {
            derive_key(i, point, key);
        }
    }
    Ok((SenderKeys(keys), replies))
}

impl AwaitingSender {
    /// OT 3: derives the receiver's keys from the replies.
    ///
    /// # Errors
    ///
    /// [`Check::OtReplyPoints`], which the sender failed.
    pub(crate) fn receive(self, replies: &Message) -> Result<ReceiverKeys, Check> {
        let Self { choices, scalars } = self;
        let mut shared = Zeroizing::new(Vec::with_capacity(BATCH));
        let secrets = scalars.expose().iter().zip(bits(choices.expose()));
        for ([m0, m1], (a, b)) in pairs(replies).zip(secrets) {
            // 3.1
            let m0 = point(m0, Check::OtReplyPoints)?;
            let m1 = point(m1, Check::OtReplyPoints)?;
            // 3.2
            shared.push(ProjectivePoint::conditional_select(&m0, &m1, b) * a);
        }

        let mut keys = blank([0; 32]);
        let shared = Zeroizing::new(curve::encode_points(&shared));
        for ((i, key), point) in (0..).zip(keys.expose_mut()).zip(shared.iter()) {
            derive_key(i, point, key);
        }
        Ok(ReceiverKeys { choices, keys })
    }
}

fn pairs(message: &Message) -> impl Iterator<Item = &[[u8; POINT_LEN]; 2]> {
    message.as_chunks().0.as_chunks().0.iter()
}

fn pairs_mut(message: &mut Message) -> impl Iterator<Item = &mut [[u8; POINT_LEN]; 2]> {
    message.as_chunks_mut().0.as_chunks_mut().0.iter_mut()
}

fn point(bytes: &[u8; POINT_LEN], check: Check) -> Result<ProjectivePoint, Check> {
    require_some(curve::decode_nonidentity(bytes), check, || ProjectivePoint::IDENTITY)
}

/// F1
struct HashToCurve(Transcript);

impl HashToCurve {
    fn new(sid: &BaseOtId) -> Self {
        let mut prefix = Transcript::new(label::BASE_OT);
        prefix.app(b"session-id", &sid.0);
        Self(prefix)
    }

    /// `F1(ro, i, sid, P)`, where P is given encoded.
    fn point(&self, ro: Choice, i: u16, p: &[u8; POINT_LEN]) -> ProjectivePoint {
        let mut transcript = self.0.clone();
        transcript.app(b"ro-index", &[0, ro.unwrap_u8()]);
        transcript.app(b"batch-index", &i.to_be_bytes());
        transcript.app(b"pk", p);
        loop {
            let mut candidate = transcript.challenge(b"compressed-point");
            if let Some(point) = curve::point_from_uniform(&mut candidate) {
                return point;
            }
        }
    }
}

/// `F2(i, P)`, where P is given encoded. Its label really has an underscore where F1 has a hyphen.
fn derive_key(i: u16, p: &[u8; POINT_LEN], key: &mut Word) {
    let mut transcript = Transcript::new(label::BASE_OT);
    transcript.app(b"batch_index", &i.to_be_bytes());
    transcript.app(b"pk", p);
    transcript.fill(b"ot-seed", key);
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;
    use serde_json::Value;

    use super::*;
    use crate::testing::{
        Script, array, base_ot_receiver, base_ot_sender, bytes, list, switch, vectors,
    };

    const SID: BaseOtId = BaseOtId([9; 32]);

    /// The bytes of one of the two points of one of the pairs.
    fn half(message: &mut Message, pair: usize, half: usize) -> &mut [u8; POINT_LEN] {
        &mut message.as_chunks_mut().0[2 * pair + half]
    }

    fn offers() -> (AwaitingSender, Box<Message>, ChaCha20Rng) {
        let mut rng = ChaCha20Rng::seed_from_u64(6);
        let (awaiting, offers) = start(&SID, ReceiverCoins::draw(&mut rng));
        (awaiting, offers, rng)
    }

    #[test]
    fn the_hash_to_the_curve_is_the_recorded_one() {
        for case in vectors("primitives")["F1"].as_array().unwrap() {
            let ro = Choice::from(u8::from(case["ro"] == 1));
            let i = case["batch"].as_u64().unwrap().try_into().unwrap();
            let hash = HashToCurve::new(&BaseOtId(array(&case["sid"])));
            let point = hash.point(ro, i, &array(&case["pk"]));
            assert_eq!(curve::encode_point(&point), array(&case["out"]));
        }
    }

    #[test]
    fn the_key_derivation_is_the_recorded_one() {
        for case in vectors("primitives")["F2"].as_array().unwrap() {
            let mut key = [0; 32];
            derive_key(
                case["batch"].as_u64().unwrap().try_into().unwrap(),
                &array(&case["pk"]),
                &mut key,
            );
            assert_eq!(key, array(&case["out"]));
        }
    }

    #[test]
    fn a_recorded_batch_replays_byte_for_byte() {
        let recorded = vectors("base_ot_pprf");
        let sid = BaseOtId(array(&recorded["sid"]));

        let mut rng = Script::new(&recorded["receiver_random"], base_ot_receiver("R."));
        let (awaiting, offers) = start(&sid, ReceiverCoins::draw(&mut rng));
        assert!(rng.is_over());
        assert_eq!(offers[..], bytes(&recorded["msg1"]));

        let mut rng = Script::new(&recorded["sender_random"], base_ot_sender("S."));
        let (sender, replies) = send(&sid, &offers, SenderCoins::draw(&mut rng)).unwrap();
        assert!(rng.is_over());
        assert_eq!(replies[..], bytes(&recorded["msg2"]));

        let receiver = awaiting.receive(&replies).unwrap();
        let pair = |pair: &Value| [array(&pair[0]), array(&pair[1])];
        assert_eq!(sender.0.expose()[..], list(&recorded["sender_seeds"], pair));
        assert_eq!(receiver.keys.expose()[..], list(&recorded["receiver_keys"], array));
    }

    #[test]
    fn check_ot_2_1_refuses_an_offer_that_is_no_point() {
        switch();
        let (_, honest, mut rng) = offers();
        for (pair, side, bytes) in [(0, 0, [0; 33]), (100, 1, [0; 33]), (255, 1, [5; 33])] {
            let mut offers = honest.clone();
            *half(&mut offers, pair, side) = bytes;
            let coins = SenderCoins::draw(&mut rng);
            assert_eq!(send(&SID, &offers, coins).err(), Some(Check::OtOfferPoints));
        }
    }

    #[test]
    fn check_ot_2_3_refuses_an_offer_that_fixes_a_key_to_the_identity() {
        switch();
        let (_, mut offers, mut rng) = offers();
        // The receiver solves for the point that cancels the hash, and so knows that key whatever the sender draws.
        let other = *half(&mut offers, 31, 1);
        let hash = HashToCurve::new(&SID).point(Choice::from(0), 31, &other);
        *half(&mut offers, 31, 0) = curve::encode_point(&-hash);
        let coins = SenderCoins::draw(&mut rng);
        assert_eq!(send(&SID, &offers, coins).err(), Some(Check::OtKeyPoints));
    }

    #[test]
    fn check_ot_3_1_refuses_a_reply_that_is_no_point_whichever_the_choice() {
        switch();
        for side in [0, 1] {
            let (awaiting, offers, mut rng) = offers();
            let (_, mut replies) = send(&SID, &offers, SenderCoins::draw(&mut rng)).unwrap();
            *half(&mut replies, 64, side) = [0; 33];
            assert_eq!(awaiting.receive(&replies).err(), Some(Check::OtReplyPoints));
        }
    }
}
