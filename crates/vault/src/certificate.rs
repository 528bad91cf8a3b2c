//! What the members of a new sharing compare before they commit to it, and the proof that it can sign.
//!
//! `spec/commit.md`, steps COMMIT 1 and COMMIT 2.

use std::collections::BTreeMap;

use quorate_chain::Curve;
use sha2::{Digest, Sha256};

use crate::store::{Fsid, Key, Keyring, PublicKey, Role, Sharing, VaultKey};

/// Which ceremony made a sharing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A new key.
    Keygen,
    /// A new sharing of an existing key.
    Reshare,
}

/// Everything that all members must hold alike.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// Which ceremony.
    pub origin: Origin,
    /// The relay session in which it ran.
    pub session: &'a str,
    /// The new sharing.
    pub fsid: Fsid,
    /// The sharing it replaces.
    pub previous: Option<Fsid>,
    /// The new epoch.
    pub epoch: u64,
    /// The vault's ECDSA public key.
    pub vault: VaultKey,
    /// The root chain code.
    pub chain_code: [u8; 32],
    /// The vault's public keys.
    pub keys: &'a Keyring,
    /// How many members can sign.
    pub threshold: u8,
    /// The members' names, by party id.
    pub members: &'a [String],
    /// Of each key: every member's public share, encoded as a point of its curve, by party id.
    pub shares: BTreeMap<PublicKey, &'a [Vec<u8>]>,
    /// Whether the vault came from a seed phrase.
    pub imported: bool,
}

impl View<'_> {
    /// A member's public share of the root key of a curve; nothing, if there is no such key.
    fn root_share(&self, curve: Curve, party: usize) -> &[u8] {
        let shares = self.keys.root(curve).and_then(|root| self.shares.get(&root));
        shares.and_then(|shares| shares.get(party)).map_or(&[], Vec::as_slice)
    }

    /// COMMIT 1: the digest `h`.
    pub fn digest(&self) -> [u8; 32] {
        let kind: &[u8] = match self.origin {
            Origin::Keygen => b"keygen",
            Origin::Reshare => b"reshare",
        };
        let mut hash = Framed::new();
        hash.field(b"quorate/commit/v1");
        hash.field(kind);
        hash.field(self.session.as_bytes());
        hash.field(&self.fsid.0);
        hash.field(self.previous.as_ref().map_or(&[], |fsid| &fsid.0));
        hash.raw(&self.epoch.to_be_bytes());
        hash.field(&self.vault.0);
        hash.field(&self.chain_code);
        hash.field(self.keys.root(Curve::Ed25519).as_ref().map_or(&[], PublicKey::as_bytes));
        hash.raw(&[self.threshold]);
        hash.count(self.members.len());
        for (party, name) in self.members.iter().enumerate() {
            hash.field(name.as_bytes());
            hash.field(self.root_share(Curve::Secp256k1, party));
            hash.field(self.root_share(Curve::Ed25519, party));
        }
        if self.imported {
            hash.field(b"imported");
            hash.count(self.keys.chains().count());
            for (chain, key) in self.keys.chains() {
                hash.field(chain.as_bytes());
                hash.field(key.as_bytes());
            }
            let distinct = self.keys.distinct().into_iter().filter(|key| key.role != Role::Root);
            let distinct: Vec<&Key> = distinct.collect();
            hash.count(distinct.len());
            for share in
                distinct.iter().filter_map(|key| self.shares.get(&key.public)).copied().flatten()
            {
                hash.field(share);
            }
        }
        hash.finish()
    }
}

/// COMMIT 2: the digest `c` that all new members sign once with the ECDSA key, with their new shares.
pub fn message(digest: &[u8; 32]) -> [u8; 32] {
    Sha256::digest(preimage(digest)).into()
}

/// COMMIT 2: what `c` is the digest of. The Ed25519 key, which hashes for itself, signs this.
pub fn preimage(digest: &[u8; 32]) -> Vec<u8> {
    [PREFIX, digest].concat()
}

/// COMMIT 2: what the key of a single chain signs, or, if it is an ECDSA key, signs the SHA-256 of.
pub fn preimage_of_chain_key(digest: &[u8; 32], key: &PublicKey) -> Vec<u8> {
    let key = key.as_bytes();
    let length = u32::try_from(key.len()).unwrap_or(u32::MAX).to_be_bytes();
    [PREFIX, digest, &length, key].concat()
}

/// Whether a message could pass for what the Ed25519 key signs in a commit: it is signed for nobody.
pub fn is_reserved(message: &[u8]) -> bool {
    message.starts_with(PREFIX)
}

/// lp("quorate/commit/v1/cert")
const PREFIX: &[u8] = b"\0\0\0\x16quorate/commit/v1/cert";

/// Whether `signature` is the certificate of this sharing: a signature of the vault's own key over `c`.
pub fn certifies(signature: &[u8], sharing: &Sharing) -> bool {
    let (Ok(signature), Some(digest)) = (signature.try_into(), &sharing.digest) else {
        return false;
    };
    quorate_ecdsa::verify(&sharing.vault.0, &message(digest), signature)
}

/// SHA-256 over length-framed fields: `lp(x)` = u32be length ‖ x.
struct Framed(Sha256);

impl Framed {
    fn new() -> Self {
        Self(Sha256::new())
    }

    fn field(&mut self, bytes: &[u8]) {
        self.raw(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        self.raw(bytes);
    }

    fn count(&mut self, count: usize) {
        self.raw(&u16::try_from(count).unwrap_or(u16::MAX).to_be_bytes());
    }

    fn raw(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}
