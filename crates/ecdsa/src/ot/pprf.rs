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
pub(crate) const MESSAGE_LEN: usize = TREES * TREE_PARTS * 64;

/// Base OTs a tree uses: its depth.
const DEPTH: usize = 4;
/// Pairs of sums, one for each level after the first; the digest; and the sum of what it digests.
const TREE_PARTS: usize = (DEPTH - 1) + 1 + 1;

/// The builder's message.
pub(crate) type Message = [u8; MESSAGE_LEN];

/// The builder's message about one tree.
type Tree = [[u8; 64]; TREE_PARTS];
/// What one leaf contributes to the digest.
type Contribution = [u8; 64];
/// What all leaves contribute, tree by tree.
type Contributions = [[Contribution; LEAVES]; TREES];
/// One level of all trees: pairs of siblings, tree by tree.
type Nodes = Zeroizing<Vec<[Word; 2]>>;

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
    let keys: &[[_; DEPTH]] = keys.0.expose().as_chunks().0;
    let trees: &mut [Tree] = message.as_chunks_mut().0.as_chunks_mut().0;

    // 4.1
    let mut nodes: Nodes = Zeroizing::new(keys.iter().map(|[first, ..]| *first).collect());

    // 4.2
    let mut levels: Vec<_> = keys
        .iter()
        .zip(trees.iter_mut())
        .map(|([_, keys @ ..], [sums @ .., _, _])| keys.iter().zip(sums))
        .collect();
    for _ in 1..DEPTH {
        nodes = hash.expand_all(&nodes);
        let level = levels.iter_mut().filter_map(Iterator::next);
        for ((keys, sums), nodes) in level.zip(nodes.chunks_exact(nodes.len() / TREES)) {
            let even_and_odd = sums.as_chunks_mut().0;
            even_and_odd.copy_from_slice(keys);
            for siblings in nodes {
                for (sum, node) in even_and_odd.iter_mut().zip(siblings) {
                    xor(sum, node);
                }
            }
        }
    }
    for (leaf, node) in leaves.expose_mut().as_flattened_mut().iter_mut().zip(nodes.as_flattened())
    {
        *leaf = *node;
    }

    // 4.3
    let contributions = hash.contributions(leaves.expose());
    let digests = hash.digests(contributions.expose());
    for (([.., digest, total], contributions), expected) in
        trees.iter_mut().zip(contributions.expose()).zip(digests.iter())
    {
        for v in contributions {
            xor(total, v);
        }
        *digest = *expected;
    }
    (SenderSeed(leaves), message)
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
    let mut hidden: Secret<[u8; TREES]> = blank(0);
    let mut leaves: Secret<Leaves> = blank([[0; 32]; LEAVES]);
    let choices = || keys.choices.expose().iter().flat_map(|&byte| [byte & 15, byte >> 4]);
    let keys: &[[_; DEPTH]] = keys.keys.expose().as_chunks().0;
    let trees: &[Tree] = message.as_chunks().0.as_chunks().0;

    // 5.1
    let mut nodes: Nodes = Zeroizing::new(vec![[[0; 32]; 2]; TREES]);
    for (((choices, [first, ..]), [left, right]), hidden) in
        choices().zip(keys).zip(nodes.iter_mut()).zip(hidden.expose_mut())
    {
        let b = bit(choices, 0);
        xor_if(left, first, !b);
        xor_if(right, first, b);
        *hidden = (!b).unwrap_u8();
    }

    // 5.2
    let mut levels: Vec<_> = keys
        .iter()
        .zip(trees)
        .map(|([_, keys @ ..], [sums @ .., _, _])| keys.iter().zip(sums))
        .collect();
    for i in (1..).take(DEPTH - 1) {
        nodes = hash.expand_all(&nodes);
        let width = nodes.len() / TREES;
        let level = levels.iter_mut().filter_map(Iterator::next);
        for ((((key, sums), nodes), hidden), choices) in
            level.zip(nodes.chunks_exact_mut(width)).zip(hidden.expose_mut()).zip(choices())
        {
            recover_child(nodes, key, sums, bit(choices, i), hidden);
        }
    }
    for (leaf, node) in leaves.expose_mut().as_flattened_mut().iter_mut().zip(nodes.as_flattened())
    {
        *leaf = *node;
    }

    // 5.3
    let mut contributions = hash.contributions(leaves.expose());
    for ((contributions, [.., total]), hidden) in
        contributions.expose_mut().iter_mut().zip(trees).zip(hidden.expose())
    {
        let mut missing = Zeroizing::new(*total);
        for (y, v) in (0..).zip(contributions.iter_mut()) {
            clear_if(v, hidden.ct_eq(&y));
            xor(&mut missing, v);
        }
        for (y, v) in (0..).zip(contributions.iter_mut()) {
            xor_if(v, &missing, hidden.ct_eq(&y));
        }
    }

    // 5.4
    let digests = hash.digests(contributions.expose());
    let mut honest = Choice::from(1);
    for ([.., digest, _], expected) in trees.iter().zip(digests.iter()) {
        honest &= expected.ct_eq(digest);
    }
    require(honest.into(), Check::PprfDigest)?;
    Ok(ReceiverSeed { hidden, leaves })
}

