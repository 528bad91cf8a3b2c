//! What may be asked of a vault, and what that means on this device: what it would sign and the lines it shows.

use quorate_chain::evm::{self, Transfer};
use quorate_chain::message::typed_data::TypedData;
use quorate_chain::message::{Meaning, Message, Method};
use quorate_chain::solana::Address;
use quorate_chain::{Chain, Curve, ToSign};
use quorate_wire::link::{CustomMessagePayload, Link};
use rand_core::CryptoRng;

use super::desk::Role;
use super::invite::{Device, Invitation, Route, keysign_link, meet};
use super::reshare::{own_name, signing};
use super::subject::Target;
pub use super::subject::{Asked, Subject, derived, public_key_eddsa};
use super::task::{Keysign, Task};
use super::{Ceremony, payload};
use crate::certificate;
use crate::chain_keys;
use crate::failure::{Failure, Kind};
use crate::home;
use crate::store::{PublicKey, Sharing, Vault};

/// What is to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// A bare digest. Nobody can see what it stands for.
    Digest {
        /// The digest.
        digest: [u8; 32],
        /// Whose key signs.
        chain: &'static Chain,
        /// The derivation path.
        path: String,
    },
    /// A text, as it travels: the initiator has put a prefix there, if one belongs.
    Message {
        /// The text.
        payload: String,
        /// Whose key signs.
        chain: &'static Chain,
        /// The derivation path.
        path: String,
    },
    /// Typed data (EIP-712).
    TypedData {
        /// The JSON, as it travels.
        json: String,
        /// Whose key signs, of the Ethereum family.
        chain: &'static Chain,
        /// The derivation path.
        path: String,
    },
    /// A payment in a chain's own coin.
    Transfer(Transfer),
}

