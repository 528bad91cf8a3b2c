//! One transaction of the Ethereum family: checked, hashed for the vault, and completed by its signature.
//!
//! ```text
//! Transaction ──unsigned()──▶ Unsigned ──digest()──▶ the vault signs ──sign()──▶ Signed
//!   what is meant               checked               r ‖ s ‖ recid               read back, sender recovered
//! ```

use alloy_consensus::{
    EthereumTxEnvelope, EthereumTypedTransaction, SignableTransaction, TxEip1559, TxEip4844,
    TxLegacy,
};
use alloy_eips::eip2718::{Decodable2718, Encodable2718};
use alloy_eips::eip2930::AccessList;
use alloy_primitives::{Bytes, TxKind, U256, keccak256};
use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};

use super::address::Address;
use crate::chain::{Chain, Format};
use crate::key::KeyError;
use crate::to_sign::Digest;

/// The gas of the plainest transaction; less is never accepted.
const LEAST_GAS: u64 = 21_000;
/// The most data that is signed, in bytes.
pub const MOST_DATA: usize = 64 << 10;

type Typed = EthereumTypedTransaction<TxEip4844>;
type Envelope = EthereumTxEnvelope<TxEip4844>;

/// What is meant: coins, data, or both, for an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// On which chain.
    pub chain: &'static Chain,
    /// The transaction's place among those of the same sender, from 0.
    pub nonce: u64,
    /// Who gets it, or what is called.
    pub to: Address,
    /// How much goes along, in wei.
    pub value: U256,
    /// What they are told: a call, a text, or nothing.
    pub data: Vec<u8>,
    /// The most that is paid for a unit of gas, in wei; on a chain with legacy transactions, exactly what is paid.
    pub max_fee_per_gas: u128,
    /// How much of that may go to the block's producer, in wei. Legacy transactions do not carry it.
    pub max_priority_fee_per_gas: u128,
    /// The most gas that may be used.
    pub gas_limit: u64,
}

/// Why a transaction is not signed (`CHAINS 4.1`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransactionError {
    /// The chain's transactions are of another family.
    #[error("{0} transfers are not built yet")]
    Family(&'static str),
    /// Nothing would be sent.
    #[error("the transfer sends nothing")]
    Nothing,
    /// The recipient has no key.
    #[error("the recipient is the zero address, whose coins nobody can spend")]
    ZeroAddress,
    /// No block could include it.
    #[error("the gas limit of {0} is below the 21000 that any transfer uses")]
    TooLittleGas(u64),
    /// No block could include it.
    #[error("the fee per gas is zero")]
    NoFee,
    /// No block could include it.
    #[error("the tip per gas is above the whole fee per gas")]
    TipAboveFee,
    /// The sum does not fit 256 bits.
    #[error("amount and fee together are more than any chain can count")]
    TooLarge,
}

/// Why a signature does not complete a transaction (`CHAINS 2.3`).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The sender's key is not one.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// r, s or the recovery id is out of range.
    #[error("not a signature: r, s or the recovery id is out of range")]
    Malformed,
    /// It is another key's, or another transaction's.
    #[error("the signature is not {expected}'s for this transaction")]
    NotTheSenders {
        /// The address of the key that should have signed.
        expected: Address,
    },
    /// The bytes do not say what was signed.
    #[error("the encoded transaction does not read back as the one that was signed")]
    NotReadBack,
}

impl Transaction {
    /// The most that the fee can be, in wei.
    pub fn max_fee(&self) -> U256 {
        // 128 + 64 bits fit into 256.
        U256::from(self.max_fee_per_gas).saturating_mul(U256::from(self.gas_limit))
    }

    /// The most that leaves the sender, in wei: the value and the fee.
    pub fn max_cost(&self) -> Result<U256, TransactionError> {
        self.value.checked_add(self.max_fee()).ok_or(TransactionError::TooLarge)
    }

    /// A signed transaction from its bytes, and its sender: one that we could have made. `None` for any other bytes.
    pub fn read(raw: &[u8]) -> Option<(Self, Address)> {
        let envelope = Envelope::decode_2718_exact(raw).ok()?;
        let of = |id: Option<u64>| Chain::numbered(&U256::from(id?));
        let read = match &envelope {
            Envelope::Eip1559(signed) => {
                let it = signed.tx();
                Self {
                    chain: of(Some(it.chain_id))?,
                    nonce: it.nonce,
                    to: Address(*it.to.to()?),
                    value: it.value,
                    data: it.input.to_vec(),
                    max_fee_per_gas: it.max_fee_per_gas,
                    max_priority_fee_per_gas: it.max_priority_fee_per_gas,
                    gas_limit: it.gas_limit,
                }
            }
            Envelope::Legacy(signed) => {
                let it = signed.tx();
                Self {
                    chain: of(it.chain_id)?,
                    nonce: it.nonce,
                    to: Address(*it.to.to()?),
                    value: it.value,
                    data: it.input.to_vec(),
                    max_fee_per_gas: it.gas_price,
                    max_priority_fee_per_gas: 0,
                    gas_limit: it.gas_limit,
                }
            }
            _ => return None,
        };
        // An access list, or another form than the chain's, would be lost.
        let digest = read.unsigned().ok()?.digest();
        (digest.0 == envelope.signature_hash().0).then_some((read, sender(&envelope)?))
    }

