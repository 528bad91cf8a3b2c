//! All-but-one OT: 64 trees of 16 leaves. `spec/dkls23/ot.md`, OT 4 and OT 5.
//!
//! The sender of the base OTs builds the trees and knows every leaf. The receiver gets all leaves of a tree but
//! one, at an index that its four choices fix and that the builder does not learn.
//!
//! The evaluator never branches on, nor addresses by, the hidden index: the hidden node is carried along as zeros
//! and expanded like any other, and what came out of it is cleared by mask, at the price of three expansions a tree.

use quorate_core::Secret;
use quorate_core::check::require;
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::base::{ReceiverKeys, SenderKeys};
use super::bits::{bit, clear_if, xor, xor_if};
use super::{PprfId, Word, blank, boxed};
use crate::check::Check;
use crate::transcript::{Transcript, label};

/// How many trees there are.
pub(crate) const TREES: usize = 64;
/// How many leaves a tree has.
pub(crate) const LEAVES: usize = 16;
/// Length of the leaves of one seed.
pub(crate) const LEAVES_LEN: usize = TREES * LEAVES * 32;
/// Length of the builder's message.
pub(crate) const MESSAGE_LEN: usize = TREES * TREE_WORDS * 32;

/// Base OTs a tree uses: its depth.
const DEPTH: usize = 4;
/// Two sums for each level after the first, the digest (2) and the sum of what it digests (2).
const TREE_WORDS: usize = 2 * (DEPTH - 1) + 2 + 2;

/// The builder's message.
pub(crate) type Message = [u8; MESSAGE_LEN];

/// What one leaf contributes to the digest.
type Contribution = [Word; 2];

/// All leaves: leaf y of tree j is `[j][y]`.
pub(super) type Leaves = [[Word; LEAVES]; TREES];

/// The builder's result: every leaf. Its owner receives in the OT extension.
pub(crate) struct SenderSeed(pub(super) Secret<Leaves>);

/// The evaluator's result: every leaf but one a tree. Its owner sends in the OT extension.
pub(crate) struct ReceiverSeed {
    /// y*: the index, below 16, of the leaf of each tree that only the builder knows.
    pub(super) hidden: Secret<[u8; TREES]>,
    /// The leaves, zeros in the place of the hidden ones.
    pub(super) leaves: Secret<Leaves>,
}

/// OT 4: builds the trees.
pub(crate) fn build(psid: &PprfId, keys: &SenderKeys) -> (SenderSeed, Box<Message>) {
    let hash = Hash::new(psid);
    let mut leaves: Secret<Leaves> = blank([[0; 32]; LEAVES]);
    let mut message: Box<Message> = boxed(0);

    let keys = keys.0.expose().as_chunks().0;
    let trees = message.as_chunks_mut().0.as_chunks_mut().0;
    for ((keys, leaves), tree) in keys.iter().zip(leaves.expose_mut()).zip(trees) {
        build_tree(&hash, keys, leaves, tree);
    }
    (SenderSeed(leaves), message)
}

fn build_tree(
    hash: &Hash,
    [first, keys @ ..]: &[[Word; 2]; DEPTH],
    leaves: &mut [Word; LEAVES],
    tree: &mut [Word; TREE_WORDS],
) {
    let [sums @ .., digest_0, digest_1, total_0, total_1] = tree;

    // 4.1
    let mut nodes = Zeroizing::new(vec![*first]);

    // 4.2
    for (sums, keys) in sums.as_chunks_mut().0.iter_mut().zip(keys) {
        nodes = hash.expand_all(&nodes);
        *sums = *keys;
        let [even, odd] = sums;
        for [left, right] in nodes.iter() {
            xor(even, left);
            xor(odd, right);
        }
    }
    for (leaf, node) in leaves.iter_mut().zip(nodes.as_flattened()) {
        *leaf = *node;
    }

    // 4.3
    let contributions = hash.contributions(leaves);
    for [v_0, v_1] in contributions.iter() {
        xor(total_0, v_0);
        xor(total_1, v_1);
    }
    [*digest_0, *digest_1] = hash.digest(&contributions);
}

