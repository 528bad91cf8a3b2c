//! Random vector OLE: the receiver's random b times each of two secrets a_0, a_1 of the sender, shared between
//! them as c_i + d_i = a_i·b. `spec/dkls23/rvole.md`.
//!
//! ```text
//! receiver                                             sender, a_0, a_1
//!   b = Σ g_j over β_j = 1     ── OT extension, β ──▶   c_i = −Σ g_j·α0_{j,i}
//!   d_i = Σ g_j·d_{j,i}        ◀─────── ã, η', μ ────   ã_{j,i} = α0_{j,i} − α1_{j,i} + a_i
//! ```
//!
//! A third column of ã, over a random η, lets the receiver check that all 512 rows were made from the same a.

use k256::Scalar;
use quorate_core::Secret;
use quorate_core::check::require;
use rand_core::CryptoRng;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use super::bits::bits;
use super::extension::{self, Choices, Pad, Padding, Pads, WIDTH};
use super::pprf::{ReceiverSeed, SenderSeed};
use super::{RvoleId, Word, blank, boxed};
use crate::check::Check;
use crate::curve::{draw_scalar, reduce, scalar_bytes};
use crate::transcript::{Transcript, label};

/// Length of the receiver's message.
pub(crate) const OFFER_LEN: usize = extension::MESSAGE_LEN;
/// Length of the sender's message: three words a row, and three more.
pub(crate) const REPLY_LEN: usize = (WIDTH + 1) * 3 * 32;

/// The receiver's message.
pub(crate) type Offer = extension::Message;
/// The sender's message.
pub(crate) type Reply = [u8; REPLY_LEN];

/// What the receiver draws.
pub(crate) struct ReceiverCoins {
    beta: Secret<Choices>,
    padding: Padding,
}

/// What the sender draws.
pub(crate) struct SenderCoins {
    eta: Secret<Scalar>,
}

impl ReceiverCoins {
    /// Draws 64 bytes, β, and then what the OT extension draws.
    pub(crate) fn draw(rng: &mut dyn CryptoRng) -> Self {
        // 1.2
        let mut beta: Secret<Choices> = blank(0);
        rng.fill_bytes(beta.expose_mut());
        Self { beta, padding: Padding::draw(rng) }
    }
}

impl SenderCoins {
    /// Draws one scalar.
    pub(crate) fn draw(rng: &mut dyn CryptoRng) -> Self {
        Self { eta: Secret::fill(|eta| *eta = draw_scalar(rng)) }
    }
}

/// The receiver, once its offer is made.
pub(crate) struct AwaitingSender {
    sid: RvoleId,
    gadget: Gadget,
    beta: Secret<Choices>,
    /// v_x
    pads: Secret<[Pad; WIDTH]>,
}

/// RVOLE 1: the receiver's factor b, and its offer.
pub(crate) fn start(
    sid: RvoleId,
    seed: &SenderSeed,
    coins: ReceiverCoins,
) -> (AwaitingSender, Scalar, Box<Offer>) {
    // 1.1
    let gadget = Gadget::new(&sid);
    // 1.2
    let ReceiverCoins { beta, padding } = coins;
    // 1.3
    let chosen = gadget.0.iter().zip(bits(beta.expose()));
    let b = chosen.map(|(g, beta)| if_set(g, beta)).sum();
    // 1.4
    let (pads, offer) = extension::receive(&sid, seed, beta.expose(), &padding);

    (AwaitingSender { sid, gadget, beta, pads }, b, offer)
}

