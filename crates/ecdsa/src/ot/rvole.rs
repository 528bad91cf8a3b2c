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
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::bits::{bits, mask};
use super::extension::{self, Choices, Pad, Padding, Pads, WIDTH};
use super::pprf::{ReceiverSeed, SenderSeed};
use super::residue::{BESIDE_COMPLEMENT, Residue, Sum};
use super::{RvoleId, Word, blank, boxed};
use crate::check::Check;
use crate::curve::draw_scalar;
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

/// A vector OLE before it runs: its name and, by RVOLE 1.1, its gadget, which both parties compute.
pub(crate) struct Instance {
    sid: RvoleId,
    gadget: Gadget,
}

impl Instance {
    /// Those of a pair of parties, one in each direction, in little more time than one.
    pub(crate) fn both([one, other]: [RvoleId; 2]) -> [Self; 2] {
        let [of_one, of_other] = Gadget::both([&one, &other]);
        [Self { sid: one, gadget: of_one }, Self { sid: other, gadget: of_other }]
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
    instance: Instance,
    seed: &SenderSeed,
    coins: ReceiverCoins,
) -> (AwaitingSender, Secret<Scalar>, Box<Offer>) {
    // 1.1
    let Instance { sid, gadget } = instance;
    // 1.2
    let ReceiverCoins { beta, padding } = coins;
    // 1.3
    let mut b = Sum::default();
    for (g, beta) in gadget.0.iter().zip(bits(beta.expose())) {
        b.add(g.masked(mask(beta)));
    }
    let b = Secret::fill(|factor| *factor = b.reduce().scalar());
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
    instance: Instance,
    seed: &ReceiverSeed,
    [a_0, a_1]: [&Scalar; 2],
    offer: &Offer,
    coins: SenderCoins,
) -> Result<(Secret<[Scalar; 2]>, Box<Reply>), Check> {
    let Instance { sid, gadget } = instance;
    let SenderCoins { eta } = coins;

    // 2.1
    let Pads { zero, one } = extension::send(&sid, seed, offer)?;

    // 2.2
    let c = Secret::fill(|c| *c = gadget.inner_products(zero.expose()).map(|sum| -sum));

    // 2.3
    let a = Zeroizing::new([a_0, a_1, eta.expose()].map(Residue::from));
    let mut reply: Box<Reply> = boxed(0);
    let (rows, ends) = reply.as_chunks_mut().0.split_at_mut(3 * WIDTH);
    let (rows, _) = rows.as_chunks_mut();
    for (row, (zero, one)) in rows.iter_mut().zip(zero.expose().iter().zip(one.expose())) {
        for ((word, a), (zero, one)) in row.iter_mut().zip(*a).zip(zero.iter().zip(one)) {
            *word = Residue::sum([*zero, one.complement(), BESIDE_COMPLEMENT, a]).word();
        }
    }

    // 2.4
    let theta = Theta::new(&sid, rows);
    // 2.5
    let eta = theta.combine(&a).reduce().word();
    // 2.6
    let [mu_0, mu_1] = mu(&sid, zero.expose().iter().map(|pad| theta.combine(pad)));
    ends.copy_from_slice(&[eta, mu_0, mu_1]);

    Ok((c, reply))
}

impl AwaitingSender {
    /// RVOLE 3: takes the receiver's shares (d_0, d_1).
    ///
    /// # Errors
    ///
    /// [`Check::RvoleDigest`], which the sender failed: the seeds must never be used with it again.
    pub(crate) fn receive(self, reply: &Reply) -> Result<Secret<[Scalar; 2]>, Check> {
        let Self { sid, gadget, beta, pads } = self;
        let Masked { rows, eta, mu: [mu_0, mu_1] } = Masked::read(reply);

        // 3.1
        let theta = Theta::new(&sid, rows);

        // 3.2
        let mut opened = pads;
        for ((opened, row), beta) in
            opened.expose_mut().iter_mut().zip(rows).zip(bits(beta.expose()))
        {
            let beta = mask(beta);
            for (opened, word) in opened.iter_mut().zip(row) {
                *opened = Residue::sum([*opened, Residue::of(word).masked(beta)]).into();
            }
        }
        let minus_eta = Residue::from(Residue::sum([eta.complement(), BESIDE_COMPLEMENT]));
        let combined = opened.expose().iter().zip(bits(beta.expose()));
        let combined = combined.map(|(opened, beta)| {
            let mut combined = theta.combine(opened);
            combined.add(minus_eta.masked(mask(beta)));
            combined
        });

        // 3.3
        let [expected_0, expected_1] = mu(&sid, combined);
        let consistent = expected_0.ct_eq(&mu_0) & expected_1.ct_eq(&mu_1);
        require(consistent.into(), Check::RvoleDigest)?;

        // 3.4
        Ok(Secret::fill(|d| *d = gadget.inner_products(opened.expose())))
    }
}

/// The sender's message, decoded: every string of bytes is a message.
struct Masked<'a> {
    /// ã, a row an OT
    rows: &'a [[Word; 3]],
    /// η'
    eta: Residue,
    /// μ
    mu: [Word; 2],
}

