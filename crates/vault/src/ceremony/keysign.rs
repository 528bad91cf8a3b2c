//! What may be asked of a vault, and what that means on this device: the digest it computes and the lines it shows.

use quorate_chain::Chain;
use quorate_chain::evm::Transfer;
use quorate_chain::message::{Meaning, Message};
use quorate_ecdsa::KeyShare;
use quorate_ecdsa::derive::{DerivationPath, derive};
use quorate_wire::link::{CustomMessagePayload, Link};
use rand_core::CryptoRng;

use super::desk::Role;
use super::invite::{Device, Invitation, Route, keysign_link, meet};
use super::reshare::{own_name, signing};
pub use super::task::Asked;
use super::task::{Keysign, Task};
use super::{Ceremony, payload};
use crate::failure::{Failure, Kind};
use crate::home;
use crate::store::Vault;

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
    /// A payment in a chain's own coin.
    Transfer(Transfer),
}

impl Intent {
    /// Whose key signs.
    pub fn chain(&self) -> &'static Chain {
        match self {
            Self::Digest { chain, .. } | Self::Message { chain, .. } => chain,
            Self::Transfer(transfer) => transfer.chain,
        }
    }

    /// Decodes it on this device: the digest to sign, and what to show.
    ///
    /// # Errors
    ///
    /// [`Kind::Invalid`] for what cannot be signed.
    pub fn asked(&self) -> Result<Asked, Failure> {
        let invalid = |why: String| Failure::new(Kind::Invalid, why, "check what was asked for");
        if let Self::Digest { path, .. } | Self::Message { path, .. } = self
            && path == "m"
        {
            // What the root key signs is a certificate (COMMIT 2): nothing else may look like one.
            return Err(Failure::new(
                Kind::Forbidden,
                "the vault's root key signs certificates only, never a message or digest",
                "give the path of a chain, such as m/44/60/0/0/0",
            ));
        }
        match self {
            Self::Digest { digest, chain, path } => Ok(Asked {
                digest: *digest,
                path: path.clone(),
                lines: vec![
                    format!("sign the bare digest {}", hex::encode(digest)),
                    format!("with the key of {} ({path})", chain.name),
                    "BLIND: this device cannot see what the digest stands for".to_owned(),
                ],
                blind: true,
            }),
            Self::Message { payload, chain, path } => {
                let message = Message::parse(payload).map_err(|why| invalid(why.to_string()))?;
                let digest = message.digest(chain).map_err(|why| invalid(why.to_string()))?;
                let mut lines =
                    vec![format!("sign a message with the key of {} ({path})", chain.name)];
                let blind = match message.meaning() {
                    Meaning::Personal(text) => {
                        lines.push(format!("message: {text}"));
                        false
                    }
                    Meaning::Blind(text) => {
                        lines.push(format!("bytes: {text}"));
                        lines.push("BLIND: without the prefix of a personal message this may be a transaction".to_owned());
                        true
                    }
                };
                Ok(Asked { digest: digest.0, path: path.clone(), lines, blind })
            }
            Self::Transfer(transfer) => {
                let unsigned = transfer.unsigned().map_err(|why| invalid(why.to_string()))?;
                let summary = transfer.summary();
                let symbol = summary.chain.symbol;
                Ok(Asked {
                    digest: unsigned.digest().0,
                    path: transfer.chain.path.to_owned(),
                    lines: vec![
                        format!("send {} {symbol} on {}", summary.amount, summary.chain.name),
                        format!("to {}", summary.recipient),
                        format!("for a fee of at most {} {symbol}", summary.max_fee),
                        format!("as transaction number {}", summary.nonce),
                    ],
                    blind: false,
                })
            }
        }
    }
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
    let asked = intent.asked()?;
    let me = own_name(&sharing)?;
    let share = home::open_share(device.store, &sharing)?;
    let invitation = Invitation::draw(rng)?;
    let public_key = derived(&share, &asked.path)?;
    let mut link = keysign_link(invitation.at(route)?, &sharing, Some(intent.chain()), &asked.path);
    match intent {
        Intent::Digest { digest, .. } => {
            link.quorate.get_or_insert_default().digests.push(*digest);
        }
        Intent::Message { payload, chain, .. } => {
            link.custom = Some(CustomMessagePayload {
                method: "personal_sign".to_owned(),
                message: payload.clone(),
                vault_public_key_ecdsa: vault.key.to_string(),
                vault_local_party_id: me.clone(),
                chain: Some(chain.name.to_owned()),
            });
        }
        Intent::Transfer(transfer) => {
            link.payload = Some(payload::of_transfer(transfer, &public_key, vault.key, &me)?);
        }
    }
    let task = Task::Keysign(Box::new(Keysign {
        name: vault.name.clone(),
        bans: device.store.bans(sharing.fsid).map_err(|error| home::unreadable(&error))?,
        sharing,
        share,
        public_key,
        asked,
    }));
    Ok((meet(device, me, Role::Initiator, invitation, task, rng), Link::Keysign(Box::new(link))))
}

/// The key at a path, SEC1 compressed.
///
/// # Errors
///
/// [`Kind::Invalid`] for a path that is none, or is hardened.
pub fn derived(share: &KeyShare, path: &str) -> Result<[u8; 33], Failure> {
    let invalid = |why: String| {
        Failure::new(
            Kind::Invalid,
            format!("the path {path} cannot be used: {why}"),
            "give a path such as m/44/60/0/0/0",
        )
    };
    let parsed = DerivationPath::parse(path).map_err(|why| invalid(why.to_string()))?;
    derive(&share.public_key(), &share.chain_code(), &parsed)
        .map_err(|why| invalid(why.to_string()))
}
