//! OT extension: 512 OTs of fresh pads from the trees (SoftSpoken, k = 4). `spec/dkls23/ot.md`, OT 6 and OT 7.
//!
//! The receiver, who knows every leaf, chooses β; it gets one pad of each pair, the sender gets both.
//!
//! ```text
//! receiver, bits β                                     sender, hidden indices Δ
//!   V from the leaves                                    W from the leaves it has
//!   u_i = (β ‖ padding) ⊕ Σ leaves of tree i  ── u ──▶   W_m = V_m ⊕ ∇_m·(β ‖ padding)
//!   X = fold(β ‖ padding), T_m = fold(V_m)   ─ X, T ─▶   fold(W_m) = T_m ⊕ ∇_m·X
//!   pad of column j of V                                 pads of column j of W, and of it ⊕ ∇
//! ```

use quorate_core::Secret;
use quorate_core::check::require;
use quorate_lanes::carryless::inner_product;
use rand_core::CryptoRng;
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::bits::{bit, mask};
use super::gf128::{Element, reduce};
use super::pprf::{LEAVES, ReceiverSeed, SenderSeed, TREES};
use super::residue::Residue;
use super::transpose::transpose;
use super::{RvoleId, Word, blank, boxed};
use crate::check::Check;
use crate::transcript::{Transcript, label};

/// How many OTs a run makes: the bits of β.
pub(crate) const WIDTH: usize = 512;
/// Length of the receiver's message.
pub(crate) const MESSAGE_LEN: usize = TREES * ROW_LEN + 16 + ROWS * 16;

/// Hidden index bits of all trees together, and so rows of the matrix.
pub(super) const ROWS: usize = 4 * TREES;
/// Words of a row: β and 128 bits of padding.
const ROW_WORDS: usize = (WIDTH + 128) / 64;
const ROW_LEN: usize = 8 * ROW_WORDS;

/// β: the receiver's choices.
pub(crate) type Choices = [u8; WIDTH / 8];
/// The receiver's message.
pub(crate) type Message = [u8; MESSAGE_LEN];
/// What one OT transfers: three numbers for the vector OLE.
pub(super) type Pad = [Residue; 3];

pub(super) type Row = [u64; ROW_WORDS];
type Matrix = Secret<[Row; ROWS]>;
/// A bit of every row, lowest first.
type Column = [u64; ROWS / 64];

/// The receiver's padding of β, which it draws. It hides what X tells of β.
pub(crate) struct Padding(Secret<[u8; 16]>);

impl Padding {
    /// Draws 16 bytes.
    pub(crate) fn draw(rng: &mut dyn CryptoRng) -> Self {
        Self(Secret::fill(|padding: &mut [u8; 16]| rng.fill_bytes(padding)))
    }
}

/// v_0 and v_1: both pads of every OT.
pub(super) struct Pads {
    pub(super) zero: Secret<[Pad; WIDTH]>,
    pub(super) one: Secret<[Pad; WIDTH]>,
}

/// OT 6: the receiver. Returns its pad v_x of every OT.
pub(super) fn receive(
    sid: &RvoleId,
    seed: &SenderSeed,
    beta: &Choices,
    padding: &Padding,
) -> (Secret<[Pad; WIDTH]>, Box<Message>) {
    // 6.1
    let mut x = Zeroizing::new([0; ROW_LEN]);
    let (choices, rest) = x.split_at_mut(beta.len());
    choices.copy_from_slice(beta);
    rest.copy_from_slice(padding.0.expose());
    let x = Zeroizing::new(words(&x));

    // 6.2, 6.3
    let mut expand = Expand::new(sid);
    let mut v: Matrix = blank([0; ROW_WORDS]);
    let mut sent = Sent::empty();
    let rows = v.expose_mut().as_chunks_mut().0;
    for ((leaves, rows), u) in seed.0.expose().iter().zip(rows).zip(sent.u.iter_mut()) {
        *u = *expand.tree(leaves, |_| u64::MAX, rows);
        xor_row(u, &x);
    }

    // 6.4, 6.5
    let fold = Fold::new(sid, &sent.u);
    sent.x = fold.row(&x);
    for (t, row) in sent.t.iter_mut().zip(v.expose()) {
        *t = fold.row(row);
    }

    // 6.6, 6.7
    let output = Output::new(sid);
    (output.pads(&columns(&v)), sent.write())
}