/// OT 5: evaluates the trees everywhere but at the hidden leaves.
///
/// # Errors
///
/// [`Check::PprfDigest`], which the builder failed.
pub(crate) fn eval(
    psid: &PprfId,
    keys: &ReceiverKeys,
    message: &Message,
) -> Result<ReceiverSeed, Check> {
    let hash = Hash::new(psid);
    let mut hidden = blank(0);
    let mut leaves: Secret<Leaves> = blank([[0; 32]; LEAVES]);

    let choices = keys.choices.expose().iter().flat_map(|&byte| [byte & 15, byte >> 4]);
    let keys = keys.keys.expose().as_chunks().0;
    let trees = message.as_chunks().0.as_chunks().0;
    let mut honest = Choice::from(1);
    for ((((choices, keys), tree), hidden), leaves) in
        choices.zip(keys).zip(trees).zip(hidden.expose_mut()).zip(leaves.expose_mut())
    {
        honest &= eval_tree(&hash, choices, keys, tree, hidden, leaves);
    }
    require(honest.into(), Check::PprfDigest)?;
    Ok(ReceiverSeed { hidden, leaves })
}

/// Says whether the digest is right. The choices are the lowest four bits.
fn eval_tree(
    hash: &Hash,
    choices: u8,
    [first, keys @ ..]: &[Word; DEPTH],
    tree: &[Word; TREE_WORDS],
    hidden: &mut u8,
    leaves: &mut [Word; LEAVES],
) -> Choice {
    let [sums @ .., digest_0, digest_1, total_0, total_1] = tree;

    // 5.1
    let b = bit(choices, 0);
    let mut nodes = Zeroizing::new(vec![[[0; 32]; 2]]);
    for [left, right] in nodes.iter_mut() {
        xor_if(left, first, !b);
        xor_if(right, first, b);
    }
    *hidden = (!b).unwrap_u8();

    // 5.2
    for ((i, key), [even, odd]) in (1..).zip(keys).zip(sums.as_chunks().0) {
        let b = bit(choices, i);
        nodes = hash.expand_all(&nodes);
        let mut found = Zeroizing::new(*key);
        xor_if(&mut found, even, !b);
        xor_if(&mut found, odd, b);
        for (y, [left, right]) in (0..).zip(nodes.iter_mut()) {
            let from_hidden = hidden.ct_eq(&y);
            clear_if(left, from_hidden);
            clear_if(right, from_hidden);
            xor_if(&mut found, left, !b);
            xor_if(&mut found, right, b);
        }
        for (y, [left, right]) in (0..).zip(nodes.iter_mut()) {
            let from_hidden = hidden.ct_eq(&y);
            xor_if(left, &found, from_hidden & !b);
            xor_if(right, &found, from_hidden & b);
        }
        *hidden = (*hidden << 1) | (!b).unwrap_u8();
    }
    for (leaf, node) in leaves.iter_mut().zip(nodes.as_flattened()) {
        *leaf = *node;
    }

    // 5.3
    let mut contributions = hash.contributions(leaves);
    let mut missing = Zeroizing::new([*total_0, *total_1]);
    for (y, v) in (0..).zip(contributions.iter_mut()) {
        for (v, missing) in v.iter_mut().zip(missing.iter_mut()) {
            clear_if(v, hidden.ct_eq(&y));
            xor(missing, v);
        }
    }
    for (y, v) in (0..).zip(contributions.iter_mut()) {
        for (v, missing) in v.iter_mut().zip(missing.iter()) {
            xor_if(v, missing, hidden.ct_eq(&y));
        }
    }

    // 5.4
    let [expected_0, expected_1] = hash.digest(&contributions);
    expected_0.ct_eq(digest_0) & expected_1.ct_eq(digest_1)
}

impl SenderSeed {
    /// The leaves, tree by tree.
    pub(crate) fn leaves(&self) -> &[u8] {
        self.0.expose().as_flattened().as_flattened()
    }

    /// From the leaves, tree by tree.
    pub(crate) fn new(leaves: &[u8; LEAVES_LEN]) -> Self {
        Self(read_leaves(leaves))
    }
}

impl ReceiverSeed {
    /// The hidden indices, a byte a tree.
    pub(crate) fn hidden(&self) -> &[u8; TREES] {
        self.hidden.expose()
    }