/// RVOLE 2: multiplies the two secrets with the receiver's factor. Returns the sender's shares (c_0, c_1).
///
/// # Errors
///
/// [`Check::ExtensionFold`], which the receiver failed: the seeds must never be used with it again.
pub(crate) fn send(
    sid: &RvoleId,
    seed: &ReceiverSeed,
    [a_0, a_1]: [&Scalar; 2],
    offer: &Offer,
    coins: SenderCoins,
) -> Result<(Zeroizing<[Scalar; 2]>, Box<Reply>), Check> {
    let SenderCoins { eta } = coins;

    // 2.1
    let Pads { zero, one } = extension::send(sid, seed, offer)?;

    // 2.2
    let gadget = Gadget::new(sid);
    let mut c = Zeroizing::new([Scalar::ZERO; 2]);
    for (g, pad) in gadget.0.iter().zip(zero.expose()) {
        for (c, alpha) in c.iter_mut().zip(pad) {
            *c -= g * &reduce(alpha);
        }
    }

    // 2.3
    let eta = eta.expose();
    let mut masked = Masked::empty();
    for (row, (zero, one)) in masked.rows.iter_mut().zip(zero.expose().iter().zip(one.expose())) {
        for ((word, a), (zero, one)) in
            row.iter_mut().zip([a_0, a_1, eta]).zip(zero.iter().zip(one))
        {
            *word = scalar_bytes(&(reduce(zero) - reduce(one) + a));
        }
    }

    // 2.4
    let theta = Theta::new(sid, &masked.rows);
    // 2.5
    masked.eta = scalar_bytes(&theta.combine([a_0, a_1, eta]));
    // 2.6
    let combined = zero.expose().iter().map(|pad| {
        let [alpha_0, alpha_1, alpha_2] = pad.each_ref().map(reduce);
        theta.combine([&alpha_0, &alpha_1, &alpha_2])
    });
    masked.mu = mu(sid, combined);

    Ok((c, masked.write()))
}

impl AwaitingSender {
    /// RVOLE 3: takes the receiver's shares (d_0, d_1).
    ///
    /// # Errors
    ///
    /// [`Check::RvoleDigest`], which the sender failed: the seeds must never be used with it again.
    pub(crate) fn receive(self, reply: &Reply) -> Result<Zeroizing<[Scalar; 2]>, Check> {
        let Self { sid, gadget, beta, pads } = self;
        let masked = Masked::read(reply);

        // 3.1
        let theta = Theta::new(&sid, &masked.rows);

        // 3.2
        let eta = reduce(&masked.eta);
        let mut combined = Zeroizing::new(Vec::with_capacity(WIDTH));
        let mut d = Zeroizing::new([Scalar::ZERO; 2]);
        let own = pads.expose().iter().zip(bits(beta.expose()));
        for ((row, g), (pad, beta)) in masked.rows.iter().zip(gadget.0.iter()).zip(own) {
            let mut opened = Zeroizing::new([Scalar::ZERO; 3]);
            for (opened, (pad, word)) in opened.iter_mut().zip(pad.iter().zip(row)) {
                *opened = reduce(pad) + if_set(&reduce(word), beta);
            }
            let [opened_0, opened_1, opened_2] = &*opened;
            combined.push(theta.combine([opened_0, opened_1, opened_2]) - if_set(&eta, beta));
            for (d, opened) in d.iter_mut().zip(opened.iter()) {
                *d += g * opened;
            }
        }

        // 3.3
        let [expected_0, expected_1] = mu(&sid, combined.iter().copied());
        let [mu_0, mu_1] = &masked.mu;
        let consistent = expected_0.ct_eq(mu_0) & expected_1.ct_eq(mu_1);
        require(consistent.into(), Check::RvoleDigest)?;

        // 3.4
        Ok(d)
    }
}

/// The scalar or zero.
fn if_set(scalar: &Scalar, when: Choice) -> Scalar {
    Scalar::conditional_select(&Scalar::ZERO, scalar, when)
}

/// The sender's message, decoded: every string of bytes is a message.
struct Masked {
    /// ã, a row an OT
    rows: Box<[[Word; 3]; WIDTH]>,
    /// η'
    eta: Word,
    /// μ
    mu: [Word; 2],
}

impl Masked {
    fn empty() -> Self {
        Self { rows: boxed([[0; 32]; 3]), eta: [0; 32], mu: [[0; 32]; 2] }
    }

    fn read(reply: &Reply) -> Self {
        let mut masked = Self::empty();
        let Self { rows, eta, mu } = &mut masked;
        let words = rows.as_flattened_mut().iter_mut().chain([eta]).chain(mu);
        for (word, bytes) in words.zip(reply.as_chunks().0) {
            *word = *bytes;
        }
        masked
    }

    fn write(&self) -> Box<Reply> {
        let mut reply: Box<Reply> = boxed(0);
        let words = self.rows.as_flattened().iter().chain([&self.eta]).chain(&self.mu);
        for (bytes, word) in reply.as_chunks_mut().0.iter_mut().zip(words) {
            *bytes = *word;
        }
        reply
    }
}

/// g
struct Gadget(Box<[Scalar; WIDTH]>);