/// OT 7: the sender. Returns both pads of every OT.
///
/// # Errors
///
/// [`Check::ExtensionFold`], which the receiver failed: the seeds must never be used with it again.
pub(super) fn send(sid: &RvoleId, seed: &ReceiverSeed, message: &Message) -> Result<Pads, Check> {
    let sent = Sent::read(message);
    let hidden = seed.hidden.expose();

    // 7.1
    let mut expand = Expand::new(sid);
    let mut w: Matrix = blank([0; ROW_WORDS]);
    let rows = w.expose_mut().as_chunks_mut().0;
    for (((leaves, rows), u), delta) in
        seed.leaves.expose().iter().zip(rows).zip(sent.u.iter()).zip(hidden)
    {
        let mut x = expand.tree(leaves, |y| mask(!delta.ct_eq(&y)), rows);
        xor_row(&mut x, u);
        for (b, row) in (0..).zip(rows) {
            let keep = mask(bit(*delta, b));
            for (word, x) in row.iter_mut().zip(x.iter()) {
                *word ^= x & keep;
            }
        }
    }

    // 7.2
    let fold = Fold::new(sid, &sent.u);
    let nabla = hidden.iter().flat_map(|&delta| (0..4).map(move |b| bit(delta, b)));
    let mut consistent = Choice::from(1);
    for ((row, t), nabla) in w.expose().iter().zip(sent.t.iter()).zip(nabla) {
        let keep = u128::from(mask(nabla));
        consistent &= fold.row(row).ct_eq(&(t ^ (sent.x & (keep << 64 | keep))));
    }
    require(consistent.into(), Check::ExtensionFold)?;

    // 7.3
    let output = Output::new(sid);
    let mut columns = columns(&w);
    let zero = output.pads(&columns);
    let mut nabla: Zeroizing<Column> = Zeroizing::default();
    for (word, indices) in nabla.iter_mut().zip(hidden.as_chunks::<16>().0) {
        *word = indices.iter().rev().fold(0, |word, &delta| (word << 4) | u64::from(delta));
    }
    for column in columns.expose_mut() {
        for (word, nabla) in column.iter_mut().zip(nabla.iter()) {
            *word ^= nabla;
        }
    }
    Ok(Pads { zero, one: output.pads(&columns) })
}

/// The message, decoded: every string of bytes is a message.
struct Sent {
    /// u_i
    u: Box<[Row; TREES]>,
    /// X
    x: u128,
    /// T_m
    t: Box<[u128; ROWS]>,
}

impl Sent {
    fn empty() -> Self {
        Self { u: boxed([0; ROW_WORDS]), x: 0, t: boxed(0) }
    }

    fn read(message: &Message) -> Self {
        let mut sent = Self::empty();
        for (row, bytes) in sent.u.iter_mut().zip(message.as_chunks().0) {
            *row = words(bytes);
        }
        let folds = core::iter::once(&mut sent.x).chain(sent.t.iter_mut());
        let blocks = message.as_chunks().0.iter().skip(TREES * ROW_LEN / 16);
        for (fold, bytes) in folds.zip(blocks) {
            *fold = u128::from_le_bytes(*bytes);
        }
        sent
    }

    fn write(&self) -> Box<Message> {
        let mut message: Box<Message> = boxed(0);
        for (bytes, row) in message.as_chunks_mut().0.iter_mut().zip(self.u.iter()) {
            *bytes = row_bytes(row);
        }
        let folds = core::iter::once(&self.x).chain(self.t.iter());
        let blocks = message.as_chunks_mut().0.iter_mut().skip(TREES * ROW_LEN / 16);
        for (bytes, fold) in blocks.zip(folds) {
            *bytes = fold.to_le_bytes();
        }
        message
    }
}

