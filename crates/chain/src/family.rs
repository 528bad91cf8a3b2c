//! What a chain's family decides. To add a family, answer every match here.

use crate::chain::{Chain, Family};
use crate::evm;
use crate::key::{KeyError, PublicKey};
use crate::message::for_wallets;
use crate::payload::{KeysignPayload, Payload, PayloadError};
use crate::payment::{Facts, Initiator, Payment, PaymentError};
use crate::reading::Reading;
use crate::request::{SignError, Signature, Signed, SignedTransaction, Signer};
use crate::to_sign::ToSign;

/// What waits for its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unsigned {
    /// Transactions of the Ethereum family.
    Evm(evm::Transactions),
    /// Something that no chain executes.
    Message {
        /// Whether wallets hand its signature to an application.
        for_wallets: bool,
    },
}

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

impl Unsigned {
    /// What a payload stands for.
    pub(crate) fn of(
        payload: &KeysignPayload,
        chain: &'static Chain,
    ) -> Result<Self, PayloadError> {
        match chain.family {
            Family::Evm(_) => evm::Transactions::of(payload, chain).map(Self::Evm),
            Family::Bitcoin(_)
            | Family::Cosmos(_)
            | Family::Ripple
            | Family::Tron
            | Family::Solana
            | Family::Substrate(_)
            | Family::Sui
            | Family::Ton
            | Family::Cardano => Err(PayloadError::NotBuilt(chain.name)),
        }
    }

    /// What is signed, in the order of the chain.
    pub(crate) fn to_sign(&self) -> Vec<ToSign> {
        match self {
            Self::Evm(transactions) => transactions.to_sign(),
            Self::Message { .. } => Vec::new(),
        }
    }

    /// What it does, on the device of the vault with this key.
    pub(crate) fn reading(&self, chain: &Chain, key: PublicKey) -> Result<Reading, KeyError> {
        match self {
            Self::Evm(transactions) => transactions.reading(key),
            Self::Message { .. } => Ok(Reading::on(chain.name)),
        }
    }

    /// Completes it with a signature by each key.
    pub(crate) fn assemble(
        self,
        chain: &Chain,
        keys: &[PublicKey],
        signatures: &[Signature],
    ) -> Result<Signed, SignError> {
        match self {
            Self::Evm(transactions) => {
                let transactions = transactions.assemble(keys, signatures)?;
                Ok(Signed { transactions, wallet_signature: None })
            }
            Self::Message { for_wallets: false } => Ok(Signed::default()),
            Self::Message { for_wallets: true } => {
                let first = keys.first().zip(signatures.first());
                let wallet_signature = first
                    .and_then(|(key, signature)| for_wallets(chain, *key, signature.as_bytes()));
                Ok(Signed { transactions: Vec::new(), wallet_signature })
            }
        }
    }
}

impl Payment {
    /// What travels to the other devices: a payload that every client of the field reads alike, from the address of
    /// this vault.
    ///
    /// # Errors
    ///
    /// [`PaymentError`] for what nobody would sign.
    pub fn payload(&self, from: &Signer, initiator: &Initiator) -> Result<Payload, PaymentError> {
        self.chain.pays()?;
        match (self.chain.family, &self.facts) {
            (Family::Evm(_), Facts::Evm(facts)) => {
                evm::payment::payload(self, facts, from.key, initiator)
            }
            _ => Err(PaymentError::OtherFacts(self.chain.name)),
        }
    }
}

impl Chain {
    /// Whether payments on this chain are built.
    ///
    /// # Errors
    ///
    /// [`PaymentError::NotBuilt`], which names the chain.
    pub fn pays(&self) -> Result<(), PaymentError> {
        match self.family {
            Family::Evm(_) => Ok(()),
            Family::Bitcoin(_)
            | Family::Cosmos(_)
            | Family::Ripple
            | Family::Tron
            | Family::Solana
            | Family::Substrate(_)
            | Family::Sui
            | Family::Ton
            | Family::Cardano => Err(PaymentError::NotBuilt(self.name)),
        }
    }
}