impl Gadget {
    fn new(sid: &RvoleId) -> Self {
        let mut transcript = Transcript::new(label::RVOLE_GADGET);
        transcript.app(b"session-id", &sid.0);
        let mut gadget = boxed(Scalar::ZERO);
        for (j, g) in (0..).zip(gadget.iter_mut()) {
            transcript.u64(b"index", j);
            *g = transcript.challenge_scalar(b"next value");
        }
        Self(gadget)
    }
}

/// θ: the coefficients of the consistency check, which the sender cannot know before it has fixed ã.
struct Theta([Scalar; 2]);

impl Theta {
    fn new(sid: &RvoleId, rows: &[[Word; 3]; WIDTH]) -> Self {
        let mut transcript = Transcript::new(label::RVOLE_THETA);
        transcript.app(b"session-id", &sid.0);
        for (j, row) in (0..).zip(rows) {
            transcript.u64(b"row of a tilde", j);
            for word in row {
                transcript.app(b"", word);
            }
        }
        Self([0, 1].map(|i| {
            transcript.u64(b"theta k", 0);
            transcript.u64(b"theta i", i);
            transcript.challenge_scalar(b"theta")
        }))
    }

    /// `x_2 + θ_0·x_0 + θ_1·x_1`
    fn combine(&self, [x_0, x_1, x_2]: [&Scalar; 3]) -> Scalar {
        let Self([theta_0, theta_1]) = self;
        x_2 + theta_0 * x_0 + theta_1 * x_1
    }
}

