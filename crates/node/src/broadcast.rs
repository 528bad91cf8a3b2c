//! Handing a signed transaction over, the same for every family.
//!
//! The same bytes may be handed over any number of times: a chain takes them once. So a node that says no, or nothing,
//! is asked whether it has the transaction before anything is called final: "already known", "nonce too low" and a lost
//! answer can all mean that it is out.

use crate::NodeError;
use crate::http::Failure;

/// How often a transaction is handed over.
const ATTEMPTS: u32 = 3;

/// What handing a transaction over came to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a transaction that may be out must be remembered"]
pub enum Handed {
    /// The node took it, and named it by our id.
    Accepted,
    /// The node had it already, or has it whatever it answered: waiting, or in a block.
    Known,
    /// The node said no each time, and does not have it: nothing was broadcast.
    Rejected {
        /// The node's host.
        node: String,
        /// Its own words.
        message: String,
    },
    /// There was never a connection: nothing was broadcast.
    NotSent {
        /// The node's host.
        node: String,
        /// What happened.
        why: String,
    },
    /// It may have reached the chain, and nobody says so.
    Uncertain {
        /// The node's host.
        node: String,
        /// What happened.
        why: String,
    },
}

impl Handed {
    /// Whether the chain may have the transaction: whoever pays again before looking may pay twice.
    pub fn may_be_out(&self) -> bool {
        match self {
            Self::Accepted | Self::Known | Self::Uncertain { .. } => true,
            Self::Rejected { .. } | Self::NotSent { .. } => false,
        }
    }

    /// Nothing, if the node has it; otherwise the same as an error.
    pub fn confirmed(self) -> Result<(), NodeError> {
        match self {
            Self::Accepted | Self::Known => Ok(()),
            Self::Rejected { node, message } => Err(NodeError::Refused { node, message }),
            Self::NotSent { node, why } => Err(NodeError::Unreachable { node, why }),
            Self::Uncertain { node, why } => Err(NodeError::Uncertain { node, why }),
        }
    }
}

/// A node that takes the transactions of its family.
pub(crate) trait Takes {
    /// A signed transaction, whose id is known before anybody has seen it.
    type Signed;

    /// Hands it over, once. Whether the node named it by our id.
    async fn hand_over(&self, signed: &Self::Signed) -> Result<bool, Failure>;

    /// Whether the node has it, waiting or included.
    async fn has(&self, signed: &Self::Signed) -> Result<bool, Failure>;

    /// Waits as long as one waits before trying again.
    async fn pause(&self);

    /// The node's name for people.
    fn host(&self) -> String;
}

/// What one attempt came to.
enum Attempt {
    Accepted,
    Known,
    Rejected(String),
    NotSent(String),
    Unclear(String),
}

/// Hands a transaction over until the node has it, a few times at most.
pub(crate) async fn broadcast<N: Takes>(node: &N, signed: &N::Signed) -> Handed {
    let mut unclear = None;
    let mut last = attempt(node, signed).await;
    for _ in 1..ATTEMPTS {
        match last {
            Attempt::Accepted | Attempt::Known => break,
            Attempt::Unclear(why) => unclear = Some(why),
            Attempt::Rejected(_) | Attempt::NotSent(_) => {}
        }
        node.pause().await;
        last = attempt(node, signed).await;
    }
    let node = node.host();
    // One attempt that may have reached the chain outweighs all that did not.
    match (last, unclear) {
        (Attempt::Accepted, _) => Handed::Accepted,
        (Attempt::Known, _) => Handed::Known,
        (Attempt::Unclear(why), _) | (_, Some(why)) => Handed::Uncertain { node, why },
        (Attempt::Rejected(message), None) => Handed::Rejected { node, message },
        (Attempt::NotSent(why), None) => Handed::NotSent { node, why },
    }
}

async fn attempt<N: Takes>(node: &N, signed: &N::Signed) -> Attempt {
    let answer = node.hand_over(signed).await;
    if answer == Ok(true) {
        return Attempt::Accepted;
    }
    match (node.has(signed).await, answer) {
        (Ok(true), _) => Attempt::Known,
        (_, Err(Failure::NotSent(why))) => Attempt::NotSent(why),
        (Ok(false), Err(Failure::Refused(message))) => Attempt::Rejected(message),
        (_, Err(Failure::Refused(why) | Failure::NoAnswer(why))) => Attempt::Unclear(why),
        (_, Ok(_)) => Attempt::Unclear("it names another transaction".to_owned()),
    }
}