/// One level of one tree: finds the child of the hidden node that the choice opens. The other child is hidden from here
/// on.
fn recover_child(nodes: &mut [[Word; 2]], key: &Word, sums: &[u8; 64], b: Choice, hidden: &mut u8) {
    let opened = [!b, b];
    let mut found = Zeroizing::new(*key);
    for (sum, opened) in sums.as_chunks().0.iter().zip(opened) {
        xor_if(&mut found, sum, opened);
    }
    for (y, siblings) in (0..).zip(nodes.iter_mut()) {
        let from_hidden = hidden.ct_eq(&y);
        for (node, opened) in siblings.iter_mut().zip(opened) {
            clear_if(node, from_hidden);
            xor_if(&mut found, node, opened);
        }
    }
    for (y, siblings) in (0..).zip(nodes.iter_mut()) {
        let from_hidden = hidden.ct_eq(&y);
        for (node, opened) in siblings.iter_mut().zip(opened) {
            xor_if(node, &found, from_hidden & opened);
        }
    }
    *hidden = (*hidden << 1) | (!b).unwrap_u8();
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

/// PRG, PR and DG, of eight nodes, leaves or trees at a time
struct Hash(Transcript);

impl Hash {
    fn new(psid: &PprfId) -> Self {
        let mut prefix = Transcript::new(label::PPRF);
        prefix.app(b"session-id", &psid.0);
        Self(prefix)
    }

    /// PRG on every node of a level: the next level, in pairs of children.
    fn expand_all(&self, nodes: &[[Word; 2]]) -> Nodes {
        let mut children = Zeroizing::new(vec![[[0; 32]; 2]; 2 * nodes.len()]);
        let nodes = nodes.as_flattened().as_chunks().0;
        for (nodes, children) in nodes.iter().zip(children.as_chunks_mut::<8>().0) {
            let mut transcripts = self.0.eightfold();
            transcripts.app(label::PPRF_EXPAND, nodes.each_ref());
            transcripts.fill(b"", children.each_mut().map(|[left, _]| left));
            transcripts.fill(b"", children.each_mut().map(|[_, right]| right));
        }
        children
    }

    /// PR on every leaf.
    fn contributions(&self, leaves: &Leaves) -> Secret<Contributions> {
        let mut contributions: Secret<Contributions> = blank([[0; 64]; LEAVES]);
        let groups = contributions.expose_mut().as_flattened_mut().as_chunks_mut::<8>().0;
        for (leaves, contributions) in leaves.as_flattened().as_chunks().0.iter().zip(groups) {
            let mut transcripts = self.0.eightfold();
            transcripts.app(label::PPRF_LEAF, leaves.each_ref());
            transcripts.fill(b"", contributions.each_mut());
        }
        contributions
    }

    /// DG of every tree.
    fn digests(&self, contributions: &Contributions) -> Box<[[u8; 64]; TREES]> {
        let mut digests = boxed([0; 64]);
        let groups = contributions.as_chunks::<8>().0;
        for (trees, digests) in groups.iter().zip(digests.as_chunks_mut::<8>().0) {
            let mut transcripts = self.0.eightfold();
            let mut rest = trees.each_ref().map(|tree| tree.iter());
            while let [Some(a), Some(b), Some(c), Some(d), Some(e), Some(f), Some(g), Some(h)] =
                rest.each_mut().map(Iterator::next)
            {
                transcripts.app(b"", [a, b, c, d, e, f, g, h]);
            }
            transcripts.fill(label::PPRF_DIGEST, digests.each_mut());
        }
        digests
    }
}

#[cfg(test)]
pub(super) mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::*;
    use crate::testing::{array, bytes, list, switch, vectors};

    const ID: PprfId = PprfId([1; 32]);
    const TREE_LEN: usize = 64 * TREE_PARTS;

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

        for children in hash.expand_all(&[[seed; 2]; 4]).iter() {
            assert_eq!(*children, [array(&prg["left"]), array(&prg["right"])]);
        }
        let contributions = hash.contributions(&boxed([seed; LEAVES]));
        for contribution in contributions.expose().as_flattened() {
            assert_eq!(contribution[..], bytes(&recorded["PR"]));
        }
        for digest in hash.digests(contributions.expose()).iter() {
            assert_eq!(digest[..], bytes(&recorded["DG_of_16_times_PR"]));
        }
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
