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

mod oracle;

use k256::Scalar;
use quorate_core::Secret;
use quorate_core::check::require;
use quorate_lanes::secp256k1::{Elements, Points};
use rand_core::CryptoRng;
use subtle::Choice;
use zeroize::Zeroizing;

use self::oracle::{DeriveKeys, HashToCurve};
use super::bits::{bit, bits, mask, swap_if};
use super::{BaseOtId, Word, blank, boxed};
use crate::check::Check;
use crate::curve::{self, POINT_LEN, eightfold};

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
        curve::draw_points(unkeyed.expose_mut(), rng);
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
    let inputs = (0..).step_by(8).zip(choices.expose()).zip(eights(unkeyed.expose()));
    let hashes = hash.points(inputs.map(|((first, byte), p)| {
        (BITS.map(|k| bit(*byte, k)), BITS.map(|k| first + u16::from(k)), p.each_ref())
    }));
    let keyed: Vec<_> = eights(scalars.expose())
        .zip(hashes.iter())
        .map(|(a, [x, y])| {
            eightfold::multiply_generator(a.each_ref())
                .add_affine(&[*x, Elements::ZERO.subtract(y)])
        })
        .collect();
    let keyed = Zeroizing::new(eightfold::encode(&Zeroizing::new(keyed)));

    // 1.4
    let mut offers = boxed(0);
    let points = keyed.as_flattened().iter().zip(unkeyed.expose());
    for ((pair, b), (r, p)) in pairs_mut(&mut offers).zip(bits(choices.expose())).zip(points) {
        *pair = [*r, *p];
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

    // 2.1
    let offered = || eights(offers.as_chunks::<POINT_LEN>().0);
    let points = offered()
        .map(|encoded| decode(encoded.each_ref(), Check::OtOfferPoints))
        .collect::<Result<Vec<_>, _>>()?;

    // 2.2
    let inputs = (0..).step_by(4).zip(offered()).map(|(first, [a, b, c, d, e, f, g, h])| {
        let side = [0, 1, 0, 1, 0, 1, 0, 1].map(Choice::from);
        let instance = [0, 0, 1, 1, 2, 2, 3, 3].map(|pair| first + pair);
        (side, instance, [b, a, d, c, f, e, h, g])
    });
    let hashes = HashToCurve::new(sid).points(inputs);
    let keyed: Vec<_> =
        points.iter().zip(hashes.iter()).map(|(point, hash)| point.add_affine(hash)).collect();

    // 2.3
    let identity = keyed.iter().any(|point| point.z.is_zero() != [0; 8]);
    require(!identity, Check::OtKeyPoints)?;

    // 2.4
    let (public, shared): (Vec<_>, Vec<_>) = eights(scalars.expose().as_flattened())
        .zip(&keyed)
        .map(|(u, a)| {
            let u = u.each_ref();
            (eightfold::multiply_generator(u), eightfold::multiply(a, u))
        })
        .unzip();
    let (public, shared) = (Zeroizing::new(public), Zeroizing::new(shared));

    // 2.5
    let mut replies: Box<Message> = boxed(0);
    let encoded = eightfold::encode(&public);
    for (reply, point) in replies.as_chunks_mut().0.iter_mut().zip(encoded.as_flattened()) {
        *reply = *point;
    }

    // 2.6
    let mut keys = blank([[0; 32]; 2]);
    let shared = Zeroizing::new(eightfold::encode(&shared));
    let derive = DeriveKeys::new();
    let places = keys.expose_mut().as_flattened_mut().as_chunks_mut().0;
    for ((first, points), keys) in (0..).step_by(4).zip(shared.iter()).zip(places) {
        let instance = [0, 0, 1, 1, 2, 2, 3, 3].map(|pair| first + pair);
        derive.keys(instance, points, keys);
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
        let mut shared = Zeroizing::new(Vec::with_capacity(BATCH / 8));
        let replied = eights(replies.as_chunks().0.as_chunks::<2>().0);
        let secrets = eights(scalars.expose()).zip(choices.expose());
        for (pairs, (a, byte)) in replied.zip(secrets) {
            // 3.1
            let m0 = decode(pairs.each_ref().map(|[m0, _]| m0), Check::OtReplyPoints)?;
            let m1 = decode(pairs.each_ref().map(|[_, m1]| m1), Check::OtReplyPoints)?;
            // 3.2
            let chosen = Points::select(&BITS.map(|k| mask(bit(*byte, k))), &m1, &m0);
            shared.push(eightfold::multiply(&chosen, a.each_ref()));
        }

        let mut keys = blank([0; 32]);
        let shared = Zeroizing::new(eightfold::encode(&shared));
        let derive = DeriveKeys::new();
        let places = keys.expose_mut().as_chunks_mut().0;
        for ((first, points), keys) in (0..).step_by(8).zip(shared.iter()).zip(places) {
            derive.keys(BITS.map(|k| first + u16::from(k)), points, keys);
        }
        Ok(ReceiverKeys { choices, keys })
    }
}

/// The bits of a byte, or the places in a group of eight.
const BITS: [u8; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

/// What is there, eight at a time.
fn eights<T>(all: &[T]) -> impl Iterator<Item = &[T; 8]> {
    all.as_chunks().0.iter()
}

fn pairs_mut(message: &mut Message) -> impl Iterator<Item = &mut [[u8; POINT_LEN]; 2]> {
    message.as_chunks_mut().0.as_chunks_mut().0.iter_mut()
}

fn decode(encoded: [&[u8; POINT_LEN]; 8], check: Check) -> Result<Points, Check> {
    let ([x, y], valid) = eightfold::decode(encoded);
    require(valid == [u64::MAX; 8], check)?;
    Ok(Points::from_affine(x, y))
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;
    use serde_json::Value;

    use super::oracle::tests::hash_one;
    use super::*;
    use crate::testing::{
        array, base_ot_receiver, base_ot_sender, bytes, list, script, switch, vectors,
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
    fn a_recorded_batch_replays_byte_for_byte() {
        let recorded = vectors("base_ot_pprf");
        let sid = BaseOtId(array(&recorded["sid"]));

        let mut rng = script(&recorded["receiver_random"], base_ot_receiver("R."));
        let (awaiting, offers) = start(&sid, ReceiverCoins::draw(&mut rng));
        assert!(rng.is_over());
        assert_eq!(offers[..], bytes(&recorded["msg1"]));

        let mut rng = script(&recorded["sender_random"], base_ot_sender("S."));
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
        let hash = hash_one(&HashToCurve::new(&SID), Choice::from(0), 31, &other);
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
