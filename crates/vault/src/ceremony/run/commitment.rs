//! A new sharing on its way to becoming the one that signs, and what its members sign for that (`spec/commit.md`).

use quorate_chain::PublicKey;
use quorate_wire::relay_api::Namespace;

use super::plan::RunPlan;
use super::published;
use super::signing::{RawSignature, SigningRun};
use crate::certificate;
use crate::failure::Failure;
use crate::home::Keys;
use crate::store::{Role, Sharing};

/// A new sharing that waits for its certificate.
pub(in crate::ceremony) struct Commitment {
    /// The vault's name on this device.
    pub(in crate::ceremony) name: String,
    pub(in crate::ceremony) sharing: Sharing,
    pub(in crate::ceremony) keys: Keys,
    /// `h`: what the members have compared.
    pub(in crate::ceremony) digest: [u8; 32],
}

impl Commitment {
    /// `c`.
    pub(in crate::ceremony) fn message(&self) -> [u8; 32] {
        certificate::message(&self.digest)
    }

    /// Where the certificate is published, and where its signing runs.
    pub(in crate::ceremony) fn result_id(&self) -> Namespace {
        self.certificate().id()
    }

    /// COMMIT 4: what the members sign, in this order, with one key after the other. The certificate comes last: where
    /// there is one, everybody who made it has seen that the new shares of all keys sign.
    fn signings(&self) -> Vec<SigningRun> {
        let keys = self.sharing.keys.distinct();
        let chains = keys.iter().filter(|key| key.role != Role::Root).map(|key| {
            let message = certificate::preimage_of_chain_key(&self.digest, &key.public);
            SigningRun::of_commit(key.public, message)
        });
        let eddsa = self.sharing.keys.root_eddsa().map(|key| {
            SigningRun::of_commit(PublicKey::Eddsa(key), certificate::preimage(&self.digest))
        });
        chains.chain(eddsa).chain([self.certificate()]).collect()
    }

    fn certificate(&self) -> SigningRun {
        let key = PublicKey::Ecdsa(self.sharing.vault.0);
        SigningRun::of_commit(key, certificate::preimage(&self.digest))
    }

    /// The signings that certify the sharing.
    ///
    /// # Errors
    ///
    /// [`crate::failure::Kind::Forbidden`] where this device has no share of one of the keys.
    pub(in crate::ceremony) fn runs(&self) -> Result<Vec<RunPlan>, Failure> {
        self.signings().into_iter().map(|signing| signing.run(&self.keys)).collect()
    }

    /// `signature` as it is published, if it certifies the sharing.
    pub(in crate::ceremony) fn to_publish(&self, signature: [u8; 65]) -> Option<String> {
        let signature = self.certificate().accept(&RawSignature::Ecdsa(signature))?;
        Some(published::write(&signature))
    }

    /// A published certificate, if it is one of this sharing.
    pub(in crate::ceremony) fn published(&self, body: &str) -> Option<[u8; 65]> {
        match published::read(body, &self.certificate())?.raw {
            RawSignature::Ecdsa(signature) => Some(signature),
            RawSignature::Eddsa(_) => None,
        }
    }
}
