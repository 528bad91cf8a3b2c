//! What the transactions of every family have to answer.

use crate::key::{KeyError, PublicKey};
use crate::reading::Reading;
use crate::signature::{SignError, Signature, SignedTransaction};
use crate::to_sign::ToSign;

/// What transactions of a family can do.
pub(crate) trait Transactions {
    /// What is signed, in the order of the chain.
    fn to_sign(&self) -> Vec<ToSign>;
    /// What they do, on the device of the vault with this key.
    fn reading(&self, key: PublicKey) -> Result<Reading, KeyError>;
    /// Completes them with a signature for each, and reads them back.
    fn assemble(
        self,
        keys: &[PublicKey],
        signatures: &[Signature],
    ) -> Result<Vec<SignedTransaction>, SignError>;
}
