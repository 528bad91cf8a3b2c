//! A signed transaction on its way: handed over, known, included.
//!
//! The same bytes may be handed over any number of times: a chain takes them once.

use quorate_chain::evm::Signed;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::rpc::{ATTEMPTS, Failure};
use super::{Node, NodeError, quantity};

/// A transaction's place in its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Receipt {
    /// The block's number.
    pub(crate) block: u64,
    /// Whether it did what it says. If not, the fee was paid and the value was not.
    pub(crate) succeeded: bool,
}

/// What one attempt to hand it over came to.
enum Handed {
    /// The node has it.
    Known,
    /// The node said no, and does not have it.
    Refused(String),
    /// The node never saw it.
    NotSent(String),
    /// It may have reached the chain.
    Unclear(String),
}

impl Node {
    /// Hands a transaction to the node.
    ///
    /// Done when the node names our transaction's id: in its answer or, whatever it answered ("already known", "nonce
    /// too low", nothing), when it is asked for that transaction.
    pub(crate) async fn broadcast(&self, signed: &Signed) -> Result<(), NodeError> {
        let mut unclear = None;
        let mut last = self.hand_over(signed).await;
        for _ in 1..ATTEMPTS {
            match last {
                Handed::Known => return Ok(()),
                Handed::Unclear(why) => unclear = Some(why),
                Handed::Refused(_) | Handed::NotSent(_) => {}
            }
            self.rpc.pause().await;
            last = self.hand_over(signed).await;
        }
        let node = self.rpc.host();
        // One attempt that may have reached the chain outweighs all that did not.
        match (last, unclear) {
            (Handed::Known, _) => Ok(()),
            (Handed::Unclear(why), _) | (_, Some(why)) => Err(NodeError::Uncertain { node, why }),
            (Handed::Refused(message), None) => Err(NodeError::Refused { node, message }),
            (Handed::NotSent(why), None) => Err(NodeError::Unreachable { node, why }),
        }
    }

    async fn hand_over(&self, signed: &Signed) -> Handed {
        let raw = json!([format!("0x{}", hex::encode(signed.raw()))]);
        let answer = self.rpc.call("eth_sendRawTransaction", &raw).await;
        if answer.as_ref().is_ok_and(|txid| quantity::is_hash(txid, &signed.txid())) {
            return Handed::Known;
        }
        match (self.knows(signed).await, answer) {
            (Ok(true), _) => Handed::Known,
            (_, Err(Failure::NotSent(why))) => Handed::NotSent(why),
            (Ok(false), Err(Failure::Refused(message))) => Handed::Refused(message),
            (_, Err(Failure::Refused(why) | Failure::NoAnswer(why))) => Handed::Unclear(why),
            (_, Ok(_)) => Handed::Unclear("it names another transaction".to_owned()),
        }
    }

    /// Whether the node has our transaction, waiting or included.
    async fn knows(&self, signed: &Signed) -> Result<bool, Failure> {
        let txid = signed.txid();
        let found = self.rpc.call("eth_getTransactionByHash", &txid_params(&txid)).await?;
        Ok(found.get("hash").is_some_and(|hash| quantity::is_hash(hash, &txid)))
    }

    /// Waits until a block includes the transaction, or until the deadline.
    pub(crate) async fn receipt(
        &self,
        txid: &[u8; 32],
        deadline: Instant,
    ) -> Result<Receipt, NodeError> {
        let included = async {
            loop {
                // A node that fails to answer now may answer later: only the deadline ends this.
                let found = self.rpc.call("eth_getTransactionReceipt", &txid_params(txid)).await;
                if let Some(receipt) = found.ok().and_then(|found| receipt(&found, txid)) {
                    return receipt;
                }
                self.rpc.pause().await;
            }
        };
        timeout_at(deadline, included).await.map_err(|_| NodeError::NotIncluded)
    }
}

fn txid_params(txid: &[u8; 32]) -> Value {
    json!([format!("0x{}", hex::encode(txid))])
}

fn receipt(found: &Value, txid: &[u8; 32]) -> Option<Receipt> {
    if !quantity::is_hash(found.get("transactionHash")?, txid) {
        return None;
    }
    let block = quantity::read(found.get("blockNumber")?)?.try_into().ok()?;
    let status: u8 = quantity::read(found.get("status")?)?.try_into().ok()?;
    Some(Receipt { block, succeeded: status == 1 })
}
