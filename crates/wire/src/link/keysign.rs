//! Keysign links: what they name, and payloads too large for a link.

use prost::Message;
use sha2::{Digest as _, Sha256};

use super::{CustomMessagePayload, Keysign, KeysignPayload, LinkError, fields, pack, read};
use crate::relay_api::PartyId;

/// A payload taken out of a link, to be stored at the relay under its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detached {
    /// SHA-256 of `text`, by which the link names it.
    pub id: [u8; 32],
    /// The bytes to be stored: base64 of XZ of protobuf.
    pub text: String,
}

impl Keysign {
    /// The initiator's party id, where the link tells it.
    ///
    /// # Errors
    ///
    /// [`LinkError::Field`] if what stands there is none.
    pub fn initiator(&self) -> Result<Option<PartyId>, LinkError> {
        let payload = self.payload.as_ref().map(KeysignPayload::vault_local_party_id);
        let custom = self.custom.as_ref().map(|custom| custom.vault_local_party_id.as_str());
        let told = payload.into_iter().chain(custom).find(|id| !id.is_empty());
        let parse = |id: &str| PartyId::parse(id);
        told.map(parse).transpose().map_err(|_| LinkError::field("initiator", "a party id"))
    }

    /// LINK 3.1: the hash of what has to be fetched from the relay before anything can be shown. An embedded
    /// payload is preferred.
    #[must_use]
    pub fn awaits(&self) -> Option<[u8; 32]> {
        let embedded = self.payload.is_some() || self.custom.is_some();
        if embedded { None } else { self.payload_id.or(self.custom_id) }
    }

    /// LINK 3.2: takes what was fetched for [`Self::awaits`].
    ///
    /// # Errors
    ///
    /// [`LinkError::WrongPayload`] if it has another hash, and those of [`super::Link::parse`].
    pub fn attach(&mut self, text: &str) -> Result<(), LinkError> {
        let id = self.awaits().ok_or(LinkError::WrongPayload)?;
        if text.len() > super::MAX_LEN || <[u8; 32]>::from(Sha256::digest(text)) != id {
            return Err(LinkError::WrongPayload);
        }
        if self.payload_id.is_some() {
            self.embed(KeysignPayload::new(pack::unpack(text)?.to_vec())?)?;
        } else {
            self.embed_custom(read::decode(text)?)?;
        }
        // Beside an embedded payload an id names nothing.
        (self.payload_id, self.custom_id) = (None, None);
        Ok(())
    }

    /// LINK 3.3: takes the payload out, for a link that would be longer than [`super::COMFORTABLE_LEN`] with it.
    /// `None` if there is none.
    #[must_use]
    pub fn detach(&mut self) -> Option<Detached> {
        if let Some(payload) = self.payload.take() {
            let detached = Detached::of(payload.bytes());
            self.payload_id = Some(detached.id);
            Some(detached)
        } else {
            let detached = Detached::of(&self.custom.take()?.encode_to_vec());
            self.custom_id = Some(detached.id);
            Some(detached)
        }
    }

    pub(super) fn embed(&mut self, payload: KeysignPayload) -> Result<(), LinkError> {
        self.name_vault(payload.vault_public_key_ecdsa())?;
        self.payload = Some(payload);
        Ok(())
    }

    pub(super) fn embed_custom(&mut self, custom: CustomMessagePayload) -> Result<(), LinkError> {
        self.name_vault(&custom.vault_public_key_ecdsa)?;
        self.custom = Some(custom);
        Ok(())
    }

    /// The vault stands in several places, which must agree.
    fn name_vault(&mut self, text: &str) -> Result<(), LinkError> {
        let named = fields::vault(text)?;
        match (self.vault, named) {
            (Some(one), Some(other)) if one != other => Err(LinkError::TwoVaults),
            (known, named) => {
                self.vault = known.or(named);
                Ok(())
            }
        }
    }
}

impl Detached {
    fn of(payload: &[u8]) -> Self {
        let text = pack::pack(payload);
        Self { id: Sha256::digest(&text).into(), text }
    }
}