/// μ
fn mu(sid: &RvoleId, combined: impl Iterator<Item = Scalar>) -> [Word; 2] {
    let mut transcript = Transcript::new(label::RVOLE_MU);
    transcript.app(b"session-id", &sid.0);
    for scalar in combined {
        transcript.app(b"chosen", &scalar_bytes(&scalar));
    }
    let mut mu = [[0; 32]; 2];
    transcript.fill(b"mu-hash", mu.as_flattened_mut());
    mu
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;
    use crate::curve::strict_scalar;
    use crate::ot::pprf::tests::seeds;
    use crate::testing::{Script, array, bytes, switch, vectors};

    fn id() -> RvoleId {
        RvoleId([3; 32])
    }

    fn scalar(value: &serde_json::Value) -> Scalar {
        strict_scalar(&array(value)).unwrap()
    }

    #[test]
    fn the_gadget_is_the_recorded_one() {
        let recorded = &vectors("primitives")["gadget"];
        let Gadget(g) = Gadget::new(&RvoleId(array(&recorded["sid"])));
        assert_eq!([g[0], g[1], g[511]], ["g0", "g1", "g511"].map(|name| scalar(&recorded[name])));
    }

    #[test]
    fn a_recorded_multiplication_replays_byte_for_byte() {
        let trees = vectors("base_ot_pprf");
        let recorded = vectors("rvole");
        let sid = || RvoleId(array(&recorded["sid"]));
        let sender_seed = SenderSeed::new(&array(&trees["sender_leaves"]));
        let receiver_seed =
            ReceiverSeed::new(&array(&trees["choices"]), &array(&trees["receiver_leaves"]));

        let draws = ["R.beta", "R.ssot_pad"].map(String::from);
        let mut rng = Script::new(&recorded["receiver_random"], draws);
        let (awaiting, b, offer) = start(sid(), &sender_seed, ReceiverCoins::draw(&mut rng));
        assert!(rng.is_over());
        assert_eq!(b, scalar(&recorded["b"]));
        assert_eq!(offer[..], bytes(&recorded["msg1"]));

        let a = [&recorded["a"][0], &recorded["a"][1]].map(scalar);
        let mut rng = Script::new(&recorded["sender_random"], ["S.eta".to_owned()]);
        let (c, reply) =
            send(&sid(), &receiver_seed, a.each_ref(), &offer, SenderCoins::draw(&mut rng))
                .unwrap();
        assert!(rng.is_over());
        assert_eq!(*c, [&recorded["c"][0], &recorded["c"][1]].map(scalar));
        assert_eq!(reply[..], bytes(&recorded["msg2"]));

        let d = awaiting.receive(&reply).unwrap();
        assert_eq!(*d, [&recorded["d"][0], &recorded["d"][1]].map(scalar));
    }

    #[test]
    fn the_shares_add_up_to_the_products_also_for_zero_one_and_minus_one() {
        let (sender_seed, receiver_seed) = seeds();
        let mut rng = ChaCha20Rng::seed_from_u64(11);
        let random = draw_scalar(&mut rng);
        let edges = [Scalar::ZERO, Scalar::ONE, -Scalar::ONE, random];
        for a_0 in &edges {
            for a_1 in &edges {
                let (awaiting, b, offer) = start(id(), &sender_seed, ReceiverCoins::draw(&mut rng));
                let (c, reply) =
                    send(&id(), &receiver_seed, [a_0, a_1], &offer, SenderCoins::draw(&mut rng))
                        .unwrap();
                let d = awaiting.receive(&reply).unwrap();
                assert_eq!([c[0] + d[0], c[1] + d[1]], [a_0 * &b, a_1 * &b]);
            }
        }
    }

    #[test]
    fn check_ot_7_2_stops_the_sender_before_it_answers() {
        switch();
        let (sender_seed, receiver_seed) = seeds();
        let mut rng = ChaCha20Rng::seed_from_u64(12);
        let (_, _, mut offer) = start(id(), &sender_seed, ReceiverCoins::draw(&mut rng));
        offer[OFFER_LEN - 1] ^= 1;
        let a = [&Scalar::ONE, &Scalar::ONE];
        let answer = send(&id(), &receiver_seed, a, &offer, SenderCoins::draw(&mut rng));
        assert_eq!(answer.err(), Some(Check::ExtensionFold));
    }

    #[test]
    fn check_rvole_3_3_refuses_rows_made_from_two_inputs() {
        switch();
        let lie = |choice: bool| {
            let (sender_seed, receiver_seed) = seeds();
            let mut rng = ChaCha20Rng::seed_from_u64(13);
            let (awaiting, b, offer) = start(id(), &sender_seed, ReceiverCoins::draw(&mut rng));
            let row = bits(awaiting.beta.expose()).position(|beta| bool::from(beta) == choice);

            // A sender that adds one to a_0 in a single row, and is consistent in everything else.
            let a = Scalar::ONE;
            let (c, reply) =
                send(&id(), &receiver_seed, [&a, &a], &offer, SenderCoins::draw(&mut rng)).unwrap();
            let Pads { zero, one } = extension::send(&id(), &receiver_seed, &offer).unwrap();
            let mut masked = Masked::read(&reply);
            let [word, _, third] = &mut masked.rows[row.unwrap()];
            *word = scalar_bytes(&(reduce(word) + Scalar::ONE));
            let [zero_2, one_2] = [&zero, &one].map(|pads| reduce(&pads.expose()[row.unwrap()][2]));
            let eta = reduce(third) - zero_2 + one_2;
            let theta = Theta::new(&id(), &masked.rows);
            masked.eta = scalar_bytes(&theta.combine([&a, &a, &eta]));
            let combined = zero.expose().iter().map(|pad| {
                let [x_0, x_1, x_2] = pad.each_ref().map(reduce);
                theta.combine([&x_0, &x_1, &x_2])
            });
            masked.mu = mu(&id(), combined);

            let d = awaiting.receive(&masked.write())?;
            Ok([c[0] + d[0], c[1] + d[1]] == [b; 2])
        };
        assert_eq!(lie(true), Err(Check::RvoleDigest));
        // Where β is 0 the row is not opened and the lie passes unseen: so one failure tells the liar a bit of β.
        assert_eq!(lie(false), Ok(true));
    }

    #[test]
    fn check_rvole_3_3_refuses_every_altered_part_of_the_reply() {
        switch();
        let (sender_seed, receiver_seed) = seeds();
        for place in [0, REPLY_LEN - 97, REPLY_LEN - 96, REPLY_LEN - 64, REPLY_LEN - 1] {
            let mut rng = ChaCha20Rng::seed_from_u64(14);
            let (awaiting, _, offer) = start(id(), &sender_seed, ReceiverCoins::draw(&mut rng));
            let a = [&Scalar::ONE, &Scalar::ONE];
            let (_, mut reply) =
                send(&id(), &receiver_seed, a, &offer, SenderCoins::draw(&mut rng)).unwrap();
            reply[place] ^= 1;
            assert_eq!(awaiting.receive(&reply).err(), Some(Check::RvoleDigest));
        }
    }
}