    /// The transaction to sign, in the form of its chain.
    pub fn unsigned(&self) -> Result<Unsigned, TransactionError> {
        let evm = self.chain.evm().ok_or(TransactionError::Family(self.chain.name))?;
        self.check(evm.format)?;
        let to = TxKind::Call(self.to.0);
        let input = Bytes::from(self.data.clone());
        let transaction = match evm.format {
            Format::Eip1559 => Typed::Eip1559(TxEip1559 {
                chain_id: evm.chain_id,
                nonce: self.nonce,
                gas_limit: self.gas_limit,
                max_fee_per_gas: self.max_fee_per_gas,
                max_priority_fee_per_gas: self.max_priority_fee_per_gas,
                to,
                value: self.value,
                access_list: AccessList::default(),
                input,
            }),
            Format::Legacy => Typed::Legacy(TxLegacy {
                chain_id: Some(evm.chain_id),
                nonce: self.nonce,
                gas_price: self.max_fee_per_gas,
                gas_limit: self.gas_limit,
                to,
                value: self.value,
                input,
            }),
        };
        Ok(Unsigned { transaction })
    }

    fn check(&self, format: Format) -> Result<(), TransactionError> {
        if self.to.is_zero() {
            return Err(TransactionError::ZeroAddress);
        }
        if self.gas_limit < LEAST_GAS {
            return Err(TransactionError::TooLittleGas(self.gas_limit));
        }
        if self.max_fee_per_gas == 0 {
            return Err(TransactionError::NoFee);
        }
        if format == Format::Eip1559 && self.max_priority_fee_per_gas > self.max_fee_per_gas {
            return Err(TransactionError::TipAboveFee);
        }
        self.max_cost().map(drop)
    }
}

/// A checked transaction, ready for the vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsigned {
    transaction: Typed,
}

impl Unsigned {
    /// What the vault signs: keccak-256 of the transaction.
    pub fn digest(&self) -> Digest {
        Digest(self.transaction.signature_hash().0)
    }

    /// Completes the transaction with the vault's signature (r ‖ s ‖ recovery id, 65 bytes) under the derived
    /// key, whichever of s and −s it holds.
    ///
    /// What is returned has been read back from its bytes: they say what was meant, and their sender is the key's
    /// address.
    pub fn sign(self, signature: &[u8; 65], public_key: &[u8; 33]) -> Result<Signed, SignError> {
        let expected = Address::of(public_key)?;
        let (signature, y_is_odd) = low_s(signature)?;
        let (r, s) = signature.split_bytes();
        let signature = alloy_primitives::Signature::new(
            U256::from_be_slice(&r),
            U256::from_be_slice(&s),
            y_is_odd,
        );
        let envelope = self.transaction.into_envelope(signature);
        let raw = envelope.encoded_2718();

        let read = Envelope::decode_2718_exact(&raw).map_err(|_| SignError::NotReadBack)?;
        if read != envelope {
            return Err(SignError::NotReadBack);
        }
        if sender(&read) != Some(expected) {
            return Err(SignError::NotTheSenders { expected });
        }
        let txid = keccak256(&raw).0;
        Ok(Signed { raw, txid })
    }
}

/// A transaction that its chain can execute.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    raw: Vec<u8>,
    txid: [u8; 32],
}

impl Signed {
    /// The bytes to broadcast.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Its name on the chain: keccak-256 of the bytes.
    pub fn txid(&self) -> [u8; 32] {
        self.txid
    }
}

impl core::fmt::Debug for Signed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Signed({})", hex::encode(self.txid))
    }
}

/// The signature with the smaller of s and −s, which the chain demands (EIP-2), and whether its R has an odd y.
fn low_s(signature: &[u8; 65]) -> Result<(Signature, bool), SignError> {
    let [scalars @ .., recovery_id] = signature;
    let signature = Signature::from_slice(scalars).map_err(|_| SignError::Malformed)?;
    let y_is_odd = match recovery_id {
        0 => false,
        1 => true,
        _ => return Err(SignError::Malformed),
    };
    let low = signature.normalize_s();
    Ok((low, y_is_odd != (low != signature)))
}

/// Who signed these bytes.
fn sender(envelope: &Envelope) -> Option<Address> {
    let signature = envelope.signature();
    let scalars = [signature.r().to_be_bytes::<32>(), signature.s().to_be_bytes::<32>()].concat();
    let scalars = Signature::from_slice(&scalars).ok()?;
    let recovery_id = RecoveryId::new(signature.v(), false);
    let digest = envelope.signature_hash();
    let key = VerifyingKey::recover_from_prehash(digest.as_slice(), &scalars, recovery_id).ok()?;
    Some(Address::of_verifying_key(&key))
}