impl<'a> Masked<'a> {
    fn read(reply: &'a Reply) -> Self {
        let (rows, ends) = reply.as_chunks().0.split_at(3 * WIDTH);
        let mut words = [[0; 32]; 3];
        words.copy_from_slice(ends);
        let [eta, mu @ ..] = words;
        Self { rows: rows.as_chunks().0, eta: Residue::of(&eta), mu }
    }
}

/// g
struct Gadget(Box<[Residue; WIDTH]>);

impl Gadget {
    /// Those of two names. Every element is drawn after the one before it: two in step are all that can be had.
    fn both([one, other]: [&RvoleId; 2]) -> [Self; 2] {
        let mut transcripts = Transcript::new(label::RVOLE_GADGET).twofold();
        transcripts.app(b"session-id", [&one.0, &other.0]);
        let [mut of_one, mut of_other] = [(); 2].map(|()| boxed(Residue::default()));
        let mut words = [[0; 32]; 2];
        for (j, (g, h)) in (0..).zip(of_one.iter_mut().zip(of_other.iter_mut())) {
            transcripts.u64(b"index", [j; 2]);
            transcripts.fill(b"next value", words.each_mut());
            [*g, *h] = words.each_ref().map(Residue::of);
        }
        [Self(of_one), Self(of_other)]
    }

    /// `Σ g_j·x_{j,i}` for i = 0, 1.
    fn inner_products(&self, rows: &[[Residue; 3]; WIDTH]) -> [Scalar; 2] {
        let mut sums = [Sum::default(); 2];
        for (g, row) in self.0.iter().zip(rows) {
            for (sum, x) in sums.iter_mut().zip(row) {
                sum.add_product(*g, *x);
            }
        }
        sums.map(|sum| sum.reduce().scalar())
    }
}

/// θ: the coefficients of the consistency check, which the sender cannot know before it has fixed ã.
struct Theta([Residue; 2]);

impl Theta {
    fn new(sid: &RvoleId, rows: &[[Word; 3]]) -> Self {
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
            Residue::of(&transcript.challenge(b"theta"))
        }))
    }

    /// `x_2 + θ_0·x_0 + θ_1·x_1`
    fn combine(&self, [x_0, x_1, x_2]: &[Residue; 3]) -> Sum {
        let Self([theta_0, theta_1]) = self;
        let mut sum = Sum::default();
        sum.add_product(*theta_0, *x_0);
        sum.add_product(*theta_1, *x_1);
        sum.add(*x_2);
        sum
    }
}

