//! What a vault is asked to sign, as a value: every signature that it takes, what they do, and how they complete it.
//!
//! ```text
//! Intent ──request()──▶ Request { signings, reading } ──the vault signs each──▶ assemble() ──▶ Signed
//! ```

use crate::chain::Chain;
use crate::family::Unsigned;
use crate::key::PublicKey;
use crate::reading::Reading;
use crate::signature::{SignError, Signature, Signed};
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