impl Intent {
    /// Whose key signs.
    pub fn chain(&self) -> &'static Chain {
        match self {
            Self::Digest { chain, .. }
            | Self::Message { chain, .. }
            | Self::TypedData { chain, .. } => chain,
            Self::Transfer(transfer) => transfer.chain,
        }
    }

    /// The path of the key below the vault's, if that is what signs.
    fn path(&self) -> &str {
        match self {
            Self::Digest { path, .. }
            | Self::Message { path, .. }
            | Self::TypedData { path, .. } => path,
            Self::Transfer(transfer) => transfer.chain.path,
        }
    }

    /// The same as [`Self::subject`], in a vault that may have a key for the chain alone: CHAINS 9.6.
    fn subject_of(&self, sharing: &Sharing) -> Result<Subject, Failure> {
        let chain = self.chain();
        match (self.subject()?, chain_keys::own(&sharing.chain_keys, chain)) {
            (Subject::Digest { .. }, Some(_)) if self.path() != chain.path => Err(Failure::new(
                Kind::Invalid,
                format!(
                    "the key of {} came from a seed phrase, and has no paths below it",
                    chain.name
                ),
                "leave the path out",
            )),
            (Subject::Digest { digest, .. }, Some(_)) => {
                Ok(Subject::Digest { digest, path: "m".to_owned() })
            }
            (subject, _) => Ok(subject),
        }
    }

    /// What is to be signed, by which key, as this device computes it.
    ///
    /// # Errors
    ///
    /// [`Kind::Invalid`] for what cannot be signed, [`Kind::Forbidden`] for what could pass for a certificate.
    pub fn subject(&self) -> Result<Subject, Failure> {
        if let Self::Digest { path, chain, .. }
        | Self::Message { path, chain, .. }
        | Self::TypedData { path, chain, .. } = self
        {
            judge_path(path, chain)?;
        }
        match self {
            Self::Digest { digest, chain, path } => Ok(match chain.curve() {
                Curve::Secp256k1 => Subject::Digest { digest: *digest, path: path.clone() },
                Curve::Ed25519 => Subject::Message(digest.to_vec()),
            }),
            Self::Message { payload, chain, path } => {
                match Message::parse(payload).and_then(|message| message.to_sign(chain)) {
                    Ok(ToSign::Digest(digest)) => {
                        Ok(Subject::Digest { digest: digest.0, path: path.clone() })
                    }
                    Ok(ToSign::Bytes(message)) => {
                        judge_message(&message)?;
                        Ok(Subject::Message(message))
                    }
                    Err(why) => Err(invalid(why)),
                }
            }
            Self::TypedData { json, chain, path } => {
                let digest = typed_data(json, chain)?.digest().0;
                Ok(Subject::Digest { digest, path: path.clone() })
            }
            Self::Transfer(transfer) => {
                let unsigned = transfer.unsigned().map_err(invalid)?;
                let path = transfer.chain.path.to_owned();
                Ok(Subject::Digest { digest: unsigned.digest().0, path })
            }
        }
    }

    /// Decodes it on this device, a member of this sharing: what would be signed, and what to show.
    ///
    /// # Errors
    ///
    /// As [`Self::subject`]; [`Kind::Forbidden`] for a vault without the key that signs it.
    pub fn asked(&self, sharing: &Sharing) -> Result<Asked, Failure> {
        let subject = self.subject_of(sharing)?;
        let key = subject.path().map(|path| format!(" ({path})")).unwrap_or_default();
        let (lines, blind) = match self {
            Self::Digest { digest, chain, .. } => (
                vec![
                    format!("sign the bare digest {}", hex::encode(digest)),
                    format!("with the key of {}{key}", chain.name),
                    "BLIND: this device cannot see what the digest stands for".to_owned(),
                ],
                true,
            ),
            Self::Message { payload, chain, path } => {
                let what = format!("sign a message with the key of {}{key}", chain.name);
                match Message::parse(payload).map_err(invalid)?.meaning(chain) {
                    Meaning::Personal(text) => (vec![what, format!("message: {text}")], false),
                    Meaning::Arbitrary(text, signer) => {
                        let own = chain.address(&derived(sharing, path)?).map_err(invalid)?;
                        let whose = if signer == own { "this vault" } else { "NOT this vault" };
                        let signer = format!("for the signer {signer} ({whose})");
                        (vec![what, format!("message: {text}"), signer], false)
                    }
                    Meaning::Blind(bytes) => {
                        let warning =
                            "BLIND: these bytes may mean anything, a transaction included";
                        (vec![what, format!("bytes: {bytes}"), warning.to_owned()], true)
                    }
                    Meaning::Transaction(transaction) => {
                        let own = match chain_keys::of(sharing, chain)?.key {
                            PublicKey::Eddsa(key) => Address(key),
                            PublicKey::Ecdsa(_) => return Err(invalid("no key of Solana")),
                        };
                        (transaction.lines(own), transaction.is_blind())
                    }
                }
            }
            Self::TypedData { json, chain, path } => {
                let own = match chain_keys::own(&sharing.chain_keys, chain) {
                    Some(PublicKey::Ecdsa(key)) => key,
                    _ => derived(sharing, path)?,
                };
                let own = evm::Address::of(&own).map_err(invalid)?;
                let what = format!("sign typed data (EIP-712) with the key of {}{key}", chain.name);
                let read = typed_data(json, chain)?;
                (core::iter::once(what).chain(read.lines(chain, own)).collect(), read.is_blind())
            }
            Self::Transfer(transfer) => {
                let summary = transfer.summary();
                let symbol = summary.chain.symbol;
                (
                    vec![
                        format!("send {} {symbol} on {}", summary.amount, summary.chain.name),
                        format!("to {}", summary.recipient),
                        format!("for a fee of at most {} {symbol}", summary.max_fee),
                        format!("as transaction number {}", summary.nonce),
                    ],
                    false,
                )
            }
        };
        let message_of = match self {
            Self::Message { chain, .. } | Self::TypedData { chain, .. } => Some(*chain),
            Self::Digest { .. } | Self::Transfer(_) => None,
        };
        Ok(Asked { subject, lines, blind, message_of })
    }
}

/// A document, decoded.
fn typed_data(json: &str, chain: &Chain) -> Result<TypedData, Failure> {
    if chain.evm().is_none() {
        return Err(Failure::new(
            Kind::Invalid,
            format!("typed data (EIP-712) is not signed on {}", chain.name),
            "name a chain of the Ethereum family",
        ));
    }
    TypedData::parse(json).map_err(invalid)
}

/// The paths that people may name.
fn judge_path(path: &str, chain: &Chain) -> Result<(), Failure> {
    match (chain.curve(), path) {
        // What the root key signs is a certificate (COMMIT 2): nothing else may look like one.
        (Curve::Secp256k1, "m") => Err(Failure::new(
            Kind::Forbidden,
            "the vault's root key signs certificates only, never a message or digest",
            "give the path of a chain, such as m/44/60/0/0/0",
        )),
        (Curve::Secp256k1, _) | (Curve::Ed25519, "m") => Ok(()),
        (Curve::Ed25519, _) => Err(Failure::new(
            Kind::Invalid,
            format!("the key of {} has no paths below it", chain.name),
            "leave the path out",
        )),
    }
}

/// The Ed25519 key has no paths to tell a certificate from a message: the first bytes do (COMMIT 2).
fn judge_message(message: &[u8]) -> Result<(), Failure> {
    if message.len() > MAX_MESSAGE {
        return Err(invalid(format!("a message has at most {MAX_MESSAGE} bytes")));
    }
    if !certificate::is_reserved(message) {
        return Ok(());
    }
    Err(Failure::new(
        Kind::Forbidden,
        "this message begins as what certifies a new sharing does, and is signed for nobody",
        "whoever asked for it may mean to deceive you",
    ))
}

