//! Transactions as what their family has to answer: what is signed, what they do, how they are completed.

use super::address::Address;
use super::payload::Transactions;
use crate::key::{KeyError, PublicKey};
use crate::reading::Reading;
use crate::signature::{SignError, Signature, SignedTransaction};
use crate::to_sign::ToSign;
use crate::transactions;

impl transactions::Transactions for Transactions {
    fn to_sign(&self) -> Vec<ToSign> {
        self.unsigned.iter().map(|unsigned| ToSign::Digest(unsigned.digest())).collect()
    }

    fn reading(&self, key: PublicKey) -> Result<Reading, KeyError> {
        match key {
            PublicKey::Ecdsa(key) => Ok(self.read(Address::of(&key)?)),
            PublicKey::Eddsa(_) => Err(KeyError::Curve),
        }
    }

    fn assemble(
        self,
        keys: &[PublicKey],
        signatures: &[Signature],
    ) -> Result<Vec<SignedTransaction>, SignError> {
        self.unsigned
            .into_iter()
            .zip(keys)
            .zip(signatures)
            .map(|((unsigned, key), signature)| match (key, signature) {
                (PublicKey::Ecdsa(key), Signature::Ecdsa(signature)) => {
                    let signed = unsigned.sign(signature, key)?;
                    let txid = format!("0x{}", hex::encode(signed.txid()));
                    Ok(SignedTransaction { raw: signed.raw().to_vec(), txid })
                }
                _ => Err(SignError::Kind),
            })
            .collect()
    }
}
