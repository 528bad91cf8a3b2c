//! What a vault is asked to sign, as a value: every signature that it takes, what they do, and how they complete it.
//!
//! ```text
//! Intent ──request()──▶ Request { signings, reading } ──the vault signs each──▶ assemble() ──▶ Signed
//! ```

use crate::chain::Chain;
use crate::family::Unsigned;
use crate::key::{KeyError, PublicKey};
use crate::reading::Reading;
use crate::to_sign::ToSign;

/// What a vault is asked to sign.
///
/// The same intent makes the same request on every device of a vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Whose keys sign.
    pub chain: &'static Chain,
    /// What is signed, at least one, in the order of the chain: an approval before what uses it. The order in which
    /// devices sign is that of the message ids.
    pub signings: Vec<Signing>,
    /// What all of it does.
    pub reading: Reading,
    pub(crate) unsigned: Unsigned,
}

/// The key that a vault has for a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// The key: derived already, or the chain's own.
    pub key: PublicKey,
    /// Where it stands below the vault's key; `m` for Ed25519 keys, and for a key that the chain has for itself.
    pub path: String,
}

/// One signature that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    /// The key that must sign: derived already, or the chain's own.
    pub key: PublicKey,
    /// Where that key stands below the vault's: a path such as `m/44/60/0/0/0`. `m` for Ed25519 keys and for a key that
    /// a chain has for itself.
    pub path: String,
    /// What is signed.
    pub bytes: ToSign,
}

/// A signature by one of a vault's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// r ‖ s ‖ recovery id.
    Ecdsa([u8; 65]),
    /// R ‖ S.
    Eddsa([u8; 64]),
}

/// What signatures have completed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signed {
    /// The transactions in the order of the chain; none for a message, typed data or a digest.
    pub transactions: Vec<SignedTransaction>,
    /// For a message or typed data: the signature in the form in which the chain's wallets hand it to an application
    /// (`CHAINS 3.6`).
    pub wallet_signature: Option<Vec<u8>>,
}

/// A transaction that its chain can execute, read back from its own bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTransaction {
    /// The bytes to broadcast.
    pub raw: Vec<u8>,
    /// Its name on the chain, as the chain's explorers write it: on Ethereum `0x` and 64 hex digits.
    pub txid: String,
}

/// Why signatures do not complete a request (`CHAINS 2.3`).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// There are more or fewer than there are signings.
    #[error("{found} signatures came for what takes {expected}")]
    Count {
        /// How many it takes.
        expected: usize,
        /// How many came.
        found: usize,
    },
    /// One is of the other kind of key.
    #[error("a signature is of the other kind of key")]
    Kind,
    /// A key is none.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// It does not complete a transaction of the Ethereum family.
    #[error(transparent)]
    Evm(#[from] crate::evm::SignError),
}

impl Request {
    /// Completes it with a signature for each of [`Self::signings`], in their order.
    ///
    /// Every transaction has been read back from its bytes: they say what was shown, and their sender is the key's
    /// address. Signatures of messages are taken as they are: whoever runs the protocol has verified them.
    pub fn assemble(self, signatures: &[Signature]) -> Result<Signed, SignError> {
        let (expected, found) = (self.signings.len(), signatures.len());
        if expected != found {
            return Err(SignError::Count { expected, found });
        }
        let fits = |(signing, signature): (&Signing, &Signature)| {
            matches!(
                (signing.key, signature),
                (PublicKey::Ecdsa(_), Signature::Ecdsa(_))
                    | (PublicKey::Eddsa(_), Signature::Eddsa(_))
            )
        };
        if !self.signings.iter().zip(signatures).all(fits) {
            return Err(SignError::Kind);
        }
        let keys: Vec<PublicKey> = self.signings.iter().map(|signing| signing.key).collect();
        self.unsigned.assemble(self.chain, &keys, signatures)
    }
}

impl Signature {
    /// The bytes: 65 or 64.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Ecdsa(bytes) => bytes,
            Self::Eddsa(bytes) => bytes,
        }
    }
}
