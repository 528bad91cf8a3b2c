//! What the protocols of a ceremony have ended with.

use quorate_chain::PublicKey;

use super::signing::{RawSignature, Signature};
use crate::share::NewShare;

/// What one protocol has ended with.
pub(in crate::ceremony) struct RunResult {
    /// The chain whose own key it was about; `None` for the vault's keys.
    pub(in crate::ceremony) chain: Option<String>,
    /// The key that a share must be of, if this device knows it.
    pub(in crate::ceremony) expected: Option<PublicKey>,
    pub(in crate::ceremony) product: Product,
}

/// A share or a signature.
pub(in crate::ceremony) enum Product {
    Share(NewShare),
    Signature(Signature),
}

impl RunResult {
    /// The signatures, if that is what all have ended with.
    pub(in crate::ceremony) fn signatures(results: Vec<Self>) -> Option<Vec<Signature>> {
        let signature = |result: Self| match result.product {
            Product::Signature(signature) => Some(signature),
            Product::Share(_) => None,
        };
        results.into_iter().map(signature).collect()
    }

    /// The last one, if it is an ECDSA signature.
    pub(in crate::ceremony) fn last_ecdsa(results: Vec<Self>) -> Option<[u8; 65]> {
        match Self::signatures(results)?.pop()?.raw {
            RawSignature::Ecdsa(signature) => Some(signature),
            RawSignature::Eddsa(_) => None,
        }
    }
}