    /// The leaves, tree by tree, zeros in the place of the hidden ones.
    pub(crate) fn leaves(&self) -> &[u8] {
        self.leaves.expose().as_flattened().as_flattened()
    }

    /// From the hidden indices and the leaves. Nothing is checked, and nothing here fails on other values.
    pub(crate) fn new(hidden: &[u8; TREES], leaves: &[u8; LEAVES_LEN]) -> Self {
        let mut seed = Self { hidden: blank(0), leaves: read_leaves(leaves) };
        *seed.hidden.expose_mut() = *hidden;
        seed
    }
}

fn read_leaves(bytes: &[u8; LEAVES_LEN]) -> Secret<Leaves> {
    let mut leaves: Secret<Leaves> = blank([[0; 32]; LEAVES]);
    for (leaf, bytes) in leaves.expose_mut().as_flattened_mut().iter_mut().zip(bytes.as_chunks().0)
    {
        *leaf = *bytes;
    }
    leaves
}

/// PRG, PR and DG
struct Hash(Transcript);

impl Hash {
    fn new(psid: &PprfId) -> Self {
        let mut prefix = Transcript::new(label::PPRF);
        prefix.app(b"session-id", &psid.0);
        Self(prefix)
    }

    /// PRG on every node of a level: the next level, in pairs of children.
    fn expand_all(&self, nodes: &[[Word; 2]]) -> Zeroizing<Vec<[Word; 2]>> {
        let mut children = Zeroizing::new(vec![[[0; 32]; 2]; 2 * nodes.len()]);
        for (node, [left, right]) in nodes.as_flattened().iter().zip(children.iter_mut()) {
            let mut transcript = self.0.clone();
            transcript.app(label::PPRF_EXPAND, node);
            transcript.fill(b"", left);
            transcript.fill(b"", right);
        }
        children
    }

    /// PR on every leaf.
    fn contributions(&self, leaves: &[Word; LEAVES]) -> Zeroizing<[Contribution; LEAVES]> {
        let mut contributions = Zeroizing::new([[[0; 32]; 2]; LEAVES]);
        for (leaf, contribution) in leaves.iter().zip(contributions.iter_mut()) {
            let mut transcript = self.0.clone();
            transcript.app(label::PPRF_LEAF, leaf);
            transcript.fill(b"", contribution.as_flattened_mut());
        }
        contributions
    }

    /// DG
    fn digest(&self, contributions: &[Contribution; LEAVES]) -> [Word; 2] {
        let mut transcript = self.0.clone();
        for contribution in contributions {
            transcript.app(b"", contribution.as_flattened());
        }
        let mut digest = [[0; 32]; 2];
        transcript.fill(label::PPRF_DIGEST, digest.as_flattened_mut());
        digest
    }
}

