//! A signed transaction on its way: handed over, waiting, included.

use std::time::Duration;

use quorate_chain::SignedTransaction;
use serde_json::{Value, json};

use super::{Node, quantity};
use crate::broadcast::{self, Takes};
use crate::http::Failure;
use crate::{Handed, NodeError};

/// A transaction's place in its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The block's number.
    pub block: u64,
    /// Whether it did what it says. If not, the fee was paid and the value was not.
    pub succeeded: bool,
}

/// Where a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The node does not know it: it never arrived, was dropped, or another with its nonce was included.
    Unknown,
    /// It waits for a block.
    Pending,
    /// A block includes it, the latest of which a chain may still take back.
    Included(Receipt),
}

impl Node {
    /// Hands a transaction to the node.
    ///
    /// It has it when it names our transaction's id: in its answer or, whatever it answered ("already known", "nonce
    /// too low", nothing), when it is asked for that transaction.
    pub async fn broadcast(&self, signed: &SignedTransaction) -> Handed {
        broadcast::broadcast(self, signed).await
    }

    /// Where the transaction with this id is.
    pub async fn status(&self, txid: &[u8; 32]) -> Result<Status, NodeError> {
        let found = self.ask("eth_getTransactionReceipt", json!([quantity::hex(txid)]), |found| {
            if is_nothing(found, txid) { Some(None) } else { receipt(found, txid).map(Some) }
        });
        if let Some(receipt) = found.await? {
            return Ok(Status::Included(receipt));
        }
        // A block that includes it may have come between the two questions: then it waits for its receipt.
        let known = self.ask("eth_getTransactionByHash", json!([quantity::hex(txid)]), |found| {
            if found.is_null() { Some(false) } else { names(found, txid).then_some(true) }
        });
        Ok(if known.await? { Status::Pending } else { Status::Unknown })
    }

    /// Waits until a block includes the transaction, for so long at most.
    ///
    /// # Errors
    ///
    /// [`NodeError::NotIncluded`].
    pub async fn receipt(&self, txid: &[u8; 32], patience: Duration) -> Result<Receipt, NodeError> {
        let params = json!([quantity::hex(txid)]);
        let included = async {
            loop {
                // A node that fails to answer now may answer later: only the deadline ends this.
                let found = self.rpc.call("eth_getTransactionReceipt", &params).await;
                if let Some(receipt) = found.ok().and_then(|found| receipt(&found, txid)) {
                    return receipt;
                }
                self.rpc.pause().await;
            }
        };
        tokio::time::timeout(patience, included).await.map_err(|_| NodeError::NotIncluded)
    }
}

impl Takes for Node {
    type Signed = SignedTransaction;

    async fn hand_over(&self, signed: &SignedTransaction) -> Result<bool, Failure> {
        let raw = json!([quantity::hex(&signed.raw)]);
        let txid = self.rpc.call("eth_sendRawTransaction", &raw).await?;
        Ok(quantity::is_hash(&txid, &id(signed)?))
    }

    async fn has(&self, signed: &SignedTransaction) -> Result<bool, Failure> {
        let txid = id(signed)?;
        let params = json!([quantity::hex(&txid)]);
        let found = self.rpc.call("eth_getTransactionByHash", &params).await?;
        Ok(names(&found, &txid))
    }

    async fn pause(&self) {
        self.rpc.pause().await;
    }

    fn host(&self) -> String {
        self.rpc.host()
    }
}

/// The id of a transaction of this family: 32 bytes in hex.
fn id(signed: &SignedTransaction) -> Result<[u8; 32], Failure> {
    let mut id = [0; 32];
    let digits = signed.txid.strip_prefix("0x").unwrap_or(&signed.txid);
    hex::decode_to_slice(digits, &mut id)
        .map_err(|_| Failure::Refused("it is not a transaction of this chain".to_owned()))?;
    Ok(id)
}

/// Whether a node's transaction is ours.
fn names(found: &Value, txid: &[u8; 32]) -> bool {
    found.get("hash").is_some_and(|hash| quantity::is_hash(hash, txid))
}

/// Whether a node has no receipt: some have one without a block, for what still waits.
fn is_nothing(found: &Value, txid: &[u8; 32]) -> bool {
    let ours = found.get("transactionHash").is_some_and(|hash| quantity::is_hash(hash, txid));
    found.is_null() || ours && found.get("blockNumber").is_some_and(Value::is_null)
}

fn receipt(found: &Value, txid: &[u8; 32]) -> Option<Receipt> {
    if !quantity::is_hash(found.get("transactionHash")?, txid) {
        return None;
    }
    let block = quantity::number(found.get("blockNumber")?)?;
    let status: u8 = quantity::read(found.get("status")?)?.try_into().ok()?;
    Some(Receipt { block, succeeded: status == 1 })
}