/// μ
fn mu(sid: &RvoleId, combined: impl Iterator<Item = Sum>) -> [Word; 2] {
    let mut transcript = Transcript::new(label::RVOLE_MU);
    transcript.app(b"session-id", &sid.0);
    for sum in combined {
        transcript.app(b"chosen", &sum.reduce().word());
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
    use crate::curve::{reduce, scalar_bytes, strict_scalar};
    use crate::ot::pprf::tests::seeds;
    use crate::testing::{array, bytes, script, switch, vectors};

    fn id() -> RvoleId {
        RvoleId([3; 32])
    }

    fn instance(sid: RvoleId) -> Instance {
        let [_, instance] = Instance::both([RvoleId([0; 32]), sid]);
        instance
    }

    fn scalar(value: &serde_json::Value) -> Scalar {
        strict_scalar(&array(value)).unwrap()
    }

    #[test]
    fn the_gadget_is_the_recorded_one() {
        let recorded = &vectors("primitives")["gadget"];
        let id = RvoleId(array(&recorded["sid"]));
        for Gadget(g) in Gadget::both([&id, &id]) {
            for (g, name) in [(g[0], "g0"), (g[1], "g1"), (g[511], "g511")] {
                assert_eq!(Residue::sum([g]).scalar(), scalar(&recorded[name]));
            }
        }
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
        let mut rng = script(&recorded["receiver_random"], draws);
        let (awaiting, b, offer) =
            start(instance(sid()), &sender_seed, ReceiverCoins::draw(&mut rng));
        assert!(rng.is_over());
        assert_eq!(*b.expose(), scalar(&recorded["b"]));
        assert_eq!(offer[..], bytes(&recorded["msg1"]));

        let a = [&recorded["a"][0], &recorded["a"][1]].map(scalar);
        let mut rng = script(&recorded["sender_random"], ["S.eta".to_owned()]);
        let (c, reply) = send(
            instance(sid()),
            &receiver_seed,
            a.each_ref(),
            &offer,
            SenderCoins::draw(&mut rng),
        )
        .unwrap();
        assert!(rng.is_over());
        assert_eq!(*c.expose(), [&recorded["c"][0], &recorded["c"][1]].map(scalar));
        assert_eq!(reply[..], bytes(&recorded["msg2"]));

        let d = awaiting.receive(&reply).unwrap();
        assert_eq!(*d.expose(), [&recorded["d"][0], &recorded["d"][1]].map(scalar));
    }

    #[test]
    fn the_shares_add_up_to_the_products_also_for_zero_one_and_minus_one() {
        let (sender_seed, receiver_seed) = seeds();
        let mut rng = ChaCha20Rng::seed_from_u64(11);
        let random = draw_scalar(&mut rng);
        let edges = [Scalar::ZERO, Scalar::ONE, -Scalar::ONE, random];
        for a_0 in &edges {
            for a_1 in &edges {
                let (awaiting, b, offer) =
                    start(instance(id()), &sender_seed, ReceiverCoins::draw(&mut rng));
                let (c, reply) = send(
                    instance(id()),
                    &receiver_seed,
                    [a_0, a_1],
                    &offer,
                    SenderCoins::draw(&mut rng),
                )
                .unwrap();
                let d = awaiting.receive(&reply).unwrap();
                let (b, c, d) = (b.expose(), c.expose(), d.expose());
                assert_eq!([c[0] + d[0], c[1] + d[1]], [a_0 * b, a_1 * b]);
            }
        }
    }

    #[test]
    fn check_ot_7_2_stops_the_sender_before_it_answers() {
        switch();
        let (sender_seed, receiver_seed) = seeds();
        let mut rng = ChaCha20Rng::seed_from_u64(12);
        let (_, _, mut offer) = start(instance(id()), &sender_seed, ReceiverCoins::draw(&mut rng));
        offer[OFFER_LEN - 1] ^= 1;
        let a = [&Scalar::ONE, &Scalar::ONE];
        let answer = send(instance(id()), &receiver_seed, a, &offer, SenderCoins::draw(&mut rng));
        assert_eq!(answer.err(), Some(Check::ExtensionFold));
    }

    #[test]
    fn check_rvole_3_3_refuses_rows_made_from_two_inputs() {
        switch();
        let lie = |choice: bool| {
            let (sender_seed, receiver_seed) = seeds();
            let mut rng = ChaCha20Rng::seed_from_u64(13);
            let (awaiting, b, offer) =
                start(instance(id()), &sender_seed, ReceiverCoins::draw(&mut rng));
            let row = bits(awaiting.beta.expose()).position(|beta| bool::from(beta) == choice);

            // A sender that adds one to a_0 in a single row, and is consistent in everything else.
            let a = Scalar::ONE;
            let (c, mut reply) =
                send(instance(id()), &receiver_seed, [&a, &a], &offer, SenderCoins::draw(&mut rng))
                    .unwrap();
            let Pads { zero, one } = extension::send(&id(), &receiver_seed, &offer).unwrap();
            let words = reply.as_chunks_mut().0;
            let (rows, ends) = words.split_at_mut(3 * WIDTH);
            let (rows, _) = rows.as_chunks_mut();
            let (zero, one) = (zero.expose(), one.expose());
            let [word, _, third] = &mut rows[row.unwrap()];
            *word = scalar_bytes(&(reduce(word) + Scalar::ONE));
            let [zero_2, one_2] =
                [zero, one].map(|pads| Residue::sum([pads[row.unwrap()][2]]).scalar());
            let eta = reduce(third) - zero_2 + one_2;
            let theta = Theta::new(&id(), rows);
            ends[0] = theta.combine(&[&a, &a, &eta].map(Residue::from)).reduce().word();
            ends[1..].copy_from_slice(&mu(&id(), zero.iter().map(|pad| theta.combine(pad))));

            let d = awaiting.receive(&reply)?;
            let (b, c, d) = (b.expose(), c.expose(), d.expose());
            Ok([c[0] + d[0], c[1] + d[1]] == [*b; 2])
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
            let (awaiting, _, offer) =
                start(instance(id()), &sender_seed, ReceiverCoins::draw(&mut rng));
            let a = [&Scalar::ONE, &Scalar::ONE];
            let (_, mut reply) =
                send(instance(id()), &receiver_seed, a, &offer, SenderCoins::draw(&mut rng))
                    .unwrap();
            reply[place] ^= 1;
            assert_eq!(awaiting.receive(&reply).err(), Some(Check::RvoleDigest));
        }
    }
}