/// The longest message that a setup carries, in bytes.
const MAX_MESSAGE: usize = 65_536;

fn invalid(why: impl core::fmt::Display) -> Failure {
    Failure::new(Kind::Invalid, why.to_string(), "check what was asked for")
}

/// Opens the lobby for a signature and makes the link that brings the others.
///
/// # Errors
///
/// [`Kind::NotFound`] where this device holds no share that signs, [`Kind::Invalid`] for what cannot be signed.
pub fn initiate(
    device: &Device<'_>,
    vault: &Vault,
    intent: &Intent,
    route: &Route,
    rng: &mut dyn CryptoRng,
) -> Result<(Ceremony, Link), Failure> {
    let sharing = signing(vault)?.clone();
    let asked = intent.asked(&sharing)?;
    let me = own_name(&sharing)?;
    let target = Target::of(&asked.subject, intent.chain(), &sharing)?;
    let keys = home::open_keys(device.store, &sharing)?;
    target.key_id(&keys)?;
    let invitation = Invitation::draw(rng)?;
    // Below the vault's key, whether the chain has one of its own or not: the others see for themselves.
    let path = asked.subject.path().map(|_| intent.path());
    let mut link = keysign_link(invitation.at(route)?, &sharing, Some(intent.chain()), path);
    match intent {
        Intent::Digest { digest, .. } => {
            link.quorate.get_or_insert_default().digests.push(*digest);
        }
        Intent::Message { payload: message, chain, .. }
        | Intent::TypedData { json: message, chain, .. } => {
            let method = match intent {
                Intent::TypedData { .. } => Method::TypedData,
                _ => Method::of_messages(chain),
            };
            link.custom = Some(CustomMessagePayload {
                method: method.to_string(),
                message: message.clone(),
                vault_public_key_ecdsa: vault.key.to_string(),
                vault_local_party_id: me.clone(),
                chain: Some(chain.name.to_owned()),
            });
        }
        Intent::Transfer(transfer) => {
            link.payload = Some(payload::of_transfer(
                transfer,
                &chain_keys::of(&sharing, transfer.chain)?,
                &sharing,
                &me,
            )?);
        }
    }
    let task = Task::Keysign(Box::new(Keysign {
        name: vault.name.clone(),
        bans: device.store.bans(sharing.fsid).map_err(|error| home::unreadable(&error))?,
        sharing,
        keys,
        target,
        asked,
    }));
    Ok((meet(device, me, Role::Initiator, invitation, task, rng), Link::Keysign(Box::new(link))))
}

#[cfg(test)]
mod tests {
    use quorate_chain::chain;
    use quorate_chain::message::Method;
    use serde_json::Value;

    use super::*;

    const MESSAGES: &str = include_str!("../../../../vectors/app/custom_messages.json");

    fn signed(chain: &str, method: &str, message: &str) -> String {
        let chain = chain::find(chain).unwrap();
        let (text, path) = (message.to_owned(), chain.path.to_owned());
        let intent = match Method::read(method).unwrap() {
            Method::TypedData => Intent::TypedData { json: text, chain, path },
            _ => Intent::Message { payload: text, chain, path },
        };
        hex::encode(intent.subject().unwrap().bytes())
    }

    #[test]
    fn every_message_of_the_field_is_signed_as_the_field_signs_it_whatever_it_is_called() {
        let vectors: Value = serde_json::from_str(MESSAGES).unwrap();
        let cases = vectors["cases"].as_array().unwrap();
        assert_eq!(cases.len(), 13);
        for case in cases {
            let text = |field: &str| case[field].as_str().unwrap();
            for method in ["personal_sign", "sign_message", ""] {
                let bytes = signed(text("chain"), method, text("message"));
                assert_eq!(bytes, text("keysign_message"), "{} {method}", text("chain"));
            }
        }
    }

    #[test]
    fn typed_data_is_a_digest_of_the_ethereum_family_only() {
        let vectors: Value =
            serde_json::from_str(include_str!("../../../../vectors/app/typed_data.json")).unwrap();
        let case = &vectors["cases"][0];
        let json = case["document"].to_string();
        assert_eq!(signed("Base", "eth_signTypedData_v4", &json), case["digest"].as_str().unwrap());
        for name in ["Tron", "Cosmos", "Solana", "Bitcoin"] {
            let chain = chain::find(name).unwrap();
            let intent =
                Intent::TypedData { json: json.clone(), chain, path: chain.path.to_owned() };
            assert_eq!(intent.subject().unwrap_err().kind, Kind::Invalid, "{name}");
        }
    }
}
