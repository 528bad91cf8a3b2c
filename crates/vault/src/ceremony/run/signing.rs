//! What is signed, with whose share, and the signatures that come of it.

use quorate_chain::{self as chain, Digest, PublicKey, Reading, Request, Signing, ToSign};
use quorate_wire::relay_api::Namespace;
use quorate_wire::setup::{self, Body};
use sha2::{Digest as _, Sha256};

use super::plan::{Protocol, RunPlan, suite};
use crate::failure::Failure;
use crate::home::Keys;
use crate::share::Share;
use crate::store::Sharing;

pub(in crate::ceremony) use chain::Signature as RawSignature;

/// A signature by one of a vault's keys, verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// What was signed, and the key under which it verifies.
    pub signing: Signing,
    /// The signature.
    pub raw: chain::Signature,
}

impl Signature {
    /// Where it is published.
    pub(in crate::ceremony) fn id(&self) -> Namespace {
        Namespace::of_message(self.signing.bytes.as_bytes())
    }
}

/// What was asked for, signed: all of it.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The vault's name on this device.
    pub vault: String,
    /// What the request was for, as this device decoded it.
    pub reading: Reading,
    /// The signatures, in the order of the request.
    pub signatures: Vec<Signature>,
    /// What they make: transactions, each read back from its bytes, or a message's signature as wallets return it.
    pub made: chain::Signed,
}

/// What a person has been shown, and what its signatures will make.
pub(in crate::ceremony) struct Approved(pub(in crate::ceremony) Request);

impl Approved {
    /// Puts the signatures, which have come in any order, to what was asked for.
    ///
    /// # Errors
    ///
    /// If one is missing, or does not make what was asked for.
    pub(in crate::ceremony) fn signed(
        self,
        vault: String,
        made: &[Signature],
    ) -> Result<Signed, Failure> {
        let wrong = |why: String| Failure::fault(&format!("the signatures make nothing: {why}"));
        let of = |signing: &Signing| made.iter().find(|one| one.signing == *signing).cloned();
        let signatures: Option<Vec<Signature>> = self.0.signings.iter().map(of).collect();
        let signatures = signatures.ok_or_else(|| wrong("one is missing".to_owned()))?;
        let raw: Vec<RawSignature> = signatures.iter().map(|one| one.raw).collect();
        let reading = self.0.reading.clone();
        let made = self.0.assemble(&raw).map_err(|why| wrong(why.to_string()))?;
        Ok(Signed { vault, reading, signatures, made })
    }
}

/// What a run of a signing protocol must end with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ceremony) struct SigningRun {
    /// The key whose shares sign: a root key, or the key of a single chain.
    share_of: PublicKey,
    /// What is signed, and the key under which the signature must verify.
    signing: Signing,
}

impl SigningRun {
    /// What signs `signing` for `chain`, of the vault whose sharing this is.
    ///
    /// # Errors
    ///
    /// [`crate::failure::Kind::Forbidden`] for a vault without the key.
    pub(in crate::ceremony) fn of(
        signing: &Signing,
        chain: &chain::Chain,
        sharing: &Sharing,
    ) -> Result<Self, Failure> {
        let share_of = match sharing.keys.imported_for(chain) {
            Some(key) => key,
            None => sharing.root(chain.curve())?,
        };
        Ok(Self { share_of, signing: signing.clone() })
    }

    /// What a key signs in a commit, as it is (COMMIT 2): the secp256k1 keys a SHA-256 of it.
    pub(in crate::ceremony) fn of_commit(key: PublicKey, message: Vec<u8>) -> Self {
        let bytes = match key {
            PublicKey::Ecdsa(_) => ToSign::Digest(Digest(Sha256::digest(message).into())),
            PublicKey::Eddsa(_) => ToSign::Bytes(message),
        };
        Self { share_of: key, signing: Signing { key, path: "m".to_owned(), bytes } }
    }

    /// What is signed.
    pub(in crate::ceremony) fn bytes(&self) -> &ToSign {
        &self.signing.bytes
    }

    /// The derivation path; `m` for a key as it is.
    pub(in crate::ceremony) fn path(&self) -> &str {
        &self.signing.path
    }

    /// Where it is signed, and published.
    pub(in crate::ceremony) fn id(&self) -> Namespace {
        Namespace::of_message(self.signing.bytes.as_bytes())
    }

    /// What a setup says of it.
    pub(in crate::ceremony) fn body(&self, share: &Share) -> Body {
        let to_sign = match &self.signing.bytes {
            ToSign::Digest(digest) => setup::ToSign::Hash(digest.0),
            ToSign::Bytes(message) => setup::ToSign::Message(message.clone()),
        };
        Body::Dsg { key_id: share.key_id(), path: self.signing.path.clone(), to_sign }
    }

    /// The protocol that signs it.
    ///
    /// # Errors
    ///
    /// [`crate::failure::Kind::Forbidden`] where this device has no share of the key.
    pub(in crate::ceremony) fn run(self, keys: &Keys) -> Result<RunPlan, Failure> {
        let share = keys.share(&self.share_of)?.clone();
        Ok(RunPlan {
            suite: suite(self.share_of.curve()),
            chain: None,
            slots: vec![self.id()],
            mailbox: self.id(),
            protocol: Protocol::Sign { share, signing: self },
        })
    }

    /// `signature`, if it is one of this.
    pub(in crate::ceremony) fn accept(&self, signature: &RawSignature) -> Option<Signature> {
        let Signing { key, bytes, .. } = &self.signing;
        let verifies = match (key, bytes, signature) {
            (PublicKey::Ecdsa(key), ToSign::Digest(digest), RawSignature::Ecdsa(signature)) => {
                quorate_ecdsa::verify(key, &digest.0, signature)
            }
            (PublicKey::Eddsa(key), ToSign::Bytes(message), RawSignature::Eddsa(signature)) => {
                quorate_eddsa::verify(key, message, signature)
            }
            _ => false,
        };
        verifies.then(|| Signature { signing: self.signing.clone(), raw: *signature })
    }
}