#[cfg(test)]
pub(super) mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::*;
    use crate::testing::{array, bytes, list, switch, vectors};

    const ID: PprfId = PprfId([1; 32]);
    const TREE_LEN: usize = 32 * TREE_WORDS;

    /// Both sides' keys, as base OTs leave them.
    fn keys() -> (SenderKeys, ReceiverKeys) {
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let mut choices = [0; 32];
        rng.fill_bytes(&mut choices);
        let mut sender = [[[0; 32]; 2]; 256];
        rng.fill_bytes(sender.as_flattened_mut().as_flattened_mut());
        let mut receiver = [[0; 32]; 256];
        for (i, key) in receiver.iter_mut().enumerate() {
            *key = sender[i][usize::from(choices[i / 8] >> (i % 8) & 1)];
        }
        let receiver = ReceiverKeys { choices: Secret::of(choices), keys: Secret::of(receiver) };
        (SenderKeys(Secret::of(sender)), receiver)
    }

    /// Both sides' seeds, as the trees leave them.
    pub(crate) fn seeds() -> (SenderSeed, ReceiverSeed) {
        let (sender, receiver) = keys();
        let (seed, message) = build(&ID, &sender);
        (seed, eval(&ID, &receiver, &message).unwrap())
    }

    #[test]
    fn node_expansion_and_digest_are_the_recorded_ones() {
        let recorded = vectors("primitives");
        let prg = &recorded["PRG"];
        let hash = Hash::new(&PprfId(array(&prg["sid"])));
        let seed = array(&prg["seed"]);

        let children = hash.expand_all(&[[seed, seed]]);
        assert_eq!(children[0], [array(&prg["left"]), array(&prg["right"])]);
        let contributions = hash.contributions(&[seed; LEAVES]);
        assert_eq!(contributions[0].as_flattened(), bytes(&recorded["PR"]));
        let digest = hash.digest(&contributions);
        assert_eq!(digest.as_flattened(), bytes(&recorded["DG_of_16_times_PR"]));
    }

    #[test]
    fn recorded_trees_replay_byte_for_byte() {
        let recorded = vectors("base_ot_pprf");
        let psid = PprfId(array(&recorded["sid2"]));
        let pairs = list(&recorded["sender_seeds"], |pair| [array(&pair[0]), array(&pair[1])]);
        let chosen = list(&recorded["receiver_keys"], array);
        let choices = &recorded["receiver_random"][0];
        assert_eq!(choices[0], "R.choice_bits");

        let (sender, message) = build(&psid, &SenderKeys(Secret::of(pairs.try_into().unwrap())));
        assert_eq!(message[..], bytes(&recorded["pprf_msg"]));
        assert_eq!(sender.leaves(), bytes(&recorded["sender_leaves"]));

        let keys = ReceiverKeys {
            choices: Secret::of(array(&choices[1])),
            keys: Secret::of(chosen.try_into().unwrap()),
        };
        let receiver = eval(&psid, &keys, &message).unwrap();
        assert_eq!(receiver.hidden()[..], bytes(&recorded["choices"]));
        assert_eq!(receiver.leaves(), bytes(&recorded["receiver_leaves"]));
    }

    #[test]
    fn the_evaluator_lacks_exactly_the_hidden_leaf_of_every_tree() {
        let (sender, receiver) = seeds();
        for (tree, hidden) in receiver.hidden().iter().enumerate() {
            for y in 0..LEAVES {
                let (all, some) = (sender.0.expose()[tree][y], receiver.leaves.expose()[tree][y]);
                assert_eq!(some, if y == usize::from(*hidden) { [0; 32] } else { all });
            }
        }
    }

    #[test]
    fn seeds_survive_their_flat_form() {
        let (sender, receiver) = seeds();
        let leaves = sender.leaves().try_into().unwrap();
        assert_eq!(SenderSeed::new(leaves).leaves(), sender.leaves());
        let leaves = receiver.leaves().try_into().unwrap();
        let read = ReceiverSeed::new(receiver.hidden(), leaves);
        assert_eq!((read.hidden(), read.leaves()), (receiver.hidden(), receiver.leaves()));
    }

    #[test]
    fn check_ot_5_4_refuses_trees_with_another_digest() {
        switch();
        let (sender, receiver) = keys();
        let (_, honest) = build(&ID, &sender);
        let digest = 6 * 32;
        let total = 8 * 32;
        for place in [digest, 5 * TREE_LEN + digest + 63, 63 * TREE_LEN + total, 8 * TREE_LEN + 319]
        {
            let mut message = honest.clone();
            message[place] ^= 4;
            assert_eq!(eval(&ID, &receiver, &message).err(), Some(Check::PprfDigest));
        }
    }

    /// What the digest cannot see: the sum that the evaluator's choice does not open. The leaves come out the same.
    #[test]
    fn only_the_sums_that_a_choice_opens_matter() {
        let (sender, receiver) = keys();
        let (_, honest) = build(&ID, &sender);
        let expected = eval(&ID, &receiver, &honest).unwrap();
        for level in 1..DEPTH {
            let opened = usize::from(receiver.choices.expose()[0] >> level & 1);
            for (sum, seen) in [(opened, true), (1 - opened, false)] {
                let mut message = honest.clone();
                message[32 * (2 * (level - 1) + sum)] ^= 1;
                match eval(&ID, &receiver, &message) {
                    Err(check) => assert!(seen && check == Check::PprfDigest),
                    Ok(seed) => assert!(!seen && seed.leaves() == expected.leaves()),
                }
            }
        }
    }
}