fn words(bytes: &[u8; ROW_LEN]) -> Row {
    let mut row = [0; ROW_WORDS];
    for (word, bytes) in row.iter_mut().zip(bytes.as_chunks().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    row
}

fn row_bytes(row: &Row) -> [u8; ROW_LEN] {
    let mut bytes = [0; ROW_LEN];
    for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(row) {
        *bytes = word.to_le_bytes();
    }
    bytes
}

fn column_bytes(column: &Column) -> Word {
    let mut bytes = [0; 32];
    for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(column) {
        *bytes = word.to_le_bytes();
    }
    bytes
}

fn xor_row(into: &mut Row, row: &Row) {
    for (word, other) in into.iter_mut().zip(row) {
        *word ^= other;
    }
}

fn columns(matrix: &Matrix) -> Secret<[Column; WIDTH]> {
    let mut columns: Secret<[Column; WIDTH]> = blank(Column::default());
    transpose(matrix.expose(), columns.expose_mut());
    columns
}

/// EXP, and the sums over one tree that are made of it
struct Expand {
    prefix: Transcript,
    /// Where a tree's leaves are expanded.
    expanded: Secret<[[u8; ROW_LEN]; LEAVES]>,
}

impl Expand {
    fn new(sid: &RvoleId) -> Self {
        let mut prefix = Transcript::new(label::EXTENSION);
        prefix.app(b"", &sid.0);
        Self { prefix, expanded: blank([0; ROW_LEN]) }
    }

    /// `EXP(leaf)` of every leaf of a tree.
    fn leaves(&mut self, leaves: &[Word; LEAVES]) -> &[[u8; ROW_LEN]; LEAVES] {
        let groups = self.expanded.expose_mut().as_chunks_mut::<8>().0;
        for (leaves, expanded) in leaves.as_chunks().0.iter().zip(groups) {
            let mut transcripts = self.prefix.eightfold();
            transcripts.app(b"", leaves.each_ref());
            transcripts.fill(label::EXTENSION_EXPAND, expanded.each_mut());
        }
        self.expanded.expose()
    }

    /// Adds every leaf to the row of each bit of its index, and returns the sum of all leaves; where `known` is zeros and
    /// not ones, a leaf counts as zeros.
    fn tree(
        &mut self,
        leaves: &[Word; LEAVES],
        known: impl Fn(u8) -> u64,
        rows: &mut [Row; 4],
    ) -> Zeroizing<Row> {
        let mut all = Zeroizing::new([0; ROW_WORDS]);
        for (y, leaf) in (0..).zip(self.leaves(leaves)) {
            let known = known(y);
            let leaf = words(leaf).map(|word| word & known);
            xor_row(&mut all, &leaf);
            for (b, row) in rows.iter_mut().enumerate() {
                if (y >> b) & 1 == 1 {
                    xor_row(row, &leaf);
                }
            }
        }
        all
    }
}

/// A random linear map of rows to field elements, which the receiver cannot know before it has sent its matrix.
pub(super) struct Fold {
    /// χ_0..χ_3
    coefficients: [Element; WIDTH / 128],
}

impl Fold {
    pub(super) fn new(sid: &RvoleId, u: &[Row; TREES]) -> Self {
        let mut transcript = Transcript::new(label::EXTENSION);
        transcript.app(b"session-id", &sid.0);
        for row in u {
            transcript.app(b"", &row_bytes(row));
        }
        let digest: [u8; 32] = transcript.challenge(label::EXTENSION_DIGEST);

        let coefficients = [0, 1, 2, 3].map(|j| {
            let mut transcript = Transcript::new(b"");
            transcript.u64(b"index", j);
            transcript.app(b"", &digest);
            let mut halves = [[0; 8]; 2];
            transcript.fill(b"", halves.as_flattened_mut());
            halves.map(u64::from_le_bytes)
        });
        Self { coefficients }
    }

    /// `fold(row)`
    pub(super) fn row(&self, row: &Row) -> u128 {
        let [blocks @ .., low, high] = row;
        reduce(inner_product(blocks.as_chunks().0.iter().zip(&self.coefficients)))
            ^ (u128::from(*high) << 64 | u128::from(*low))
    }
}

/// OUT
struct Output(Transcript);

impl Output {
    fn new(sid: &RvoleId) -> Self {
        let mut prefix = Transcript::new(label::EXTENSION);
        prefix.app(b"session-id", &sid.0);
        Self(prefix)
    }

    /// `OUT(j, column j)` for every column.
    fn pads(&self, columns: &Secret<[Column; WIDTH]>) -> Secret<[Pad; WIDTH]> {
        let mut pads = blank(Pad::default());
        let mut inputs = Zeroizing::new([[0; 32]; 8]);
        let mut words = Zeroizing::new([[[0; 32]; 8]; 3]);
        let columns = columns.expose().as_chunks::<8>().0.iter();
        let pads_of_eight = pads.expose_mut().as_chunks_mut::<8>().0;
        for (first, (columns, pads)) in (0..).step_by(8).zip(columns.zip(pads_of_eight)) {
            for (input, column) in inputs.iter_mut().zip(columns) {
                *input = column_bytes(column);
            }
            let mut transcripts = self.0.eightfold();
            transcripts.u64(b"index", [0, 1, 2, 3, 4, 5, 6, 7].map(|lane| first + lane));
            transcripts.app(label::EXTENSION_OUTPUT, inputs.each_ref());
            for words in words.iter_mut() {
                transcripts.fill(b"", words.each_mut());
            }
            let [x, y, z] = &*words;
            for (pad, ((x, y), z)) in pads.iter_mut().zip(x.iter().zip(y).zip(z)) {
                *pad = [x, y, z].map(Residue::of);
            }
        }
        pads
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;
    use crate::ot::pprf::tests::seeds;
    use crate::testing::{array, bytes, switch, vectors};

    const ID: RvoleId = RvoleId([2; 32]);
    const BETA: Choices = [0x5c; 64];

    fn number(residue: &Residue) -> Word {
        Residue::sum([*residue]).word()
    }

    #[test]
    fn leaf_expansion_and_pads_are_the_recorded_ones() {
        let recorded = vectors("primitives");
        let id = RvoleId(array(&recorded["PRG"]["sid"]));
        let seed = array(&recorded["PRG"]["seed"]);
        for expanded in Expand::new(&id).leaves(&[seed; LEAVES]) {
            assert_eq!(expanded[..], bytes(&recorded["EXP"]));
        }

        let mut column = Column::default();
        for (word, bytes) in column.iter_mut().zip(seed.as_chunks().0) {
            *word = u64::from_le_bytes(*bytes);
        }
        let pads = Output::new(&id).pads(&blank(column));
        for (word, expected) in pads.expose()[5].iter().zip(recorded["OUT_j5"].as_array().unwrap())
        {
            assert_eq!(number(word), number(&Residue::of(&array(expected))));
        }
    }

    #[test]
    fn the_receiver_gets_the_pads_that_it_chose_and_no_other() {
        let (sender, receiver) = seeds();
        let mut rng = ChaCha20Rng::seed_from_u64(8);
        let (chosen, message) = receive(&ID, &sender, &BETA, &Padding::draw(&mut rng));
        let pads = send(&ID, &receiver, &message).unwrap();
        for (j, pad) in chosen.expose().iter().enumerate() {
            let pad = pad.each_ref().map(number);
            let both = [&pads.zero, &pads.one].map(|pads| pads.expose()[j].each_ref().map(number));
            let beta = usize::from(BETA[j / 8] >> (j % 8) & 1);
            assert_eq!(pad, both[beta]);
            assert_ne!(pad, both[1 - beta]);
        }
    }

    #[test]
    fn check_ot_7_2_refuses_a_matrix_masked_with_two_choice_vectors() {
        switch();
        let (sender, receiver) = seeds();
        let mut rng = ChaCha20Rng::seed_from_u64(9);
        let (_, honest) = receive(&ID, &sender, &BETA, &Padding::draw(&mut rng));

        // A tree whose hidden index is not zero: at index zero the liar would have been lucky.
        let tree = receiver.hidden().iter().position(|&delta| delta != 0).unwrap();
        let matrix = ROW_LEN * TREES;
        for place in [ROW_LEN * tree, ROW_LEN * tree + 79, matrix, matrix + 16, MESSAGE_LEN - 1] {
            let mut message = honest.clone();
            message[place] ^= 0x80;
            assert_eq!(send(&ID, &receiver, &message).err(), Some(Check::ExtensionFold));
        }
    }

    /// Why a failed fold bans: whether a liar passes depends on bits of Δ, which every later run uses again.
    #[test]
    fn a_liar_that_bets_on_a_hidden_index_passes_if_it_is_right() {
        let (sender, receiver) = seeds();
        let mut expand = Expand::new(&ID);
        let x = words(&[0x33; ROW_LEN]);

        for bet in [receiver.hidden()[12], receiver.hidden()[12] ^ 1] {
            // In tree 12 only, the mask has another bit; the rows are corrected as if ∇ were the bet.
            let mut v: Box<[Row; ROWS]> = boxed([0; ROW_WORDS]);
            let mut sent = Sent::empty();
            let (rows, _) = v.as_chunks_mut();
            for ((leaves, rows), u) in sender.0.expose().iter().zip(rows).zip(sent.u.iter_mut()) {
                *u = *expand.tree(leaves, |_| u64::MAX, rows);
                xor_row(u, &x);
            }
            sent.u[12][0] ^= 1;
            let fold = Fold::new(&ID, &sent.u);
            sent.x = fold.row(&x);
            for (m, t) in sent.t.iter_mut().enumerate() {
                let mut row = v[m];
                row[0] ^= u64::from(m / 4 == 12 && bet >> (m % 4) & 1 == 1);
                *t = fold.row(&row);
            }
            let right = bet == receiver.hidden()[12];
            assert_eq!(send(&ID, &receiver, &sent.write()).is_ok(), right);
        }
    }
}
