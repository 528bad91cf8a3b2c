//! What a chain's family decides. To add a family, answer every match here.

use alloy_primitives::U256;

use crate::chain::{CHAINS, Chain, Evm, Family};
use crate::evm::address::Address;
use crate::key::{Curve, KeyError, PublicKey, Signer};
use crate::message::{Meaning, MessageError, Prefix};
use crate::payload::{KeysignPayload, Payload, PayloadError};
use crate::payment::{Facts, Initiator, Payment, PaymentError, Swap};
use crate::reading::Reading;
use crate::signature::{SignError, Signature, Signed};
use crate::to_sign::{Digest, ToSign};
use crate::transactions::Transactions;
use crate::{cardano, cosmos, evm, ripple, solana, substrate, sui, ton, tron, utxo};

/// What waits for its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unsigned {
    /// Transactions of the Ethereum family.
    Evm(evm::payload::Transactions),
    /// Something that no chain executes.
    Message {
        /// Whether wallets hand its signature to an application.
        for_wallets: bool,
    },
}

impl Unsigned {
    /// What a payload stands for.
    pub(crate) fn of(
        payload: &KeysignPayload,
        chain: &'static Chain,
    ) -> Result<Self, PayloadError> {
        match chain.family {
            Family::Evm(_) => evm::payload::Transactions::of(payload, chain).map(Self::Evm),
            Family::Utxo(_)
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
                let wallet_signature =
                    first.and_then(|(key, signature)| chain.wallet_signature(*key, signature));
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

impl Swap {
    /// What travels to the other devices, as [`Payment::payload`].
    ///
    /// # Errors
    ///
    /// [`PaymentError`] for what nobody would sign.
    pub fn payload(&self, from: &Signer, initiator: &Initiator) -> Result<Payload, PaymentError> {
        self.chain.pays()?;
        match (self.chain.family, &self.facts) {
            (Family::Evm(_), Facts::Evm(facts)) => {
                evm::payment::swap_payload(self, facts, from.key, initiator)
            }
            _ => Err(PaymentError::OtherFacts(self.chain.name)),
        }
    }
}

impl Chain {
    /// Which of the vault's keys signs for it.
    pub fn curve(&self) -> Curve {
        match self.family {
            Family::Evm(_)
            | Family::Utxo(_)
            | Family::Cosmos(_)
            | Family::Ripple
            | Family::Tron => Curve::Secp256k1,
            Family::Solana | Family::Substrate(_) | Family::Sui | Family::Ton | Family::Cardano => {
                Curve::Ed25519
            }
        }
    }

    /// The address of a public key: of the chain's curve, and derived along the chain's path.
    pub fn address(&self, public_key: impl Into<PublicKey>) -> Result<String, KeyError> {
        match public_key.into() {
            PublicKey::Ecdsa(key) => match self.family {
                Family::Evm(_) => Ok(Address::of(&key)?.to_string()),
                Family::Utxo(utxo) => utxo::address::address(utxo.form, &key),
                Family::Cosmos(prefix) => cosmos::address::address(prefix, &key),
                Family::Ripple => ripple::address::address(&key),
                Family::Tron => tron::address::address(&key),
                _ => Err(KeyError::Curve),
            },
            PublicKey::Eddsa(key) => match self.family {
                Family::Solana => Ok(solana::address::Address(key).to_string()),
                Family::Substrate(network) => Ok(substrate::address::address(network, &key)),
                Family::Sui => Ok(sui::address::address(&key)),
                Family::Ton => Ok(ton::address::address(&key)),
                Family::Cardano => cardano::address::address(&key),
                _ => Err(KeyError::Curve),
            },
        }
    }

    /// What tells it from others of the Ethereum family, if it is one of them.
    pub fn evm(&self) -> Option<Evm> {
        match self.family {
            Family::Evm(evm) => Some(evm),
            _ => None,
        }
    }

    /// The chain of the Ethereum family with this number (EIP-155).
    pub(crate) fn numbered(id: &U256) -> Option<&'static Self> {
        CHAINS.iter().find(|chain| chain.evm().is_some_and(|evm| U256::from(evm.chain_id) == *id))
    }

    /// What its private keys begin with when they are written for wallets, if those are not hex.
    pub(crate) fn wif(&self) -> Option<u8> {
        match self.family {
            Family::Utxo(utxo) => Some(utxo.wif),
            _ => None,
        }
    }

    /// What the vault signs for a message.
    pub(crate) fn message_to_sign(&self, bytes: &[u8]) -> Result<ToSign, MessageError> {
        let digest = |digest: [u8; 32]| Ok(ToSign::Digest(Digest(digest)));
        match self.family {
            Family::Evm(_) | Family::Tron => digest(evm::message::digest(bytes)),
            Family::Cosmos(_) => digest(cosmos::message::digest(bytes)),
            Family::Ripple => digest(ripple::message::digest(bytes)),
            Family::Sui => Ok(ToSign::Bytes(sui::message::digest(bytes).to_vec())),
            Family::Solana | Family::Substrate(_) | Family::Ton | Family::Cardano => {
                let some = !bytes.is_empty();
                some.then(|| ToSign::Bytes(bytes.to_vec())).ok_or(MessageError::Empty)
            }
            Family::Utxo(_) => Err(MessageError::Family(self.name)),
        }
    }

    /// What a message says to the person who approves it; `None` where it may mean anything.
    pub(crate) fn message_meaning(&self, bytes: &[u8]) -> Option<Meaning> {
        match self.family {
            Family::Evm(_) => evm::message::meaning(evm::message::PREFIX, bytes),
            Family::Tron => evm::message::meaning(tron::message::PREFIX, bytes),
            Family::Sui => Some(sui::message::meaning(bytes)),
            Family::Ripple => ripple::message::meaning(bytes),
            Family::Solana | Family::Substrate(_) | Family::Ton | Family::Cardano => {
                solana::message::meaning(bytes)
            }
            Family::Cosmos(_) => cosmos::message::meaning(bytes),
            Family::Utxo(_) => None,
        }
    }

    /// What its wallets put before a personal message.
    pub(crate) fn message_prefix(&self) -> Option<Prefix> {
        match self.family {
            Family::Evm(_) => Some(evm::message::PREFIX),
            Family::Tron => Some(tron::message::PREFIX),
            _ => None,
        }
    }

    /// The signature of a message in the form in which its wallets return it (`CHAINS 3.6`); `None` for one of the
    /// other kind of key.
    pub(crate) fn wallet_signature(
        &self,
        key: PublicKey,
        signature: &Signature,
    ) -> Option<Vec<u8>> {
        match (self.family, signature) {
            (Family::Evm(_) | Family::Tron, Signature::Ecdsa([rs @ .., id])) => {
                evm::message::for_wallets(rs, *id)
            }
            (Family::Ripple, Signature::Ecdsa([rs @ .., _])) => ripple::message::for_wallets(rs),
            (Family::Sui, Signature::Eddsa(rs)) => Some(sui::message::for_wallets(rs, key)),
            (Family::Cosmos(_) | Family::Utxo(_), Signature::Ecdsa([rs @ .., _]))
            | (
                Family::Solana | Family::Substrate(_) | Family::Ton | Family::Cardano,
                Signature::Eddsa(rs),
            ) => Some(rs.to_vec()),
            _ => None,
        }
    }

    /// Whether payments on this chain are built.
    ///
    /// # Errors
    ///
    /// [`PaymentError::NotBuilt`], which names the chain.
    pub fn pays(&self) -> Result<(), PaymentError> {
        match self.family {
            Family::Evm(_) => Ok(()),
            Family::Utxo(_)
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

#[cfg(test)]
mod tests {
    use k256::ecdsa::SigningKey;

    use super::*;
    use crate::chain::find;

    #[test]
    fn each_family_has_its_form() {
        let key = SigningKey::from_slice(&[7; 32]).unwrap();
        let (signature, id) = key.sign_prehash_recoverable(&[9; 32]);
        let public = key.verifying_key().to_sec1_point(true);
        let public = PublicKey::Ecdsa(public.as_bytes().try_into().unwrap());
        let bytes = [&signature.to_bytes()[..], &[id.to_byte()]].concat();
        let made = Signature::Ecdsa(bytes.clone().try_into().unwrap());
        let form = |name: &str, public, signature: &Signature| {
            find(name).unwrap().wallet_signature(public, signature)
        };
        for name in ["Ethereum", "Base", "Tron"] {
            let formed = form(name, public, &made).unwrap();
            assert_eq!(formed[..64], bytes[..64]);
            assert_eq!(formed[64], id.to_byte() + 27);
        }
        for name in ["Cosmos", "THORChain", "MayaChain", "Terra"] {
            assert_eq!(form(name, public, &made).unwrap(), bytes[..64]);
        }
        let der = form("Ripple", public, &made).unwrap();
        assert_eq!(k256::ecdsa::Signature::from_der(&der).unwrap(), signature);

        let (public, made) = (PublicKey::Eddsa([5; 32]), Signature::Eddsa([6; 64]));
        for name in ["Solana", "Ton", "Polkadot", "Bittensor", "Cardano"] {
            assert_eq!(form(name, public, &made).unwrap(), [6; 64]);
        }
        assert_eq!(form("Sui", public, &made).unwrap(), [&[0][..], &[6; 64], &[5; 32]].concat());
    }

    #[test]
    fn what_is_no_signature_of_the_chains_key_has_no_form() {
        let (ecdsa, eddsa) = (Signature::Ecdsa([1; 65]), Signature::Eddsa([1; 64]));
        let public = PublicKey::Eddsa([5; 32]);
        for (name, signature) in
            [("Ethereum", eddsa), ("Ripple", eddsa), ("Sui", ecdsa), ("Solana", ecdsa)]
        {
            assert_eq!(find(name).unwrap().wallet_signature(public, &signature), None, "{name}");
        }
        let mut odd = [1; 65];
        odd[64] = 2;
        let ethereum = find("Ethereum").unwrap();
        assert_eq!(ethereum.wallet_signature(public, &Signature::Ecdsa(odd)), None);
    }
}
